"""The command line, from the outside: files, sentences and exit codes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import parkwerk
from commands import ROUGH, call, never, two_companies
from parkwerk.errors import InputError, SolveError
from study.folders import COLD, WARM, settings, write_study


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of two companies, a roof and a link, with a second scenario."""
    scenarios = {"base": {}, "less-heat": {"companies.warm.heat_kwh": 400000}}
    return two_companies(tmp_path_factory.mktemp("study"), scenarios=scenarios, note="Stand-ins.")


@pytest.fixture(scope="module")
def done(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """A run of the study from end to end, and where its results are."""
    out = tmp_path_factory.mktemp("results")
    result = call("run", folder, "--out", out, "--gap", ROUGH)
    return result, out / "small" / "base"


@pytest.fixture(scope="module")
def gained(done: tuple[Any, Path], folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The gains of that run, made from a copy of its results, and where they are."""
    _, target = done
    out = tmp_path_factory.mktemp("gains")
    shutil.copytree(target, out / "small" / "base")
    result = call("gain", folder, "--out", out, "--gap", ROUGH)
    return result, out


def test_a_run_writes_all_files_and_no_drafts(done: tuple[Any, Path]) -> None:
    """The eleven files, nothing else: no checkpoint, for the gap is met."""
    result, target = done
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in target.iterdir()) == [
        "bills.csv",
        "bounds.png",
        "bounds.svg",
        "explanation.txt",
        "overview.png",
        "overview.svg",
        "run.json",
        "scenario.nc",
        "solution.nc",
        "summary.csv",
        "verdict.nc",
    ]


def test_gains_take_up_the_run_and_add_up(gained: Any, done: tuple[Any, Path]) -> None:
    """The run is not searched anew; costs and shares of its files are those of the run; the shares
    of each rule sum to what sharing brings.
    """
    result, out = gained
    assert result.exit_code == 0, result.output
    assert "taken up" in result.output
    assert "What each pays and gains" in result.output
    record = json.loads((done[1] / "run.json").read_text(encoding="utf-8"))
    rows = pd.read_csv(out / "small" / "base" / "gain.csv", index_col="company")
    worth = record["cost_alone"] - record["total_cost"]
    shares = rows.filter(like="gain_by_")
    assert shares.shape == (2, 6)
    assert shares.sum().tolist() == pytest.approx([worth] * 6, abs=1e-3)
    coalitions = pd.read_csv(out / "small" / "base" / "coalitions.csv", index_col="coalition")
    assert coalitions.index.tolist() == ["cold", "warm", "cold+warm"]
    assert coalitions.loc["cold+warm", "worth_eur_per_a"] == pytest.approx(worth, abs=1e-3)
    assert (out / "small" / "base" / "why.nc").is_file()


def test_a_sheet_tells_nothing_of_the_others(gained: Any, folder: Path) -> None:
    """The sheet of one company has its costs and not the name of the other."""
    _, out = gained
    result = call("sheet", "cold", folder, "--out", out)
    assert result.exit_code == 0, result.output
    assert "cold: what it pays" in result.output
    assert "warm" not in result.output.replace("sheet-", "")
    rows = pd.read_csv(out / "small" / "base" / "gain.csv", index_col="company")
    assert f"{rows.loc['cold', 'cost_alone_eur_per_a']:,.0f}" in result.output
    assert f"{rows.loc['warm', 'cost_alone_eur_per_a']:,.0f}" not in result.output


def test_a_sheet_that_cannot_be_is_refused_in_a_sentence(
    gained: Any, folder: Path, tmp_path: Path
) -> None:
    """A company that is not in the study is named with those that are; without gains the sentence
    says what writes them.
    """
    _, out = gained
    unknown = call("sheet", "hot", folder, "--out", out)
    assert unknown.exit_code == 2
    assert "company 'hot', expected one of cold, warm" in unknown.output
    early = call("sheet", "cold", folder, "--out", tmp_path)
    assert early.exit_code == 2
    assert "parkwerk gain" in early.output


def test_the_files_agree(done: tuple[Any, Path]) -> None:
    """`run.json`, the solution, the verdict and the park's row of the table tell the same cost."""
    _, target = done
    record = json.loads((target / "run.json").read_text(encoding="utf-8"))
    table = pd.read_csv(target / "summary.csv", index_col="name")
    solution, verdict = parkwerk.load(target / "solution.nc"), parkwerk.load(target / "verdict.nc")
    assert record["total_cost"] == solution.attrs["total_cost"]
    costs = [record["cost_today"], record["cost_alone"], record["total_cost"]]
    assert verdict["park_cost"].values.tolist() == pytest.approx(costs)
    cases = [f"cost_{case}_eur_per_a" for case in ("today", "alone", "together")]
    assert table.loc["park", cases].tolist() == pytest.approx(costs)
    assert table.index.tolist() == ["cold", "warm", "shared links", "park"]
    assert (record["steps"], record["companies"], record["scenario"]) == (8760, 2, "base")
    assert list(record["inputs"]) == ["study.yaml", "companies.csv", "roofs.csv", "links.csv"]
    assert record["law_date"] == "2026-07-01"


def test_the_record_proves_its_gap(done: tuple[Any, Path]) -> None:
    """Gap, bounds and their log fit together, and re-dispatching the saved design costs the same.

    If broken: a gap of other bounds than those written beside it, or a design whose labels are
    mixed up, which costs percents more.
    """
    _, target = done
    record = json.loads((target / "run.json").read_text(encoding="utf-8"))
    cost, lower = record["total_cost"], record["lower_bound"]
    assert lower <= cost
    assert record["gap"] == pytest.approx((cost - lower) / cost)
    assert (record["ended"], record["search"]["gap"]) == ("gap", ROUGH)
    assert record["gap"] <= ROUGH
    saving = record["cost_today"] - cost
    assert record["gap_of_saving_today"] == pytest.approx((cost - lower) / saving)
    assert record["bounds"][-1][1:] == [cost, lower]
    seconds = [row[0] for row in record["bounds"]]
    assert seconds == sorted(seconds)
    again = parkwerk.redispatch(
        parkwerk.load(target / "scenario.nc"), parkwerk.load(target / "solution.nc")
    )
    assert again == pytest.approx(cost, rel=1e-6)


def test_a_run_shows_the_bounds_and_what_they_prove(done: tuple[Any, Path]) -> None:
    """The log has both bounds, the table and the text what no design can cost less than."""
    result, target = done
    assert re.search(r"at most [\d,]+, at least [\d,]+ EUR/a: gap \d\.\d\d %", result.stderr)
    assert "How near the best this is" in result.stdout
    words = (target / "explanation.txt").read_text(encoding="utf-8")
    assert "No design can cost less than" in words
    assert "of the saving against today" in words


def test_bills_are_the_costs_that_somebody_is_owed(done: tuple[Any, Path]) -> None:
    """Each party's row sums to its cost in the verdict of the kinds that a bill knows.

    Proves: rows and columns are not mixed up. If broken: `cold` would owe what `warm` owes.
    """
    _, target = done
    bills = pd.read_csv(target / "bills.csv", index_col="party")
    verdict = parkwerk.load(target / "verdict.nc")
    assert bills.index.tolist() == ["cold", "warm", "shared links"]
    billed = {kind for kinds in verdict["bill_kind"].values for kind in str(kinds).split(" + ")}
    cost = verdict["cost"].sel(case="together").to_pandas()
    owed = cost[[kind for kind in cost if kind in billed]].sum(axis=1)
    assert bills.sum(axis=1).tolist() == pytest.approx(owed.tolist(), rel=1e-5)
    gas = float(verdict["bill"].sel(party="warm", line="gas"))
    assert bills.loc["warm", "gas_eur_per_a"] == pytest.approx(gas)
    assert gas > 0


def test_a_run_tells_stages_apart_from_results(done: tuple[Any, Path]) -> None:
    """Tables and text go to standard output within 80 columns, stages to standard error."""
    result, target = done
    assert "What it costs [EUR/a]" in result.stdout
    assert "Stand-ins." in result.stdout
    tables = result.stdout[: result.stdout.rindex("Results:")]
    assert max(map(len, tables.splitlines())) <= 80
    assert "reading the study" in result.stderr
    assert "reading the study" not in result.stdout
    assert result.stdout.rstrip().endswith(str(target))


def test_check_shows_each_company_and_solves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both scenarios with their heat: 500 and 400 MWh/a; 500 MWh at 150 kW are 3,333 h."""
    monkeypatch.setattr(parkwerk, "optimise", never, raising=False)
    result = call("check", folder)
    assert result.exit_code == 0, result.output
    assert "scenario base" in result.stdout
    assert "scenario less-heat" in result.stdout
    assert "3,333" in result.stdout
    warm = [line.split() for line in result.stdout.splitlines() if line.split()[:1] == ["warm"]]
    assert [row[4] for row in warm] == ["500", "400"]
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_check_tells_whom_the_law_admits(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two large firms: agreements for both, sharing for nobody; lifted, for both. A tenant whom the
    regime leaves out is still told, small by its 20 persons and 1 M EUR.
    """
    monkeypatch.setattr(parkwerk, "optimise", never, raising=False)
    tenant = {"id": "shop", "tenant": "yes", "building": "hall", "sme": "", "staff": "20"}
    large = {"legacy_system": "ring", "legacy_since": "2010-01-01", "closed_network": "net"}
    scenarios = {"base": {}, "lifted": {"regime": "sme-limit-lifted"}}
    companies = [COLD | large, WARM, WARM | tenant | {"turnover_eur": "1e6"}]
    document = settings(regime="law-2026", scenarios=scenarios)
    study = write_study(tmp_path / "study", companies, [], [], document)
    result = call("check", study)
    assert result.exit_code == 0, result.output
    words = " ".join(result.stdout.split())
    assert "regime law-2026: the law as it is building: nobody direct-line: nobody" in words
    assert "sharing: nobody ppa: cold and warm" in words
    assert "(not current law) building: nobody" in words
    assert "sharing: cold and warm ppa: cold and warm" in words
    assert "cold: no SME (stated), customer system ring since 2010-01-01, closed network net." in (
        words
    )
    assert "shop: SME (by its figures), tenant, left out by this regime." in words
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_scenarios_are_listed_with_what_they_change(folder: Path) -> None:
    """The default one is marked."""
    lines = call("scenarios", folder).stdout.splitlines()
    assert lines == ["base (default): nothing changed", "less-heat: companies.warm.heat_kwh"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run", "nowhere"], "nowhere: expected a study folder"),
        (["check", "nowhere"], "nowhere: expected a study folder"),
        (["scenarios", "nowhere"], "nowhere: expected a study folder"),
        (["run", "STUDY", "--gap", "0"], "--gap: 0, expected a share of the cost above 0"),
        (["run", "STUDY", "--gap", "1"], "--gap: 1, expected a share of the cost above 0"),
        (["run", "STUDY", "--gap", "nan"], "--gap: nan, expected a share of the cost above 0"),
        (["run", "STUDY", "--time-limit", "-3"], "--time-limit: -3, expected seconds above 0"),
        (["run", "STUDY", "--scenario", "nix"], "expected one of base, less-heat, found 'nix'"),
        (
            ["run", "STUDY", "--out", "STUDY/study.yaml"],
            "can be written to, found: Not a directory",
        ),
    ],
)
def test_what_is_refused_is_told_in_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: str
) -> None:
    """Exit code 2 and a single line that says what was expected, before anything is solved."""
    monkeypatch.setattr(parkwerk, "optimise", never, raising=False)
    result = call(*(argument.replace("STUDY", str(folder)) for argument in arguments))
    assert result.exit_code == 2
    told = [line for line in result.stderr.splitlines() if line.startswith("parkwerk:")]
    assert len(told) == 1
    assert expected in told[0]
    assert "Traceback" not in result.output


