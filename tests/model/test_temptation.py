"""Prices that tempt: nothing is free because it was forgotten.

The linear program alone would buy and sell at once. After dispatch no two exclusive flows are
positive in the same step, and nothing leaves a site that its roofs did not generate.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import plain
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Choice, Dispatch, dispatch
from parkwerk.solve.periods import cut
from toy import bare_park, toy_park


def honest(scenario: xr.Dataset, park: Park, result: Dispatch) -> None:
    """Assert that flows are what meters, batteries and roofs can do, by the scenario's numbers."""
    for i, actor in enumerate(park.actors):
        for g, periods in enumerate(park.groups):
            pairs = park.template(actor, periods).exclusive
            smaller = result.operation[g][i][pairs].min(axis=1)  # (pair, period)
            assert smaller.max(initial=0) <= 1e-6, actor.name
    for company in map(str, scenario["company"].values):
        get = {n: plain.flow(park, result, company, n) for n in FLOWS}
        (choice,) = [
            c for a, c in zip(park.actors, result.design, strict=True) if a.name == company
        ]
        (actor,) = [a for a in park.actors if a.name == company]
        template = park.template(actor)
        (block,) = [b for b in template.design if b.name == "pv_capacity"]
        size = choice.values[block.slice].reshape(block.shape).sum(axis=1)
        roofs = list(actor.labels["roof"])
        sun = (scenario["pv_yield"].sel(roof=roofs).values * size[:, None]).sum(axis=0)
        out = get["feed_in"].sum(axis=0) + get["share_out"].sum(axis=0)
        assert (out + get["pv_used"] <= sun + 1e-6).all()
        assert (get["injection"] <= out + 1e-6).all()
        assert (np.minimum(get["withdrawal"], get["injection"]) <= 1e-6).all()
        assert (np.minimum(get["charge"], get["discharge"]) <= 1e-6).all()
        assert (np.minimum(get["discharge"], get["injection"]) <= 1e-6).all()


FLOWS = (
    "withdrawal",
    "injection",
    "charge",
    "discharge",
    "feed_in",
    "share_out",
    "pv_used",
)


def dispatched(scenario: xr.Dataset, **designs: dict[str, Any]) -> tuple[Park, Dispatch]:
    """Dispatch a design by hand, and see that it is honest."""
    park, result = plain.dispatched(scenario, **designs)
    honest(scenario, park, result)
    return park, result


def test_feed_in_above_the_purchase_price() -> None:
    """Proves: with 20 kW of sun, 10 kW of demand, purchase at 0.1 and feed-in at 0.3 EUR/kWh only
    the 10 kW of surplus are sold: −3 EUR.
    If broken: 20 kW are sold and 10 bought: −5 EUR.
    """
    scenario = bare_park(
        steps=1,
        electricity_demand=10.0,
        electricity_price=0.1,
        pv_yield=1.0,
        roof_limit=100.0,
        feed_in_price=0.3,
    )
    _, result = dispatched(scenario, c0={"pv_capacity": 20.0, "pv_built": 1.0})
    assert result.total_cost == pytest.approx(-3)


def test_the_program_itself_is_not_tempted_at_full_roofs() -> None:
    """Proves: where the roof is full, the limit on injection is exact and even the linear program
    sells 10 kW of surplus only: −3 EUR, before any dispatch.
    If broken: −5 EUR, a design made for sales that a meter will not count.
    """
    scenario = bare_park(
        steps=1,
        electricity_demand=10.0,
        electricity_price=0.1,
        pv_yield=1.0,
        roof_limit=20.0,
        feed_in_price=0.3,
    )
    assert plain.cost(scenario) == pytest.approx(-3)


def test_no_surplus_no_sale() -> None:
    """Proves: with 10 kW of sun for 30 kW of demand nothing is sold at 0.3 EUR/kWh: 20 kW are
    bought at 0.1, 2 EUR.
    If broken: 30 bought and 10 sold, 0 EUR.
    """
    scenario = bare_park(
        steps=1,
        electricity_demand=30.0,
        electricity_price=0.1,
        pv_yield=1.0,
        roof_limit=100.0,
        feed_in_price=0.3,
    )
    _, result = dispatched(scenario, c0={"pv_capacity": 10.0, "pv_built": 1.0})
    assert result.total_cost == pytest.approx(2)


def test_a_battery_burns_nothing_at_a_negative_price() -> None:
    """Proves: in a single step a lossy battery cannot charge and discharge: 10 kWh at −0.1 EUR/kWh
    are −1 EUR. If broken: 100 kW in and 81 kW out burn 19 kWh more, −2.9 EUR.
    """
    scenario = bare_park(
        steps=1,
        electricity_demand=10.0,
        electricity_price=-0.1,
        battery_limit=100.0,
        battery_charge_efficiency=0.9,
        battery_discharge_efficiency=0.9,
    )
    built = {"battery_built": 1.0, "battery_energy": 100.0, "battery_power": 100.0}
    _, result = dispatched(scenario, c0=built)
    assert result.total_cost == pytest.approx(-1)


def test_grid_power_of_the_night_does_not_release_sun_for_export() -> None:
    """Proves: what a battery bought at night at 0.05 EUR/kWh may not push 10 kW of sun into the
    grid at 0.3: by day the sun serves the site, 10·0.05 = 0.5 EUR.
    If broken: 1 − 3 = −2 EUR.
    """
    scenario = bare_park(
        steps=2,
        electricity_demand=10.0,
        electricity_price=[0.05, 0.2],
        pv_yield=[0.0, 1.0],
        roof_limit=100.0,
        feed_in_price=0.3,
        battery_limit=10.0,
    )
    built = {
        "pv_capacity": 10.0,
        "pv_built": 1.0,
        "battery_built": 1.0,
        "battery_energy": 10.0,
        "battery_power": 10.0,
        "battery_level": 0.0,
    }
    _, result = dispatched(scenario, c0=built)
    assert result.total_cost == pytest.approx(0.5)


