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

from dataclasses import dataclass

import numpy as np

from parkwerk.formulation.park import Actor
from parkwerk.solve.assemble import Park
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


def heat_prices(park: Park, source: Actor, bids: dict[str, Floats]) -> dict[str, HeatPrice]:
    """The prices for each company that a source reaches.

    What several share is laid first on the company for which heat is worth the most beyond its
    whole way: the others pay the rest of theirs only, so none is kept from what would pay. The
    pipes of the source's own company stay its own.

    Parameters
    ----------
    bids
        What a kWh is worth to each company, (time,) [EUR/kWh].
    """
    scenario = park.scenario
    name = str(source.labels["heat_source"])
    hours = float(scenario.attrs["step_hours"])
    own = scenario.sel(heat_source=name)
    waste = own["waste_heat"].values
    ways = {company: way_to(park, source, company) for company in bids}
    kept = {company: way[1] for company, way in ways.items()}
    heat = {c: _by_day(park, np.stack([waste, _need(park, c, name) / kept[c]])) for c in bids}
    trenches = scenario["pipe_fixed_cost"].values.astype(float)
    capacities = scenario["pipe_capacity_cost"].values.astype(float)
    running = float(own["waste_heat_cost"])
    gains = {c: bid * kept[c] - running for c, bid in bids.items()}
    worth = {
        c: float(np.maximum(gain, 0.0) @ heat[c]) * hours
        - float(trenches[ways[c][0]].sum() + capacities[ways[c][0]].sum() * heat[c].max(initial=0))
        for c, gain in gains.items()
    }
    ranked = sorted(bids, key=lambda c: -worth[c])
    takers = [c for c in ranked if worth[c] > 0]
    price = running + _load(park, takers, gains, heat, waste, float(own["recovery_cost"]), hours)
    private = scenario["pipe_to"].values == name
    left = [np.where(private, 0.0, trenches), np.where(private, 0.0, capacities)]
    prices = {}
    for company in ranked:
        boost = float(own["transfer_electricity"].sel(company=company))
        fixed, per_kw = (
            _take(park, source, company, costs) if heat[company].any() else 0.0 for costs in left
        )
        per_kwh = np.where(waste > 0, price / kept[company], FORBIDDEN)
        prices[company] = HeatPrice(per_kwh, per_kw / (1.0 + boost), fixed)
    return prices


def _load(
    park: Park,
    takers: list[str],
    gains: dict[str, Floats],
    heat: dict[str, Floats],
    waste: Floats,
    cost: float,
    hours: float,
) -> Floats:
    """The cost of a kW of recovery, laid evenly on the steps that use the best capacity in full."""
    wanted = sum((heat[c] for c in takers), np.zeros_like(waste))
    useful = np.minimum(wanted, _by_day(park, waste[None]))
    load, usable = np.zeros_like(waste), int((useful > 0).sum())
    if not usable:
        return load
    gained = sum((heat[c] @ gains[c] for c in takers), 0.0) / sum(heat[c].sum() for c in takers)
    count = int(np.clip(np.ceil(cost / (TAKEN * max(gained, 1e-6) * hours)), 1, usable))
    load[np.argsort(-useful, kind="stable")[:count]] = cost / (count * hours)
    return load


def _take(park: Park, source: Actor, company: str, left: Floats) -> float:
    """The least that the pipes of any way to a company cost, taken from what is ``left``.

    With δ(v) the cost of the cheapest way from v on and D that from the source, a pipe from v to w
    gives ``max(0, min(δ(v), D) − min(δ(w), D))``, never more than its cost. Every way gives D or
    more, so the shares of companies sum to no more than what serves them all (dual ascent for
    Steiner trees: Wong 1984). With costs by the kW it holds for every kW that reaches a company:
    its flow is a sum of ways, and no pipe is smaller than the flow to any one company.
    """
    name = str(source.labels["heat_source"])
    own, starts, ends = _arcs(park, source)
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


def _arcs(park: Park, source: Actor) -> tuple[list[int], np.ndarray, np.ndarray]:
    """Positions of the pipes that a source reaches, and where each pipe of the park leads."""
    labels = list(park.scenario["pipe"].values)
    own = [labels.index(pipe) for pipe in source.labels["pipe"]]
    return own, park.scenario["pipe_from"].values, park.scenario["pipe_to"].values


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


def way_to(park: Park, source: Actor, company: str) -> tuple[list[int], float]:
    """The pipes of the cheapest way from a source to a company, and what share arrives."""
    scenario, name = park.scenario, str(source.labels["heat_source"])
    own, starts, ends = _arcs(park, source)
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
