"""The weather of a study: which year, where, and of which weather the companies' figures are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import xarray as xr
from pydantic import Field

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import Calendar
from parkwerk.study.series.weather import read_weather, usual_weather
from parkwerk.study.series.weather_file import HAMBURG_2010, hamburg_2010, read_weather_file
from parkwerk.study.series.weather_year import WeatherYear, distance_km
from parkwerk.study.values import Choice, Expect, Strict, Value, default

#: A reference by this name leaves the companies' figures as they are, whatever the weather.
ANY = "any"
#: Weather of a place further from the study than this is not its weather; assumption.
FARTHEST_KM = 100
STATION = "the station of the weather hamburg-2010, Hamburg-Fuhlsbuettel (WMO 10147)"

Latitude = Annotated[Value, Expect("deg", 47, 56)]
Longitude = Annotated[Value, Expect("deg", 5, 16)]


class Weather(Strict):
    """The section `weather` of `study.yaml`.

    `reference` is the weather of the year to which heat_kwh, electricity_kwh, refrigeration_kwh and
    peak_kw of `companies.csv` belong: in another weather heat and refrigeration differ from them.
    """

    file: Choice = Field(
        default=Choice(
            value=HAMBURG_2010,
            source="Deutscher Wetterdienst, TRY 2010 region 3 Hamburg, via demandlib",
        ),
        title="weather: hamburg-2010, or a file of the study",
    )
    format: Literal["auto", "try", "epw", "pvgis"] = Field(
        default="auto", title="format of the weather file"
    )
    label: str = Field(default="", title="what results call the weather; empty: as its file does")
    reference: Choice = Field(
        default=Choice(
            value=HAMBURG_2010,
            source="assumption: the companies' figures are those of the test reference year 2010",
        ),
        title="weather of the companies' figures: hamburg-2010, a file of the study, or any",
    )
    latitude: Latitude = default(53 + 38 / 60, "deg", STATION, "latitude of the study")
    longitude: Longitude = default(10, "deg", STATION, "longitude of the study")


def lay_weather(folder: Path, chosen: Weather, calendar: Calendar) -> tuple[xr.Dataset, xr.Dataset]:
    """Weather on the steps of the calendar, and that of the companies' figures.

    Where the figures are those of the weather itself, or of any, both are one and the same.

    Raises
    ------
    InputError
        When a file cannot be read, or is that of a place more than :data:`FARTHEST_KM` away.
    """
    year = _year(folder, chosen, "file", chosen.format)
    if chosen.label:
        year = replace(year, source=f"{chosen.label}: {year.source}")
    weather = _on(calendar, year)
    if chosen.reference.value in (ANY, chosen.file.value):
        return weather, weather
    return weather, _on(calendar, _year(folder, chosen, "reference", "auto"))


def _on(calendar: Calendar, year: WeatherYear) -> xr.Dataset:
    """The weather of a year on the steps of the calendar."""
    return usual_weather(calendar) if year is hamburg_2010() else read_weather(calendar, year)


def _year(folder: Path, chosen: Weather, field: str, form: str) -> WeatherYear:
    """The weather year that a field names: a file, or the one that comes with parkwerk."""
    file: Choice = getattr(chosen, field)
    if file.value == HAMBURG_2010:
        year = hamburg_2010()
    else:
        if not (folder / file.value).is_file():
            raise InputError(
                f"study.yaml, field weather.{field}: expected {HAMBURG_2010} or a file in "
                f"{folder}, found {file.value!r}"
            )
        year = read_weather_file(folder / file.value, form)
        year = replace(year, source=f"{file.value}: {year.source} | {file.source}")
    away = distance_km(chosen.latitude.value, chosen.longitude.value, year)
    if away > FARTHEST_KM:
        raise InputError(
            f"study.yaml, field weather.{field}: {file.value} is weather of {year.latitude:.3f} "
            f"deg north, {year.longitude:.3f} deg east, {away:.0f} km from the study (fields "
            f"weather.latitude and weather.longitude), expected at most {FARTHEST_KM} km"
        )
    return year
