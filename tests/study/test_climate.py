"""Another weather changes what depends on it, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.study import read_study
from parkwerk.study.scale import scale_study
from parkwerk.study.series.calendar import Floats
from study.folders import COLD, COMPANY, LINK, ROOF, WARM, Rows, settings, write_study
from study.weather_files import EAST, NORTH, write_try

COMPANIES: Rows = [COMPANY, COLD, WARM]
FIGURES = {"value": "mild.dat", "source": "assumption: a test"}


def study_with(folder: Path, companies: Rows = COMPANIES, **weather: Any) -> Path:
    """The small study with figures in a mild year (10 degC all year) and a scenario `other`."""
    mild = {"file": FIGURES, "reference": FIGURES} | weather
    scenarios = {"base": {}, "other": {"weather.file": "other.dat"}}
    document = settings(weather=mild, scenarios=scenarios)
    write_study(folder, companies, [ROOF], [LINK], document)
    write_try(folder / "mild.dat", 10.0)
    return folder


def both(
    folder: Path, temperature: Floats | float, **changes: Any
) -> tuple[xr.Dataset, xr.Dataset]:
    """Scenario in the weather of the figures, and in that of other temperatures."""
    study = study_with(folder, **changes)
    write_try(folder / "other.dat", temperature)
    read = read_study(study)
    return read.scenario("base"), read.scenario("other")


@pytest.fixture(scope="module")
def warmer(tmp_path_factory: pytest.TempPathFactory) -> tuple[xr.Dataset, xr.Dataset]:
    """10 degC all year, and 25 degC."""
    return both(tmp_path_factory.mktemp("warmer"), 25.0)


def test_the_default_weather_written_out_is_the_default(tmp_path: Path) -> None:
    """Proves: `hamburg-2010` named in study.yaml gives the scenario that no section gives."""
    named = {"value": "hamburg-2010", "source": "assumption: a test"}
    plain = read_study(write_study(tmp_path / "a", COMPANIES, [ROOF], [LINK])).scenario()
    document = settings(weather={"file": named, "reference": named})
    spelt = write_study(tmp_path / "b", COMPANIES, [ROOF], [LINK], document)
    xr.testing.assert_identical(read_study(spelt).scenario(), plain)


def test_heat_keeps_its_customer_value(warmer: tuple[xr.Dataset, xr.Dataset]) -> None:
    """Proves: heat at 25 degC is heat at 10 degC times h(25)/h(10) of the profile GHD.

    By hand, with A = 3.0084346, B = -36.6078453, C = 7.3211870 and D = 0.1549660 of BDEW:
    h(10) = A/(1 + (B/-30)^C) + D = 0.7232 and h(25) = 0.1593, so 22.0 % are left, most of them the
    part D that no weather changes. Broken (the yearly figure met in every weather): 100 %.
    """

    def h(t: float) -> float:
        return 3.0084346 / (1 + (-36.6078453 / (t - 40)) ** 7.3211870) + 0.1549660

    mild, hot = (float(scenario["heat_demand"].sum()) for scenario in warmer)
    assert mild == pytest.approx(500_000)
    # The hour factors of a class sum to a day, but for the two days when the clock changes.
    assert hot / mild == pytest.approx(h(25) / h(10), rel=3e-3)


def test_refrigeration_keeps_its_plant(warmer: tuple[xr.Dataset, xr.Dataset]) -> None:
    """Proves: 25 degC instead of 10 cost 2.072 times the electricity of a room at 2 degC.

    Load: 0.6 + 0.4·(25 - 2)/(10 - 2) = 1.75. Condensing: 37 instead of 30 degC, evaporation at -8,
    so 45/38 of the electricity per kWh of cooling: 1.75·45/38 = 2.0724. Rejected heat per cooling:
    1 + 1/COP with COP = 0.5·265.15/lift, 1.33943 by 1.28663: 1.75·1.33943/1.28663 = 1.8218.
    """
    mild, hot = (scenario["refrigeration_electricity"].sum() for scenario in warmer)
    assert float(mild) == pytest.approx(400_000)
    assert float(hot / mild) == pytest.approx(1.75 * 45 / 38)
    mild, hot = (scenario["waste_heat"].sum() for scenario in warmer)
    assert float(hot / mild) == pytest.approx(1.8218, rel=1e-4)


def test_the_rest_of_the_load_stays(warmer: tuple[xr.Dataset, xr.Dataset]) -> None:
    """Proves: demand grows by what the refrigeration grows, in every hour, and elsewhere not.

    At 25 degC the plant draws 2.0724 times 400 MWh: 428.95 MWh more.
    """
    mild, other = warmer
    more = (other["electricity_demand"] - mild["electricity_demand"]).sel(company="cold")
    of_the_cold = (other["refrigeration_electricity"] - mild["refrigeration_electricity"])[0]
    assert more.to_numpy() == pytest.approx(of_the_cold.to_numpy())
    assert float(more.sum()) == pytest.approx(400_000 * (1.75 * 45 / 38 - 1))
    for company in ("works", "warm"):
        xr.testing.assert_equal(
            other["electricity_demand"].sel(company=company),
            mild["electricity_demand"].sel(company=company),
        )


def test_sun_and_heat_pumps_follow_the_weather(warmer: tuple[xr.Dataset, xr.Dataset]) -> None:
    """Proves: heat pumps gain and modules lose with the air; COP = 0.5·333.15/lift to 60 degC.

    10 degC: 1/COP = 50/166.575 = 0.3002; at 25 degC 35/166.575 = 0.2101. A module 15 K warmer
    loses 15·0.35 % = 5.3 % of its power or somewhat more, because it starts from less than 100 %.
    """
    mild, hot = warmer
    ratio = [float(s["heat_pump_electricity"].sel(company="works").mean()) for s in warmer]
    assert ratio == pytest.approx([50 / 166.575, 35 / 166.575], rel=1e-4)
    sun = float(hot["pv_yield"].sum() / mild["pv_yield"].sum())
    assert 0.935 < sun < 0.95
    assert float(mild["global_horizontal"].sum()) == pytest.approx(
        float(hot["global_horizontal"].sum())
    )
    assert "other.dat: DWD test reference year" in hot["outdoor_temperature"].attrs["source"]


def test_figures_that_hold_in_any_weather(tmp_path: Path) -> None:
    """Proves: with `reference: any` heat and refrigeration meet the table in every weather."""
    any_weather = {"value": "any", "source": "assumption: a test"}
    folder = study_with(tmp_path, reference=any_weather, label="a year for tests")
    write_try(folder / "other.dat", 12.0)
    scenario = read_study(folder).scenario("other")
    said = scenario["outdoor_temperature"].attrs["source"]
    assert said.startswith("a year for tests: other.dat: DWD test reference year, extreme summer")
    assert float(scenario["heat_demand"].sum()) == pytest.approx(500_000)
    assert float(scenario["refrigeration_electricity"].sum()) == pytest.approx(400_000)


def test_a_meter_file_stays(tmp_path: Path) -> None:
    """Proves: what was measured does not change with the weather, nor the refrigeration in it."""
    metered = COLD | {
        "electricity_kwh": "",
        "peak_kw": "",
        "load_profile": "",
        "load_file": "m.csv",
    }
    hours = xr.date_range("2025-01-01", periods=8760, freq="h")
    rows = "".join(f"{hour:%Y-%m-%d %H:%M},120\n" for hour in hours)
    tmp_path.joinpath("m.csv").write_text("time,load_kw\n" + rows)
    mild, hot = both(tmp_path, 25.0, companies=[COMPANY, metered, WARM])
    xr.testing.assert_equal(hot["electricity_demand"], mild["electricity_demand"])
    assert float(hot["refrigeration_electricity"].sum()) == pytest.approx(400_000)


def test_a_connection_too_small_for_a_hot_day(tmp_path: Path) -> None:
    """Proves: a heat wave that lifts the peak above the connection is refused, and named."""
    temperature = np.full(8760, 10.0)
    temperature[4000:4100] = 40.0
    small = COLD | {"connection_kw": "310"}
    with pytest.raises(InputError) as caught:
        both(tmp_path, temperature, companies=[COMPANY, small, WARM])
    message = str(caught.value)
    assert "company 'cold', field connection_kw: expected at least the peak in the" in message
    assert "weather other.dat" in message


def test_weather_of_another_place_is_refused(tmp_path: Path) -> None:
    """Proves: a cell 300 km to the south is not the weather of the study, unless that is there."""
    folder = study_with(tmp_path)
    write_try(folder / "other.dat", north=NORTH - 300_000, east=EAST)
    with pytest.raises(InputError, match=r"other\.dat is weather of 50\.7.*3[0-9]{2} km from the"):
        read_study(folder).scenario("other")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Proves: other scenarios run without it, and the field is named when it is needed."""
    read = read_study(study_with(tmp_path))
    with pytest.raises(InputError, match=r"field weather\.file: expected hamburg-2010 or a file"):
        read.scenario("other")


