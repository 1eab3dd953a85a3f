"""A lower bound of the whole park, from prices of its exchanges.

At given prices the park falls apart into companies that trade with nobody but the market. Whatever
the prices are, the sum of what each does best for itself is never above the least total cost of the
park: the exchanges balance, so what one is paid another pays (Lagrangian duality). Each company's
program is solved with all binaries over the full year (``benders.py``), and once more for each of
its direct lines (``lines.py``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from math import inf

import numpy as np

from parkwerk.formulation.park import Actor, heat_exchange, pool_exchange
from parkwerk.solve.assemble import Park
from parkwerk.solve.benders import Learned
from parkwerk.solve.clock import Clock
from parkwerk.solve.designs import columns
from parkwerk.solve.dispatch import Choice, Design
from parkwerk.solve.lines import NONE, lines_of, matched
from parkwerk.solve.merging import merged
from parkwerk.solve.prices import Prices
from parkwerk.solve.program import Floats
from parkwerk.solve.seeker import Best, Grant, Seeker
from parkwerk.solve.workers import Shared, Workers


@dataclass(frozen=True)
class Bound:
    """What all do best at the prices: the designs, and the lower bound of the park [EUR/a].

    ``by_cluster`` is the bound of each cluster, named by its actors, if it has what suits it best
    and bears half of what its line costs.
    ``learned`` helps to bound the same park at other prices.
    """

    design: Design
    total: float = -inf
    by_cluster: dict[tuple[str, ...], float] = field(default_factory=dict)
    learned: dict[tuple[str, ...], Learned] = field(default_factory=dict)

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
    """Actors that are to be sized at prices of their exchanges with others.

    ``lines`` are those that they could have, with what each costs beyond the prices [EUR/a].
    """

    park: Shared[Park]
    prices: Shared[Prices]
    members: list[int]
    start: dict[str, Choice]
    gap: float
    smallest: float
    clock: Clock
    lines: Mapping[str, float] = field(default_factory=dict)
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

    Rights to trade are had for what the prices do not bear, see ``prices.py``. Lines whose cost
    they do not bear are cases of their own, see ``lines.py``.

    Parameters
    ----------
    before
        The bound at other prices, or a design without any: where each search begins.
    smallest
        Clusters that cost less are sought as near as one of this cost [EUR/a].
    """
    tasks = tasks_of(park, prices, before, gap, smallest, crew, clock)
    # What takes long begins first, so that nobody waits for it in the end.
    order = sorted(range(len(tasks)), key=lambda k: -_effort(park, prices, tasks[k]))
    done = dict(zip(order, crew.map(solve_together, [tasks[k] for k in order]), strict=True))
    return bound_of(park, before.design, tasks, [done[k] for k in range(len(tasks))])


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
    shared, priced, parts = crew.share(park), crew.share(prices), clusters(park)
    ends, tasks = lines_of(park, parts), []
    for k, members in enumerate(parts):
        own = {park.actors[i].name: before.design[i] for i in members}
        cases = {line: fee for line, fee in prices.lines.items() if k in ends[line]}
        learned = before.learned.get(tuple(own), ())
        tasks.append(Task(shared, priced, members, own, gap, smallest, clock, cases, learned))
    return tasks


def bound_of(park: Park, start: Design, tasks: list[Task], found: list[dict[str, Best]]) -> Bound:
    """What the searches of all clusters, by line, say of the park."""
    bounds = [{line: best.bound for line, best in own.items()} for own in found]
    fees = {line: fee for task in tasks for line, fee in task.lines.items()}
    total, had = matched(bounds, fees)
    choices = {actor.name: choice for actor, choice in zip(park.actors, start, strict=True)}
    for own, line in zip(found, had, strict=True):
        choices |= own[line].choices
    names = [tuple(task.start) for task in tasks]
    least = {
        name: min(cost + fees.get(line, 0.0) / 2.0 for line, cost in own.items())
        for name, own in zip(names, bounds, strict=True)
    }
    last = [list(own.values())[-1].learned for own in found]
    design = [choices[actor.name] for actor in park.actors]
    return Bound(design, total, least, dict(zip(names, last, strict=True)))


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


def solve_together(task: Task) -> dict[str, Best]:
    """What some actors do best at the prices, without a line and with each of theirs."""
    return in_all_cases(task, seeker(task))


def in_all_cases(task: Task, search: Seeker) -> dict[str, Best]:
    """The best of each case of a task; what is learned of one helps with the next."""
    return {
        line: search.best(task.gap, task.clock.over, task.smallest, line)
        for line in (NONE, *task.lines)
    }


def seeker(task: Task) -> Seeker:
    """The search for what some actors do best at the prices."""
    park, prices = task.park.get(), task.prices.get()
    actors = [park.actors[i] for i in task.members]
    grants = _all_grants(park, prices, task)
    return Seeker(park, actors, prices.trades, [task.start], grants, task.learned)


def _effort(park: Park, prices: Prices, task: Task) -> int:
    """How long a search will take, roughly: actors times what they can choose from."""
    menu = max(len(park.actors[i].menu) for i in task.members)
    return len(task.members) * menu * len(_all_grants(park, prices, task))


def _all_grants(park: Park, prices: Prices, task: Task) -> list[Grant]:
    """What the actors of a task can have in all of its cases."""
    actors = [park.actors[i] for i in task.members]
    return [
        replace(grant, case=line)
        for line in (NONE, *task.lines)
        for grant in _grants(park, actors, prices, {*task.lines} - {line})
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
