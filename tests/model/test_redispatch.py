"""A saved design costs what its solution says, read back from nothing but labels."""

from __future__ import annotations

import pytest
import xarray as xr

import parkwerk
from parkwerk.errors import InputError
from parkwerk.solve.redispatch import redispatch
from toy import toy_park


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[xr.Dataset, xr.Dataset]:
    """Scenario and solution of a small park, written as NetCDF and read again."""
    folder = tmp_path_factory.mktemp("saved")
    scenario = toy_park(companies=3, days=2, seed=2)
    solution = parkwerk.optimise(scenario, gap=0.1)
    parts = {"scenario": scenario, "solution": solution}
    scenario, solution = (
        parkwerk.load(parkwerk.save(part, folder / f"{name}.nc")) for name, part in parts.items()
    )
    return scenario, solution


def test_the_saved_design_costs_the_same(saved: tuple[xr.Dataset, xr.Dataset]) -> None:
    """Proves: sizes and tariffs of the file are the design whose cost stands in it, to 1e-6.
    If broken: a roof given to a neighbour, or a class of plants mixed up, costs percents more.
    """
    scenario, solution = saved
    assert float(solution["pv_capacity"].sel(case="together").sum()) > 1.0
    cost = solution.attrs["total_cost"]
    assert redispatch(scenario, solution) == pytest.approx(cost, rel=1e-6)


def test_the_design_is_read_and_not_the_cost(saved: tuple[xr.Dataset, xr.Dataset]) -> None:
    """Proves: 1,000 kWh more of heat store cost something, at most their price; another
    ``total_cost`` changes nothing. If broken: it repeats an attribute, and both cost the same.
    """
    scenario, solution = saved
    larger = solution.copy(deep=True)
    larger["heat_storage_energy"].loc[{"case": "together", "company": "c1"}] += 1_000.0
    more = 1_000.0 * float(scenario["heat_storage_cost"])
    before = redispatch(scenario, solution)
    larger.attrs["total_cost"] = 0.0
    assert before < redispatch(scenario, larger) <= before + more * (1 + 1e-6)


def test_a_solution_of_another_park_is_refused(saved: tuple[xr.Dataset, xr.Dataset]) -> None:
    """A company, a tariff or a quantity that the other lacks is named."""
    scenario, solution = saved
    with pytest.raises(InputError, match=r"no company 'c3'|no connection 'c3'"):
        redispatch(toy_park(companies=4, days=2), solution)
    other = solution.assign(chosen_tariff=xr.full_like(solution["chosen_tariff"], "odd"))
    with pytest.raises(InputError, match="pays 'odd' at c0, expected an entry"):
        redispatch(scenario, other)
    with pytest.raises(InputError, match="lacks `battery_power`, which c0 has"):
        redispatch(scenario, solution.drop_vars("battery_power"))
