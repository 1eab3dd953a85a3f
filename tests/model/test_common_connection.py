"""One connection for several companies: the peak of the sum, and surplus sold once."""

from __future__ import annotations

from typing import Any

import pytest
import xarray as xr

import plain
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import dispatch
from parkwerk.solve.optimise import optimise
from parkwerk.solve.periods import cut
from toy import bare_park


def behind_one_meter(**changes: Any) -> xr.Dataset:
    """Two companies that use 10 kW in turn, behind one common connection; c0 has a roof of 10 kW.

    The connection pays 1 EUR/kW, 0.02 + 0.01 EUR/kWh and 5 EUR; members pay 0.1 EUR/kWh supplied,
    have no meter of their own, and share sun in a pool at 0.2 EUR/kWh.
    """
    values: dict[str, Any] = {
        "companies": 2,
        "steps": 2,
        "labels": {
            "connection": ["c0", "c1", "both"],
            "pool": ["green"],
            "behind": ["both", "both"],
        },
        "own_meter": 0.0,
        "connection_cost": 0.0,
        "electricity_demand": [[10.0, 0.0], [0.0, 10.0]],
        "electricity_price": 0.1,
        "connection_limit": [0.0, 0.0, 100.0],
        "tariff_fixed": [[0.0], [0.0], [5.0]],
        "demand_charge": 1.0,
        "energy_charge": 0.02,
        "levy": 0.01,
        "pool_on_grid": 0.0,
        "pool_charge": 0.2,
    }
    return bare_park(**values | changes)


def test_the_common_peak_is_that_of_the_sum() -> None:
    """Proves: 10 kW in turn are a common peak of 10 kW: 10 + 20·(0.1 + 0.03) + 5 = 17.6 EUR.
    If broken: 27.6 (sum of the members' peaks), or no answer (members without a meter).
    """
    best = plain.optimum(behind_one_meter())
    assert best.cost == pytest.approx(17.6)
    assert best.get("both", "peak") == pytest.approx(10)
    assert best.get("c0", "peak") == pytest.approx(0)


def test_the_operation_of_the_connection_is_paid() -> None:
    """Proves: an operator's cost of 3 EUR/a comes to the 17.6 EUR. If broken: 17.6 EUR."""
    assert plain.cost(behind_one_meter(connection_cost=3.0)) == pytest.approx(20.6)


def test_members_share_sun_behind_the_meter() -> None:
    """Proves: 10 kW of sun on c0's roof serve c0 at home and c1 by the green pool at 0.05 EUR/kWh:
    the connection takes nothing, 5 + 10·0.05 = 5.5 EUR. If broken: shared power bears levies or
    counts in the common peak (15.8 EUR).
    """
    scenario = behind_one_meter(pv_yield=1.0, roof_limit=[10.0, 0.0], pool_charge=0.05)
    assert plain.cost(scenario) == pytest.approx(5.5)


