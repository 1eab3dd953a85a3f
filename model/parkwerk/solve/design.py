"""Designs on representative periods: each company for itself, then all together.

A company alone is solved once for each entry of its tariff menu. For the park, tariffs that were
clearly dearer alone are left out of the menus, and the designs found alone are the first solution
of the mixed-integer program.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from parkwerk.formulation.park import Actor
from parkwerk.formulation.template import Template
from parkwerk.solve.assemble import Joint, Park, assemble
from parkwerk.coalition import isolate, restrict
from parkwerk.solve.dispatch import Choice, Design
from parkwerk.solve.periods import Periods
from parkwerk.solve.program import Answer, Solver, explain
from parkwerk.solve.stamp import Floats

#: A tariff stays on the park's menu if alone it costs at most this much more than the best.
MENU_MARGIN = 0.01
#: HiGHS runs outside Python's lock, so companies are solved side by side.
THREADS = 2


@dataclass(frozen=True)
class Sample:
    """Representative periods and how many periods of the year each stands for."""

    groups: list[Periods]
    weights: list[Floats]


@dataclass(frozen=True)
class Alone:
    """A company for itself under one tariff: its design and its estimated cost [EUR/a]."""

    tariff: str
    cost: float
    choices: dict[str, tuple[Actor, Choice]]


def designs_alone(scenario: xr.Dataset, sample: Sample, gap: float) -> dict[str, list[Alone]]:
    """For each company its best design under each tariff, the cheapest first."""
    isolated = isolate(scenario)
    jobs = []
    for company in map(str, scenario["company"].values):
        park = Park(restrict(isolated, [company]), sample.groups)
        menu = next(actor.menu for actor in park.actors if actor.name == company)
        jobs += [(company, tariff, _with_menus(park, {company: (tariff,)})) for tariff in menu]
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda job: _alone(job[1], job[2], sample, gap), jobs))
    designs: dict[str, list[Alone]] = {company: [] for company, _, _ in jobs}
    for (company, _, _), alone in zip(jobs, found, strict=True):
        designs[company].append(alone)
    return {company: sorted(own, key=lambda a: a.cost) for company, own in designs.items()}


def _alone(tariff: str, park: Park, sample: Sample, gap: float) -> Alone:
    joint = assemble(park, sample.groups, sample.weights)
    answer = _solve(joint, Solver(mip_rel_gap=gap))
    pairs = zip(park.actors, design_of(joint, answer.columns), strict=True)
    return Alone(tariff, answer.objective, {actor.name: (actor, c) for actor, c in pairs})


def design_together(
    park: Park, sample: Sample, alone: dict[str, list[Alone]], gap: float, time_limit: float
) -> Design:
    """A design of the whole park on representative periods, no worse there than all alone."""
    menus = {
        company: tuple(a.tariff for a in promising_designs(own, MENU_MARGIN))
        for company, own in alone.items()
    }
    best = {name: pair for own in alone.values() for name, pair in own[0].choices.items()}
    reduced = _with_menus(park, menus)
    joint = assemble(reduced, sample.groups, sample.weights)
    solver = Solver(mip_rel_gap=gap, time_limit=time_limit)
    answer = _solve(joint, solver, embed(reduced, best))
    return design_of(joint, answer.columns)


def promising_designs(own: list[Alone], margin: float) -> list[Alone]:
    """Designs that cost at most a share more than the best, the cheapest first."""
    limit = own[0].cost + margin * abs(own[0].cost)
    return [alone for alone in own if alone.cost <= limit]


def _with_menus(park: Park, menus: dict[str, tuple[str, ...]]) -> Park:
    """The same park with shorter menus for some actors."""
    return park.with_actors(
        [replace(a, menu=menus[a.name]) if a.name in menus else a for a in park.actors]
    )


def _solve(joint: Joint, solver: Solver, start: Design | None = None) -> Answer:
    solver.load(joint.program.arrays())
    if start is not None:
        columns, values = _start(joint, start)
        solver.start_from(columns, values)
    answer = solver.solve()
    if answer is None:
        raise explain(joint.program)
    return answer


def _start(joint: Joint, design: Design) -> tuple[np.ndarray, np.ndarray]:
    """Values of all binaries under a design, for the columns of a joint program."""
    columns, values = [], []
    for copies, choice in zip(joint.copies, design, strict=True):
        for copy in copies:
            chosen = copy.tariff == choice.tariff
            binary = np.flatnonzero(copy.stamps[0].template.binary)
            columns.append(copy.design.start + binary)
            values.append(np.round(choice.values[binary]) * chosen)
            if copy.choice is not None:
                columns.append(np.array([copy.choice]))
                values.append(np.array([float(chosen)]))
    return np.concatenate(columns), np.concatenate(values)


def design_of(joint: Joint, columns: Floats) -> Design:
    """Read the design of each actor out of a solution: the values of the copy that is chosen."""
    design = []
    for copies in joint.copies:
        chosen = max(copies, key=lambda copy: 1.0 if copy.choice is None else columns[copy.choice])
        values = np.maximum(columns[chosen.design], 0.0)
        binary = chosen.stamps[0].template.binary
        design.append(Choice(chosen.tariff, np.where(binary, np.round(values), values)))
    return design


def embed(park: Park, found: dict[str, tuple[Actor, Choice]]) -> Design:
    """Designs of actors by name as a design of the park; what they do not name is not built."""
    design = []
    for actor in park.actors:
        target = park.template(actor)
        if actor.name in found:
            source, choice = found[actor.name]
            values = _transfer(park.template(source), source, choice.values, target, actor)
            design.append(Choice(choice.tariff, values))
        else:
            design.append(Choice(actor.menu[0], np.zeros(target.n_design)))
    return design


def _transfer(
    source: Template, source_actor: Actor, values: Floats, target: Template, target_actor: Actor
) -> Floats:
    """Carry design values from one template to another by names and labels; the rest is zero."""
    result = np.zeros(target.n_design)
    blocks = {block.name: block for block in source.design}
    for block in target.design:
        own = blocks.get(block.name)
        if own is None:
            continue
        given = values[own.slice].reshape(own.shape)
        array = np.zeros(block.shape)
        places = [_places(source_actor, target_actor, dim) for dim in block.dims]
        from_, to = [p[0] for p in places], [p[1] for p in places]
        if block.dims:
            array[np.ix_(*to)] = given[np.ix_(*from_)]
        else:
            array = given
        result[block.slice] = array.ravel()
    return result


def _places(source: Actor, target: Actor, dim: str) -> tuple[list[int], list[int]]:
    """Positions of the labels that two actors have in common."""
    mine, theirs = list(source.labels[dim]), list(target.labels[dim])
    common = [label for label in mine if label in theirs]
    return [mine.index(label) for label in common], [theirs.index(label) for label in common]
