"""What the reports say of a common connection: whose it is, and what its row holds."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import xarray as xr
from rich.console import Console

from assess.hand import CASES, hand_park, hand_solution
from parkwerk.assess import assess
from parkwerk.report.common_connection import common_text, members_of
from parkwerk.report.explanation import explain
from parkwerk.report.picture import savings
from parkwerk.report.summary import summary
from parkwerk.report.table import cost_table, tables

#: Cost [EUR/a] of c0, c1, the heat of c0 and the gate: 40,000 of fees move to the gate.
COSTS = [
    [60_000.0, 40_000.0, 0.0, 0.0],
    [60_000.0, 40_000.0, 0.0, 0.0],
    [35_000.0, 20_000.0, 0.0, 42_000.0],
]


def gate_run(used: bool = True, **changes: Any) -> tuple[xr.Dataset, xr.Dataset, xr.Dataset]:
    """Scenario, solution and verdict of two companies behind `gate`."""
    narrow = hand_park(**changes)
    park = narrow.reindex(connection=["c0", "c1", "gate"], fill_value=0.0)
    park = park.assign_coords(behind=("company", ["gate", "gate"]))
    solution = hand_solution(park).drop_vars(["cost", "actor", "cost_kind"])
    actors = ["c0", "c1", "heat of c0", "gate"]
    solution = solution.assign_coords(actor=actors, cost_kind=["energy"])
    solution["cost"] = (("case", "actor", "cost_kind"), np.array(COSTS)[:, :, None])
    solution["chosen_tariff"] = (
        ("case", "connection"),
        [["over 2500 h"] * 2 + [""]] * 2 + [["over 2500 h"] * 2 + ["under 2500 h" * used]],
    )
    solution = solution.sel(case=CASES)
    return park, solution, assess(park, solution)


def test_its_row_is_no_shared_link() -> None:
    """The gate's 42,000 EUR are its members' grid bill. Counted as a shared link, they would be
    told as not yet assigned to anybody.
    """
    text = "\n".join(explain(*gate_run()))
    assert (
        "`gate` is the grid connection of c0 and c1: its row holds their grid fees and levies, "
        "and the cost of operation." in text
    )
    assert "not yet assigned" not in text


def test_members_of_a_closed_network_keep_their_levies() -> None:
    """Metered on their own, they pay network and levies themselves: the gate's row holds none."""
    park, solution, _ = gate_run(own_meter=1.0)
    assert "the levies stand in theirs" in common_text(park, solution)


def test_one_that_is_not_used_is_not_told() -> None:
    """Where the park does without it, nobody is behind it."""
    park, solution, _ = gate_run(used=False)
    assert members_of(park, solution) == {}
    assert common_text(park, solution) == ""


def test_picture_shows_it_with_its_members_as_one() -> None:
    """100,000 today, 35,000 + 20,000 + 42,000 together: one bar of 3,000.

    Apart, the picture would show 25,000 and 20,000 saved, and 42,000 lost by the gate.
    """
    park, solution, verdict = gate_run()
    bars = savings(verdict, members_of(park, solution))
    assert bars["together"].to_dict() == {"all behind gate": pytest.approx(3_000)}
    assert savings(verdict).index.tolist() == ["c0", "c1", "gate"]


def test_the_table_of_costs_has_a_note_within_its_width() -> None:
    """The sentence stands under the costs; what is not used today has no tariff of today."""
    park, solution, verdict = gate_run()
    out = io.StringIO()
    console = Console(file=out, width=80, color_system=None)
    console.print(cost_table(summary(solution, verdict), common_text(park, solution)))
    for table in tables(solution, verdict):
        console.print(table)
    text = out.getvalue()
    assert "`gate` is the grid connection of c0 and c1" in text
    assert "(today )" not in text
    assert max(map(len, text.splitlines())) <= 80
