"""`parkwerk compare` from the outside: files, sentences and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import parkwerk
from commands import ROUGH, call, never, two_companies

REGIMES = ["alone", "law-2026", "sme-limit-lifted"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A large company with a roof and a neighbour, under the law as it is."""
    return two_companies(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def done(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """A comparison of three regimes from end to end, and where its results are."""
    out = tmp_path_factory.mktemp("results")
    regimes = ",".join(REGIMES)
    result = call("compare", folder, "--regimes", regimes, "--out", out, "--gap", ROUGH)
    assert result.exit_code == 0, result.output
    return result, out / "small"


def test_all_files_are_written(done: tuple[Any, Path]) -> None:
    """Seven of the comparison, and a folder for each regime as a run writes it; no drafts."""
    _, results = done
    assert sorted(path.name for path in (results / "compare").iterdir()) == [
        "charges.csv",
        "companies.csv",
        "comparison.png",
        "comparison.svg",
        "comparison.txt",
        "regimes.csv",
        "run.json",
    ]
    for regime in REGIMES:
        names = {path.name for path in (results / f"base@{regime}").iterdir()}
        assert {"run.json", "summary.csv", "bills.csv", "overview.svg"} <= names


def test_the_comparison_is_that_of_the_runs(done: tuple[Any, Path]) -> None:
    """Each row of `regimes.csv` has the costs of that regime's own `run.json`, in their order."""
    _, results = done
    table = pd.read_csv(results / "compare" / "regimes.csv", index_col="regime")
    assert table.index.tolist() == REGIMES
    record = json.loads((results / "compare" / "run.json").read_text(encoding="utf-8"))
    for regime, told in zip(REGIMES, record["regimes"], strict=True):
        own = json.loads((results / f"base@{regime}" / "run.json").read_text(encoding="utf-8"))
        assert own["regime"] == told["regime"] == regime
        assert table.loc[regime, "cost_together_eur_per_a"] == pytest.approx(own["total_cost"])
        assert told["cost_alone_eur_per_a"] == pytest.approx(own["cost_alone"])
        assert told["gap"] == pytest.approx(own["gap"])
        assert told["lower_bound_eur_per_a"] == pytest.approx(own["lower_bound"])
    assert (record["search"]["gap"], record["left_out"]) == (ROUGH, [])


def test_what_companies_do_alone_is_worked_out_once(done: tuple[Any, Path]) -> None:
    """Three regimes with the same prices: one stage `alone`, three stages `together`."""
    stages = done[0].stderr
    assert stages.count("alone: each company for itself") == 1
    assert stages.count("together: one design for all") == len(REGIMES) - 1  # alone has nothing
    table = pd.read_csv(done[1] / "compare" / "regimes.csv")
    assert table["cost_alone_eur_per_a"].nunique() == 1


def test_lifting_the_limit_changes_who_may_share(done: tuple[Any, Path]) -> None:
    """By law both are kept out of sharing, with the paragraph; lifted, neither is."""
    _, results = done
    companies = pd.read_csv(results / "compare" / "companies.csv", keep_default_na=False)
    told = companies.set_index(["regime", "name"])["kept_out"]
    for company in ("cold", "warm"):
        assert "no micro, small or medium enterprise (EnWG §42c(2))" in told["law-2026", company]
        assert "sharing" not in told["sme-limit-lifted", company]
    charges = pd.read_csv(results / "compare" / "charges.csv")
    ways = charges.groupby("regime")["way"].agg(list)
    assert set(ways["sme-limit-lifted"]) - set(ways["law-2026"]) == {"sharing"}


def test_text_and_terminal_say_the_same(done: tuple[Any, Path]) -> None:
    """Within 80 columns on the terminal; a hypothesis is marked in both."""
    result, results = done
    text = (results / "compare" / "comparison.txt").read_text(encoding="utf-8")
    shown = result.stdout[: result.stdout.rindex("Results:")]
    assert max(map(len, shown.splitlines())) <= 80
    for told in (text, shown):
        words = " ".join(told.split())
        assert "(not current law)" in words
        assert "micro, small or medium enterprise (EnWG §42c(2))." in words


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["compare", "nowhere"], "nowhere: expected a study folder"),
        (["compare", "STUDY", "--regimes", "law-2026,nix"], "--regimes: expected some of all, "),
        (["compare", "STUDY", "--regimes", ""], "found ''"),
        (["compare", "STUDY", "--scenario", "nix"], "expected one of base, found 'nix'"),
    ],
)
def test_what_is_refused_is_told_before_anything_is_solved(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: str
) -> None:
    """Exit code 2 and one sentence."""
    monkeypatch.setattr(parkwerk, "optimise", never, raising=False)
    result = call(*(argument.replace("STUDY", str(folder)) for argument in arguments))
    assert result.exit_code == 2
    told = [line for line in result.stderr.splitlines() if line.startswith("parkwerk:")]
    assert len(told) == 1
    assert expected in told[0]
