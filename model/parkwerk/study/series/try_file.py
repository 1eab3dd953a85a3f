"""Test reference years (TRY) of the Deutscher Wetterdienst, in the formats of 2010 and 2015."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import Floats
from parkwerk.study.series.weather_year import HourTable, WeatherYear, check_year

COLUMNS = {
    "beam_horizontal": "B",
    "diffuse_horizontal": "D",
    "temperature": "t",
    "wind_speed": "WG",
}
#: Centre of the radiation in minutes after the start of a row, by the column that tells the
#: edition: RG stands in the TRY of 2010, RW in those of 2015 and 2045. Measured
#: against the position of the sun: in the TRY of 2010 the radiation is centred on the label.
CENTRE_MIN = {"RG": 60.0, "RW": 30.0}
KINDS = {
    "mittleres Jahr": "mean year",
    "extremer Sommer": "extreme summer",
    "extremer Winter": "extreme winter",
}


def read_try(path: Path) -> WeatherYear:
    """A TRY file: place, kind and period from its header, hours in CET that end at their label.

    Raises
    ------
    InputError
        Naming file and row: no TRY header, no place, a missing column, a field that is no number,
        an hour out of order, an impossible value.
    """
    lines = read_lines(path)
    end = next((i for i, line in enumerate(lines) if line.startswith("***")), 0)
    if end == 0:
        raise InputError(f"{path}: no line `***` ends the header, expected a DWD TRY file")
    names = lines[end - 1].split()
    for name in (*COLUMNS.values(), "MM", "DD", "HH"):
        if name not in names:
            raise InputError(f"{path}, row {end}: column {name} is missing, found {names}")
    edition = next((name for name in CENTRE_MIN if name in names), None)
    if edition is None:
        raise InputError(
            f"{path}, row {end}: expected the column RW (TRY of 2015 and 2045) or RG (TRY of "
            f"2010), found {names}"
        )
    head = "\n".join(lines[:end])
    latitude, longitude = _place(path, head)
    height = re.search(r"(-?\d+)\s*Meter\s+\S+\s+NN", head)
    numbered = [(i + 1, line.split()) for i, line in enumerate(lines) if i > end and line.strip()]
    year = WeatherYear(
        name=str(path),
        source=f"DWD test reference year, {_kind(head)}",
        latitude=latitude,
        longitude=longitude,
        altitude=float(height[1]) if height else 0.0,
        centre_min=CENTRE_MIN[edition],
        columns=_table(path, numbered, names).year(zone=1),
    )
    return check_year(year)


def read_lines(path: Path) -> list[str]:
    """Lines of a text file in any encoding: what is read of them is ASCII."""
    try:
        return path.read_text(encoding="latin-1").splitlines()
    except OSError as error:
        raise InputError(f"{path}: the weather file cannot be read ({error.strerror})") from error


def _table(path: Path, rows: list[tuple[int, list[str]]], names: list[str]) -> HourTable:
    def column(name: str) -> Floats:
        place = names.index(name)
        return np.array([_number(path, row, fields, place, name) for row, fields in rows])

    month, day, hour = (column(name).astype(np.intp) for name in ("MM", "DD", "HH"))
    numbers = np.array([row for row, _ in rows], dtype=np.intp)
    values = {ours: column(theirs) for ours, theirs in COLUMNS.items()}
    return HourTable(str(path), numbers, month, day, hour - 1, values)


def _number(path: Path, row: int, fields: list[str], place: int, name: str) -> float:
    try:
        number = float(fields[place])
    except (ValueError, IndexError):
        number = np.nan
    if not np.isfinite(number):
        raise InputError(f"{path}, row {row}: column {name} has no number")
    return number


def _kind(head: str) -> str:
    """Kind and period of the year, such as ``extreme summer, 2031-2060``."""
    kind = _after(head, "Art des TRY")
    return ", ".join(filter(None, (KINDS.get(kind, kind), _after(head, "Bezugszeitraum"))))


def _after(head: str, title: str) -> str:
    found = re.search(rf"^{title}\s*:[ \t]*(.*?)\s*$", head, re.MULTILINE)
    return found[1] if found else ""


def _place(path: Path, head: str) -> tuple[float, float]:
    """Latitude and longitude [deg] from degrees and minutes, else from the DWD's metres."""
    degrees = re.search(r"(\d+)[^\d\s]+(\d+)'N.*?(\d+)[^\d\s]+(\d+)'O", head)
    if degrees:
        north, north_min, east, east_min = (int(text) for text in degrees.groups())
        return north + north_min / 60, east + east_min / 60
    metres = [_after(head, title).split() for title in ("Rechtswert", "Hochwert")]
    try:
        return geographic(*(float(words[0]) for words in metres))
    except (ValueError, IndexError):
        raise InputError(
            f"{path}: the header does not say where the weather is, expected Rechtswert and "
            "Hochwert in metres or Lage in degrees"
        ) from None


def geographic(east_m: float, north_m: float) -> tuple[float, float]:
    """Latitude and longitude [deg] of a point of the DWD's grid (ETRS89-LCC, EPSG:3034).

    Lambert's conformal conic projection with two standard parallels, inverse (Snyder 1987,
    Map projections, pages 107 to 109), on the ellipsoid GRS80; parallels 35 and 65° N, origin
    52° N 10° E at 4,000,000 m east and 2,800,000 m north.

    t(φ) = tan(π/4 − φ/2) / ((1 − e·sin φ)/(1 + e·sin φ))^(e/2),   m(φ) = cos φ/√(1 − e²·sin²φ)
    n = ln(m₁/m₂)/ln(t₁/t₂),   F = m₁/(n·t₁ⁿ),   ρ(φ) = a·F·t(φ)ⁿ
    """
    a, flattening = 6_378_137.0, 1 / 298.257222101
    e = np.sqrt(flattening * (2 - flattening))

    def skew(phi: float) -> float:
        return float(((1 - e * np.sin(phi)) / (1 + e * np.sin(phi))) ** (e / 2))

    def t(phi: float) -> float:
        return float(np.tan(np.pi / 4 - phi / 2) / skew(phi))

    first, second, origin = np.radians([35.0, 65.0, 52.0])
    m = [np.cos(phi) / np.sqrt(1 - (e * np.sin(phi)) ** 2) for phi in (first, second)]
    n = np.log(m[0] / m[1]) / np.log(t(first) / t(second))
    scale = a * m[0] / (n * t(first) ** n)
    x, y = east_m - 4_000_000.0, scale * t(origin) ** n - (north_m - 2_800_000.0)
    wanted = (np.hypot(x, y) / scale) ** (1 / n)
    phi = origin
    for _ in range(10):  # converges by a factor of some 1/300 a round
        phi = np.pi / 2 - 2 * np.arctan(wanted * skew(phi))
    return float(np.degrees(phi)), float(10.0 + np.degrees(np.arctan2(x, y) / n))
