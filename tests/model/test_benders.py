"""The best design of a few actors over all periods, and its proof."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

import plain
from parkwerk.coalition import isolate, restrict
from parkwerk.formulation.template import Template
from parkwerk.solve.assemble import Park
from parkwerk.solve.benders import Year
from parkwerk.solve.cuts import Cuts
from parkwerk.solve.dispatch import dispatch
from parkwerk.solve.periods import cut
from parkwerk.solve.seeker import Best, best_choices
from parkwerk.solve.stamp import Stamp
from parkwerk.solve.tariff_cuts import between, mixed, price_level
from parkwerk.solve.value import Value
from toy import at_price, bare_park, toy_park

GAP = 3e-4


def alone(seed: int, **changes: Any) -> xr.Dataset:
    """One company of a toy park for itself, with heat, PV classes, a battery and two tariffs."""
    return restrict(isolate(toy_park(companies=2, days=7, seed=seed, **changes)), ["c0"])


def solve(scenario: xr.Dataset, prices: float = 0.0, **kwargs: Any) -> tuple[Park, Best]:
    """All actors of a scenario, trading with nobody."""
    groups = cut(scenario)
    park = Park(scenario, groups)
    return park, best_choices(park, park.actors, [at_price(park, prices)], GAP, **kwargs)


@pytest.mark.parametrize("seed", range(6))
def test_the_best_design_is_that_of_the_whole_program(seed: int) -> None:
    """Proves: over seven days the search ends at the optimum of the whole mixed-integer program
    over all tariffs, within the gap; its bound is never above, and its design costs what it says.
    If broken: a cut that is too steep lifts the bound above the optimum, one too flat never ends.
    """
    scenario = alone(seed)
    optimum = plain.cost(scenario)
    park, best = solve(scenario)
    assert best.bound <= optimum + 1e-6 * abs(optimum)
    assert best.cost == pytest.approx(optimum, rel=3 * GAP)
    assert best.cost - best.bound <= 2 * GAP * abs(best.cost)
    design = [best.choices[actor.name] for actor in park.actors]
    assert dispatch(park, design).total_cost == pytest.approx(best.cost, rel=1e-3)


def test_a_start_is_no_more_than_a_start() -> None:
    """Proves: begun at its own result the search ends there, with the same bound but for the gap.
    If broken: a start that is not operated counts as found, or keeps the search from the optimum.
    """
    scenario = alone(1)
    _, best = solve(scenario)
    _, again = solve(scenario, starts=[best.choices])
    assert again.cost == pytest.approx(best.cost, rel=2 * GAP)


@pytest.mark.parametrize("seed", range(3))
def test_a_cut_lies_below_the_cost_of_every_design(seed: int) -> None:
    """Proves: the cuts of one design are below the operating cost of others, and touch it at
    their own. If broken: slopes of the wrong sign or of deviations lift the cut above.
    """
    scenario = alone(seed)
    groups = cut(scenario)
    park = Park(scenario, groups)
    stamps = [park.stamps(actor, actor.menu[0])[0] for actor in park.actors]
    value = Value(park, stamps, at_price(park, 0.0), bundles=3)
    rng = np.random.default_rng(seed)
    tried: list[Cuts] = []
    for _ in range(6):
        design = rng.uniform(0, 60, value.size) * rng.integers(0, 2, value.size)
        tried.append(value.cuts(design))
    for cuts in tried:
        for other in tried:
            below = cuts.value + cuts.slope @ (other.at - cuts.at)
            assert (below <= other.value + 1e-6 * (1 + np.abs(other.value))).all()
    flatter = [replace(c, slope=0.5 * c.slope) for c in tried]
    above = [
        (c.value + c.slope @ (o.at - c.at) > o.value + 1e-3).any() for c in flatter for o in tried
    ]
    assert any(above), "a wrong slope would not be seen"


def test_measured_quantities_are_raised_to_what_the_year_needs() -> None:
    """Proves: a design without a peak is taken with the 40 kW that the year draws, 200 EUR, not
    with what every day pays for exceeding it: 10 and 40 kW on two days are not 50. The cut stands
    there, where it says that a kW less costs 5 EUR on the second day alone.
    If broken: 250 EUR as the cost of the design, or a cut that both days raise.
    """
    demand = np.r_[np.full(24, 10.0), np.full(24, 40.0)]
    scenario = bare_park(steps=48, period="day", electricity_demand=[demand], demand_charge=5.0)
    groups = cut(scenario)
    park = Park(scenario, groups)
    stamps = [park.stamps(park.actors[0], park.actors[0].menu[0])[0]]
    value = Value(park, stamps, at_price(park, 0.0), bundles=2)
    nothing = np.zeros(value.size)
    assert value.cuts(nothing).value.sum() == pytest.approx(250)
    for second in (False, True):  # the second time the day that needs more comes first
        cuts = value.cuts(nothing, lift=True)
        # The first time a day that needs 10 kW has said what less is worth, not what 40 kW are.
        assert cuts.value.sum() == pytest.approx(0.0 if second else -150.0, abs=1e-6)
        assert cuts.at.max() == pytest.approx(40)
        assert cuts.operation == pytest.approx(0.0, abs=1e-6)
        assert cuts.operation + 5.0 * cuts.at.max() == pytest.approx(200)
    assert cuts.slope.min() == pytest.approx(-5.0)


@pytest.mark.parametrize("seed", range(3))
def test_parts_of_a_year_together_say_what_the_year_does(seed: int) -> None:
    """Proves: a visit in parts, with peaks raised on the way, costs no less than the year does with
    the peaks that it ends with, and no more than exceeding them day by day; all its cuts lie below
    the year's cost. A visit that ends after its first part says that of these bundles alone.
    If broken: a part that is counted twice or for the wrong days, or a cut that stands too high.
    """
    scenario = toy_park(companies=2, days=9, seed=seed)
    park = Park(isolate(scenario), cut(scenario))
    actor = park.actors[0]
    stamps = [park.stamps(actor, actor.menu[0])]
    year = Year(park, stamps, [at_price(park, 0.0)])
    year.values = [Value(park, [stamps[0][0]], at_price(park, 0.0), bundles=9)]
    rng = np.random.default_rng(seed)
    measured = actor_template(park).measured
    design = rng.uniform(0, 40, year.values[0].size) * rng.integers(0, 2, year.values[0].size)
    design[measured] = 0.0
    order = rng.permutation(9)
    whole = year.visit(design, order, lambda *so_far: True)
    assert sorted(whole.bundle) == list(range(9))
    assert (whole.at[measured] >= design[measured]).all()
    # The flows found are some of those that its peaks allow, and raising these was worth it.
    price = stamps[0][0].design_cost
    assert whole.operation >= year.cuts(whole.at).value.sum() - 1e-6
    raised = whole.operation + price @ (whole.at - design)
    assert raised <= year.cuts(design).value.sum() + 1e-6
    part = year.visit(design, order, lambda at, bundles, operation: False)
    assert 0 < len(part.bundle) < 9
    for said in (whole, part):
        for _ in range(4):
            other = rng.uniform(0, 60, len(design))
            true = year.cuts(other).value[said.bundle]
            assert (said.height + said.slope @ other <= true + 1e-6 * (1 + np.abs(true))).all()


def test_what_is_sold_to_others_counts_at_their_price() -> None:
    """Proves: at 0.5 EUR/kWh for a pool's power 10 kW of free sun in 24 hours earn 120 EUR; a
    neighbour that is not among the actors is no part of it. If broken: 0 (no price) or +120 EUR.
    """
    scenario = bare_park(
        companies=2,
        labels={"pool": ["p"]},
        pv_yield=1.0,
        roof_limit=[10.0, 0.0],
        pool_on_grid=0.0,
    )
    groups = cut(scenario)
    park = Park(scenario, groups)
    best = best_choices(park, park.actors[:1], [at_price(park, 0.5)], GAP)
    assert best.bound <= -120 + 1e-6
    assert best.cost >= -120 - 1e-6
    assert best.cost - best.bound <= GAP * 120


@pytest.mark.parametrize("seed", range(3))
def test_what_two_tariffs_say_of_one_between_lies_below_its_cost(seed: int) -> None:
    """Proves: of prices a quarter of the way from a cheap tariff to a dear one, and a little above,
    the cuts of both together are a lower bound of the cost at every design, near it where they were
    made; of prices out of their range nothing is said.
    If broken: a t too large lifts the cut above the cost.
    """
    scenario = alone(seed)
    park = Park(scenario, cut(scenario))
    actor = park.actors[0]
    dear, cheap = (park.stamps(actor, tariff)[0] for tariff in actor.menu)
    low, high = price_level([cheap]), price_level([dear])
    middle = mixed_cost(cheap, dear)
    part = between(low, high, middle[:, 0])
    assert part is not None
    assert part == pytest.approx(0.2525, abs=1e-6)
    assert between(low, high, low - 1.0) is None
    assert between(low, high, high + 1.0) is None
    value = Value(park, [cheap], at_price(park, 0.0), bundles=1)
    designs = np.random.default_rng(seed).uniform(0, 60, (5, value.size))
    # Peaks that nobody exceeds: what exceeding costs is no part of the true cost.
    designs[:, actor_template(park).measured] = 1e3
    said = []
    for stamp in (cheap, dear):
        value.charge([stamp])
        said.append(value.cuts(designs[0]))
    both = mixed(said[0], said[1], part)
    value.charge([charged(cheap, middle)])
    costs = np.array([value.cuts(design).value.sum() for design in designs])
    below = np.array([(both.height + both.slope @ design).sum() for design in designs])
    assert (below <= costs + 1e-6).all()
    assert below[0] == pytest.approx(costs[0], rel=0.01)


def actor_template(park: Park) -> Template:
    return park.template(park.actors[0])


def mixed_cost(cheap: Stamp, dear: Stamp) -> np.ndarray:
    """A quarter of the way from one to the other, and 0.0001 EUR/kWh above where they differ."""
    step = dear.operation_cost - cheap.operation_cost
    return cheap.operation_cost + 0.25 * step + 1e-4 * (step > 0)


def charged(stamp: Stamp, cost: np.ndarray) -> Stamp:
    """The same stamp with other costs of operation."""
    own = copy(stamp)
    own.__dict__["operation_cost"] = cost
    return own