def test_a_battery_does_not_sell_what_it_bought() -> None:
    """Proves: a battery without a plant feeds nothing in, whatever the spread: 0.01 to buy, 0.9 to
    sell. Demand of 5 kW for two hours costs 0.1 EUR. If broken: far below 0.
    """
    scenario = bare_park(
        steps=2,
        electricity_demand=5.0,
        electricity_price=0.01,
        feed_in_price=0.9,
        roof_limit=10.0,
        battery_limit=100.0,
    )
    built = {"battery_built": 1.0, "battery_energy": 100.0, "battery_power": 100.0}
    _, result = dispatched(scenario, c0=built)
    assert result.total_cost == pytest.approx(0.1)


@pytest.mark.parametrize(("sun", "cost"), [(10.0, 3.0), (15.0, 1.5), (30.0, 0.0)])
def test_cheap_grid_power_is_not_resold_as_sun(sun: float, cost: float) -> None:
    """Proves: c0 buys at a spot price of 0, c1 at 0.3 EUR/kWh; both use 10 kW. c0 may share only
    what exceeds its own demand: of 10 kW nothing (c1 pays 3 EUR), of 15 kW 5 (1.5), of 30 all
    (0).
    If broken: c0 buys for itself and shares all its sun, 0 EUR in each case.
    """
    scenario = bare_park(
        companies=2,
        steps=1,
        labels={"pool": ["p"]},
        electricity_demand=10.0,
        electricity_price=[[0.0], [0.3]],
        pv_yield=1.0,
        roof_limit=[100.0, 0.0],
        pool_on_grid=1.0,
    )
    _, result = dispatched(
        scenario,
        c0={"pv_capacity": sun, "pv_built": 1.0, "joined": 1.0, "pool_giver": 1.0},
        c1={"joined": 1.0},
    )
    assert result.total_cost == pytest.approx(cost, abs=1e-9)


def test_a_common_connection_does_not_buy_and_sell_at_once() -> None:
    """Proves: at one common meter 20 kW of c0's sun serve c1's 10 kW before 10 kW are sold at 0.5
    EUR/kWh: −5 EUR. If broken: 20 kW are sold and 10 bought at 0.1: −9 EUR.
    """
    scenario = bare_park(
        companies=2,
        steps=1,
        labels={
            "connection": ["c0", "c1", "both"],
            "pool": ["green"],
            "behind": ["both", "both"],
        },
        electricity_demand=[[0.0], [10.0]],
        connection_limit=[0.0, 0.0, 100.0],
        energy_charge=0.1,
        feed_in_price=0.5,
        own_meter=0.0,
        connection_cost=0.0,
        pv_yield=1.0,
        roof_limit=[100.0, 0.0],
        pool_on_grid=0.0,
        pool_charge=0.001,
    )
    member = {"joined": 1.0}
    _, result = dispatched(
        scenario,
        c0={"pv_capacity": 20.0, "pv_built": 1.0, "pool_giver": 1.0, **member},
        c1=member,
    )
    assert result.total_cost == pytest.approx(-5 + 0.01)


def wild(seed: int) -> xr.Dataset:
    """Two companies under prices that swing through zero and invite to every kind of trade."""
    rng = np.random.default_rng(seed)
    steps = 48
    return toy_park(
        companies=2,
        days=2,
        seed=seed,
        electricity_price=rng.uniform(-0.2, 0.5, (2, steps)),
        feed_in_price=rng.uniform(-0.2, 0.6, (2, steps)),
        electricity_tax=0.0,
        levy=0.0,
        energy_charge=0.0,
        battery_charge_efficiency=0.8,
        pool_charge=0.0,
    )


@pytest.mark.parametrize("seed", range(6))
def test_wild_prices_leave_the_dispatch_honest(seed: int) -> None:
    """Proves: under random prices of both signs and a design sized for them, every exclusive pair
    of every step is settled and all exports are generated; the cost is at least that of the
    linear program, which may cheat.
    If broken: overlapping flows, or a cost below the bound.
    """
    scenario = wild(seed)
    best = plain.optimum(scenario)
    result = dispatch(best.park, best.design)
    honest(scenario, best.park, result)
    assert result.total_cost >= best.cost - 1e-6 * abs(best.cost)


def test_a_design_of_absurd_size_is_dispatched() -> None:
    """Proves: full roofs and a battery of a week's demand, all members of the pool, are dispatched
    under wild prices. If broken: closing flows one by one leaves a day without an operation.
    """
    scenario = wild(11)
    park = Park(scenario, cut(scenario))
    roofs = scenario["roof_limit"].values
    design: list[Choice] = []
    for actor in park.actors:
        if actor.shape.kind != "site":
            design.append(plain.choice_of(park, actor))
            continue
        classes = len(actor.labels["pv_class"])
        last = np.eye(classes)[-1]
        roof = roofs[list(scenario["company"].values).index(actor.name)]
        design.append(
            plain.choice_of(
                park,
                actor,
                pv_capacity=roof * last,
                pv_built=last,
                battery_built=1.0,
                battery_energy=2000.0,
                battery_power=2000.0,
                battery_level=1000.0,
                joined=1.0,
                pool_giver=1.0,
                heat_pump_capacity=500.0,
                heat_storage_energy=500.0,
                heat_storage_level=100.0,
            )
        )
    honest(scenario, park, dispatch(park, design))
