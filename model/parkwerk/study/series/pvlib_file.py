"""Weather files that pvlib reads: EPW of EnergyPlus, and CSV of PVGIS (one year, or a TMY)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import Floats
from parkwerk.study.series.try_file import read_lines
from parkwerk.study.series.weather_year import HourTable, WeatherYear, check_year

Rows = NDArray[np.intp]
HOURLY_NAMES = {
    "beam_horizontal": "poa_direct",
    "diffuse_horizontal": "poa_sky_diffuse",
    "temperature": "temp_air",
    "wind_speed": "wind_speed",
}
TYPICAL_NAMES = {
    "diffuse_horizontal": "dhi",
    "temperature": "temp_air",
    "wind_speed": "wind_speed",
}
#: Rows of an EPW before its first hour.
EPW_HEAD = 8
#: Diffuse may exceed global radiation by rounding [W/m2]; what exceeds by more is refused.
ROUNDING = 2.0


def read_epw(path: Path) -> WeatherYear:
    """An EPW file: hours in its own time zone, each value a mean of the hour before its label.

    Beam = global − diffuse radiation on the horizontal.

    Raises
    ------
    InputError
        Naming file and row: unreadable, a time zone that is no whole hour, an hour out of order,
        an impossible value (such as 9999 for a missing one).
    """
    from pvlib.iotools import read_epw as read

    data, meta = _read(path, lambda: read(path), "an EPW file")
    zone = float(meta["TZ"])
    if zone != round(zone):
        raise InputError(f"{path}, row 1: the time zone is {zone:g} h, expected whole hours")
    row = EPW_HEAD + 1 + np.arange(len(data))
    ghi, dhi = (_numbers(path, row, data, name) for name in ("ghi", "dhi"))
    values = {
        "beam_horizontal": _beam(path, row, ghi, dhi),
        "diffuse_horizontal": dhi,
        "temperature": _numbers(path, row, data, "temp_air"),
        "wind_speed": _numbers(path, row, data, "wind_speed"),
    }
    month, day, hour = (data[name].to_numpy(np.intp) for name in ("month", "day", "hour"))
    table = HourTable(str(path), row, month, day, hour - 1, values)
    year = WeatherYear(
        name=str(path),
        source=f"EPW, {meta['city']}, {meta['data_type']}",
        latitude=float(meta["latitude"]),
        longitude=float(meta["longitude"]),
        altitude=float(meta["altitude"]),
        centre_min=30.0,
        columns=table.year(zone),
    )
    return check_year(year)


def read_pvgis(path: Path) -> WeatherYear:
    """A CSV of PVGIS: hourly data of one year on the horizontal with its components, or a TMY.

    Times are UTC. PVGIS gives values of an instant (satellite) or of the middle of the hour
    (reanalysis): that of the time stamp in hourly data, that of the "irradiance time offset" in
    a TMY. It is the centre of the value.

    Raises
    ------
    InputError
        Naming file and row: unreadable, several years, a tilted plane, no components of the
        radiation, an hour out of order, an impossible value.
    """
    lines = read_lines(path)
    head = next((i for i, line in enumerate(lines) if line.startswith("time")), None)
    if head is None:
        raise InputError(f"{path}: no row of column names that begins with `time`, expected a CSV")
    row = head + 2 + np.arange(len(lines))
    typical = lines[head].startswith("time(UTC)")
    data, meta, centre = _typical(path) if typical else _hourly(path, row, head + 1)
    times = pd.DatetimeIndex(data.index)
    row = row[: len(times)]
    values = {
        ours: _numbers(path, row, data, theirs)
        for ours, theirs in (TYPICAL_NAMES if typical else HOURLY_NAMES).items()
    }
    if typical:
        ghi = _numbers(path, row, data, "ghi")
        values["beam_horizontal"] = _beam(path, row, ghi, values["diffuse_horizontal"])
    month, day, hour = (
        np.asarray(part, dtype=np.intp) for part in (times.month, times.day, times.hour)
    )
    table = HourTable(str(path), row, month, day, hour, values)
    kind = "typical year" if typical else f"{times[0].year}, {meta['radiation_database']}"
    year = WeatherYear(
        name=str(path),
        source=f"PVGIS (c) European Union, {kind}",
        latitude=float(meta["latitude"]),
        longitude=float(meta["longitude"]),
        altitude=float(meta["elevation"]),
        centre_min=centre,
        columns=table.year(zone=0),
    )
    return check_year(year)


def _typical(path: Path) -> tuple[pd.DataFrame, dict[str, Any], float]:
    """A TMY of PVGIS, its inputs, and the centre of its values."""
    from pvlib.iotools import read_pvgis_tmy

    data, meta = _read(path, lambda: read_pvgis_tmy(path, "csv"), "a CSV of PVGIS")
    offset = meta["inputs"].get("irradiance time offset")
    if offset is None:
        raise InputError(
            f"{path}: the row `Irradiance Time Offset (h)` is missing, expected a TMY of "
            "PVGIS 5.3 or later"
        )
    return data, meta["inputs"], 60 * float(offset)


def _hourly(path: Path, row: Rows, head: int) -> tuple[pd.DataFrame, dict[str, Any], float]:
    """Hourly data of PVGIS, its inputs, and the centre of its values."""
    from pvlib.iotools import read_pvgis_hourly

    data, meta = _read(path, lambda: read_pvgis_hourly(path, "csv"), "a CSV of PVGIS")
    inputs = meta["inputs"]
    if "poa_direct" not in data or "poa_sky_diffuse" not in data:
        raise InputError(
            f"{path}, row {head}: the columns Gb(i) and Gd(i) are missing, expected hourly data "
            "downloaded with its radiation components"
        )
    slope = str(inputs.get("Slope", "")).partition("deg")[0].strip()
    if slope != "0":
        raise InputError(
            f"{path}: the radiation is that of a plane with the slope `{slope}`, expected 0 deg."
        )
    times = pd.DatetimeIndex(data.index)
    if times[0].year != times[-1].year:
        first = int(np.argmax(times.year != times[0].year))
        raise InputError(
            f"{path}, row {row[first]}: the year {times[first].year} begins after "
            f"{times[0].year}, expected one year only"
        )
    return data, inputs, float(times[0].minute)


def _read(
    path: Path, reader: Callable[[], tuple[pd.DataFrame, dict[str, Any]]], what: str
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """What a reader of pvlib makes of the file; whatever it stumbles over is one sentence."""
    try:
        data, meta = reader()
    except OSError as error:
        raise InputError(f"{path}: the weather file cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: expected {what}, but it cannot be read ({error})") from error
    if data.empty:
        raise InputError(f"{path}: no rows of data, expected {what}")
    return data, meta


def _numbers(path: Path, row: Rows, data: pd.DataFrame, name: str) -> Floats:
    """A column as numbers; what is none stays NaN, for the check that names its row."""
    if name not in data:
        raise InputError(f"{path}, row {row[0] - 1}: no column of the {name.replace('_', ' ')}")
    return np.asarray(pd.to_numeric(data[name], errors="coerce"), dtype=np.float64)


def _beam(path: Path, row: Rows, ghi: Floats, dhi: Floats) -> Floats:
    """Beam on the horizontal: global − diffuse, and 0 where rounding makes it negative.

    A mark for a missing value in both columns cancels; it is refused in the diffuse radiation.
    """
    beam = ghi - dhi
    if (beam < -ROUNDING).any():
        place = int((beam < -ROUNDING).argmax())
        raise InputError(
            f"{path}, row {row[place]}: diffuse radiation of {dhi[place]:g} W/m2 exceeds the "
            f"global radiation of {ghi[place]:g} W/m2"
        )
    return np.where(beam < 0, 0.0, beam)
