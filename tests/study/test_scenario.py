"""From a study folder to a scenario: complete, labelled, and right where a hand can reckon."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from parkwerk import netcdf, quantities
from parkwerk.errors import InputError
from parkwerk.study import read_study
from parkwerk.study.series.calendar import Calendar
from parkwerk.study.series.solar import pv_yield
from parkwerk.study.series.weather import read_weather
from study.folders import COLD, COMPANY, LINK, PILOT, ROOF, WARM, Rows, settings, write_study


def crf(rate: float, years: float) -> float:
    """Capital recovery factor by its textbook formula."""
    growth = (1 + rate) ** years
    return rate * growth / (growth - 1)


@pytest.fixture(scope="module")
def pilot() -> xr.Dataset:
    """The default scenario of the pilot."""
    return read_study(PILOT).scenario()


def build(
    folder: Path,
    companies: Rows,
    roofs: Rows | None = None,
    links: Rows | None = None,
    **document: Any,
) -> xr.Dataset:
    """Scenario of a small study."""
    path = write_study(folder, companies, roofs, links, settings(**document))
    return read_study(path).scenario()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    """A company with a roof, one with waste heat, one with heat demand, a link between them."""
    folder = tmp_path_factory.mktemp("small")
    return build(folder, [COMPANY, COLD, WARM], [ROOF], [LINK])


def test_companies_are_where_the_table_says(pilot: xr.Dataset) -> None:
    """Proves: positions of companies.csv in metres; swapped axes would put metal at (20, 520)."""
    metal = pilot.sel(company="metal")
    assert (float(metal["company_x"]), float(metal["company_y"])) == (520.0, 20.0)
    assert pilot["company_x"].attrs["units"] == "m"


def test_the_pilot_is_complete(pilot: xr.Dataset) -> None:
    """Proves: every quantity is there with its dimensions, unit, name and source, and finite."""
    quantities.check(pilot)
    for name, quantity in quantities.SCENARIO.items():
        if name not in pilot:
            continue  # check has let it pass, so it is one that this regime does without
        assert pilot[name].dims == quantity.dims, name
        assert pilot[name].attrs["long_name"] == quantity.long_name
        assert len(pilot[name].attrs["source"]) > 3, name
    assert pilot.sizes == {
        "time": 8760,
        "company": 4,
        "connection": 4,
        "roof": 10,
        "pv_class": 5,
        "feed_in_rule": 3,
        "slice": 2,
        "tariff": 9,
        "rate_pair": 2,
        "condition": 2,
        "reading": 4,
        "month": 12,
        "heat_source": 1,
        "pipe": 6,
        "pool": 6,
        "technology": 7,
        "price_scenario": 3,
        "price_group": 4,
    }
    assert {name: pilot.attrs[name] for name in ("study", "scenario", "regime", "law_date")} == {
        "study": "pilot",
        "scenario": "law-2026",
        "regime": "law-2026",
        "law_date": "2026-07-01",
    }
    assert (pilot.attrs["step_hours"], pilot.attrs["period"]) == (1.0, "day")
    assert "S23: Stadtwerke Malchow" in pilot.attrs["sources"]


def test_the_pilot_is_read_back_identical(pilot: xr.Dataset, tmp_path: Path) -> None:
    """Proves: a stored scenario equals the one in memory, down to dtypes and attributes."""
    loaded = netcdf.load(netcdf.save(pilot, tmp_path / "deep" / "scenario.nc"))
    xr.testing.assert_identical(loaded, pilot)
    for name in pilot.variables:
        assert loaded[name].dtype == pilot[name].dtype, name
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["scenario.nc"]


def test_a_file_that_is_no_scenario(tmp_path: Path) -> None:
    """Proves: a missing file and a text file are refused in one sentence."""
    (tmp_path / "text.nc").write_text("no NetCDF")
    for name in ("missing.nc", "text.nc"):
        with pytest.raises(InputError, match="expected a NetCDF file of parkwerk"):
            netcdf.load(tmp_path / name)


def test_the_pilot_has_the_energies_of_its_table(pilot: xr.Dataset) -> None:
    """Proves: energy, peak and heat of each company are exactly those of companies.csv."""
    for company in read_study(PILOT).inputs().companies:
        site = pilot.sel(company=company.id)
        assert float(site["electricity_demand"].sum()) == pytest.approx(company.electricity_kwh)
        assert float(site["electricity_demand"].max()) == pytest.approx(company.peak_kw)
        assert float(site["heat_demand"].sum()) == pytest.approx(company.heat_kwh)
    # 1.1 GWh of compressors and fans reject some 4 GWh; 90 % of it can be recovered.
    assert 3.0e6 < float(pilot["waste_heat"].sum()) < 4.5e6


def test_what_energy_costs(pilot: xr.Dataset) -> None:
    """Proves: supply contracts, tax and gas by hand.

    Spot: the margin is 0.6 ct. Tax: 2.05 ct, 0.05 ct and 250 EUR/a with §9b. Gas:
    (6.75 ct - 55 EUR/t x 0.182 kg) / 0.88 = (6.75 - 1.001)/0.88 = 6.533 ct, and CO2 65 EUR/t x
    0.182 kg / 0.88 = 1.344 ct; with the CO2 price counted twice the fuel would cost 7.670 ct.
    """
    margin = pilot["electricity_price"].sel(company="goods") - pilot["spot_price"]
    np.testing.assert_allclose(margin, 0.006)
    np.testing.assert_allclose(pilot["electricity_price"].sel(company="metal"), 0.098)
    tax = pilot.sel(tariff="under 2500 h")
    assert tax["electricity_tax"].values == pytest.approx([0.0205, 0.0205, 0.0205, 0.0005])
    assert tax["electricity_tax_fixed"].values.tolist() == [0, 0, 0, 250]
    assert pilot["boiler_fuel_cost"].values == pytest.approx([0.0653295] * 4, abs=1e-6)
    assert pilot["boiler_carbon_cost"].values == pytest.approx([0.0134432] * 4, abs=1e-6)


def test_what_the_roofs_hold(pilot: xr.Dataset) -> None:
    """Proves: 7,000 m2 x 0.45 x 0.2 kW/m2 = 630 kW; the duty is 30 %, 420 kW, if renewed."""
    limit, duty = (pilot[name].to_series() for name in ("roof_limit", "roof_duty"))
    assert limit["goods-north"] == pytest.approx(630)
    assert duty["goods-north"] == pytest.approx(420)
    assert duty["goods-south"] == 0
    assert duty["groupage-cold"] == pytest.approx(4200 * 0.3 * 0.2)
    assert set(pilot["roof_company"].values) == set(pilot["company"].values)
    # The largest class ends at a plant on every roof of the company with most room, goods.
    goods = limit[pilot["roof_company"].values == "goods"].sum()
    assert float(pilot["pv_class_max"].max()) == pytest.approx(goods)


def test_what_pv_costs(pilot: xr.Dataset) -> None:
    """Proves: a plant of 100 kW costs 115,000 EUR: 115,000 x CRF(3.5 %, 30 a) + 100 x 21.5."""
    first = pilot.isel(pv_class=0)
    yearly = float(first["pv_class_fixed_cost"] + 100 * first["pv_class_cost"])
    assert yearly == pytest.approx(115_000 * crf(0.035, 30) + 2_150)
    # 300 kW at 1,000 EUR/kW, reckoned in the class that ends there.
    second = pilot.isel(pv_class=1)
    invested = second["pv_class_fixed_investment"] + 300 * second["pv_class_investment"]
    assert float(invested) == pytest.approx(300_000)


def test_modules_back_to_back(small: xr.Dataset) -> None:
    """Proves: two ways yield the mean of both sides; an east roof alone differs by over 1 %."""
    weather = read_weather(Calendar(2025))
    east, west = pv_yield(weather, 10, 90), pv_yield(weather, 10, 270)
    np.testing.assert_allclose(small["pv_yield"].sel(roof="hall"), (east + west) / 2)
    assert abs(east.sum() / west.sum() - 1) > 0.01


def test_what_stores_cost(pilot: xr.Dataset) -> None:
    """Proves: 305 EUR/kWh x (CRF(3.5 %, 15 a) + 1.5 %) = 31.06 EUR/(kWh a), and the others."""
    assert float(pilot["battery_energy_cost"]) == pytest.approx(305 * (crf(0.035, 15) + 0.015))
    assert float(pilot["battery_energy_cost"]) == pytest.approx(31.06, abs=0.01)
    assert float(pilot["battery_fixed_cost"]) == pytest.approx(20_000 * (crf(0.035, 15) + 0.015))
    assert float(pilot["heat_storage_cost"]) == pytest.approx(30 * (crf(0.035, 20) + 0.01))
    assert float(pilot["heat_pump_cost"]) == pytest.approx(2_000 * (crf(0.035, 20) + 0.015))


def test_limits_come_from_the_data(pilot: xr.Dataset) -> None:
    """Proves: without a limit of the analyst, a store holds the largest day's use, not more."""
    daily = pilot["heat_demand"].sel(company="goods").values.reshape(365, 24).sum(axis=1)
    for name in ("heat_storage_limit", "heat_pump_limit"):
        assert float(pilot[name].sel(company="goods")) == pytest.approx(daily.max())
    use = pilot["electricity_demand"] + pilot["heat_pump_electricity"] * pilot["heat_demand"]
    daily = use.sel(company="metal").values.reshape(365, 24).sum(axis=1)
    assert float(pilot["battery_limit"].sel(company="metal")) == pytest.approx(daily.max() / 0.955)


