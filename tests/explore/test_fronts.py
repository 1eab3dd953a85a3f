"""Trade-offs: points on the front, and what is proven of the cost below them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

import plain
from explore.conftest import GAP, Solved
from parkwerk import optimise
from parkwerk.errors import InputError
from parkwerk.explore import front
from parkwerk.explore.explorer import Explorer
from parkwerk.explore.fronts import least_cost, on_front, sandwich
from parkwerk.explore.measures import MEASURES, sizes
from toy import toy_park


def trial(cost: float, amount: float, price: float = 0.0, least: float = 0.0) -> Any:
    """A trial without a design."""
    return SimpleNamespace(cost=cost, amount=amount, price=price, least=least)


def test_the_front_is_the_convex_hull_of_what_nobody_beats() -> None:
    """(10, 9), (12, 5) and (20, 1) are on it; (13, 6) is beaten by (12, 5), and (17, 4) lies above
    the line from (12, 5) to (20, 1), which is at 14 there."""
    points = [(20.0, 1.0), (13.0, 6.0), (10.0, 9.0), (17.0, 4.0), (12.0, 5.0)]
    hull = on_front([trial(*point) for point in points])
    assert [(t.cost, t.amount) for t in hull] == [(10.0, 9.0), (12.0, 5.0), (20.0, 1.0)]


def test_the_bound_of_the_cost_is_the_highest_of_all_lines() -> None:
    """``L(μ) − μ·E`` at E = 4: 9 − 0, 20 − 2·4 = 12, 25 − 5·4 = 5; a price below zero rewards the
    measure and says nothing, however high its line."""
    trials = [trial(0, 0, 0.0, 9.0), trial(0, 0, 2.0, 20.0), trial(0, 0, 5.0, 25.0)]
    assert least_cost([*trials, trial(0, 0, -1.0, 99.0)], 4.0) == 12.0


@pytest.mark.parametrize("name", list(MEASURES))
def test_at_a_price_the_whole_program_lies_between_bound_and_design(name: str, toy: Solved) -> None:
    """Proves: at a price μ, ``L(μ) ≤ optimum of the whole program ≤ cost + μ·amount``. If broken, a
    measure that is priced otherwise than it is counted lifts one over the other."""
    measure = MEASURES[name]
    price = {"emissions": 200.0, "investment": 2e-4, "self_sufficiency": 0.1}[name]
    with Explorer(*toy, gap=GAP) as explorer:
        found = explorer.at(measure, price, [explorer.solved(measure)])
    optimum = plain.cost(measure.priced(toy.scenario, price))
    room = 1e-6 * optimum
    assert found.least <= optimum + room
    assert found.cost + price * found.amount >= optimum - room
    assert found.least >= 0.97 * optimum


def test_a_price_of_what_is_built_is_paid_on_what_is_built(toy: Solved) -> None:
    """The same design at a price of investment costs ``cost + μ·investment`` to the last cent, with
    the investment as the verdict counts it."""
    measure = MEASURES["investment"]
    with Explorer(*toy) as explorer:
        base = explorer.solved(measure)
        park = explorer._like(measure.priced(toy.scenario, 0.01))
        from parkwerk.solve.full_year import full_year

        dearer = full_year(park, explorer.design).total_cost
    assert base.cost == pytest.approx(toy.solution.attrs["total_cost"], rel=1e-9)
    assert base.amount > 0
    assert dearer == pytest.approx(base.cost + 0.01 * base.amount, rel=1e-9)


def test_what_lies_halfway_is_operated_and_proves_nothing(toy: Solved) -> None:
    """Proves: between the solution and a design for dear CO2 half of each is built, its cost is
    that of a design of the park, and the bound of the front stays that of the prices. If broken: a
    point is drawn that nobody could build, or a line through it lifts the bound.
    """
    measure = MEASURES["emissions"]
    with Explorer(*toy, gap=GAP) as explorer:
        base = explorer.solved(measure)
        dear = explorer.at(measure, 500.0, [base])
        half = explorer.between(measure, 100.0, base, dear)
        built = [
            sizes(explorer.park, trial.operated.design).sel(technology="PV").item()
            for trial in (base, half, dear)
        ]
    assert built[1] == pytest.approx((built[0] + built[2]) / 2)
    assert half.cost + 100.0 * half.amount >= plain.cost(measure.priced(toy.scenario, 100.0)) - 1e-3
    lines = [base, dear]
    assert least_cost([*lines, half], base.amount) == least_cost(lines, base.amount)


@pytest.fixture(scope="module")
def emissions(toy: Solved) -> xr.Dataset:
    return front(*toy, points=4, gap=GAP)


def test_less_co2_costs_more(emissions: xr.Dataset) -> None:
    """Along the front the cost rises and CO2 falls, and no point lies below what is proven."""
    assert emissions.sizes["point"] >= 2
    assert (np.diff(emissions["total_cost"]) > 0).all()
    assert (np.diff(emissions["emissions"]) < 0).all()
    room = 1e-6 * emissions["total_cost"]
    assert (emissions["lower_bound"] <= emissions["total_cost"] + room).all()
    assert emissions.attrs["against"] == "emissions"


def test_the_front_begins_at_the_solution(toy: Solved, emissions: xr.Dataset) -> None:
    """The cheapest point costs no more than the solution; its CO2 is that of the verdict."""
    first = emissions.isel(point=0)
    assert float(first["total_cost"]) <= toy.solution.attrs["total_cost"] * (1 + 1e-9)
    assert first["size"].sel(technology="PV").item() > 0


def test_without_investment_the_park_is_as_today(toy: Solved) -> None:
    """At a price of 3 EUR a year for each euro of investment nothing is built: what the park costs
    today."""
    found = front(*toy, "investment", points=2, gap=GAP).isel(point=-1)
    assert found["investment"].item() < 1.0
    assert found["total_cost"].item() == pytest.approx(toy.solution.attrs["cost_today"], rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"against": "noise"}, "against: expected one of emissions, investment, self_sufficiency"),
        ({"points": 1}, "points: 1, expected at least 2"),
    ],
)
def test_what_makes_no_front_is_refused(changes: dict[str, Any], message: str, toy: Solved) -> None:
    """One sentence names what was expected."""
    with pytest.raises(InputError, match=message):
        front(*toy, **changes)


def test_a_solution_of_another_scenario_is_refused(toy: Solved) -> None:
    """Proves: a design that costs otherwise in the scenario than its solution says is not explored.
    If broken: the front begins at a point that is not the solution."""
    other = toy.scenario.assign(electricity_price=1.1 * toy.scenario["electricity_price"])
    with pytest.raises(InputError, match="under the scenario, expected a solution of it"):
        front(other, toy.solution)


def test_out_of_time_the_front_has_the_points_found(toy: Solved) -> None:
    """With no time left the search stops after the first price; nothing is lost."""
    measure = MEASURES["investment"]
    with Explorer(*toy, time_limit=0.0) as explorer:
        trials = sandwich(explorer, measure, 10)
    assert len(trials) == 2


def test_a_company_without_neighbours_has_a_front() -> None:
    """Proves: where nothing can be exchanged the search has no prices, and the front begins at the
    solution all the same. If broken: numpy cannot tell the shape of prices that are not there.
    """
    scenario = toy_park(1, days=1).isel(pool=[], pipe=[], heat_source=[])
    solution = optimise(scenario, gap=GAP)
    found = front(scenario, solution, points=2, gap=GAP)
    assert float(found["total_cost"][0]) == pytest.approx(solution.attrs["total_cost"])
    assert (found["lower_bound"] <= found["total_cost"] + 1e-6).all()
