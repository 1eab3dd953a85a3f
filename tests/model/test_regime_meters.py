"""Rules of meters and feed-in under the regimes: conditions, common connections, several roofs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import plain
from parkwerk.errors import SolveError
from parkwerk.solve.assemble import Park, assemble
from parkwerk.solve.dispatch import dispatch
from parkwerk.solve.joint import solve
from parkwerk.solve.periods import cut
from parkwerk.solve.program import Solver
from parkwerk.solve.settle import settle
from toy import bare_park

READING = ["one", "peak", "window peak", "energy"]


def discount(*conditions: list[float], **changes: Any) -> xr.Dataset:
    """100 kW for two half hours, 100 kWh at 1.2 EUR, or at 0.2 where the conditions hold."""
    terms = np.zeros((1, 2, len(conditions), 4))
    terms[0, 1] = conditions
    values: dict[str, Any] = {
        "steps": 2,
        "step_hours": 0.5,
        "labels": {
            "tariff": ["full", "band"],
            "condition": [str(n) for n in range(len(conditions))],
            "reading": READING,
        },
        "electricity_demand": 100.0,
        "energy_charge": [[1.2, 0.2]],
        "tariff_condition": terms,
    }
    scenario = bare_park(**values | changes)
    return scenario.assign_coords(tariff_option=("tariff", ["yearly", "band"]))


def energy(least: float) -> list[float]:
    """The condition that at least so many kWh are withdrawn."""
    return [-least, 0.0, 0.0, 1.0]


# --- conditions ----------------------------------------------------------------------------------
@pytest.mark.parametrize(("least", "cost"), [(99.0, 20.0), (101.0, 120.0)])
def test_a_condition_on_energy_counts_kwh(least: float, cost: float) -> None:
    """Proves: 100 kWh open an entry from 99 kWh on and none from 101, in the program with both
    entries and in the settled year. If broken: 200 kW read as 200 kWh, or a threshold of 0: 20 EUR.
    """
    scenario = discount(energy(least))
    assert plain.cost(scenario) == pytest.approx(cost)
    assert settle(*plain.dispatched(scenario)).total_cost == pytest.approx(cost)


def test_a_condition_holds_in_a_program_of_one_entry() -> None:
    """Proves: an entry alone needs its 99 kWh too: 20 EUR; where it needs 101 there is no answer.
    If broken: 20 EUR for both, the threshold is lost without a choice to scale it.
    """
    assert plain.cost(discount(energy(99.0), tariff_open=[[0.0, 1.0]])) == pytest.approx(20)
    with pytest.raises(SolveError, match="condition of the tariff"):
        plain.cost(discount(energy(101.0), tariff_open=[[0.0, 1.0]]))


def test_all_conditions_of_an_entry_must_hold() -> None:
    """Proves: 100 kWh meet a condition of 50 kWh but not one of 150: 120 EUR. If broken: 20 EUR."""
    scenario = discount(energy(50.0), energy(150.0))
    assert plain.cost(scenario) == pytest.approx(120)
    assert settle(*plain.dispatched(scenario)).total_cost == pytest.approx(120)


def test_a_period_counts_as_often_as_it_stands_for() -> None:
    """Proves: two days of 24 kWh that stand for one and three days are 96 kWh, enough for 90:
    0.2·96 = 19.2 EUR. If broken: 48 kWh are not, 115.2 EUR.
    """
    scenario = discount(
        energy(90.0), steps=48, step_hours=1.0, period="day", electricity_demand=1.0
    )
    assert plain.cost(scenario, weights=[1.0, 3.0]) == pytest.approx(19.2)


def test_the_program_reads_the_peak_in_the_windows() -> None:
    """Proves: with 100 kW in the window and a connection of 100 kW the peak in the window cannot be
    a third below the year's: 120 EUR, by the program itself. If broken: 20 EUR.
    """
    changes = {"connection_limit": 100.0, "window_charge": [[0.0, 1e-9]], "in_window": 1.0}
    assert plain.cost(discount([0.0, 0.7, -1.0, 0.0], **changes)) == pytest.approx(120)


# --- months --------------------------------------------------------------------------------------
@pytest.mark.parametrize("share", [0, 1])
def test_a_month_without_a_day_is_stood_for(share: int) -> None:
    """Proves: a program over one day of two months counts its month's peak of 10 kW at 2 EUR for
    both: 40 EUR; one over both days each month's own: 40 EUR as well.
    If broken: 20 EUR (the month without a day has no peak) or 10 (its charge halved).
    """
    scenario = bare_park(
        steps=48,
        period="day",
        labels={"month": ["Jan", "Feb"]},
        monthly_charge=2.0,
        in_month=np.repeat(np.eye(2), 24, axis=1),
        electricity_demand=10.0,
    )
    (days,) = cut(scenario)
    some = [days.choose(np.arange(1 + share))]
    park = Park(scenario, [days]).over(some)
    joint = assemble(park, some, [np.full(1 + share, 2.0 / (1 + share))])
    assert solve(joint, Solver()).objective == pytest.approx(40)


# --- common connections --------------------------------------------------------------------------
def behind(**changes: Any) -> xr.Dataset:
    """c0 and c1 use 10 and 30 kW, in turn, behind one connection."""
    values: dict[str, Any] = {
        "companies": 2,
        "steps": 2,
        "labels": {"connection": ["c0", "c1", "both"], "behind": ["both", "both"]},
        "own_meter": 0.0,
        "connection_cost": 0.0,
        "electricity_demand": [[10.0, 0.0], [0.0, 30.0]],
        "connection_limit": [0.0, 0.0, 100.0],
    }
    labels = values["labels"] | changes.pop("labels", {})
    return bare_park(**values | changes | {"labels": labels})


AT_THE_GATE = [[0.0], [0.0], [1.0]]


@pytest.mark.parametrize(
    ("changes", "cost"),
    [
        (
            {
                "labels": {"month": ["Jan", "Feb"]},
                "monthly_charge": AT_THE_GATE,
                "in_month": np.eye(2),
            },
            10.0 + 30,
        ),
        ({"window_charge": AT_THE_GATE, "in_window": [[0.0, 0], [0, 0], [1, 0]]}, 10.0),
        ({"order_charge": AT_THE_GATE, "above_order_charge": [[0.0], [0.0], [1.5]]}, 30.0),
        ({"order_charge": AT_THE_GATE, "above_order_charge": [[0.0], [0.0], [0.7]]}, 10 + 14.0),
    ],
)
def test_a_common_connection_pays_every_kind_of_entry(changes: dict[str, Any], cost: float) -> None:
    """Proves: at the common meter of 10 and 30 kW monthly peaks cost 40 EUR, the peak in a window
    of the first hour 10; an order at 1 EUR/kW pays up to 30 kW where a kWh above costs 1.5, and up
    to 10 where it costs 0.7: 20 kWh above are 14 EUR more. If broken: 0 EUR.
    """
    scenario = behind(**changes)
    assert plain.cost(scenario) == pytest.approx(cost)
    assert settle(*plain.dispatched(scenario)).total_cost == pytest.approx(cost)


def test_no_battery_behind_a_customer_system_sells_grid_power() -> None:
    """Proves: behind a customer system c0's battery, charged at night for 0.05 EUR/kWh, does not
    serve c0 by day while its sun is sold at 0.3: the sun serves c0: 10·0.05 = 0.5 EUR.
    If broken: 20·0.05 − 10·0.3 = −2 EUR.
    """
    scenario = behind(
        electricity_demand=[[10.0, 10.0], [0.0, 0.0]],
        electricity_price=[[0.05, 0.2], [0.05, 0.2]],
        pv_yield=[[0.0, 1.0], [0.0, 0.0]],
        roof_limit=[100.0, 0.0],
        feed_in_price=0.3,
        battery_limit=10.0,
    )
    built = {"pv_capacity": 10.0, "pv_built": 1.0}
    stores = {"battery_built": 1.0, "battery_energy": 10.0, "battery_power": 10.0}
    _, result = plain.dispatched(scenario, c0={**built, **stores})
    assert result.total_cost == pytest.approx(0.5)


# --- pools ---------------------------------------------------------------------------------------
def test_a_dearer_pool_with_a_rebate_is_kept() -> None:
    """Proves: a charge of 0.02 less a rebate of 0.04 beats one of 0.01: 10·(0.05 − 0.02) = 0.3 EUR.
    If broken: the pool with the rebate is taken for a dearer copy and dropped: 0.6 EUR.
    """
    scenario = bare_park(
        companies=2,
        steps=1,
        labels={"pool": ["plain", "rebate"]},
        electricity_demand=[[0.0], [10.0]],
        electricity_price=1.0,
        energy_charge=0.05,
        pv_yield=1.0,
        roof_limit=[10.0, 0.0],
        pool_on_grid=1.0,
        pool_charge=[[0.01, 0.01], [0.02, 0.02]],
        pool_rebate=np.array([0.0, 0.04])[:, None, None] * np.ones((2, 2, 1)),
    )
    assert plain.cost(scenario) == pytest.approx(0.3)


# --- feed-in -------------------------------------------------------------------------------------
def test_a_plant_is_paid_by_the_rule_of_its_class_on_all_its_roofs() -> None:
    """Proves: 30 kW of the second class, 10 + 20 on two roofs, are paid by its rule `tariff`, which
    stands last of the rules: 10 kW at 8 and 20 at 5 EUR/kWh, 180 EUR. If broken: the value of
    another rule, or of a plant of one roof: 10 kW would earn 8 on each kWh, 240 EUR.
    """
    scenario = bare_park(
        steps=1,
        labels={
            "roof": ["r0", "r1"],
            "roof_company": ["c0", "c0"],
            "pv_class": ["small", "middle", "large"],
            "feed_in_rule": ["market", "tariff"],
            "pv_class_rule": ["tariff", "tariff", "market"],
            "slice": ["10"],
        },
        pv_class_max=[15.0, 50.0, 100.0],
        pv_class_cost=[1000.0, 0.0, 1000.0],
        pv_yield=1.0,
        roof_limit=[10.0, 20.0],
        feed_in_price=[[1.0], [5.0]],
        feed_in_supported=1.0,
        slice_end=[10.0],
        slice_value=[[0.0], [3.0]],
        support_gap=0.0,
    )
    park = Park(scenario, cut(scenario))
    sizes = [[0.0, 10.0, 0.0], [0.0, 20.0, 0.0]]
    plant = plain.choose(park, "c0", pv_capacity=np.array(sizes), pv_built=[0.0, 1.0, 0.0])
    assert -dispatch(park, [plant]).total_cost == pytest.approx(180)
    assert -plain.cost(scenario) == pytest.approx(180)
