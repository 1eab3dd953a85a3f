"""What a study says of prices to come, of grants and of owners, and what a scenario has of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from assess.finance_park import TECHNOLOGY_OF
from parkwerk import netcdf
from parkwerk.errors import InputError
from parkwerk.quantities import PRICE_GROUPS
from parkwerk.study import read_study
from parkwerk.study.finance import Finance
from parkwerk.study.inputs import sources_in
from study.folders import COLD, COMPANY, LINK, ROOF, WARM, settings, write_study


def build(folder: Path, **document: Any) -> xr.Dataset:
    """Scenario of three companies with a roof, waste heat and a pipe, under the law of 2026."""
    document = {"regime": "law-2026"} | document
    path = write_study(folder, [COMPANY, COLD, WARM], [ROOF], [LINK], settings(**document))
    return read_study(path).scenario()


def refused(folder: Path, **document: Any) -> str:
    with pytest.raises(InputError) as caught:
        build(folder, **document)
    return str(caught.value)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    return build(tmp_path_factory.mktemp("plain"))


def test_defaults_are_assumptions_within_their_ranges() -> None:
    """Proves: defaults, which pydantic does not check, would pass; each says what it rests on."""
    assert Finance.model_validate(Finance().model_dump()) == Finance()
    sources = sources_in(Finance())
    assert len(sources) == 3 * 5 + 1
    assert all(source.startswith("assumption: ") for _, source in sources)


def test_what_a_scenario_has(plain: xr.Dataset) -> None:
    """Proves: lives and maintenance of the technologies, prices that the base leaves alone, and
    no ownership where every host owns its assets."""
    assert plain["asset_life"].values.tolist() == [30, 15, 20, 20, 20, 20, 40]
    maintenance = [0, 0.015, 0.015, 0.01, 0.015, 0.015, 0.0075]
    assert plain["asset_maintenance"].values.tolist() == maintenance
    assert plain["pv_maintenance"].item() == 21.5
    assert not plain["asset_funding"].any()
    assert not plain["price_change"].sel(price_scenario="base").any()
    assert plain["price_scenario"].values.tolist() == ["base", "low", "high"]
    assert "asset_owned" not in plain


def test_prices_stand_in_the_order_of_their_groups(tmp_path: Path) -> None:
    """Proves: a change is that of its own group; in the wrong order gas would rise by 1 %."""
    changes = dict(zip(("electricity", "gas", "feed_in", "equipment"), range(1, 5), strict=True))
    high = {name: f"0.0{value} 1/a | assumption" for name, value in changes.items()}
    scenario = build(tmp_path, finance={"price_scenarios": {"high": high}})
    found = scenario["price_change"].sel(price_scenario="high", price_group=list(PRICE_GROUPS))
    assert found.values.tolist() == [0.01, 0.02, 0.03, 0.04]


GRANTS = {
    "pv": ["pv_class_fixed", "pv_class"],
    "battery": ["battery_fixed", "battery_energy", "battery_power"],
    "heat_pump": ["heat_pump"],
    "heat_storage": ["heat_storage"],
    "pipes": ["pipe_fixed", "pipe_capacity"],
    "heat_recovery": ["recovery", "transfer", "pipe_fixed", "pipe_capacity"],
}


@pytest.mark.parametrize("technology", GRANTS)
def test_a_grant_pays_investment_only(technology: str, plain: xr.Dataset, tmp_path: Path) -> None:
    """Proves: 40 % less investment and annuity, maintenance as before, and nothing else changes.

    A pipe without a grant of its own has that of the heat recovery (EEW module 4).
    """
    given = {technology: {"funding_share": "0.4 1 | assumption: a grant"}}
    scenario = build(tmp_path, technologies=given)
    for name in GRANTS[technology]:
        before, after = (s[f"{name}_investment"] for s in (plain, scenario))
        np.testing.assert_allclose(after, 0.6 * before)
        kept = plain[f"{name}_cost"] - scenario[f"{name}_cost"]
        life = plain["asset_life"].sel(technology=TECHNOLOGY_OF[name]).item()
        q = 1.035**life
        np.testing.assert_allclose(kept, 0.4 * before * 0.035 * q / (q - 1))
    changed = {name for name in plain.data_vars if not plain[name].equals(scenario[name])}
    touched = {f"{name}_{kind}" for name in GRANTS[technology] for kind in ("investment", "cost")}
    assert changed == (touched | {"asset_funding"}) - UNTOUCHED
    assert float(scenario["asset_funding"].max()) == 0.4


#: The small study has one size class, whose line has no fixed part.
UNTOUCHED = {"pv_class_fixed_investment", "pv_class_fixed_cost"}


def test_a_pipe_may_have_its_own_grant(plain: xr.Dataset, tmp_path: Path) -> None:
    """Proves: 0.2 of the pipes goes before 0.4 of the heat recovery."""
    recovery = {"funding_share": "0.4 1 | assumption: a grant"}
    pipes = {"funding_share": "0.2 1 | assumption: another grant"}
    scenario = build(tmp_path, technologies={"heat_recovery": recovery, "pipes": pipes})
    np.testing.assert_allclose(
        scenario["pipe_fixed_investment"], 0.8 * plain["pipe_fixed_investment"]
    )
    funding = scenario["asset_funding"].sel(technology=["heat transfer", "heat pipes"])
    assert funding.values.tolist() == [0.4, 0.2]


def test_owners(tmp_path: Path) -> None:
    """Proves: what is said of a company goes before what is said of a technology, in any order;
    `host` takes an asset back; shared links are the operator's until it is said otherwise.
    """
    ownership = {
        "works.pv": "host",
        "pv": "operator",
        "cold.heat_recovery": "warm",
        "operator.heat_pipes": "cold",
    }
    scenario = build(tmp_path, finance={"ownership": ownership})
    owned = scenario["asset_owned"]
    assert scenario["owner"].values.tolist() == ["works", "cold", "warm", "operator"]
    np.testing.assert_array_equal(owned.sum("owner"), 1.0)
    who = owned.idxmax("owner")
    assert who.sel(technology="PV").values.tolist() == ["works", *["operator"] * 3]
    assert who.sel(technology="heat recovery").values.tolist() == [
        *("works", "warm", "warm", "operator")
    ]
    assert who.sel(technology="heat pipes").values.tolist() == ["works", "cold", "warm", "cold"]
    assert who.sel(technology="battery").values.tolist() == list(scenario["host"].values)
    read = netcdf.load(netcdf.save(scenario, tmp_path / "scenario.nc"))
    xr.testing.assert_identical(read, scenario)


def test_an_absent_tenant_owns_nothing(tmp_path: Path) -> None:
    """Proves: an owner whom the regime leaves out leaves the asset to its host."""
    tenant = WARM | {"tenant": "yes", "building": "hall"}
    document = settings(regime="law-2026", finance={"ownership": {"pv": "warm"}})
    path = write_study(tmp_path, [COMPANY, COLD, tenant], [ROOF], None, document)
    scenario = read_study(path).scenario()
    np.testing.assert_array_equal(scenario["asset_owned"].sel(technology="PV"), np.eye(3))


@pytest.mark.parametrize(
    ("finance", "sentence"),
    [
        ({"ownership": {"windmill": "host"}}, "field finance.ownership"),
        ({"ownership": {"windmill": "host"}}, "expected one of pv, battery, heat_pump,"),
        ({"ownership": {"nobody.pv": "host"}}, "finance.ownership.nobody.pv: expected one of"),
        ({"ownership": {"pv": "nobody"}}, "warm, operator, found 'nobody'"),
        ({"price_scenarios": {"base": {"gas": "2 1/a | in percent"}}}, "between -0.2 and 0.2 1/a"),
        ({"price_scenarios": {"medium": {}}}, "expected one of base, low, high"),
        ({"lease_margin": "10 1 | in percent"}, "expected a value between -0.5 and 1"),
    ],
)
def test_wrong_inputs(finance: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    """Proves: an unknown technology, company or scenario and a percentage are refused by name."""
    message = refused(tmp_path, finance=finance)
    assert sentence in message
    assert "\n" not in message


def test_payments_fall_at_the_ends_of_years(tmp_path: Path) -> None:
    """Proves: a life or a horizon of 12.5 years is refused before anything is solved."""
    life = {"battery": {"life": "12.5 a | assumption"}}
    message = refused(tmp_path / "a", technologies=life)
    assert "technologies.battery.life (life): expected whole years, found 12.5" in message
    message = refused(tmp_path / "b", horizon="12.5 a | assumption")
    assert "expected whole years, found 12.5" in message


def test_a_grant_that_pays_all_is_refused(tmp_path: Path) -> None:
    """Proves: no share above 0.9; maintenance is reckoned from what the grant leaves."""
    given = {"heat_pump": {"funding_share": "1 1 | assumption"}}
    assert "expected a value between 0 and 0.9" in refused(tmp_path, technologies=given)


def test_a_scenario_may_change_prices_and_owners(tmp_path: Path) -> None:
    """Proves: paths of overrides reach a price, a grant and all owners at once."""
    changes = {
        "finance.price_scenarios.high.gas": 0.05,
        "finance.ownership": {"battery": "works"},
        "technologies.heat_pump.funding_share": "0.4 1 | S52: EEW module 2",
    }
    scenario = build(tmp_path, scenarios={"base": changes})
    assert scenario["price_change"].sel(price_scenario="high", price_group="gas").item() == 0.05
    assert (scenario["asset_owned"].sel(technology="battery", owner="works") == 1).all()
    assert scenario["asset_funding"].sel(technology="heat pump").item() == 0.4
