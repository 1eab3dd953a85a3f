"""Components that others add to a site: an electric boiler, written as in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

import plain
from electric_boiler import BOILER
from parkwerk import assess, optimise
from parkwerk.errors import FormulationError, InputError
from parkwerk.formulation.extension import Part, register, unregister
from parkwerk.formulation.limits import derive
from parkwerk.formulation.park import actors, template
from parkwerk.quantities import SCENARIO, SOLUTION, annotate
from toy import bare_park, toy_park

#: Four hours of 10 kW of heat, by the gas boiler for 40·0.08 = 3.2 EUR.
HEAT: dict[str, Any] = {
    "steps": 4,
    "heat_demand": 10.0,
    "boiler_fuel_cost": 0.065,
    "boiler_carbon_cost": 0.015,
}


@pytest.fixture(autouse=True)
def boiler() -> Iterator[Part]:
    """A known electric boiler, forgotten after each test."""
    yield register(BOILER)
    unregister(BOILER.name)


def with_boiler(scenario: xr.Dataset, cost: float) -> xr.Dataset:
    """The scenario with the price of electric boilers."""
    return annotate(scenario.assign(electric_boiler_cost=cost))


@pytest.mark.parametrize(
    ("price", "yearly", "cost", "size"),
    [(0.05, 0.1, 3.0, 10.0), (0.05, 0.13, 3.2, 0.0), (0.09, 0.0, 3.2, 0.0)],
)
def test_it_breaks_even_with_gas(price: float, yearly: float, cost: float, size: float) -> None:
    """Proves: at 0.05 EUR/kWh a kW saves 4·0.03 = 0.12 EUR: at 0.1 EUR/kW it is built (2.0 + 1.0),
    at 0.13 not; for dear power not even for nothing. If broken: electricity, heat or cost of the
    part is not in the balances: 1.0 EUR, 3.2 EUR or 2.0 EUR.
    """
    scenario = with_boiler(bare_park(electricity_price=price, **HEAT), yearly)
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(cost)
    assert best.get("c0", "electric_boiler_capacity") == pytest.approx(size, abs=1e-6)


def test_without_its_data_the_model_is_as_before() -> None:
    """Proves: a scenario that does not ask for the part pays 3.2 EUR for gas, and its sites have no
    variable of it. If broken: the part is everywhere, or its price is missed.
    """
    scenario = bare_park(electricity_price=0.01, **HEAT)
    assert plain.cost(scenario) == pytest.approx(3.2)
    (site,) = actors(derive(scenario), 4)
    assert site.shape.parts == ()
    assert "electric_boiler_capacity" not in {b.name for b in template(site.shape).design}


def test_what_a_neighbour_can_give_counts_its_use() -> None:
    """Proves: 10 kW of a neighbour's free sun, over a private wire, heat 10 kW for nothing, though
    the taker uses no other electricity: the limit of what it can take has room for the boiler.
    If broken (no `most_electricity`): nothing is taken, 3.2 EUR.
    """
    scenario = bare_park(
        companies=2,
        labels={"pool": ["p"]},
        electricity_price=0.3,
        pv_yield=1.0,
        roof_limit=[10.0, 0.0],
        pool_on_grid=0.0,
        **HEAT | {"heat_demand": [[0.0] * 4, [10.0] * 4]},
    )
    assert plain.cost(with_boiler(scenario, 0.0)) == pytest.approx(0.0, abs=1e-6)


def test_a_search_sizes_it_and_the_verdict_knows_it() -> None:
    """Proves: the search over two days finds a cheaper park with the part than without, proves its
    gap, labels size and yearly heat by company, with units, and books its cost as one of the party;
    heat adds up: gas, heat pump and electric boiler cover the demand. If broken: a name or cost is
    lost on the way.
    """
    free = dict.fromkeys(("levy", "energy_charge", "electricity_tax", "heat_storage_limit"), 0.0)
    cheap = toy_park(1, days=2, electricity_price=0.03, heat_pump_limit=20.0, **free)
    scenario = with_boiler(cheap, 0.02)
    without, found = optimise(cheap, gap=1e-3), optimise(scenario, gap=1e-3)
    assert found.attrs["total_cost"] < without.attrs["lower_bound"]
    assert found.attrs["gap"] <= 1e-3
    size = found["electric_boiler_capacity"].sel(case="together", company="c0")
    assert size > 1
    assert size.attrs["units"] == "kW"
    assert found["electric_boiler_heat"].dims == ("company", "time")
    heat = found[["boiler_heat", "heat_pump_heat", "electric_boiler_heat"]].to_dataarray()
    taken = found["heat_taken"].sum("heat_source") * 1.2
    assert np.allclose(heat.sum("variable") + taken, scenario["heat_demand"], atol=1e-4)
    cost = assess(scenario, found)["cost"].sel(case="together", party="c0")
    paid = float(cost.sel(cost_kind="electric boiler"))
    assert paid == pytest.approx(0.02 * float(size))


def test_worker_processes_know_it() -> None:
    """Proves: two processes find the same cost as one, though only this one has registered the
    part. If broken: they know neither its functions nor its data.
    """
    free = dict.fromkeys(("levy", "energy_charge", "electricity_tax", "heat_storage_limit"), 0.0)
    cheap = toy_park(1, days=1, electricity_price=0.03, heat_pump_limit=20.0, **free)
    scenario = with_boiler(cheap, 0.02)
    one, two = (optimise(scenario, gap=1e-3, jobs=jobs) for jobs in (1, 2))
    assert two.attrs["total_cost"] == pytest.approx(one.attrs["total_cost"], rel=1e-3)
    assert two["electric_boiler_capacity"].sel(case="together").item() > 1


def test_a_part_of_the_same_name_takes_its_place() -> None:
    """Proves: a cell that is run again with another formula is what counts: at half the electricity
    a kWh of heat the cost is 1.0 + 0 instead of 2.0 EUR. If broken: the old template is stamped.
    """
    scenario = with_boiler(bare_park(electricity_price=0.05, **HEAT), 0.0)
    assert plain.cost(scenario) == pytest.approx(2.0)
    register(replace(BOILER, electricity=lambda site, t: 0.5 * site.electric_boiler_heat[t]))
    assert plain.cost(scenario) == pytest.approx(1.0)


def test_its_data_are_checked_like_all_others() -> None:
    """A price without unit is refused by name, with what was expected."""
    scenario = toy_park(1, days=1).assign(electric_boiler_cost=1.0)
    with pytest.raises(InputError, match=r"`electric_boiler_cost` is in None, expected 'EUR/\(kW"):
        optimise(scenario)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"data": {}}, "has no data, expected what asks for it"),
        ({"results": {"pv_capacity": SOLUTION["pv_capacity"]}}, "a quantity of parkwerk's own"),
        ({"most_electricity": None}, "expected `electricity` and `most_electricity`"),
        ({"costs": {"electric boiler": "coal"}}, "in group `coal`, expected one of electricity"),
    ],
)
def test_what_would_not_work_is_refused(changes: dict[str, Any], expected: str) -> None:
    """One sentence with the part's name; the part known before stays."""
    with pytest.raises(FormulationError, match=f"^part `electric boiler`.*{expected}"):
        register(replace(BOILER, **changes))
    assert "electric_boiler_cost" in SCENARIO


def test_what_is_forgotten_leaves_nothing_behind() -> None:
    """Its quantities are gone; to forget what is not known is no error."""
    unregister(BOILER.name)
    unregister(BOILER.name)
    assert "electric_boiler_cost" not in SCENARIO
    assert "electric_boiler_heat" not in SOLUTION
