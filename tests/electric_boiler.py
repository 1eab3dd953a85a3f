"""A component as a user would write it, in a file that other processes can import."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo
import xarray as xr

from parkwerk.formulation.actor import Model, add_cost, data, rules
from parkwerk.formulation.extension import Part
from parkwerk.quantities import Quantity


def add_electric_boiler(site: Model) -> None:
    data(site, "electric_boiler_cost")
    site.electric_boiler_capacity = pyo.Var(domain=pyo.NonNegativeReals)
    site.electric_boiler_heat = pyo.Var(site.time, domain=pyo.NonNegativeReals)
    rules(site, heat_within_electric_boiler)
    cost = site.electric_boiler_cost * site.electric_boiler_capacity
    add_cost(site, "electric boiler", cost)


def heat_within_electric_boiler(site: Model, t: int) -> Any:
    return site.electric_boiler_heat[t] <= site.electric_boiler_capacity


def heat_of(site: Model, t: int) -> Any:
    return site.electric_boiler_heat[t]


def largest_heat(scenario: xr.Dataset) -> xr.DataArray:
    """Of a boiler beside no store: the heat demand."""
    return scenario["heat_demand"]


BOILER = Part(
    "electric boiler",
    add_electric_boiler,
    electricity=heat_of,
    heat=heat_of,
    most_electricity=largest_heat,
    data={"electric_boiler_cost": Quantity((), "EUR/(kW*a)", "annuity per kW")},
    results={
        "electric_boiler_capacity": Quantity(("company",), "kW", "electric boiler"),
        "electric_boiler_heat": Quantity(("company", "time"), "kW", "heat of it"),
    },
    costs={"electric boiler": "equipment"},
)
