"""Whole bills of a small park against costs worked out by hand.

The mill has 50 kW of PV in the tariff, shares over the grid and makes things; the depot uses all of
its 300 kW and draws the rest through a common connection, the gate. There are four steps of 500 h,
one a month, and the law of June 2026.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from parkwerk.assess.bills import NEEDED, check_bills, electricity_tax, write_bills
from parkwerk.errors import BillError, InputError
from parkwerk.regulation.law import law

COMPANIES, CONNECTIONS = ["mill", "depot"], ["mill", "depot", "gate"]
GRID, LEVIES = "demand charge + energy charge", "tariff fixed + levies"

#: The mill draws 150,000 kWh at 100 kW: 1,500 h, 20·100 + 0.05·150,000, less 0.005·10,000 spared.
#: Levies 3.056 ct. It buys 140,000 kWh at 10 ct, taxed 250 + 0.05 ct; feeds in 10,000 kWh at
#: 6.694 ct (20,000 at a negative price earn nothing) and takes 10,000 kWh at 0.4 ct from the pool.
#: The depot buys 120,000 kWh, taxed 2.05 ct; they reach it through the gate, at 60 kW: 2,000 h.
COSTS = {
    "mill": {
        "demand charge": 2000.0,
        "energy charge": 7450.0,
        "levies": 4584.0,
        "energy": 14_000.0,
        "electricity tax": 320.0,
        "pool charge": 40.0,
        "pool membership": 50.0,
        "feed-in revenue": -669.4,
        "gas": 1200.0,
        "CO2 price": 200.0,
        "PV": 4000.0,
    },
    "depot": {"energy": 12_000.0, "electricity tax": 2460.0},
    "gate": {
        "demand charge": 1200.0,
        "energy charge": 6000.0,
        "levies": 3667.2,
        "operation": 5000.0,
    },
    "shared links": {"heat recovery": 700.0},
}


def small_park() -> xr.Dataset:
    """What a bill reads of a scenario."""
    values: dict[str, tuple[tuple[str, ...], Any]] = {
        "electricity_price": (("company", "time"), np.full((2, 4), 0.10)),
        "spot_price": (("time",), [0.05, 0.05, -0.01, -0.02]),
        "boiler_fuel_cost": (("company",), [0.06, 0.06]),
        "boiler_carbon_cost": (("company",), [0.01, 0.01]),
        "pool_charge": (("pool", "company"), [[0.004, 0.004]]),
        "pool_fixed_cost": (("pool", "company"), [[50.0, 50.0]]),
        "pool_rebate": (("pool", "connection", "tariff"), np.full((1, 3, 2), 0.005)),
        "connection_cost": (("connection",), [0.0, 0.0, 5000.0]),
        "sheet_demand_charge": (("connection", "rate_pair"), [[20.0, 120.0]] * 3),
        "sheet_energy_charge": (("connection", "rate_pair"), [[0.05, 0.01]] * 3),
        "sheet_monthly_charge": (("connection",), [20.0] * 3),
        "sheet_monthly_energy_charge": (("connection",), [0.01] * 3),
        "levied": (("connection",), [1.0] * 3),
        "tiered": (("connection",), [1.0, 1.0, 0.0]),
        "costly_electricity": (("connection",), [0.0] * 3),
        "internal_charge": (("connection",), [0.0] * 3),
        "manufacturing": (("company",), [1.0, 0.0]),
        "solar_market_value": ((), 0.04508),
        "marketing_cost": ((), 0.003),
    }
    coords: dict[str, Any] = {
        "time": pd.date_range("2025-01-01", periods=4, freq="MS"),
        "company": COMPANIES,
        "connection": CONNECTIONS,
        "roof": ["low roof", "high roof", "shed"],
        "roof_company": ("roof", ["mill", "mill", "depot"]),
        "tariff": ["any year", "any months"],
        "tariff_option": ("tariff", ["yearly", "monthly"]),
        "voltage_level": ("connection", ["MV"] * 3),
        "feed_in_rule": ["tariff", "market premium"],
        "pool": ["neighbours"],
    }
    attrs = {"law_date": "2026-06-01", "step_hours": 500.0}
    return xr.Dataset(values, coords, attrs)


def small_solution(chosen: tuple[str, str, str] = ("any year",) * 3) -> xr.Dataset:
    """What a bill reads of a solution."""
    feed_in, idle = np.zeros((2, 2, 4)), [0.0] * 4
    feed_in[0, 0] = [0.0, 20.0, 0.0, 40.0]
    shared = [[[0.0, 0.0, 0.0, 20.0]], [idle]]
    sizes = [[20.0, 0.0], [30.0, 0.0], [0.0, 300.0]]
    series = ("company", "time")
    return xr.Dataset(
        {
            "withdrawal": (series, [[100.0, 100.0, 50.0, 50.0], idle]),
            "purchase": (series, [[100.0, 100.0, 50.0, 30.0], [60.0] * 4]),
            "boiler_heat": (series, [[10.0] * 4, idle]),
            "feed_in": (("company", "feed_in_rule", "time"), feed_in),
            "share_in": (("company", "pool", "time"), shared),
            "common_withdrawal": (("connection", "time"), [idle, idle, [60.0] * 4]),
            "pv_capacity": (("case", "roof", "pv_class"), [np.zeros((3, 2)), sizes]),
            "joined": (("case", "company", "pool"), [np.zeros((2, 1)), [[1.0], [0.0]]]),
            "chosen_tariff": (("case", "connection"), [["any year"] * 3, list(chosen)]),
        },
        {
            "case": ["alone", "together"],
            "company": COMPANIES,
            "connection": CONNECTIONS,
            "feed_in_rule": ["tariff", "market premium"],
        },
    )


def objective() -> xr.DataArray:
    """The costs by hand, (party, cost_kind)."""
    table = pd.DataFrame(COSTS).T.fillna(0.0)
    coords = {"party": list(table.index), "cost_kind": list(table.columns)}
    return xr.DataArray(table.to_numpy().copy(), coords=coords)


def test_bills_of_a_park_by_hand() -> None:
    """Every line of the mill's bill, and none for the depot that the gate's bill bears."""
    bill = write_bills(small_park(), small_solution())["bill"].to_pandas()
    expected = {
        "grid fee by power": 2000.0,
        "grid fee by energy": 7500.0,
        "grid fee spared by sharing": -50.0,
        "KWKG levy": 669.0,
        "offshore levy": 1411.5,
        "special-use levy": 2338.5,
        "concession levy": 165.0,
        "electricity": 14_000.0,
        "electricity tax": 320.0,
        "charges on shared electricity": 40.0,
        "memberships": 50.0,
        "feed-in": -669.4,
        "gas": 1200.0,
        "CO2 price": 200.0,
        "operation of the connection": 0.0,
    }
    assert bill.loc["mill"].to_dict() == pytest.approx(expected)
    depot = bill.loc["depot"]
    assert depot[depot != 0].to_dict() == pytest.approx(
        {"electricity": 12_000.0, "electricity tax": 2460.0}
    )
    assert bill.loc["gate"].sum() == pytest.approx(15_867.2)


def test_bills_that_equal_the_objective_pass() -> None:
    """Assets and shared links are on no bill; the PV's 4,000 and the links' 700 do not count."""
    check_bills(objective(), write_bills(small_park(), small_solution()))


def test_the_option_of_the_chosen_entry_is_billed() -> None:
    """By months the mill pays 20·(100 + 100 + 50 + 50) = 6,000, and 1 ct: 1,500."""
    bill = write_bills(small_park(), small_solution(("any months", "any year", "any year")))
    grid = bill["bill"].sel(party="mill", line=["grid fee by power", "grid fee by energy"])
    np.testing.assert_allclose(grid, [6000.0, 1500.0])


def test_pv_that_lowers_the_hours_of_use_changes_the_bill() -> None:
    """The gate at 60 kW: 150,000 kWh are 2,500 h, the pair from there on; 120,000 are 2,000 h.

    120·60 + 0.01·150,000, then 20·60 + 0.05·120,000; without the flip 7,200 + 1,200.
    """
    park, solution = small_park(), small_solution()
    park.attrs["step_hours"] = 625.0
    lines = ["grid fee by power", "grid fee by energy"]
    before = write_bills(park, solution)["bill"].sel(party="gate", line=lines)
    np.testing.assert_allclose(before, [7200.0, 1500.0])
    solution["common_withdrawal"][2, 1] = 12.0
    after = write_bills(park, solution)["bill"].sel(party="gate", line=lines)
    np.testing.assert_allclose(after, [1200.0, 6000.0])


def test_a_connection_that_nobody_pays_for_has_no_bill() -> None:
    """Where all stay alone, the gate has no entry, and its 5,000 of operation are not spent."""
    bills = write_bills(small_park(), small_solution(("any year", "any year", "")))
    assert float(abs(bills["bill"].sel(party="gate")).sum()) == 0.0


@pytest.mark.parametrize(
    ("name", "factor", "party", "kind"),
    [
        ("withdrawal", 1.001, "mill", GRID),
        ("pool_rebate", 1.001, "mill", GRID),
        ("sheet_energy_charge", 1.001, "mill", GRID),
        ("common_withdrawal", 1.001, "gate", GRID),
        ("levied", 0.0, "mill", LEVIES),
        ("purchase", 1.001, "mill", "energy"),
        ("electricity_price", 1.001, "mill", "energy"),
        ("manufacturing", 0.0, "mill", "electricity tax"),
        ("pool_charge", 1.001, "mill", "pool charge"),
        ("joined", 0.0, "mill", "pool membership"),
        ("feed_in", 1.001, "mill", "feed-in revenue"),
        ("pv_capacity", 1.001, "mill", "feed-in revenue"),
        ("spot_price", -1.0, "mill", "feed-in revenue"),
        ("boiler_heat", 1.001, "mill", "gas"),
        ("boiler_carbon_cost", 1.001, "mill", "CO2 price"),
        ("connection_cost", 1.001, "gate", "operation"),
    ],
)
def test_a_changed_series_or_price_is_named(
    name: str, factor: float, party: str, kind: str
) -> None:
    """The objective was made of other numbers than the bill: the run stops at the line's kind."""
    park, solution = small_park(), small_solution()
    changed = park if name in park else solution
    changed[name] = changed[name] * factor
    with pytest.raises(BillError, match=f"the bill of `{party}` .* in `{kind.replace('+', '.')}`"):
        check_bills(objective(), write_bills(park, solution))