def test_limits_of_the_analyst(tmp_path: Path) -> None:
    """Proves: a limit in the table holds as it stands, be it zero or absurdly large."""
    limits = {"battery_limit_kwh": "0", "heat_pump_limit_kw": "1e12", "heat_storage_limit_kwh": "5"}
    scenario = build(tmp_path, [WARM | limits])
    assert scenario["battery_limit"].item() == 0
    assert scenario["heat_pump_limit"].item() == 1e12
    assert scenario["heat_storage_limit"].item() == 5


def test_a_longer_period_has_larger_limits(tmp_path: Path, small: xr.Dataset) -> None:
    """Proves: over a week a store can serve up to seven days, and more than one."""
    week = build(tmp_path, [COMPANY, COLD, WARM], period="week")
    for name in ("battery_limit", "heat_storage_limit"):
        ratio = float((week[name] / small[name]).sel(company="warm"))
        assert 1 < ratio <= 7


def test_a_placeholder_is_labelled() -> None:
    """Proves: the scenario with the placeholder sheet carries that word beside its charges."""
    scenario = read_study(PILOT).scenario("hamburg-placeholder")
    assert "placeholder" in scenario["demand_charge"].attrs["source"]
    assert scenario["demand_charge"].sel(connection="goods").values[:2] == pytest.approx([20, 120])


