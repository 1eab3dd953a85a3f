"""CO2 of the electricity and gas that the companies buy."""

from __future__ import annotations

import xarray as xr

from parkwerk.assess.quantity import Quantities, quantity


def assess_emissions(scenario: xr.Dataset, cases: xr.Dataset) -> Quantities:
    """CO2 by company and of the park [kg/a].

    ``grid_emission_factor·purchase + gas_emission_factor·boiler_heat/boiler_efficiency``

    Conventions: a yearly mean factor of the grid, and the same one in all cases; no credit for PV
    that is fed in, because its buyer counts it; PV used and shared in the park counts zero; what
    making and installing the plants emits is left out.
    """
    electricity = scenario["grid_emission_factor"] * cases["yearly_purchase"]
    burnt = cases["yearly_boiler_heat"] / scenario["boiler_efficiency"]
    gas = scenario["gas_emission_factor"] * burnt
    return {
        "gas_used": quantity(burnt, "kWh/a", "gas burnt (upper heating value)"),
        "co2": quantity(electricity + gas, "kg/a", "CO2 of electricity and gas bought"),
        "park_co2": quantity(
            (electricity + gas).sum("company"), "kg/a", "CO2 of all electricity and gas bought"
        ),
    }
