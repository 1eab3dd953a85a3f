"""Weather files of the user's: what is read of them, and what every fault says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import HOURS, Calendar
from parkwerk.study.series.try_file import geographic
from parkwerk.study.series.weather import read_weather
from parkwerk.study.series.weather_file import read_weather_file
from study.weather_files import (
    TRY_ROWS,
    high_sun,
    write_epw,
    write_pvgis_hourly,
    write_pvgis_typical,
    write_try,
)

#: A temperature by which every hour can be told: 0 to 20 degC in steps of 0.1.
COUNTED = np.arange(HOURS) % 201 / 10


@pytest.mark.parametrize(
    ("east", "north", "latitude", "longitude"),
    [(4_000_500, 2_964_500, 53.5299, 10.0078), (4_201_500, 2_846_500, 52.3938, 13.0651)],
)
def test_place_of_the_metres_of_the_dwd(
    east: float, north: float, latitude: float, longitude: float
) -> None:
    """Proves: metres become the degrees that stand in the names of the DWD's own files.

    Hamburg's is TRY2045_535299100078, Potsdam's TRY2015_523938130651. On a sphere instead of the
    ellipsoid Potsdam would lie 0.007 degrees further east.
    """
    assert geographic(east, north) == pytest.approx((latitude, longitude), abs=5e-5)


def test_a_test_reference_year_is_read(tmp_path: Path) -> None:
    """Proves: the header tells kind, period, place and edition, and hour 1 is the first hour.

    Broken (HH taken for the start of the hour): 1.0 would be 0.0.
    """
    year = read_weather_file(write_try(tmp_path / "hot.dat", COUNTED))
    assert year.source == "DWD test reference year, extreme summer, 2031-2060"
    assert (year.latitude, year.longitude) == pytest.approx((53.5299, 10.0078), abs=5e-5)
    assert (year.altitude, year.centre_min) == (5.0, 30.0)
    assert year.columns["temperature"] == pytest.approx(COUNTED)
    assert year.columns["beam_horizontal"] == pytest.approx(500 * high_sun(2025, 1, 30), abs=0.51)
    assert year.columns["wind_speed"] == pytest.approx(np.full(HOURS, 3.0))


def test_quarter_hours_of_a_test_reference_year(tmp_path: Path) -> None:
    """Proves: quarters keep each day's energy, and follow the sun to 5 W/m2.

    Broken (centre of the TRY of 2010): quarters of the morning would be 41 W/m2 off.
    """
    year = read_weather_file(write_try(tmp_path / "hot.dat"))
    fine = read_weather(Calendar(2025, 0.25), year)
    beam = fine["beam_horizontal"].to_numpy()
    days = beam.reshape(365, 96).sum(axis=1) / 4
    assert days == pytest.approx(
        year.columns["beam_horizontal"].reshape(365, 24).sum(axis=1), abs=5.0
    )
    clear = 500 * np.maximum(np.cos(np.radians(fine["solar_zenith"].to_numpy())), 0)
    june = slice(96 * 170, 96 * 171)
    assert beam[june] == pytest.approx(clear[june], abs=5.0)


def test_an_epw_in_utc_is_moved_to_cet(tmp_path: Path) -> None:
    """Proves: the hour 0 to 1 in UTC is that of 1 to 2 in CET; in CET nothing moves."""
    here = read_weather_file(write_epw(tmp_path / "here.epw", 1, COUNTED))
    utc = read_weather_file(write_epw(tmp_path / "utc.epw", 0, COUNTED))
    assert here.columns["temperature"] == pytest.approx(COUNTED)
    assert utc.columns["temperature"] == pytest.approx(np.roll(COUNTED, 1))
    assert utc.columns["beam_horizontal"][24:48] == pytest.approx(
        here.columns["beam_horizontal"][24:48], abs=0.2
    )
    assert here.source == "EPW, Hamburg, a test"


def test_a_year_of_pvgis(tmp_path: Path) -> None:
    """Proves: UTC becomes CET, 29 February is left out, and the minute is the centre.

    1 March 0:10 UTC is row 60·24 of a leap year, and the hour 1 to 2 of 1 March in CET. On quarter
    hours the sun stays where it was.
    """
    warm = np.arange(8784) % 201 / 10
    year = read_weather_file(write_pvgis_hourly(tmp_path / "pvgis.csv", warm))
    assert year.columns["temperature"][59 * 24 + 1] == pytest.approx(warm[60 * 24])
    assert year.centre_min == 10
    assert year.source == "PVGIS (c) European Union, 2020, PVGIS-SARAH3"
    fine = read_weather(Calendar(2025, 0.25), year)
    clear = 500 * np.maximum(np.cos(np.radians(fine["solar_zenith"].to_numpy())), 0)
    june = slice(96 * 170, 96 * 171)
    assert fine["beam_horizontal"].to_numpy()[june] == pytest.approx(clear[june], abs=10.0)


def test_a_typical_year_of_pvgis(tmp_path: Path) -> None:
    """Proves: beam is global less diffuse radiation, and the offset in hours is the centre."""
    year = read_weather_file(write_pvgis_typical(tmp_path / "tmy.csv", COUNTED))
    assert year.centre_min == pytest.approx(10.0, abs=0.01)
    assert year.columns["temperature"] == pytest.approx(np.roll(COUNTED, 1))
    beam, diffuse = year.columns["beam_horizontal"], year.columns["diffuse_horizontal"]
    assert beam == pytest.approx(5 * diffuse, abs=0.05)


def cells(row: int, change: Callable[[str], str]) -> Callable[[list[str]], list[str]]:
    """A fault that changes one row of the file, counted from 1."""
    return lambda lines: [*lines[: row - 1], change(lines[row - 1]), *lines[row:]]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            cells(TRY_ROWS - 1, lambda line: line.replace("WG", "XX")),
            f"row {TRY_ROWS - 1}: column WG is missing",
        ),
        (lambda lines: lines[:-1], "8759 rows of data, expected 8760"),
        (
            lambda lines: [*lines[:100], *lines[101:]],
            "row 101: the hour that begins at 12:00 on 4.1., expected that at 11:00 on 4.1.",
        ),
        (
            cells(100, lambda line: line.replace(" 10.0 ", "  nan ")),
            "row 100: column t has no number",
        ),
        (
            cells(101, lambda line: line.replace(" 10.0 ", " 99.9 ")),
            "row 101: outdoor air temperature is 99.9, expected -45 to 50 degC",
        ),
        (
            cells(TRY_ROWS + 3, lambda line: line.replace("  0    0 329", "-10    0 329")),
            f"row {TRY_ROWS + 3}: beam irradiance on the horizontal is -10, expected 0 to 1400",
        ),
        (
            lambda lines: [line for line in lines if not line.startswith("Hochwert")],
            "does not say where the weather is, expected Rechtswert and Hochwert",
        ),
        (
            cells(TRY_ROWS - 1, lambda line: line.replace("RW", "R ")),
            "expected the column RW (TRY of 2015 and 2045) or RG",
        ),
        (lambda lines: lines[TRY_ROWS:], "row 1: expected a TRY file of the DWD"),
    ],
)
def test_a_wrong_test_reference_year_is_refused(
    tmp_path: Path, fault: Callable[[list[str]], list[str]], message: str
) -> None:
    """Proves: one sentence names the file, the row where there is one, and what was expected."""
    lines = write_try(tmp_path / "hot.dat").read_text().splitlines()
    (tmp_path / "hot.dat").write_text("\n".join(fault(lines)))
    with pytest.raises(InputError) as caught:
        read_weather_file(tmp_path / "hot.dat")
    assert str(caught.value).startswith(str(tmp_path / "hot.dat"))
    assert message in str(caught.value)


def test_hours_of_another_time_zone_are_refused(tmp_path: Path) -> None:
    """Proves: a TRY with the hours of UTC does not pass for CET; its sun is that of an hour later.

    Half an hour, by which conventions differ, would pass.
    """
    path = write_try(tmp_path / "utc.dat", utc_shift=0)
    with pytest.raises(InputError, match=r"utc\.dat: the radiation follows the sun of 1 h later"):
        read_weather_file(path)


def test_the_epw_of_pvgis_is_refused(tmp_path: Path) -> None:
    """Proves: an EPW that states the zone 1 but holds UTC is seen, as those of PVGIS do.

    Its value of the first row is that of 0:10 UTC, where 23:30 UTC of the day before is stated.
    """
    path = write_epw(tmp_path / "pvgis.epw", 1, COUNTED, high_sun(2025, 0, 10))
    with pytest.raises(InputError, match=r"pvgis\.epw: the radiation follows the sun of 1 h later"):
        read_weather_file(path)


def test_radiation_in_another_unit_is_refused(tmp_path: Path) -> None:
    """Proves: J/cm2 (0.36 of the numbers in W/m2) are seen by the yearly sum."""
    path = write_epw(tmp_path / "joule.epw", 1, COUNTED)
    lines = path.read_text().splitlines()
    rows = [line.split(",") for line in lines[8:]]
    for row in rows:
        row[13], row[15] = f"{0.36 * float(row[13]):.2f}", f"{0.36 * float(row[15]):.2f}"
    path.write_text("\n".join([*lines[:8], *(",".join(row) for row in rows)]))
    with pytest.raises(InputError, match=r"kWh/m2 of radiation .* expected 500 to 2000"):
        read_weather_file(path)


def test_a_mark_for_a_missing_value_is_refused(tmp_path: Path) -> None:
    """Proves: 9999 in an EPW is no radiation; the row counts from the first row of the file."""
    path = write_epw(tmp_path / "gap.epw", 1, COUNTED)
    lines = path.read_text().splitlines()
    fields = lines[19].split(",")
    fields[13] = fields[15] = "9999"
    path.write_text("\n".join([*lines[:19], ",".join(fields), *lines[20:]]))
    with pytest.raises(InputError, match=r"gap\.epw, row 20: diffuse irradiance .* is 9999"):
        read_weather_file(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Slope: 0 deg", "Slope: 30 deg", "a plane with the slope `30`, expected 0 deg"),
        ("Gb(i),Gd(i)", "G(i),X", "row 8: the columns Gb(i) and Gd(i) are missing"),
        ("20201231:2310", "20210101:0010", "row 8792: the year 2021 begins after 2020"),
        ("20200101:0310,0.00", "20200101:0310,none", "expected a CSV of PVGIS, but it cannot"),
        ("time,", "hour,", "no row of column names that begins with `time`"),
    ],
)
def test_a_wrong_file_of_pvgis_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    """Proves: a tilted plane, lost components, a second year and no number are one sentence."""
    path = write_pvgis_hourly(tmp_path / "pvgis.csv", np.full(8784, 8.0))
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(InputError) as caught:
        read_weather_file(path)
    assert message in str(caught.value)


def test_a_format_that_the_file_has_not(tmp_path: Path) -> None:
    """Proves: a TRY called an EPW is one sentence, and so is an EPW without rows."""
    path = write_try(tmp_path / "hot.dat")
    with pytest.raises(InputError, match=r"hot\.dat: expected an EPW file, but it cannot be read"):
        read_weather_file(path, "epw")
    empty = tmp_path / "empty.epw"
    empty.write_text("\n".join(["LOCATION,Hamburg,-,DEU,a,1,53.5,10.0,1.0,5.0", *["HEAD,0"] * 7]))
    with pytest.raises(InputError, match=r"empty\.epw: (no rows of data, )?expected an EPW file"):
        read_weather_file(empty)
