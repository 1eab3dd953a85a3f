"""Annuity, cash flow, net present value and the test of the EnEfG, by hand and on a solved park."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from assess.finance_park import TECHNOLOGIES, TECHNOLOGY_OF, battery_verdict, finance_park, judge
from assess.hand import hand_solution
from parkwerk import load, optimise, save
from parkwerk.assess import assess
from parkwerk.assess.finance import NEEDED
from parkwerk.errors import FinanceError, InputError
from parkwerk.quantities import PRICE_GROUPS, annotate, check
from parkwerk.regulation.economics import annuity_factor
from toy import toy_park

#: The annuity of 1,000 EUR over ten years at 5 %.
AT_5 = {"interest_rate": 0.05, "annuity": 129.504575}


def together(verdict: xr.Dataset, name: str, **labels: str) -> Any:
    return verdict[name].sel(case="together", **labels).squeeze().values


def prices(scenarios: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Price changes by scenario and group, as changes of a hand-made park."""
    table = [[groups.get(group, 0.0) for group in PRICE_GROUPS] for groups in scenarios.values()]
    return {"price_change": table, "labels": {"price_scenario": list(scenarios)}}


def test_cash_flow_by_hand() -> None:
    """1,000 EUR in year 0, then 200 − 20 EUR for ten years; at 0 % worth 800 EUR.

    It comes back in 1000/180 = 5.56 years. c1 and the shared links pay and get nothing.
    """
    verdict = battery_verdict()
    flows = together(verdict, "cash_flow", party="c0")
    named = dict(zip(verdict["flow"].values.tolist(), flows, strict=True))
    assert named["investment"].tolist() == [-1000.0] + [0.0] * 10
    assert named["electricity"].tolist() == [0.0] + [200.0] * 10
    assert named["equipment"].tolist() == [0.0] + [-20.0] * 10
    rest = set(named) - {"investment", "electricity", "equipment"}
    assert all(np.all(named[flow] == 0) for flow in rest)
    np.testing.assert_allclose(together(verdict, "npv"), [800.0, 0.0, 0.0])
    assert together(verdict, "payback", party="c0") == pytest.approx(1000 / 180)
    assert np.isnan(together(verdict, "payback", party="c1"))
    assert together(verdict, "park_npv") == pytest.approx(800.0)


def test_today_has_no_cash_flow() -> None:
    """All is against today, so today itself is worth nothing and has no rate of return."""
    today = battery_verdict().sel(case="today")
    assert (today["cash_flow"] == 0).all()
    assert (today["npv"] == 0).all()
    assert today["internal_rate_of_return"].isnull().all()


def test_both_present_values_agree_where_they_must() -> None:
    """Lives as long as the horizon, constant prices, 5 %: NPV = saving/annuity factor.

    200 − 20 − 129.5046 = 50.4954 EUR/a saved, / 0.129505 = 389.91 EUR = 180·7.72173 − 1000.
    """
    verdict = battery_verdict(**AT_5)
    assert together(verdict, "npv", party="c0") == pytest.approx(389.912, abs=1e-3)
    np.testing.assert_allclose(verdict["npv"].squeeze(), verdict["net_present_value"], atol=1e-6)


def test_replacement_and_residual_value() -> None:
    """15 years at 5 %: bought again after ten, half of it left after fifteen.

    180·10.37966 − 1000 − 1000·0.613913 + 500·0.481017 = 494.93 EUR. The present value of a yearly
    saving, 50.4954·10.37966 = 524.13, keeps 5 annuities instead, worth 560.67 and not 500.
    """
    verdict = battery_verdict(horizon=15.0, **AT_5)
    flows = xr.DataArray(together(verdict, "cash_flow", party="c0"), dims=("flow", "year"))
    flows = flows.assign_coords(flow=verdict["flow"])
    assert np.flatnonzero(flows.sel(flow="replacement")).tolist() == [10]
    assert flows.sel(flow="residual value").values.tolist() == [0.0] * 15 + [500.0]
    assert together(verdict, "npv", party="c0") == pytest.approx(494.934, abs=1e-3)
    assert together(verdict, "net_present_value", party="c0") == pytest.approx(524.125, abs=1e-3)


