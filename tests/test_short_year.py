"""A shorter year keeps what is worth building, and says what it cannot say."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from parkwerk import shorten
from parkwerk.errors import InputError
from toy import bare_park


def year(**changes: float) -> xr.Dataset:
    """A year of hours in which each day is told by its load: 1 kW on the first, 365 on the last."""
    month = np.minimum(np.arange(8760) // 720, 11)
    return bare_park(
        steps=8760,
        period="day",
        labels={
            "tariff": ["yearly", "monthly"],
            "month": [str(m) for m in range(12)],
            "rate_pair": ["under 2500 h", "over 2500 h"],
        },
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


def test_conditions_on_the_energy_of_a_year_see_a_whole_year() -> None:
    """Proves: "at least 2,500 h at the peak", ``energy − 2500·peak ≥ 0``, is five times the energy
    of 73 days, the peak as it is. If broken: no tariff of long use is open in a shorter year.
    """
    labels = {"tariff": ["long"], "condition": ["1"], "reading": ["one", "peak", "energy"]}
    condition = np.array([[[[0.0, -2500.0, 1.0]]]])
    scenario = bare_park(steps=8760, period="day", labels=labels, tariff_condition=condition)
    scaled = shorten(scenario, 73)["tariff_condition"]
    assert scaled.values.ravel().tolist() == [0.0, -2500.0, 5.0]


def test_names_and_units_stay() -> None:
    """A shorter year is a scenario like any other; all its days are the scenario itself."""
    scenario = year(demand_charge=100.0, sheet_demand_charge=100.0)
    short = shorten(scenario, 12)
    assert short.attrs == scenario.attrs
    assert short["monthly_charge"].attrs == scenario["monthly_charge"].attrs
    assert "sheet_demand_charge" not in short
    assert shorten(scenario, 365) is scenario


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "days: 0, expected 1 to 365"), (366, "days: 366"), (3, "48 steps, expected 365 days")],
)
def test_what_is_no_part_of_a_year_is_refused(days: int, expected: str) -> None:
    """One sentence; the last is a scenario that is short already."""
    scenario = shorten(year(), 2) if days == 3 else year()
    with pytest.raises(InputError, match=expected):
        shorten(scenario, days)
