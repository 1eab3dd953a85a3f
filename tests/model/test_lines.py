"""Direct lines in the lower bound of a park: who has which of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
import xarray as xr

import parkwerk.solve.together as searching
import plain
from parkwerk.solve.assemble import Park
from parkwerk.solve.bound import (
    Bound,
    bound_of,
    clusters,
    price_bound,
    solve_together,
    tasks_of,
)
from parkwerk.solve.clock import Clock
from parkwerk.solve.entries import Trade
from parkwerk.solve.heat_prices import HeatPrice
from parkwerk.solve.lines import NONE, lines_of, matched
from parkwerk.solve.optimise import optimise
from parkwerk.solve.periods import cut
from parkwerk.solve.prices import Prices
from parkwerk.solve.wire_prices import fees_of
from parkwerk.solve.workers import workers
from toy import bare_park

GAP = 1e-3
TWO_LINES = {
    "labels": {"pool": ["to c1", "to c2"]},
    "pool_gives": [[1.0, 0, 0], [1, 0, 0]],
    "pool_takes": [[0.0, 1, 0], [0, 0, 1]],
    "pool_exclusive": 1.0,
    "pool_on_grid": 0.0,
}


def one_plant() -> xr.Dataset:
    """c0's 10 kW of sun can go to c1 or to c2, each with a demand of 10 kW, by a line of 6 EUR."""
    return bare_park(
        companies=3,
        steps=24,
        electricity_demand=np.repeat([[0.0], [10], [10]], 24, axis=1),
        electricity_price=0.3,
        pv_yield=1.0,
        roof_limit=[10.0, 0, 0],
        pool_fixed_cost=3.0,
        **TWO_LINES,
    )


def bounds(scenario: xr.Dataset, prices: np.ndarray) -> tuple[Bound, Bound]:
    """The bound with all lines had, and by line, at prices of every exchange [EUR/kW].

    By line each costs what its two companies pay for it, otherwise nothing.
    """
    park = Park(scenario, cut(scenario))
    none = [plain.choice_of(park, actor) for actor in park.actors]
    free = HeatPrice(np.zeros(scenario.sizes["time"]), 0.0, 0.0)
    pairs = product(scenario["heat_source"].values, scenario["company"].values)
    trades, ways = [Trade(prices, prices)], dict.fromkeys(pairs, free)
    fees = {line: fees_of(park, line) for line in lines_of(park, clusters(park))}
    with workers(1) as crew:
        search = (GAP, 0.0, crew, Clock())
        had = price_bound(park, Prices(trades, ways), Bound(none), *search)
        return had, price_bound(park, Prices(trades, ways, fees), had, *search)


def test_a_plant_has_one_line() -> None:
    """Proves: c0's 10 kW of sun can go to c1 or to c2 by a line, each of which buys 10 kW for 0.3
    EUR/kWh else; each end of a line pays 3 EUR for it: 78 EUR at least. At 0.15 EUR/kWh both would
    take it: c0 earns 36, each pays 36. By line one of them pays 72, and the line costs 6. If
    broken: 36 EUR, for a company counts a line that another has, or 72, for nobody pays it.
    """
    scenario = one_plant()
    assert plain.cost(scenario) == pytest.approx(78)
    had, by_line = bounds(scenario, np.full((2, 24, 1), 0.15))
    assert had.total == pytest.approx(36, rel=2 * GAP)
    assert by_line.total == pytest.approx(78, rel=2 * GAP)
    assert by_line.total <= 78 + 1e-6
    # Each for itself: c0 earns 36 with a line, c1 and c2 pay 36; of its 6 EUR the giver bears a
    # quarter, a taker three.
    assert sum(by_line.by_cluster.values()) == pytest.approx(36 + 1.5 + 2 * 4.5, rel=2 * GAP)


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_by_line_is_no_higher_than_the_optimum(seed: int) -> None:
    """Proves: at random prices the bound by line lies between that with all lines and the optimum.
    If broken: a case is left out, and the bound is above a park that has that line.
    """
    rng = np.random.default_rng(seed)
    scenario = bare_park(
        companies=3,
        steps=24,
        electricity_demand=rng.uniform(0, 20, (3, 24)),
        electricity_price=rng.uniform(0.1, 0.4, (3, 24)),
        pv_yield=np.repeat([0.0, 1.0], 12),
        roof_limit=[60.0, 0, 0],
        pool_fixed_cost=rng.uniform(0, 10, (2, 3)),
        **TWO_LINES,
    )
    park = Park(scenario, cut(scenario))
    assert len(lines_of(park, clusters(park))) == 2
    prices = rng.uniform(0, 0.3, (len(park.exchanges), 24, 1))
    had, by_line = bounds(scenario, prices)
    optimum = plain.cost(scenario)
    assert by_line.total <= optimum + 1e-6 * abs(optimum)
    assert by_line.total >= had.total - 3 * GAP * abs(optimum)


