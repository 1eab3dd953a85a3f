"""Connections and their menus: what each may choose under each regime, by hand from the sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xarray as xr

from parkwerk.study import read_study
from study.folders import COMPANY, PILOT, Rows, settings, write_study

YEARLY = ["under 2500 h", "over 2500 h"]
TIER = ", above 1 GWh"


def pilot_under(regime: str) -> xr.Dataset:
    """The pilot's default scenario under a regime."""
    return read_study(PILOT).scenario(regime=regime)


@pytest.fixture(scope="module")
def law() -> xr.Dataset:
    return pilot_under("law-2026")


def build(folder: Path, companies: Rows, **document: Any) -> xr.Dataset:
    """Scenario of a small study."""
    return read_study(write_study(folder, companies, document=settings(**document))).scenario()


def own_sheet(folder: Path, levels: str) -> dict[str, Any]:
    """Prices by a sheet of one's own with these levels; MV is 20 EUR/kW, 5 ct, 120 EUR/kW, 1 ct."""
    head = "operator: our own\nyear: 2026\nstatus: final\nlevels:\n"
    pairs = (
        "    under: {demand_charge: 20, energy_charge: 5}\n"
        "    over: {demand_charge: 120, energy_charge: 1}\n"
        "    source: our own\n    confidence: H\n"
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.yaml").write_text(f"{head}  MV:\n{pairs}{levels}", encoding="utf-8")
    sheet = {"value": "own.yaml", "source": "assumption: a test"}
    return settings()["prices"] | {"price_sheet": sheet}


def test_the_menu_of_tariffs(law: xr.Dataset) -> None:
    """Proves: fees of the sheet and levies of the law, by hand for the first connection.

    Malchow 2025, MV, under 2,500 h: 21.49 EUR/kW and 5.00 ct; by the month 19.85 EUR/kW. Levies
    2026: 0.446 + 0.941 + 1.559 + 0.11 = 3.056 ct; above 1 GWh 1.509 ct less, for a fixed part of
    15,090 EUR.
    """
    menu = law.sel(connection="goods")
    menu = menu.sel(tariff=menu["tariff"][menu["tariff_open"] == 1])
    assert menu["tariff"].values[:3].tolist() == [*YEARLY, "monthly"]
    assert menu["tariff_option"].values.tolist() == ["yearly", "yearly", "monthly"] * 2
    assert menu["demand_charge"].values == pytest.approx([21.49, 119.08, 0] * 2)
    assert menu["energy_charge"].values == pytest.approx([0.05, 0.0109, 0.0109] * 2)
    assert menu["monthly_charge"].values == pytest.approx([0, 0, 19.85] * 2)
    assert menu["levy"].values == pytest.approx([0.03056] * 3 + [0.01547] * 3)
    assert menu["tariff_fixed"].values == pytest.approx([0] * 3 + [15_090] * 3)
    assert float(menu["connection_limit"]) == 800
    assert str(menu["voltage_level"].values) == "MV"


def test_only_tariffs_in_reach_are_open(law: xr.Dataset) -> None:
    """Proves: a company that can never need 1 GWh has no tariff for more; a large one has all.

    Nobody in the pilot can draw the 10 GWh of a band load, so it has no entry at all.
    """
    open_, first = law["tariff_open"], [*YEARLY, "monthly"]
    small = open_["tariff"][open_.sel(connection="wholesale") == 1].values.tolist()
    large = open_["tariff"][open_.sel(connection="groupage") == 1].values.tolist()
    assert small == first
    assert large == [*first, *(label + TIER for label in first)]
    assert "band" not in law["tariff_option"].values


def test_conditions_are_lines_through_2500_hours(law: xr.Dataset) -> None:
    """Proves: 400 kW and 999 MWh (2,497.5 h) open `under` only, 1,001 MWh `over` only.

    By the month there is no condition. Swapped signs would open each pair on the wrong side.
    """
    lines = law["tariff_condition"].sel(connection="goods")

    def open_at(energy: float) -> list[bool]:
        reading = xr.DataArray([1.0, 400.0, 0.0, energy], coords={"reading": lines["reading"]})
        least = (lines * reading).sum("reading").min("condition")
        return [bool(value >= 0) for value in least.sel(tariff=[*YEARLY, "monthly"])]

    assert open_at(999_000.0) == [True, False, True]
    assert open_at(1_001_000.0) == [False, True, True]
    assert open_at(1_000_000.0) == [True, True, True]


def test_months_are_those_of_the_calendar(law: xr.Dataset) -> None:
    """Proves: each step is in one month, February 2025 has 28 x 24 steps."""
    assert (law["in_month"].sum("month") == 1).all()
    assert float(law["in_month"].sel(month=2).sum()) == 28 * 24


def test_options_may_be_left_out(tmp_path: Path) -> None:
    """Proves: without options a connection has the yearly pairs only, and nothing about months."""
    scenario = build(tmp_path, [COMPANY], tariff_options=[])
    assert set(scenario["tariff_option"].values) == {"yearly"}
    assert not {"monthly_charge", "in_month", "window_charge", "in_window"} & set(scenario)
    assert "month" not in scenario.sizes


def test_peak_windows_of_a_sheet(tmp_path: Path) -> None:
    """Proves: with windows from 16 to 19 h in winter the power price may count their peak only.

    Working days of 2025 in Hamburg: 22 in January, 20 in February, 17 in December to the 23rd;
    59 x 3 h = 177. With Christmas and New Year inside it would be 183. The floor is 20 % of 120
    EUR/kW.
    """
    windows = "    windows: [{months: [1, 2, 12], from_hour: 16, until_hour: 19}]\n"
    scenario = build(tmp_path, [COMPANY], prices=own_sheet(tmp_path, windows))
    assert float(scenario["in_window"].sum()) == 177
    menu = scenario.sel(connection="works", tariff="atypical over 2500 h")
    assert (float(menu["window_charge"]), float(menu["demand_charge"])) == (120, 0)
    floor = scenario.sel(connection="works", tariff="atypical floor over 2500 h")
    assert float(floor["demand_charge"]) == pytest.approx(24)
    assert set(scenario["tariff_option"].values) == {"yearly", "atypical"}
    window = scenario["tariff_condition"].sel(reading="window peak")
    assert (window.sel(tariff="atypical over 2500 h") != 0).any()
    assert not (window.sel(tariff="over 2500 h") != 0).any()


def test_each_level_has_windows_and_thresholds_of_its_own(tmp_path: Path) -> None:
    """Proves: the peak in the windows must be 20 % lower at MV, 30 % at LV, each in its own hours.

    A condition of one level is no condition at the other: its row is 0 there.
    """
    window = "    windows: [{{months: [1], from_hour: {}, until_hour: {}}}]\n"
    pairs = (
        "    under: {demand_charge: 30, energy_charge: 6}\n"
        "    over: {demand_charge: 130, energy_charge: 2}\n"
        "    source: our own\n    confidence: H\n"
    )
    levels = f"{window.format(16, 19)}  LV:\n{pairs}{window.format(8, 9)}"
    low = COMPANY | {"id": "low", "voltage_level": "LV"}
    scenario = build(tmp_path, [COMPANY, low], prices=own_sheet(tmp_path, levels))
    assert scenario["in_window"].sum("time").values.tolist() == [22 * 3, 22]
    conditions = scenario["tariff_condition"].sel(tariff="atypical under 2500 h", reading="peak")
    for connection, expected in (
        ("works", {"20%": 0.8, "30%": 0}),
        ("low", {"20%": 0, "30%": 0.7}),
    ):
        for share, factor in expected.items():
            (text,) = [t for t in scenario["condition"].values if share in t]
            found = conditions.sel(connection=connection, condition=text)
            assert float(found) == pytest.approx(factor)


def test_band_load_needs_10_gwh(tmp_path: Path) -> None:
    """Proves: 1,250 kW all year, 10.95 GWh, open the band of 7,000 h at 20 % of 119.08 EUR/kW."""
    times = pd.date_range("2025-01-01", periods=8760, freq="h")
    load = pd.DataFrame({"time": times, "load_kw": 1250.0})
    tmp_path.mkdir(exist_ok=True)
    load.to_csv(tmp_path / "works.csv", index=False)
    given = {"load_profile": "", "load_file": "works.csv", "peak_kw": "", "electricity_kwh": ""}
    scenario = build(tmp_path, [COMPANY | given | {"connection_kw": "1500"}])
    band = scenario.sel(connection="works", tariff=f"band 7000 h{TIER}")
    assert float(band["tariff_open"]) == 1
    assert float(band["demand_charge"]) == pytest.approx(0.2 * 119.08)


def test_relief_is_a_choice_below_1_gwh(law: xr.Dataset) -> None:
    """Proves: the relief of §9b costs its deductible of 250 EUR, so a manufacturer may do without
    (2.05 ct, nothing fixed) where it can draw little; trade and logistics have no such choice.
    """
    relief = law.sel(tariff=["under 2500 h", "under 2500 h, without tax relief"])
    metal = relief.sel(company="metal", connection="metal")
    assert metal["tariff_open"].values.tolist() == [1, 1]
    assert metal["electricity_tax"].values == pytest.approx([0.0005, 0.0205])
    assert metal["electricity_tax_fixed"].values.tolist() == [250, 0]
    assert relief["tariff_open"].sel(connection="goods").values.tolist() == [1, 0]


@pytest.mark.parametrize(("turnover", "costly"), [("4.44e6", 1), ("4.46e6", 0), ("", 0)])
def test_costly_electricity(tmp_path: Path, turnover: str, costly: int) -> None:
    """Proves: group C' begins where electricity costs more than 4 % of turnover.

    1 GWh at 10 ct, 300 kW x 119.08 EUR, 1.09 + 3.056 + 0.05 ct and 250 EUR: 177,934 EUR, 4 % of
    4,448,350 EUR. Above 1 GWh C' bears 0.446 + 0.941 + 0.025 + 0.11 = 1.522 ct, B' 1.547 ct.
    """
    given = {"supply": "fixed", "margin_eur_per_kwh": "", "fixed_price_eur_per_kwh": "0.1"}
    company = COMPANY | given | {"manufacturing": "yes", "turnover_eur": turnover}
    scenario = build(tmp_path, [company]).sel(connection="works")
    assert int(scenario["costly_electricity"]) == costly
    levy = float(scenario["levy"].sel(tariff=f"over 2500 h{TIER}"))
    assert levy == pytest.approx(0.01522 if costly else 0.01547)


def test_ordered_capacity() -> None:
    """Proves: with capacity ordered ahead every kW ordered costs 119.08 EUR, energy 1.09 ct, and
    5.00 - 1.09 = 3.91 ct more above the order; no hours of use, no months, no peak charge.
    """
    scenario = pilot_under("agnes-2029")
    goods = scenario.sel(connection="goods", tariff="ordered")
    assert float(goods["order_charge"]) == pytest.approx(119.08)
    assert float(goods["energy_charge"]) == pytest.approx(0.0109)
    assert float(goods["above_order_charge"]) == pytest.approx(0.0391)
    assert not scenario["demand_charge"].any()
    assert set(scenario["tariff_option"].values) == {"ordered"}
    assert not {"tariff_condition", "in_month", "monthly_charge"} & set(scenario)
    assert "not published" in scenario["order_charge"].attrs["source"]