def test_the_law_of_another_day_is_another_bill() -> None:
    """Levies of 2025 are 2.651 + 0.11 ct: 4,141.50 instead of the objective's 4,584."""
    park = small_park()
    park.attrs["law_date"] = "2025-09-01"
    with pytest.raises(BillError, match=r"4,141\.5000 EUR/a on the bill .* 4,584\.0000 EUR/a in"):
        check_bills(objective(), write_bills(park, small_solution()))


@pytest.mark.parametrize(
    ("difference", "differs"), [(5e-7, False), (2e-6, True), (-2e-6, True), (np.nan, True)]
)
def test_bill_and_objective_may_differ_by_rounding(difference: float, differs: bool) -> None:
    """A millionth of the mill's 14,000 EUR is rounding, two millionths are not, nor is a gap."""
    cost, bills = objective(), write_bills(small_park(), small_solution())
    cost.loc["mill", "energy"] *= 1 + difference
    with pytest.raises(BillError, match=r"`mill` .* `energy`") if differs else nullcontext():
        check_bills(cost, bills)


@pytest.mark.parametrize(("cost_of_nothing", "differs"), [(5e-7, False), (2e-6, True)])
def test_a_line_of_nothing_may_be_off_by_a_millionth_of_a_euro(
    cost_of_nothing: float, differs: bool
) -> None:
    """The depot burns no gas; a share of its zero would forbid what a solver rounds."""
    cost, bills = objective(), write_bills(small_park(), small_solution())
    cost.loc["depot", "gas"] = cost_of_nothing
    with pytest.raises(BillError, match="depot") if differs else nullcontext():
        check_bills(cost, bills)


