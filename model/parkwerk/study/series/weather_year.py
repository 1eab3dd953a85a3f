"""Weather of a year hour by hour: what a file of any format must come to, and its checks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import HOURS, Calendar, Floats

#: What the weather of a study holds: unit, meaning, and the least and largest value [unit] of any
#: hour in Germany, with a margin. A number outside is a slip of the unit or a mark for no value.
COLUMNS = {
    "beam_horizontal": ("W/m2", "beam irradiance on the horizontal", 0.0, 1400.0),
    "diffuse_horizontal": ("W/m2", "diffuse irradiance on the horizontal", 0.0, 1400.0),
    "temperature": ("degC", "outdoor air temperature", -45.0, 50.0),
    "wind_speed": ("m/s", "wind speed 10 m above ground", 0.0, 60.0),
}
#: Yearly irradiation of the horizontal [kWh/m2] that a place in Germany can have, with a margin.
IRRADIATION = (500, 2000)
#: By how much the fit of radiation and sun must gain for a file to be an hour off; half an hour of
#: convention gains nothing, a whole hour some 3 %.
CLOCK_GAIN = 1.005
EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True)
class WeatherYear:
    """Weather of 8,760 hours from 1 January 0 h in CET, and what its numbers do not say.

    `columns` are arrays (8760,) by the names of :data:`COLUMNS`. `centre_min` is the centre of an
    hourly value in minutes after the start of its hour; the sun stands there when the value is
    converted. With a wrong centre an east roof changes places with a west roof.
    """

    name: str
    source: str
    latitude: float
    longitude: float
    altitude: float
    centre_min: float
    columns: dict[str, Floats]


@dataclass(frozen=True)
class HourTable:
    """Rows of a weather file as they stand there: the start of each hour, and the columns.

    `row` is the number of each row in the file, for messages.
    """

    label: str
    row: NDArray[np.intp]
    month: NDArray[np.intp]
    day: NDArray[np.intp]
    hour: NDArray[np.intp]
    columns: dict[str, Floats]

    def year(self, zone: float) -> dict[str, Floats]:
        """Columns of the 8,760 hours of a year in CET.

        A 29 February is left out, as in the calendar. The hours of a file in UTC (`zone` 0) move
        by one; the year is closed to a ring.

        Raises
        ------
        InputError
            Naming the row of the first hour that is missing, repeated or out of order, and of the
            first value that is no number or impossible.
        """
        self._check_values()
        leap = (self.month == 2) & (self.day == 29)
        kept = np.flatnonzero(~leap)
        self._check_hours(kept)
        move = round(1 - zone)
        return {name: np.roll(values[kept], move) for name, values in self.columns.items()}

    def _check_hours(self, kept: NDArray[np.intp]) -> None:
        times = Calendar(2025).times
        expected = np.stack([times.month, times.day, times.hour])
        found = np.stack([self.month, self.day, self.hour])[:, kept]
        common = min(len(kept), HOURS)
        differs = (found[:, :common] != expected[:, :common]).any(axis=0)
        if differs.any():
            place = int(differs.argmax())
            at, due = kept[place], times[place]
            raise InputError(
                f"{self.label}, row {self.row[at]}: the hour that begins at "
                f"{self.hour[at]}:00 on {self.day[at]}.{self.month[at]}., expected that at "
                f"{due.hour}:00 on {due.day}.{due.month}. (one row an hour, in order, without gap)"
            )
        if len(kept) != HOURS:
            raise InputError(
                f"{self.label}: {len(kept)} rows of data, expected {HOURS} hours of a year "
                "(29 February left out)"
            )

    def _check_values(self) -> None:
        for name, (units, long_name, low, high) in COLUMNS.items():
            values = self.columns[name]
            good = (values >= low) & (values <= high)
            if good.all():
                continue
            place = int(np.argmin(good))
            found = "no number" if np.isnan(values[place]) else f"{values[place]:g}"
            raise InputError(
                f"{self.label}, row {self.row[place]}: {long_name} is {found}, expected "
                f"{low:g} to {high:g} {units}"
            )


def check_year(year: WeatherYear) -> WeatherYear:
    """The year, unless its radiation is off in size or follows another clock.

    With GHI[t] the irradiance on the horizontal and z[t] the zenith of the sun at its centre,

    fit(k) = Σ GHI[t]·max(0, cos z[t + k])     hours k = −12 … 12

    is largest at k = 0 if the hours are those of CET and end at their label.

    Raises
    ------
    InputError
        Naming the file, and by how many hours its radiation is off.
    """
    ghi = year.columns["beam_horizontal"] + year.columns["diffuse_horizontal"]
    yearly = float(ghi.sum()) / 1000
    low, high = IRRADIATION
    if not low <= yearly <= high:
        raise InputError(
            f"{year.name}: {yearly:.0f} kWh/m2 of radiation a year on the horizontal, expected "
            f"{low} to {high} (is it in W/m2?)"
        )
    times = Calendar(2025).times + pd.Timedelta(minutes=year.centre_min)
    high_sun = np.maximum(np.cos(np.radians(sun(times, year)[0])), 0.0)
    fits = {k: float(ghi @ np.roll(high_sun, -k)) for k in range(-12, 13)}
    best = max(fits, key=lambda k: fits[k])
    if fits[best] > CLOCK_GAIN * fits[0]:
        raise InputError(
            f"{year.name}: the radiation follows the sun of {abs(best)} h "
            f"{'later' if best > 0 else 'earlier'}, expected hours in the time zone that the file "
            "states (a DWD file: CET), each a mean of the hour before its label"
        )
    return year


def distance_km(latitude: float, longitude: float, year: WeatherYear) -> float:
    """Distance of a place from that of the weather along the earth (haversine)."""
    here, there = np.radians([latitude, longitude]), np.radians([year.latitude, year.longitude])
    half = np.sin((there - here) / 2) ** 2
    return float(
        2
        * EARTH_RADIUS_KM
        * np.arcsin(np.sqrt(half[0] + np.cos(here[0]) * np.cos(there[0]) * half[1]))
    )


def sun(centres: pd.DatetimeIndex, year: WeatherYear) -> tuple[Floats, Floats]:
    """Zenith and azimuth of the sun [deg] at naive CET times, without refraction."""
    from pvlib.solarposition import get_solarposition

    position = get_solarposition(
        centres.tz_localize("Etc/GMT-1"), year.latitude, year.longitude, year.altitude
    )
    return position["zenith"].to_numpy(), position["azimuth"].to_numpy()