@pytest.mark.parametrize(
    ("weather", "message"),
    [
        ({"format": "grib"}, "field weather.format"),
        ({"latitude": "5.3 deg | a slip"}, "between 47 and 56 deg, found 5.3"),
        ({"file": "mild.dat"}, "field weather.file"),
        ({"years": 2045}, "weather.years"),
    ],
)
def test_a_wrong_section_is_refused(tmp_path: Path, weather: dict[str, Any], message: str) -> None:
    """Proves: study.yaml is told by field and expectation; a file without source is one fault."""
    with pytest.raises(InputError) as caught:
        read_study(study_with(tmp_path, **weather))
    assert message in str(caught.value)


def test_files_of_scenarios_are_inputs(tmp_path: Path) -> None:
    """Proves: a run knows the hash of each weather that a scenario names, and a drawn park has it.

    Broken (only the file of the base is known): results of another file would be taken up.
    """
    folder = study_with(tmp_path / "base")
    write_try(folder / "other.dat", 12.0)
    names = [path.name for path in read_study(folder).input_files]
    assert names[-2:] == ["mild.dat", "other.dat"]
    drawn = scale_study(folder, 3, 1, tmp_path / "drawn").study
    assert [path.name for path in drawn.input_files][-2:] == ["mild.dat", "other.dat"]
