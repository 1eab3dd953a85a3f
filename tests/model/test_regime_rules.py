"""Rules of keys, rebates, lines, gates and bounds, each where it alone decides the cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import plain
from parkwerk.solve.optimise import optimise
from parkwerk.solve.settle import settle
from toy import bare_park


def house(**changes: Any) -> xr.Dataset:
    """c0 has a free plant of 30 kW and no demand; c1 needs 20 and c2 10 kW of it, or buys at 1 EUR.

    Feed-in earns 0.1 EUR/kWh; a private wire, free of charge.
    """
    values: dict[str, Any] = {
        "companies": 3,
        "steps": 1,
        "labels": {"pool": ["house"]},
        "electricity_demand": [[0.0], [20.0], [10.0]],
        "electricity_price": 1.0,
        "pv_yield": 1.0,
        "roof_limit": [30.0, 0.0, 0.0],
        "feed_in_price": 0.1,
        "pool_on_grid": 0.0,
    }
    return bare_park(**values | changes)


# --- keys --------------------------------------------------------------------------------------
def test_what_the_owner_uses_raises_nobody_s_share() -> None:
    """Proves: c0 uses 15 of its 30 kW; c1 may take half of the other 15, buys 12.5 of its 20 kWh,
    and 7.5 are fed in: 12.5 − 0.75 = 11.75 EUR. If broken: the key splits 30 kW, c1 takes all 15
    that are there, 5 EUR.
    """
    keyed = house(
        electricity_demand=[[15.0], [20.0], [0.0]], pool_keyed=1.0, pool_key=[[0.0, 0.5, 0.5]]
    )
    assert plain.cost(keyed) == pytest.approx(11.75)


def test_the_key_splits_only_what_its_givers_feed_in() -> None:
    """Proves: c2, a member that may only take, feeds in 30 kW of its own beside c0's 30: c1 may
    take half of c0's alone, buys 5 of its 20 kWh, and 15 + 30 are fed in: 5 − 4.5 = 0.5 EUR.
    If broken: c2's sun raises the share of c1, 0 − 4 = −4 EUR.
    """
    keyed = house(
        electricity_demand=[[0.0], [20.0], [0.0]],
        roof_limit=[30.0, 0.0, 30.0],
        pool_gives=[[1.0, 0.0, 0.0]],
        pool_keyed=1.0,
        pool_key=[[0.0, 0.5, 0.5]],
    )
    assert plain.cost(keyed) == pytest.approx(0.5)


def test_two_givers_are_split_by_one_key() -> None:
    """Proves: c0 and c1 feed 15 kW each into the pool; c2 may take a third of the sum, 10 of the 30
    kWh it needs: 20 − 20·0.1 = 18 EUR. If broken: a third of one plant (23 EUR of purchase less
    2.5), or everything (0 EUR).
    """
    keyed = house(
        electricity_demand=[[0.0], [0.0], [30.0]],
        roof_limit=[15.0, 15.0, 0.0],
        pool_keyed=1.0,
        pool_key=1 / 3,
    )
    assert plain.cost(keyed) == pytest.approx(18)


@pytest.mark.parametrize("keyed_first", [True, False])
def test_a_key_binds_its_own_pool_only(keyed_first: bool) -> None:
    """Proves: of c0's 30 kW 10 go to c1 by the dear pool without a key, so that the key splits the
    other 20: 10 each for c1 and c2, 10·0.2 = 2 EUR, in either order of the pools.
    If broken: the key is read at the other pool's place, or splits the 10 too: 1 EUR or less, or
    4.5 (the open pool is bound).
    """
    place = slice(None) if keyed_first else slice(None, None, -1)
    scenario = house(
        labels={"pool": ["keyed", "open"][place]},
        pool_keyed=[1.0, 0.0][place],
        pool_key=[[0.0, 0.5, 0.5], [0.0, 0.0, 0.0]][place],
        pool_charge=[[0.0] * 3, [0.2] * 3][place],
    )
    assert plain.cost(scenario) == pytest.approx(2)


# --- rebates and direct lines --------------------------------------------------------------------
def test_a_rebate_is_paid_by_the_kwh() -> None:
    """Proves: half an hour of 30 kW over the grid is 15 kWh at 0.05 − 0.02: 0.45 EUR.
    If broken: a rebate by the kW, 0.15 EUR.
    """
    shared = house(step_hours=0.5, pool_on_grid=1.0, energy_charge=0.05, pool_rebate=0.02)
    assert plain.cost(shared) == pytest.approx(0.45)


def test_a_direct_line_leaves_other_pools_open() -> None:
    """Proves: c0 has the line to c1 or to c2, and the open pool beside it: the line takes c1's 20
    kWh, the pool c2's 10 at 0.05: 0.5 EUR. If broken: one way of any kind, 30 at 0.05 or a line
    and 10 bought, 1.5 EUR.
    """
    scenario = house(
        labels={"pool": ["to c1", "to c2", "open"]},
        pool_gives=[[1.0, 0, 0], [1, 0, 0], [1, 0, 0]],
        pool_takes=[[0.0, 1, 0], [0, 0, 1], [0, 1, 1]],
        pool_exclusive=[1.0, 1.0, 0.0],
        pool_charge=[[0.0] * 3, [0.0] * 3, [0.05] * 3],
    )
    assert plain.cost(scenario) == pytest.approx(0.5)


@pytest.mark.parametrize("strict", ["pool_exclusive", "pool_keyed"])
def test_a_dearer_pool_that_binds_less_is_kept(strict: str) -> None:
    """Proves: a pool without a key, or that is no direct line, is no copy of a cheaper one that is
    bound: c0 gives 30 kW, the bound pool is useless to c2 (a key of 0, or its line is c1's),
    which takes 10 kWh at 0.2 from the open one: 2 EUR.
    If broken: the open pool is dropped, c2 buys at 1 EUR: 9 EUR and more.
    """
    line, key = strict == "pool_exclusive", strict == "pool_keyed"
    pools = ["bound", "open", *(["other"] if line else [])]
    changes: dict[str, Any] = {
        "labels": {"pool": pools},
        "pool_charge": np.array([[0.0], [0.2], [0.0]])[: len(pools)] * np.ones(3),
    }
    if key:
        changes |= {
            "pool_keyed": [1.0, 0.0],
            "pool_key": [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]],
        }
    else:
        # c1 already has a line of its own, from c2: by `bound` it would need a second.
        changes |= {
            "pool_exclusive": [1.0, 0.0, 1.0],
            "roof_limit": [30.0, 0.0, 0.0],
            "pool_gives": [[1.0, 0, 0], [1, 0, 0], [1, 0, 0]],
            "pool_takes": [[0.0, 0, 1], [0, 0, 1], [0, 1, 0]],
        }
    assert plain.cost(house(**changes)) == pytest.approx(2)


# --- gates ---------------------------------------------------------------------------------------
def test_half_a_roof_by_wire_does_not_release_purchases() -> None:
    """Proves: on a roof with room for 100 kW c0's 30 kW serve its own 10 kW before the wire: 20 go
    to c1, c2 buys 10 at 1 EUR, though c0 could buy at 0.2. If broken: c0 buys its 10 kWh and gives
    all 30: 2 EUR.
    """
    scenario = house(
        electricity_demand=[[10.0], [20.0], [10.0]],
        electricity_price=[[0.2], [1.0], [1.0]],
        roof_limit=[100.0, 0.0, 0.0],
    )
    giver = {"pv_capacity": 30.0, "pv_built": 1.0, "joined": 1.0, "pool_giver": 1.0}
    park, result = plain.dispatched(scenario, c0=giver, c1={"joined": 1.0}, c2={"joined": 1.0})
    assert result.total_cost == pytest.approx(10)
    assert plain.flow(park, result, "c0", "purchase") == pytest.approx([0.0])


def test_no_battery_discharges_into_a_wire() -> None:
    """Proves: c0's battery, charged at night for 0.05 EUR/kWh, may not serve c0 while c0 gives its
    sun by wire to c1, which pays 1 EUR else: of 10 kW of sun for 10 kW of its own demand nothing is
    over, c1 buys 10 kWh; c0 buys the night's 10: 10 + 0.5 = 10.5 EUR.
    If broken: the night's power replaces the sun that is given away, 1 EUR.
    """
    scenario = bare_park(
        companies=2,
        steps=2,
        labels={"pool": ["wire"]},
        electricity_demand=[[10.0, 10.0], [0.0, 10.0]],
        electricity_price=[[0.05, 1.0], [1.0, 1.0]],
        pv_yield=[[0.0, 1.0], [0.0, 0.0]],
        roof_limit=[100.0, 0.0],
        battery_limit=10.0,
    )
    c0 = {
        "pv_capacity": 10.0,
        "pv_built": 1.0,
        "joined": 1.0,
        "pool_giver": 1.0,
        "battery_built": 1.0,
        "battery_energy": 10.0,
        "battery_power": 10.0,
    }
    _, result = plain.dispatched(scenario, c0=c0, c1={"joined": 1.0})
    assert result.total_cost == pytest.approx(10.5)


# --- meters --------------------------------------------------------------------------------------
def test_a_company_outside_a_customer_system_is_metered() -> None:
    """Proves: c2 is not behind the common connection, so what it buys is counted and bears 0.01 of
    levy, whatever `own_meter` says of it: 10·(0.1 + 0.01), and as much for c0 and c1 together.
    If broken: c2 pays no levy, 2.1 EUR.
    """
    scenario = bare_park(
        companies=3,
        steps=1,
        labels={"connection": ["c0", "c1", "c2", "both"], "behind": ["both", "both", ""]},
        own_meter=0.0,
        connection_cost=0.0,
        electricity_demand=[[5.0], [5.0], [10.0]],
        electricity_price=0.1,
        levy=0.01,
    )
    assert plain.cost(scenario) == pytest.approx(2.2)


def test_feed_in_of_every_rule_passes_the_meter() -> None:
    """Proves: a plant of the second feed-in rule sells through its connection of 8 kW: of 20 kW of
    sun 8 are sold at 0.1: 0.8 EUR. If broken: only the first rule is metered, 2 EUR.
    """
    scenario = bare_park(
        steps=1,
        labels={"pv_class": ["small", "large"]},
        pv_class_min=[0.0, 20.0],
        pv_class_max=[20.0, 100.0],
        pv_class_cost=[1000.0, 0.0],
        pv_yield=1.0,
        roof_limit=20.5,
        feed_in_price=[[0.0], [0.1]],
        connection_limit=8.0,
    )
    assert plain.cost(scenario) == pytest.approx(-0.8)


def test_energy_above_the_order_is_paid_by_the_kwh() -> None:
    """Proves: over half hours of 10, 20 and 40 kW an ordered kW at 0.9 EUR spares 0.5 EUR in each
    half hour above it: 20 kW are ordered, and 10 kWh above them cost 1 EUR each: 28 EUR, in the
    program and in the settled year. If broken: 36 EUR (40 kW ordered, kW paid for kWh).
    """
    scenario = bare_park(
        steps=3,
        step_hours=0.5,
        electricity_demand=[[10.0, 20.0, 40.0]],
        order_charge=0.9,
        above_order_charge=1.0,
    )
    assert plain.cost(scenario) == pytest.approx(28)
    park, result = plain.dispatched(scenario)
    settled = settle(park, result)
    assert settled.total_cost == pytest.approx(28)
    assert plain.size(park, settled, "c0", "ordered_capacity") == pytest.approx(20)


# --- bounds --------------------------------------------------------------------------------------
def sliced(**changes: Any) -> xr.Dataset:
    """A plant of 100 kW in either of two classes; slices are worth 3 up to 10 kW in the second."""
    values: dict[str, Any] = {
        "steps": 2,
        "labels": {"slice": ["10"], "pv_class": ["a", "b"]},
        "pv_yield": 1.0,
        "roof_limit": 100.0,
        "pv_class_cost": [1000.0, 1.0],
        "feed_in_price": [[1.0, 1.0], [5.0, 5.0]],
        "feed_in_supported": [1.0, 0.0],
        "slice_end": [10.0],
        "slice_value": [[0.0], [3.0]],
        "support_gap": 0.0,
    }
    return bare_park(**values | changes)


@pytest.mark.parametrize("hours", [1.0, 4.0])
def test_the_bonus_is_that_of_the_class_and_its_hours(hours: float) -> None:
    """Proves: 100 kW for two steps earn 5 a kWh, and 3 more for 10 kW of it in the supported one:
    the bound is the cost, 100 − 1000·h − 30·h, since all is fed in.
    If broken: a bound above it (the other class's slices; hours forgotten), or below (both steps).
    """
    solution = optimise(sliced(step_hours=hours))
    expected = 100 - (1000 + 30) * hours
    assert solution.attrs["total_cost"] == pytest.approx(expected)
    assert solution.attrs["lower_bound"] == pytest.approx(expected)


def test_more_rights_never_cost_more() -> None:
    """Proves: alone ≥ static key ≥ free sharing, and a rebate lowers the cost further; each bound
    lies below its cost. If broken: a right that costs, or a bound that is none.
    """
    costs = []
    for rights in (
        {"pool_takes": 0.0},
        {"pool_keyed": 1.0, "pool_key": 1 / 3},
        {},
        {"pool_rebate": 0.02},
    ):
        scenario = house(pool_on_grid=1.0, energy_charge=0.05, **rights)
        solution = optimise(scenario)
        assert solution.attrs["lower_bound"] <= solution.attrs["total_cost"] + 1e-6
        costs.append(solution.attrs["total_cost"])
    assert costs == pytest.approx([31.5 - 3, 11.5 - 1, 1.5, 0.9])
    assert costs == sorted(costs, reverse=True)
