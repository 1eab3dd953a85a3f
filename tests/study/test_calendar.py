"""The year: steps, wall clock, day types, and hourly means on quarter hours."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import Calendar, autocorrelated_noise


@pytest.mark.parametrize("year", [2024, 2025])
@pytest.mark.parametrize(("step", "steps"), [(1.0, 8760), (0.25, 35040)])
def test_every_year_has_as_many_steps(year: int, step: float, steps: int) -> None:
    """Proves: a leap year drops 29 February. Broken: 2024 has 8,784 or 35,136 steps."""
    calendar = Calendar(year, step)
    assert calendar.steps == len(calendar.times) == len(calendar.local_times) == steps
    assert calendar.times[-1] == pd.Timestamp(f"{year + 1}-01-01") - pd.Timedelta(hours=step)
    assert not ((calendar.times.month == 2) & (calendar.times.day == 29)).any()


def test_working_days_of_2025() -> None:
    """Proves: 261 weekdays of 2025 less Hamburg's 10 holidays, all of them weekdays, are 251.

    31 October, a Friday, is one of them; by the holidays of Germany as a whole it would be 252.
    """
    calendar = Calendar(2025)
    days = pd.Series(calendar.workday, index=calendar.local_times.normalize()).groupby(level=0)
    assert int(days.first().sum()) == 251
    assert not days.first()["2025-10-31"]


def test_the_wall_clock_changes_twice() -> None:
    """Proves: daylight saving 2025 lasts from 30 March 02:00 CET to 26 October 02:00 CET.

    Broken (no daylight saving): no step of the 5,040 in between differs from CET.
    """
    calendar = Calendar(2025)
    clock = pd.Series(calendar.local_times, index=calendar.times)
    assert clock["2025-03-30 01:00"] == pd.Timestamp("2025-03-30 01:00")
    assert clock["2025-03-30 02:00"] == pd.Timestamp("2025-03-30 03:00")
    assert clock["2025-07-01 12:00"] == pd.Timestamp("2025-07-01 13:00")
    assert (
        clock["2025-10-26 01:00"] == clock["2025-10-26 02:00"] == pd.Timestamp("2025-10-26 02:00")
    )
    assert (calendar.local_times != calendar.times).sum() == 210 * 24  # 30 March to 26 October


def test_hamburg_has_ten_holidays() -> None:
    """Proves: Hamburg counts Reformation Day. Broken (federal list): 9 holidays."""
    holidays = Calendar(2025).holidays
    assert len(holidays) == 10
    assert date(2025, 10, 31) in holidays


def test_day_types_follow_the_load_profiles() -> None:
    """Proves: by hand for 2025, 104 weekend days, 9 holidays Monday to Friday, two eves.

    3 October is a Friday, 31 October a Friday, 25 and 26 December Thursday and Friday, 1 January
    a Wednesday, Easter two, 1 May, Ascension, Whit Monday: 10 holidays, none on a weekend. 52
    Sundays + 10 = 62; 52 Saturdays + 24 and 31 December (Wednesdays) = 54; the rest is 249.
    Broken (without the eves): 251 working days.
    """
    calendar = Calendar(2025)
    by_day = pd.Series(calendar.day_type, index=calendar.local_times).groupby(
        calendar.local_times.normalize()
    )
    assert (by_day.nunique() == 1).all()
    assert by_day.first().value_counts().to_dict() == {
        "working_day": 249,
        "sunday": 62,
        "saturday": 54,
    }


def test_day_types_change_at_local_midnight() -> None:
    """Proves: in summer Sunday begins at 23:00 CET. Broken: at 00:00 CET."""
    calendar = Calendar(2025)
    types = pd.Series(calendar.day_type, index=calendar.times)
    assert types["2025-07-05 22:00"] == "saturday"
    assert types["2025-07-05 23:00"] == "sunday"


def test_quarter_hours_keep_the_hour_and_its_order() -> None:
    """Proves: hourly means stay, a rise of 4 per hour gives steps of 1, a peak stays flat.

    Values 0, 4, 8, 2, 0, 0 ...: the hour with 4 lies on a rise of 4, so its quarters are
    4 + 4·(-1.5, -0.5, 0.5, 1.5)/4 = 2.5, 3.5, 4.5, 5.5; the 8 is a peak and stays. Broken
    (interpolation between midpoints): the mean of the peak hour falls below 8.
    """
    calendar = Calendar(2025, 0.25)
    hourly = np.zeros(8760)
    hourly[101:104] = [4.0, 8.0, 2.0]
    quarters = calendar.from_hours(hourly)
    assert quarters[404:408] == pytest.approx([2.5, 3.5, 4.5, 5.5])
    assert quarters[408:412] == pytest.approx([8.0] * 4)
    random = np.random.default_rng(0).normal(size=8760)
    assert calendar.to_hours(calendar.from_hours(random)) == pytest.approx(random, abs=1e-12)
    assert Calendar(2025).from_hours(random) is random


def test_noise_has_its_memory() -> None:
    """Proves: unit variance, lag correlation exp(-1/5) = 0.819, same seed same series.

    Broken (variance not corrected for persistence): the deviation is 1/√(1-0.67) = 1.74.
    """
    noise = autocorrelated_noise(200_000, 5.0, seed=3)
    assert noise.std() == pytest.approx(1.0, abs=0.03)
    assert np.corrcoef(noise[1:], noise[:-1])[0, 1] == pytest.approx(np.exp(-0.2), abs=0.01)
    assert (noise[:9] == autocorrelated_noise(200_000, 5.0, seed=3)[:9]).all()


@pytest.mark.parametrize(("year", "step"), [(2025, 0.5), (25, 1.0)])
def test_refuses_other_steps_and_years(year: int, step: float) -> None:
    """Proves: the sentence says what is expected. Broken: a half-hour year of 17,520 steps."""
    with pytest.raises(InputError, match="not supported: expected"):
        Calendar(year, step)
