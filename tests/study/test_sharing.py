"""Pools, direct lines and feed-in of a scenario: the study's settings arrive where they belong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from parkwerk import netcdf, quantities
from parkwerk.regulation import regimes
from parkwerk.study import read_study
from study.folders import COLD, COMPANY, LINK, PILOT, ROOF, WARM, Rows, settings, write_study
from study.test_scenario import crf


@pytest.fixture(scope="module")
def pilots() -> dict[str, xr.Dataset]:
    """The pilot under every regime."""
    study = read_study(PILOT)
    return {regime: study.scenario(regime=regime) for regime in regimes()}


def build(
    folder: Path,
    companies: Rows,
    roofs: Rows | None = None,
    links: Rows | None = None,
    **document: Any,
) -> xr.Dataset:
    """Scenario of a small study under the law of 2026."""
    document = {"regime": "law-2026"} | document
    return read_study(write_study(folder, companies, roofs, links, settings(**document))).scenario()


@pytest.mark.parametrize("regime", sorted(regimes()))
def test_every_regime_makes_a_scenario(regime: str, pilots: dict[str, xr.Dataset]) -> None:
    """Proves: under each regime the pilot is complete and sourced."""
    scenario = pilots[regime]
    quantities.check(scenario)
    assert scenario.attrs["regime"] == regime
    assert scenario.attrs["scenario"] == "law-2026"
    assert scenario.attrs["regime_hypothetical"] == int(regimes()[regime].hypothetical)
    for name in quantities.SCENARIO.keys() & set(scenario.data_vars):
        assert len(scenario[name].attrs["source"]) > 3, name


@pytest.mark.parametrize("regime", ["legacy-system", "agnes-2029"])
def test_a_regime_of_its_own_quantities_is_read_back_identical(
    regime: str, pilots: dict[str, xr.Dataset], tmp_path: Path
) -> None:
    """Proves: a common connection, and capacity that is ordered, are kept in the file."""
    scenario = pilots[regime]
    assert ("connection_cost" in scenario) == (regime == "legacy-system")
    assert ("order_charge" in scenario) == (regime == "agnes-2029")
    xr.testing.assert_identical(netcdf.load(netcdf.save(scenario, tmp_path / "s.nc")), scenario)


def test_a_large_company_is_told_why(pilots: dict[str, xr.Dataset]) -> None:
    """Proves: §42c keeps large companies out and says so; lifting the limit changes just that."""
    law, lifted = pilots["law-2026"], pilots["sme-limit-lifted"]
    reason = str(law["pool_reason"].sel(pool="sharing", company="goods").values)
    assert "§42c(2)" in reason
    assert not law["pool_takes"].sel(pool="sharing").any()
    assert lifted["pool_takes"].sel(pool="sharing").all()
    for name in law.data_vars:
        if "pool" not in law[name].dims:
            xr.testing.assert_equal(law[name], lifted[name])
    others = [pool for pool in law["pool"].values if pool != "sharing"]
    assert set(lifted["pool"].values) == {*others, "sharing"}
    pools = [name for name in law.data_vars if "pool" in law[name].dims]
    xr.testing.assert_equal(law[pools].sel(pool=others), lifted[pools].sel(pool=others))


def test_tenants_share_the_roof_of_their_building(pilots: dict[str, xr.Dataset]) -> None:
    """Proves: with tenants both buildings have a pool of §42b and three SMEs one of §42c.

    The size of the tenants is told from their figures; a tenant counted as large is in neither.
    """
    scenario = pilots["law-2026-with-sme-tenants"]
    assert scenario["company"].values[4:].tolist() == ["packing", "repair"]
    takes = scenario["pool_takes"].groupby("pool_rule").max()
    assert takes.sel(pool_rule="building").values.tolist() == [1, 0, 1, 0, 1, 1]
    assert takes.sel(pool_rule="sharing").values.tolist() == [0, 0, 0, 1, 1, 1]
    assert "repair" not in pilots["law-2026"]["company"].values


def test_what_a_direct_line_costs(pilots: dict[str, xr.Dataset]) -> None:
    """Proves: (150 m x 150 EUR + 15,000 EUR) x (CRF(3.5 %, 40 a) + 1 %) fall to the giver.

    A road crossing of 35,000 EUR comes on top: (360 x 150 + 15,000 + 35,000) for the longer line.
    """
    law, factor = pilots["law-2026"], crf(0.035, 40) + 0.01
    lines = law.sel(pool=[p for p in law["pool"].values if p.startswith("direct-line")])
    assert lines["pool_exclusive"].values.tolist() == [1, 1, 1]
    assert not law["pool_exclusive"].sel(pool="ppa").any()
    cost = lines["pool_fixed_cost"] - lines["pool_fixed_cost"].where(lines["pool_takes"] > 0).max()
    short = cost.sel(pool="direct-line-groupage-metal", company="groupage")
    assert float(short) == pytest.approx(37_500 * factor)
    crossing = cost.sel(pool="direct-line-goods-wholesale", company="goods")
    assert float(crossing) == pytest.approx(104_000 * factor)


LINE = LINK | {"to": "works", "carrier": "power"}


def test_a_direct_line_is_no_pipe(tmp_path: Path) -> None:
    """Proves: a link that carries power makes a pool from its start to its end, and no pipe; a
    company without waste heat may be its start.
    """
    link = LINE | {"from": "works", "to": "warm"}
    scenario = build(tmp_path, [COMPANY, COLD, WARM], [ROOF], [link])
    assert scenario.sizes["pipe"] == 0
    pool = scenario.sel(pool="direct-line-works-warm")
    assert pool["pool_gives"].values.tolist() == [1, 0, 0]
    assert pool["pool_takes"].values.tolist() == [0, 0, 1]


def test_costs_of_sharing_are_those_of_the_study(tmp_path: Path) -> None:
    """Proves: what study.yaml sets replaces the assumptions, and only that; its source is kept.

    1 ct own supply instead of 0.3 ct; 100 EUR a member; a line at 10 EUR/m and 1,000 EUR, at no
    interest over 50 a with 2 %: 3,000 x (1/50 + 0.02) = 120 EUR.
    """
    sharing = {
        "own_supply_cost": "0.01 EUR/kWh | assumption: dear",
        "member_cost": "100 EUR/a | assumption: cheap",
        "direct_line": {
            "investment": "10 EUR/m | assumption",
            "fixed_investment": "1000 EUR | assumption",
            "maintenance": "0.02 1/a | assumption",
            "life": "50 a | assumption",
        },
    }
    rows = [COMPANY | {"building": "b"}, COLD | {"building": "b"}]
    document = {"sharing": sharing, "interest_rate": "0 1/a | assumption"}
    scenario = build(tmp_path, rows, [ROOF], [LINE], **document)
    assert scenario["pool_charge"].sel(pool="ppa").values == pytest.approx([0.01, 0.01])
    assert scenario["pool_fixed_cost"].sel(pool="ppa").values.tolist() == [100, 100]
    line = scenario["pool_fixed_cost"].sel(pool="direct-line-cold-works")
    assert line.values == pytest.approx([100, 220])
    assert scenario["pool_fixed_cost"].sel(pool="building").values.tolist() == [120, 120]
    assert "assumption: dear" in scenario["pool_charge"].attrs["source"]
    assert "assumption: cheap" in scenario["pool_fixed_cost"].attrs["source"]


def test_a_discount_on_local_electricity(tmp_path: Path, pilots: dict[str, xr.Dataset]) -> None:
    """Proves: the rebate is a share of the energy charge of the entry: a quarter of 5.00 ct.

    Pools without it have none, and no other regime of the pilot knows rebates.
    """
    document = {"regime": "local-fee-discount", "sharing": {"fee_discount": "0.25 1 | assumption"}}
    scenario = build(tmp_path, [COMPANY, COLD], [ROOF], **document)
    local = scenario.sel(connection="works", tariff="under 2500 h")["pool_rebate"]
    assert float(local.sel(pool="local-sharing")) == pytest.approx(0.0125)
    assert float(local.sel(pool="ppa")) == 0
    assert "pool_rebate" not in pilots["law-2026"]


@pytest.mark.parametrize(("key", "shares"), [("equal", [0.5, 0.5]), ("by_use", [0.2, 0.8])])
def test_a_key_fixed_ahead(tmp_path: Path, key: str, shares: list[float]) -> None:
    """Proves: the key is equal, or goes by yearly use: 250 and 1,000 MWh are 0.2 and 0.8."""
    small = COMPANY | {"id": "small", "electricity_kwh": "250000", "peak_kw": "75"}
    rows = [row | {"building": "b"} for row in (small, COMPANY)]
    scenario = build(tmp_path, rows, [ROOF], sharing={"allocation_key": key})
    assert float(scenario["pool_keyed"].sel(pool="building")) == 1
    assert scenario["pool_key"].sel(pool="building").values == pytest.approx(shares)


def test_what_feed_in_earns(pilots: dict[str, xr.Dataset]) -> None:
    """Proves: the law of July 2026 by hand, in steps with a price from 0 on.

    Tariff 5.50 ct for the last slice; the first 10 kW earn 2.28 ct more, up to 40 kW 1.23 ct.
    Premium: spot - 0.3 ct + (5.90 - 4.508) ct. Above 1 MW: spot - 0.3 ct.
    """
    law = pilots["law-2026"]
    spot, paid = law["spot_price"], law["feed_in_supported"] > 0
    np.testing.assert_array_equal(paid, spot >= 0)
    price = law["feed_in_price"].where(paid, drop=True)
    gain = price - spot.where(paid, drop=True)
    np.testing.assert_allclose(price.sel(feed_in_rule="tariff"), 0.055)
    np.testing.assert_allclose(gain.sel(feed_in_rule="market premium"), 0.059 - 0.04508 - 0.003)
    np.testing.assert_allclose(gain.sel(feed_in_rule="market"), -0.003)
    assert law["slice_end"].values.tolist() == [10, 40]
    tariff = law["slice_value"].sel(feed_in_rule="tariff").values
    assert tariff == pytest.approx([0.0228, 0.0123])
    assert set(law["pv_class_rule"].values) == set(law["feed_in_rule"].values)


def test_control_not_tested_and_a_tender(tmp_path: Path) -> None:
    """Proves: without a tested control plants of the tariff feed in 60 % at most; a value won by
    tender pays for plants above 1 MW: spot - 0.3 ct + (7.0 - 4.5) ct.
    """
    pv = {"control_tested": False, "tender_value": "0.07 EUR/kWh | assumption: a bid"}
    roof = ROOF | {"area_m2": "20000"}
    scenario = build(tmp_path, [COMPANY], [roof], technologies={"pv": pv})
    assert float(scenario["feed_in_cap"].sel(feed_in_rule="tariff")) == pytest.approx(0.6)
    assert float(scenario["feed_in_cap"].sel(feed_in_rule="market premium")) > 1
    large = scenario["feed_in_price"].sel(feed_in_rule="tender premium")
    gain = (large - scenario["spot_price"]).where(scenario["spot_price"] >= 0, drop=True)
    np.testing.assert_allclose(gain, 0.022)
    assert "assumption: a bid" in scenario["feed_in_price"].attrs["source"]


def test_what_a_bill_is_written_from(pilots: dict[str, xr.Dataset]) -> None:
    """Proves: the sheet's own rates, in EUR/kWh, and each one's status reach the scenario."""
    law = pilots["law-2026"]
    metal = law.sel(connection="metal")
    assert metal["sheet_demand_charge"].values == pytest.approx([27.97, 136.61])
    assert metal["sheet_energy_charge"].values == pytest.approx([0.0598, 0.0163])
    assert float(metal["sheet_monthly_charge"]) == pytest.approx(22.77)
    assert law["manufacturing"].values.tolist() == [0, 0, 0, 1]
    assert law["levied"].values.tolist() == [1] * 4
    assert float(law["solar_market_value"]) == pytest.approx(0.04508)
    assert float(law["marketing_cost"]) == pytest.approx(0.003)
