"""What is proven is said in words: how near the best, of which saving, and what stays open."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import xarray as xr

from assess.hand import hand_park, hand_solution
from parkwerk.report.bounds_picture import draw, save_bounds
from parkwerk.report.proof import bounds_log, proof_of, proof_text
from parkwerk.report.table import proof_table


def proven(lower: float, alone: float = 110_000.0, **attrs: Any) -> xr.Dataset:
    """A park that costs 100,000 EUR together and 120,000 today, with a lower bound."""
    costs = [[120_000.0, 0.0, 0.0], [alone, 0.0, 0.0], [100_000.0, 0.0, 0.0]]
    solution = hand_solution(hand_park(), {"energy": costs})
    gap, saving = 100_000 - lower, alone - 100_000
    solution.attrs |= {
        "lower_bound": lower,
        "gap": gap / 100_000,
        "gap_of_saving_today": gap / 20_000,
        "gap_of_saving_alone": gap / saving if saving > 0 else np.nan,
        "ended": "gap",
    } | attrs
    return solution


def test_the_gap_is_told_of_cost_and_of_savings() -> None:
    """1,000 EUR of 100,000 are 1 %, of the saving of 20,000 against today 5 %, of the 10,000 that
    sharing brings 10 %. If broken: a small share of the bill hides a large share of the gain.
    """
    text = proof_text(proven(99_000.0))
    assert "less than 99,000 EUR a year; this one is at most 1.00 % (1,000 EUR a year)" in text
    assert "5.0 % of the saving against today and 10.0 % of the saving against each" in text
    assert "Warning" not in text
    assert "The search" not in text


def test_a_gap_as_large_as_the_gain_of_sharing_is_warned_of() -> None:
    """Sharing brings 10,000 EUR, the gap is 10,000 EUR: warned of in text and table."""
    solution = proven(90_000.0, ended="time")
    text = proof_text(solution)
    assert "it is not proven that sharing brings anything" in text
    assert "ended at its time limit" in text
    assert "Warning" in str(proof_table(proof_of(solution)).caption)
    assert proof_table(proof_of(proven(90_001.0))).caption is None


def test_what_sharing_brings_for_certain_is_told() -> None:
    """Apart they pay 110,000 EUR, 108,000 for certain; together 100,000, no less than 90,000: 8,000
    are certain and 20,000 possible, though the gap is as large as the gain. Where 99,000 apart are
    possible, none is. If broken: a warning that nothing is proven, where 8,000 EUR are.
    """
    solution = proven(90_000.0)
    solution["least_alone"] = ("company", [108_000.0, *[0.0] * (solution.sizes["company"] - 1)])
    text = proof_text(solution)
    assert "bring 8,000 EUR a year or more with this design, and 20,000 at most" in text
    assert "Warning" not in text
    assert proof_table(proof_of(solution)).caption is None
    solution["least_alone"] = solution["least_alone"] * (99 / 108)
    assert "it is not proven that sharing brings anything" in proof_text(solution)
    assert "or more with this design" not in proof_text(solution)


def test_a_gain_that_was_not_found_may_be_there() -> None:
    """Alone costs as much as together: no share of no saving, but up to 1,000 EUR may be in it."""
    text = proof_text(proven(99_000.0, alone=100_000.0))
    assert "it may bring up to 1,000 EUR a year" in text
    assert "against each company" not in text
    assert "may bring" not in proof_text(proven(100_000.0, alone=100_000.0))


def test_what_is_not_proven_is_said_so() -> None:
    """Without a bound the solution's own sentence stands, and no number."""
    solution = proven(np.nan, proof="Nothing is proven yet.")
    assert proof_text(solution) == "Nothing is proven yet."


@pytest.fixture
def closing() -> xr.Dataset:
    """A bound that comes late and closes from 5 % to 1 %."""
    solution = proven(99_000.0)
    solution["elapsed"] = ("turn", [1.0, 2.0, 4.0])
    solution["upper_bound"] = ("turn", [101_000.0, 100_000.0, 100_000.0])
    solution["bound_below"] = ("turn", [-np.inf, 95_000.0, 99_000.0])
    return solution


def test_the_picture_shows_the_bounds_of_the_log(closing: xr.Dataset) -> None:
    """In thousand EUR: 101, 100, 100 above; nothing, 95, 99 below; and a gap of 5 %, then 1 %."""
    left, right = draw(bounds_log(closing), 0.002).axes
    upper, lower = (np.asarray(line.get_ydata(), float) for line in left.lines)
    np.testing.assert_allclose(upper, [101, 100, 100])
    np.testing.assert_allclose(lower, [np.nan, 95, 99])
    gap = np.asarray(right.lines[0].get_ydata(), float)
    np.testing.assert_allclose(gap, [np.nan, 5, 1])
    assert right.get_title(loc="left") or right.get_title()
    assert "asked: 0.20 %" in {text.get_text() for text in right.texts}


def test_the_picture_is_written_where_there_is_a_log(closing: xr.Dataset, tmp_path: Path) -> None:
    """Two files; none for a solution without a log; and one of a single turn without a bound."""
    assert save_bounds(proven(99_000.0), tmp_path) == []
    assert save_bounds(closing.isel(turn=[0]), tmp_path, 0.01)
    svg, png = save_bounds(closing, tmp_path, 0.01)
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")
    assert png.read_bytes().startswith(b"\x89PNG")
