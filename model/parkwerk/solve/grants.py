"""What actors have at prices of their exchanges, because their trades or others bear the cost.

Prices of an exchange bear what it costs as far as they can (``prices.py``). So the right to trade
is had for nothing, or for the sum that they do not bear, and each line is a case of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from parkwerk.formulation.park import Actor, heat_exchange, pool_exchange
from parkwerk.solve.assemble import Park
from parkwerk.solve.designs import columns
from parkwerk.solve.lines import NONE
from parkwerk.solve.prices import Prices
from parkwerk.solve.program import Floats
from parkwerk.solve.seeker import Grant


def grants_of(
    park: Park, prices: Prices, actors: list[Actor], lines: Collection[str]
) -> list[Grant]:
    """What some actors can have without any of their lines, and with each of them."""
    return [
        replace(grant, case=line)
        for line in (NONE, *lines)
        for grant in _grants(park, actors, prices, {*lines} - {line})
    ]


def _grants(
    park: Park, actors: list[Actor], prices: Prices, without_lines: set[str]
) -> list[Grant]:
    """What some actors have because their trades with others, or these, bear the cost.

    A site is at the ends of all wires that reach beyond the cluster, save for some lines; pools
    over the grid it joins if that is worth its fee. It has the waste heat of others not at all, or
    of one for what the way to it costs at least, or of all for what two of the ways cost; so a
    source has its pipes to others for nothing. Where several sites of a cluster could have such
    heat, all may, and only what is paid by the kW and kWh is counted.
    """
    outer = {e for a in park.actors if a not in actors for e in a.exchanges}
    had = {a.name: np.full(park.template(a).n_design, np.nan) for a in actors}
    dearer = {a.name: np.zeros(park.template(a).n_design) for a in actors}
    ways: dict[str, dict[int, float]] = {}
    for actor in actors:
        for name, own in _rights(park, actor, outer, without_lines).items():
            columns(park, actor, name, had[actor.name])[:] = own
        sources = actor.labels.get("heat_source", ()) if actor.shape.kind == "site" else ()
        for k, source in enumerate(sources):
            if heat_exchange(source, actor.name) in outer:
                way = prices.ways[source, actor.name]
                columns(park, actor, "transfer_capacity", dearer[actor.name])[k] = way.per_kw
                ways.setdefault(actor.name, {})[k] = way.fixed
    if len(ways) != 1:
        return [Grant(had, 0.0, dearer)]
    ((name, fixed),) = ways.items()
    (taker,) = (actor for actor in actors if actor.name == name)

    def of_these(which: Collection[int]) -> dict[str, Floats]:
        own = had[name].copy()
        columns(park, taker, "transfer_capacity", own)[list(fixed.keys() - which)] = 0.0
        return {**had, name: own}

    grants = [Grant(of_these(()), 0.0, dearer)]
    grants += [Grant(of_these({k}), paid, dearer) for k, paid in fixed.items()]
    if len(fixed) > 1:
        grants.append(Grant(had, sum(sorted(fixed.values())[:2]), dearer))
    return grants


def _rights(
    park: Park, actor: Actor, outer: set[str], without_lines: set[str]
) -> dict[str, Floats]:
    """What an actor has for nothing, by design quantity; nan for what it has to choose."""
    if actor.shape.kind == "site":
        pools = list(actor.labels["pool"])
        on_grid = park.scenario["pool_on_grid"].sel(pool=pools).values > 0
        outside = np.array([pool_exchange(str(pool)) in outer for pool in pools], dtype=bool)
        free = np.where(outside & ~on_grid, 1.0, np.nan)
        free[[pool in without_lines for pool in pools]] = 0.0
        return {"joined": free, "pool_giver": free} if len(free) else {}
    if actor.shape.kind == "heat source":
        name = str(actor.labels["heat_source"])
        pipes = park.scenario.sel(heat_source=name, pipe=list(actor.labels["pipe"]))
        inner = not any(exchange in outer for exchange in actor.exchanges)
        kept = inner | (pipes["pipe_to"].values == name)
        limit = pipes["pipe_capacity_limit"].values
        return {
            "pipe_built": np.where(kept, np.nan, 1.0),
            "pipe_capacity": np.where(kept, np.nan, limit),
        }
    return {}