def test_a_cost_that_nobody_is_billed_for_is_an_error() -> None:
    """Electricity charged to the shared links would be on no bill at all."""
    cost = objective()
    cost.loc["shared links", "energy"] = 10.0
    with pytest.raises(BillError, match=r"`shared links` .* `energy`: 0\.0000 EUR/a on the bill"):
        check_bills(cost, write_bills(small_park(), small_solution()))


def test_a_party_that_the_objective_forgot_is_an_error() -> None:
    """The gate's 7,200 of grid fee are on its bill and in no part of the objective."""
    cost = objective().drop_sel(party="gate")
    with pytest.raises(BillError, match=r"`gate` .* 7,200\.0000 EUR/a on the bill"):
        check_bills(cost, write_bills(small_park(), small_solution()))


@pytest.mark.parametrize(
    ("bought", "manufacturing", "tax"),
    [(10e3, False, 205.0), (10e3, True, 205.0), (12.5e3, True, 256.25), (100e3, True, 300.0)],
)
def test_electricity_tax(bought: float, manufacturing: bool, tax: float) -> None:
    """Below 12.5 MWh/a the relief of 2 ct is all within the 250 EUR that are not granted."""
    day = law(pd.Timestamp("2026-06-01").date())
    assert electricity_tax(bought, manufacturing, day) == pytest.approx(tax)


@pytest.mark.parametrize("name", NEEDED)
def test_a_scenario_without_what_a_bill_needs_is_refused(name: str) -> None:
    """Each of them by name; a missing label would otherwise be a bill of zero."""
    with pytest.raises(InputError, match=f"lacks `{name}`"):
        write_bills(small_park().drop_vars(name), small_solution())


def test_a_scenario_without_a_law_date_is_refused() -> None:
    """No day is guessed."""
    park = small_park()
    del park.attrs["law_date"]
    with pytest.raises(InputError, match="`law_date`"):
        write_bills(park, small_solution())


def test_a_park_without_pools_roofs_and_gas_has_bills() -> None:
    """What no actor has is zero: the mill's bill lacks only those lines."""
    gone = ["feed_in", "share_in", "joined", "boiler_heat", "pv_capacity", "common_withdrawal"]
    park = small_park().isel(connection=[0, 1]).drop_vars("pool_rebate")
    solution = small_solution().isel(connection=[0, 1]).drop_vars(gone)
    bill = write_bills(park, solution)["bill"].sel(party="mill")
    assert float(bill.sum()) == pytest.approx(9500.0 + 4584.0 + 14_000.0 + 320.0)
