"""Prices of waste heat at which a source never gains, and what the way to each company costs.

A capacity of the cost c per kW costs at least ``Σ_t k[t]·flow[t]`` for any k with a sum of c.
At the running cost and this price no source earns more than it pays, whatever it delivers: what it
is worth shows up at the company that takes it, which knows its demand, its stores and its boiler.
The trenches on its way it pays as a whole or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkwerk.formulation.park import Actor, heat_exchange
from parkwerk.solve.assemble import Park
from parkwerk.solve.program import Floats

#: A price at which nobody takes anything, above any yearly demand charge [EUR/kWh].
FORBIDDEN = 250.0


@dataclass(frozen=True)
class HeatPrice:
    """What heat from a source costs a company: by the kWh (time,) [EUR/kWh], and a year [EUR/a]."""

    price: Floats
    fixed: float


def heat_prices(park: Park, source: Actor, bids: dict[str, Floats]) -> dict[str, HeatPrice]:
    """The price of each exchange of a source.

    A pipe that several companies share is laid on the one for which heat is worth the most beyond
    its whole way: the others pay the rest of theirs only, so none is kept from what would pay.

    Parameters
    ----------
    bids
        What a kWh is worth to each company that the source reaches, (time,) [EUR/kWh].
    """
    scenario = park.scenario
    name = str(source.labels["heat_source"])
    hours = float(scenario.attrs["step_hours"])
    row = list(scenario["heat_source"].values).index(name)
    waste = scenario["waste_heat"].transpose("heat_source", "time").values[row]
    running = float(scenario["waste_heat_cost"].values[row])
    recovery = float(scenario["recovery_cost"].values[row])
    useful = {
        company: _by_day(park, np.stack([waste, _need(park, company, name)])) for company in bids
    }
    ways = {company: way_to(park, source, company) for company in bids}
    trench = scenario["pipe_fixed_cost"].values
    net = {
        company: float(np.maximum(bid, 0.0) @ useful[company]) * hours
        - float(trench[ways[company][0]].sum())
        for company, bid in bids.items()
    }
    left = trench.astype(float)
    prices = {}
    for company in sorted(bids, key=lambda company: -net[company]):
        way, kept = ways[company]
        at_site, fixed = np.full(len(waste), FORBIDDEN), 0.0
        if (useful[company] > 0).any():
            fixed = _take(park, source, company, left)
            per_kw = (
                recovery / kept + float(scenario["pipe_capacity_cost"].values[way].sum()) / kept
            )
            load = _on_full_days(useful[company], bids[company] - running / kept, per_kw, hours)
            at_site = np.where(waste > 0, running / kept + load, FORBIDDEN)
        prices[heat_exchange(name, company)] = HeatPrice(at_site, fixed)
    return prices


def _take(park: Park, source: Actor, company: str, left: Floats) -> float:
    """The least that the trenches of any way to a company cost, taken from what is ``left``.

    With δ(v) the cost of the cheapest way from v on and D that from the source, a pipe from v to w
    gives ``max(0, min(δ(v), D) − min(δ(w), D))``, never more than its cost. Every way gives D or
    more, so the shares of companies sum to no more than what serves them all (dual ascent for
    Steiner trees: Wong 1984).
    """
    scenario, name = park.scenario, str(source.labels["heat_source"])
    labels = list(scenario["pipe"].values)
    own = [labels.index(pipe) for pipe in source.labels["pipe"]]
    starts, ends = scenario["pipe_from"].values, scenario["pipe_to"].values
    onward = {company: 0.0}
    for _ in own:
        for p in own:
            if (end := onward.get(ends[p])) is not None:
                onward[starts[p]] = min(onward.get(starts[p], np.inf), end + float(left[p]))
    whole = onward[name]
    for p in own:
        first, last = (min(onward.get(v, np.inf), whole) for v in (starts[p], ends[p]))
        left[p] -= max(0.0, first - last)
    return whole


def _need(park: Park, company: str, source: str) -> Floats:
    """Heat that a company and its store can use in each step, as it arrives there [kW]."""
    own = park.scenario.sel(company=company, heat_source=source)
    lost = float(own["heat_storage_loss"]) * float(own["heat_storage_limit"])
    need: Floats = (own["heat_demand"].values + lost) / (1.0 + float(own["transfer_electricity"]))
    return need


def _by_day(park: Park, limits: Floats) -> Floats:
    """What limits (limit, time) leave over each operating period, spread evenly over it, (time,).

    Stores shift heat within a period for little, so its limits are those of the whole of it.
    """
    result = np.zeros(limits.shape[1])
    for periods in park.groups:
        mean = limits[:, periods.positions].mean(axis=-1).min(axis=0)
        result[periods.positions] = mean[:, None]
    return result


def _on_full_days(useful: Floats, gain: Floats, cost: float, hours: float) -> Floats:
    """The cost of a kW of capacity, laid evenly on the steps that use the best capacity in full."""
    usable = int((useful > 0).sum())
    margin = max(float(gain[useful > 0].mean()), 1e-6)
    count = int(np.clip(np.ceil(cost / (margin * hours)), 1, usable))
    load = np.zeros_like(useful)
    load[np.argsort(-useful, kind="stable")[:count]] = cost / (count * hours)
    return load


def way_to(park: Park, source: Actor, company: str) -> tuple[list[int], float]:
    """The pipes of the cheapest way from a source to a company, and what share arrives."""
    scenario, name = park.scenario, str(source.labels["heat_source"])
    labels = list(scenario["pipe"].values)
    own = [labels.index(pipe) for pipe in source.labels["pipe"]]
    starts, ends = scenario["pipe_from"].values, scenario["pipe_to"].values
    fixed, loss = scenario["pipe_fixed_cost"].values, scenario["pipe_loss"].values
    found: list[tuple[float, list[int]]] = []

    def follow(way: list[int], paid: float) -> None:
        if ends[way[-1]] == company:
            found.append((paid, way))
            return
        for p in own:
            if starts[p] == ends[way[-1]] and p not in way:
                follow([*way, p], paid + float(fixed[p]))

    for p in own:
        if starts[p] == name:
            follow([p], float(fixed[p]))
    _, way = min(found, key=lambda item: item[0])
    return way, float(np.prod(1.0 - loss[way]))
