"""Tables and text of a comparison: what a reader finds where, within a terminal's width."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pandas as pd
import pytest
from rich.console import Console

from parkwerk.report.comparison import Comparison, Found, compare
from parkwerk.report.comparison_files import tell_comparison
from parkwerk.report.comparison_table import (
    by_company,
    comparison_text,
    kept_out_text,
    regime_table,
)
from regime_runs import LARGE, regime_run, regime_runs


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    """The three regimes by hand."""
    return compare(regime_runs())


def text(comparison: Comparison, width: int = 80) -> str:
    """All that is told, without colours."""
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None)
    tell_comparison(comparison, console)
    return out.getvalue()


def test_a_regime_is_one_row(comparison: Comparison) -> None:
    """Cost 94 kEUR, no gap proven, saving 6.0 kEUR of 100 (6.0 %), 300 kW, 50 MWh shared."""
    out = io.StringIO()
    console = Console(file=out, width=80, color_system=None)
    console.print(regime_table(comparison.regimes))
    lines = out.getvalue().splitlines()
    row = next(line for line in lines if "law-2026" in line)
    assert row.split()[:9] == ["2", "law-2026", "94", "-", "6.0", "6.0", "0", "300", "50"]


def test_a_gap_as_large_as_the_gain_is_told() -> None:
    """Of 94,000 EUR at most 7,050 (7.50 %) above the best, where sharing saves 6,000: the sign is
    open. In a regime with a gap of 940 EUR it is not. If broken: a table of gains without a word.
    """
    runs = {"law-2026": (7_050, 7_050 / 6_000), "sme-limit-lifted": (940, 940 / 6_000)}
    found = {}
    for name, (above, share) in runs.items():
        run = regime_run("law-2026")
        run.solution.attrs |= {
            "lower_bound": 94_000 - above,
            "gap": above / 94_000,
            "gap_of_saving_alone": share,
        }
        found[name] = run
    told = text(compare(found))
    assert "7.50" in told
    words = " ".join(told.split())
    assert "Warning: under law-2026 it is as large as what sharing was found to bring" in words
    assert "Warning" not in text(compare({"sme-limit-lifted": found["sme-limit-lifted"]}))


def test_a_hypothesis_says_so(comparison: Comparison) -> None:
    """Right under the name of the regime, and once in words."""
    told = text(comparison)
    assert re.search(r"3 sme-limit-lifted .*\n *\(not current law\)", told)
    assert "Not current law: sme-limit-lifted." in told
    assert told.count("(not current law)") == 1


def test_numbers_of_a_company_stand_under_its_regime(comparison: Comparison) -> None:
    """c1 saves 0, 9,000 and 9,000; a mixed-up order of regimes would show."""
    table = by_company(comparison, "saving_by_sharing_eur_per_a")
    assert table.loc[("company", "c1")].tolist() == [0, 9_000, 9_000]
    names = table.index.get_level_values("name").tolist()
    assert names == ["c0", "c1", "c2", "gate", "park"]
    assert ("shared", "gate") not in by_company(comparison, "pv_kw").index


def test_a_common_connection_may_be_called_park(comparison: Comparison) -> None:
    """Its −1,000 EUR and the park's 6,000 stay two rows; by name alone they would be one."""
    renamed = comparison.companies.rename(index={"gate": "park"}, level="name")
    table = by_company(replace(comparison, companies=renamed), "saving_by_sharing_eur_per_a")
    assert table.loc[("shared", "park"), "law-2026"] == -1_000
    assert table.loc[("park", "park"), "law-2026"] == 6_000


def test_a_company_of_one_regime_only_has_a_dash_in_the_others() -> None:
    """A tenant takes part in one regime: no cost is told where it is not in the park."""
    few = Found(*(part.isel(company=[0, 1], connection=[0, 1]) for part in regime_run("alone")))
    few = few._replace(verdict=few.verdict.sel(party=["c0", "c1", "shared links"]))
    all_ = regime_run("law-2026")
    table = by_company(compare({"alone": few, "law-2026": all_}), "pv_kw")
    assert table.loc[("company", "c2")].isna().tolist() == [True, False]


def test_who_may_not_take_part_is_told_once_with_its_regimes(comparison: Comparison) -> None:
    """c0 and c1 have the same reason: one sentence for both, with paragraph and regime."""
    told = [line for line in comparison_text(comparison) if LARGE in line]
    assert told == [f"Not admitted to sharing in law-2026: c0 and c1. Reason: {LARGE}."]


def test_one_reason_against_several_rules_is_told_once() -> None:
    """Who is behind a common connection is kept out of all else: one sentence, not one a rule."""
    rows = [("law-2026", rule, "§", "c0", "is behind") for rule in ("building", "ppa")]
    table = pd.DataFrame(rows, columns=["regime", "rule", "paragraph", "company", "reason"])
    assert kept_out_text(table) == [
        "Not admitted to building and ppa in law-2026: c0. Reason: is behind."
    ]


@pytest.mark.parametrize("width", [80, 120])
def test_tables_fit(width: int) -> None:
    """Eight regimes with costs of hundreds of thousands of euros fit; no number is cut."""
    run = regime_run("law-2026")
    names = ["alone", "law-2026", "law-2026-with-sme-tenants", "legacy-system", "closed-network"]
    names += ["sme-limit-lifted", "local-fee-discount", "agnes-2029"]
    run.verdict["yearly_cost"] *= 10
    told = text(compare(dict.fromkeys(names, run)), width)
    tables = told[: told.index("All is of the companies")]
    assert max(map(len, tables.splitlines())) <= width
    assert "…" not in tables
    assert "[thousand EUR/a]" in tables
    assert tables.count("[MWh]") == 1


def test_charges_of_an_unused_way_say_what_they_are(comparison: Comparison) -> None:
    """`ppa-taxed` passes nothing: a note under the table says that its charges are a plain mean.
    Where every way is used there is no such note.
    """
    assert "0 MWh: the plain mean over those who may take" in text(comparison)
    used = comparison.charges[comparison.charges["energy_kwh_per_a"] > 0]
    assert "plain mean" not in text(replace(comparison, charges=used))


def test_a_common_connection_is_no_better_law(comparison: Comparison) -> None:
    """Who is behind one has given up the other rules: said of the regimes that have one."""
    run = regime_run("law-2026")
    told = comparison_text(compare({"law-2026": run, "legacy-system": run, "closed-network": run}))
    sentence = next(line for line in told if "takes the place" in line)
    assert sentence.startswith("Under legacy-system and closed-network the common connection")
    assert "need not be better" in sentence
    assert not any("takes the place" in line for line in comparison_text(comparison))
