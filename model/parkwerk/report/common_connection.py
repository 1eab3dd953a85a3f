"""Common connections in the reports: whose they are, and what their rows hold."""

from __future__ import annotations

import xarray as xr

from parkwerk.assess.charges import buys_through
from parkwerk.report.wording import listed

#: A common connection and its members as one party: it pays the grid fees that each paid alone, so
#: that the part of one says nothing without the others.
MEMBERS = "all behind "

#: Members by the common connection through which they draw.
Members = dict[str, list[str]]


def members_of(scenario: xr.Dataset, solution: xr.Dataset) -> Members:
    """The companies behind each common connection that the park uses together."""
    found: Members = {}
    through = buys_through(scenario, solution.sel(case="together"))
    for company, connection in zip(scenario["company"].values, through, strict=True):
        if connection:
            found.setdefault(str(connection), []).append(str(company))
    return found


def common_text(scenario: xr.Dataset, solution: xr.Dataset) -> str:
    """What the rows of the common connections hold; empty where there are none."""
    return " ".join(
        f"`{name}` is the grid connection of {listed(members)}: {_holds(scenario, members)}."
        for name, members in members_of(scenario, solution).items()
    )


def _holds(scenario: xr.Dataset, members: list[str]) -> str:
    """Members of a closed network pay at meters of their own too, those of a system do not."""
    if "own_meter" in scenario and (scenario["own_meter"].sel(company=members) > 0).all():
        return (
            "its row holds the fee of the grid above and the cost of operation, while the charge "
            "of the network and the levies stand in theirs"
        )
    return "its row holds their grid fees and levies, and the cost of operation"
