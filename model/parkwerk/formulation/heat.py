"""Heat at a site: the boiler that stands there, a heat pump, a store, and heat from neighbours."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.actor import Model, add_cost, data, is_first, is_last, rules
from parkwerk.formulation.extension import extra_heat


def add_heat(site: Model) -> None:
    """All heat supply of a site and its balance; a site without heat demand skips it."""
    data(site, "heat_demand")
    add_boiler(site)
    add_heat_pump(site)
    add_heat_storage(site)
    add_heat_transfer(site)
    rules(site, heat_balance)


def add_boiler(site: Model) -> None:
    """The gas boiler of today: its investment is sunk, its fuel and CO2 price are not.

    ``Σ_t (boiler_fuel_cost + boiler_carbon_cost)·boiler_heat[t]·Δt``
    """
    data(site, "boiler_fuel_cost", "boiler_carbon_cost")
    site.boiler_heat = pyo.Var(site.time, domain=pyo.NonNegativeReals)
    heat = site.shape.step_hours * sum(site.boiler_heat[t] for t in site.time)
    add_cost(site, "gas", site.boiler_fuel_cost * heat)
    add_cost(site, "CO2 price", site.boiler_carbon_cost * heat)


def add_heat_pump(site: Model) -> None:
    """An air-source heat pump: ``heat_pump_cost·heat_pump_capacity``."""
    data(site, "heat_pump_electricity", "heat_pump_cost", "heat_pump_limit")
    site.heat_pump_capacity = pyo.Var(domain=pyo.NonNegativeReals)
    site.heat_pump_heat = pyo.Var(site.time, domain=pyo.NonNegativeReals)
    rules(site, heat_pump_has_room, over=())
    rules(site, heat_within_heat_pump)
    add_cost(site, "heat pump", site.heat_pump_cost * site.heat_pump_capacity)


def add_heat_storage(site: Model) -> None:
    """A hot-water store: ``heat_storage_cost·heat_storage_energy``."""
    data(site, "heat_storage_cost", "heat_storage_retention", "heat_storage_limit")
    site.heat_storage_energy = pyo.Var(domain=pyo.NonNegativeReals)
    site.heat_storage_level = pyo.Var(domain=pyo.NonNegativeReals)
    site.heat_stored = pyo.Var(site.time, domain=pyo.Reals)
    site.heat_content = pyo.Var(site.time, domain=pyo.NonNegativeReals)
    rules(site, heat_storage_has_room, heat_storage_level_fits, over=())
    rules(site, content_within_storage, heat_storage_balance, heat_storage_returns_to_level)
    add_cost(site, "heat storage", site.heat_storage_cost * site.heat_storage_energy)


def add_heat_transfer(site: Model) -> None:
    """Substation or booster heat pump for the heat of each source that can reach the site.

    ``Σ_s transfer_cost[s]·transfer_capacity[s]``; a warm enough source needs no electricity.
    """
    data(site, "transfer_electricity", "transfer_cost")
    site.transfer_capacity = pyo.Var(site.heat_source, domain=pyo.NonNegativeReals)
    site.heat_taken = pyo.Var(site.heat_source, site.time, domain=pyo.NonNegativeReals)
    rules(site, heat_within_transfer, over=("heat_source", "time"))
    for s in site.heat_source:
        add_cost(site, "heat transfer", site.transfer_cost[s] * site.transfer_capacity[s])


def heat_electricity(site: Model, t: int) -> Any:
    """Electricity for heat [kW].

    ``heat_pump_electricity[t]·heat_pump_heat[t] + Σ_s transfer_electricity[s]·heat_taken[s,t]``
    """
    boosters = sum(site.transfer_electricity[s] * site.heat_taken[s, t] for s in site.heat_source)
    return site.heat_pump_electricity[t] * site.heat_pump_heat[t] + boosters


def transferred(site: Model, s: int, t: int) -> Any:
    """Useful heat from source ``s`` [kW]: ``(1 + transfer_electricity[s])·heat_taken[s,t]``."""
    return site.heat_taken[s, t] + site.transfer_electricity[s] * site.heat_taken[s, t]


def heat_balance(site: Model, t: int) -> Any:
    """Heat supply covers demand and storage [kW].

    ``boiler_heat[t] + heat_pump_heat[t] + Σ_s transferred[s,t] + extra_heat[t]
    = heat_demand[t] + heat_stored[t]``
    """
    neighbours = sum(transferred(site, s, t) for s in site.heat_source)
    supply = site.boiler_heat[t] + site.heat_pump_heat[t] + neighbours + extra_heat(site, t)
    return supply == site.heat_demand[t] + site.heat_stored[t]


def heat_pump_has_room(site: Model) -> Any:
    """``heat_pump_capacity ≤ heat_pump_limit`` [kW of heat]."""
    return site.heat_pump_capacity <= site.heat_pump_limit


def heat_within_heat_pump(site: Model, t: int) -> Any:
    """``heat_pump_heat[t] ≤ heat_pump_capacity`` [kW]."""
    return site.heat_pump_heat[t] <= site.heat_pump_capacity


def heat_within_transfer(site: Model, s: int, t: int) -> Any:
    """``transferred[s,t] ≤ transfer_capacity[s]`` [kW]."""
    return transferred(site, s, t) <= site.transfer_capacity[s]


def heat_storage_has_room(site: Model) -> Any:
    """``heat_storage_energy ≤ heat_storage_limit`` [kWh]."""
    return site.heat_storage_energy <= site.heat_storage_limit


def heat_storage_level_fits(site: Model) -> Any:
    """``heat_storage_level ≤ heat_storage_energy`` [kWh]; follows from the operation too."""
    return site.heat_storage_level <= site.heat_storage_energy


def content_within_storage(site: Model, t: int) -> Any:
    """``heat_content[t] ≤ heat_storage_energy`` [kWh]."""
    return site.heat_content[t] <= site.heat_storage_energy


def heat_storage_balance(site: Model, t: int) -> Any:
    """Energy balance of the store [kWh], h the heat content at the end of a step.

    ``h[t] = (1 − σΔt)·h[t−1] + heat_stored[t]·Δt``, and before the first step of a period
    ``h = heat_storage_level``; σ is ``heat_storage_loss``.
    """
    before = site.heat_storage_level if is_first(site, t) else site.heat_content[t - 1]
    kept = site.heat_storage_retention * before
    return site.heat_content[t] == kept + site.shape.step_hours * site.heat_stored[t]


def heat_storage_returns_to_level(site: Model, t: int) -> Any:
    """A period ends at the level at which it began [kWh]: ``h[last] = heat_storage_level``."""
    if not is_last(site, t):
        return pyo.Constraint.Skip
    return site.heat_content[t] == site.heat_storage_level
