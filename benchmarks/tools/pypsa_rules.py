"""What no component of PyPSA says of the park, in linopy; and the numbers both parts read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pypsa
import xarray as xr


def model_of(network: pypsa.Network, scenario: xr.Dataset) -> Any:
    """The network's linopy model with what no component says."""
    model = network.optimize.create_model(include_objective_constant=False)
    tie_ends_of_days(model, round(24 / scenario.attrs["step_hours"]))
    for company in map(str, scenario["company"].values):
        own = numbers(scenario, company=company, connection=company)
        tie_battery(model, company, own)
        tie_injection(model, company, own, scenario)
    return model


def numbers(scenario: xr.Dataset, **labels: str) -> dict[str, Any]:
    """Quantities at some labels: a series as an array, a number as a float."""
    chosen = scenario.sel(labels).squeeze(drop=True)
    return {str(name): array.values[()] for name, array in chosen.data_vars.items()}


def roofs_of(scenario: xr.Dataset, company: str) -> dict[str, dict[str, Any]]:
    """Numbers of each roof of a company."""
    owned = scenario["roof"].values[scenario["roof_company"].values == company]
    return {str(roof): numbers(scenario, roof=roof) for roof in owned}


def gives(company: str, pool: str) -> str:
    """The link through which a company gives to a pool."""
    return f"{company} gives to {pool}"


def tie_battery(model: Any, company: str, own: dict[str, Any]) -> None:
    """Charging and discharging have one power, counted outside the battery, within the C-rate."""
    battery, kept = f"{company} battery", own["battery_discharge_efficiency"]
    charge, discharge = (
        model["Link-p_nom"].sel(name=f"{battery} {way}", drop=True)
        for way in ("charge", "discharge")
    )
    bound = own["battery_c_rate"] * model["Store-e_nom"].sel(name=battery, drop=True)
    model.add_constraints(charge - kept * discharge == 0, name=f"{battery}: power")
    model.add_constraints(charge - bound <= 0, name=f"{battery}: C-rate")


def tie_ends_of_days(model: Any, steps: int) -> None:
    """Every store ends every day at the content at which it ends the last."""
    content = model["Store-e"]
    ends = content.isel(snapshot=slice(steps - 1, None, steps))
    last = content.isel(snapshot=-1, drop=True)
    before = ends.isel(snapshot=slice(None, -1))
    model.add_constraints(before - last == 0, name="ends of days")


def tie_injection(model: Any, company: str, own: dict[str, Any], scenario: xr.Dataset) -> None:
    """What leaves is at most the surplus: ``yield·size·max(0, 1 − demand/(yield·roof))``.

    That is the chord over ``max(0, generation − demand)`` from no plant to full roofs. What goes
    over a private wire leaves too.
    """
    roofs = roofs_of(scenario, company)
    full = sum(its["pv_yield"] * its["roof_limit"] for its in roofs.values())
    surplus = np.maximum(full - own["electricity_demand"], 0.0)
    share = np.divide(surplus, full, out=np.zeros_like(surplus), where=full > 0)
    flow, size = model["Link-p"], model["Generator-p_nom"]
    excess = 1 * flow.sel(name=f"{company} PV leaving", drop=True)
    for roof, its in roofs.items():
        sun = xr.DataArray(share * its["pv_yield"], coords={"snapshot": scenario["time"].values})
        excess = excess - sun * size.sel(name=f"{roof} PV", drop=True)
    for pool in map(str, scenario["pool"].values):
        member = scenario.sel(pool=pool, company=company)
        if member["pool_gives"] and not member["pool_on_grid"]:
            excess = excess + flow.sel(name=gives(company, pool), drop=True)
    model.add_constraints(excess <= 0, name=f"{company}: injection")