def test_what_a_pipe_costs(pilot: xr.Dataset) -> None:
    """Proves: 70 m x 782 EUR/m, and 0.216 EUR/(m kW) x 30 K/10 K; loss 8 W/m of 60 kW.

    Yearly 54,740 EUR x (CRF(3.5 %, 40 a) + 0.75 %); loss 1 - exp(-0.008 x 70/60) = 0.93 %.
    A road crossing adds its lump sum to the trench.
    """
    pipe = pilot.sel(pipe="J1->metal")
    factor = crf(0.035, 40) + 0.0075
    assert float(pipe["pipe_fixed_investment"]) == pytest.approx(54_740)
    assert float(pipe["pipe_fixed_cost"]) == pytest.approx(54_740 * factor)
    assert float(pipe["pipe_capacity_cost"]) == pytest.approx(0.216 * 3 * 70 * factor)
    assert float(pipe["pipe_loss"]) == pytest.approx(1 - math.exp(-0.008 * 70 / 60))
    assert (pipe["pipe_from"].item(), pipe["pipe_to"].item()) == ("J1", "metal")
    crossing = pilot["pipe_fixed_investment"].sel(pipe="J1->J2")
    assert float(crossing) == pytest.approx(300 * 782 + 35_000)


def test_a_cold_source_needs_a_booster(pilot: xr.Dataset) -> None:
    """Proves: 33 - 5 = 28 degC to 65 degC: COP 0.5 x 338.15/37 = 4.570, 1/(COP - 1) = 0.2801.

    The booster costs 1,500 EUR/kW.
    """
    metal = pilot.sel(company="metal", heat_source="groupage")
    assert float(metal["transfer_electricity"]) == pytest.approx(0.2801, abs=1e-4)
    assert float(metal["transfer_cost"]) == pytest.approx(1_500 * (crf(0.035, 20) + 0.015))


