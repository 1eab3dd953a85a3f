"""Weather of a study on the steps of its calendar."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr

from parkwerk.study.series.calendar import HOURS, Calendar, Floats
from parkwerk.study.series.weather_file import hamburg_2010
from parkwerk.study.series.weather_year import COLUMNS, WeatherYear, sun

#: Below this cosine of the zenith the beam-to-cosine ratio is not formed (data-sources, 7.1).
LOW_SUN = 0.02


@lru_cache(maxsize=2)
def usual_weather(calendar: Calendar) -> xr.Dataset:
    """The weather that comes with parkwerk, which many scenarios share; to read only."""
    return read_weather(calendar)


def read_weather(calendar: Calendar, year: WeatherYear | None = None) -> xr.Dataset:
    """Weather on the steps of the calendar; without a year, that of Hamburg in 2010.

    Returns
    -------
    xr.Dataset
        On `time`: beam_horizontal, diffuse_horizontal [W/m2], temperature [degC], wind_speed
        [m/s], solar_zenith, solar_azimuth [deg] of the sun at the centre of the value.
        Attributes: latitude, longitude, altitude, centre_min (of the values as returned), source.

    Notes
    -----
    Hourly to quarter-hourly: B[q] = r[q]·cos z[q], where r is the ratio of the hourly irradiance
    to the mean cosine of the zenith over the hour around its centre (to the nearest quarter),
    interpolated linearly; each day is rescaled to its energy. Temperature and wind are
    interpolated linearly.
    """
    year = year or hamburg_2010()
    columns = year.columns
    centre_min = year.centre_min if calendar.step_hours == 1.0 else 7.5
    zenith, azimuth = sun(calendar.times + pd.Timedelta(minutes=centre_min), year)
    if calendar.step_hours < 1.0:
        columns = _to_quarters(columns, zenith, year.centre_min)
    weather = xr.Dataset(coords={"time": calendar.times})
    for name, (units, long_name, _, _) in COLUMNS.items():
        attrs = {"units": units, "long_name": long_name, "source": year.source}
        weather[name] = ("time", columns[name], attrs)
    weather["solar_zenith"] = ("time", zenith, {"units": "deg", "long_name": "zenith of the sun"})
    weather["solar_azimuth"] = (
        "time",
        azimuth,
        {"units": "deg", "long_name": "azimuth of the sun, 180 = south"},
    )
    return weather.assign_attrs(
        latitude=year.latitude,
        longitude=year.longitude,
        altitude=year.altitude,
        centre_min=centre_min,
        source=year.source,
    )


def _to_quarters(hourly: dict[str, Floats], zenith: Floats, centre_min: float) -> dict[str, Floats]:
    """Hourly columns (8760,) to quarter-hourly ones (35040,) with zenith at midpoint."""
    cosine = np.maximum(np.cos(np.radians(zenith)), 0.0)
    # The hour around the centre begins 30 min before it, (centre - 30)/15 quarters into the row.
    around = np.roll(cosine, -round((centre_min - 30) / 15))
    mean_cosine = around.reshape(-1, 4).mean(axis=1)
    high = mean_cosine > LOW_SUN
    quarters = {}
    for name, values in hourly.items():
        if name in ("beam_horizontal", "diffuse_horizontal"):
            ratio = np.where(high, values, 0.0) / np.where(high, mean_cosine, 1.0)
            fine = _interpolate(ratio, centre_min) * cosine
            quarters[name] = _keep_daily_energy(fine, values)
        else:
            quarters[name] = _interpolate(values, centre_min)
    return quarters


def _interpolate(hourly: Floats, centre_min: float) -> Floats:
    """Linear interpolation between the centres of the hours, on a ring, at quarter midpoints."""
    centres = np.arange(HOURS) + centre_min / 60
    midpoints = (np.arange(4 * HOURS) + 0.5) / 4
    return np.asarray(np.interp(midpoints, centres, hourly, period=HOURS), dtype=np.float64)


def _keep_daily_energy(fine: Floats, hourly: Floats) -> Floats:
    """Scale every day of a quarter-hourly series to the energy of the hourly series."""
    days = fine.reshape(-1, 96)
    wanted = hourly.reshape(-1, 24).sum(axis=1)
    found = days.sum(axis=1) / 4
    scale = np.where(found > 0, wanted / np.where(found > 0, found, 1.0), 0.0)
    return np.asarray((days * scale[:, None]).reshape(-1), dtype=np.float64)
