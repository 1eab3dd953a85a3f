"""Each company for itself: the best tariff and design over the full year, with a proven bound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from parkwerk.coalition import restrict
from parkwerk.formulation.extension import Part, learn, registered
from parkwerk.formulation.park import Actor
from parkwerk.solve.assemble import Park, assemble
from parkwerk.solve.clock import Clock
from parkwerk.solve.dispatch import Choice
from parkwerk.solve.embed import Found, embed, found
from parkwerk.solve.entries import Trade
from parkwerk.solve.joint import attempt, design_of, solve
from parkwerk.solve.periods import Periods, cut
from parkwerk.solve.program import Answer, Solver
from parkwerk.solve.representative import representative
from parkwerk.solve.seeker import Choices, best_choices
from parkwerk.solve.workers import Shared, Workers

#: Number of representative days for the first design, and to which gap it is sought.
DAYS, ROUGH = 8, 0.005
#: A tariff is worth a first design if its relaxation costs at most this much more than the best.
MARGIN = 0.02


@dataclass(frozen=True)
class Task:
    """A company that is to be sized for itself; ``isolated`` is a scenario without exchanges.

    ``parts`` are those that others have added: a worker process does not know them.
    """

    isolated: Shared[xr.Dataset]
    groups: list[Periods]
    company: str
    gap: float
    clock: Clock
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Alone:
    """What companies do best for themselves, and the lower bound of each one's cost [EUR/a].

    ``first`` are the designs from representative days: they know the conditions of tariffs.
    """

    choices: Found
    first: Found
    by_company: dict[str, float]

    @property
    def bound(self) -> float:
        """The lower bound of what all companies pay alone [EUR/a]."""
        return float(sum(self.by_company.values()))


def begin() -> None:
    """What a process has done when it has found this: imported all that a search needs."""


def alone(
    isolated: xr.Dataset, groups: list[Periods], gap: float, crew: Workers, clock: Clock
) -> Alone:
    """The best that each company can do for itself.

    Raises
    ------
    SolveError
        If a company's demand cannot be served, naming the constraints that conflict.
    """
    shared = crew.share(isolated)
    companies = [str(c) for c in isolated["company"].values]
    parts = registered()
    tasks = [Task(shared, groups, company, gap, clock, parts) for company in companies]
    choices, first = dict[str, tuple[Actor, Choice]](), dict[str, tuple[Actor, Choice]]()
    bounds = {}
    for company, (own, begun, bound) in zip(companies, crew.map(solve_alone, tasks), strict=True):
        choices |= own
        first |= begun
        bounds[company] = bound
    return Alone(choices, first, bounds)


def solve_alone(task: Task) -> tuple[Found, Found, float]:
    """A company's best choices, its first ones, and the lower bound of its cost [EUR/a]."""
    learn(task.parts)
    scenario = restrict(task.isolated.get(), [task.company])
    park = Park(scenario, task.groups)
    start = first_design(scenario, park)
    zero = [np.zeros((len(park.exchanges), g.steps, len(g))) for g in task.groups]
    none = [Trade(prices, prices) for prices in zero]
    best = best_choices(park, park.actors, none, task.gap, [start], task.clock.over)
    design = [best.choices.get(actor.name, start[actor.name]) for actor in park.actors]
    begun = [start[actor.name] for actor in park.actors]
    return found(park, design), found(park, begun), best.bound


def first_design(scenario: xr.Dataset, park: Park) -> Choices:
    """A design of one company on representative days, under the tariff that is cheapest there.

    Days, however long the periods are: what stores bring beyond a day the full year will say.
    """
    daily = scenario.assign_attrs(period="day")
    sample = representative(daily, cut(daily), DAYS)
    rough = Park(daily, sample.groups).over(sample.groups)
    site = rough.actors[0]
    programs = [
        assemble(rough.with_menus({site.name: (tariff,)}), sample.groups, sample.weights)
        for tariff in site.menu
    ]
    relaxed = np.array([_cost(attempt(p, Solver(solve_relaxation=True))) for p in programs])
    if np.isinf(relaxed.min()):
        solve(programs[0], Solver(solve_relaxation=True))  # says which constraints conflict
    likely = np.flatnonzero(relaxed <= relaxed.min() + MARGIN * abs(relaxed.min()))
    answers = [(programs[k], attempt(programs[k], Solver(mip_rel_gap=ROUGH))) for k in likely]
    joint, answer = min(answers, key=lambda pair: _cost(pair[1]))
    if answer is None:
        return dict(zip([a.name for a in park.actors], embed(park, {}), strict=True))
    design = design_of(joint, answer.columns)
    full = embed(park, found(rough, design))
    return {actor.name: choice for actor, choice in zip(park.actors, full, strict=True)}


def _cost(answer: Answer | None) -> float:
    return np.inf if answer is None else answer.objective
