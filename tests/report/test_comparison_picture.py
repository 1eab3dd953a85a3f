"""The picture of a comparison shows the tables' numbers; its looks are judged by eye."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from parkwerk.assess.charges import ENERGY, SUPPLIER
from parkwerk.report.comparison import Comparison, compare
from parkwerk.report.comparison_picture import (
    PARTY_LOOKS,
    draw_comparison,
    lay_out,
    party_savings,
    save_comparison_picture,
    shown_ways,
)
from regime_runs import regime_runs


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    """The three regimes by hand."""
    return compare(regime_runs())


def ways_of(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """Charges of ways with this energy."""
    index = pd.MultiIndex.from_tuples([row[:2] for row in rows], names=["regime", "way"])
    return pd.DataFrame({ENERGY: [row[2] for row in rows]}, index=index)


def test_totals_stand_in_the_figure(comparison: Comparison) -> None:
    """Savings 6,000 and 10,000 of the park; 8.8 ct of a kWh by agreement, 8.0 ct bought."""
    left, right = draw_comparison(comparison).axes
    assert [text.get_text() for text in left.texts] == ["0", "6,000", "10,000"]
    assert {"8.8", "8.0"} <= {text.get_text() for text in right.texts}
    labels = [label.get_text() for label in right.get_yticklabels()]
    assert labels[1:4] == ["from the supplier, 400 MWh", "direct-line, 30 MWh", "ppa, 20 MWh"]
    assert [label.get_text() for label in left.get_yticklabels()] == [
        "alone",
        "law-2026",
        "sme-limit-lifted\n(not current law)",
    ]


def test_bars_end_at_the_sums_of_their_signs(comparison: Comparison) -> None:
    """Under the law 9,000 EUR to the right of zero, 2,000 + 1,000 to the left, not on each other.

    Bars stacked without regard to sign would end at 6,000 on the right.
    """
    left = draw_comparison(comparison).axes[0]
    second = [bars[1] for bars in left.containers]
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in second]
    assert max(map(max, ends)) == pytest.approx(9_000)
    assert min(map(min, ends)) == pytest.approx(-3_000)


def test_unused_rules_are_shown_once() -> None:
    """`ppa` is used later only, so not shown first; `direct-line` never, so shown first alone."""
    charges = ways_of(
        ("law-2026", SUPPLIER, 9.0),
        ("law-2026", "ppa", 0.0),
        ("law-2026", "direct-line", 0.0),
        ("agnes-2029", SUPPLIER, 0.0),
        ("agnes-2029", "ppa", 5.0),
        ("agnes-2029", "direct-line", 0.0),
    )
    assert shown_ways(charges).index.tolist() == [
        ("law-2026", SUPPLIER),
        ("law-2026", "direct-line"),
        ("agnes-2029", SUPPLIER),
        ("agnes-2029", "ppa"),
    ]


def test_a_regime_shows_the_rule_that_it_opens() -> None:
    """`sharing` is shown where its limit is lifted, whether others have it unused or used.

    If broken: an earlier regime with small tenants hides what the lifted limit would bring.
    """
    for kwh in (0.0, 7.0):
        charges = ways_of(
            ("law-2026-with-sme-tenants", "sharing", kwh),
            ("sme-limit-lifted", "sharing", 0.0),
            ("sme-limit-lifted", "ppa", 5.0),
        )
        assert ("sme-limit-lifted", "sharing") in shown_ways(charges).index


def test_an_unused_line_says_that_it_costs_something_itself() -> None:
    """Nothing per kWh, but a trench: told beside the sum, and only where nobody uses the line."""
    runs = regime_runs()
    runs["law-2026"].solution["yearly_share_in"].loc[{"pool": "direct-line-1"}] = 0.0
    right = draw_comparison(compare(runs)).axes[1]
    assert "0.0 (the line itself is a fixed cost)" in {text.get_text() for text in right.texts}
    used = draw_comparison(compare(regime_runs())).axes[1]
    assert not any("fixed cost" in text.get_text() for text in used.texts)


def test_regimes_do_not_overlap() -> None:
    """A regime with one row has the room of two, so that its bar of savings fits."""
    charges = ways_of(("a", SUPPLIER, 1.0), ("b", SUPPLIER, 1.0), ("b", "ppa", 1.0))
    bands = lay_out(charges)
    assert [len(band) for band in bands] == [1, 2]
    middles = [sum(band) / len(band) for band in bands]
    assert all(after - before >= 3.0 for before, after in pairwise(middles))


def test_a_large_park_keeps_its_sum(comparison: Comparison) -> None:
    """Of twenty companies 13 are summed up as others; the park's saving is the same."""
    rows = {
        ("law-2026", f"c{i}"): {"kind": "company", "saving_by_sharing_eur_per_a": float(i)}
        for i in range(20)
    }
    rows["law-2026", "park"] = {"kind": "park", "saving_by_sharing_eur_per_a": 190.0}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis(["regime", "name"])
    regimes = comparison.regimes.loc[["law-2026"]]
    companies = table.assign(common_connection="")
    savings = party_savings(replace(comparison, regimes=regimes, companies=companies))
    assert savings.shape == (1, len(PARTY_LOOKS))
    assert savings.columns[[0, -1]].tolist() == ["c19", "13 others"]
    assert savings.sum(axis=1).tolist() == [190.0]


def test_members_of_a_common_connection_are_one_party(comparison: Comparison) -> None:
    """c0 and c1 behind `gate`: −2,000 + 9,000 − 1,000 = 6,000 in one part of the bar.

    Drawn apart, the fees that moved from the members to the gate would hide all other savings.
    """
    companies = comparison.companies.copy()
    behind = companies.index.isin([("law-2026", name) for name in ("c0", "c1", "gate")])
    companies["common_connection"] = companies["common_connection"].mask(behind, "gate")
    savings = party_savings(replace(comparison, companies=companies)).loc["law-2026"]
    assert savings["all behind gate"] == 6_000
    assert savings.drop("all behind gate").abs().sum() == 0


def test_both_files_are_written_and_the_same_again(comparison: Comparison, tmp_path: Path) -> None:
    """A PNG and a well-formed SVG, byte for byte the same when drawn again."""
    first = [path.read_bytes() for path in save_comparison_picture(comparison, tmp_path)]
    svg, png = save_comparison_picture(comparison, tmp_path)
    assert [svg.read_bytes(), png.read_bytes()] == first
    assert png.read_bytes().startswith(b"\x89PNG")
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")