def test_annuity_by_hand() -> None:
    """Over 15 years at 5 %: (1000 + 613.913 − 240.509)·0.0963423 = 132.316 EUR/a for capital.

    The running costs stay 200 and 20 EUR/a. Where the life is the horizon, the capital's annuity
    is the objective's.
    """
    verdict = battery_verdict(horizon=15.0, **AT_5)
    parts = dict(zip(verdict["part"].values, together(verdict, "annuity", party="c0"), strict=True))
    assert parts["capital"] == pytest.approx(132.3165, abs=1e-3)
    assert parts["electricity"] == pytest.approx(200.0)
    assert parts["equipment"] == pytest.approx(20.0)
    own = battery_verdict(**AT_5)
    assert together(own, "annuity", party="c0", part="capital") == pytest.approx(129.504575)
    assert together(own, "asset_annuity", party="c0", technology="battery") == pytest.approx(
        129.504575
    )


def test_prices_that_change() -> None:
    """At 0 % and two years: electricity up by 10 % saves 200 + 220, maintenance 20 + 22.

    −1000 + 420 − 42 + 800 (eight tenths of the life are left, at the price of year 0) = 178.
    If the residual value followed the price of year 2 it would be 968.
    """
    changes = {"base": {}, "dear": {"electricity": 0.1, "equipment": 0.1}}
    verdict = battery_verdict(horizon=2.0, **prices(changes))
    np.testing.assert_allclose(together(verdict, "npv", party="c0"), [160.0, 178.0])
    np.testing.assert_allclose(
        together(verdict, "cash_flow", party="c0", flow="electricity")[1], [0.0, 200.0, 220.0]
    )


def test_a_replacement_has_the_price_of_its_year() -> None:
    """Equipment up by 10 % a year: after ten years the battery costs 1000·1.1^10 = 2593.74 EUR."""
    verdict = battery_verdict(horizon=15.0, **prices({"dear": {"equipment": 0.1}}))
    flows = together(verdict, "cash_flow", party="c0", flow="replacement")
    assert flows[10] == pytest.approx(-2593.7425)
    left = together(verdict, "cash_flow", party="c0", flow="residual value")
    assert left[15] == pytest.approx(0.5 * 2593.7425)


def test_each_group_follows_its_own_price() -> None:
    """Gas, feed-in and electricity saved 10 EUR/a each; one group at a time doubles in year 2.

    A kind of cost in the wrong group would leave 20 where 10 or 20 belongs.
    """
    kinds = {"electricity": "levies", "gas": "CO2 price", "feed-in": "feed-in revenue"}
    kinds["equipment"] = "pool membership"
    scenarios = {group: {group: 1.0} for group in PRICE_GROUPS}
    park = finance_park(horizon=2.0, **prices(scenarios))
    costs = {kind: [[10.0, 0.0, 0.0], [0.0] * 3, [0.0] * 3] for kind in kinds.values()}
    verdict = judge(park, hand_solution(park, costs))
    for group in PRICE_GROUPS:
        for flow in PRICE_GROUPS:
            paid = together(verdict, "cash_flow", party="c0", flow=flow, price_scenario=group)
            assert paid.tolist() == [0.0, 10.0, 20.0 if flow == group else 10.0]


def test_dear_equipment() -> None:
    """30 % more for the investment is 300 EUR less of net present value, and in no annuity of
    the objective."""
    verdict = battery_verdict(investment_factor=1.3)
    assert together(verdict, "npv", party="c0") == pytest.approx(500.0)
    assert together(verdict, "asset_annuity", party="c0", technology="battery") == 100.0


@pytest.mark.parametrize(("saved", "economic"), [(220.01, 1.0), (219.99, 0.0), (220.0, 0.0)])
def test_enefg_just_above_and_below(saved: float, economic: float) -> None:
    """Half of ten years: 5·(saved − 20) must exceed 1,000 EUR. Nothing is left after five years;
    with a residual value of 500 EUR all three would pass, over the whole life too."""
    verdict = battery_verdict(saved=saved)
    assert together(verdict, "enefg_years", party="c0") == 5.0
    assert together(verdict, "enefg_npv", party="c0") == pytest.approx(5 * (saved - 20) - 1000)
    assert together(verdict, "enefg_economic", party="c0") == economic
    assert together(verdict, "park_enefg_economic") == economic
    assert np.isnan(together(verdict, "enefg_economic", party="c1"))


