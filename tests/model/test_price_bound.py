"""The bound of the park at any prices of its exchanges."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import plain
from parkwerk.solve.assemble import Park
from parkwerk.solve.bound import Bound, price_bound
from parkwerk.solve.clock import Clock
from parkwerk.solve.dispatch import Choice, dispatch
from parkwerk.solve.entries import Trade
from parkwerk.solve.heat_prices import HeatPrice
from parkwerk.solve.periods import cut
from parkwerk.solve.prices import Prices
from parkwerk.solve.workers import workers
from toy import sun_for_a_neighbour, toy_park

GAP = 1e-3


def nothing(park: Park) -> list[Choice]:
    return [Choice(a.menu[0], np.zeros(park.template(a).n_design)) for a in park.actors]


def at_prices(park: Park, prices: list[np.ndarray], start: list[Choice]) -> Bound:
    """The bound where all exchanges are bought and sold at the same prices [EUR/kW]."""
    trades = [Trade(group, group) for group in prices]
    free = HeatPrice(np.zeros(park.scenario.sizes["time"]), 0.0, 0.0)
    pairs = product(park.scenario["heat_source"].values, park.scenario["company"].values)
    with workers(1) as crew:
        priced = Prices(trades, dict.fromkeys(pairs, free))
        return price_bound(park, priced, Bound(start), GAP, 0.0, crew, Clock())


@pytest.mark.parametrize("seed", range(4))
def test_no_price_lifts_the_bound_above_the_optimum(seed: int) -> None:
    """Proves: at random prices of power and heat the sum of what each does best is below the least
    cost of the whole park, with its pool, pipes and tariffs. If broken: a price that is paid by one
    and not received by the other, or a company left out, gives a bound above it.
    """
    scenario = toy_park(companies=2, days=2, seed=seed)
    groups = cut(scenario)
    park = Park(scenario, groups)
    rng = np.random.default_rng(seed)
    prices = rng.uniform(0, 0.15, (len(park.exchanges), 24, 2))
    bound = at_prices(park, [prices], nothing(park))
    assert bound.total <= plain.cost(scenario) + 1e-6
    covered = [name for cluster in bound.by_cluster for name in cluster]
    assert sorted(covered) == sorted(actor.name for actor in park.actors)


def test_at_the_right_prices_the_bound_is_the_optimum() -> None:
    """Proves: c0's free sun of 10 kW serves c1's 10 kW that cost 0.3 EUR/kWh from the supplier; at
    the price of the dispatch nobody would do anything else, and the bound is the cost of 0 EUR.
    At a price of 0 the giver gets nothing and the bound is 0 too; at 0.5 the giver would sell what
    nobody takes: −120 EUR. If broken: 72 EUR (nobody trades).
    """
    scenario = sun_for_a_neighbour()
    park = Park(scenario, cut(scenario))
    built = {"pv_capacity": 10.0, "pv_built": 1.0}
    design = [
        plain.choose(park, "c0", **built, joined=1.0, pool_giver=1.0),
        plain.choose(park, "c1", joined=1.0),
    ]
    prices = dispatch(park, design).prices
    assert at_prices(park, prices, design).total == pytest.approx(0, abs=1e-6)
    dear = [np.full_like(prices[0], 0.5)]
    bound = at_prices(park, dear, design).total
    assert 72 - 120 * (1 + 2 * GAP) <= bound <= (72 - 120) + 1e-6
