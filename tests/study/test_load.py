"""Electricity demand: standard profiles, branch shapes, exact energy and peak, meter files."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import Calendar
from parkwerk.study.series.load import (
    PROFILES,
    SHAPES,
    electricity_load,
    profile_shape,
    read_load_file,
)

QUARTERS = Calendar(2025, 0.25)
HOURS = Calendar(2025, 1.0)


@pytest.mark.parametrize(
    ("profile", "peak", "full_load_hours"),
    [("G25", 136, 3669), ("L25", 120, 4162), ("g1", 243, 2055), ("g3", 77, 6480)],
)
def test_reference_values(profile: str, peak: float, full_load_hours: float) -> None:
    """Proves: 500,000 kWh/a in 2025 give the peaks of the domain page data-sources, 2.2.

    Broken: without Hamburg's holidays G25 has 134 kW. (24 and 31 December count as Saturdays
    here, which moves G25 by 0.3 %.)
    """
    power = profile_shape(QUARTERS, profile) * 500_000 / 8760
    assert power.max() == pytest.approx(peak, abs=0.7)
    assert 500_000 / power.max() == pytest.approx(full_load_hours, rel=0.004)


def test_g25_is_the_profile_of_demandlib() -> None:
    """Proves: in winter (no daylight saving) our table look-up equals demandlib's own class.

    Both are scaled to the same year, so the quotient is one constant. Broken (a quarter hour or
    a month off): the quotient varies by several per cent.
    """
    from demandlib.bdew import G25

    theirs = G25(
        pd.date_range("2025-01-01", periods=35040, freq="15min"), holidays=list(QUARTERS.holidays)
    )
    winter = np.asarray(QUARTERS.times.month <= 2)
    quotient = profile_shape(QUARTERS, "G25")[winter] / theirs.to_numpy()[winter]
    assert np.ptp(quotient) < 1e-9


@pytest.mark.parametrize("profile", list(PROFILES))
def test_shapes_have_mean_one(profile: str) -> None:
    """Proves: each profile is positive with mean 1, and hours are means of its quarters."""
    quarters, hours = profile_shape(QUARTERS, profile), profile_shape(HOURS, profile)
    assert quarters.mean() == pytest.approx(1.0)
    assert quarters.min() > 0
    assert hours == pytest.approx(quarters.reshape(-1, 4).mean(axis=1))


def test_profiles_follow_the_clock_of_the_street() -> None:
    """Proves: g1 starts work at the same local hour in summer and winter.

    The steepest morning rise on working days lies at one local time; in CET it is an hour earlier
    in summer. Broken (profile in CET all year): both CET hours are equal.
    """
    shape = profile_shape(HOURS, "g1")
    working = HOURS.day_type == "working_day"

    def rise(month: int) -> int:
        chosen = working & np.asarray(HOURS.times.month == month)
        by_hour = pd.Series(shape[chosen]).groupby(np.asarray(HOURS.times.hour)[chosen]).mean()
        return int(by_hour.diff().loc[3:11].idxmax())

    assert rise(1) - rise(7) == 1


def test_branch_shapes_do_what_they_describe() -> None:
    """Proves: the terminal peaks at night and in the evening, the showroom by day on Saturdays.

    Broken (day types exchanged): the showroom is busy on Sundays.
    """
    local = HOURS.local_times
    working = HOURS.day_type == "working_day"
    terminal = profile_shape(HOURS, "groupage_terminal")
    at = {h: terminal[working & np.asarray(local.hour == h)].mean() for h in (4, 11, 19)}
    assert at[4] > 2 * at[11] < at[19]
    showroom = profile_shape(HOURS, "wholesale_showroom")
    morning = np.asarray(local.hour == 10)
    saturday = showroom[morning & (HOURS.day_type == "saturday")].mean()
    assert saturday > 3 * showroom[morning & (HOURS.day_type == "sunday")].mean()


def test_shape_file_is_complete_and_labelled() -> None:
    """Proves: 24 values a day, 12 months, and the word assumption on every shape."""
    assert len(SHAPES) >= 4
    for shape in SHAPES.values():
        assert [len(shape[d]) for d in ("working_day", "saturday", "sunday")] == [24] * 3
        assert len(shape["monthly"]) == 12
        assert shape["source"] == "assumption"


@pytest.mark.parametrize("calendar", [HOURS, QUARTERS])
@pytest.mark.parametrize("peak", [250.0, 400.0, 700.0])
def test_energy_and_peak_are_exact(calendar: Calendar, peak: float) -> None:
    """Proves: 1,000,000 kWh and the peak to 1e-9, with and without an added series.

    The added series is 20 kW, 60 kW in the first half year. Broken (added series on top of the
    annual energy): 1,350,400 kWh.
    """
    added = np.where(np.arange(calendar.steps) < calendar.steps // 2, 60.0, 20.0)
    for extra in (None, added):
        load = electricity_load(calendar, "metalworking_shop", 1e6, peak, 7, extra)
        assert load.sum() * calendar.step_hours == pytest.approx(1e6, rel=1e-9)
        assert load.max() == pytest.approx(peak, rel=1e-9)
        assert (load > (0 if extra is None else extra)).all()


def test_seed_decides() -> None:
    """Proves: one seed one series, another seed another. Broken: all companies peak together."""
    one, again, other = (electricity_load(HOURS, "G25", 5e5, 170, seed) for seed in (1, 1, 2))
    assert (one == again).all()
    assert 0.9 < np.corrcoef(one, other)[0, 1] < 0.999


@pytest.mark.parametrize(
    ("annual", "peak", "added", "message"),
    [
        (1e6, 100.0, 0.0, r"company K1: a peak of 100 kW .* G25, expected \d+ to \d+ kW"),
        (1e6, 1e6, 0.0, r"a peak of 1e\+06 kW does not go with"),
        (1e6, 300.0, 200.0, "the added load takes 1752000 kWh/a, expected less than the annual"),
    ],
)
def test_refuses_what_cannot_be(annual: float, peak: float, added: float, message: str) -> None:
    """Proves: 1 GWh at 100 kW is below its mean of 114 kW; the sentence names the range."""
    extra = np.full(8760, added)
    with pytest.raises(InputError, match=message):
        electricity_load(HOURS, "G25", annual, peak, 1, extra, company="K1")


def test_refuses_an_unknown_profile() -> None:
    """Proves: the known names are listed."""
    with pytest.raises(InputError, match="`G99` is unknown, expected one of G25, L25, g0"):
        profile_shape(HOURS, "G99")


def test_warnings_of_the_process_stay_warnings() -> None:
    """Proves the trap of data-sources 2.1: the 1999 table is read without demandlib's ElecSlp.

    Broken: the class leaves an `error` filter behind and the next warning is raised.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        before = list(warnings.filters)
        profile_shape(HOURS, "g1")
        assert list(warnings.filters) == before
    assert not caught


