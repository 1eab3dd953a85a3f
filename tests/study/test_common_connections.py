"""Common connections: who has a meter where, and what is due at it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from parkwerk.coalition import isolate
from parkwerk.errors import InputError
from study.folders import COMPANY, WARM
from study.test_connections import TIER, YEARLY, build, own_sheet, pilot_under

COMPANIES = ["goods", "groupage", "wholesale", "metal"]


@pytest.fixture(scope="module")
def law() -> xr.Dataset:
    return pilot_under("law-2026")


@pytest.fixture(scope="module")
def legacy() -> xr.Dataset:
    return pilot_under("legacy-system")


@pytest.fixture(scope="module")
def closed() -> xr.Dataset:
    return pilot_under("closed-network")


def test_a_customer_system_has_one_meter(legacy: xr.Dataset) -> None:
    """Proves: behind the common connection of 800 + 1000 + 200 + 500 = 2,500 kW nobody has a
    meter; levies are due at the common one on all, with no tier (Malchow MV as for one company).
    """
    assert legacy["connection"].values.tolist() == [*COMPANIES, "ring"]
    assert set(legacy["behind"].values) == {"ring"}
    assert legacy["own_meter"].values.tolist() == [0] * 4
    assert legacy["connection_limit"].values.tolist() == [0, 0, 0, 0, 2500]
    assert legacy["connection_limit_alone"].values.tolist() == [800, 1000, 200, 500, 0]
    common = legacy.sel(connection="ring")
    open_ = legacy["tariff"].values[common["tariff_open"].values == 1]
    assert open_.tolist() == [*YEARLY, "monthly"]
    assert common["demand_charge"].sel(tariff=YEARLY).values == pytest.approx([21.49, 119.08])
    assert common["levy"].sel(tariff=YEARLY).values == pytest.approx([0.03056] * 2)
    assert (float(common["levied"]), float(common["tiered"])) == (1, 0)
    assert legacy["connection_cost"].values[:4].tolist() == [0] * 4
    assert float(common["connection_cost"]) > 0


def test_a_member_of_a_customer_system_pays_its_tax_only(legacy: xr.Dataset) -> None:
    """Proves: each member has one entry, whose fee is 0 without withdrawal, with its own tax;
    a manufacturer may do without relief.
    """
    members = legacy.sel(connection=COMPANIES)
    assert members["tariff_open"].sum("tariff").values.tolist() == [1, 1, 1, 2]
    entry = members.sel(tariff="under 2500 h")
    assert entry["tariff_open"].values.tolist() == [1] * 4
    assert entry["tariff_fixed"].values.tolist() == [0] * 4
    assert entry["electricity_tax"].values == pytest.approx([0.0205] * 3 + [0.0005])


def test_a_closed_network_has_meters_within(closed: xr.Dataset) -> None:
    """Proves: members pay the network's charge (0.5 ct) and the levies with their tier, at meters
    of their own; the common connection pays the fee of the grid above and no levies.
    """
    goods, common = closed.sel(connection="goods"), closed.sel(connection="ring")
    assert closed["own_meter"].values.tolist() == [1] * 4
    open_ = closed["tariff"].values[goods["tariff_open"].values == 1]
    assert open_.tolist() == ["internal", f"internal{TIER}"]
    internal = goods.sel(tariff=open_)
    assert internal["energy_charge"].values == pytest.approx([0.005] * 2)
    assert internal["demand_charge"].values.tolist() == [0, 0]
    assert internal["levy"].values == pytest.approx([0.03056, 0.01547])
    assert (float(goods["internal_charge"]), float(goods["connection_limit"])) == (0.005, 800)
    assert common["demand_charge"].sel(tariff=YEARLY).values == pytest.approx([21.49, 119.08])
    assert common["levy"].values.tolist() == [0] * closed.sizes["tariff"]
    assert (float(common["levied"]), float(common["internal_charge"])) == (0, 0)


@pytest.mark.parametrize("regime", ["legacy-system", "closed-network", "sme-limit-lifted"])
def test_alone_every_regime_is_the_same(
    regime: str, law: xr.Dataset, request: pytest.FixtureRequest
) -> None:
    """Proves: without exchange a company has the same meter, menu and taxes under each regime.

    Broken: the saving of a regime would be counted against a case that nobody has today.
    """
    fixtures = {"legacy-system": "legacy", "closed-network": "closed"}
    name = fixtures.get(regime)
    scenario = request.getfixturevalue(name) if name else pilot_under(regime)
    alone, expected = isolate(scenario), isolate(law)
    extra = [t for t in alone["tariff"].values if t not in expected["tariff"].values]
    assert not alone["tariff_open"].sel(tariff=extra).any()
    same = alone.sel(tariff=expected["tariff"])
    for quantity in ("connection_limit", "tariff_open", "demand_charge", "levy", "tariff_fixed"):
        np.testing.assert_array_equal(same[quantity].values, expected[quantity].values, quantity)
    tax = ["electricity_tax", "electricity_tax_fixed"]
    xr.testing.assert_equal(same[tax].drop_vars("behind"), expected[tax].drop_vars("behind"))


SYSTEM = {"legacy_system": "old", "legacy_since": "2015-06-01"}


def test_a_common_connection_of_the_analyst(tmp_path: Path) -> None:
    """Proves: level and capacity of the common connection are those of study.yaml."""
    common = {"voltage_level": "LV", "connection_kw": "750 kW | assumption"}
    scenario = build(
        tmp_path,
        [COMPANY | SYSTEM, WARM | SYSTEM],
        regime="legacy-system",
        sharing={"common_connection": common},
    ).sel(connection="old")
    assert float(scenario["connection_limit"]) == 750
    assert float(scenario["demand_charge"].sel(tariff="under 2500 h")) == pytest.approx(34.29)


def test_a_connection_too_small_for_its_members(tmp_path: Path) -> None:
    """Proves: a capacity below the members' joint peak, that of two equal loads of 300 kW, is
    refused with the field and the members. If broken: the solver finds that constraints conflict.
    """
    document = {
        "regime": "legacy-system",
        "sharing": {"common_connection": {"connection_kw": "400 kW | assumption"}},
    }
    with pytest.raises(
        InputError, match=r"study\.yaml, field sharing\.common_connection\.connection_kw: expected "
    ) as error:
        build(tmp_path, [COMPANY | SYSTEM, WARM | SYSTEM], **document)
    assert "works, warm behind 'old' together" in str(error.value)
    assert str(error.value).endswith("found 400")


def test_a_level_that_the_sheet_lacks(tmp_path: Path) -> None:
    """Proves: a common connection at a level without rates names the field of study.yaml."""
    document = {
        "regime": "legacy-system",
        "prices": own_sheet(tmp_path, ""),
        "sharing": {"common_connection": {"voltage_level": "LV"}},
    }
    with pytest.raises(InputError, match=r"field sharing\.common_connection\.voltage_level: price"):
        build(tmp_path, [COMPANY | SYSTEM, WARM | SYSTEM], **document)
