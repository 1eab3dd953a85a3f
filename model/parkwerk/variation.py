"""Changes of a scenario by a factor: what is asked when somebody doubts an input."""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr

#: Energy prices, yearly costs of what is built, and loads in a scenario.
ENERGY = ("electricity_price", "boiler_fuel_cost")
ASSETS = (
    *("pv_class_fixed_cost", "pv_class_cost"),
    *("battery_fixed_cost", "battery_energy_cost", "battery_power_cost"),
    *("heat_pump_cost", "heat_storage_cost", "recovery_cost", "transfer_cost"),
    *("pipe_fixed_cost", "pipe_capacity_cost"),
)
LOADS = ("electricity_demand", "heat_demand")


@dataclass(frozen=True)
class Variation:
    """A change of the scenario: these variables times a factor."""

    title: str
    variables: tuple[str, ...]
    factor: float

    def of(self, scenario: xr.Dataset) -> xr.Dataset:
        """The changed scenario."""
        changed = {n: self.factor * scenario[n] for n in self.variables if n in scenario}
        with_units = {n: array.assign_attrs(scenario[n].attrs) for n, array in changed.items()}
        return scenario.assign(with_units)
