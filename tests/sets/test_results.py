"""All results as one Dataset: what is joined, what is filled, what is read and what is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import parkwerk
from parkwerk.errors import InputError
from parkwerk.sets import stacked
from parkwerk.sets.plan import FILES

HOURS = 48


def write(folder: Path, companies: list[str], cost: float, **record: Any) -> Path:
    """A folder of results made by hand: of each company its number, of each hour its number."""
    folder.mkdir(parents=True)
    time = np.datetime64("2025-01-01", "ns") + np.arange(HOURS) * np.timedelta64(1, "h")
    coords = {"company": companies, "case": ["today", "together"]}
    sizes = np.array([float(name[1:]) for name in companies])
    units = {"units": "kW", "long_name": "PV installed"}
    solution = xr.Dataset(
        {
            "pv": (("case", "company"), np.stack([0 * sizes, sizes]), units),
            "flag": ("company", sizes > 1),
            "count": ("company", sizes.astype(int)),
            "tariff_name": ("company", [f"§ {name}" for name in companies]),
            "log": ("turn", np.arange(cost)),
            "withdrawal": (("company", "time"), sizes[:, None] * np.arange(HOURS), {"units": "kW"}),
        },
        coords | {"time": time},
    )
    verdict = xr.Dataset({"park_cost": ("case", [9.0, cost], {"units": "EUR/a"})}, coords)
    scenario = xr.Dataset({"spot_price": ("time", np.full(HOURS, cost))}, {"time": time})
    for name, dataset in (("solution", solution), ("verdict", verdict), ("scenario", scenario)):
        parkwerk.save(dataset, folder / f"{name}.nc")
    for name in FILES:
        (folder / name).touch()
    own = {"total_cost": cost, "regime": "law", "axes": {}, "gap": None}
    own["versions"] = {"parkwerk": parkwerk.__version__}
    (folder / "run.json").write_text(json.dumps(own | record), encoding="utf-8")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two variants on an axis, one of them with another company, and a scenario."""
    write(tmp_path / "a", ["c1", "c2"], 3.0, axes={"gas": "low", "regime": "alone"}, regime="alone")
    write(tmp_path / "b", ["c2", "c4"], 5.0, axes={"gas": "high", "regime": "alone"})
    write(tmp_path / "sub" / "c", ["c1"], 4.0)
    return tmp_path


def test_results_stand_side_by_side(root: Path) -> None:
    """Proves: labels are joined and each value stands at its own; what is not there is nan, empty
    or False, never another's value; units stay. If broken: c4 would have the PV of c2.
    """
    results = parkwerk.open_results(root)
    assert results["scenario"].values.tolist() == ["a", "b", "sub/c"]
    assert results["company"].values.tolist() == ["c1", "c2", "c4"]
    assert results["total_cost"].sel(scenario="b") == 5.0
    assert np.isnan(results["gap"]).all()
    together = results["pv"].sel(case="together")
    expected = [[1, 2, np.nan], [np.nan, 2, 4], [1, np.nan, np.nan]]
    np.testing.assert_array_equal(together.values, expected)
    assert together.attrs == {"units": "kW", "long_name": "PV installed"}
    assert results["flag"].values.tolist() == [
        [False, True, False],
        [False, True, True],
        [False] * 3,
    ]
    np.testing.assert_array_equal(results["count"].values, expected)
    names = results["tariff_name"].values
    assert names[0].tolist() == ["§ c1", "§ c2", ""]
    assert results["log"].shape == (3, 5)
    assert "withdrawal" not in results
    assert results["regime"].values.tolist() == ["alone", "alone", "law"]
    assert results["gas"].values.tolist() == ["low", "high", ""]


def test_axes_become_dimensions(root: Path) -> None:
    """Proves: each variant stands at its place, the scenario without a place is left out."""
    made = parkwerk.cube(parkwerk.open_results(root)[["total_cost", "pv"]])
    assert dict(made.sizes) == {"case": 2, "company": 3, "gas": 2, "regime": 1}
    assert made["total_cost"].sel(gas="high", regime="alone") == 5.0
    assert made["pv"].sel(gas="low", regime="alone", case="together", company="c2") == 2.0
    with pytest.raises(InputError, match="expected results of variants"):
        parkwerk.cube(parkwerk.open_results(root / "sub"))


def test_series_are_read_when_they_are_asked_for(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves: opening reads no series; a selection reads one file, and gives what the file says."""
    read: list[str] = []
    real = stacked.Variable.read

    def watched(self: stacked.Variable, key: Any) -> Any:
        read.append(f"{self.path.parent.name} {self.name}")
        return real(self, key)

    monkeypatch.setattr(stacked.Variable, "read", watched)
    series = parkwerk.open_series(root)
    assert dict(series.sizes) == {"scenario": 3, "company": 3, "time": HOURS}
    assert read == []
    own = series["withdrawal"].sel(scenario="b", company="c4", time="2025-01-02")
    np.testing.assert_array_equal(own.values, 4.0 * np.arange(24, 48))
    assert read == ["b withdrawal"]
    picked = series["withdrawal"].isel(time=[3, 1], company=[2, 0])
    np.testing.assert_array_equal(picked.values[1], [[12.0, 4.0], [np.nan, np.nan]])
    assert series["spot_price"].mean("time").values.tolist() == [3.0, 5.0, 4.0]


def test_what_is_no_whole_result_is_named(root: Path) -> None:
    """Proves: half-written and broken folders and those of another version are told by name; where
    nothing is left one sentence says so.
    """
    (root / "a" / "run.json").unlink()
    (root / "b" / "verdict.nc").write_text("no NetCDF", encoding="utf-8")
    record = root / "sub" / "c" / "run.json"
    old = json.loads(record.read_text(encoding="utf-8")) | {"versions": {"parkwerk": "0.0.1"}}
    record.write_text(json.dumps(old), encoding="utf-8")
    with pytest.warns(UserWarning, match="left out|another parkwerk") as caught:
        results = parkwerk.open_results(root)
    told = " ".join(str(warning.message) for warning in caught)
    assert "a (not all files are there)" in told
    assert "b (" in told
    assert "sub/c (0.0.1)" in told
    assert results["scenario"].values.tolist() == ["sub/c"]
    (root / "empty").mkdir()
    with pytest.raises(InputError, match="expected results of `parkwerk run`"):
        parkwerk.open_results(root / "empty")
