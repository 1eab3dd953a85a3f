"""Day-ahead prices of a study: a reference year made from statistics, and its checks."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import HOURS, Calendar, Floats, autocorrelated_noise
from parkwerk.study.series.price_file import read_price_file

__all__ = ["cell_values", "published_checks", "read_price_file", "reference_prices"]

#: Weight of sun and wind in the order of the prices of a cell; assumption, chosen so that the
#: irradiance-weighted mean meets the published solar market value of 2025 (test_prices.py).
SUN_WEIGHT = 0.25
WIND_WEIGHT = 0.4
#: Correlation time of the part of the order that is neither local sun nor wind; assumption.
WEATHER_DAYS = 2.0
#: Least distance of neighbouring prices around zero in a cell [EUR/MWh]; assumption.
SPACING = 0.2
Cell = tuple[str, int, int]  # day type, month, hour in CET
EUR_PER_MWH = 1e-3


def reference_prices(
    calendar: Calendar, weather: xr.Dataset, statistics_year: int = 2025, seed: int = 1
) -> xr.DataArray:
    """Synthetic day-ahead prices (time,) [EUR/kWh] for the weather of the study.

    The hours of the year fall into cells of day type (Monday to Friday, weekend) x month x hour
    in CET; of each cell the mean m, the standard deviation s and the share negative are known.

    1. Values: normal scores of n ranks, moved by alternating projections until the mean is m,
       the standard deviation s and exactly round(share·n) values are negative.
    2. Order: ascending in  z = -a·sun - b·wind + √(1-a²-b²)·rest,  where sun and wind are the
       ranks (as normal scores) of irradiance and of the 13 h mean wind speed *within the cell*,
       and rest is a seeded AR(1) series of days, correlation time 2 days.

    So a price is low where the study's own sun and wind are high for the month and hour, and dear
    or cheap spells last for days, while the statistics of the year are those observed. On
    quarter hours the hourly mean is kept, with a ramp inside the hour
    (:meth:`parkwerk.study.series.calendar.Calendar.from_hours`).

    Holidays count by their weekday, as in the statistics. A reference year of weather is not
    synchronous with a price year: only the correlation is made here, not the history.

    Raises
    ------
    InputError
        When there are no statistics for the year.
    """
    statistics = _statistics(statistics_year)
    irradiance = weather["beam_horizontal"].to_numpy() + weather["diffuse_horizontal"].to_numpy()
    sun = calendar.to_hours(irradiance)
    wind = _ring_mean(calendar.to_hours(weather["wind_speed"].to_numpy()), 13)
    days = autocorrelated_noise(HOURS // 24 + 1, WEATHER_DAYS, seed)
    rest = np.interp(np.arange(HOURS) / 24, np.arange(days.size), days)
    rest_weight = np.sqrt(1 - SUN_WEIGHT**2 - WIND_WEIGHT**2)
    prices = np.empty(HOURS)
    for cell, hours in _cells(calendar).items():
        order = (
            -SUN_WEIGHT * _normal_scores(sun[hours])
            - WIND_WEIGHT * _normal_scores(wind[hours])
            + rest_weight * _normal_scores(rest[hours])
        )
        values = cell_values(hours.size, *statistics[cell])
        prices[hours[np.argsort(order, kind="stable")]] = values
    return xr.DataArray(
        calendar.from_hours(prices) * EUR_PER_MWH,
        coords={"time": calendar.times},
        dims="time",
        name="spot_price",
        attrs={
            "units": "EUR/kWh",
            "long_name": "day-ahead price",
            "source": (
                f"generated from statistics of {statistics_year} by month, hour and day type "
                "(data: Bundesnetzagentur | SMARD.de, CC BY 4.0) and the weather of the study"
            ),
            "seed": seed,
        },
    )


def cell_values(count: int, mean: float, std: float, share_negative: float) -> Floats:
    """Ascending prices (count,) with the given mean, standard deviation and negative share.

    Alternating projections between { x : mean(x) = m, std(x) = s } and
    { x : x[i] <= -d·(k - i) for i < k,  x[i] >= d·(i - k) otherwise },  k = round(share·count).
    """
    scores = _normal_scores(np.arange(count, dtype=np.float64))
    rank = np.arange(count) - round(share_negative * count)
    bound = SPACING * rank
    negative = rank < 0
    values = mean + std * scores / scores.std()
    for _ in range(500):
        held = np.where(negative, np.minimum(values, bound), np.maximum(values, bound))
        if np.abs(held - values).max() < 1e-9:
            break
        centred = held - held.mean()
        values = mean + std * centred / centred.std()
    return np.asarray(held, dtype=np.float64)


def published_checks(prices: xr.DataArray, solar: Floats, year: int = 2025) -> pd.DataFrame:
    """Statistics of a price year beside the published ones.

    mean = Σp/T;  solar market value = Σ p·y / Σ y;  negative hours = hours with a mean below zero

    Parameters
    ----------
    prices
        EUR/kWh on `time`, 8,760 or 35,040 steps.
    solar
        Horizontal irradiance or yield of PV (time,), in any unit: a stand-in for the PV feed-in
        of the country.

    Returns
    -------
    pd.DataFrame
        Rows mean, solar_market_value, negative_hours; columns value, published, deviation (share
        of the published value), unit, source.
    """
    published = _published(year)
    in_mwh = prices.to_numpy() / EUR_PER_MWH
    hourly = in_mwh.reshape(HOURS, -1).mean(axis=1)
    values = {
        "mean": float(in_mwh.mean()),
        "solar_market_value": float((in_mwh * solar).sum() / solar.sum()),
        "negative_hours": float((hourly < 0).sum()),
    }
    rows = {
        name: {
            "value": value,
            "published": published[name]["value"],
            "deviation": value / published[name]["value"] - 1,
            "unit": published[name]["unit"],
            "source": published[name]["source"],
        }
        for name, value in values.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def _statistics(year: int) -> dict[Cell, tuple[float, float, float]]:
    """Mean, standard deviation and negative share by cell of one year."""
    with (files("parkwerk.study.series") / "data" / "day_ahead_statistics.csv").open() as file:
        table = pd.read_csv(file, comment="#")
    years = sorted(table["year"].unique())
    if year not in years:
        raise InputError(
            f"there are no price statistics for {year}, expected one of "
            f"{', '.join(str(y) for y in years)}"
        )
    table = table[table["year"] == year]
    cells = zip(table["day_type"], table["month"], table["hour_start_cet"], strict=True)
    moments = table[["mean_eur_per_mwh", "std_eur_per_mwh", "share_negative"]].to_numpy()
    return {
        (str(day_type), int(month), int(hour)): (float(mean), float(std), float(share))
        for (day_type, month, hour), (mean, std, share) in zip(cells, moments, strict=True)
    }


def _published(year: int) -> dict[str, dict[str, Any]]:
    """Published figures of a year by name."""
    import yaml

    text = (files("parkwerk.study.series") / "data" / "day_ahead_published.yaml").read_text("utf-8")
    years: dict[int, dict[str, dict[str, Any]]] = yaml.safe_load(text)["years"]
    if year not in years:
        raise InputError(f"there are no published prices of {year} to check against")
    return years[year]


def _cells(calendar: Calendar) -> dict[Cell, NDArray[np.intp]]:
    """Hours of the year by day type, month and hour in CET."""
    times = calendar.hourly.times
    weekend = np.asarray(times.dayofweek >= 5)
    code = weekend * 288 + np.asarray((times.month - 1) * 24 + times.hour)
    sorted_hours = np.argsort(code, kind="stable")
    codes, starts = np.unique(code[sorted_hours], return_index=True)
    return {
        ("weekend" if c >= 288 else "working_day", c % 288 // 24 + 1, c % 24): hours
        for c, hours in zip(codes.tolist(), np.split(sorted_hours, starts[1:]), strict=True)
    }


def _normal_scores(values: Floats) -> Floats:
    """Φ⁻¹((rank + 1/2)/n), zero where all values are equal (the sun at night)."""
    from scipy.special import ndtri

    if np.ptp(values) == 0:
        return np.zeros(values.size)
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return np.asarray(ndtri((ranks + 0.5) / values.size), dtype=np.float64)


def _ring_mean(values: Floats, width: int) -> Floats:
    """Centred moving mean over an odd number of steps, on a ring."""
    half = width // 2
    padded = np.concatenate([values[-half:], values, values[:half]])
    return np.convolve(padded, np.ones(width) / width, mode="valid")