def test_a_study_without_an_answer_is_told_too(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the solver's thread arrives as a sentence; earlier results stay untouched."""

    def fail(*_: Any, **__: Any) -> None:
        raise SolveError("peak_within_connection of warm\ncannot be met in hour 17")

    monkeypatch.setattr(parkwerk, "optimise", fail, raising=False)
    old = tmp_path / "small" / "base" / "run.json"
    old.parent.mkdir(parents=True)
    old.write_text("old", encoding="utf-8")
    result = call("run", folder, "--out", tmp_path)
    assert result.exit_code == 2
    assert "parkwerk: peak_within_connection of warm cannot be met in hour 17" in result.stderr
    assert [path.read_text(encoding="utf-8") for path in old.parent.iterdir()] == ["old"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--jobs", "0"], "--jobs: 0 tasks at once, expected 1 or more"),
        (["--jobs", "2", "--cluster", "tcp://nowhere:1"], "expected --jobs alone"),
    ],
)
def test_workers_that_cannot_be_are_refused(
    folder: Path, tmp_path: Path, arguments: list[str], expected: str
) -> None:
    """One sentence, exit code 2, and no file."""
    result = call("run", folder, "--out", tmp_path, *arguments)
    assert result.exit_code == 2
    told = [line for line in result.stderr.splitlines() if line.startswith("parkwerk:")]
    assert len(told) == 1
    assert expected in told[0]
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def refuse(*_: Any, checkpoint: Path, **__: Any) -> None:
    """Stands in for `optimise` and tells which checkpoint it finds."""
    raise InputError(f"found {checkpoint.read_text() if checkpoint.is_file() else 'nothing'}")


@pytest.mark.parametrize(
    ("kept", "resume", "found", "told"),
    [
        (True, ["--resume"], "old", "going on from"),
        (False, ["--resume"], "nothing", "there is no unfinished search to resume"),
        (True, [], "nothing", "begun anew without --resume"),
        (False, [], "nothing", ""),
    ],
)
def test_a_search_goes_on_only_if_asked_to(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kept: bool,
    resume: list[str],
    found: str,
    told: str,
) -> None:
    """Proves: with --resume the search gets its checkpoint, without it begins anew, and says so.
    If broken: a run of today would silently go on from that of yesterday.
    """
    monkeypatch.setattr(parkwerk, "optimise", refuse, raising=False)
    checkpoint = tmp_path / "small" / "base" / "checkpoint.nc"
    if kept:
        checkpoint.parent.mkdir(parents=True)
        checkpoint.write_text("old", encoding="utf-8")
    result = call("run", folder, "--out", tmp_path, *resume)
    assert f"parkwerk: found {found}" in result.stderr
    assert told in result.stderr


def test_version_is_that_of_the_package() -> None:
    """`--version` needs no command."""
    result = call("--version")
    assert (result.exit_code, result.stdout) == (0, f"parkwerk {parkwerk.__version__}\n")
