"""A lower bound of the whole park, from prices of its exchanges.

At given prices the park falls apart into companies that trade with nobody but the market. Whatever
the prices are, the sum of what each does best for itself is never above the least total cost of the
park: the exchanges balance, so what one is paid another pays (Lagrangian duality). Each company's
program is solved with all binaries over the full year (``benders.py``), and once more for each of
its direct lines (``lines.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from parkwerk.formulation.park import heat_exchange
from parkwerk.solve.assemble import Park
from parkwerk.solve.benders import Learned
from parkwerk.solve.clock import Clock
from parkwerk.solve.dispatch import Choice, Design
from parkwerk.solve.grants import grants_of
from parkwerk.solve.lines import NONE, End, lines_of, matched, part_of
from parkwerk.solve.merging import merged
from parkwerk.solve.prices import Prices
from parkwerk.solve.seeker import Best, Seeker
from parkwerk.solve.workers import Shared, Workers


@dataclass(frozen=True)
class Bound:
    """What all do best at the prices: the designs, and the lower bound of the park [EUR/a].

    ``by_cluster`` is the bound of each cluster, named by its actors, if it has what suits it best
    and bears its part of what its line costs. ``lines`` says which of them each cluster has.
    ``learned`` helps to bound the same park at other prices.
    """

    design: Design
    total: float = -inf
    by_cluster: dict[tuple[str, ...], float] = field(default_factory=dict)
    learned: dict[tuple[str, ...], Learned] = field(default_factory=dict)
    lines: Sequence[str] = ()

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

    ``lines`` are those that they could have; ``cases`` says with which of them, or ``NONE``, they
    are sized. If ``briefly``, a line is sought no further when these actors are seen to gain less
    by it than their part of its fee.
    """

    park: Shared[Park]
    prices: Shared[Prices]
    members: list[int]
    start: dict[str, Choice]
    gap: float
    smallest: float
    clock: Clock
    lines: Mapping[str, End] = field(default_factory=dict)
    cases: tuple[str, ...] = (NONE,)
    learned: Learned = ()
    briefly: bool = False

    def borne(self, case: str) -> float:
        """The part of a line's fee that these actors are to bear [EUR/a]."""
        return self.lines[case].borne if case != NONE else 0.0


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
    found = _sought(park, prices, [replace(task, briefly=True) for task in tasks], crew)
    while True:
        bound = bound_of(park, before.design, tasks, found)
        # A line that pays as far as its ends were sought may not if they are sought to the gap.
        short = [
            (k, line)
            for k, line in enumerate(bound.lines)
            if line != NONE and not found[k][line].met
        ]
        if not short or clock.over():
            return bound
        again = [
            replace(tasks[k], cases=(line,), learned=found[k][line].learned) for k, line in short
        ]
        for (k, _), own in zip(short, _sought(park, prices, again, crew), strict=True):
            found[k] |= own


def _sought(park: Park, prices: Prices, tasks: list[Task], crew: Workers) -> list[dict[str, Best]]:
    """What all searches find; what takes long begins first: nobody waits for it in the end."""
    order = sorted(range(len(tasks)), key=lambda k: -_effort(park, prices, tasks[k]))
    done = dict(zip(order, crew.map(solve_together, [tasks[k] for k in order]), strict=True))
    return [done[k] for k in range(len(tasks))]


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
        lines = {
            line: End(fee, fee * part_of(park, line, members))
            for line, fee in prices.lines.items()
            if k in ends[line]
        }
        cases, learned = (NONE, *lines), before.learned.get(tuple(own), ())
        task = Task(shared, priced, members, own, gap, smallest, clock, lines, cases, learned)
        tasks.append(task)
    return tasks


def bound_of(park: Park, start: Design, tasks: list[Task], found: list[dict[str, Best]]) -> Bound:
    """What the searches of all clusters, by line, say of the park."""
    bounds = [{line: best.bound for line, best in own.items()} for own in found]
    fees = {line: end.fee for task in tasks for line, end in task.lines.items()}
    total, lines = matched(bounds, fees)
    choices = {actor.name: choice for actor, choice in zip(park.actors, start, strict=True)}
    for own, line in zip(found, lines, strict=True):
        choices |= own[line].choices
    names = [tuple(task.start) for task in tasks]
    least = {
        name: min(cost + task.borne(line) for line, cost in own.items())
        for name, task, own in zip(names, tasks, bounds, strict=True)
    }
    last = [list(own.values())[-1].learned for own in found]
    design = [choices[actor.name] for actor in park.actors]
    return Bound(design, total, least, dict(zip(names, last, strict=True)), lines)


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
    result = dict[str, Best]()
    for case in task.cases:
        enough = result[NONE].bound - task.borne(case) if task.briefly and result else inf
        result[case] = search.best(task.gap, task.clock.over, task.smallest, case, enough)
    return result


def seeker(task: Task) -> Seeker:
    """The search for what some actors do best at the prices."""
    park, prices = task.park.get(), task.prices.get()
    actors = [park.actors[i] for i in task.members]
    grants = grants_of(park, prices, actors, task.lines)
    return Seeker(park, actors, prices.trades, [task.start], grants, task.learned)


def _effort(park: Park, prices: Prices, task: Task) -> int:
    """How long a search will take, roughly: actors times what they can choose from."""
    actors = [park.actors[i] for i in task.members]
    menu = max(len(actor.menu) for actor in actors)
    return len(actors) * menu * len(grants_of(park, prices, actors, task.lines))
