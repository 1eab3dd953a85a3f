"""What companies hand to one another in a year, and what a kWh is worth at both ends.

The ends are prices that everybody knows beforehand, not duals: a taker compares with its supplier
or its boiler, a giver with feeding in, or with what the way of its heat costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from parkwerk.assess.charges import spared
from parkwerk.assess.cost import own_part
from parkwerk.assess.quantity import values
from parkwerk.assess.verdict import complete

Floats = npt.NDArray[np.float64]

#: Energy that counts as traded [kWh/a]; a solver leaves some dust.
SMALL = 1.0


@dataclass(frozen=True)
class Traded:
    """Energy that passes an exchange between companies.

    Attributes
    ----------
    given, taken
        By company, (company, time) [kW]; heat counts where it arrives.
    worth
        What a kWh spares each company that takes it, (company, time) [EUR/kWh].
    least
        What it would earn its giver otherwise, or costs on its way, (time,) [EUR/kWh].
    ratio
        What is offered by what is wanted, (time,).
    links
        What the way costs a year, borne by the giver [EUR/a], (company,).
    """

    exchange: str
    given: Floats
    taken: Floats
    worth: Floats
    least: Floats
    ratio: Floats
    links: Floats


def trades(scenario: xr.Dataset, solution: xr.Dataset) -> list[Traded]:
    """Everything that passes between different companies in the case together."""
    together = solution.sel(case="together")
    found = [*_pools(scenario, together), *_heat(scenario, solution)]
    hours = float(scenario.attrs["step_hours"])
    return [trade for trade in found if trade.taken.sum() * hours > SMALL]


def _pools(scenario: xr.Dataset, together: xr.Dataset) -> list[Traded]:
    """Electricity by pool: a taker spares its supplier, a giver does without feeding in."""
    if not scenario.sizes["pool"] or "share_in" not in together:
        return []
    price = values(scenario["electricity_price"], "company", "time")
    saved = spared(scenario, together)
    fed_in = values(together["feed_in"].sum("feed_in_rule"), "company", "time")
    left = fed_in + values(together["curtailment"], "company", "time")
    bought = values(together["purchase"], "company", "time")
    otherwise = _feed_in_price(scenario, together)
    gives, takes = (
        values(scenario[f"pool_{w}"], "pool", "company") > 0 for w in ("gives", "takes")
    )
    result = []
    for k, pool in enumerate(map(str, scenario["pool"].values)):
        own = together.isel(pool=k)
        taken, given = (values(own[f"share_{way}"], "company", "time") for way in ("in", "out"))
        offered = (given + left * gives[k][:, None]).sum(axis=0)
        wanted = (taken + bought * takes[k][:, None]).sum(axis=0)
        result.append(
            Traded(
                exchange=f"pool {pool}",
                given=given,
                taken=taken,
                worth=price + saved[k][:, None],
                least=_weighted(otherwise, given),
                ratio=_ratio(offered, wanted),
                links=np.zeros(len(price)),
            )
        )
    return result


def _heat(scenario: xr.Dataset, solution: xr.Dataset) -> list[Traded]:
    """Waste heat by source: a taker spares its boiler, the giver pays for the way."""
    together = solution.sel(case="together")
    if not scenario.sizes["heat_source"] or "heat_taken" not in together:
        return []
    companies = [str(company) for company in scenario["company"].values]
    shared = _shared_cost(scenario, solution)
    boiler = values(scenario["boiler_fuel_cost"] + scenario["boiler_carbon_cost"], "company")
    power = values(scenario["electricity_price"], "company", "time")
    demand = values(scenario["heat_demand"], "company", "time")
    hours = float(scenario.attrs["step_hours"])
    result = []
    for source in map(str, scenario["heat_source"].values):
        own = scenario.sel(heat_source=source)
        taken = values(together["heat_taken"].sel(heat_source=source), "company", "time").copy()
        home = companies.index(source)
        free = values(own["waste_heat"], "time") - taken[home]
        taken[home] = 0.0
        given = np.zeros_like(taken)
        given[home] = taken.sum(axis=0)
        energy = taken.sum(axis=1) * hours
        station = values(own["transfer_cost"], "company") * values(
            together["transfer_capacity"].sel(heat_source=source), "company"
        )
        fixed = np.divide(station, energy, out=np.zeros_like(energy), where=energy > SMALL)
        booster = values(own["transfer_electricity"], "company")[:, None] * power
        takes = energy > SMALL
        links = np.zeros(len(companies))
        links[home] = shared[source]
        per_kwh = shared[source] / energy.sum() if takes.any() else 0.0
        result.append(
            Traded(
                exchange=f"heat of {source}",
                given=given,
                taken=taken,
                worth=(boiler - fixed)[:, None] - booster,
                least=np.full(taken.shape[1], per_kwh),
                ratio=_ratio(free, (demand * takes[:, None]).sum(axis=0)),
                links=links,
            )
        )
    return result


def _shared_cost(scenario: xr.Dataset, solution: xr.Dataset) -> dict[str, float]:
    """What each source's pipes and recovery cost that serve others [EUR/a]."""
    cases = complete(scenario, solution)
    share = 1.0 - own_part(scenario, cases).sel(case="together")
    cost = cases["cost"].sel(case="together")
    return {
        source: float((cost.sel(actor=f"heat of {source}") * share.sel(heat_source=source)).sum())
        if f"heat of {source}" in cost["actor"]
        else 0.0
        for source in map(str, scenario["heat_source"].values)
    }


def _feed_in_price(scenario: xr.Dataset, together: xr.Dataset) -> Floats:
    """What a kWh fed in earns each company by the rules of its plants, (company, time) [EUR/kWh].

    Not below zero, because a plant can be turned down.
    """
    rules = [str(rule) for rule in scenario["feed_in_rule"].values]
    price = values(scenario["feed_in_price"], "feed_in_rule", "time")
    of_class = [rules.index(str(rule)) for rule in scenario["pv_class_rule"].values]
    built = values(together["pv_built"], "company", "pv_class")
    plants = built.sum(axis=1, keepdims=True)
    part = np.divide(built, plants, out=np.zeros_like(built), where=plants > 0)
    return np.asarray(np.maximum(part @ price[of_class], 0.0), dtype=np.float64)


def _weighted(price: Floats, flow: Floats) -> Floats:
    """Mean of prices by flow in each step, the plain one where nothing flows, (time,)."""
    total = flow.sum(axis=0)
    mean = np.divide((price * flow).sum(axis=0), total, out=price.mean(axis=0), where=total > 0)
    return np.asarray(mean, dtype=np.float64)


def _ratio(offered: Floats, wanted: Floats) -> Floats:
    """What is offered by what is wanted; endless where nothing is wanted."""
    endless: Floats = np.full(len(offered), np.inf)
    np.divide(offered, wanted, out=endless, where=wanted > 0)
    return endless