@pytest.mark.parametrize(("supply_c", "boosted"), [("25", False), ("25.1", True)])
def test_a_warm_source_needs_a_substation(tmp_path: Path, supply_c: str, boosted: bool) -> None:
    """Proves: at 30 degC less 5 K a user of 25 degC takes heat directly, one of 25.1 does not."""
    scenario = build(tmp_path, [COLD, WARM | {"heat_supply_c": supply_c}])
    pair = scenario.sel(company="warm", heat_source="cold")
    assert (float(pair["transfer_electricity"]) > 0) == boosted
    assert float(pair["transfer_investment"]) == (1_500 if boosted else 278)


def test_a_grant_pays_investment_only(pilot: xr.Dataset) -> None:
    """Proves: 40 % less investment in links and transfer; the yearly maintenance stays whole."""
    granted = read_study(PILOT).scenario("heat-grant")
    for name in ("pipe_fixed_investment", "recovery_investment", "transfer_investment"):
        xr.testing.assert_allclose(granted[name], 0.6 * pilot[name])
    expected = 54_740 * (0.6 * crf(0.035, 40) + 0.0075)
    assert float(granted["pipe_fixed_cost"].sel(pipe="J1->metal")) == pytest.approx(expected)


def test_regimes_differ_in_what_passes_between_companies(pilot: xr.Dataset) -> None:
    """Proves: `alone` has no pool and no pipe but to a company's own waste heat; else it is the
    same scenario. If broken: heat passes between companies that are said to be alone.
    """
    alone = read_study(PILOT).scenario("alone")
    assert alone.sizes["pool"] == 0
    assert alone["pipe"].values.tolist() == ["groupage->groupage"]
    shared = {"pool", "pipe"}
    names = [name for name in pilot.data_vars if not shared & set(pilot[name].dims)]
    coords = ["pool", "pool_rule", "pool_paragraph", "pipe", "pipe_from", "pipe_to"]
    xr.testing.assert_equal(
        alone[names].drop_vars(coords, errors="ignore"),
        pilot[names].drop_vars(coords, errors="ignore"),
    )
    assert pilot["pool_charge"].sel(pool="ppa").values == pytest.approx([0.003] * 4)


def test_a_bare_study(tmp_path: Path) -> None:
    """Proves: without roofs, links, waste heat, heat and pools every dimension may be empty.

    The scenario is complete, and read back identical, with dimensions of length 0.
    """
    scenario = build(tmp_path, [COMPANY])
    empty = ("roof", "pv_class", "heat_source", "pipe", "pool")
    assert [scenario.sizes[name] for name in empty] == [0] * 5
    assert float(scenario["heat_demand"].sum()) == 0
    assert scenario["heat_pump_limit"].item() == 0
    xr.testing.assert_identical(netcdf.load(netcdf.save(scenario, tmp_path / "bare.nc")), scenario)


def test_quarter_hours(tmp_path: Path, small: xr.Dataset) -> None:
    """Proves: quarter hours keep energies and peaks; the largest day's heat hardly moves."""
    fine = build(tmp_path, [COMPANY, COLD, WARM], [ROOF], [LINK], step_hours=0.25)
    assert fine.sizes["time"] == 35040
    assert fine.attrs["step_hours"] == 0.25
    for name in ("electricity_demand", "heat_demand"):
        energy = fine[name].sum("time") / 4
        np.testing.assert_allclose(energy, small[name].sum("time"), rtol=1e-6)
    peaks = fine["electricity_demand"].max("time")
    np.testing.assert_allclose(peaks, [300] * 3, rtol=1e-6)
    np.testing.assert_allclose(fine["heat_storage_limit"], small["heat_storage_limit"], rtol=0.02)


