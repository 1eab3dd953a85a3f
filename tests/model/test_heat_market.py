"""Prices of waste heat for which companies compete, and of trenches that they could share."""

from __future__ import annotations

from itertools import chain, combinations, product
from typing import Any

import numpy as np
import pytest
import xarray as xr

import plain
from parkwerk.solve.assemble import Park
from parkwerk.solve.bound import Bound, price_bound
from parkwerk.solve.clock import Clock
from parkwerk.solve.entries import Trade
from parkwerk.solve.heat_market import Market, best_use
from parkwerk.solve.heat_prices import heat_prices
from parkwerk.solve.heat_ways import Way
from parkwerk.solve.periods import cut
from parkwerk.solve.prices import Prices
from parkwerk.solve.workers import workers
from toy import bare_park

#: One day of 10 kW of waste heat.
WASTE, DAY = np.array([10.0]), np.array([24.0])
GAP = 1e-3


def way(company: str, gain: float, pipes: list[int], need: float = 10.0) -> Way:
    """A way on which nothing is lost and nothing paid by the kW."""
    needs = np.array([need])
    return Way("s", company, pipes, 1.0, 0.0, np.array([gain]), needs, np.minimum(needs, WASTE), 0)


def use(ways: list[Way], trenches: list[float]) -> Market:
    return best_use(ways, {"s": WASTE}, {"s": np.zeros(1)}, np.array(trenches), DAY)


def claim(own: Way, market: Market, k: int) -> float:
    """What the company of a way gains at the prices of the market [EUR/a]."""
    margin = np.maximum(own.gain - market.scarcity["s"], 0.0)
    return max(float((margin * own.heat) @ DAY) - float(market.shares[k].sum()), 0.0)


def test_scarce_heat_costs_what_it_is_worth_to_the_next() -> None:
    """Proves: 10 kW of heat for two who want 10 kW each: to one a kWh is worth 0.05 EUR, to the
    other 0.03. The first has it, 12 EUR a day; its price is one at which the other wishes for none,
    and what the source and both companies gain sums to these 12 EUR. If broken: at a price of 0
    both wish for it and gain 12 and 7.20 EUR.
    """
    ways = [way("a", 0.05, [0]), way("b", 0.03, [1])]
    market = use(ways, [0.0, 0.0])
    assert market.energy == pytest.approx([240, 0])
    price = float(market.scarcity["s"][0])
    assert 0.03 - 1e-9 <= price <= 0.05 + 1e-9
    claims = sum(claim(own, market, k) for k, own in enumerate(ways))
    assert claims + price * 240 == pytest.approx(12)


def test_a_common_trench_is_shared_so_that_nobody_wishes_for_it_alone() -> None:
    """Proves: a trunk of 10 EUR leads to two who need 5 kW each, worth 0.05 EUR/kWh: 6 EUR a day to
    either. Together they pay it, and gain 2 EUR. If broken: it is laid on one of them, who does
    without, and the other gains 6 EUR for nothing.
    """
    ways = [way("a", 0.05, [0, 1], need=5.0), way("b", 0.05, [0, 2], need=5.0)]
    market = use(ways, [10.0, 0.0, 0.0])
    assert market.energy == pytest.approx([120, 120])
    assert market.shares.sum(axis=0) == pytest.approx([10, 0, 0])
    assert sum(claim(own, market, k) for k, own in enumerate(ways)) == pytest.approx(2)
    dear = use(ways, [13.0, 0.0, 0.0])
    assert dear.energy == pytest.approx([0, 0])
    assert sum(claim(own, dear, k) for k, own in enumerate(ways)) == pytest.approx(0)


def test_heat_that_is_not_scarce_costs_nothing_more() -> None:
    """Proves: where the source gives more than all can use, heat has no price beyond its cost."""
    market = use([way("a", 0.05, [0], need=4.0), way("b", 0.03, [1], need=4.0)], [0.0, 0.0])
    assert market.scarcity["s"] == pytest.approx([0])


