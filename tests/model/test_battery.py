"""One test for each constraint of the battery, with batteries small enough to be known."""

from __future__ import annotations

from typing import Any

import pytest

import plain
from toy import bare_park

#: A peak of one hour among three hours of 10 kW, at 100 EUR/kW.
PEAK: dict[str, Any] = {"electricity_demand": [10.0, 10, 40, 10], "demand_charge": 100.0}


@pytest.mark.parametrize(
    ("c_rate", "limit", "peak"),
    [(1.0, 0.0, 40.0), (1.0, 15.0, 25.0), (0.2, 15.0, 37.0), (1.0, 1000.0, 17.5)],
)
def test_battery_shaves_the_demand_charge(c_rate: float, limit: float, peak: float) -> None:
    """Proves: 15 kWh lower an hour of 40 kW to 25 kW, at a c-rate of 0.2 by 3 kW to 37 kW; without
    a limit the peak falls to the mean (10+10+40+10)/4 = 17.5 kW and no further.
    If broken: energy or power not limited, the peak falls to 17.5 kW in each case.
    """
    scenario = bare_park(steps=4, battery_limit=limit, battery_c_rate=c_rate, **PEAK)
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(100 * peak)
    assert best.get("c0", "peak") == pytest.approx(peak)


def test_power_and_energy_differ_by_the_step() -> None:
    """Proves: in steps of half an hour, 8 kWh at a c-rate of 2 give 16 kW for half an hour: the
    peak is 24 kW.
    If broken: the step length forgotten, 8 kWh give 8 kW and 32 kW are left.
    """
    scenario = bare_park(steps=4, step_hours=0.5, battery_limit=8.0, battery_c_rate=2.0, **PEAK)
    assert plain.cost(scenario) == pytest.approx(2400)


def test_energy_and_power_are_paid_apart() -> None:
    """Proves: from hour 1 (0.1 EUR/kWh) to hours 2 and 3 (1 EUR/kWh) go 20 kWh, charged with 20 kW:
    20·0.1 + 20·0.05 (energy) + 20·0.2 (power) = 7 EUR against 20 EUR without. A c-rate of 0.5 lets
    40 kWh be built for 20 kW: 8 EUR. If broken: 2 EUR (free) or 7 EUR at any c-rate.
    """
    changes: dict[str, Any] = {
        "electricity_demand": [0.0, 10, 10],
        "electricity_price": [0.1, 1, 1],
        "battery_limit": 100.0,
        "battery_energy_cost": 0.05,
        "battery_power_cost": 0.2,
    }
    assert plain.cost(bare_park(steps=3, **changes)) == pytest.approx(7)
    assert plain.cost(bare_park(steps=3, battery_c_rate=0.5, **changes)) == pytest.approx(8)


