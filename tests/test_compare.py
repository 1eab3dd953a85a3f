"""Regimes side by side: costs, savings, who is kept out, and what a kWh bears."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from parkwerk.assess.charges import SUPPLIER, charges
from parkwerk.report.comparison import Comparison, Found, compare
from regime_runs import LARGE, NO_LINE, ONLY, regime_run, regime_runs

KINDS = ["network_energy_charge", "levies", "electricity_tax", "own_supply", "membership"]


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    """The three regimes by hand."""
    return compare(regime_runs())


def ct(table: pd.DataFrame, way: str) -> list[float]:
    """Network, levies, tax, own supply and membership of a way [ct/kWh]."""
    return [float(table.loc[way, f"{kind}_ct_per_kwh"]) for kind in KINDS]


def test_the_park_by_regime(comparison: Comparison) -> None:
    """Alone 100,000 EUR; under the law −2,000 + 9,000 − 1,000 = 6,000 less, 10,000 less lifted."""
    park = comparison.regimes
    assert park.index.tolist() == ["alone", "law-2026", "sme-limit-lifted"]
    assert park["cost_together_eur_per_a"].tolist() == [100_000, 94_000, 90_000]
    assert park["saving_by_sharing_eur_per_a"].tolist() == [0, 6_000, 10_000]
    assert park["shared_in_kwh_per_a"].tolist() == [0, 50_000, 40_000]
    assert park["pv_kw"].tolist() == [300] * 3


def test_a_hypothesis_is_no_current_law(comparison: Comparison) -> None:
    """Lifting the limit to small and medium enterprises is marked, the two others are law."""
    assert comparison.regimes["current_law"].tolist() == [True, True, False]


def test_each_regime_is_compared_with_its_own_alone() -> None:
    """A regime with other fees changes what all pay alone: 100,000 becomes 90,000, 94,000 stays.

    Against the first regime's 100,000 the saving would be 6,000; against its own it is −4,000.
    """
    scenario, solution, _ = regime_run("law-2026")
    solution["cost"].loc[{"case": "alone", "actor": "c1"}] = 40_000
    from parkwerk.assess import assess

    other = Found(scenario, solution, assess(scenario, solution))
    table = compare({"alone": regime_run("alone"), "law-2026": other}).regimes
    assert table["saving_by_sharing_eur_per_a"].tolist() == [0, -4_000]


def test_companies_sum_to_the_park(comparison: Comparison) -> None:
    """In every regime and column of money; a wrong index would add one regime to another."""
    rows = comparison.companies
    money = [name for name in rows if "eur" in str(name)]
    parts = rows[rows["kind"] != "park"].groupby(level="regime", sort=False)[money].sum()
    pd.testing.assert_frame_equal(parts, rows[rows["kind"] == "park"][money].droplevel("name"))


def test_who_is_kept_out_hears_why(comparison: Comparison) -> None:
    """Under the law large companies are kept out of sharing, by §42c; lifted, nobody is."""
    told = comparison.companies["kept_out"]
    assert told["law-2026", "c0"] == f"sharing: {LARGE}"
    assert told["law-2026", "c2"] == f"direct-line: {NO_LINE}; sharing: {ONLY}"
    assert (told["sme-limit-lifted"] == "").all()
    assert (told["alone"] == "").all()


def test_one_open_pool_of_a_rule_is_enough() -> None:
    """c2 has no reason to be told why a line between others is not its own, if it has another."""
    run = regime_run("law-2026")
    scenario = run.scenario.assign_coords(
        pool_rule=("pool", ["direct-line", "sharing", "direct-line", "ppa-taxed"])
    )
    kept_out = compare({"law-2026": Found(scenario, *run[1:])}).kept_out
    assert set(zip(kept_out["rule"], kept_out["company"], strict=True)) == {
        ("sharing", "c0"),
        ("sharing", "c1"),
        ("sharing", "c2"),
    }


def test_a_taxed_pool_of_a_rule_is_no_rule_of_its_own() -> None:
    """Who may only take with tax may take: nobody is told to be kept out of `ppa`."""
    scenario, *rest = regime_run("law-2026")
    scenario["pool_gives"].loc[{"pool": "ppa-1"}] = 0
    scenario["pool_takes"].loc[{"pool": "ppa-1"}] = 0
    scenario["pool_reason"].loc[{"pool": "ppa-1"}] = "far"
    assert "ppa" not in set(compare({"law-2026": Found(scenario, *rest)}).kept_out["rule"])


def test_a_shared_kwh_over_the_grid_bears_fee_and_levies(comparison: Comparison) -> None:
    """c1 takes 20,000 kWh: 5 + 3 + 0 + 0.3 ct, and 100 EUR by 20,000 kWh are 0.5 ct: 8.8 ct."""
    law = comparison.charges.loc["law-2026"]
    assert ct(law, "ppa") == pytest.approx([5, 3, 0, 0.3, 0.5])
    assert law.loc["ppa", "total_ct_per_kwh"] == pytest.approx(8.8)
    assert law.loc["ppa", "energy_kwh_per_a"] == 20_000


def test_a_direct_line_bears_no_fee(comparison: Comparison) -> None:
    """Nothing but membership, 100 EUR by 30,000 kWh; with a fee it would be 8 ct more."""
    assert ct(comparison.charges.loc["law-2026"], "direct-line") == pytest.approx(
        [0, 0, 0, 0, 1 / 3]
    )


def test_a_concession_of_a_line_is_no_own_supply() -> None:
    """A line across a public road: its 0.11 ct are a levy, for a line has no own supply."""
    run = regime_run("law-2026")
    run.scenario["pool_charge"].loc[{"pool": "direct-line-1"}] = 0.0011
    table = charges(run.scenario, run.solution)
    assert ct(table, "direct-line")[:4] == pytest.approx([0, 0.11, 0, 0])


def test_tax_is_told_apart_from_own_supply() -> None:
    """Of 2.35 ct for a taxed delivery 2.05 are tax (StromStG §3) and 0.3 own supply.

    With the relief of §9b only 0.05 ct are tax; the rest of the charge is own supply then.
    """
    plain = regime_run("law-2026")
    assert ct(charges(*plain[:2]), "ppa-taxed")[2:4] == pytest.approx([2.05, 0.3])
    relieved = regime_run("law-2026", manufacturing=1.0, pool_charge=0.003 + 0.0005)
    assert ct(charges(*relieved[:2]), "ppa-taxed")[2:4] == pytest.approx([0.05, 0.3])


def test_unused_ways_are_plain_means_without_membership(comparison: Comparison) -> None:
    """Nobody takes taxed: network (5 + 5 + 1)/3 ct; fixed costs per no kWh are no number."""
    row = comparison.charges.loc[("law-2026", "ppa-taxed")]
    assert row["network_energy_charge_ct_per_kwh"] == pytest.approx(11 / 3)
    assert np.isnan(row["membership_ct_per_kwh"])
    assert row["total_ct_per_kwh"] == pytest.approx(11 / 3 + 3 + 2.05 + 0.3)


def test_charges_are_numbers_that_can_be_rounded(comparison: Comparison) -> None:
    """Proves: a kind that a way lacks leaves no column of objects, which `round` would pass by.
    If broken: charges.csv tells 0.30000000000000004 ct.
    """
    assert set(map(str, comparison.charges.dtypes)) == {"float64"}


def test_charges_are_weighted_by_energy(comparison: Comparison) -> None:
    """c1 takes 10,000 at 5 ct and c2 30,000 at 1 ct: 2 ct. A plain mean would be 3."""
    lifted = comparison.charges.loc["sme-limit-lifted"]
    assert ct(lifted, "sharing") == pytest.approx([2, 3, 0, 0.3, 0.5])


def test_a_rule_that_nobody_may_use_has_no_charges(comparison: Comparison) -> None:
    """Sharing is closed to all under the law, so it bears nothing there."""
    ways = comparison.charges.loc["law-2026"].index.tolist()
    assert ways == [SUPPLIER, "direct-line", "ppa", "ppa-taxed"]


def test_a_kwh_from_the_supplier_bears_all(comparison: Comparison) -> None:
    """100 MWh twice at 5 ct and 200 MWh at 1 ct are 3 ct, with 3 ct levies and 2 ct tax."""
    for regime in comparison.regimes.index:
        table = comparison.charges.loc[regime]
        assert ct(table, SUPPLIER)[:3] == pytest.approx([3, 3, 2])


def test_a_rebate_is_below_zero() -> None:
    """Half of c1's network charge of 5 ct is spared: 5 + 3 + 0.3 + 0.5 − 2.5 = 6.3 ct."""
    run = regime_run("law-2026", pool_rebate=np.full((4, 3, 2), 0.025))
    row = charges(run.scenario, run.solution).loc["ppa"]
    assert row["network_rebate_ct_per_kwh"] == pytest.approx(-2.5)
    assert row["total_ct_per_kwh"] == pytest.approx(6.3)


