"""Small weather files in the formats that parkwerk reads, written by the tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pvlib.solarposition import get_solarposition

from parkwerk.study.series.calendar import Floats

#: The DWD's cell at Hamburg: 53.5299 N, 10.0078 E.
EAST, NORTH = 4_000_500, 2_964_500
LATITUDE, LONGITUDE = 53.5299, 10.0078

HEAD = """\
Koordinatensystem : Lambert konform konisch
Rechtswert        : {east} Meter
Hochwert          : {north} Meter
Hoehenlage        : 5 Meter ueber NN
Erstellung des Datensatzes im Mai 2016

Art des TRY       : extremer Sommer
Bezugszeitraum    : 2031-2060
Datenbasis 1      : Beobachtungsdaten Zeitraum 1995-2012

Reihenfolge der Parameter:
RW Rechtswert                                                    [m]       {{3670500;3671500}}
HH Stunde (MEZ)                                                            {{1..24}}


     RW      HW MM DD HH     t    p  WR   WG N    x  RF    B    D   A    E IL
***
"""
#: Rows of a TRY before its first hour.
TRY_ROWS = HEAD.count("\n")

HourLine = Callable[[pd.Timestamp, int], str]


@cache
def high_sun(year: int, utc_shift: int, centre_min: int) -> Floats:
    """Cosine of the zenith, 0 at night, at the centre of each hour of a year."""
    hours = pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="h", inclusive="left")
    centres = hours - pd.Timedelta(hours=utc_shift) + pd.Timedelta(minutes=centre_min)
    zenith = get_solarposition(centres.tz_localize("UTC"), LATITUDE, LONGITUDE)["zenith"]
    return np.maximum(np.cos(np.radians(zenith.to_numpy())), 0.0)


def write_try(
    path: Path,
    temperature: Floats | float = 10.0,
    *,
    utc_shift: int = 1,
    east: int = EAST,
    north: int = NORTH,
) -> Path:
    """A TRY of 2045 with clear sun: beam 500·cos z, diffuse 100·cos z [W/m2], wind 3 m/s."""
    sun = high_sun(2025, utc_shift, 30)
    warm = np.broadcast_to(temperature, sun.shape)
    hours = pd.date_range("2025-01-01", periods=8760, freq="h")
    rows = [
        f"{east} {north} {t.month:2d} {t.day:2d} {t.hour + 1:2d} {warm[i]:5.1f} 1007 153  3.0 8"
        f"  4.9  95 {500 * sun[i]:4.0f} {100 * sun[i]:4.0f} 329 -324  1"
        for i, t in enumerate(hours)
    ]
    path.write_text(HEAD.format(east=east, north=north) + "\n".join(rows) + "\n")
    return path


def write_epw(path: Path, zone: int, temperature: Floats, sun: Floats | None = None) -> Path:
    """An EPW in a time zone; temperatures by the hours of the file, radiation 600·cos z."""
    sun = high_sun(2025, zone, 30) if sun is None else sun
    head = [
        f"LOCATION,Hamburg,-,DEU,a test,101470,{LATITUDE},{LONGITUDE},{zone}.0,16.0",
        *["DESIGN CONDITIONS,0"] * 7,
    ]
    hours = pd.date_range("2025-01-01", periods=8760, freq="h")
    rows = [
        f"1999,{t.month},{t.day},{t.hour + 1},60,?9,{temperature[i]:.1f},1.2,94,99870,9999,9999,"
        f"283,{600 * sun[i]:.1f},0,{100 * sun[i]:.1f},0,0,0,0,257,3.0,9,9,99,99999,9,9,9,0.9,0,"
        "99,9,9,9"
        for i, t in enumerate(hours)
    ]
    path.write_text("\n".join([*head, *rows]) + "\n")
    return path


def write_pvgis_hourly(path: Path, temperature: Floats, slope: str = "0 deg. ") -> Path:
    """Hourly data of PVGIS of the leap year 2020: UTC, values of the minute 10."""
    sun = high_sun(2020, 0, 10)
    head = [
        f"Latitude (decimal degrees):\t{LATITUDE}",
        f"Longitude (decimal degrees):\t{LONGITUDE}",
        "Elevation (m):\t5",
        "Radiation database:\tPVGIS-SARAH3",
        "",
        f"Slope: {slope}",
        "Azimuth: 0 deg. ",
        "time,Gb(i),Gd(i),Gr(i),H_sun,T2m,WS10m,Int",
    ]
    hours = pd.date_range("2020-01-01", periods=8784, freq="h")
    rows = [
        f"{t:%Y%m%d:%H}10,{500 * sun[i]:.2f},{100 * sun[i]:.2f},0.0,0.0,{temperature[i]:.2f},3,0"
        for i, t in enumerate(hours)
    ]
    path.write_text("\n".join([*head, *rows, "", "T2m: 2-m air temperature (degree Celsius)"]))
    return path


def write_pvgis_typical(path: Path, temperature: Floats) -> Path:
    """A typical year of PVGIS: UTC, months of several years, values 0.1667 h after the stamp."""
    sun = high_sun(2025, 0, 10)
    head = [
        f"Latitude (decimal degrees): {LATITUDE}",
        f"Longitude (decimal degrees): {LONGITUDE}",
        "Elevation (m): 5.0",
        "Irradiance Time Offset (h): 0.1667",
        "month,year",
        *(f"{month},{2005 + month}" for month in range(1, 13)),
        "time(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP",
    ]
    hours = pd.date_range("2025-01-01", periods=8760, freq="h")
    rows = [
        f"{2005 + t.month}{t:%m%d:%H}00,{temperature[i]:.2f},94,{600 * sun[i]:.2f},0,"
        f"{100 * sun[i]:.2f},283,3.0,257,99870"
        for i, t in enumerate(hours)
    ]
    path.write_text("\n".join([*head, *rows, "", "T2m: 2-m air temperature"]))
    return path
