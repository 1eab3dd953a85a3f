"""Day-ahead prices that a user imports from a CSV file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import Calendar, Floats
from parkwerk.study.series.series_file import (
    Series,
    has_offset,
    leap_day,
    parse_times,
    read_series,
    unreadable_time,
)

#: EUR/kWh of one unit of the file.
UNITS = {"EUR/MWh": 1e-3, "ct/kWh": 1e-2, "EUR/kWh": 1.0}
CET = "Etc/GMT-1"
#: What a file may say about its times; `offset` means that every time carries its own, +01:00.
TIMEZONES = {"CET": CET, "UTC": "UTC", "Europe/Berlin": "Europe/Berlin", "offset": CET}
#: Annual means outside tell of a wrong unit [EUR/kWh]: DE-LU had 0.03 (2020) to 0.24 (2022).
PLAUSIBLE_MEAN = (0.015, 0.4)
DECOUPLING = pd.Timestamp("2024-06-26")


def read_price_file(path: Path | str, unit: str, timezone: str, calendar: Calendar) -> xr.DataArray:
    """Day-ahead prices (time,) [EUR/kWh] from a CSV file with the header `time,price`.

    The file must hold every hour or every quarter hour of the calendar's year in CET. Rows
    outside the year (a file in UTC or with the next New Year's Day) and on 29 February are not
    used; their number is the attribute `rows_unused`. Hourly prices hold for each quarter of
    their hour; quarter-hourly prices are averaged for steps of one hour.

    Parameters
    ----------
    unit
        EUR/MWh, ct/kWh or EUR/kWh.
    timezone
        CET (UTC+1 all year), UTC, Europe/Berlin (with daylight saving; the repeated hour of
        October in order) or offset (each time carries its own).

    Returns
    -------
    xr.DataArray
        The attribute `flagged` names 2024-06-26 where the year contains it: on this day of the
        decoupling of the exchanges two official prices exist (unverified).

    Raises
    ------
    InputError
        Naming file and row: unknown unit or time zone, malformed row, repeated time, missing
        step, or a mean that speaks for another unit.
    """
    if unit not in UNITS:
        raise InputError(f"{path}: the price unit is `{unit}`, expected one of {', '.join(UNITS)}")
    if timezone not in TIMEZONES:
        raise InputError(
            f"{path}: the time zone is `{timezone}`, expected one of {', '.join(TIMEZONES)}"
        )
    series = read_series(path, "price")
    times = _to_cet(series, timezone)
    repeated = times.duplicated()
    if repeated.any():
        place = int(repeated.argmax())
        raise series.refuse(place, f"the time `{series.times[place]}` appears a second time")
    inside = np.asarray(times.year == calendar.year) & ~leap_day(times)
    prices = pd.Series(series.values[inside] * UNITS[unit], index=times[inside]).sort_index()
    on_steps = _on_steps(series.label, prices, calendar)
    if not PLAUSIBLE_MEAN[0] <= on_steps.mean() <= PLAUSIBLE_MEAN[1]:
        low, high = (round(mean / UNITS[unit], 3) for mean in PLAUSIBLE_MEAN)
        raise InputError(
            f"{series.label}: the mean price is {on_steps.mean() / UNITS[unit]:.4g} {unit}, "
            f"expected {low:g} to {high:g} (is the unit right?)"
        )
    attrs = {
        "units": "EUR/kWh",
        "long_name": "day-ahead price",
        "source": Path(path).name,
        "rows_unused": int((~inside).sum()),
    }
    if calendar.year == DECOUPLING.year:
        attrs["flagged"] = "2024-06-26: decoupling of the exchanges, two official prices exist"
    return xr.DataArray(
        on_steps, coords={"time": calendar.times}, dims="time", name="spot_price", attrs=attrs
    )


def _to_cet(series: Series, timezone: str) -> pd.DatetimeIndex:
    """Times of the file as naive CET."""
    if timezone == "offset":
        without = [place for place, time in enumerate(series.times) if not has_offset(time)]
        if without:
            raise series.refuse(
                without[0], f"the time `{series.times[without[0]]}` carries no offset"
            )
        utc = pd.to_datetime(pd.Series(series.times), format="ISO8601", utc=True, errors="coerce")
        if utc.isna().any():
            raise unreadable_time(series, int(utc.isna().argmax()))
        aware = pd.DatetimeIndex(utc)
    else:
        try:
            aware = parse_times(series).tz_localize(TIMEZONES[timezone], ambiguous="infer")
        except ValueError as error:
            raise InputError(
                f"{series.label}: the times do not follow the clock of {timezone} ({error})"
            ) from error
    return aware.tz_convert(CET).tz_localize(None).as_unit("ns")


def _on_steps(label: str, prices: pd.Series, calendar: Calendar) -> Floats:
    """Prices on the steps of the calendar; refuses a year with a missing step."""
    quarterly = len(prices) > calendar.hourly.steps
    source = Calendar(calendar.year, 0.25 if quarterly else 1.0)
    missing = source.times.difference(pd.DatetimeIndex(prices.index))
    if len(missing):
        raise InputError(
            f"{label}: {len(prices)} prices in {calendar.year} (CET), expected {source.steps}; "
            f"{len(missing)} are missing, the first at {missing[0]:%Y-%m-%d %H:%M}"
        )
    values = prices.reindex(source.times).to_numpy(dtype=np.float64)
    if len(values) == calendar.steps:
        return values
    if quarterly:
        return calendar.to_hours(values)
    return np.repeat(values, calendar.steps_per_hour)
