"""The picture shows the verdict's numbers; its looks are judged by eye."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import xarray as xr

from assess.hand import hand_park, hand_solution
from parkwerk.assess import assess
from parkwerk.errors import InputError
from parkwerk.report.picture import MOST_BARS, cost_by_group, draw, save_picture, savings, spread

COSTS = {
    "energy": [[600.0, 400.0, 0.0], [500.0, 400.0, 0.0], [500.0, 350.0, 0.0]],
    "electricity tax": [[60.0, 40.0, 0.0], [50.0, 40.0, 0.0], [50.0, 35.0, 0.0]],
    "feed-in revenue": [[0.0, 0.0, 0.0], [-20.0, 0.0, 0.0], [-10.0, 0.0, 0.0]],
    "a new kind": [[5.0, 0.0, 0.0], [5.0, 0.0, 0.0], [5.0, 0.0, 0.0]],
}


@pytest.fixture
def verdict() -> xr.Dataset:
    """A verdict on costs of several kinds, one of them unknown to the groups."""
    park = hand_park()
    return assess(park, hand_solution(park, COSTS))


def test_groups_sum_to_the_cost_of_the_park(verdict: xr.Dataset) -> None:
    """Electricity 1,100 of 1,105 today, an unknown kind is `other`, empty groups are left out."""
    groups = cost_by_group(verdict)
    assert groups.index.tolist() == ["electricity", "feed-in revenue", "other"]
    np.testing.assert_allclose(groups.sum(), verdict["park_cost"])
    assert groups.loc["electricity", "today"] == pytest.approx(1100)


def test_all_totals_are_written_on_the_bars(verdict: xr.Dataset) -> None:
    """The sums 1,105, 975 and 930 stand in the figure as text."""
    left, right = draw(verdict).axes
    written = {text.get_text() for text in left.texts}
    assert {"1,105", "975", "930", "electricity", "feed-in revenue", "other"} <= written
    assert [label.get_text() for label in right.get_yticklabels()] == ["c0", "c1"]


def test_a_large_park_keeps_its_sum() -> None:
    """Forty companies become 16 pairs of bars, the last one all others; the saving is the same."""
    names = [f"c{i}" for i in range(40)]
    values = np.arange(40.0)
    parts = {
        "saving": (("case", "party"), np.stack([0 * values, values / 2, values])),
        "company": names,
    }
    verdict = xr.Dataset(parts, coords={"case": ["today", "alone", "together"], "party": names})
    table = savings(verdict)
    assert len(table) == MOST_BARS
    assert table.index[-1] == "25 others"
    assert table["together"].sum() == pytest.approx(780)


def test_names_do_not_overlap() -> None:
    """Places closer than the room are moved up, others stay; the order is kept."""
    assert spread([0.0, 0.1, 5.0], 1.0) == [0.0, 1.0, 5.0]
    assert spread([], 1.0) == []


def test_both_files_are_written_and_the_same_again(verdict: xr.Dataset, tmp_path: Path) -> None:
    """A PNG and a well-formed SVG, byte for byte the same when drawn again; no drafts are left."""
    first = [path.read_bytes() for path in save_picture(verdict, tmp_path)]
    svg, png = save_picture(verdict, tmp_path)
    assert [svg.read_bytes(), png.read_bytes()] == first
    assert png.read_bytes().startswith(b"\x89PNG")
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["overview.png", "overview.svg"]


def test_a_missing_folder_is_refused(verdict: xr.Dataset, tmp_path: Path) -> None:
    """One sentence, no stack trace of the drawing library."""
    with pytest.raises(InputError, match="expected a place that can be written to"):
        save_picture(verdict, tmp_path / "missing")
