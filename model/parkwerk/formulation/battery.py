"""A battery behind the meter of a site. It serves the site's own demand."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.actor import Model, add_cost, data, exclusive, is_first, is_last, rules
from parkwerk.formulation.gate import leaving


def add_battery(site: Model) -> None:
    """Energy and power are sized apart; a built battery has a fixed cost.

    ``battery_fixed_cost·battery_built + battery_energy_cost·battery_energy
    + battery_power_cost·battery_power``
    """
    data(site, "battery_fixed_cost", "battery_energy_cost", "battery_power_cost")
    data(site, "battery_gain", "battery_drain", "battery_retention", "battery_c_rate")
    data(site, "battery_size_limit")
    site.battery_built = pyo.Var(domain=pyo.Binary)
    site.battery_energy = pyo.Var(domain=pyo.NonNegativeReals)
    site.battery_power = pyo.Var(domain=pyo.NonNegativeReals)
    site.battery_level = pyo.Var(domain=pyo.NonNegativeReals)
    site.charge = pyo.Var(site.time, domain=pyo.NonNegativeReals)
    site.discharge = pyo.Var(site.time, domain=pyo.NonNegativeReals)
    site.state_of_charge = pyo.Var(site.time, domain=pyo.NonNegativeReals)
    rules(site, battery_has_room, battery_power_fits, battery_level_fits, over=())
    rules(site, charge_within_power, discharge_within_power, content_within_battery)
    rules(site, state_of_charge_balance, battery_returns_to_level)
    exclusive(site, "charge_or_discharge", site.charge, site.discharge)
    # A battery may hold grid power, and grid power fed back is not green (§19 Abs. 3b EEG): its
    # control lets it discharge only while the site takes power, never while it gives.
    exclusive(site, "discharge_or_give", site.discharge, leaving(site))

    add_cost(site, "battery", site.battery_fixed_cost * site.battery_built)
    add_cost(site, "battery", site.battery_energy_cost * site.battery_energy)
    add_cost(site, "battery", site.battery_power_cost * site.battery_power)


def battery_has_room(site: Model) -> Any:
    """``battery_energy ≤ battery_size_limit·battery_built`` [kWh]."""
    return site.battery_energy <= site.battery_size_limit * site.battery_built


def battery_power_fits(site: Model) -> Any:
    """``battery_power ≤ battery_c_rate·battery_energy`` [kW]."""
    return site.battery_power <= site.battery_c_rate * site.battery_energy


def battery_level_fits(site: Model) -> Any:
    """``battery_level ≤ battery_energy`` [kWh]; follows from the operation, and tells a design."""
    return site.battery_level <= site.battery_energy


def charge_within_power(site: Model, t: int) -> Any:
    """``charge[t] ≤ battery_power`` [kW]."""
    return site.charge[t] <= site.battery_power


def discharge_within_power(site: Model, t: int) -> Any:
    """``discharge[t] ≤ battery_power`` [kW]."""
    return site.discharge[t] <= site.battery_power


def content_within_battery(site: Model, t: int) -> Any:
    """``state_of_charge[t] ≤ battery_energy`` [kWh]."""
    return site.state_of_charge[t] <= site.battery_energy


def state_of_charge_balance(site: Model, t: int) -> Any:
    """Energy balance of the battery [kWh], e the state of charge at the end of a step.

    ``e[t] = (1 − σΔt)·e[t−1] + η_c·charge[t]·Δt − discharge[t]·Δt/η_d``, and before the first step
    of a period ``e = battery_level``. In the data ``1 − σΔt`` is ``battery_retention``, ``η_c`` is
    ``battery_gain``, ``1/η_d`` is ``battery_drain``.
    """
    hours = site.shape.step_hours
    before = site.battery_level if is_first(site, t) else site.state_of_charge[t - 1]
    gained = hours * site.battery_gain * site.charge[t]
    drained = hours * site.battery_drain * site.discharge[t]
    return site.state_of_charge[t] == site.battery_retention * before + gained - drained


def battery_returns_to_level(site: Model, t: int) -> Any:
    """A period ends at the level at which it began [kWh]: ``e[last] = battery_level``."""
    if not is_last(site, t):
        return pyo.Constraint.Skip
    return site.state_of_charge[t] == site.battery_level
