"""Folders of results that the page is not made from: each is refused in one sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import xarray as xr

import parkwerk
from parkwerk.errors import InputError
from parkwerk.report.page.results import read_results
from report.page_results import ROUGH, small_park, write_results


@pytest.fixture(scope="module")
def found() -> dict[str, xr.Dataset]:
    """A solved company; how many there are does not matter here."""
    scenario = small_park(companies=1)
    solution = parkwerk.optimise(scenario, gap=ROUGH)
    return {
        "scenario": scenario,
        "solution": solution,
        "verdict": parkwerk.assess(scenario, solution),
    }


@pytest.fixture(scope="module")
def written(found: dict[str, xr.Dataset], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its files, which no test changes."""
    return write_results(tmp_path_factory.mktemp("results"), found)


@pytest.fixture
def study(written: Path, tmp_path: Path) -> Path:
    """Results of one scenario, `base`, in the folder of its study."""
    shutil.copytree(written, tmp_path / "toy" / "base")
    return tmp_path / "toy"


def test_folder_of_study_or_scenario(study: Path, written: Path) -> None:
    """The only scenario is taken; with two, the one that is named, from either folder."""
    assert read_results(study).folder == study / "base"
    assert read_results(study / "base").folder == study / "base"
    shutil.copytree(written, study / "other")
    assert read_results(study, "other").folder == study / "other"
    assert read_results(study / "base", "other").folder == study / "other"
    assert list(read_results(study / "base").others) == ["other"]


def test_choices_are_listed(study: Path, written: Path) -> None:
    """Two scenarios and none named, or one that is not there: the sentence lists both."""
    shutil.copytree(written, study / "other")
    with pytest.raises(InputError, match=r"name one of them by --scenario: base, other"):
        read_results(study)
    with pytest.raises(InputError, match=r"'third', expected one of base, other"):
        read_results(study, "third")


@pytest.mark.parametrize("name", ["scenario.nc", "solution.nc", "verdict.nc", "run.json"])
def test_a_file_that_is_missing_is_named(study: Path, name: str) -> None:
    """Each of the four files; the sentence says which command writes it."""
    (study / "base" / name).unlink()
    with pytest.raises(InputError, match=rf"{name}: not there; `parkwerk run` writes it"):
        read_results(study / "base")


def test_folders_that_are_none(tmp_path: Path) -> None:
    """One that is not there, and an empty one."""
    with pytest.raises(InputError, match="not there, expected a folder of results"):
        read_results(tmp_path / "nothing")
    with pytest.raises(InputError, match="has no results; `parkwerk run` writes them"):
        read_results(tmp_path)


def test_another_version_is_refused(study: Path) -> None:
    """A verdict without a quantity, a solution without a bound, a scenario without a price."""
    for file, change in (
        ("verdict.nc", lambda d: d.drop_vars("park_co2")),
        ("solution.nc", lambda d: d.drop_vars("least_alone")),
        ("scenario.nc", lambda d: d.drop_vars("spot_price")),
    ):
        path = study / "base" / file
        whole = parkwerk.load(path)
        parkwerk.save(change(whole), path)
        with pytest.raises(InputError, match=rf"{file}: written by another version of parkwerk"):
            read_results(study)
        parkwerk.save(whole, path)
    assert read_results(study)


def test_files_of_different_runs_are_refused(study: Path) -> None:
    """The record names another cost than the solution."""
    path = study / "base" / "run.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"total_cost": record["total_cost"] + 1.0}))
    with pytest.raises(InputError, match="its files are of different runs"):
        read_results(study)
    path.write_text("[]")
    with pytest.raises(InputError, match=r"run\.json: expected the record of a run, found list"):
        read_results(study)
    path.write_text("{")
    with pytest.raises(InputError, match=r"run\.json: expected the record of a run"):
        read_results(study)


def test_gains_of_another_run_are_left_out(study: Path) -> None:
    """They are not shown, and a sentence says so."""
    other = xr.Dataset(attrs={"total_cost": 1.0})
    parkwerk.save(other, study / "base" / "gain.nc")
    found = read_results(study)
    assert found.gains is None
    assert "of another run, so it is left out" in found.left_out[0]
