"""Coalitions: what some of the companies cost, between a design and a proven bound."""

from __future__ import annotations

from itertools import combinations

import pytest
import xarray as xr

import plain
from parkwerk.coalition import restrict
from parkwerk.errors import InputError
from parkwerk.solve.coalitions import coalitions
from parkwerk.solve.optimise import optimise
from toy import sun_for_a_neighbour, toy_park

GAP = 0.05


def costs(scenario: xr.Dataset, gap: float = GAP) -> xr.Dataset:
    """All coalitions of a small park."""
    return coalitions(scenario, optimise(scenario, gap=gap), gap=gap)


def test_every_coalition_costs_what_its_own_program_costs() -> None:
    """Proves: for a pool and a pipe among three, bound <= optimum of the coalition's own whole
    program <= cost of the design found, for every coalition. If broken: prices of the whole park
    that are no bound for a part of it, or a design that is not the coalition's own.
    """
    scenario = toy_park(companies=3, days=1, seed=1)
    found = costs(scenario)
    names = [str(c) for c in scenario["company"].values]
    assert found.sizes["coalition"] == 2**3 - 1
    for members in [m for size in (1, 2, 3) for m in combinations(names, size)]:
        own = found.sel(coalition="+".join(members))
        optimum = plain.cost(restrict(scenario, members))
        room = 1e-6 * (1 + abs(optimum))
        assert own["coalition_bound"] <= optimum + room
        assert own["coalition_cost"] >= optimum - room
        assert own["coalition_cost"] <= own["coalition_alone"] + room


def test_the_coalition_of_all_is_the_solution() -> None:
    """Proves: all companies together have the cost and the bound of the solution, each for itself
    its own, and the members of each coalition are those of its name.
    """
    scenario = toy_park(companies=2, days=1)
    solution = optimise(scenario, gap=GAP)
    found = coalitions(scenario, solution, gap=GAP)
    everybody = found.sel(coalition="c0+c1")
    assert float(everybody["coalition_cost"]) == solution.attrs["total_cost"]
    assert float(everybody["coalition_bound"]) == solution.attrs["lower_bound"]
    single = found["coalition_cost"].sel(coalition=["c0", "c1"]).sum()
    assert float(single) == pytest.approx(solution.attrs["cost_alone"], rel=1e-12)
    assert found["member"].values.tolist() == [[1, 0], [0, 1], [1, 1]]


def test_a_gain_is_that_of_those_who_share() -> None:
    """Proves: c0's 10 kW of free sun serve c1's 10 kW that cost 0.3 EUR/kWh: together they save at
    least 24 h x 10 kW x 0.3 EUR/kWh = 72 EUR, and neither of them anything alone.
    """
    found = costs(sun_for_a_neighbour())
    worth = found["coalition_alone"] - found["coalition_cost"]
    assert float(worth.sel(coalition="c0+c1")) == pytest.approx(72.0, rel=1e-6)
    assert worth.sel(coalition=["c0", "c1"]).values.tolist() == [0.0, 0.0]


def test_too_many_companies_are_refused() -> None:
    """Proves: nine companies would have 511 coalitions; the sentence says how many are allowed."""
    with pytest.raises(InputError, match="9 companies, expected at most 6"):
        coalitions(toy_park(companies=9, days=1), xr.Dataset())
