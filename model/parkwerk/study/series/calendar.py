"""The year of a study: its steps in Central European Time, wall-clock time and day types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parkwerk.errors import InputError

Floats = NDArray[np.float64]

HOURS = 8760
STEPS = (1.0, 0.25)
WORKING_DAY, SATURDAY, SUNDAY = "working_day", "saturday", "sunday"


@dataclass(frozen=True)
class Calendar:
    """A model year of 8,760 hours in steps of one hour or a quarter of an hour.

    The 29 February of a leap year is left out, so that every year has the same number of steps
    and fits a test reference year.

    Parameters
    ----------
    year
        Calendar year; it decides weekdays, holidays and the change of the clock.
    step_hours
        Length of a step [h], 1.0 or 0.25.

    Raises
    ------
    InputError
        For any other step and for a year outside 1990 to 2100.
    """

    year: int
    step_hours: float = 1.0

    def __post_init__(self) -> None:
        if self.step_hours not in STEPS:
            raise InputError(
                f"a step of {self.step_hours} h is not supported: expected 1.0 or 0.25 h"
            )
        if not 1990 <= self.year <= 2100:
            raise InputError(f"the year {self.year} is not supported: expected 1990 to 2100")

    @property
    def steps(self) -> int:
        """Number of steps of the year: 8,760 or 35,040."""
        return HOURS * self.steps_per_hour

    @property
    def steps_per_hour(self) -> int:
        """Number of steps of an hour: 1 or 4."""
        return round(1 / self.step_hours)

    @cached_property
    def times(self) -> pd.DatetimeIndex:
        """Start of each step, naive, in CET (UTC+1) all year."""
        index = pd.date_range(
            f"{self.year}-01-01",
            f"{self.year + 1}-01-01",
            freq=pd.Timedelta(hours=self.step_hours),
            inclusive="left",
            unit="ns",
        )
        leap_day = (index.month == 2) & (index.day == 29)
        return pd.DatetimeIndex(index[~leap_day], name="time")

    @cached_property
    def local_times(self) -> pd.DatetimeIndex:
        """Wall-clock time in Hamburg (Europe/Berlin with daylight saving) of each step, naive.

        An hour of March is missing and an hour of October appears twice, as on the clock.
        """
        utc = self.times - pd.Timedelta(hours=1)
        return utc.tz_localize("UTC").tz_convert("Europe/Berlin").tz_localize(None)

    @cached_property
    def holidays(self) -> frozenset[date]:
        """Public holidays in Hamburg, from the package `holidays`."""
        import holidays

        return frozenset(holidays.country_holidays("DE", subdiv="HH", years=self.year))

    @cached_property
    def day_type(self) -> NDArray[np.str_]:
        """Day type of each step by its local date: working_day, saturday or sunday.

        Holidays count as Sundays; 24 and 31 December count as Saturdays unless they fall on a
        Sunday. This is the rule of the standard load profiles (VDEW 1999, BDEW 2025).
        """
        local = self.local_times
        weekday = np.asarray(local.dayofweek)
        eve = np.asarray((local.month == 12) & ((local.day == 24) | (local.day == 31)))
        holiday = np.asarray(local.normalize().isin(pd.DatetimeIndex(sorted(self.holidays))))
        return np.select(
            [holiday | (weekday == 6), eve | (weekday == 5)], [SUNDAY, SATURDAY], WORKING_DAY
        )

    @cached_property
    def workday(self) -> NDArray[np.bool_]:
        """True in the steps of Monday to Friday that are no public holiday, by their local date."""
        local = self.local_times
        holiday = np.asarray(local.normalize().isin(pd.DatetimeIndex(sorted(self.holidays))))
        return np.asarray(np.asarray(local.dayofweek) < 5) & ~holiday

    @property
    def hourly(self) -> Calendar:
        """The same year in steps of one hour."""
        return Calendar(self.year, 1.0)

    def from_hours(self, values: Floats) -> Floats:
        """Bring a series of 8,760 hourly means (time,) to the steps of this calendar.

        x[h,q] = X[h] + s[h]·(q - 1.5)/4,   q = 0..3,
        s[h] = minmod(X[h+1] - X[h], X[h] - X[h-1])

        The mean of each hour is kept exactly; the ramp inside an hour follows the smaller of the
        two neighbouring slopes and is zero at a local extreme, so no quarter leaves the range of
        its neighbours. The year is closed to a ring.
        """
        if self.step_hours == 1.0:
            return values
        ahead = np.roll(values, -1) - values
        behind = np.roll(ahead, 1)
        smaller = np.where(np.abs(ahead) < np.abs(behind), ahead, behind)
        slope = np.where(ahead * behind > 0, smaller, 0.0)
        quarters: Floats = values[:, None] + slope[:, None] * (np.arange(4) - 1.5) / 4
        return quarters.reshape(-1)

    def to_hours(self, values: Floats) -> Floats:
        """Mean of every hour (8760,) of a series on the steps of this calendar."""
        hours: Floats = np.asarray(values, dtype=np.float64).reshape(HOURS, -1).mean(axis=1)
        return hours


def autocorrelated_noise(count: int, correlation_steps: float, seed: int) -> Floats:
    """Gaussian AR(1) series (count,) with mean 0 and standard deviation 1 in expectation.

    n[t] = φ·n[t-1] + √(1 - φ²)·ε[t],   φ = exp(-1/correlation_steps),   n[0] = ε[0]
    """
    shocks = np.random.default_rng(seed).standard_normal(count)
    persistence = np.exp(-1 / correlation_steps)
    shocks[1:] *= np.sqrt(1 - persistence**2)
    # A filter of scipy.signal gives the same numbers, but its import takes longer than the series.
    series = accumulate(shocks.tolist(), lambda before, shock: persistence * before + shock)
    return np.fromiter(series, dtype=np.float64, count=count)
