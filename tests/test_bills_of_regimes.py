"""A summer Saturday of the pilot under every regime: the bills are those of the objective."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from parkwerk.assess import assess
from parkwerk.coalition import restrict
from parkwerk.errors import BillError
from parkwerk.regulation import regimes
from parkwerk.solve.optimise import optimise
from parkwerk.study import Study, read_study

#: The two lines of the price sheet.
PAIRS = ["under 2500 h", "over 2500 h"]
PILOT = Path(__file__).parents[1] / "inputs" / "pilot"


@cache
def pilot() -> Study:
    return read_study(PILOT)


@cache
def solved(regime: str) -> tuple[xr.Dataset, xr.Dataset]:
    """A Saturday on which the roofs of the pilot are half covered and membership costs nothing."""
    scenario = pilot().scenario(regime=regime).isel(time=slice(24 * 171, 24 * 172)).copy()
    scenario["roof_duty"][:] = 0.5 * scenario["roof_limit"].values
    scenario["pool_fixed_cost"][:] = 0.0
    if "connection_cost" in scenario:
        scenario["connection_cost"][:] *= 1 / 365
    return scenario, optimise(scenario, gap=0.1)


@pytest.mark.parametrize("regime", list(regimes()))
def test_the_bill_is_the_objective(regime: str) -> None:
    """Proves: under every regime each party's bill, written by the letter, equals the objective's
    parts to 1e-6, and the lines that matter are not empty.
    If broken: BillError names the party and the line.
    """
    scenario, solution = solved(regime)
    verdict = assess(scenario, solution)
    bill = verdict["bill"].sum("party")
    assert float(bill.sel(line="grid fee by energy")) > 0
    assert float(bill.sel(line="special-use levy")) > 0
    assert float(bill.sel(line="feed-in")) < 0
    shared = float(verdict["park_shared"].sel(case="together"))
    assert (shared > 0) == (regime != "alone")


def test_a_wrong_rate_stops_the_run() -> None:
    """Proves: with a company's rates 1 % off the verdict is refused and names company and line.
    If broken: the report goes out with a wrong bill.
    """
    scenario, solution = solved("alone")
    wrong = scenario.copy(deep=True)
    for name in ("sheet_energy_charge", "sheet_monthly_energy_charge"):
        wrong[name].loc[{"connection": "metal"}] *= 1.01
    with pytest.raises(BillError, match=r"`metal`.*energy charge"):
        assess(wrong, solution)


def test_sun_flips_the_tariff_in_solution_and_bill_alike() -> None:
    """Proves: over a year PV takes the metalworking shop from more to fewer than 2,500 hours of
    use; the solution then pays the pair under 2,500 h, and the bill, reading the hours from the
    series, says the same. If broken: BillError, or a tariff that stays.
    """
    scenario = restrict(pilot().scenario(regime="alone"), ["metal"]).sel(tariff=PAIRS)
    solution = optimise(scenario, gap=0.05)
    verdict = assess(scenario, solution)
    hours = verdict["full_load_hours"].sel(connection="metal")
    tariff = solution["chosen_tariff"].sel(connection="metal")
    assert float(hours.sel(case="today")) > 2500 > float(hours.sel(case="together"))
    assert str(tariff.sel(case="today").values) == "over 2500 h"
    assert str(tariff.sel(case="together").values) == "under 2500 h"
    rates = scenario.sel(connection="metal").isel(rate_pair=0)
    power = float(
        rates["sheet_demand_charge"] * verdict["peak"].sel(case="together", company="metal")
    )
    assert float(verdict["bill"].sel(party="metal", line="grid fee by power")) == pytest.approx(
        power
    )


def test_a_common_connection_has_a_bill() -> None:
    """Proves: in a customer system the fee is on the bill of the connection, and its members have
    none. If broken: members pay a fee of their own, or nobody does.
    """
    scenario, solution = solved("legacy-system")
    assert str(solution["chosen_tariff"].sel(case="together").values[-1])
    bill = assess(scenario, solution)["bill"]
    gate = str(scenario["behind"].values[0])
    fee = bill.sel(line=["grid fee by power", "grid fee by energy"]).sum("line")
    assert float(fee.sel(party=gate)) > 0
    np.testing.assert_allclose(fee.sel(party=scenario["company"].values), 0.0, atol=1e-9)
