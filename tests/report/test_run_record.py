"""`run.json`, and files that are written whole or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

import parkwerk
from assess.hand import hand_park, hand_solution
from parkwerk.errors import InputError
from parkwerk.report.files import prepare_folder, writing
from parkwerk.report.run_record import hashes, peak_mb, run_record, save_record


def record_with(**attrs: float) -> dict[str, object]:
    """The record of a solution by hand, with attributes replaced."""
    park = hand_park()
    park.attrs |= {"regime": "alone", "law_date": "2026-07-01"}
    solution = hand_solution(park, {"energy": [[3.0, 2.0, 0.0], [2.0, 2.0, 0.0], [2.0, 1.0, 0.0]]})
    solution.attrs |= attrs
    return run_record(
        park, solution, inputs={"a": "b"}, wall_s=1.234, stages_s={"x": 0.567}, search={"gap": 0.1}
    )


def test_the_record_holds_what_the_issue_asks_for() -> None:
    """Costs of all cases, sizes, versions; 24 steps of the toy day."""
    record = record_with()
    costs = [record[name] for name in ("cost_today", "cost_alone", "total_cost")]
    assert costs == [5.0, 4.0, 3.0]
    assert [record[name] for name in ("companies", "periods", "steps")] == [2, 1, 24]
    assert (record["wall_s"], record["stages_s"]) == (1.23, {"x": 0.57})
    versions = record["versions"]
    assert isinstance(versions, dict)
    assert versions["parkwerk"] == parkwerk.__version__
    assert {"python", "pyomo", "highspy", "numpy", "xarray"} < versions.keys()


def test_what_is_not_proven_is_null(tmp_path: Path) -> None:
    """NaN is no JSON: an unproven bound is null, a proven one its number."""
    text = save_record(record_with(), tmp_path / "run.json").read_text(encoding="utf-8")
    read = json.loads(text, parse_constant=lambda name: pytest.fail(name))
    assert read["lower_bound"] is None
    assert read["gap"] is None
    proven = record_with(lower_bound=2.5, gap=np.float64(1 / 6))
    assert (proven["lower_bound"], proven["gap"]) == (2.5, pytest.approx(1 / 6))


def test_the_log_of_bounds_is_a_list_of_turns() -> None:
    """Seconds, upper and lower bound of each turn; a bound of −∞ is null."""
    park = hand_park()
    solution = hand_solution(park)
    solution["elapsed"] = ("turn", [1.0, 2.0])
    solution["upper_bound"] = ("turn", [5.0, 4.0])
    solution["bound_below"] = ("turn", [-np.inf, 3.0])
    solution.attrs |= {"ended": "time", "gap_of_saving_today": 0.5, "gap_of_saving_alone": np.nan}
    record = run_record(park, solution, inputs={}, wall_s=1, stages_s={}, search={"gap": 0.1})
    assert record["bounds"] == [[1.0, 5.0, None], [2.0, 4.0, 3.0]]
    assert (record["ended"], record["search"]) == ("time", {"gap": 0.1})
    assert (record["gap_of_saving_today"], record["gap_of_saving_alone"]) == (0.5, None)


def test_hashes_are_those_of_the_bytes(tmp_path: Path) -> None:
    """SHA-256 by name inside the folder; a file that vanished is named."""
    file = tmp_path / "meters" / "a.csv"
    file.parent.mkdir()
    file.write_bytes(b"1;2\r\n")
    expected = hashlib.sha256(b"1;2\r\n").hexdigest()
    assert hashes(tmp_path, [file]) == {"meters/a.csv": expected}
    with pytest.raises(InputError, match=r"b\.csv"):
        hashes(tmp_path, [tmp_path / "b.csv"])


def test_memory_is_in_megabytes() -> None:
    """A Python with numpy and xarray takes tens to thousands of MB, not KiB or bytes."""
    peak = peak_mb()
    assert peak is None or 20 < peak < 20_000


def test_an_interrupted_file_leaves_the_old_one(tmp_path: Path) -> None:
    """An error while writing keeps the earlier file and removes the draft."""
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")

    def interrupted() -> None:
        with writing(path) as draft:
            draft.write_text("ne", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """The sentence names the place and the reason."""
    (tmp_path / "results").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"results.pilot: expected .* found: Not a directory"):
        prepare_folder(tmp_path / "results" / "pilot")
