"""Heat demand, refrigeration and heat pumps."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import Calendar
from parkwerk.study.series.heat import (
    PROFILES,
    coefficient_of_performance,
    heat_demand,
    refrigeration,
)
from parkwerk.study.series.weather import read_weather


@cache
def _weather(step: float) -> xr.Dataset:
    return read_weather(Calendar(2025, step))


@pytest.mark.parametrize("profile", ["GHA", "GMK", "GHD", "GKO"])
def test_winter_equals_demandlib(profile: str) -> None:
    """Proves: in January to mid March and November, December demandlib gives the same, to 1e-4.

    demandlib knows no daylight saving, so only winter can be compared; the small difference is
    the annual scale. Broken (hour factors shifted by one): 2 to 30 %.
    """
    from demandlib.bdew import HeatBuilding

    calendar = Calendar(2025)
    theirs = HeatBuilding(
        pd.date_range("2025-01-01", periods=8760, freq="h"),
        holidays=list(calendar.holidays),
        temperature=pd.Series(_weather(1.0)["temperature"].to_numpy()),
        shlp_type=profile,
        annual_heat_demand=1e6,
        wind_class=0,
    ).get_bdew_profile()
    ours = heat_demand(calendar, _weather(1.0), profile, 1e6)
    winter = np.asarray(calendar.local_times == calendar.times)
    winter &= np.asarray((calendar.times.month < 3) | (calendar.times.month > 10))
    assert ours[winter] == pytest.approx(theirs.to_numpy()[winter], rel=2e-4)


@pytest.mark.parametrize("profile", list(PROFILES))
@pytest.mark.parametrize("step", [1.0, 0.25])
def test_annual_heat_is_exact(profile: str, step: float) -> None:
    """Proves: 300,000 kWh, none negative, January above July. Broken: a table lacks a profile."""
    calendar = Calendar(2025, step)
    demand = heat_demand(calendar, _weather(step), profile, 300_000)
    assert demand.sum() * step == pytest.approx(300_000, rel=1e-12)
    assert demand.min() >= 0
    month = calendar.times.month
    assert demand[month == 1].mean() > demand[month == 7].mean()


def test_a_cold_day_needs_more() -> None:
    """Proves: 5 K colder on every day of February raises its share of the year.

    Broken (temperature not used): the share stays 28/365.
    """
    colder = _weather(1.0).copy()
    february = np.asarray(Calendar(2025).times.month == 2)
    colder["temperature"] = colder["temperature"] - 5 * february
    share = [
        heat_demand(Calendar(2025), weather, "GHA", 1.0)[february].sum()
        for weather in (_weather(1.0), colder)
    ]
    assert share[1] > 1.1 * share[0]


@pytest.mark.parametrize(("profile", "annual"), [("GXX", 1.0), ("GHA", -1.0)])
def test_refuses_bad_heat(profile: str, annual: float) -> None:
    """Proves: unknown profile and negative energy are named."""
    with pytest.raises(InputError, match="expected"):
        heat_demand(Calendar(2025), _weather(1.0), profile, annual)


def test_refrigeration_by_hand() -> None:
    """Proves the formula at constant 18 degC: COP = 0.5·265.15/(30 + 8) = 3.4888.

    The condenser holds its minimum of 30 = 18 + 12 degC. 87,600 kWh/a are 10 kW; 12 % drive fans,
    8.8 kW the compressor, so 8.8·3.4888 = 30.70 kW are cooled and 39.50 kW rejected. Broken (COP
    of a heat pump, T_k instead of T_e): 35.1 kW cooled.
    """
    weather = _weather(1.0).copy()
    weather["temperature"] = weather["temperature"] * 0 + 18.0
    electricity, heat = refrigeration(Calendar(2025), weather, 87_600)
    assert electricity == pytest.approx(np.full(8760, 10.0))
    assert heat == pytest.approx(np.full(8760, 8.8 * (1 + 0.5 * 265.15 / 38)), rel=1e-9)


@pytest.mark.parametrize("step", [1.0, 0.25])
def test_refrigeration_follows_the_weather(step: float) -> None:
    """Proves: exact energy, more heat than electricity, more of both when it is hot, none lost.

    With base_share = 1 the cooling load is constant, and only the COP moves the electricity.
    """
    calendar = Calendar(2025, step)
    electricity, heat = refrigeration(calendar, _weather(step), 600_000)
    assert electricity.sum() * step == pytest.approx(600_000)
    hot = _weather(step)["temperature"].to_numpy() > 25
    assert electricity[hot].mean() > 1.5 * electricity.mean()
    assert (heat > electricity).all()
    steady, _ = refrigeration(calendar, _weather(step), 600_000, base_share=1.0)
    assert electricity.std() > 2 * steady.std() > 0


@pytest.mark.parametrize(
    "parameters",
    [{"grade": 0.0}, {"base_share": 1.2}, {"evaporation_c": 5.0}, {"auxiliary_share": 1.0}],
)
def test_refuses_impossible_refrigeration(parameters: dict[str, float]) -> None:
    """Proves: a division by zero or a negative lift cannot arise."""
    with pytest.raises(InputError, match="refrigeration"):
        refrigeration(Calendar(2025), _weather(1.0), 1.0, **parameters)


def test_coefficient_of_performance() -> None:
    """Proves the values of the domain page regulation, section 4: 3.3, 4.7, 5.6, 5.0 at η 0.5.

    Source as warm as the sink, or warmer: the maximum. Broken (temperatures in degC): 0.6.
    """
    cop = coefficient_of_performance([10, 20, 30, 40, 60, 70], [60, 55, 60, 75, 60, 60])
    assert cop[:4] == pytest.approx([3.3, 4.7, 5.6, 5.0], abs=0.05)
    assert cop[4:].tolist() == [8.0, 8.0]
    assert coefficient_of_performance(35.0, 60.0, maximum=5.0) == pytest.approx(5.0)


@pytest.mark.parametrize(("grade", "maximum"), [(0.0, 8.0), (1.1, 8.0), (0.5, 0.9)])
def test_refuses_impossible_heat_pumps(grade: float, maximum: float) -> None:
    """Proves: better than Carnot is refused."""
    with pytest.raises(InputError, match="out of range"):
        coefficient_of_performance(10, 60, grade, maximum)
