"""Electricity demand of a company: from a profile or from a meter file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import (
    SATURDAY,
    SUNDAY,
    WORKING_DAY,
    Calendar,
    Floats,
    autocorrelated_noise,
)
from parkwerk.study.series.series_file import leap_day, parse_times, read_series

BDEW_2025 = {
    "G25": "BDEW 2025, trade and business in general",
    "L25": "BDEW 2025, farms",
}
VDEW_1999 = {
    "g0": "VDEW 1999, business in general",
    "g1": "VDEW 1999, business on working days 8 to 18 h",
    "g2": "VDEW 1999, business with strong evening use",
    "g3": "VDEW 1999, business around the clock, cold stores",
    "g4": "VDEW 1999, shops",
    "g5": "VDEW 1999, bakeries",
    "g6": "VDEW 1999, weekend business",
}
DAY_TYPES = {WORKING_DAY: "WT", SATURDAY: "SA", SUNDAY: "FT"}
#: Range of the exponent that bends a profile to its peak; beyond, the shape is no longer its own.
BEND = (0.1, 8.0)
LARGEST_LOAD = 100_000.0  # kW


def _read_shapes() -> dict[str, Any]:
    """The file load_shapes.yaml."""
    text = (files("parkwerk.study.series") / "data" / "load_shapes.yaml").read_text("utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


_FILE = _read_shapes()
SHAPES: dict[str, dict[str, Any]] = _FILE["shapes"]
NOISE: dict[str, Any] = _FILE["noise"]
#: Names of all profiles with a description of each.
PROFILES: dict[str, str] = {
    **BDEW_2025,
    **VDEW_1999,
    **{name: f"{shape['description']} ({shape['source']})" for name, shape in SHAPES.items()},
}


def electricity_load(
    calendar: Calendar,
    profile: str,
    annual_kwh: float,
    peak_kw: float,
    seed: int,
    added: Floats | None = None,
    company: str = "",
) -> Floats:
    """Electricity demand (time,) [kW] with exactly the given annual energy and peak.

    P[t] = s·(x[t]·exp(σ·n[t]))^γ + a[t],   Σ P·Δt = annual_kwh,   max P = peak_kw

    x is the profile in local time, n a seeded AR(1) series (σ and correlation time are
    assumptions, data/load_shapes.yaml), a the series `added`. For each γ the energy fixes s; the
    peak then fixes γ. The power of the profile stays in its order: γ > 1 sharpens, γ < 1 flattens.

    Parameters
    ----------
    profile
        One of :data:`PROFILES`.
    annual_kwh, peak_kw
        Of the whole demand, including `added`.
    added
        A series with a course of its own (time,) [kW], such as refrigeration.
    company
        Named in errors.

    Raises
    ------
    InputError
        For an unknown profile, and for an energy and a peak that the profile cannot meet
        together; the sentence names the range of peaks that it can.
    """
    from scipy.optimize import brentq

    who = f"company {company}: " if company else ""
    extra = np.zeros(calendar.steps) if added is None else np.asarray(added, dtype=np.float64)
    own_kwh = annual_kwh - float(extra.sum()) * calendar.step_hours
    if own_kwh <= 0:
        raise InputError(
            f"{who}the added load takes {annual_kwh - own_kwh:.0f} kWh/a, expected less than the "
            f"annual {annual_kwh:.0f} kWh"
        )
    shape = _noisy(calendar, profile_shape(calendar, profile), seed)

    def load(bend: float) -> Floats:
        bent = shape**bend
        return np.asarray(bent * (own_kwh / (bent.sum() * calendar.step_hours)) + extra)

    smallest, largest = (float(load(bend).max()) for bend in BEND)
    if not smallest <= peak_kw <= largest:
        raise InputError(
            f"{who}a peak of {peak_kw:g} kW does not go with {annual_kwh:g} kWh/a and the profile "
            f"{profile}, expected {smallest:.0f} to {largest:.0f} kW"
        )
    bend = brentq(lambda bend: float(load(bend).max()) - peak_kw, *BEND, xtol=1e-14, rtol=1e-15)
    return load(bend)


@cache
def profile_shape(calendar: Calendar, profile: str) -> Floats:
    """Power of a profile relative to its annual mean (time,), by local time and day type.

    Hourly values are means of the four quarter hours. Many companies share a profile: each is made
    once, and cannot be written to.

    Raises
    ------
    InputError
        For an unknown profile.
    """
    quarters = Calendar(calendar.year, 0.25)
    if profile in BDEW_2025:
        power = _bdew_2025(quarters, profile)
    elif profile in VDEW_1999:
        power = _vdew_1999(quarters, profile)
    elif profile in SHAPES:
        power = _own_shape(quarters, SHAPES[profile])
    else:
        raise InputError(
            f"the load profile `{profile}` is unknown, expected one of {', '.join(PROFILES)}"
        )
    power = power / power.mean()
    shape = power if calendar.step_hours < 1.0 else calendar.to_hours(power)
    shape.flags.writeable = False
    return shape


def _quarter_of_day(calendar: Calendar) -> np.ndarray:
    local = calendar.local_times
    return np.asarray(local.hour * 4 + local.minute // 15)


def _bdew_2025(calendar: Calendar, profile: str) -> Floats:
    """Table of quarter hour x (month, day type) from demandlib, in order January to December."""
    path = files("demandlib") / "bdew" / "bdew_data" / f"{profile.lower()}.csv"
    with path.open(encoding="utf-8") as file:
        table = pd.read_csv(file, header=[0, 1], index_col=0)
    kinds = list(table.columns.get_level_values(1)[:3])
    kind = np.select(
        [calendar.day_type == name for name in DAY_TYPES],
        [kinds.index(code) for code in DAY_TYPES.values()],
    )
    column = (np.asarray(calendar.local_times.month) - 1) * 3 + kind
    return np.asarray(table.to_numpy(dtype=np.float64)[_quarter_of_day(calendar), column])


def _vdew_1999(calendar: Calendar, profile: str) -> Floats:
    """Table of season x weekday x quarter hour from demandlib.

    Summer 15 May to 14 September, winter 1 November to 20 March, transition between. The class
    `ElecSlp` of demandlib turns warnings of the whole process into errors, hence the table.
    """
    path = files("demandlib") / "bdew" / "bdew_data" / "selp_series.csv"
    with path.open(encoding="utf-8") as file:
        table = pd.read_csv(file, usecols=["period", "weekday", profile])
    blocks = {
        key: block[profile].to_numpy(dtype=np.float64)
        for key, block in table.groupby(["period", "weekday"])
    }
    seasons, weekdays = ("summer", "winter", "transition"), (1, 6, 7)
    cube = np.array([[blocks[season, day] for day in weekdays] for season in seasons])
    local = calendar.local_times
    date = np.asarray(local.month * 100 + local.day)
    season = np.select([(date >= 515) & (date <= 914), (date >= 1101) | (date <= 320)], [0, 1], 2)
    kind = np.select([calendar.day_type == name for name in DAY_TYPES], [0, 1, 2])
    return np.asarray(cube[season, kind, _quarter_of_day(calendar)])


def _own_shape(calendar: Calendar, shape: dict[str, Any]) -> Floats:
    """Monthly factor times the daily shape, linear between the midpoints of the hours."""
    midpoints = (np.arange(96) + 0.5) / 4
    days = np.array(
        [np.interp(midpoints, np.arange(24) + 0.5, shape[name], period=24) for name in DAY_TYPES]
    )
    kind = np.select([calendar.day_type == name for name in DAY_TYPES], [0, 1, 2])
    month = np.asarray(shape["monthly"], dtype=np.float64)[calendar.local_times.month - 1]
    return np.asarray(days[kind, _quarter_of_day(calendar)] * month)


def _noisy(calendar: Calendar, shape: Floats, seed: int) -> Floats:
    """The shape times exp(σ·n), relative to its mean."""
    steps = NOISE["correlation_hours"] / calendar.step_hours
    noisy = shape * np.exp(NOISE["std"] * autocorrelated_noise(calendar.steps, steps, seed))
    return np.asarray(noisy / noisy.mean())


def read_load_file(path: Path | str, calendar: Calendar, company: str) -> Floats:
    """Measured electricity demand (time,) [kW] from a CSV file.

    Header `time,load_kw`; one row for each step of the calendar, `time` being its start in CET
    (UTC+1, no daylight saving). A 29 February is left out, as in the calendar.

    Raises
    ------
    InputError
        Naming file, company and row: missing file, wrong header or decimal sign, gap, repeated
        or unordered time, wrong number of rows, negative or implausibly large load.
    """
    series = read_series(path, "load_kw", company)
    times = parse_times(series)
    kept = np.flatnonzero(~leap_day(times))
    expected = calendar.times
    common = min(len(kept), len(expected))
    differs = np.asarray(times[kept[:common]] != expected[:common])
    if differs.any():
        place = int(differs.argmax())
        raise series.refuse(
            int(kept[place]),
            f"the time is {times[kept[place]]:%Y-%m-%d %H:%M}, expected "
            f"{expected[place]:%Y-%m-%d %H:%M} (steps of {calendar.step_hours:g} h in CET, "
            "UTC+1 all year, without gap)",
        )
    if len(kept) != len(expected):
        raise InputError(
            f"{series.label}: {len(kept)} rows, expected {len(expected)} (steps of "
            f"{calendar.step_hours:g} h in {calendar.year}, without 29 February)"
        )
    if (series.values < 0).any():
        place = int((series.values < 0).argmax())
        raise series.refuse(place, f"load_kw is {series.values[place]:g}, expected 0 or more")
    if series.values.max() > LARGEST_LOAD:
        place = int(series.values.argmax())
        raise series.refuse(
            place,
            f"load_kw is {series.values[place]:g}, expected at most {LARGEST_LOAD:g} kW "
            "(is the file in W?)",
        )
    return np.asarray(series.values[kept])
