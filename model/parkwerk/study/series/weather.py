"""Weather of a study: a test reference year of the Deutscher Wetterdienst (DWD)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import HOURS, Calendar, Floats

COLUMNS = {
    "B": ("beam_horizontal", "W/m2", "beam irradiance on the horizontal"),
    "D": ("diffuse_horizontal", "W/m2", "diffuse irradiance on the horizontal"),
    "t": ("temperature", "degC", "outdoor air temperature"),
    "WG": ("wind_speed", "m/s", "wind speed 10 m above ground"),
}
#: Below this cosine of the zenith the beam-to-cosine ratio is not formed (data-sources, 7.1).
LOW_SUN = 0.02


@dataclass(frozen=True)
class ReferenceYear:
    """A TRY file and what its numbers do not say.

    `centre_min` is the centre of an hourly irradiance value in minutes after the start of its
    row. In the TRY of 2010 the radiation is centred on the label HH, 60 min after the start of
    the row; in those of 2015 and 2045 half an hour before it. (Measured against the position of
    the sun; with a wrong centre an east roof changes places with a west roof.)
    """

    path: Path
    latitude: float
    longitude: float
    altitude: float
    centre_min: float
    source: str


def hamburg_2010() -> ReferenceYear:
    """TRY 2010 of region 3, station Hamburg-Fuhlsbüttel (WMO 10147), years 1988 to 2007.

    Read from the installed package demandlib, not copied into this project.
    """
    path = Path(str(files("demandlib"))) / "vdi" / "resources_weather" / "TRY2010_03_Jahr.dat"
    source = "Deutscher Wetterdienst, TRY 2010 region 3 Hamburg, via demandlib"
    return ReferenceYear(path, 53 + 38 / 60, 10.0, 13.0, 60.0, source)


@lru_cache(maxsize=2)
def weather_of(calendar: Calendar) -> xr.Dataset:
    """The weather of all studies, read once; to read only."""
    return read_weather(calendar)


def read_weather(calendar: Calendar, file: ReferenceYear | None = None) -> xr.Dataset:
    """Weather on the steps of the calendar.

    Returns
    -------
    xr.Dataset
        On `time`: beam_horizontal, diffuse_horizontal [W/m2], temperature [degC], wind_speed
        [m/s], solar_zenith, solar_azimuth [deg] of the sun at the centre of the value.
        Attributes: latitude, longitude, altitude, centre_min (of the values as returned), source.

    Notes
    -----
    Hourly to quarter-hourly: B[q] = r[q]·cos z[q], where r is the ratio of the hourly irradiance
    to the mean cosine of the zenith over the hour around its centre, interpolated linearly; each
    day is rescaled to its energy. Temperature and wind are interpolated linearly.

    Raises
    ------
    InputError
        When the file is missing, has no TRY header, lacks a column or has not 8,760 rows.
    """
    file = file or hamburg_2010()
    if file.centre_min % 15:
        raise InputError(
            f"{file.path}: a time centre of {file.centre_min} min is not supported, "
            "expected a multiple of 15"
        )
    columns = _read_try(file.path)
    centre_min = file.centre_min if calendar.step_hours == 1.0 else 7.5
    zenith, azimuth = _sun(calendar.times + pd.Timedelta(minutes=centre_min), file)
    if calendar.step_hours < 1.0:
        columns = _to_quarters(columns, zenith, file.centre_min)
    weather = xr.Dataset(coords={"time": calendar.times})
    for column, (name, units, long_name) in COLUMNS.items():
        attrs = {"units": units, "long_name": long_name, "source": file.source}
        weather[name] = ("time", columns[column], attrs)
    weather["solar_zenith"] = ("time", zenith, {"units": "deg", "long_name": "zenith of the sun"})
    weather["solar_azimuth"] = (
        "time",
        azimuth,
        {"units": "deg", "long_name": "azimuth of the sun, 180 = south"},
    )
    return weather.assign_attrs(
        latitude=file.latitude,
        longitude=file.longitude,
        altitude=file.altitude,
        centre_min=centre_min,
        source=file.source,
    )


def _read_try(path: Path) -> dict[str, Floats]:
    """Columns of a TRY file by their letters, (8760,) each."""
    try:
        lines = path.read_text(encoding="latin-1").splitlines()
    except OSError as error:
        raise InputError(f"{path}: the weather file cannot be read ({error.strerror})") from error
    end = next((i for i, line in enumerate(lines) if line.startswith("***")), 0)
    if end == 0:
        raise InputError(f"{path}: no line `***` ends the header, expected a DWD TRY file")
    names = lines[end - 1].split()
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise InputError(f"{path}, row {end}: column {missing[0]} is missing, found {names}")
    rows = [line.split() for line in lines[end + 1 :] if line.strip()]
    if len(rows) != HOURS:
        raise InputError(f"{path}: {len(rows)} rows of data, expected {HOURS} hours of a year")
    columns = {}
    for name in COLUMNS:
        place = names.index(name)
        try:
            columns[name] = np.array([float(row[place]) for row in rows])
        except (ValueError, IndexError):
            raise InputError(
                f"{path}, row {end + 2 + _first_bad(rows, place)}: column {name} has no number"
            ) from None
    return columns


def _first_bad(rows: list[list[str]], place: int) -> int:
    """Index of the first row whose field is missing or no number."""
    for i, row in enumerate(rows):
        try:
            float(row[place])
        except (ValueError, IndexError):
            return i
    return len(rows)


def _sun(centres: pd.DatetimeIndex, file: ReferenceYear) -> tuple[Floats, Floats]:
    """Zenith and azimuth of the sun [deg] at naive CET times, without refraction."""
    from pvlib.solarposition import get_solarposition

    position = get_solarposition(
        centres.tz_localize("Etc/GMT-1"), file.latitude, file.longitude, file.altitude
    )
    return position["zenith"].to_numpy(), position["azimuth"].to_numpy()


def _to_quarters(hourly: dict[str, Floats], zenith: Floats, centre_min: float) -> dict[str, Floats]:
    """Hourly columns (8760,) to quarter-hourly ones (35040,) with zenith at midpoint."""
    cosine = np.maximum(np.cos(np.radians(zenith)), 0.0)
    # The hour around the centre begins 30 min before it, (centre - 30)/15 quarters into the row.
    around = np.roll(cosine, -round((centre_min - 30) / 15))
    mean_cosine = around.reshape(-1, 4).mean(axis=1)
    high = mean_cosine > LOW_SUN
    quarters = {}
    for name, values in hourly.items():
        if name in ("B", "D"):
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
