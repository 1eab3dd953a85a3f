"""The weather of scenarios side by side."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from parkwerk.report.climate import climate_lines, climate_summary, climate_table
from toy import bare_park


def two_days(step_hours: float = 1.0, **changes: object) -> xr.Dataset:
    """A day at 5 degC and one at 25, sun of 100 W/m2, heat pumps with a COP of 4 and of 2."""
    steps = round(48 / step_hours)
    first = np.arange(steps) < steps // 2
    return bare_park(
        steps=steps,
        step_hours=step_hours,
        outdoor_temperature=np.where(first, 5.0, 25.0),
        global_horizontal=100.0,
        heat_demand=np.where(first, 3.0, 1.0),
        heat_pump_electricity=np.where(first, 0.5, 0.25),
        **changes,
    )


@pytest.mark.parametrize("step_hours", [1.0, 0.25])
def test_a_summary_by_hand(step_hours: float) -> None:
    """Proves: 20 - 5 = 15 K·d of the cold day alone; 24 h · 7 K above 18 degC; 48 h · 0.1 kW/m2.

    96 kWh of heat; COP: 96/(72·0.5 + 24·0.25) = 2.286, where the mean of both COPs is 3. Quarter
    hours count a quarter.
    """
    summary = climate_summary({"two": two_days(step_hours)}).sel(scenario="two")
    assert float(summary["mean_temperature"]) == pytest.approx(15)
    assert float(summary["heating_degree_days"]) == pytest.approx(15)
    assert float(summary["cooling_degree_hours"]) == pytest.approx(168)
    assert float(summary["global_radiation"]) == pytest.approx(4.8)
    assert float(summary["heat_demand"]) == pytest.approx(96)
    assert float(summary["heat_pump_cop"]) == pytest.approx(96 / 42)
    assert summary["heating_degree_days"].attrs["units"] == "K*d"
    assert all("long_name" in summary[name].attrs for name in summary)


def test_a_day_at_the_heating_limit_is_not_heated() -> None:
    """Proves: a daily mean of 15 degC adds nothing, though nights are colder."""
    day = np.where(np.arange(24) < 12, 10.0, 20.0)
    summary = climate_summary({"mild": bare_park(outdoor_temperature=day)})
    assert float(summary["heating_degree_days"][0]) == 0


def test_yield_counts_by_roof() -> None:
    """Proves: 30 kW with 8 h and 10 kW with 4 h of sun yield 7 kWh/kW."""
    park = bare_park(
        labels={"roof": ["a", "b"], "roof_company": ["c0", "c0"]},
        roof_limit=[30.0, 10.0],
        pv_yield=np.stack([np.full(24, 8 / 24), np.full(24, 4 / 24)]),
    )
    assert float(climate_summary({"sun": park})["pv_yield"][0]) == pytest.approx(7)


def test_what_a_scenario_does_not_say() -> None:
    """Proves: without temperature, radiation and refrigeration there is no number, not a zero."""
    summary = climate_summary({"bare": bare_park()})
    for name in ("mean_temperature", "global_radiation", "refrigeration_electricity"):
        assert np.isnan(summary[name][0])
    assert climate_lines(summary) == ["bare: weather not told"]


def test_the_same_weather_is_shown_once() -> None:
    """Proves: a scenario with other prices has no row of its own, one with other heat has."""
    parks = {
        "first": two_days(),
        "dear": two_days(electricity_price=0.4),
        "warm": two_days().assign(heat_demand=two_days()["heat_demand"] / 2),
    }
    parks["first"]["outdoor_temperature"].attrs["source"] = "hot.dat: a year | a source"
    parks["dear"]["outdoor_temperature"].attrs["source"] = "hot.dat: a year | a source"
    summary = climate_summary(parks)
    assert climate_table(summary).row_count == 2
    assert climate_lines(summary) == ["first: hot.dat: a year", "warm: weather not told"]
