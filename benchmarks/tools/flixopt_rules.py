"""Rules of the park that tie several investments or flows of flixopt, in linopy."""

from __future__ import annotations

from typing import Any

import flixopt as fx
import xarray as xr

#: The effect that is minimised.
COST = "costs"


def tie(system: fx.FlowSystem, scenario: xr.Dataset) -> None:
    """Rules that tie several investments or flows."""
    model = system.model
    steps = round(24 / scenario.attrs["step_hours"])
    for company in map(str, scenario["company"].values):
        own = scenario.sel(company=company, connection=company)
        tie_meters(model, company, own)
        tie_classes(model, company, own)
        tie_pools(model, company, own)
        tie_injection(model, company, own)
        fastest = own["battery_c_rate"].item() * model[f"{company} battery|size"]
        model.add_constraints(model[f"{company} battery(charge)|size"] <= fastest)
        stores = ["battery", *(["heat store"] if own["heat_demand"].max() > 0 else [])]
        for store in stores:
            content = model[f"{company} {store}|charge_state"]
            ends = content.isel(time=slice(steps, -1, steps))
            model.add_constraints(ends - content.isel(time=-1, drop=True) == 0)


def tie_meters(model: Any, company: str, own: xr.Dataset) -> None:
    """``Σ_k invested[k] = 1``: the menu in the textbook form."""
    entries = int((own["tariff_open"] > 0).sum())
    chosen = sum(model[f"{company} meter {k}(in)|invested"] for k in range(entries))
    model.add_constraints(chosen == 1)


def tie_classes(model: Any, company: str, own: xr.Dataset) -> None:
    """At most one class, its smallest size, its fixed cost; room and duty of each roof."""
    roofs, classes = roofs_of(own, company), classes_of(own)
    sizes = {(r, k): model[f"{plant(r, k)}(out)|size"] for r in roofs for k in classes}
    built = {k: model.add_variables(binary=True, name=f"{company} PV {k}|built") for k in classes}
    model.add_constraints(sum(built.values()) <= 1)
    for k in classes:
        its, whole = own.sel(pv_class=k), sum(sizes[r, k] for r in roofs)
        model.add_constraints(whole >= its["pv_class_min"].item() * built[k])
        model.add_constraints(whole <= its["pv_class_limit"].item() * built[k])
        fixed = its["pv_class_fixed_cost"].item()
        if fixed:
            share = {COST: fixed * built[k]}
            name = f"{company} PV {k}"
            model.effects.add_share_to_effects(name=name, expressions=share, target="periodic")
    for r in roofs:
        its, whole = own.sel(roof=r), sum(sizes[r, k] for k in classes)
        model.add_constraints(whole <= its["roof_limit"].item())
        model.add_constraints(whole >= its["roof_duty"].item())
        for k in classes:
            model.add_constraints(sizes[r, k] <= its["roof_limit"].item() * built[k])


def tie_pools(model: Any, company: str, own: xr.Dataset) -> None:
    """A member that gives and takes pays once; of direct lines a company has one at most."""
    lines = 0
    for pool in map(str, own["pool"].values):
        its = own.sel(pool=pool)
        gifts = f"{gives(company, pool)}(in)|invested"
        takings = f"{takes(company, pool)}(in)|invested"
        if gifts in model.variables and takings in model.variables:
            model.add_constraints(model[takings] <= model[gifts])
        member = gifts if gifts in model.variables else takings
        if member in model.variables and its["pool_exclusive"]:
            lines = lines + 1 * model[member]
    if not isinstance(lines, int):
        model.add_constraints(lines <= 1)


def tie_injection(model: Any, company: str, own: xr.Dataset) -> None:
    """What leaves is at most the surplus, and what crosses the meter at most the connection.

    ``surplus = Σ_r yield[r]·max(0, 1 − demand/(generation of full roofs))·Σ_k size[r,k]``
    """
    rules = dict.fromkeys(own["pv_class_rule"].sel(pv_class=k).item() for k in classes_of(own))
    crosses = sum(model[f"{company} {rule} sold(in)|flow_rate"] for rule in rules)
    leaves = 1 * crosses
    for pool in map(str, own["pool"].values):
        name = f"{gives(company, pool)}(in)|flow_rate"
        if name in model.variables:
            leaves = leaves + model[name]
            if own["pool_on_grid"].sel(pool=pool):
                crosses = crosses + model[name]
    model.add_constraints(crosses <= own["connection_limit"].item())
    roofs = own.sel(roof=roofs_of(own, company))
    full = (roofs["pv_yield"] * roofs["roof_limit"]).sum("roof")
    surplus = (full - own["electricity_demand"]).clip(min=0.0)
    share = (surplus / full.where(full > 0, 1.0)).drop_vars(["company", "connection"])
    for roof in map(str, roofs["roof"].values):
        sun = (share * own["pv_yield"].sel(roof=roof)).drop_vars(
            ["roof", "roof_company", "company", "connection"], errors="ignore"
        )
        for k in classes_of(own):
            leaves = leaves - sun * model[f"{plant(roof, k)}(out)|size"]
    model.add_constraints(leaves <= 0)


def classes_of(own: xr.Dataset) -> list[str]:
    """Classes whose smallest plant the roofs carry."""
    return [str(k) for k in own["pv_class"].values[own["pv_class_limit"].values > 0]]


def roofs_of(own: xr.Dataset, company: str) -> list[str]:
    """Roofs of a company."""
    return [str(roof) for roof in own["roof"].values[own["roof_company"].values == company]]


def plant(roof: str, pv_class: str) -> str:
    """The plant of a class on a roof."""
    return f"{roof} PV {pv_class}"


def gives(company: str, pool: str) -> str:
    """The link through which a company gives to a pool."""
    return f"{company} gives to {pool}"


def takes(company: str, pool: str) -> str:
    """The link through which a company takes from a pool."""
    return f"{company} takes from {pool}"
