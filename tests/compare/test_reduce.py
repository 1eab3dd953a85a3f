"""The shorter year and the reduced parks of the benchmark."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from parkwerk.formulation.park import actors
from reduce import linear, shorten
from toy import bare_park


def year(**changes: float) -> xr.Dataset:
    """A year of hours in which each day is told by its load: 1 kW on the first, 365 on the last."""
    month = np.minimum(np.arange(8760) // 720, 11)
    return bare_park(
        steps=8760,
        period="day",
        labels={"tariff": ["yearly", "monthly"], "month": [str(m) for m in range(12)]},
        electricity_demand=np.repeat(np.arange(1.0, 366.0), 24),
        monthly_charge=[[0.0, 5.0]],
        in_month=[month == m for m in range(12)],
        **changes,
    )


def test_a_shorter_year_has_that_share_of_every_yearly_price() -> None:
    """Proves: 73 of 365 days, every fifth from the first, pay a fifth of 100 EUR/a and 30
    EUR/(kW·a), and of 5 EUR/(kW·month) in each of the 12 months; prices of energy and the interest
    rate stay. If broken: investments are too dear by five for what they save.
    """
    scenario = year(demand_charge=100.0, energy_charge=0.05, pv_class_cost=30.0, interest_rate=0.03)
    short = shorten(scenario, 73)
    assert short.sizes["time"] == 73 * 24
    assert short["electricity_demand"].values[0, ::24].tolist() == list(range(1, 366, 5))
    assert short["demand_charge"].values == pytest.approx(20)
    assert short["pv_class_cost"].values == pytest.approx(6)
    assert short["monthly_charge"].values == pytest.approx(np.array([[0.0, 1.0]]))
    assert short["energy_charge"].values == pytest.approx(0.05)
    assert short["interest_rate"].item() == pytest.approx(0.03)
    assert np.unique(np.diff(short["time"].values)).size == 1


def test_months_without_a_day_are_paid_in_the_others() -> None:
    """Proves: two days, in the first and the seventh month, pay 2/365 of 12 months' price in 2
    months: 5·(2/365)·6 EUR/kW each. If broken: a sixth of it.
    """
    assert shorten(year(), 2)["monthly_charge"].values[0, 1] == pytest.approx(5 * 2 / 365 * 6)


def test_the_linear_park_keeps_the_cheapest_yearly_entry() -> None:
    """Proves: 10 kW for a day cost 30 EUR/kW, or 1 EUR/kW and 1 EUR/kWh: 300 against 250 EUR, so
    the second is kept; the monthly entry, for nothing, cannot be. Its class of PV has no smallest
    size and no fixed cost. If broken: the first charge, or none.
    """
    scenario = bare_park(
        labels={"tariff": ["a", "b", "c"]},
        electricity_demand=10.0,
        demand_charge=[[30.0, 1.0, 0.0]],
        energy_charge=[[0.0, 1.0, 0.0]],
        pv_class_min=300.0,
        pv_class_fixed_cost=7.0,
        roof_limit=50.0,
    )
    scenario = scenario.assign_coords(tariff_option=("tariff", ["yearly", "yearly", "monthly"]))
    reduced = linear(scenario)
    assert reduced["demand_charge"].values.tolist() == [[1.0]]
    assert reduced["pv_class_limit"].values.tolist() == [[50.0]]
    assert reduced["pv_class_fixed_cost"].values.tolist() == [0.0]
    assert actors(reduced, 24)[0].menu == ("chosen",)
