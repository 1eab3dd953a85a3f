"""The map: places, roofs, pipes and lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

from assess.hand import CASES
from parkwerk.report import plots
from parkwerk.report.plots.links import Link, links
from parkwerk.report.plots.map import MOST_NAMES
from parkwerk.report.plots.positions import place_nodes, roof_squares
from report.plots.drawn import traces
from toy import bare_park


def street(**changes: Any) -> xr.Dataset:
    """Two companies 300 m apart; a pipe over two junctions, and a direct line back."""
    labels = {
        "roof": ["a", "b"],
        "roof_company": ["c0", "c0"],
        "heat_source": ["c0"],
        "pipe": ["c0->J1", "J1->J2", "J2->c1", "c0->c0", "J8->J9"],
        "pipe_from": ["c0", "J1", "J2", "c0", "J8"],
        "pipe_to": ["J1", "J2", "c1", "c0", "J9"],
        "pool": ["line"],
    }
    usual: dict[str, Any] = {
        "company_x": [0.0, 300.0],
        "company_y": [0.0, 0.0],
        "pipe_length": [50.0, 200.0, 50.0, 10.0, 10.0],
        "roof_limit": [400.0, 100.0],
        "pool_gives": [[0.0, 1.0]],
        "pool_takes": [[1.0, 0.0]],
        "pool_exclusive": 1.0,
    }
    return bare_park(companies=2, labels=labels, **(usual | changes))


def built(scenario: xr.Dataset) -> xr.Dataset:
    """The first pipes with 80 kW, 55 kW of own use, 300 of 400 kW on the first roof, the line."""
    solution = xr.Dataset(coords={**scenario.coords, "case": CASES})
    dims = ("case", "heat_source", "pipe")
    solution["pipe_built"] = (dims, np.tile([[1.0, 1.0, 1.0, 1.0, 0.0]], (3, 1, 1)))
    solution["pipe_capacity"] = (dims, np.tile([[80.0, 80.0, 80.0, 55.0, 0.0]], (3, 1, 1)))
    solution["pv_capacity"] = (("case", "roof", "pv_class"), np.tile([[300.0], [0.0]], (3, 1, 1)))
    solution["joined"] = (("case", "company", "pool"), np.ones((3, 2, 1)))
    taken = np.tile([[12_000.0], [0.0]], (3, 1, 1))
    solution["yearly_share_in"] = (("case", "company", "pool"), taken)
    return solution


def test_junctions_stand_where_their_pipes_pull_them() -> None:
    """Proves: on 50 + 200 + 50 m between 0 and 300 the junctions are at 50 and at 250.

    Without weights by length they would be at 100 and 200. One that no pipe ties to a company is
    left out rather than put somewhere.
    """
    places = place_nodes(street())
    assert places["J1"] == pytest.approx((50.0, 0.0))
    assert places["J2"] == pytest.approx((250.0, 0.0))
    assert "J8" not in places


def test_roofs_are_as_large_as_their_pv() -> None:
    """Proves: a roof with room for four times the power has twice the side; they stand in a row."""
    squares = roof_squares(street())
    (left, y, side), (next_left, _, small) = squares["a"], squares["b"]
    assert side == pytest.approx(2 * small)
    assert next_left == pytest.approx(left + side)
    assert (left + next_left + small) / 2 == pytest.approx(0.0)
    assert y == 0.0


def test_links_are_candidates_until_they_are_built() -> None:
    """Proves: without a solution nothing is built; with it pipes say kW and lines MWh a year."""
    scenario = street()
    assert not any(each.built for each in links(scenario))
    found = links(scenario, built(scenario))
    assert found[0] == Link("pipe", "c0", "J1", True, 80.0)
    assert not found[4].built
    assert found[5] == Link("line", "c1", "c0", True, 12.0)


def test_a_line_that_nobody_may_use_is_none() -> None:
    """Proves: a direct line whose giver is not admitted is not drawn."""
    assert [each.kind for each in links(street(pool_gives=0.0))] == ["pipe"] * 5


def test_the_map_shows_what_is_built() -> None:
    """Proves: built links, the filled part of a roof, and the words with their numbers."""
    scenario = street()
    figure = plots.park_map(scenario, built(scenario), "de")
    found = traces(figure)
    assert list(found["Wärmeleitung, gebaut"].x)[:2] == [0.0, pytest.approx(50.0)]
    assert "Wärmeleitung, nicht gebaut" not in found  # the only one is tied to nobody
    filled = found["PV gebaut, 300 kW"]
    side = roof_squares(scenario)["a"][2]
    assert max(y for y in filled.y if y is not None) == pytest.approx(0.75 * side)
    notes = [note.text for note in figure.layout.annotations]
    assert notes.count("80 kW") == 3
    assert "12 MWh/a" in notes
    assert "<b>c0</b><br>eigene Abwärme: 55 kW" in notes
    assert figure.layout.yaxis.scaleanchor == "x"


def test_a_single_company_without_a_roof() -> None:
    """Proves: one company at one place makes a map, without roofs and links."""
    park = bare_park(labels={"roof": [], "roof_company": []}, company_x=5.0, company_y=7.0)
    figure = plots.park_map(park)
    assert [trace.name for trace in figure.data] == ["company"]
    assert (figure.data[0].x[0], figure.data[0].y[0]) == (5.0, 7.0)


def test_without_positions_the_map_says_so() -> None:
    """Proves: a scenario of an older version or made by hand gets a sentence."""
    figure = plots.park_map(bare_park())
    assert figure.layout.annotations[0].text.startswith("This scenario does not say where")


def test_a_large_park_names_only_who_is_linked() -> None:
    """Proves: where there is no room for all names, those at built links are written."""
    count = MOST_NAMES + 1
    labels = {"heat_source": ["c0"], "pipe": ["p"], "pipe_from": ["c0"], "pipe_to": ["c3"]}
    park = bare_park(
        companies=count,
        labels=labels,
        company_x=np.arange(count) * 50.0,
        company_y=0.0,
        roof_limit=9.0,
    )
    solution = xr.Dataset(coords={**park.coords, "case": CASES})
    for name in ("pipe_built", "pipe_capacity"):
        solution[name] = (("case", "heat_source", "pipe"), np.ones((3, 1, 1)))
    shape = (3, count, 1)
    solution["pv_capacity"] = (("case", "roof", "pv_class"), np.zeros(shape))
    notes = [note.text for note in plots.park_map(park, solution).layout.annotations]
    assert notes == ["<b>c0</b>", "<b>c3</b>"]
