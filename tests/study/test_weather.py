"""The test reference year of Hamburg."""

from __future__ import annotations

from pathlib import Path

import demandlib
import numpy as np
import pytest

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import Calendar
from parkwerk.study.series.weather import read_weather
from parkwerk.study.series.weather_file import read_weather_file

HAMBURG = Path(demandlib.__path__[0], "vdi", "resources_weather", "TRY2010_03_Jahr.dat")


@pytest.mark.parametrize("step", [1.0, 0.25])
@pytest.mark.parametrize("year", [2024, 2025])
def test_annual_values_of_hamburg(year: int, step: float) -> None:
    """Proves: GHI 943.8 kWh/m2, 9.5 degC, 3.75 m/s (domain reference data-sources, 1 and 4.1).

    Broken (beam forgotten): 525 kWh/m2; broken (file of region 4, Potsdam): 1,075.
    """
    weather = read_weather(Calendar(year, step))
    irradiance = weather["beam_horizontal"] + weather["diffuse_horizontal"]
    assert float(irradiance.sum()) * step / 1000 == pytest.approx(943.8, abs=0.1)
    assert float(weather["temperature"].mean()) == pytest.approx(9.52, abs=0.01)
    assert float(weather["wind_speed"].mean()) == pytest.approx(3.75, abs=0.01)
    assert not any(np.isnan(weather[name]).any() for name in weather)


def test_quarter_hours_keep_each_day() -> None:
    """Proves: each day keeps its energy but for 3 Wh/m2, and nothing shines at night.

    The 3 Wh/m2 are beam in hours whose sun stands too low to be divided by. Broken (plain
    interpolation of irradiance): light after sunset; (days not rescaled): a day is off by more.
    """
    hourly = read_weather(Calendar(2025))
    fine = read_weather(Calendar(2025, 0.25))
    for name in ("beam_horizontal", "diffuse_horizontal"):
        days = hourly[name].to_numpy().reshape(365, 24).sum(axis=1)
        fine_days = fine[name].to_numpy().reshape(365, 96).sum(axis=1) / 4
        assert fine_days == pytest.approx(days, abs=5.0)  # Wh/m2
        assert float(fine[name].where(fine["solar_zenith"] > 90, 0).max()) == 0
        assert float(fine[name].min()) >= 0


def test_sun_stands_at_the_centre_of_the_value() -> None:
    """Proves: on 21 June the highest sun is in the row whose centre is nearest to 12:22 CET.

    Solar noon at 10° east in June is about 12:22 CET. With the centre 60 min after the start this
    is row 11 (centre 12:00); with 30 min it is also row 11 or 12 (11:30 or 12:30), so the zenith
    tells: 90 - (90 - 53.63 + 23.43) = 30.2 degrees at noon.
    """
    weather = read_weather(Calendar(2025)).sel(time="2025-06-21")
    highest = int(np.argmin(weather["solar_zenith"].to_numpy()))
    assert highest == 11
    assert float(weather["solar_zenith"][highest]) == pytest.approx(30.4, abs=0.3)
    assert float(weather["solar_azimuth"][highest]) == pytest.approx(170, abs=3)


def test_units_and_place_are_carried() -> None:
    """Proves: every variable names its unit, the set its place and source."""
    weather = read_weather(Calendar(2025))
    assert weather["temperature"].attrs["units"] == "degC"
    assert all("units" in weather[name].attrs for name in weather)
    assert weather.attrs["latitude"] == pytest.approx(53.633, abs=1e-3)
    assert weather.attrs["centre_min"] == 60
    assert "Deutscher Wetterdienst" in weather.attrs["source"]


def test_refuses_a_short_file(tmp_path: Path) -> None:
    """Proves: 8,759 rows are refused with both numbers. Broken: a shifted year passes."""
    text = HAMBURG.read_text(encoding="latin-1").splitlines()
    short = tmp_path / "short.dat"
    short.write_text("\n".join(text[:-1]), encoding="latin-1")
    with pytest.raises(InputError, match=r"short\.dat: 8759 rows of data, expected 8760"):
        read_weather_file(short)


def test_names_the_row_of_a_bad_number(tmp_path: Path) -> None:
    """Proves: the row of the file is named, counted from its first line.

    The header of the file ends in row 38, so its fifth hour is row 43.
    """
    lines = HAMBURG.read_text(encoding="latin-1").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("***")) + 1
    lines[first + 4] = lines[first + 4].replace("0     0 1", "x     0 1")
    bad = tmp_path / "bad.dat"
    bad.write_text("\n".join(lines), encoding="latin-1")
    with pytest.raises(InputError, match=r"row 43: column B has no number"):
        read_weather_file(bad)


def test_a_missing_file_is_one_sentence() -> None:
    """Proves: a file that is not there is named."""
    with pytest.raises(InputError, match=r"nowhere\.dat: the weather file cannot be read"):
        read_weather_file(Path("nowhere.dat"))
