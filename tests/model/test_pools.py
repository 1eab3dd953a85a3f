"""Pools: what passes between companies, through whose meter, at what charge, and for whom."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import plain
from parkwerk.formulation.limits import derive
from toy import bare_park


def pool(**changes: Any) -> xr.Dataset:
    """Two hours: c0 has a free plant of 10 kW and no demand, c1 a demand of 10 kW.

    c1 pays 0.3 + 0.02 to its supplier, 0.05 + 0.03 for the grid and 1 EUR/kW: 8 + 10 = 18 EUR.
    """
    values: dict[str, Any] = {
        "companies": 2,
        "steps": 2,
        "labels": {"pool": ["p"]},
        "electricity_demand": [[0.0], [10.0]],
        "electricity_price": 0.3,
        "electricity_tax": 0.02,
        "energy_charge": 0.05,
        "levy": 0.03,
        "demand_charge": 1.0,
        "roof_limit": [10.0, 0.0],
        "pv_yield": 1.0,
        "pool_on_grid": 1.0,
        "pool_charge": 0.004,
    }
    return bare_park(**values | changes)


@pytest.mark.parametrize(
    ("changes", "cost"),
    [
        ({}, 20 * (0.05 + 0.03 + 0.004) + 10),
        ({"pool_on_grid": 0.0}, 20 * 0.004),
        ({"pool_gives": 0.0}, 18.0),
        ({"pool_gives": [[0.0, 1.0]]}, 18.0),
        ({"pool_takes": [[1.0, 0.0]]}, 18.0),
        ({"pool_admits": 0.0}, 18.0),
        ({"pool_charge": 0.33}, 18.0),
    ],
)
def test_shared_power_bears_what_its_pool_says(changes: dict[str, Any], cost: float) -> None:
    """Proves: over the public grid shared power saves price and tax but bears grid charges, peak
    and pool charge: 20·0.084 + 10 = 11.68 EUR; over a private wire only the pool charge: 0.08 EUR.
    Who may not give, take or is not admitted pays 18 EUR, and so does who would pay a charge above
    what the supplier asks. If broken: 1.68 (not in the peak), 10.08 (no charges), 0.08.
    """
    assert plain.cost(pool(**changes)) == pytest.approx(cost)


def test_the_pool_charge_is_paid_by_the_kwh() -> None:
    """Proves: two half hours of 10 kW by wire are 10 kWh at 0.004 EUR: 0.04 EUR.
    If broken: the step length forgotten, 0.08 EUR.
    """
    assert plain.cost(pool(pool_on_grid=0.0, step_hours=0.5)) == pytest.approx(0.04)


def test_giving_over_the_grid_is_metered_and_giving_by_wire_is_not() -> None:
    """Proves: a connection of c0 for 4 kW lets 4 kW into a pool on the grid and all 10 kW into a
    private wire: 20·0.004 = 0.08 EUR. On the grid 8 kWh shared at 0.084, 12 bought at 0.4, peak
    10: 0.672 + 4.8 + 10 = 15.472 EUR.
    If broken: 11.68 (injection not metered) or 15.472 on the wire.
    """
    small = {"connection_limit": [4.0, 100.0]}
    assert plain.cost(pool(**small)) == pytest.approx(15.472)
    assert plain.cost(pool(pool_on_grid=0.0, **small)) == pytest.approx(0.08)


def test_only_generation_of_the_same_step_is_shared() -> None:
    """Proves: sun in one hour serves that hour: 10·0.084 + 10·0.4 + 10 = 14.84 EUR.
    If broken: a yearly balance, 11.68 with a plant of 20 kW.
    """
    assert plain.cost(pool(pv_yield=[1.0, 0.0], roof_limit=[20.0, 0.0])) == pytest.approx(14.84)


def test_a_taker_does_not_sell_on() -> None:
    """Proves: what is taken from a pool is used: c0 has 30 kW of sun and no connection, c1 may not
    feed in what it takes beyond its demand, though it has a plant of its own (without sun) and the
    price is 0.5 EUR/kWh. 20·0.004 = 0.08 EUR. If broken: −19.76 EUR, for 40 kWh are sold on.
    """
    scenario = pool(
        pool_on_grid=0.0,
        pv_yield=[[1.0], [0.0]],
        roof_limit=30.0,
        roof_duty=[0.0, 30.0],
        connection_limit=[0.0, 100.0],
        feed_in_price=0.5,
    )
    assert plain.cost(scenario) == pytest.approx(0.08)


def test_power_by_wire_is_not_passed_on() -> None:
    """Proves: c1, whose 10 kW of sun just meet its demand, does not sell 5 of them while it takes
    5 kW from c0 by wire: a site gives or takes, it passes nothing on. 0 EUR.
    If broken: 2 h·5 kW·0.1 of revenue less 10·0.004, −0.96 EUR.
    """
    scenario = pool(
        pool_on_grid=0.0,
        roof_limit=[5.0, 10.0],
        connection_limit=[0.0, 100.0],
        feed_in_price=0.1,
    )
    assert plain.cost(scenario) == pytest.approx(0)


def test_admission_is_by_the_class_of_the_plant() -> None:
    """Proves: plants up to 5 kW are admitted, those of 6 to 10 kW not: a free plant of 5 kW is
    built and shared, 10·0.084 + 10·0.4 + 10 = 14.84 EUR.
    If broken: 10 kW are shared, 11.68 EUR.
    """
    scenario = pool(
        labels={"pool": ["p"], "pv_class": ["small", "large"]},
        pv_class_min=[0.0, 6],
        pv_class_max=[5.0, 10],
        pool_admits=[[1.0, 0.0]],
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(14.84)
    assert best.get("c0", "pv_built") == pytest.approx([1, 0])


@pytest.mark.parametrize(("fee", "members"), [(9.5, 1), (10.5, 0)])
def test_a_membership_is_taken_if_it_pays_by_one_euro(fee: float, members: int) -> None:
    """Proves: 20 kWh shared instead of bought at 1 EUR save 20 EUR; two memberships of 9.5 EUR
    leave one euro of it, two of 10.5 cost one more.
    If broken: one member pays, or in part.
    """
    scenario = pool(
        electricity_price=1.0,
        electricity_tax=0.0,
        energy_charge=0.0,
        levy=0.0,
        demand_charge=0.0,
        pool_charge=0.0,
        pool_fixed_cost=fee,
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(min(20, 2 * fee))
    for company in ("c0", "c1"):
        assert best.get(company, "joined") == pytest.approx([members])


def test_each_taker_pays_its_own_charge() -> None:
    """Proves: of two takers the one with the lower charge takes the 10 kW: c1 pays 0.004, c2 0.1 a
    kWh. By wire: 20·0.004 for c1, and c2 buys 20 kWh at 0.4 and a peak of 10: 18.08 EUR.
    If broken: charges of the wrong company, 20 EUR.
    """
    scenario = pool(
        companies=3,
        electricity_demand=[[0.0], [10], [10]],
        roof_limit=[10.0, 0, 0],
        pool_on_grid=0.0,
        pool_charge=[[0.0, 0.004, 0.1]],
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(18.08)
    assert best.get("c1", "share_in") == pytest.approx(np.full((1, 2), 10))


@pytest.mark.parametrize("first", [0, 1])
def test_the_cheaper_of_two_pools_is_used(first: int) -> None:
    """Proves: with two pools of like members the cheaper is used, whichever comes first: 0.08 EUR.
    If broken: the dearer is kept, 0.16 EUR, or none.
    """
    charges = [[0.008, 0.008], [0.008, 0.008]]
    charges[first] = [0.004, 0.004]
    scenario = pool(labels={"pool": ["p", "q"]}, pool_on_grid=0.0, pool_charge=charges)
    assert plain.cost(scenario) == pytest.approx(0.08)


def test_one_of_two_equal_pools_is_kept() -> None:
    """Proves: of two pools alike in everything one is used: 20·0.004 = 0.08 EUR.
    If broken: each is dropped for the other, 18 EUR.
    """
    scenario = pool(labels={"pool": ["p", "q"]}, pool_on_grid=0.0)
    assert plain.cost(scenario) == pytest.approx(0.08)


def test_a_pool_that_is_dearer_for_some_is_kept_for_the_others() -> None:
    """Proves: pool q is cheaper for c0, which takes nothing, and dearer for c1: c1 takes from p.
    20·0.004 = 0.08 EUR.
    If broken: p is dropped because one member would pay less in q, 0.16 EUR.
    """
    charges = [[0.004, 0.004], [0.001, 0.008]]
    scenario = pool(labels={"pool": ["p", "q"]}, pool_on_grid=0.0, pool_charge=charges)
    assert plain.cost(scenario) == pytest.approx(0.08)


@pytest.mark.parametrize(
    "better", ["pool_gives", "pool_takes", "pool_admits", "pool_fixed_cost", "pool_on_grid"]
)
def test_a_dearer_pool_with_more_rights_is_kept(better: str) -> None:
    """Proves: a pool whose charge is higher is kept if it gives any other right: with the cheap
    pool useless by that right, the dear one (0.008) is used: 0.16 EUR by wire, 11.76 on the
    grid.
    If broken: it is taken for a copy of the cheap pool and dropped: 18 EUR (or 11.68 on the grid).
    """
    useless: dict[str, Any] = {
        "pool_gives": [[0.0, 1.0], [1.0, 1.0]],
        "pool_takes": [[1.0, 0.0], [1.0, 1.0]],
        "pool_admits": [[0.0], [1.0]],
        "pool_fixed_cost": [[100.0], [0.0]],
        "pool_on_grid": [1.0, 0.0],
    }
    changes = {
        "labels": {"pool": ["cheap", "dear"]},
        "pool_on_grid": 0.0,
        "pool_charge": [[0.004, 0.004], [0.008, 0.008]],
        better: useless[better],
    }
    assert plain.cost(pool(**changes)) == pytest.approx(0.16)


def test_heat_pump_booster_and_battery_take_from_a_pool() -> None:
    """Proves: the limit of what a site can take knows its heat pump and its battery: with 100 kW of
    free sun in the first hour, by wire, c1 runs a heat pump for 40 kW of heat (10 kW), serves 10 kW
    of demand, and stores 20 kWh for the second hour: it buys nothing, 0 EUR.
    If broken: taking stops at the demand of 10 kW and gas or the supplier is paid.
    """
    scenario = pool(
        roof_limit=[100.0, 0.0],
        pv_yield=[1.0, 0.0],
        pool_on_grid=0.0,
        pool_charge=0.0,
        heat_demand=[[0.0], [40.0]],
        boiler_fuel_cost=0.2,
        heat_pump_electricity=0.25,
        heat_pump_limit=100.0,
        battery_limit=20.0,
    )
    assert plain.cost(scenario) == pytest.approx(0, abs=1e-6)


def test_a_taker_may_fill_its_heat_store_in_half_an_hour() -> None:
    """Proves: over steps of half an hour a store of 10 kWh of heat takes 20 kW of heat, 5 kW of
    power: the limit is one of power, and the whole second step is served: 0 EUR.
    If broken: 10 kWh read as 10 kW; half of the heat costs gas, 0.5 h·10 kW·0.2 = 1 EUR.
    """
    scenario = pool(
        step_hours=0.5,
        electricity_demand=0.0,
        roof_limit=[100.0, 0.0],
        pv_yield=[1.0, 0.0],
        pool_on_grid=0.0,
        pool_charge=0.0,
        heat_demand=[[0.0, 0.0], [0.0, 20.0]],
        boiler_fuel_cost=0.2,
        heat_pump_electricity=0.25,
        heat_pump_limit=100.0,
        heat_storage_limit=10.0,
    )
    assert plain.cost(scenario) == pytest.approx(0, abs=1e-6)


def test_limits_do_not_grow_with_pools() -> None:
    """Proves: limits of giving and taking are one series a company and one of nobody, in however
    many pools: 2·3·2 numbers for two companies in two hours, with one pool as with ten.
    If broken: a series for each pool and company, which fills the memory of a large park.
    """
    for n in (1, 10):
        limits = derive(pool(labels={"pool": [f"p{i}" for i in range(n)]}))
        assert limits["share_out_limit"].size + limits["share_in_limit"].size == 2 * 3 * 2