def behind_gate(own_meter: float, paid: str) -> tuple[xr.Dataset, xr.Dataset]:
    """All three buy through `gate`, at 4 ct network and no levy where it pays."""
    scenario, solution, _ = regime_run("sme-limit-lifted", own_meter=own_meter)
    names = [*scenario["company"].values.astype(str), "gate"]
    wide = scenario.reindex(connection=names, fill_value=0.0)
    wide = wide.assign_coords(behind=("company", ["gate"] * 3))
    wide["energy_charge"].loc[{"connection": "gate"}] = 0.04
    wide["levy"].loc[{"connection": "gate"}] = 0.0
    chosen = solution["chosen_tariff"].reindex(connection=names, fill_value=paid)
    return wide, solution.drop_dims("connection").assign(chosen_tariff=chosen)


def test_members_of_a_closed_network_pay_at_two_meters() -> None:
    """Bought: their own (3 + 3 ct) and 4 ct of the grid above; shared: only their own (2 + 3)."""
    table = charges(*behind_gate(1.0, "under 2500 h"))
    assert ct(table, SUPPLIER)[:3] == pytest.approx([7, 3, 2])
    assert ct(table, "sharing")[:2] == pytest.approx([2, 3])


def test_the_common_connection_of_a_company_is_told() -> None:
    """All three buy through `gate`; where the park does without it, none does."""
    for paid, expected in (("under 2500 h", "gate"), ("", "")):
        scenario, solution = behind_gate(0.0, paid)
        run = Found(scenario, solution, regime_run("sme-limit-lifted").verdict)
        common = compare({"sme-limit-lifted": run}).companies["common_connection"]
        rows = common["sme-limit-lifted"]
        assert rows[["c0", "c1", "c2", "gate"]].tolist() == [expected] * 4
        assert rows[["shared links", "park"]].tolist() == ["", ""]


def test_members_of_a_customer_system_pay_at_the_common_meter() -> None:
    """Bought: 4 ct at the gate, tax of their own; shared within: nothing at any meter."""
    table = charges(*behind_gate(0.0, "under 2500 h"))
    assert ct(table, SUPPLIER)[:3] == pytest.approx([4, 0, 2])
    assert ct(table, "sharing")[:2] == pytest.approx([0, 0])


def test_a_common_connection_that_is_not_used_charges_nothing() -> None:
    """The park found it cheaper apart: members pay at their own meters, as with no gate."""
    table = charges(*behind_gate(0.0, ""))
    assert ct(table, SUPPLIER)[:3] == pytest.approx([3, 3, 2])


def test_no_series_is_needed() -> None:
    """Runs are kept without what is over time; the tables are the same."""
    kept = {regime: run.without_series() for regime, run in regime_runs().items()}
    assert all("time" not in dataset.dims for run in kept.values() for dataset in run)
    pd.testing.assert_frame_equal(compare(kept).charges, compare(regime_runs()).charges)
