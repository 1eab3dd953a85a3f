"""`parkwerk run --all` from the outside: what is solved, skipped, taken up and told."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from math import nan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xarray as xr
import yaml

import parkwerk
from parkwerk.errors import SolveError
from parkwerk.sets.work import Task, solve
from study.folders import COMPANY, settings, write_study
from test_cli import ROUGH, call
from work import answer

NAMES = ["base", "gas-low", "gas-high"]


def write(folder: Path, low: float = 0.05, note: str = "") -> Path:
    """A company without roof or heat, in a scenario and two variants on an axis."""
    axes = {"gas": {"low": {"prices.gas": low}, "high": {"prices.gas": {"factor": 1.2}}}}
    document = settings(note=note, variants={"axes": axes})
    write_study(folder, [COMPANY | {"heat_kwh": "1000", "heat_profile": "GHD"}])
    text = yaml.safe_dump(document, sort_keys=False)
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[xr.Dataset, xr.Dataset]:
    """Solution and verdict of one scenario, solved once as a process of a set solves it."""
    place = write(tmp_path_factory.mktemp("study"))
    scenario = parkwerk.read_study(place).scenario()
    memory: Any = {}
    sought = solve(Task(scenario, ROUGH, None, place / "checkpoint.nc", memory, place / "stop"))
    assert memory == {}  # a task is left as it is
    assert len(sought.memory) == 1
    return sought.solution, sought.verdict


@dataclass
class Solver:
    """Stands in for `optimise` and `assess`: quick, and it does as it is told."""

    solution: xr.Dataset
    verdict: xr.Dataset
    asked: list[str] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)
    fails: dict[str, Exception] = field(default_factory=dict)
    interrupted: str = ""

    def optimise(self, scenario: xr.Dataset, *, checkpoint: Path, clock: Any, **_: Any) -> Any:
        name = scenario.attrs["scenario"]
        self.asked.append(name)
        if checkpoint.is_file():
            self.resumed.append(name)
            checkpoint.unlink()
        if name in self.fails:
            raise self.fails[name]
        own = self.solution.assign_attrs(scenario=name)
        if name == self.interrupted:
            clock.interrupt.set()
            checkpoint.write_text("half", encoding="utf-8")
            own.attrs |= {"ended": "interrupt", "gap": nan, "lower_bound": nan}
        return own

    def assess(self, *_: Any) -> xr.Dataset:
        return self.verdict


@pytest.fixture
def solver(solved: Any, monkeypatch: pytest.MonkeyPatch) -> Solver:
    """The solver of a test, in the place of the real one."""
    stand_in = Solver(*solved)
    monkeypatch.setattr(parkwerk, "optimise", stand_in.optimise, raising=False)
    monkeypatch.setattr(parkwerk, "assess", stand_in.assess, raising=False)
    # Pictures take most of the time and are tested elsewhere.
    monkeypatch.setattr("parkwerk.report.picture.save_picture", lambda *_: None)
    monkeypatch.setattr("parkwerk.report.bounds_picture.save_bounds", lambda *_: None)
    return stand_in


def run(folder: Path, out: Path, *more: object) -> Any:
    return call("run", folder, "--all", "--out", out, "--gap", ROUGH, *more)


def test_a_set_is_solved_once_and_told(tmp_path: Path, solver: Solver) -> None:
    """Proves: scenario, axes and rows are solved, written as `run` writes them, and stand in one
    table; a second call solves none. If broken: hours of work would be done again.
    """
    folder, out = write(tmp_path / "study"), tmp_path / "out"
    result = run(folder, out)
    assert result.exit_code == 0, result.output
    assert sorted(solver.asked) == sorted(NAMES)
    table = pd.read_csv(out / "small" / "set.csv", index_col="scenario", keep_default_na=False)
    assert table.index.tolist() == NAMES
    assert table["axis: gas"].tolist() == ["", "low", "high"]
    costs = [solver.solution.attrs["total_cost"]] * 3
    assert table["total_cost_eur_per_a"].tolist() == pytest.approx(costs)
    record = json.loads((out / "small" / "gas-low" / "run.json").read_text(encoding="utf-8"))
    assert record["axes"] == {"gas": "low"}
    assert "3 of 3 done" in result.stderr
    assert max(map(len, result.stdout[: result.stdout.rindex("Results:")].splitlines())) <= 80
    again = run(folder, out)
    assert again.exit_code == 0, again.output
    assert len(solver.asked) == 3
    assert "3 of 3 scenarios are solved already" in again.stderr


def test_a_changed_input_runs_again_what_it_touches(tmp_path: Path, solver: Solver) -> None:
    """Proves: another gas price of one variant leaves the others alone, a note all of them; files
    that are gone are made up for. If broken: stale numbers in the table.
    """
    folder, out = write(tmp_path / "study"), tmp_path / "out"
    run(folder, out)
    solver.asked.clear()
    run(write(folder, note="Another note."), out)
    assert solver.asked == []
    run(write(folder, low=0.04), out)
    assert solver.asked == ["gas-low"]
    (out / "small" / "gas-high" / "verdict.nc").unlink()
    run(folder, out)
    assert solver.asked == ["gas-low", "gas-high"]


def test_one_without_an_answer_does_not_stop_the_others(tmp_path: Path, solver: Solver) -> None:
    """Proves: a failure and a defect are told by name at the end, exit code 2, and the rest is
    solved. If broken: a night's work ends at the first of three.
    """
    solver.fails = {"gas-low": SolveError("peak\nof works"), "base": ZeroDivisionError("oh")}
    folder, out = write(tmp_path / "study"), tmp_path / "out"
    result = run(folder, out)
    assert result.exit_code == 2
    assert sorted(solver.asked) == sorted(NAMES)
    assert "gas-low: peak of works" in result.stdout
    assert "base: unexpected ZeroDivisionError: oh" in result.stdout
    assert "parkwerk: no answer for 2 scenarios" in result.stderr
    assert "Traceback" not in result.output
    table = pd.read_csv(out / "small" / "set.csv", index_col="scenario", keep_default_na=False)
    assert table.loc["gas-low", "problem"] == "peak of works"
    assert table.loc["gas-high", "problem"] == ""
    solver.fails.clear()
    solver.asked.clear()
    assert run(folder, out).exit_code == 0
    assert sorted(solver.asked) == ["base", "gas-low"]


def test_two_that_ask_the_same_are_solved_once(tmp_path: Path, solver: Solver) -> None:
    """Proves: a variant that changes nothing has the answer of its base, in files of its own and
    under its own name; if the base fails, both are named. If broken: the same hours twice.
    """
    folder, out = write(tmp_path / "study", low=0.0675), tmp_path / "out"
    solver.fails = {"base": SolveError("no answer")}
    assert "base, gas-low" in run(folder, out).stderr
    solver.fails.clear()
    result = run(folder, out)
    assert result.exit_code == 0, result.output
    assert solver.asked == ["base", "gas-high", "base"]
    assert "gas-low: the same as base, at most" in result.stderr
    assert "2 of 2 done" in result.stderr
    saved = parkwerk.load(out / "small" / "gas-low" / "solution.nc")
    assert saved.attrs["scenario"] == "gas-low"
    record = json.loads((out / "small" / "gas-low" / "run.json").read_text(encoding="utf-8"))
    assert (record["scenario"], record["axes"]) == ("gas-low", {"gas": "low"})
    run(folder, out)
    assert len(solver.asked) == 3


def test_an_interrupted_set_goes_on_where_it_stopped(tmp_path: Path, solver: Solver) -> None:
    """Proves: Ctrl-C ends the search at work with its best design and no other is begun; the same
    command takes its checkpoint up. If broken: the rest is lost, or begun in spite of Ctrl-C.
    """
    solver.interrupted = "gas-low"
    folder, out = write(tmp_path / "study"), tmp_path / "out"
    result = run(folder, out)
    assert result.exit_code == 0, result.output
    begun = list(solver.asked)
    assert begun[-1] == "gas-low"
    left = [name for name in NAMES if name not in begun]
    told = " ".join(result.stdout.split())
    assert left
    assert f"Left out after the interrupt: {', '.join(left)}; the same" in told
    assert "The search was interrupted. (gas-low)" in told
    assert (out / "small" / "gas-low" / "solution.nc").is_file()
    assert not (out / "small" / "set.stop").exists()
    solver.interrupted = ""
    solver.asked.clear()
    assert run(folder, out).exit_code == 0
    assert sorted(solver.asked) == sorted([*left, "gas-low"])
    assert solver.resumed == ["gas-low"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--scenario", "base"], "--scenario: 'base' beside --all"),
        (["--jobs", "0"], "--jobs: 0 tasks at once"),
        (["--jobs", "2", "--cluster", "tcp://nowhere:1"], "expected --jobs alone"),
    ],
)
def test_what_is_refused_is_told_in_one_sentence(
    tmp_path: Path, solver: Solver, arguments: list[str], expected: str
) -> None:
    """Exit code 2, and nothing is solved."""
    result = run(write(tmp_path / "study"), tmp_path / "out", *arguments)
    assert (result.exit_code, solver.asked) == (2, [])
    assert expected in result.stderr
    assert result.stderr.count("parkwerk:") == 1


def test_a_broken_variant_is_refused_before_anything_is_solved(
    tmp_path: Path, solver: Solver
) -> None:
    """The third of three has an impossible gas price."""
    folder = write(tmp_path / "study", low=99)
    result = run(folder, tmp_path / "out")
    assert (result.exit_code, solver.asked) == (2, [])
    assert "in scenario 'gas-low': study.yaml, field prices.gas" in result.stderr


def test_several_at_once_are_each_in_a_process(
    tmp_path: Path, solver: Solver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves: two processes take two scenarios, their answers are written here, and what fails in
    one of them stops neither. If broken: one process does all, or a set ends with a failure.
    """
    monkeypatch.setattr("parkwerk.sets.runner.solve", answer)
    folder, out = write(tmp_path / "study"), tmp_path / "out"
    parkwerk.save(solver.solution, out / "small" / "solution.nc")
    parkwerk.save(solver.verdict, out / "small" / "verdict.nc")
    result = run(folder, out, "--jobs", 2)
    assert result.exit_code == 2
    assert "gas-high: no answer" in result.stdout
    assert "at work: base and gas-low" in result.stderr
    records = [out / "small" / name / "run.json" for name in ("base", "gas-low")]
    told = [json.loads(record.read_text(encoding="utf-8")) for record in records]
    assert [record["scenario"] for record in told] == ["base", "gas-low"]
    assert len({record["stages_s"]["search"] for record in told} | {float(os.getpid())}) == 3
    assert solver.asked == []
