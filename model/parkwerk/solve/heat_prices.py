"""Prices of waste heat: what a kWh, a kW and the way cost a company that takes it.

What heat is worth shows up at the company that takes it, which knows its demand, its stores and its
boiler. So a source is to gain nothing, and each of its costs is laid on those who cause it:

- *By the kWh*: running cost and recovery. A recovery capacity of the cost c per kW costs at least
  ``Σ_t k[t]·flow[t]`` for any k with a sum of c.
- *By the kW*: pipes. No pipe is smaller than the largest flow to any company behind it.
- *By the year*: trenches, which a company pays as a whole or not at all.

Pipes that lead to several companies are shared out so that no pipe is paid more than once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from parkwerk.formulation.park import Actor
from parkwerk.solve.assemble import Park
from parkwerk.solve.heat_market import best_use
from parkwerk.solve.heat_ways import (
    Way,
    arcs,
    by_period,
    heat_sources,
    hours_of,
    over_time,
    ways_of,
)
from parkwerk.solve.program import Floats
from parkwerk.solve.wire_prices import FORBIDDEN

#: Part of what heat gains that the recovery takes in the steps on which it is laid.
TAKEN = 0.5


@dataclass(frozen=True)
class HeatPrice:
    """What heat from a source costs a company.

    Attributes
    ----------
    per_kwh
        (time,) [EUR/kWh].
    per_kw
        By the capacity of its transfer [EUR/(kW*a)].
    fixed
        If it takes any [EUR/a].
    """

    per_kwh: Floats
    per_kw: float
    fixed: float


def heat_prices(
    park: Park, bids: Mapping[tuple[str, str], Floats]
) -> dict[tuple[str, str], HeatPrice]:
    """The price of each way of heat.

    Parameters
    ----------
    bids
        What a kWh from a source is worth to a company, (time,) [EUR/kWh].
    """
    if not bids:
        return {}
    scenario, hours, ways = park.scenario, hours_of(park), ways_of(park, bids)
    reached = dict.fromkeys(way.source for way in ways)
    sources = {name: own for name, own in heat_sources(park).items() if name in reached}
    waste = {
        name: by_period(park, scenario["waste_heat"].sel(heat_source=name).values)
        for name in sources
    }
    trenches = scenario["pipe_fixed_cost"].values.astype(float)
    loads = {name: _load(park, name, ways, waste[name], trenches) for name in sources}
    by_load = {name: by_period(park, load) for name, load in loads.items()}
    market = best_use(ways, waste, by_load, trenches, hours)
    left = {}
    for name in sources:
        # Pipes to the source's own company stay its own: nobody else pays for them.
        shared = scenario["pipe_to"].values != name
        market.shares[[way.source == name for way in ways]] *= shared
        paid = sum((market.shares[k] for k, way in enumerate(ways) if way.source == name), 0.0)
        capacities = scenario["pipe_capacity_cost"].values * shared
        left[name] = np.maximum(trenches * shared - paid, 0.0), capacities
    prices = {}
    for k in np.argsort(-market.energy, kind="stable"):
        way = ways[k]
        source, fixed, per_kw = sources[way.source], 0.0, 0.0
        if way.heat.any():
            rest, capacities = left[way.source]
            fixed = _take(park, source, way.company, rest, market.shares[k])
            per_kw = _take(park, source, way.company, capacities, np.zeros_like(capacities))
        given = scenario["waste_heat"].sel(heat_source=way.source).values > 0
        running = float(scenario["waste_heat_cost"].sel(heat_source=way.source))
        price = running + loads[way.source] + over_time(park, market.scarcity[way.source])
        per_kwh = np.where(given, price / way.kept, FORBIDDEN)
        prices[way.source, way.company] = HeatPrice(per_kwh, per_kw / (1.0 + way.boost), fixed)
    return prices


def _load(park: Park, source: str, ways: list[Way], waste: Floats, trenches: Floats) -> Floats:
    """The cost of a kW of recovery, laid evenly on the steps that use the best capacity in full.

    (time,) [EUR/kWh]; those count for whom heat is worth more than their whole way.
    """
    cost = float(park.scenario["recovery_cost"].sel(heat_source=source))
    hours = float(park.scenario.attrs["step_hours"])
    length, own = hours_of(park), [way for way in ways if way.source == source]
    takers = [
        way
        for way in own
        if float(np.maximum(way.gain, 0.0) @ (way.heat * length))
        > trenches[way.pipes].sum() + way.capacity_cost * way.heat.max(initial=0.0)
    ]
    wanted = sum((way.heat for way in takers), np.zeros_like(waste))
    useful = over_time(park, np.minimum(wanted, waste))
    load, usable = np.zeros_like(useful), int((useful > 0).sum())
    if not usable:
        return load
    energy = sum(float(way.heat @ length) for way in takers)
    gained = sum(float((way.heat * way.gain) @ length) for way in takers) / energy
    count = int(np.clip(np.ceil(cost / (TAKEN * max(gained, 1e-6) * hours)), 1, usable))
    load[np.argsort(-useful, kind="stable")[:count]] = cost / (count * hours)
    return load


def _take(park: Park, source: Actor, company: str, left: Floats, share: Floats) -> float:
    """The least that the pipes of any way to a company cost it, with what is taken from ``left``.

    With δ(v) the cost of the cheapest way from v on and D that from the source, a pipe from v to w
    gives ``max(0, min(δ(v), D) − min(δ(w), D))``, never more than its cost: the company's ``share``
    and what is ``left`` of it. Every way gives D or more, so what companies pay sums to no more
    than what serves them all (dual ascent for Steiner trees: Wong 1984). With costs by the kW it
    holds for every kW that reaches a company: its flow is a sum of ways, and no pipe is smaller
    than the flow to any one company.
    """
    name = str(source.labels["heat_source"])
    own, starts, ends = arcs(park, source)
    length = left + share
    onward = {company: 0.0}
    for _ in own:
        for p in own:
            if (end := onward.get(ends[p])) is not None:
                onward[starts[p]] = min(onward.get(starts[p], np.inf), end + float(length[p]))
    whole = onward[name]
    for p in own:
        first, last = (min(onward.get(v, np.inf), whole) for v in (starts[p], ends[p]))
        left[p] = length[p] - max(0.0, first - last)
    return whole
