"""The verdict on an optimised park: identities that hold whatever the numbers are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import parkwerk
import parkwerk.assess.cost
from parkwerk import load, optimise, save
from parkwerk.assess import assess
from toy import bare_park, toy_park

Found = tuple[xr.Dataset, xr.Dataset, xr.Dataset]


@pytest.fixture(scope="module")
def found() -> Found:
    """Scenario, solution and verdict of two companies with a pool and a heat link."""
    scenario = toy_park(companies=2)
    solution = optimise(scenario, gap=0.1)
    return scenario, solution, assess(scenario, solution)


def test_costs_sum_to_those_of_the_optimisation(found: Found) -> None:
    """The parties' costs sum to `total_cost`, `cost_alone` and `cost_today` to 1e-9."""
    _, solution, verdict = found
    costs = [solution.attrs[name] for name in ("cost_today", "cost_alone", "total_cost")]
    np.testing.assert_allclose(verdict["park_cost"], costs, rtol=1e-9)
    np.testing.assert_allclose(verdict["yearly_cost"].sum("party"), costs, rtol=1e-9)


def test_the_menu_agrees_with_the_bill(found: Found) -> None:
    """Pricing the meter's reading gives the grid fees and levies that the model paid, to 1e-6."""
    scenario, solution, verdict = found
    kinds = ["tariff fixed", "demand charge", "energy charge", "levies"]
    paid = solution["cost"].sel(actor=scenario["company"].values, cost_kind=kinds).sum("cost_kind")
    chosen = scenario["tariff"] == solution["chosen_tariff"]
    again = verdict["menu_cost"].where(chosen).sum("tariff")
    np.testing.assert_allclose(again, paid, rtol=1e-6, atol=1e-6)


def test_electricity_used_is_demand_and_heat(found: Found) -> None:
    """What the flows bring is what demand, heat pumps and boosters use in the full year."""
    scenario, solution, verdict = found
    heat = scenario["heat_pump_electricity"] * solution["heat_pump_heat"]
    boost = (scenario["transfer_electricity"] * solution["heat_taken"]).sum("heat_source")
    use = (scenario["electricity_demand"] + heat + boost).sum("time")
    np.testing.assert_allclose(verdict["electricity_used"].sel(case="together"), use, rtol=1e-6)
    today = scenario["electricity_demand"].sum("time")
    np.testing.assert_allclose(verdict["electricity_used"].sel(case="today"), today, rtol=1e-6)


def test_what_one_gives_another_takes(found: Found) -> None:
    """Shared energy is given and taken alike, and nobody shares today or alone."""
    _, _, verdict = found
    given, taken = (verdict[name].sum("company") for name in ("shared_out", "shared_in"))
    np.testing.assert_allclose(given, taken, atol=1e-6)
    assert float(taken.sel(case="together")) > 1
    np.testing.assert_allclose(taken.sel(case=["today", "alone"]), 0.0, atol=1e-9)


def test_every_quantity_says_its_unit(found: Found) -> None:
    """All variables carry `units` and `long_name`, and have the case first where they have one."""
    for name, array in found[2].data_vars.items():
        assert {"units", "long_name"} <= set(array.attrs), name
        assert "case" not in array.dims or array.dims[0] == "case", name


def test_the_inputs_are_left_as_they_were(found: Found) -> None:
    """`assess` is a pure function: same answer twice, scenario and solution untouched."""
    scenario, solution, verdict = found
    before = scenario.copy(deep=True), solution.copy(deep=True)
    xr.testing.assert_identical(assess(scenario, solution), verdict)
    xr.testing.assert_identical(scenario, before[0])
    xr.testing.assert_identical(solution, before[1])


def test_the_public_name_can_be_called_though_a_room_has_it_too(found: Found) -> None:
    """`parkwerk.assess(...)` works after its room was imported; a plain module would not."""
    scenario, solution, verdict = found
    assert parkwerk.assess.cost.OTHER == "other"
    for _ in range(2):
        xr.testing.assert_identical(parkwerk.assess(scenario, solution), verdict)


def test_a_verdict_is_read_back_as_written(found: Found, tmp_path: Path) -> None:
    """NetCDF keeps all of it, texts and what is no number included."""
    xr.testing.assert_identical(load(save(found[2], tmp_path / "verdict.nc")), found[2])


def test_a_park_without_heat_and_pools_is_assessed() -> None:
    """Quantities that no actor has count as zero: 10 kW all day at 0.1 EUR/kWh are 24 EUR."""
    scenario = bare_park(electricity_demand=10.0, electricity_price=0.1)
    solution = xr.Dataset(
        {
            "cost": (("case", "actor", "cost_kind"), np.full((3, 1, 1), 24.0)),
            "chosen_tariff": (("case", "connection"), [["flat"]] * 3),
            "yearly_purchase": (("case", "company"), np.full((3, 1), 240.0)),
        },
        coords={
            **scenario.coords,
            "case": ["today", "alone", "together"],
            "actor": ["c0"],
            "cost_kind": ["energy"],
        },
    )
    verdict = assess(scenario, solution)
    np.testing.assert_allclose(verdict["park_cost"], 24.0)
    np.testing.assert_allclose(verdict["self_sufficiency"], 0.0)
    assert float(verdict["park_waste_heat"].sum()) == 0