@pytest.mark.parametrize(("life", "years"), [(40.0, 15.0), (30.0, 15.0), (29.0, 14.0), (1.0, 0.0)])
def test_enefg_looks_at_fifteen_years_at_most(life: float, years: float) -> None:
    """Half of 40 years is cut to 15, half of 29 to whole years; the horizon of 10 cuts nothing."""
    verdict = battery_verdict(asset_life=life, annuity=1000.0 / life)
    assert together(verdict, "enefg_years", party="c0") == years
    spent = 1000.0 if years else 0.0
    expected = years * 180 - spent
    assert together(verdict, "enefg_npv", party="c0") == pytest.approx(expected)


def test_enefg_weighs_lives_by_investment() -> None:
    """3,000 EUR that live 10 years and 1,000 that live 30: (30 + 30)/4 = 15, half of it 7 years."""
    lives = dict.fromkeys(TECHNOLOGIES, 10.0) | {"heat pump": 30.0}
    park = finance_park(
        asset_life=list(lives.values()),
        asset_maintenance=0.0,
        heat_pump_investment=1000.0,
    )
    costs = {
        "battery": [[0.0] * 3, *[[300.0, 0.0, 0.0]] * 2],
        "heat pump": [[0.0] * 3, *[[1000 / 30, 0.0, 0.0]] * 2],
    }
    sizes = {
        "battery_energy": [[0.0, 0.0], *[[3.0, 0.0]] * 2],
        "heat_pump_capacity": [[0.0, 0.0], *[[1.0, 0.0]] * 2],
    }
    verdict = judge(park, hand_solution(park, costs, **sizes))
    assert together(verdict, "enefg_years", party="c0") == 7.0


def test_a_grant_pays_investment_only() -> None:
    """40 % of 1,000 EUR paid: 600 left with an annuity of 60, and still 20 EUR/a of maintenance.

    Maintenance of what is left alone would be 12, and the run would stop.
    """
    verdict = battery_verdict(annuity=60.0, battery_energy_investment=600.0, asset_funding=0.4)
    assert together(verdict, "grant", party="c0", technology="battery") == pytest.approx(400.0)
    assert together(verdict, "npv", party="c0") == pytest.approx(1200.0)
    assert together(verdict, "maintenance", party="c0", technology="battery") == pytest.approx(20.0)


@pytest.mark.parametrize("off", [1e-4, -1e-4, 1.0, np.nan])
def test_an_annuity_that_differs_is_refused(off: float) -> None:
    """A cost in the objective that is not annuity plus maintenance stops the run, by name."""
    with pytest.raises(FinanceError, match="`c0`: annuity and maintenance of battery are 120"):
        battery_verdict(annuity=100.0 * (1 + off))


def test_every_kind_of_cost_has_its_place() -> None:
    """A kind that is in no technology and no group is refused, not left out of the cash flow."""
    park = finance_park()
    costs = {"electric boiler": [[1.0, 1.0, 0.0]] * 3}
    with pytest.raises(FinanceError, match="`electric boiler` belongs to no technology"):
        judge(park, hand_solution(park, costs))


@pytest.mark.parametrize("name", ["horizon", "asset_life"])
def test_parts_of_years_are_refused(name: str) -> None:
    """Payments fall at the ends of years: 12.5 years have no place in the table."""
    with pytest.raises(InputError, match=f"`{name}` of the scenario: expected whole years"):
        battery_verdict(**{name: 12.5})


@pytest.mark.parametrize("name", NEEDED)
def test_without_its_quantities_there_is_no_finance(name: str) -> None:
    """A scenario stored before there was any finance has a verdict as before."""
    park = finance_park().drop_vars(name)
    check(park)
    verdict = assess(park, hand_solution(park))
    assert "npv" not in verdict
    assert "net_present_value" in verdict


# --- a park that was solved

LIVES = [30.0, 15.0, 20.0, 20.0, 20.0, 20.0, 40.0]
MAINTENANCE = [0.0, 0.015, 0.015, 0.01, 0.015, 0.015, 0.0075]
FUNDING = [0.05, 0.0, 0.3, 0.1, 0.4, 0.4, 0.25]
PV_MAINTENANCE = 0.1


Solved = tuple[xr.Dataset, xr.Dataset, xr.Dataset]


