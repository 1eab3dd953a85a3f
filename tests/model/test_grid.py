"""The meter: what is counted, what it costs, and how much fits through it."""

from __future__ import annotations

import numpy as np
import pytest

import plain
from parkwerk.errors import SolveError
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import dispatch
from parkwerk.solve.periods import cut
from toy import bare_park


def test_demand_charge_counts_the_largest_withdrawal_of_all_days() -> None:
    """Proves: the peak is that of the whole year, once: day peaks of 20 and 30 kW at 5 EUR/kW cost
    150 EUR. If broken: 250 (a peak for each day) or 100 (the first day's).
    """
    demand = np.ones(48)
    demand[[7, 40]] = 20, 30
    scenario = bare_park(steps=48, period="day", electricity_demand=demand, demand_charge=5.0)
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(150)
    assert best.get("c0", "peak") == pytest.approx(30)


@pytest.mark.parametrize("guess", [0.0, 30.0, 100.0])
def test_the_dispatched_peak_is_what_the_meter_reads(guess: float) -> None:
    """Proves: whatever peak a design expects, the year pays for the one that its meter reads: 30 kW
    at 5 EUR/kW, 150 EUR.
    If broken: 500 EUR for a guess of 100 kW, or no operation at all for a guess of 0.
    """
    demand = np.ones(48)
    demand[[7, 40]] = 20, 30
    scenario = bare_park(steps=48, period="day", electricity_demand=demand, demand_charge=5.0)
    park = Park(scenario, cut(scenario))
    result = dispatch(park, [plain.choose(park, "c0", peak=guess)])
    assert result.total_cost == pytest.approx(150)
    assert plain.size(park, result, "c0", "peak") == pytest.approx(30)


def test_every_part_of_a_purchased_kwh_is_paid() -> None:
    """Proves: 8 steps of a quarter of an hour at 10 kW are 20 kWh, and each bears price, tax,
    energy charge and levy: 20·(0.1 + 0.02 + 0.03 + 0.04) = 3.8 EUR; besides 7 EUR for the tariff
    and 250 EUR of tax that the relief leaves.
    If broken: the step length forgotten gives 15.2 for 3.8.
    """
    scenario = bare_park(
        steps=8,
        step_hours=0.25,
        electricity_demand=10.0,
        electricity_price=0.1,
        electricity_tax=0.02,
        energy_charge=0.03,
        levy=0.04,
        tariff_fixed=7.0,
        electricity_tax_fixed=250.0,
    )
    assert plain.cost(scenario) == pytest.approx(3.8 + 7 + 250)


def test_prices_hold_in_their_own_step() -> None:
    """Proves: demand and price meet in the same step: 1·0.5 + 2·0.25 + 4·0.125 = 1.5 EUR.
    If broken: shifted by a step, 1·0.125 + 2·0.5 + 4·0.25 = 2.125.
    """
    scenario = bare_park(
        steps=3, electricity_demand=[1, 2, 4], electricity_price=[0.5, 0.25, 0.125]
    )
    assert plain.cost(scenario) == pytest.approx(1.5)


def test_injection_fits_through_the_connection() -> None:
    """Proves: of 100 kW of sun only 40 pass a connection of 40 kW: 40·0.1 = 4 EUR of revenue.
    If broken: 10 EUR.
    """
    scenario = bare_park(
        steps=1, connection_limit=40.0, pv_yield=1.0, roof_limit=100.0, feed_in_price=0.1
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(-4)
    assert best.get("c0", "injection") == pytest.approx([40])


def test_a_battery_helps_a_connection_that_is_too_small() -> None:
    """Proves: withdrawal stays within the connection: 10 and 50 kW through 35 kW need a battery of
    15 kWh for 2 EUR/kWh = 30 EUR. If broken: 0 EUR, nothing built.
    """
    changes = {"electricity_demand": [10.0, 50.0], "connection_limit": 35.0}
    scenario = bare_park(steps=2, battery_limit=100.0, battery_energy_cost=2.0, **changes)
    assert plain.cost(scenario) == pytest.approx(30)


def test_demand_above_the_connection_has_no_answer() -> None:
    """Proves: the connection's limit is not soft. If broken: a cost instead of the error."""
    with pytest.raises(SolveError):
        plain.cost(bare_park(steps=2, electricity_demand=[10.0, 50.0], connection_limit=35.0))


def test_withdrawal_at_a_negative_price_is_no_sink() -> None:
    """Proves: nothing but demand takes power, however negative its price: 10 kWh at −0.1 EUR/kWh
    give 1 EUR. If broken: unbounded, for energy could be bought and vanish.
    """
    scenario = bare_park(steps=1, electricity_demand=10.0, electricity_price=-0.1)
    assert plain.cost(scenario) == pytest.approx(-1)
