"""The part of a scenario that another tool can state."""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.formulation.limits import derive

#: What a linear program without choices leaves out, and what it sets to nothing.
DROPPED = ("tariff_condition", "monthly_charge", "slice_value", "slice_end", "pool_exclusive")
NOTHING = (
    "pv_class_min",
    "pv_class_fixed_cost",
    "battery_fixed_cost",
    "pipe_fixed_cost",
    "pool_fixed_cost",
)


def with_investments(scenario: xr.Dataset) -> xr.Dataset:
    """What flixopt states: yearly entries of the menu with one electricity tax, no EEG slices."""
    yearly = scenario["tariff_option"] == "yearly"
    tax = scenario["electricity_tax"].rename(company="connection")
    usual = tax == tax.isel(tariff=0)
    kept = scenario.drop_vars([n for n in ("slice_value", "slice_end") if n in scenario])
    kept["tariff_open"] = scenario["tariff_open"] * yearly * usual
    return derive(kept.assign_attrs(choices=1))


def linear(scenario: xr.Dataset) -> xr.Dataset:
    """What PyPSA states: one entry of the menu, one class of PV, no fixed cost and no choice.

    The entry is the yearly one that is cheapest for today's reading. The class is 300-750 kW, of
    any size, at its cost per kW.
    """
    (pv_class,) = np.flatnonzero(scenario["pv_class_min"] == 300)
    rule = list(scenario["feed_in_rule"].values).index(scenario["pv_class_rule"].values[pv_class])
    menu = {
        str(name): one_entry(scenario, array)
        for name, array in scenario.data_vars.items()
        if "tariff" in array.dims and name not in DROPPED
    }
    kept = scenario.drop_dims("tariff").drop_vars(DROPPED, errors="ignore").assign(menu)
    kept = kept.isel(pv_class=[pv_class], feed_in_rule=[rule])
    kept["pv_class_max"] = xr.full_like(kept["pv_class_max"], float(kept["roof_limit"].sum()))
    for name in NOTHING:
        kept[name] = xr.zeros_like(kept[name])
    return derive(kept.assign_attrs(scenario.attrs, choices=0))


def one_entry(scenario: xr.Dataset, array: xr.DataArray) -> xr.DataArray:
    """The cheapest yearly entry of each connection for today's reading, as a menu of one."""
    demand = scenario["electricity_demand"].rename(company="connection")
    energy = scenario.attrs["step_hours"] * demand.sum("time")
    cost = scenario["tariff_fixed"] + scenario["demand_charge"] * demand.max("time")
    cost = cost + (scenario["energy_charge"] + scenario["levy"]) * energy
    open_ = (scenario["tariff_open"] > 0) & (scenario["tariff_option"] == "yearly")
    place = cost.where(open_, np.inf).argmin("tariff")
    owner = "connection" if "connection" in array.dims else "company"
    chosen = array.isel(tariff=place.rename(connection=owner) if owner != "connection" else place)
    single = chosen.drop_vars(["tariff", "tariff_option"], errors="ignore")
    return single.expand_dims(tariff=["chosen"]).transpose(*array.dims)


def whole(scenario: xr.Dataset) -> xr.Dataset:
    """All of it."""
    return scenario