@pytest.mark.parametrize(("fixed", "built"), [(8.0, 1), (10.0, 0)])
def test_a_battery_is_built_if_it_pays_by_one_euro(fixed: float, built: int) -> None:
    """Proves: 10 kWh moved from 0.1 to 1 EUR/kWh gain 9 EUR: with 8 EUR of fixed cost it is built
    (9 EUR in all), with 10 EUR it is not (10 EUR).
    If broken: the fixed cost is scaled by a share of the limit, so that it is always built.
    """
    scenario = bare_park(
        steps=2,
        electricity_demand=[0.0, 10],
        electricity_price=[0.1, 1],
        battery_limit=1000.0,
        battery_fixed_cost=fixed,
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(min(fixed + 1, 10))
    assert best.get("c0", "battery_built") == pytest.approx(built)


def test_both_efficiencies_are_lost() -> None:
    """Proves: 10 kWh out take 10/0.8 = 12.5 kWh from the store and 12.5/0.9 = 13.889 kWh in: at 0.1
    EUR/kWh 1.3889 EUR. If broken: an efficiency on the wrong side gives 1.125, 0.8889 or 0.72.
    """
    scenario = bare_park(
        steps=2,
        electricity_demand=[0.0, 10],
        electricity_price=[0.1, 1],
        battery_limit=100.0,
        battery_charge_efficiency=0.9,
        battery_discharge_efficiency=0.8,
        battery_c_rate=2.0,
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(10 / 0.8 / 0.9 * 0.1)
    assert best.get("c0", "state_of_charge") == pytest.approx([12.5, 0])


def test_self_discharge_is_lost_by_the_hour() -> None:
    """Proves: 0.1/h over a step of 2 h keeps 0.8: for 5 kW over 2 h, 12.5 kWh are stored for 1.25
    EUR. If broken: 1.0 (none), 1.111 (the step length forgotten).
    """
    scenario = bare_park(
        steps=2,
        step_hours=2.0,
        electricity_demand=[0.0, 5],
        electricity_price=[0.1, 1],
        battery_limit=100.0,
        battery_self_discharge=0.1,
    )
    assert plain.cost(scenario) == pytest.approx(1.25)


@pytest.mark.parametrize(("period", "cost"), [("day", 240.0), ("year", 0.0)])
def test_battery_returns_to_its_level_each_day(period: str, cost: float) -> None:
    """Proves: by days, free power of the first day cannot serve the second at 1 EUR/kWh (240 EUR);
    with the year as period it can (0 EUR). If broken: the store does not return, or starts full.
    """
    scenario = bare_park(
        steps=48,
        period=period,
        electricity_demand=10.0,
        electricity_price=[0.0] * 24 + [1.0] * 24,
        battery_limit=1000.0,
    )
    assert plain.cost(scenario) == pytest.approx(cost, abs=1e-6)


def test_a_period_may_begin_with_a_full_battery() -> None:
    """Proves: the common level is free: what the evening charges at 0.1 EUR/kWh serves the morning
    at 1 EUR/kWh. 10 kWh cost 1 EUR. If broken: a level of 0 makes it 10 EUR, a gift makes it 0.
    """
    scenario = bare_park(
        steps=2,
        electricity_demand=[10.0, 0],
        electricity_price=[1, 0.1],
        battery_limit=100.0,
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(1)
    assert best.get("c0", "battery_level") == pytest.approx(10)


def test_the_level_fits_into_the_battery() -> None:
    """Proves: 4 kWh hold 4 kWh at the boundary too: 4·0.1 + 6·1 = 6.4 EUR.
    If broken: 1 EUR, the boundary holding 10 kWh in a battery of 4.
    """
    scenario = bare_park(
        steps=2,
        electricity_demand=[10.0, 0],
        electricity_price=[1, 0.1],
        battery_limit=4.0,
        battery_c_rate=10.0,
    )
    assert plain.cost(scenario) == pytest.approx(6.4)


def test_the_content_fits_into_the_battery() -> None:
    """Proves: a battery of 4 kWh that could charge 40 kW holds 4 kWh: 4·0.1 + 6·1 = 6.4 EUR.
    If broken: 1 EUR, the content not limited by the size.
    """
    scenario = bare_park(
        steps=2,
        electricity_demand=[0.0, 10],
        electricity_price=[0.1, 1],
        battery_limit=4.0,
        battery_c_rate=10.0,
    )
    assert plain.cost(scenario) == pytest.approx(6.4)


def test_charging_is_metered() -> None:
    """Proves: the battery's charging adds to the peak: at 1 EUR/kW shifting 10 kWh from hour 2 to
    hour 1 saves nothing beyond an even load of 5 kW: 5·1 + 5·0.1 + 5·0.2 = 6.5 EUR.
    If broken: charging unmetered, 0 EUR.
    """
    scenario = bare_park(
        steps=2,
        electricity_demand=[0.0, 10],
        electricity_price=[0.1, 0.2],
        demand_charge=1.0,
        battery_limit=100.0,
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(6.5)
    assert best.get("c0", "withdrawal") == pytest.approx([5, 5])