@pytest.fixture(scope="module")
def solved() -> Solved:
    """Two companies over two days: each cost is an investment's annuity and maintenance.

    Investments are those of the toy park in the proportion of two days to a year, but for pipes
    and what belongs to them, which would not be built.
    """
    cheap = {"pipe_fixed_investment": 9000.0, "transfer_investment": 300.0}
    park = toy_park(companies=2, **cheap)
    base = finance_park(
        labels={"price_scenario": ["base", "high"]},
        asset_life=LIVES,
        asset_maintenance=MAINTENANCE,
        asset_funding=FUNDING,
        pv_maintenance=PV_MAINTENANCE,
        price_change=[[0.0] * 4, [0.02, 0.03, -0.01, 0.01]],
        investment_factor=[1.0, 0.9],
        lease_margin=0.05,
    )
    park = park.assign({name: base[name] for name in NEEDED})
    for name, technology in TECHNOLOGY_OF.items():
        k = TECHNOLOGIES.index(technology)
        gross = park[f"{name}_investment"] * 2 / 365
        yearly = annuity_factor(0.035, LIVES[k]) * (1 - FUNDING[k]) + MAINTENANCE[k]
        park[f"{name}_investment"] = gross * (1 - FUNDING[k])
        park[f"{name}_cost"] = gross * yearly + (PV_MAINTENANCE if name == "pv_class" else 0.0)
    park = annotate(park)
    check(park)
    solution = optimise(park, gap=0.05)
    return park, solution, assess(park, solution)


def test_annuities_are_those_of_the_objective(solved: Solved) -> None:
    """In every case and for every technology of the park, to 1e-6; and the park has built all."""
    park, solution, verdict = solved
    cost = solution["cost"].sum("actor")
    again = (verdict["asset_annuity"] + verdict["maintenance"]).sum("party")
    pumped = (park["waste_heat_cost"] * solution["yearly_recovered"]).sum("heat_source")
    for technology in TECHNOLOGIES:
        expected = cost.sel(cost_kind=technology)
        expected = expected - (pumped if technology == "heat recovery" else 0.0)
        np.testing.assert_allclose(
            again.sel(technology=technology), expected, rtol=1e-6, atol=1e-6, err_msg=technology
        )
    assert (verdict["park_investment"].sel(case="together") > 0).all()


def test_cash_flow_and_annuity_say_the_same(solved: Solved) -> None:
    """Payments discounted year by year are the difference of the annuities, by b and a: both
    reckon replacements, residual value and price changes, one in a table, one in closed form."""
    park, _, verdict = solved
    yearly = verdict["annuity"].sum("part")
    less = yearly.sel(case="today") - yearly
    worth = 1 / annuity_factor(float(park["interest_rate"]), float(park["horizon"]))
    expected = (less * worth).transpose(*verdict["npv"].dims)
    xr.testing.assert_allclose(verdict["npv"], expected, rtol=1e-9, atol=1e-9)


def test_parties_sum_to_the_park(solved: Solved) -> None:
    """Flows, annuities and present values of the parties are those of the park."""
    verdict = solved[2]
    for name in ("cash_flow", "annuity", "npv"):
        np.testing.assert_allclose(verdict[f"park_{name}"], verdict[name].sum("party"))
    np.testing.assert_allclose(verdict["owned_investment"], verdict["investment"])


def test_costs_of_the_first_year_are_those_of_the_objective(solved: Solved) -> None:
    """Running costs by group, the annuities and nothing else make up the yearly cost."""
    verdict = solved[2]
    first = verdict["cash_flow"].sel(price_scenario="base", year=1, flow=list(PRICE_GROUPS))
    annuities = verdict["asset_annuity"].sum("technology")
    np.testing.assert_allclose(first.sum("flow") - annuities, verdict["saving"], atol=1e-6)


def test_the_finance_of_a_verdict_is_stored(solved: Solved, tmp_path: Path) -> None:
    """Years, parts and flows survive a NetCDF file; every quantity has its unit and its name."""
    verdict = solved[2]
    xr.testing.assert_identical(load(save(verdict, tmp_path / "verdict.nc")), verdict)
    for name, array in verdict.data_vars.items():
        assert {"units", "long_name"} <= set(array.attrs), name
