"""Weather years by name or from a file of the user's, whichever format it has."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from parkwerk.errors import InputError
from parkwerk.study.series.pvlib_file import read_epw, read_pvgis
from parkwerk.study.series.try_file import read_lines, read_try
from parkwerk.study.series.weather_year import WeatherYear

HAMBURG_2010 = "hamburg-2010"
FORMATS = {"try": read_try, "epw": read_epw, "pvgis": read_pvgis}


@cache
def hamburg_2010() -> WeatherYear:
    """TRY 2010 of region 3, station Hamburg-Fuhlsbüttel (WMO 10147), years 1988 to 2007.

    Read from the installed package demandlib, not copied into this project.
    """
    path = Path(str(files("demandlib"))) / "vdi" / "resources_weather" / "TRY2010_03_Jahr.dat"
    source = "Deutscher Wetterdienst, TRY 2010 region 3 Hamburg, via demandlib"
    return replace(read_try(path), name=HAMBURG_2010, source=source)


def read_weather_file(path: Path, form: str = "auto") -> WeatherYear:
    """Weather of a file: a TRY of the DWD, an EPW, or a CSV of PVGIS.

    Parameters
    ----------
    form
        A name of :data:`FORMATS`, or `auto` to tell it from the first rows of the file.

    Raises
    ------
    InputError
        For a format that is not known, and as the reader of the format says.
    """
    return FORMATS[_recognise(path) if form == "auto" else form](path)


def _recognise(path: Path) -> str:
    lines = read_lines(path)
    first = lines[0] if lines else ""
    if first.startswith("LOCATION,"):
        return "epw"
    if first.startswith("Latitude (decimal degrees)"):
        return "pvgis"
    if any(line.startswith("***") for line in lines[:100]):
        return "try"
    raise InputError(
        f"{path}, row 1: expected a TRY file of the DWD (a row `***` ends its header), an EPW (its "
        f"first row begins with LOCATION) or a CSV of PVGIS, found `{first[:60]}`"
    )