def network(seed: int) -> xr.Dataset:
    """A source, two junctions and three companies, with pipes of random costs between them."""
    rng = np.random.default_rng(seed)
    arcs = [("c0", "J1"), ("c0", "J2"), ("J1", "J2"), ("J2", "J1")]
    arcs += list(product(["J1", "J2"], ["c1", "c2", "c3"]))
    arcs += [("c0", "c1"), ("c1", "c2")]
    values: dict[str, Any] = {
        "heat_demand": rng.uniform(0, 20, (4, 24)) * [[0], [1], [1], [1]],
        "boiler_fuel_cost": 0.1,
        "waste_heat": rng.uniform(5, 25, (1, 24)),
        "pipe_fixed_cost": rng.uniform(0, 20, len(arcs)),
        "pipe_capacity_cost": rng.uniform(0, 0.2, len(arcs)),
        "recovery_cost": 0.3,
        "transfer_cost": rng.uniform(0, 0.5, (4, 1)),
        "electricity_price": 0.2,
    }
    labels = {
        "heat_source": ["c0"],
        "pipe": [f"{a} to {b}" for a, b in arcs],
        "pipe_from": [a for a, _ in arcs],
        "pipe_to": [b for _, b in arcs],
    }
    return bare_park(4, labels=labels, **values)


def at_heat_prices(scenario: xr.Dataset, bids: dict[tuple[str, str], np.ndarray]) -> float:
    """The bound of a park at the prices that follow from bids for its heat."""
    park = Park(scenario, cut(scenario))
    ways = heat_prices(park, bids)
    price = np.zeros((len(park.exchanges), scenario.sizes["time"], 1))
    for (source, company), own in ways.items():
        price[park.exchanges.index(f"heat {source} > {company}"), :, 0] = own.per_kwh
    start = [plain.choice_of(park, actor) for actor in park.actors]
    with workers(1) as crew:
        priced = Prices([Trade(price, price)], ways)
        return price_bound(park, priced, Bound(start), GAP, 0.0, crew, Clock()).total


@pytest.mark.parametrize("seed", range(6))
def test_no_companies_pay_more_than_the_pipes_that_serve_them(seed: int) -> None:
    """Proves: whichever companies are connected, and by whichever pipes, what they pay for the way
    sums to no more than these pipes cost; so the bound counts nothing twice. If broken: a company
    pays for its cheapest way alone, and another way, or a trunk that two share, costs less.
    """
    scenario = network(seed)
    park = Park(scenario, cut(scenario))
    bids = {("c0", c): np.full(24, 0.1) for c in ("c1", "c2", "c3")}
    prices = heat_prices(park, bids)
    assert sum(price.fixed for price in prices.values()) > 0
    arcs = list(zip(scenario["pipe_from"].values, scenario["pipe_to"].values, strict=True))
    cost = scenario["pipe_fixed_cost"].values
    every = chain.from_iterable(combinations(range(len(arcs)), n) for n in range(len(arcs) + 1))
    for built in every:
        reached = {"c0"}
        for _ in arcs:
            reached |= {str(arcs[p][1]) for p in built if str(arcs[p][0]) in reached}
        paid = sum(prices["c0", c].fixed for c in ("c1", "c2", "c3") if c in reached)
        assert paid <= cost[list(built)].sum() + 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_at_prices_of_heat_is_no_higher_than_the_optimum(seed: int) -> None:
    """Proves: at the prices of heat, with the way paid by who takes it, the bound is below the
    least cost of the whole park, whatever the bids. If broken: a way is paid twice, or heat that
    one sells is dearer to the other.
    """
    scenario = network(seed)
    rng = np.random.default_rng(seed)
    bound = at_heat_prices(
        scenario, {("c0", c): rng.uniform(0, 0.2, 24) for c in ("c1", "c2", "c3")}
    )
    optimum = plain.cost(scenario)
    assert bound <= optimum + 1e-6 * abs(optimum)
    assert bound > 0


def test_heat_of_two_sources_pays_for_two_ways() -> None:
    """Proves: c2 needs 10 kW for 10 h, which its boiler makes for 10 EUR. One source gives heat in
    the first half, by a trench of 2 EUR, another in the second by one of 3: with both it pays 5,
    with one 7 or 8. If broken: with both it pays for the cheaper trench alone, 2 EUR.
    """
    half = np.repeat([1.0, 0.0], 5)
    scenario = bare_park(
        3,
        labels={
            "heat_source": ["c0", "c1"],
            "pipe": ["one", "two"],
            "pipe_from": ["c0", "c1"],
            "pipe_to": ["c2", "c2"],
        },
        steps=10,
        heat_demand=[[0.0], [0], [10]],
        boiler_fuel_cost=0.1,
        waste_heat=[10 * half, 10 * (1 - half)],
        pipe_fixed_cost=[2.0, 3.0],
    )
    assert plain.cost(scenario) == pytest.approx(5)
    bound = at_heat_prices(scenario, {(s, "c2"): np.full(10, 0.1) for s in ("c0", "c1")})
    assert bound == pytest.approx(5, rel=2 * GAP)