def test_loads_do_not_hang_together(tmp_path: Path, small: xr.Dataset) -> None:
    """Proves: a company's load is the same with and without neighbours; another seed changes it."""
    single = build(tmp_path / "a", [WARM])
    load = small["electricity_demand"].sel(company=["warm"])
    xr.testing.assert_equal(single["electricity_demand"], load)
    other = build(tmp_path / "b", [WARM], seed=2)
    assert not np.allclose(other["electricity_demand"], load)


def test_removing_and_halving(tmp_path: Path) -> None:
    """Proves: a removed link is gone and half a roof holds half the PV, by overrides alone."""
    changes = {"links.cold->warm": "remove", "roofs.hall.area_m2": 500}
    path = write_study(
        tmp_path,
        [COMPANY, COLD, WARM],
        [ROOF],
        [LINK],
        settings(regime="law-2026", scenarios={"base": None, "less": changes}),
    )
    study = read_study(path)
    base, less = study.scenario(), study.scenario("less")
    assert (base.sizes["pipe"], less.sizes["pipe"]) == (1, 0)
    assert float(less["roof_limit"].sum()) == pytest.approx(0.5 * float(base["roof_limit"].sum()))


METERED = COMPANY | {"load_profile": "", "load_file": "works.csv", "peak_kw": ""}


def write_meter(folder: Path, power_kw: float, rows: int = 8760) -> None:
    """A meter file of a constant power."""
    folder.mkdir(parents=True, exist_ok=True)
    times = pd.date_range("2025-01-01", periods=rows, freq="h")
    pd.DataFrame({"time": times, "load_kw": power_kw}).to_csv(folder / "works.csv", index=False)


def test_a_meter_file(tmp_path: Path) -> None:
    """Proves: a measured load replaces the profile; 114 kW x 8760 h = 998,640 kWh fit 1 GWh."""
    write_meter(tmp_path, 114.0)
    scenario = build(tmp_path, [METERED])
    np.testing.assert_allclose(scenario["electricity_demand"], 114.0)
    assert read_study(tmp_path).input_files[-1] == tmp_path / "works.csv"


@pytest.mark.parametrize(
    ("power_kw", "rows", "expectation"),
    [
        (0.114, 8760, "field electricity_kwh: expected 1e+06"),  # MW
        (114.0, 8759, "8759"),
        (600.0, 8760, "field connection_kw: expected at least the peak in works.csv, 600 kW"),
    ],
)
def test_a_faulty_meter_file(tmp_path: Path, power_kw: float, rows: int, expectation: str) -> None:
    """Proves: a meter file off by 1000, an hour short, or above the connection is refused."""
    write_meter(tmp_path, power_kw, rows)
    company = METERED | ({"electricity_kwh": ""} if power_kw > 500 else {})
    with pytest.raises(InputError) as caught:
        build(tmp_path, [company])
    assert expectation in str(caught.value)
    assert "works" in str(caught.value)


def test_prices_of_ones_own(tmp_path: Path) -> None:
    """Proves: a price file in EUR/MWh replaces the reference year: 80 EUR/MWh are 8 ct."""
    tmp_path.mkdir(exist_ok=True)
    times = pd.date_range("2025-01-01", periods=8760, freq="h")
    pd.DataFrame({"time": times, "price": 80.0}).to_csv(tmp_path / "prices.csv", index=False)
    prices = settings()["prices"] | {"spot": {"file": "prices.csv", "source": "assumption: flat"}}
    scenario = build(tmp_path, [COMPANY], prices=prices)
    np.testing.assert_allclose(scenario["spot_price"], 0.08)
    assert scenario["spot_price"].attrs["source"] == "prices.csv: assumption: flat"


def test_gas_dearer_in_carbon_than_in_all(tmp_path: Path) -> None:
    """Proves: a gas price below the CO2 price it contains (1 ct) is refused."""
    prices = settings()["prices"] | {"gas": "0.01 EUR/kWh | assumption"}
    with pytest.raises(InputError, match=r"field prices\.gas: expected more than the CO2 price"):
        build(tmp_path, [COMPANY], prices=prices)


def test_a_peak_that_no_profile_has(tmp_path: Path) -> None:
    """Proves: a load that cannot have both its energy and its peak names the company."""
    with pytest.raises(InputError, match=r"companies\.csv, company 'works', field load_profile"):
        build(tmp_path, [COMPANY | {"electricity_kwh": "2600000"}])
