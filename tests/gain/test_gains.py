"""From coalitions to shares, payments and risks, on parks whose gain is known by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.gain import large_division
from parkwerk.gain.contract import contract
from parkwerk.gain.gains import gains
from parkwerk.gain.large_division import divide_large
from parkwerk.gain.shares import divide, objection, rules_of
from parkwerk.solve.clock import Clock
from parkwerk.solve.coalitions import Valuer, coalitions
from parkwerk.solve.optimise import optimise
from parkwerk.solve.workers import workers
from toy import bare_park, sun_for_a_neighbour, toy_park

#: Near enough to tell cents, and where only sums are asserted.
GAP, ROUGH = 1e-4, 0.2


def divided(scenario: xr.Dataset) -> xr.Dataset:
    """Shares of all companies by all rules."""
    solution = optimise(scenario, gap=GAP)
    return divide(scenario, solution, coalitions(scenario, solution, gap=GAP))


def sun_for(*demand: float, **changes: Any) -> xr.Dataset:
    """A day: c0 has 10 kW of free sun, the others their demand at 0.3 EUR/kWh, on one wire."""
    names = len(demand) + 1
    return bare_park(
        companies=names,
        labels={"pool": ["p"]},
        electricity_demand=[[0.0] * 24, *([kw] * 24 for kw in demand)],
        electricity_price=0.3,
        pv_yield=1.0,
        roof_limit=[10.0] + [0.0] * len(demand),
        pool_on_grid=0.0,
        **changes,
    )


def test_two_who_need_each_other_share_alike() -> None:
    """Proves: 24 h x 10 kW x 0.3 EUR/kWh = 72 EUR are gained by both or by none, so Shapley value,
    nucleolus and equal split give 36 each, and nobody gains by leaving.
    """
    found = divided(sun_for_a_neighbour())
    for rule in ("Shapley value", "nucleolus", "fair least core", "equal split"):
        assert found["share"].sel(rule=rule).values == pytest.approx([36.0, 36.0], rel=1e-6)
    assert float(found["objection"].sel(rule="nucleolus")) == pytest.approx(-36.0, rel=1e-6)
    assert found.attrs["least_core"] == pytest.approx(-36.0, rel=1e-6)
    assert rules_of(2)[0] == "nucleolus"
    assert set(found["rule"].values) == set(rules_of(2))


def test_who_brings_nothing_gets_nothing_and_two_alike_get_alike() -> None:
    """Proves: of 10 kW of sun, c1 and c2 use 5 kW each, 36 EUR each; c3 has neither roof nor
    demand. Shapley: c0 half of each 36, c1 and c2 the other halves, c3 nothing.
    """
    found = divided(sun_for(5.0, 5.0, 0.0))
    shapley = found["share"].sel(rule="Shapley value").values
    assert shapley == pytest.approx([36.0, 18.0, 18.0, 0.0], abs=1e-5)
    for rule in ("nucleolus", "fair least core"):
        share = found["share"].sel(rule=rule).values
        assert share[1] == pytest.approx(share[2], abs=1e-5)
        assert share[3] == pytest.approx(0.0, abs=1e-5)
        assert (share > -1e-6).all()
    assert found["brings"].values == pytest.approx([72.0, 36.0, 36.0, 0.0], abs=1e-5)
    without = found["share_without"].sel(leaver="c1")
    assert without.sel(company=["c0", "c2"]).values == pytest.approx([18.0, 18.0], abs=1e-5)
    assert np.isnan(float(without.sel(company="c1")))


def test_who_competes_gets_less() -> None:
    """Proves: c1 and c2 could each use all 10 kW, so neither is needed: by Kuhn's and the glove
    game's argument the only division nobody leaves gives c0 all 72 EUR. Equal split does not, and
    c0 with one of them gains 72 - 2 x 24 = 24 EUR by leaving it.
    """
    found = divided(sun_for(10.0, 10.0))
    nucleolus = found["share"].sel(rule="nucleolus").values
    assert nucleolus == pytest.approx([72.0, 0.0, 0.0], abs=1e-4)
    equal = found.sel(rule="equal split")
    assert float(equal["objection"]) == pytest.approx(24.0, abs=1e-4)
    assert str(equal["objector"].values) in ("c0+c1", "c0+c2")


@pytest.fixture(scope="module")
def three() -> tuple[xr.Dataset, xr.Dataset]:
    """Three companies with a pool and a source of heat, and a design found."""
    scenario = toy_park(companies=3, days=1, seed=1)
    return scenario, optimise(scenario, gap=ROUGH)


def test_the_contract_gives_each_its_share(three: tuple[xr.Dataset, xr.Dataset]) -> None:
    """Proves: cost together + payments = cost alone - share for each, energy payments sum to zero,
    all payments to what the shared links cost, and what is given is taken.
    """
    scenario, solution = three
    gain = solution.attrs["cost_alone"] - solution.attrs["total_cost"]
    share = xr.DataArray([0.5 * gain, 0.3 * gain, 0.2 * gain], {"company": ["c0", "c1", "c2"]})
    agreed = contract(scenario, solution, share)
    paid = agreed["energy_payment"] + agreed["fixed_payment"]
    after = agreed["cost_together"] + paid
    assert (agreed["cost_alone"] - after).values == pytest.approx(share.values, abs=1e-6)
    assert float(agreed["energy_payment"].sum()) == pytest.approx(0.0, abs=1e-6)
    links = solution.attrs["total_cost"] - float(agreed["cost_together"].sum())
    assert float(paid.sum()) == pytest.approx(links, abs=1e-6)
    assert float(links) > 1.0
    assert np.abs(agreed["traded"].sum("company").values).max() < 1e-6
    assert float(np.abs(agreed["traded"]).sum()) > 100.0


def test_the_parts_of_all_rules_add_up(three: tuple[xr.Dataset, xr.Dataset]) -> None:
    """Proves: whatever the rule, the shares sum to what all save against alone."""
    found, solution = gains(*three, gap=ROUGH)
    gain = solution.attrs["cost_alone"] - solution.attrs["total_cost"]
    assert found["share"].sum("company").values == pytest.approx(
        np.full(found.sizes["rule"], gain), abs=1e-6
    )
    assert found.attrs["rule"] == "nucleolus"
    base = found["share"].sel(rule="nucleolus")
    assert (found["worth"] <= found["worth_most"] + 1e-6).all()
    # With dearer energy c0, which gives, gains no less than with cheaper energy.
    dear, cheap = (found["gain_if"].sel(variation=f"energy prices {v} %") for v in ("+20", "-20"))
    assert float(dear.sum()) != pytest.approx(float(cheap.sum()), rel=1e-3)
    assert float(found["operator_if"].sel(variation="energy prices +20 %")) == pytest.approx(
        0.0, abs=1e-6
    )
    assert float(base.sum()) == pytest.approx(gain, abs=1e-6)


def test_an_unknown_rule_is_refused() -> None:
    """Proves: the sentence names the rules there are."""
    scenario = sun_for_a_neighbour()
    solution = optimise(scenario, gap=GAP)
    with pytest.raises(InputError, match="rule 'dice', expected one of nucleolus, Shapley"):
        gains(scenario, solution, gap=GAP, rule="dice")


def test_without_time_a_coalition_is_worth_what_its_members_are_alone() -> None:
    """Proves: a search that is out of time takes up no coalition; none is found to save anything,
    and what each could save at most is still bounded by the prices of the search of all.
    """
    scenario = sun_for(5.0, 5.0)
    solution = optimise(scenario, gap=GAP)
    found = coalitions(scenario, solution, gap=GAP, time_limit=-1.0)
    pair = found.sel(coalition="c0+c1")
    assert float(pair["coalition_cost"]) == float(pair["coalition_alone"])
    assert float(pair["coalition_alone"] - pair["coalition_bound"]) >= 36.0 - 1e-6


def test_one_company_has_nothing_to_divide() -> None:
    """Proves: the sentence says that two are needed."""
    scenario = bare_park(companies=1, electricity_demand=[[1.0] * 24], electricity_price=0.3)
    with pytest.raises(InputError, match="1 company, expected at least two"):
        gains(scenario, optimise(scenario, gap=GAP))


def test_a_better_design_of_a_coalition_becomes_that_of_all() -> None:
    """Proves: a solution in which nobody shares, 72 EUR too dear, is replaced by what c0 and c1
    find for themselves; the lower bound stays. If broken: two would be worth more than all.
    """
    scenario = sun_for(10.0, 0.0)
    solution = optimise(scenario, gap=GAP)
    apart = solution.copy(deep=True)
    for name in ("joined", "pool_giver", "pv_capacity", "pv_built"):
        apart[name].loc[{"case": "together"}] = 0.0
    apart.attrs["total_cost"] = solution.attrs["cost_alone"]
    found, better = gains(scenario, apart, gap=GAP)
    assert better.attrs["total_cost"] == pytest.approx(solution.attrs["total_cost"], abs=1e-6)
    assert better.attrs["lower_bound"] == solution.attrs["lower_bound"]
    everybody = found["worth"].isel(coalition=-1)
    assert float(everybody) == pytest.approx(72.0, abs=1e-5)


def divided_as_large(scenario: xr.Dataset, solution: xr.Dataset) -> xr.Dataset:
    """The division of a park as if it had too many companies to value all coalitions."""
    with workers(1) as crew:
        valuer = Valuer(scenario, solution, np.inf, crew, Clock())
        return divide_large(scenario, solution, valuer, samples=3)


def test_a_large_park_is_divided_without_all_coalitions() -> None:
    """Proves: on the game above the constraint generation finds the division that nobody leaves,
    and that is proven by the companies' claims at prices: no coalition at all objects by more.
    """
    scenario = sun_for(5.0, 5.0, 0.0)
    solution = optimise(scenario, gap=GAP)
    found = divided_as_large(scenario, solution)
    share = found["share"].sel(rule="fair least core")
    assert float(share.sum()) == pytest.approx(72.0, abs=1e-5)
    exact = coalitions(scenario, solution, gap=GAP)
    worth = exact["coalition_alone"] - exact["coalition_cost"]
    worst = objection(exact, worth, share.values).amount
    assert worst <= found.attrs["proven"] + 1e-6
    assert worst <= 0.1
    claims = found["claim"].values
    member = exact["member"].values
    assert (worth.values <= member @ claims + 1e-6).all()


def test_coalitions_of_the_sample_can_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a coalition valued for the Shapley value is a constraint of the least core, even if
    the search for leavers never asks for it. If broken: c0 and c2 alone would gain by leaving.
    """
    monkeypatch.setattr(large_division, "_suspects", lambda *asked: [])
    scenario = sun_for(5.0, 5.0, 0.0)
    solution = optimise(scenario, gap=GAP)
    found = divided_as_large(scenario, solution)
    objections = found["objection"].sel(rule="fair least core")
    assert float(objections) <= found.attrs["least_core"] + 0.1
