"""Limits that follow from the data, so that nobody types a big number.

Every limit is the smallest that certainly cuts nothing off: what roofs can generate, what a site
can use, what a source has and what stands behind a pipe.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from parkwerk.quantities import Quantity

DERIVED = {
    "pv_class_limit": Quantity(
        ("company", "pv_class"), "kW", "largest plant of the class that the roofs carry"
    ),
    "surplus_yield": Quantity(
        ("roof", "time"), "kW/kW", "part of the yield that can exceed the site's own demand"
    ),
    "battery_gain": Quantity((), "1", "energy stored per kWh charged"),
    "battery_drain": Quantity((), "1", "energy taken from the store per kWh delivered"),
    "battery_retention": Quantity((), "1", "share of the content kept over a step"),
    "battery_size_limit": Quantity(("company",), "kWh", "largest battery of use or room"),
    "heat_storage_retention": Quantity((), "1", "share of the content kept over a step"),
    "pv_class_bonus": Quantity(
        ("company", "pv_class"), "EUR/a", "what small slices of a plant earn at most"
    ),
    "pv_bonus_slope": Quantity(
        ("company", "pv_class"), "EUR/(kW*a)", "what a kW of the first slice earns at most"
    ),
    "bonus_counts": Quantity(
        (), "1", "1 where the sizes of plants are sought, 0 where they are known"
    ),
    "feed_in_value": Quantity(
        ("company", "feed_in_rule", "time"), "EUR/kWh", "revenue of a kWh that the company feeds in"
    ),
    "metered_supply": Quantity(
        ("company",), "1", "1 where a meter of the company's own counts what it buys"
    ),
    "share_out_limit": Quantity(
        ("pool", "company", "time"), "kW", "what full roofs could give to the pool"
    ),
    "share_in_limit": Quantity(
        ("pool", "company", "time"), "kW", "what the site could take from the pool"
    ),
    "pipe_retention": Quantity(("pipe",), "1", "share of the heat that arrives"),
    "pipe_limit": Quantity(
        ("heat_source", "pipe", "time"), "kW", "what source and sinks allow in the pipe"
    ),
    "pipe_capacity_limit": Quantity(
        ("heat_source", "pipe"), "kW", "largest flow that the pipe can have"
    ),
}


def derive(scenario: xr.Dataset) -> xr.Dataset:
    """Return the scenario with every quantity of :data:`DERIVED` added."""
    roofs = _by_company(scenario, scenario["roof_limit"])
    potential = _by_company(scenario, scenario["pv_yield"] * scenario["roof_limit"])
    hours = scenario.attrs["step_hours"]
    usable = _largest_use(scenario)
    fits = scenario["pv_class_min"] <= roofs
    # Full roofs generate `potential`; the chord from nothing to there lies above every surplus.
    surplus = (potential - scenario["electricity_demand"]).clip(min=0.0)
    share = (surplus / potential.where(potential > 0, 1.0)).sel(company=scenario["roof_company"])
    charge = scenario["battery_charge_efficiency"]
    derived = {
        "pv_class_limit": roofs.clip(max=scenario["pv_class_max"]).where(fits, 0.0),
        "surplus_yield": scenario["pv_yield"] * share.drop_vars("company"),
        "battery_gain": charge,
        "battery_drain": 1 / scenario["battery_discharge_efficiency"],
        "battery_retention": 1 - scenario["battery_self_discharge"] * hours,
        "battery_size_limit": scenario["battery_limit"],
        "heat_storage_retention": 1 - scenario["heat_storage_loss"] * hours,
        "metered_supply": _metered_supply(scenario),
        "share_out_limit": scenario["pool_gives"] * potential,
        "share_in_limit": scenario["pool_takes"] * usable,
        "pipe_retention": 1 - scenario["pipe_loss"],
    }
    derived |= _pipe_limits(scenario) | highest_revenue(scenario, derived["pv_class_limit"])
    return with_derived(scenario, derived)


def with_derived(scenario: xr.Dataset, derived: Mapping[str, xr.DataArray]) -> xr.Dataset:
    """Add derived quantities in the order of their dimensions, with units."""
    arrays = {
        name: array.transpose(*DERIVED[name].dims).assign_attrs(
            units=DERIVED[name].units, long_name=DERIVED[name].long_name
        )
        for name, array in derived.items()
    }
    return scenario.assign(arrays)


def highest_revenue(scenario: xr.Dataset, limit: xr.DataArray) -> dict[str, xr.DataArray]:
    """Feed-in by the value of a large plant, and a bonus that no plant of the class exceeds.

    The slices earn ``K(s)/s`` a kWh more, and a kW of the company's best roof feeds in at most

        H[c,k] = Σ_t supported[t]·max(0, yield[c,t] − electricity_demand[c,t]/limit[c,k])·Δt

    because a site gives only what exceeds its own demand. K is concave, so the bonus is at most
    ``pv_class_bonus[c,k] = K(pv_class_limit[c,k])·H[c,k]`` and, for each kW,
    ``pv_bonus_slope[c,k] = slice_value of the first slice·H[c,k]``.
    """
    value = scenario["feed_in_price"].expand_dims(company=scenario["company"])
    counts = xr.DataArray(1.0)
    if "slice_value" not in scenario:
        none = xr.zeros_like(limit)
        bonus = {"pv_class_bonus": none, "pv_bonus_slope": none, "bonus_counts": counts}
        return {"feed_in_value": value} | bonus
    rules = list(scenario["feed_in_rule"].values)
    rule = [rules.index(r) for r in scenario["pv_class_rule"].values]
    largest = [slice_bonus(scenario, limit.values[:, k])[:, g] for k, g in enumerate(rule)]
    hours = _surplus_hours(scenario, limit.values)
    first = scenario["slice_value"].isel(slice=0).values[rule]
    return {
        "feed_in_value": value,
        "pv_class_bonus": limit.copy(data=np.stack(largest, axis=1) * hours),
        "pv_bonus_slope": limit.copy(data=first * hours),
        "bonus_counts": counts,
    }


def _surplus_hours(scenario: xr.Dataset, size: np.ndarray) -> np.ndarray:
    """Most hours a year that a kW of a plant of some size can feed in, (company, size)."""
    sun = scenario["pv_yield"].transpose("roof", "time").values
    demand = scenario["electricity_demand"].transpose("company", "time").values
    supported = scenario["feed_in_supported"].values * scenario.attrs["step_hours"]
    owners = scenario["roof_company"].values
    hours = np.zeros(size.shape)
    for c, company in enumerate(scenario["company"].values):
        best = sun[owners == company].max(axis=0, initial=0.0)
        for k in np.flatnonzero(size[c] > 0):
            hours[c, k] = np.maximum(best - demand[c] / size[c, k], 0.0) @ supported
    return hours


def settled_revenue(scenario: xr.Dataset, size: np.ndarray) -> dict[str, xr.DataArray]:
    """Feed-in by the value of plants of known sizes [kW], (company, feed_in_rule), for the bonus.

    ``feed_in_value[c,g,t] = feed_in_price[g,t] + supported[t]·max(0, K_g(s)/s + support_gap[g])``:
    the slices' values blended over the plant (EEG §23c).
    """
    rules = range(scenario.sizes["feed_in_rule"])
    bonus = np.stack([slice_bonus(scenario, size[:, g])[:, g] for g in rules], axis=1)
    per_kwh = np.divide(bonus, size, out=np.zeros_like(bonus), where=size > 0)
    per_kwh = np.maximum(per_kwh + scenario["support_gap"].values, 0.0)
    more = per_kwh[:, :, None] * scenario["feed_in_supported"].values
    value = scenario["feed_in_price"].expand_dims(company=scenario["company"])
    return {"feed_in_value": value + more, "bonus_counts": xr.DataArray(0.0)}


def slice_bonus(scenario: xr.Dataset, size: np.ndarray) -> np.ndarray:
    """``K_g(s) = Σ_j slice_value[g,j]·(kW of s in slice j)`` [EUR·kW/kWh], (sizes, rules)."""
    ends = scenario["slice_end"].values
    within = np.diff(np.minimum(ends, size[:, None]), prepend=0.0, axis=1)
    bonus: np.ndarray = within @ scenario["slice_value"].transpose("slice", "feed_in_rule").values
    return bonus


def _metered_supply(scenario: xr.Dataset) -> xr.DataArray:
    """0 behind the common connection of a customer system, else 1."""
    at_grid = (scenario["behind"] == "").astype(float)
    if "own_meter" not in scenario:
        return at_grid
    metered: xr.DataArray = scenario["own_meter"].where(at_grid == 0, 1.0)
    return metered


def _by_company(scenario: xr.Dataset, per_roof: xr.DataArray) -> xr.DataArray:
    """Sum a quantity of the roofs for each company."""
    owner = scenario["roof_company"].values[:, None] == scenario["company"].values[None, :]
    owns = xr.DataArray(owner.astype(float), dims=("roof", "company"))
    total: xr.DataArray = xr.dot(per_roof, owns, dim="roof")
    return total.assign_coords(company=scenario["company"])


def _largest_use(scenario: xr.Dataset) -> xr.DataArray:
    """What a site can use at most in a step [kW]: demand, heat and a charging battery.

    No connection or roof bounds what a site takes over a private wire, so the battery's term is
    its largest power, ``battery_c_rate·battery_limit``.
    """
    heat_ratio = scenario["heat_pump_electricity"]
    if scenario.sizes["heat_source"]:
        heat_ratio = heat_ratio.clip(min=scenario["transfer_electricity"].max("heat_source"))
    heat = scenario["heat_demand"] + scenario["heat_storage_limit"] / scenario.attrs["step_hours"]
    heat_use = heat_ratio * heat.where(scenario["heat_demand"].max("time") > 0, 0.0)
    charging = scenario["battery_c_rate"] * scenario["battery_limit"]
    use: xr.DataArray = scenario["electricity_demand"] + heat_use + charging
    return use


def _pipe_limits(scenario: xr.Dataset) -> dict[str, xr.DataArray]:
    """Hour by hour: what the source has, and what the companies behind the pipe can take.

    ``pipe_limit[s,p,t] = min(waste_heat[s,t], Σ_{i behind p} usable_heat[i,s,t]/retention(p→i))``
    """
    sources, pipes = scenario["heat_source"].values, scenario["pipe"].values
    limit = np.zeros((len(sources), len(pipes), scenario.sizes["time"]))
    store = scenario["heat_storage_limit"] / scenario.attrs["step_hours"]
    usable = scenario["heat_demand"] + store.where(scenario["heat_demand"].max("time") > 0, 0.0)
    for s in range(len(sources)):
        available = scenario["waste_heat"].values[s]
        for p in range(len(pipes)):
            behind = retention_behind(scenario, p)
            wanted = np.zeros_like(available)
            for company, kept in behind.items():
                boost = float(scenario["transfer_electricity"].sel(company=company)[s])
                wanted += usable.sel(company=company).values / (1 + boost) / kept
            limit[s, p] = np.minimum(available, wanted)
    coords = {name: scenario[name] for name in ("heat_source", "pipe", "time")}
    per_step = xr.DataArray(limit, dims=("heat_source", "pipe", "time"), coords=coords)
    return {"pipe_limit": per_step, "pipe_capacity_limit": per_step.max("time")}


def retention_behind(scenario: xr.Dataset, pipe: int) -> dict[str, float]:
    """Companies that heat in a pipe can reach, with the smallest share that arrives there.

    The smallest share over all paths is the safe one: it lets the pipe carry the most.
    """
    companies = set(scenario["company"].values)
    starts, ends = scenario["pipe_from"].values, scenario["pipe_to"].values
    kept = 1 - scenario["pipe_loss"].values
    reached: dict[str, float] = {}

    def follow(p: int, share: float, path: frozenset[int]) -> None:
        node = ends[p]
        share *= kept[p]
        if node in companies:
            reached[node] = min(share, reached.get(node, share))
        for following in np.flatnonzero(starts == node):
            if following not in path:
                follow(int(following), share, path | {int(following)})

    follow(pipe, 1.0, frozenset({pipe}))
    return reached
