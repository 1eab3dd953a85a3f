"""A lower bound of the whole park, from prices of its exchanges.

At given prices the park falls apart into companies that trade with nobody but the market. Whatever
the prices are, the sum of what each does best for itself is never above the least total cost of the
park: the exchanges balance, so what one is paid another pays (Lagrangian duality). Each company's
program is solved with all binaries over the full year (``benders.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from parkwerk.formulation.park import Actor, heat_exchange, pool_exchange
from parkwerk.solve.assemble import Park
from parkwerk.solve.benders import Best, Grant, Learned, Seeker
from parkwerk.solve.clock import Clock
from parkwerk.solve.designs import columns
from parkwerk.solve.dispatch import Choice, Design
from parkwerk.solve.merging import merged
from parkwerk.solve.prices import Prices
from parkwerk.solve.program import Floats
from parkwerk.solve.workers import Shared, Workers


@dataclass(frozen=True)
class Bound:
    """What all do best at the prices: the designs, and the bound of each cluster [EUR/a].

    A cluster is named by its actors. ``learned`` helps to bound the same park at other prices.
    """

    design: Design
    by_cluster: dict[tuple[str, ...], float] = field(default_factory=dict)
    learned: dict[tuple[str, ...], Learned] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """The lower bound of the park's least total cost [EUR/a]."""
        return float(sum(self.by_cluster.values()))

    def by_company(self, park: Park) -> dict[str, float]:
        """What companies cost at least at the prices [EUR/a]; without those solved with others."""
        owner = {actor.name: actor.owner for actor in park.actors}
        owners = [{owner[name] for name in cluster} for cluster in self.by_cluster]
        crowded = set().union(*(own for own in owners if len(own) > 1))
        result: dict[str, float] = {}
        for own, cost in zip(owners, self.by_cluster.values(), strict=True):
            if not own & crowded:
                (company,) = own
                result[company] = result.get(company, 0.0) + cost
        return result


@dataclass(frozen=True)
class Task:
    """Actors that are to be sized at prices of their exchanges with others."""

    park: Shared[Park]
    prices: Shared[Prices]
    members: list[int]
    start: dict[str, Choice]
    gap: float
    smallest: float
    clock: Clock
    learned: Learned = ()


def price_bound(
    park: Park,
    prices: Prices,
    before: Bound,
    gap: float,
    smallest: float,
    crew: Workers,
    clock: Clock,
) -> Bound:
    """Solve each cluster over the full year at prices of its exchanges with others.

    Rights to trade are had for what the prices do not bear, see ``prices.py``.

    Parameters
    ----------
    before
        The bound at other prices, or a design without any: where each search begins.
    smallest
        Clusters that cost less are sought as near as one of this cost [EUR/a].
    """
    tasks = tasks_of(park, prices, before, gap, smallest, crew, clock)
    return bound_of(park, before.design, tasks, crew.map(solve_together, tasks))


def tasks_of(
    park: Park,
    prices: Prices,
    before: Bound,
    gap: float,
    smallest: float,
    crew: Workers,
    clock: Clock,
) -> list[Task]:
    """The searches of all clusters."""
    shared, priced = crew.share(park), crew.share(prices)
    tasks = []
    for members in clusters(park):
        own = {park.actors[i].name: before.design[i] for i in members}
        learned = before.learned.get(tuple(own), ())
        tasks.append(Task(shared, priced, members, own, gap, smallest, clock, learned))
    return tasks


def bound_of(park: Park, start: Design, tasks: list[Task], found: list[Best]) -> Bound:
    """What the searches of all clusters say of the park."""
    begin = {actor.name: choice for actor, choice in zip(park.actors, start, strict=True)}
    choices = begin | {n: choice for best in found for n, choice in best.choices.items()}
    design = [choices[actor.name] for actor in park.actors]
    by_cluster = {tuple(task.start): best.bound for task, best in zip(tasks, found, strict=True)}
    learned = {tuple(task.start): best.learned for task, best in zip(tasks, found, strict=True)}
    return Bound(design, by_cluster, learned)


def clusters(park: Park) -> list[list[int]]:
    """Positions of actors that are solved together: mostly each for itself.

    Members of a common connection are solved with it, because no price could replace its peak, and
    with those who trade with nobody else; a heat source with its own company, which uses its heat.
    """
    names = [actor.name for actor in park.actors]
    exchanges = [set(actor.exchanges) for actor in park.actors]
    groups = []
    for i, actor in enumerate(park.actors):
        if actor.shape.kind == "common connection":
            members = [k for k, own in enumerate(exchanges) if own & exchanges[i]]
            groups.append(members)
            groups += [
                [i, k]
                for k, other in enumerate(park.actors)
                if other.shape.kind != "site"
                and {j for j, own in enumerate(exchanges) if own & exchanges[k]} <= {*members, k}
            ]
        if actor.shape.kind == "heat source":
            company = str(actor.labels["heat_source"])
            if heat_exchange(company, company) in actor.exchanges:
                groups.append([names.index(company), i])
    return merged(len(park.actors), groups)


def solve_together(task: Task) -> Best:
    """What some actors do best at the prices."""
    return seeker(task).best(task.gap, task.clock.over, task.smallest)


def seeker(task: Task) -> Seeker:
    """The search for what some actors do best at the prices."""
    park, prices = task.park.get(), task.prices.get()
    actors = [park.actors[i] for i in task.members]
    grants = _grants(park, actors, prices)
    return Seeker(park, actors, prices.trades, [task.start], grants, task.learned)


def _grants(park: Park, actors: list[Actor], prices: Prices) -> list[Grant]:
    """What some actors have because their trades with others, or these, bear the cost.

    A site is at the ends of all wires that reach beyond the cluster; pools over the grid it joins
    if that is worth its fee. It has the waste heat of others not at all, or for what the way to it
    costs at least; so a source has its pipes to others for nothing. Where several sites of a
    cluster could have such heat, all may, and only what is paid by the kW and kWh is counted.
    """
    outer = {e for a in park.actors if a not in actors for e in a.exchanges}
    had = {a.name: np.full(park.template(a).n_design, np.nan) for a in actors}
    dearer = {a.name: np.zeros(park.template(a).n_design) for a in actors}
    ways: dict[str, list[float]] = {}
    without = {name: own.copy() for name, own in had.items()}
    for actor in actors:
        for name, own in _rights(park, actor, outer).items():
            for values in (had[actor.name], without[actor.name]):
                columns(park, actor, name, values)[:] = own
        sources = actor.labels.get("heat_source", ()) if actor.shape.kind == "site" else ()
        for k, source in enumerate(sources):
            if heat_exchange(source, actor.name) in outer:
                way = prices.ways[source, actor.name]
                columns(park, actor, "transfer_capacity", dearer[actor.name])[k] = way.per_kw
                columns(park, actor, "transfer_capacity", without[actor.name])[k] = 0.0
                ways.setdefault(actor.name, []).append(way.fixed)
    if len(ways) == 1:
        fixed = min(next(iter(ways.values())))
        return [Grant(without, 0.0, dearer), Grant(had, fixed, dearer)]
    return [Grant(had, 0.0, dearer)]


def _rights(park: Park, actor: Actor, outer: set[str]) -> dict[str, Floats]:
    """What an actor has for nothing, by design quantity; nan for what it has to choose."""
    if actor.shape.kind == "site":
        pools = list(actor.labels["pool"])
        on_grid = park.scenario["pool_on_grid"].sel(pool=pools).values > 0
        outside = np.array([pool_exchange(str(pool)) in outer for pool in pools], dtype=bool)
        free = np.where(outside & ~on_grid, 1.0, np.nan)
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
