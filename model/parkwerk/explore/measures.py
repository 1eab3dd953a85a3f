"""What a trade-off is against: CO2, electricity bought, investment, or the size of a technology.

A measure g is linear in what is built and operated, so it can be given a price μ: the park at the
cost ``C + μ·g`` is the same program with other data. Whatever is found there says something of all
designs: from ``C + μ·g ≥ L(μ)`` follows ``C ≥ L(μ) − μ·g`` (Lagrangian duality).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import xarray as xr

from parkwerk.assess.emissions import assess_emissions
from parkwerk.assess.investment import assess_investment
from parkwerk.errors import InputError
from parkwerk.solve.assemble import Park
from parkwerk.solve.designs import columns
from parkwerk.solve.dispatch import Design
from parkwerk.variation import ASSETS

Terms = Mapping[str, xr.DataArray | float]
KG_PER_T = 1000.0


@dataclass(frozen=True)
class Measure:
    """A quantity of the park beside its cost.

    Attributes
    ----------
    terms
        By variable of the scenario, in EUR for each unit of something: what a unit of that adds.
    amount
        The measure of solutions by case, from scenario and solutions.
    highest
        A price [EUR per unit] at which hardly anything is left of it.
    built
        Whether only what is built counts, and nothing of how it is operated.
    """

    name: str
    units: str
    long_name: str
    terms: Callable[[xr.Dataset], Terms]
    amount: Callable[[xr.Dataset, xr.Dataset], xr.DataArray]
    highest: float
    built: bool

    def priced(self, scenario: xr.Dataset, price: float) -> xr.Dataset:
        """The scenario in which a unit of the measure costs so much more [EUR per unit]."""
        terms = self.terms(scenario)
        changed = {name: scenario[name] + price * each for name, each in terms.items()}
        return scenario.assign(
            {n: array.assign_attrs(scenario[n].attrs) for n, array in changed.items()}
        )


def _emission_terms(scenario: xr.Dataset) -> Terms:
    """CO2 of a kWh bought and of a kWh of heat from a boiler [t/kWh]."""
    of_heat = scenario["gas_emission_factor"] / scenario["boiler_efficiency"]
    return {
        "electricity_price": scenario["grid_emission_factor"] / KG_PER_T,
        "boiler_carbon_cost": of_heat / KG_PER_T,
    }


def _investment_terms(scenario: xr.Dataset) -> Terms:
    """What a unit of each asset costs to buy [EUR per unit], after grants."""
    return {name: scenario[name.removesuffix("_cost") + "_investment"] for name in ASSETS}


def _emitted(scenario: xr.Dataset, cases: xr.Dataset) -> xr.DataArray:
    return assess_emissions(scenario, cases)["park_co2"] / KG_PER_T


def _invested(scenario: xr.Dataset, cases: xr.Dataset) -> xr.DataArray:
    return assess_investment(scenario, cases)["park_investment"].sum("technology")


def _bought(_: xr.Dataset, cases: xr.Dataset) -> xr.DataArray:
    return cases["yearly_purchase"].sum("company")


#: What the fronts of a park are against, by name. The highest prices: a hundred times that of the
#: emission trade, ten times that of a kWh, a hundred years of interest.
MEASURES = {
    measure.name: measure
    for measure in (
        Measure("emissions", "t/a", "CO2", _emission_terms, _emitted, 5_000.0, False),
        Measure("investment", "EUR", "investment", _investment_terms, _invested, 3.0, True),
        Measure(
            "self_sufficiency",
            "kWh/a",
            "electricity bought from suppliers",
            lambda scenario: {"electricity_price": 1.0},
            _bought,
            3.0,
            False,
        ),
    )
}


@dataclass(frozen=True)
class Technology:
    """What is counted of a technology: a design quantity, its unit, and the cost of a unit."""

    title: str
    quantity: str
    units: str
    cost: str


TECHNOLOGIES = {
    technology.title: technology
    for technology in (
        Technology("PV", "pv_capacity", "kW", "pv_class_cost"),
        Technology("battery", "battery_energy", "kWh", "battery_energy_cost"),
        Technology("heat pump", "heat_pump_capacity", "kW", "heat_pump_cost"),
        Technology("heat storage", "heat_storage_energy", "kWh", "heat_storage_cost"),
        Technology("waste heat", "transfer_capacity", "kW", "transfer_cost"),
    )
}


def measure_of(name: str) -> Measure:
    """The measure of a name.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if name not in MEASURES:
        raise InputError(f"against: expected one of {', '.join(MEASURES)}, found {name!r}")
    return MEASURES[name]


def size_of(technology: Technology, scenario: xr.Dataset) -> Measure:
    """The size of a technology as a measure."""
    cost = unit_cost(technology, scenario)
    return Measure(
        technology.title,
        technology.units,
        f"{technology.title} of the park",
        lambda _: {technology.cost: 1.0},
        lambda _, cases: _total(cases[technology.quantity]),
        1_000.0 * cost,
        True,
    )


def unit_cost(technology: Technology, scenario: xr.Dataset) -> float:
    """What a unit costs at least [EUR/a per unit]; where it costs nothing, a euro."""
    cost = scenario[technology.cost]
    return (float(cost.min()) if cost.size else 0.0) or 1.0


def sizes(park: Park, design: Design) -> xr.DataArray:
    """``size(technology)`` of a design, with the coordinate ``unit``."""
    pairs = list(zip(park.actors, design, strict=True))
    values = [
        sum(float(columns(park, actor, each.quantity, own.values).sum()) for actor, own in pairs)
        for each in TECHNOLOGIES.values()
    ]
    units = [technology.units for technology in TECHNOLOGIES.values()]
    coords = {"technology": list(TECHNOLOGIES), "unit": ("technology", units)}
    attrs = {"long_name": "size of the park"}
    return xr.DataArray(values, coords, ("technology",), "size", attrs)


def _total(array: xr.DataArray) -> xr.DataArray:
    """The sum over all but the cases."""
    return array.sum([dim for dim in array.dims if dim != "case"])