@pytest.mark.parametrize("seed", [0, 1, 33])
def test_a_line_that_cannot_pay_is_sought_no_further(seed: int) -> None:
    """Proves: the bound is that of searches which all go to the gap. At the last seed's prices the
    taker gains thrice the fee, the giver a little less than its part. If broken: a line that is
    had, but was sought only until that part was seen, loosens the bound.
    """
    rng, n = np.random.default_rng(seed), 6 * 24
    fee = rng.uniform(5, 100)
    scenario = bare_park(
        companies=2,
        steps=n,
        period="day",
        electricity_demand=rng.uniform(0, 20, (2, n)),
        electricity_price=rng.uniform(0.1, 0.4, (2, n)),
        pv_yield=np.tile(np.repeat([0.0, 1.0], 12), 6) * rng.uniform(0, 1, n),
        roof_limit=[60.0, 0],
        pv_class_cost=rng.uniform(0.2, 5),
        pool_fixed_cost=fee / 2,
        battery_energy_cost=rng.uniform(0.05, 0.8),
        battery_limit=500.0,
        labels={"pool": ["line"]},
        pool_gives=[[1.0, 0]],
        pool_takes=[[0.0, 1]],
        pool_exclusive=1.0,
        pool_on_grid=0.0,
    )
    park = Park(scenario, cut(scenario))
    price = rng.uniform(0, 0.3, (1, 24, 6))
    prices = Prices([Trade(price, price)], {}, {"line": fee})
    none = Bound([plain.choice_of(park, actor) for actor in park.actors])
    with workers(1) as crew:
        search = (GAP, 0.0, crew, Clock())
        tasks = tasks_of(park, prices, none, *search)
        whole = bound_of(park, none.design, tasks, [solve_together(task) for task in tasks])
        found = price_bound(park, prices, none, *search)
    assert found.lines == whole.lines
    assert found.total == pytest.approx(whole.total, rel=3 * GAP)
    assert [*found.by_cluster.values()] == pytest.approx([*whole.by_cluster.values()], rel=0.01)


@pytest.mark.parametrize("seed", range(20))
def test_lines_are_matched_at_the_least_sum(seed: int) -> None:
    """Proves: of all sets of lines in which no company has two, the one of the least sum is found.
    If broken: a company has two lines, or one end counts a line and the other does not.
    """
    rng = np.random.default_rng(seed)
    pairs = [(0, 1), (1, 2), (2, 3), (0, 3), (1, 3)]
    lines = {f"l{k}": pair for k, pair in enumerate(pairs)}
    costs = [
        {NONE: rng.uniform(90, 110)}
        | {name: rng.uniform(70, 110) for name, pair in lines.items() if c in pair}
        for c in range(4)
    ]
    fees = {name: rng.uniform(0, 20) for name in lines}
    sums = []
    for chosen in product([False, True], repeat=len(lines)):
        built = [name for name, own in zip(lines, chosen, strict=True) if own]
        ends = [c for name in built for c in lines[name]]
        if len(set(ends)) == len(ends):
            case = {c: name for name in built for c in lines[name]}
            sums.append(
                sum(own[case.get(c, NONE)] for c, own in enumerate(costs))
                + sum(fees[name] for name in built)
            )
    total, had = matched(costs, fees)
    assert total == pytest.approx(min(sums), rel=1e-9)
    paid = sum(own[line] for own, line in zip(costs, had, strict=True))
    assert paid + sum(fees[line] for line in {*had} - {NONE}) == pytest.approx(total)


def test_a_wide_gap_that_stays_open_counts_lines_at_the_same_prices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Proves: to 2 % the first bound leaves all lines to be had; as long as that is no proof the
    next one counts each of them. If broken: a whole round of new prices for what counting shows.
    """
    scenario = one_plant()
    counted: list[set[str]] = []

    def without_proof(park: Park, prices: Prices, *asked: Any) -> Bound:
        counted.append({*prices.lines})
        found = price_bound(park, prices, *asked)
        return found if prices.lines else replace(found, total=-np.inf)

    monkeypatch.setattr(searching, "price_bound", without_proof)
    found = optimise(scenario, gap=0.02)
    assert counted[:2] == [set(), {"to c1", "to c2"}]
    assert found.attrs["lower_bound"] == pytest.approx(78, rel=0.02)
