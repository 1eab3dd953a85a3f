"""Pools with a key fixed ahead, rebates on shared power, and direct lines one to one."""

from __future__ import annotations

from typing import Any

import pytest
import xarray as xr

import plain
from toy import bare_park


def building(**changes: Any) -> xr.Dataset:
    """c0 has a free plant of 30 kW and no demand; c1 needs 20 and c2 10 kW of it, or buys at 1 EUR.

    A surplus is fed in at 0.1 EUR/kWh; sharing is free.
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


def test_without_a_key_power_goes_where_it_is_needed() -> None:
    """Proves: a dynamic key shares all 30 kW: 0 EUR. If broken: something is bought."""
    assert plain.cost(building()) == pytest.approx(0)


def test_a_fixed_key_leaves_power_over() -> None:
    """Proves: with equal shares each of three may take 10 of the 30 kW: c1 buys 10 kWh, c0's own
    third and no more is fed in: 10 − 10·0.1 = 9 EUR. If broken: 0 EUR (key ignored), 10 EUR (what
    is left is lost), or 20 EUR (only what is shared is split).
    """
    keyed = building(pool_keyed=1.0, pool_key=1 / 3)
    best = plain.optimum(keyed)
    assert best.cost == pytest.approx(9)
    assert best.get("c1", "share_in").sum() == pytest.approx(10)
    assert best.get("c0", "feed_in").sum() == pytest.approx(10)


def test_the_key_is_each_member_s_own() -> None:
    """Proves: with 0, 1/2 and 1/2 of 30 kW c1 takes 15 and c2 10 of its 15: 5 bought, 5 fed in,
    5 − 0.5 = 4.5 EUR. If broken: keys of c1 and c2 swapped or summed, 0 EUR.
    """
    keyed = building(pool_keyed=1.0, pool_key=[[0.0, 0.5, 0.5]])
    assert plain.cost(keyed) == pytest.approx(4.5)


def test_a_rebate_spares_part_of_the_energy_charge() -> None:
    """Proves: over the grid each shared kWh bears the energy charge of 0.05 less a rebate of 0.02:
    30 kWh cost 0.9 EUR. If broken: 1.5 EUR, or 2.1 with the wrong sign.
    """
    shared = building(pool_on_grid=1.0, energy_charge=0.05, pool_rebate=0.02)
    assert plain.cost(shared) == pytest.approx(0.9)
    best = plain.optimum(shared)
    assert best.get("c1", "withdrawal") == pytest.approx([20])


@pytest.mark.parametrize(("exclusive", "cost"), [(0.0, 0.0), (1.0, 9.0)])
def test_a_plant_has_one_direct_line(exclusive: float, cost: float) -> None:
    """Proves: with lines to both neighbours, one to one means c1's alone: c2 buys 10 kWh and 10 are
    fed in, 9 EUR; without the rule both are used. If broken: 0 EUR for direct lines.
    """
    lines = building(
        labels={"pool": ["to c1", "to c2"]},
        pool_gives=[[1.0, 0, 0], [1, 0, 0]],
        pool_takes=[[0.0, 1, 0], [0, 0, 1]],
        pool_exclusive=exclusive,
    )
    assert plain.cost(lines) == pytest.approx(cost)