def _file(folder: Path, rows: list[str], header: str = "time,load_kw") -> Path:
    path = folder / "meter.csv"
    path.write_text("\n".join(["# a comment", header, *rows]) + "\n")
    return path


def _rows() -> list[str]:
    return [f"{time:%Y-%m-%d %H:%M},{5 + i % 7}.5" for i, time in enumerate(HOURS.times)]


def test_reads_a_meter_file(tmp_path: Path) -> None:
    """Proves: values arrive in order."""
    load = read_load_file(_file(tmp_path, _rows()), HOURS, "K1")
    assert load[:8].tolist() == [5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5, 5.5]


def test_leaves_out_a_leap_day(tmp_path: Path) -> None:
    """Proves: a file of 8,784 hours of 2024 fits the calendar. Broken: March shifts by a day."""
    times = pd.date_range("2024-01-01", periods=8784, freq="h")
    rows = [f"{time:%Y-%m-%d %H:%M},{time.month * 100 + time.day}" for time in times]
    calendar = Calendar(2024)
    load = read_load_file(_file(tmp_path, rows), calendar, "K1")
    assert (load == calendar.times.month * 100 + calendar.times.day).all()


@pytest.mark.parametrize(
    ("row", "text", "message"),
    [
        (9, "2025-01-01 09:00,-1", "row 12: load_kw is -1, expected 0 or more"),
        (9, "2025-01-01 09:00,12,5", "row 12: 3 fields, expected 2"),
        (9, '2025-01-01 09:00,"12,5"', "row 12: load_kw is `12,5`, expected a number with a point"),
        (9, "2025-01-01 09:00,", "row 12: load_kw is ``, expected a number"),
        (9, "2025-01-01 09:00,nan", "row 12: load_kw is `nan`, expected a number"),
        (9, "2025-01-01 08:00,3", "row 12: the time is 2025-01-01 08:00, expected 2025-01-01 09"),
        (9, "01.01.2025 09:00,3", "row 12: the time is `01.01.2025 09:00`, expected for example"),
        (9, "2025-01-01 09:00+01:00,3", "row 12: the time .* carries an offset, expected none"),
        (9, "2025-01-01 09:00,450000", r"row 12: load_kw is 450000, .*\(is the file in W\?\)"),
        (9, None, "row 12: the time is 2025-01-01 10:00, expected 2025-01-01 09:00"),
        (8759, None, "8759 rows, expected 8760"),
    ],
)
def test_names_file_row_and_company(
    tmp_path: Path, row: int, text: str | None, message: str
) -> None:
    """Proves: each mistake is named with its row: comment 1, header 2, so value 0 is row 3.

    Broken: a decimal comma read as a separator turns 12,5 kW into 12 kW.
    """
    rows = _rows()
    rows[row : row + 1] = [] if text is None else [text]
    with pytest.raises(InputError, match=rf"meter\.csv \(company K1\).*{message}"):
        read_load_file(_file(tmp_path, rows), HOURS, "K1")


@pytest.mark.parametrize("header", ["time;load_kw", "time,load", ""])
def test_refuses_another_header(tmp_path: Path, header: str) -> None:
    """Proves: the expected header is spelled out, a semicolon is not guessed."""
    with pytest.raises(InputError, match="the header must read `time,load_kw`"):
        read_load_file(_file(tmp_path, [], header), HOURS, "K1")


def test_refuses_a_missing_file() -> None:
    """Proves: no stack trace of the operating system."""
    with pytest.raises(InputError, match=r"nowhere\.csv \(company K1\): the file cannot be read"):
        read_load_file("nowhere.csv", HOURS, "K1")