def test_surplus_is_sold_at_the_common_connection() -> None:
    """Proves: 30 kW of sun for 10 kW of demand leave 20 kW in each of two hours: sold at 0.04
    EUR/kWh, 1.6 EUR; 5 + 10·0.05 − 1.6 = 3.9 EUR. If broken: 5.5 (not sold) or 3.1 (all sold and
    used twice).
    """
    scenario = behind_one_meter(
        pv_yield=1.0,
        roof_limit=[30.0, 0.0],
        pool_charge=0.05,
        feed_in_price=0.04,
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(3.9)
    assert best.get("both", "injection") == pytest.approx([20, 20])


def test_the_common_connection_is_paid_by_the_kwh() -> None:
    """Proves: in half hours 20 kWh are sold and 5 kWh shared: 5 + 5·0.05 − 20·0.04 = 4.45 EUR.
    If broken: the step length forgotten in one of them, 3.65 or 4.7 EUR.
    """
    scenario = behind_one_meter(
        step_hours=0.5,
        pv_yield=1.0,
        roof_limit=[30.0, 0.0],
        pool_charge=0.05,
        feed_in_price=0.04,
    )
    assert plain.cost(scenario) == pytest.approx(4.45)


def test_the_common_connection_has_its_own_limit() -> None:
    """Proves: of 20 kW of surplus 8 pass a connection of 8 kW: 2 h·8 kW·0.04 = 0.64 EUR of revenue,
    5 + 0.5 − 0.64 = 4.86 EUR. If broken: 3.9 EUR.
    """
    scenario = behind_one_meter(
        pv_yield=1.0,
        roof_limit=[30.0, 0.0],
        connection_limit=[0.0, 0.0, 8.0],
        pool_charge=0.05,
        feed_in_price=0.04,
    )
    assert plain.cost(scenario) == pytest.approx(4.86)


def test_sun_serves_the_neighbour_before_it_is_sold() -> None:
    """Proves: at one common meter 30 kW of sun at a tempting 9 EUR/kWh still leave 20 kW to sell:
    5 + 10·0.05 − 2·20·9 = −354.5 EUR, because what c1 buys meets what c0 sells at the meter.
    If broken: c0 sells all its sun and both buy, −533 EUR or less.
    """
    sunny = behind_one_meter(
        pv_yield=1.0, roof_limit=[30.0, 0.0], feed_in_price=9.0, pool_charge=0.05
    )
    park = Park(sunny, cut(sunny))
    built = {"pv_capacity": 30.0, "pv_built": 1.0}
    c0 = plain.choose(park, "c0", **built, joined=1.0, pool_giver=1.0)
    design = [c0, plain.choose(park, "c1", joined=1.0), plain.choose(park, "both")]
    assert dispatch(park, design).total_cost == pytest.approx(-354.5)


def test_each_member_sells_at_its_own_price() -> None:
    """Proves: c0's plant of the cheap rule earns 0.01, c1's of the dear rule 0.04 EUR/kWh for the
    10 kW that each has over: 20·0.01 + 20·0.04 = 1 EUR of revenue, 5 EUR fixed.
    If broken: one price for all that leaves, 4.2 or 4.8 EUR.
    """
    scenario = behind_one_meter(
        labels={
            "connection": ["c0", "c1", "both"],
            "pool": ["green"],
            "behind": ["both", "both"],
            "pv_class": ["small", "large"],
        },
        electricity_demand=10.0,
        pv_yield=1.0,
        roof_limit=[20.0, 20.0],
        roof_duty=[20.0, 20.0],
        pv_class_max=[20.0, 100.0],
        feed_in_price=[[0.01], [0.04]],
    )
    scenario["pv_class_min"][:] = [0.0, 20.0]
    scenario["roof_limit"][:] = [20.0, 20.5]
    scenario["roof_duty"][:] = [20.0, 20.5]
    best = plain.optimum(scenario)
    sold = best.get("c0", "feed_in"), best.get("c1", "feed_in")
    assert sold[0].sum() == pytest.approx(20)
    assert sold[1][1] == pytest.approx([10.5, 10.5])
    assert best.get("both", "injection") == pytest.approx([20.5, 20.5])


def test_a_metered_member_pays_its_own_entry_and_the_upstream_fee() -> None:
    """Proves: in a closed network each member's meter counts what it buys and what it takes from
    its neighbours: 20 kWh bought and 10 kWh of sun taken by c1 bear its 0.01 of levies; upstream
    the connection takes 10 kW, 0.02 + 0.01 EUR/kWh and 1 EUR/kW.
    c0: 10·0.1 + 10·0.01; c1: 10·0.01 and 10·0.05 of pool; upstream 5 + 10 + 10·0.03: 17.0 EUR.
    If broken: shared power bears no levies (16.9), or c0's purchase none.
    """
    scenario = behind_one_meter(
        own_meter=1.0,
        connection_limit=[50.0, 50.0, 100.0],
        demand_charge=[[0.0], [0.0], [1.0]],
        energy_charge=[[0.0], [0.0], [0.02]],
        pool_on_grid=1.0,
        pool_charge=0.05,
        pv_yield=[[0.0, 1.0], [0.0, 0.0]],
        roof_limit=[10.0, 0.0],
    )
    best = plain.optimum(scenario)
    assert best.get("c1", "withdrawal") == pytest.approx([0, 10])
    assert best.get("c0", "withdrawal") == pytest.approx([10, 0])
    assert best.cost == pytest.approx(1.0 + 0.1 + 0.1 + 0.5 + 5 + 10 + 0.3)


def test_the_cheaper_tariff_of_the_common_connection_is_paid() -> None:
    """Proves: a common connection has a menu too: 20 kWh and a peak of 10 kW cost 10.6 EUR by the
    first line, by the second (0.1 EUR/kW and 0.2 EUR/kWh) 1 + 4 = 5 EUR; the supply costs 2 EUR.
    If broken: 12.6 (first line) or less than 7 (no line at all).
    """
    scenario = behind_one_meter(
        labels={
            "connection": ["c0", "c1", "both"],
            "tariff": ["power", "energy"],
            "pool": ["green"],
            "behind": ["both", "both"],
        },
        tariff_open=[[1.0, 0], [1, 0], [1, 1]],
        tariff_fixed=0.0,
        demand_charge=[1.0, 0.1],
        energy_charge=[0.03, 0.2],
        levy=0.0,
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(7)
    assert best.tariff("both") == "energy"


def test_power_behind_the_connection_has_the_taker_s_price() -> None:
    """Proves: what the connection passes on bears each member's own price of the hour, 0.1 for c0
    in the first and 0.3 EUR/kWh for c1 in the second, and tax: 10·0.4 + 20·0.05 + 20·0.03 for fee
    and levy, 10 of peak and 5 fixed are 20.6 EUR. If broken: another hour's or company's price, 99.
    """
    scenario = behind_one_meter(electricity_price=[[0.1, 99.0], [99.0, 0.3]], electricity_tax=0.05)
    assert plain.cost(scenario) == pytest.approx(20.6)


def test_a_dear_connection_is_left_alone() -> None:
    """Proves: an operator's cost of 30 EUR makes 47.6 against 22.6 alone: all stay alone, and the
    bound is that of the cheaper way. If broken: a bound of 47.6 above the cost.
    """
    alone = {"connection_limit_alone": [100.0, 100.0, 0.0]}
    solution = optimise(behind_one_meter(connection_cost=[0.0, 0.0, 30.0], **alone))
    assert solution.attrs["total_cost"] == pytest.approx(22.6)
    assert solution.attrs["lower_bound"] <= 22.6 + 1e-6
    assert solution.attrs["gap"] == pytest.approx(0, abs=2e-3)


def test_alone_the_members_have_meters_of_their_own() -> None:
    """Proves: for itself each member pays 10·(0.1 + 0.03) + 10 of peak through its own connection,
    22.6 EUR in all; together one peak and 5 EUR of fixed fee make 17.6.
    If broken: without a connection of their own the members have no operation alone.
    """
    solution = optimise(behind_one_meter(connection_limit_alone=[100.0, 100.0, 0.0]))
    assert solution.attrs["cost_today"] == pytest.approx(22.6)
    assert solution.attrs["cost_alone"] == pytest.approx(22.6)
    assert solution.attrs["total_cost"] == pytest.approx(17.6)
    assert solution["common_peak"].sel(case="together", connection="both").item() == 10


def test_waste_heat_reaches_members_of_a_common_connection() -> None:
    """Proves: c0 gives heat for a trench of 0.3 EUR, and c1's boiler no longer makes 20 kWh for
    2 EUR: 17.6 + 0.3. The search finds it, with a bound no higher. If broken: the prices of
    heat take the common connection for a source, and the search stops.
    """
    labels = {"heat_source": ["c0"], "pipe": ["way"], "pipe_from": ["c0"], "pipe_to": ["c1"]}
    labels |= {"connection": ["c0", "c1", "both"], "pool": ["green"], "behind": ["both", "both"]}
    scenario = behind_one_meter(
        labels=labels,
        heat_demand=[[0.0], [10.0]],
        boiler_fuel_cost=0.1,
        waste_heat=100.0,
        pipe_fixed_cost=0.3,
        connection_limit_alone=[100.0, 100.0, 0.0],
    )
    assert plain.cost(scenario) == pytest.approx(17.9)
    solution = optimise(scenario, gap=1e-3)
    assert solution.attrs["total_cost"] == pytest.approx(17.9, rel=2e-3)
    assert solution.attrs["lower_bound"] <= 17.9 + 1e-6
