"""Limits that follow from the data, so that nobody types a big number.

Every limit is the smallest that certainly cuts nothing off: what roofs can generate, what a site
can use, what a source has and what stands behind a pipe.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import numpy.typing as npt
import xarray as xr

from parkwerk.formulation.extension import most_extra_electricity
from parkwerk.formulation.partners import companies_behind, pipes_in_reach
from parkwerk.quantities import SCENARIO, Quantity

Floats = npt.NDArray[np.float64]
#: Label of the giver or taker where a site has no right to give or take.
NOBODY = ""
#: Derived quantities by name. Dimensions without labels: all have those of the scenario, and
#: aligning them anew for each operation would take longer than the arithmetic.
Derived = dict[str, xr.Variable]

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
    "share_out_limit": Quantity(("giver", "time"), "kW", "what full roofs could give to a pool"),
    "share_in_limit": Quantity(("taker", "time"), "kW", "what the site could take from a pool"),
    "pipe_retention": Quantity(("pipe",), "1", "share of the heat that arrives"),
    "pipe_limit": Quantity(("route", "time"), "kW", "what source and sinks allow in the pipe"),
    "pipe_need": Quantity(
        ("route", "time"),
        "kW",
        "what demand and losses of stores behind the pipe take over a period",
    ),
    "pipe_capacity_limit": Quantity(
        ("heat_source", "pipe"), "kW", "largest flow that the pipe can have"
    ),
}


def derive(scenario: xr.Dataset) -> xr.Dataset:
    """Return the scenario with every quantity of :data:`DERIVED` added."""
    given = scenario.variables
    roofs = _by_company(scenario, given["roof_limit"])
    potential = _by_company(scenario, given["pv_yield"] * given["roof_limit"])
    hours = scenario.attrs["step_hours"]
    fits = given["pv_class_min"] <= roofs
    # Full roofs generate `potential`; the chord from nothing to there lies above every surplus.
    surplus: Any = np.maximum(potential - given["electricity_demand"], 0.0)
    share = surplus / (potential + (potential <= 0))
    derived = {
        "pv_class_limit": np.minimum(roofs, given["pv_class_max"]) * fits,
        "surplus_yield": given["pv_yield"] * _of_roofs(scenario, share),
        "battery_gain": given["battery_charge_efficiency"],
        "battery_drain": 1 / given["battery_discharge_efficiency"],
        "battery_retention": 1 - given["battery_self_discharge"] * hours,
        "battery_size_limit": given["battery_limit"],
        "heat_storage_retention": 1 - given["heat_storage_loss"] * hours,
        "metered_supply": _metered_supply(scenario),
        "share_out_limit": _or_nobody(potential, "giver"),
        "share_in_limit": _or_nobody(_largest_use(scenario), "taker"),
        "pipe_retention": 1 - given["pipe_loss"],
    }
    pipes, routes = _pipe_limits(scenario)
    largest = _ordered("pv_class_limit", derived["pv_class_limit"])
    derived |= pipes | highest_revenue(scenario, largest)
    sites = _texts([*given["company"].values, NOBODY])
    coords = {"giver": sites, "taker": sites, "route": _texts(routes)}
    arrays = {name: _ordered(name, array) for name, array in derived.items()}
    # Part of a park that was derived already has sites and routes of the whole.
    plain = scenario.drop_vars([*arrays, *coords], errors="ignore")
    return plain.assign_coords(coords).assign(arrays)


def _ordered(name: str, array: xr.Variable) -> xr.Variable:
    """A derived quantity in the order of its dimensions, with units."""
    known = DERIVED[name]
    attrs = {"units": known.units, "long_name": known.long_name}
    return xr.Variable(known.dims, array.transpose(*known.dims).values, attrs)


def _texts(labels: list[str]) -> np.ndarray:
    return np.array(labels, dtype=str)


def highest_revenue(scenario: xr.Dataset, limit: xr.Variable) -> Derived:
    """Feed-in by the value of a large plant, and a bonus that no plant of the class exceeds.

    The slices earn ``K(s)/s`` a kWh more, and a kW of the company's best roof feeds in at most

        H[c,k] = Σ_t supported[t]·max(0, yield[c,t] − electricity_demand[c,t]/limit[c,k])·Δt

    because a site gives only what exceeds its own demand. K is concave, so the bonus is at most
    ``pv_class_bonus[c,k] = K(pv_class_limit[c,k])·H[c,k]`` and, for each kW,
    ``pv_bonus_slope[c,k] = slice_value of the first slice·H[c,k]``.
    """
    value = _for_each_company(scenario, "feed_in_price")
    counts = xr.Variable((), 1.0)
    if "slice_value" not in scenario:
        none = 0.0 * limit
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


def _for_each_company(scenario: xr.Dataset, name: str) -> xr.Variable:
    """A series of each rule for every company alike, (company, feed_in_rule, time)."""
    dims = ("company", *SCENARIO[name].dims)
    values = scenario[name].transpose(*dims[1:]).values
    return xr.Variable(dims, np.broadcast_to(values, [scenario.sizes[dim] for dim in dims]))


def settled_revenue(scenario: xr.Dataset, size: np.ndarray) -> Derived:
    """Feed-in by the value of plants of known sizes [kW], (company, feed_in_rule), for the bonus.

    ``feed_in_value[c,g,t] = feed_in_price[g,t] + supported[t]·max(0, K_g(s)/s + support_gap[g])``:
    the slices' values blended over the plant (EEG §23c).
    """
    rules = range(scenario.sizes["feed_in_rule"])
    bonus = np.stack([slice_bonus(scenario, size[:, g])[:, g] for g in rules], axis=1)
    per_kwh = np.divide(bonus, size, out=np.zeros_like(bonus), where=size > 0)
    per_kwh = np.maximum(per_kwh + scenario["support_gap"].values, 0.0)
    more = per_kwh[:, :, None] * scenario["feed_in_supported"].values
    value = _for_each_company(scenario, "feed_in_price")
    return {"feed_in_value": value + more, "bonus_counts": xr.Variable((), 0.0)}


def slice_bonus(scenario: xr.Dataset, size: np.ndarray) -> np.ndarray:
    """``K_g(s) = Σ_j slice_value[g,j]·(kW of s in slice j)`` [EUR·kW/kWh], (sizes, rules)."""
    ends = scenario["slice_end"].values
    within = np.diff(np.minimum(ends, size[:, None]), prepend=0.0, axis=1)
    bonus: np.ndarray = within @ scenario["slice_value"].transpose("slice", "feed_in_rule").values
    return bonus


def _metered_supply(scenario: xr.Dataset) -> xr.Variable:
    """0 behind the common connection of a customer system, else 1."""
    at_grid: xr.Variable = (scenario.variables["behind"] == "").astype(float)
    if "own_meter" not in scenario:
        return at_grid
    metered: Any = np.maximum(at_grid, scenario.variables["own_meter"])
    return cast(xr.Variable, metered)


def _by_company(scenario: xr.Dataset, per_roof: xr.Variable) -> xr.Variable:
    """Sum a quantity of the roofs for each company."""
    owner = scenario["roof_company"].values[:, None] == scenario["company"].values[None, :]
    owns = xr.Variable(("roof", "company"), owner.astype(float))
    total: xr.Variable = xr.dot(per_roof, owns, dim="roof")
    return total


def _of_roofs(scenario: xr.Dataset, per_company: xr.Variable) -> xr.Variable:
    """A quantity of the companies for each roof, that of its company."""
    place = {company: i for i, company in enumerate(scenario["company"].values)}
    owners = [place[company] for company in scenario["roof_company"].values]
    values = per_company.transpose("company", ...).values[np.array(owners, dtype=np.intp)]
    rest = [dim for dim in per_company.dims if dim != "company"]
    return xr.Variable(("roof", *rest), values)


def _largest_use(scenario: xr.Dataset) -> xr.Variable:
    """What a site can use at most in a step [kW]: demand, heat, a charging battery, added parts.

    No connection or roof bounds what a site takes over a private wire, so the battery's term is
    its largest power, ``battery_c_rate·battery_limit``.
    """
    given = scenario.variables
    heat_ratio: Any = given["heat_pump_electricity"]
    if scenario.sizes["heat_source"]:
        heat_ratio = np.maximum(heat_ratio, given["transfer_electricity"].max("heat_source"))
    heat = given["heat_demand"] + given["heat_storage_limit"] / scenario.attrs["step_hours"]
    heat_use = heat_ratio * heat * (given["heat_demand"].max("time") > 0)
    charging = given["battery_c_rate"] * given["battery_limit"]
    use: xr.Variable = given["electricity_demand"] + heat_use + charging
    more = most_extra_electricity(scenario)
    use = use + (more.variable if isinstance(more, xr.DataArray) else more)
    return use


def _or_nobody(per_company: xr.Variable, dim: str) -> xr.Variable:
    """A limit of companies, and 0 of nobody: a site without the right has nobody's limit.

    So a company has one series, in however many pools it takes part.
    """
    values = np.zeros((per_company.sizes["company"] + 1, per_company.sizes["time"]))
    values[:-1] = per_company.transpose("company", "time").values
    return xr.Variable((dim, "time"), values)


def _pipe_limits(scenario: xr.Dataset) -> tuple[Derived, list[str]]:
    """What enters a pipe at most: in a step, and over a period in which stores return to level.

    These limits, and the names of the routes. For route ``r``, source ``s`` in pipe ``p``:

        pipe_limit[r,t] = min(waste_heat[s,t], Σ_i per_kw[r,i]·(heat_demand[i,t] + store[i]/Δt))
        pipe_need[r,t]  = Σ_i per_kw[r,i]·(heat_demand[i,t] + heat_storage_loss·store[i])

    over companies ``i`` with heat demand, ``store`` their largest heat store. A site throws no heat
    away: over a period it takes its demand and what its store loses, at most that of a full one.
    In a circle of pipes heat could be lost beside; that never pays, for recovering it is not paid.
    """
    reach = pipes_in_reach(scenario)
    pairs = [(s, p) for s, pipes in enumerate(reach) for p in pipes]
    per_kw = _entering(scenario, pairs)
    demand = scenario["heat_demand"].transpose("company", "time").values
    store = np.where(demand.max(axis=1) > 0, scenario["heat_storage_limit"].values, 0.0)[:, None]
    needs = demand + float(scenario["heat_storage_loss"]) * store
    wants = demand + store / scenario.attrs["step_hours"]
    available = scenario["waste_heat"].transpose("heat_source", "time").values
    limit = np.minimum(per_kw @ wants, available[[s for s, _ in pairs]])
    largest = np.zeros((scenario.sizes["heat_source"], scenario.sizes["pipe"]))
    for place, pair in enumerate(pairs):
        largest[pair] = limit[place].max()
    sources, pipes = scenario["heat_source"].values, scenario["pipe"].values
    limits = {
        "pipe_limit": xr.Variable(("route", "time"), limit),
        "pipe_need": xr.Variable(("route", "time"), per_kw @ needs),
        "pipe_capacity_limit": xr.Variable(("heat_source", "pipe"), largest),
    }
    return limits, [route(sources[s], pipes[p]) for s, p in pairs]


def _entering(scenario: xr.Dataset, pairs: list[tuple[int, int]]) -> Floats:
    """What enters a pipe for a kW of heat at a company, 0 for a company not behind it.

    ``per_kw[r,i] = 1/((1 + transfer_electricity[i,s])·retention(p→i))``, (route, company).
    """
    behind = companies_behind(scenario)
    place = {str(c): i for i, c in enumerate(scenario["company"].values)}
    boost = scenario["transfer_electricity"].transpose("company", "heat_source").values
    per_kw = np.zeros((len(pairs), len(place)))
    for r, (s, p) in enumerate(pairs):
        for company, kept in behind[p].items():
            i = place[company]
            per_kw[r, i] = 1 / ((1 + boost[i, s]) * kept)
    return per_kw


def route(source: str, pipe: str) -> str:
    """Label of a source's heat in a pipe."""
    return f"heat of {source} in {pipe}"
