"""A lower bound of the whole park, from prices of its exchanges.

At given prices the park falls apart into companies that trade with nobody but the market. Whatever
the prices are, the sum of what each does best for itself is never above the least total cost of the
park: the exchanges balance, so what one is paid another pays (Lagrangian duality). Each company's
program is solved with all binaries over the full year (``benders.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkwerk.formulation.park import Actor
from parkwerk.formulation.template import find
from parkwerk.solve.assemble import Park
from parkwerk.solve.benders import Best, Grant, best_choices
from parkwerk.solve.clock import Clock
from parkwerk.solve.dispatch import Choice, Design
from parkwerk.solve.prices import Prices
from parkwerk.solve.program import Floats
from parkwerk.solve.workers import Shared, Workers


@dataclass(frozen=True)
class Bound:
    """What all do best at the prices: the designs, and the bound of each cluster [EUR/a]."""

    design: Design
    by_cluster: dict[str, float]

    @property
    def total(self) -> float:
        """The lower bound of the park's least total cost [EUR/a]."""
        return float(sum(self.by_cluster.values()))


@dataclass(frozen=True)
class Task:
    """Actors that are to be sized at prices of their exchanges with others."""

    park: Shared[Park]
    prices: Shared[Prices]
    members: list[int]
    start: dict[str, Choice]
    gap: float
    clock: Clock


def price_bound(
    park: Park, prices: Prices, start: Design, gap: float, crew: Workers, clock: Clock
) -> Bound:
    """Solve each actor over the full year at prices of its exchanges.

    Sites have their rights to trade for nothing: the prices bear what they cost (``prices.py``).
    Members of a common connection are solved with it, because no price could replace its peak.

    Parameters
    ----------
    start
        A design of the park, from which each search begins.
    """
    shared, priced = crew.share(park), crew.share(prices)
    begin = {actor.name: choice for actor, choice in zip(park.actors, start, strict=True)}
    tasks = []
    for members in clusters(park):
        own = {park.actors[i].name: start[i] for i in members}
        tasks.append(Task(shared, priced, members, own, gap, clock))
    found = crew.map(solve_together, tasks)
    choices = begin | {n: choice for best in found for n, choice in best.choices.items()}
    design = [choices[actor.name] for actor in park.actors]
    by_cluster = {
        ", ".join(task.start): best.bound for task, best in zip(tasks, found, strict=True)
    }
    return Bound(design, by_cluster)


def clusters(park: Park) -> list[list[int]]:
    """Positions of actors that are solved together: mostly each for itself."""
    group = {i: i for i in range(len(park.actors))}
    for connection in (a for a in park.actors if a.shape.kind == "common connection"):
        members = [
            i for i, a in enumerate(park.actors) if set(a.exchanges) & set(connection.exchanges)
        ]
        names = {park.actors[i].name for i in members}
        for i, actor in enumerate(park.actors):
            others = {a.name for a in park.actors if set(a.exchanges) & set(actor.exchanges)}
            if actor.shape.kind != "site" and others - {actor.name} <= names:
                members.append(i)
        for i in members:
            group[i] = min(members)
    roots = sorted(set(group.values()))
    return [[i for i, root in group.items() if root == first] for first in roots]


def solve_together(task: Task) -> Best:
    """What some actors do best at the prices."""
    park, prices = task.park.get(), task.prices.get()
    actors = [park.actors[i] for i in task.members]
    grants = _grants(park, actors[0], prices) if len(actors) == 1 else [Grant({})]
    over = task.clock.over
    return best_choices(park, actors, prices.trades, task.gap, [task.start], over, grants)


def _grants(park: Park, actor: Actor, prices: Prices) -> list[Grant]:
    """What an actor has because its trades, or another, bear the cost.

    A site is a member of all pools, and has waste heat not at all, or for what the trenches to it
    cost at least; so the source has the trenches for nothing.
    """
    if actor.shape.kind == "heat source":
        return [Grant({actor.name: given(park, actor, ("pipe_built",))})]
    had = given(park, actor, ("joined", "pool_giver"))
    heat = find(park.template(actor).design, "transfer_capacity")
    if heat is None or actor.name not in prices.ways:
        return [Grant({actor.name: had})]
    without = had.copy()
    without[heat.slice] = 0.0
    return [Grant({actor.name: without}), Grant({actor.name: had}, prices.ways[actor.name])]


def given(park: Park, actor: Actor, names: tuple[str, ...]) -> Floats:
    """One in the design columns of some names, nan in the others."""
    template = park.template(actor)
    values = np.full(template.n_design, np.nan)
    for name in names:
        if block := find(template.design, name):
            values[block.slice] = 1.0
    return values
