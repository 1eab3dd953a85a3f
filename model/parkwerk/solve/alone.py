"""Each company for itself: its best designs on representative periods, then over the full year."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import xarray as xr

from parkwerk.coalition import isolate, restrict
from parkwerk.solve.assemble import Park, assemble
from parkwerk.solve.conditions import is_conditional
from parkwerk.solve.dispatch import Dispatch, dispatch
from parkwerk.solve.embed import Found, embed, found
from parkwerk.solve.program import THREADS, Solver
from parkwerk.solve.representative import Sample
from parkwerk.solve.settle import settle
from parkwerk.solve.together import attempt, design_of, solve

#: A tariff is worth a full design, and a design a full year, if by the estimate at hand it costs
#: at most this much more than the best.
MARGIN = 0.01


@dataclass(frozen=True)
class Alone:
    """A company for itself under one tariff: its choices and their estimated cost [EUR/a]."""

    cost: float
    choices: Found


def dispatch_alone(scenario: xr.Dataset, apart: Park, sample: Sample, gap: float) -> Dispatch:
    """The best that each company can do for itself, dispatched over the full year.

    ``apart`` is the park of the isolated scenario: its actors do not touch, so one dispatch tries
    one design of each company at a time, and each keeps its best.
    """
    designs = _designs(scenario, sample, gap)
    rounds: list[Dispatch] = []
    paid = dict.fromkeys(designs, np.inf)
    for i in range(max(map(len, designs.values()))):
        # A company is done when the next design is dearer by its estimate than a year was.
        open_ = [c for c, own in designs.items() if i < len(own) and own[i].cost < _above(paid[c])]
        if not open_:
            break
        chosen: Found = {}
        for company, own in designs.items():
            chosen |= own[i if company in open_ else 0].choices
        rounds.append(settle(apart, dispatch(apart, embed(apart, chosen))))
        for company in open_:
            paid[company] = min(paid[company], _cost_of(apart, rounds[-1], company))
    best = [_best_round(apart, rounds, actor.owner) for actor in apart.actors]
    costs = [rounds[r].costs[i] for i, r in enumerate(best)]
    groups = range(len(apart.groups))
    return Dispatch(
        design=[rounds[r].design[i] for i, r in enumerate(best)],
        operation=[[rounds[r].operation[g][i] for i, r in enumerate(best)] for g in groups],
        prices=rounds[0].prices,
        costs=costs,
        total_cost=float(sum(cost.sum() for cost in costs)),
    )


def _designs(scenario: xr.Dataset, sample: Sample, gap: float) -> dict[str, list[Alone]]:
    """Designs worth a full year for each company, the cheapest first."""
    isolated = isolate(scenario)
    companies = [str(c) for c in scenario["company"].values]
    parks = [
        Park(restrict(isolated, [company]), sample.groups).over(sample.groups)
        for company in companies
    ]
    with ThreadPoolExecutor(THREADS) as pool:
        designs = list(pool.map(lambda park: _own_designs(park, sample, gap), parks))
    return dict(zip(companies, designs, strict=True))


def _own_designs(park: Park, sample: Sample, gap: float) -> list[Alone]:
    """Designs of one company, for each tariff that its linear relaxation does not rule out."""
    site = park.actors[0]
    parks = [park.with_menus({site.name: (tariff,)}) for tariff in site.menu]
    programs = [assemble(p, sample.groups, sample.weights) for p in parks]
    relaxed = [attempt(joint, Solver(solve_relaxation=True)) for joint in programs]
    bounds = [np.inf if answer is None else answer.objective for answer in relaxed]
    if np.isinf(min(bounds)):
        solve(programs[0], Solver(solve_relaxation=True))  # says which constraints conflict
    designs: list[Alone] = []
    sure = np.inf
    for i in np.argsort(bounds):
        if bounds[i] > _above(sure):
            break
        answer = attempt(programs[i], Solver(mip_rel_gap=gap))
        if answer is None:
            continue
        choices = found(park, design_of(programs[i], answer.columns))
        designs.append(Alone(answer.objective, choices))
        # An entry with conditions may close over the full year: it rules no other one out.
        if not is_conditional(park.scenario, site.menu[i]):
            sure = min(sure, answer.objective)
    return sorted((d for d in designs if d.cost <= _above(sure)), key=lambda d: d.cost)


def _above(cost: float) -> float:
    return cost + MARGIN * abs(cost)


def _cost_of(apart: Park, result: Dispatch, owner: str) -> float:
    own = [i for i, actor in enumerate(apart.actors) if actor.owner == owner]
    return sum(float(result.costs[i].sum()) for i in own)


def _best_round(apart: Park, rounds: list[Dispatch], owner: str) -> int:
    return int(np.argmin([_cost_of(apart, result, owner) for result in rounds]))
