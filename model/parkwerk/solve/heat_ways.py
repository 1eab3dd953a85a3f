"""Ways of waste heat: the pipes from a source to a company, and what heat is worth at their end.

What a source gives and what a company can use are taken as means over each operating period: stores
shift heat within a period for little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from parkwerk.formulation.park import Actor
from parkwerk.solve.assemble import Park
from parkwerk.solve.program import Floats


@dataclass(frozen=True)
class Way:
    """The cheapest way from a source to a company.

    Attributes
    ----------
    pipes
        Positions of its pipes.
    kept
        What share of the heat arrives.
    boost
        Electricity by which a kWh is lifted there [kWh/kWh].
    gain
        What a kWh from the source is worth to the company, less its running cost, (period,)
        [EUR/kWh].
    need
        Heat that the company and its store can use, as it arrives, (period,) [kW].
    heat
        What of it the source could give, (period,) [kW].
    capacity_cost
        Of transfer and pipes, by the kW from the source [EUR/(kW*a)].
    """

    source: str
    company: str
    pipes: list[int]
    kept: float
    boost: float
    gain: Floats
    need: Floats
    heat: Floats
    capacity_cost: float


def ways_of(park: Park, bids: Mapping[tuple[str, str], Floats]) -> list[Way]:
    """All ways by which companies could have heat.

    Parameters
    ----------
    bids
        What a kWh from a source is worth to a company, (time,) [EUR/kWh].
    """
    sources = heat_sources(park)
    return [_way(park, sources[source], company, bid) for (source, company), bid in bids.items()]


def heat_sources(park: Park) -> dict[str, Actor]:
    """The sources of waste heat by the name of their company."""
    sources = (actor for actor in park.actors if actor.shape.kind == "heat source")
    return {str(actor.labels["heat_source"]): actor for actor in sources}


def _way(park: Park, source: Actor, company: str, bid: Floats) -> Way:
    name = str(source.labels["heat_source"])
    own = park.scenario.sel(heat_source=name)
    there = own.sel(company=company)
    pipes, kept = way_to(park, source, company)
    boost = float(there["transfer_electricity"])
    waste = by_period(park, own["waste_heat"].values)
    lost = float(there["heat_storage_loss"]) * float(there["heat_storage_limit"])
    need = (by_period(park, there["heat_demand"].values) + lost) / (1.0 + boost)
    transfer = float(there["transfer_cost"]) * kept * (1.0 + boost)
    return Way(
        source=name,
        company=company,
        pipes=pipes,
        kept=kept,
        boost=boost,
        gain=by_period(park, bid) * kept - float(own["waste_heat_cost"]),
        need=need,
        heat=np.minimum(waste, need / kept),
        capacity_cost=transfer + float(park.scenario["pipe_capacity_cost"].values[pipes].sum()),
    )


def way_to(park: Park, source: Actor, company: str) -> tuple[list[int], float]:
    """The pipes of the cheapest way from a source to a company, and what share arrives."""
    scenario, name = park.scenario, str(source.labels["heat_source"])
    own, starts, ends = arcs(park, source)
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


def arcs(park: Park, source: Actor) -> tuple[list[int], np.ndarray, np.ndarray]:
    """Positions of the pipes that a source reaches, and where each pipe of the park leads."""
    labels = list(park.scenario["pipe"].values)
    own = [labels.index(pipe) for pipe in source.labels["pipe"]]
    return own, park.scenario["pipe_from"].values, park.scenario["pipe_to"].values


def by_period(park: Park, series: Floats) -> Floats:
    """Means over the operating periods, one group of periods after another, (period,)."""
    return np.concatenate([series[group.positions].mean(axis=-1) for group in park.groups])


def over_time(park: Park, values: Floats) -> Floats:
    """Values of the operating periods in each of their steps, (time,)."""
    result, first = np.zeros(park.scenario.sizes["time"]), 0
    for group in park.groups:
        result[group.positions] = values[first : first + len(group), None]
        first += len(group)
    return result


def hours_of(park: Park) -> Floats:
    """How long the operating periods are, (period,) [h]."""
    hours = float(park.scenario.attrs["step_hours"])
    return np.concatenate([np.full(len(g), g.steps * hours) for g in park.groups])
