"""All companies together: one program over representative periods, or over the whole year."""

from __future__ import annotations

import numpy as np

from parkwerk.solve.assemble import Joint, Park, assemble
from parkwerk.solve.dispatch import Choice, Design
from parkwerk.solve.embed import Mask
from parkwerk.solve.program import Answer, Solver, explain
from parkwerk.solve.representative import Sample
from parkwerk.solve.stamp import Floats, Ints


def improve(
    park: Park, sample: Sample, start: Design, settled: list[Mask], gap: float, time_limit: float
) -> Design:
    """A design on representative periods that keeps the tariffs and settled binaries of another.

    Free are all sizes and what companies can only have together: membership and pipes. The start
    is a solution, so the result is no worse there.
    """
    menus = {a.name: (c.tariff,) for a, c in zip(park.actors, start, strict=True)}
    sampled = park.with_menus(menus).over(sample.groups)
    joint = assemble(sampled, sample.groups, sample.weights)
    arrays = joint.program.arrays()
    for copies, choice, mask in zip(joint.copies, start, settled, strict=True):
        columns = copies[0].design
        arrays.lower[columns][mask] = choice.values[mask]
        arrays.upper[columns][mask] = choice.values[mask]
    solver = Solver(mip_rel_gap=gap, time_limit=time_limit)
    solver.load(arrays)
    solver.start_from(*_start(joint, start))
    answer = solver.solve()
    # Under a tariff with conditions the representative days may have no design that meets them.
    return start if answer is None else design_of(joint, answer.columns)


def solve_whole(park: Park, start: Design, gap: float, time_limit: float) -> tuple[Design, float]:
    """The best design by the whole mixed-integer program, and its proven lower bound [EUR/a].

    All periods, all menus as convex hulls, all binaries free: for small parks and short years.
    """
    weights = [np.ones(len(periods)) for periods in park.groups]
    joint = assemble(park, park.groups, weights)
    solver = Solver(mip_rel_gap=gap, time_limit=time_limit)
    solver.load(joint.program.arrays())
    solver.start_from(*_start(joint, start))
    answer = _answer(joint, solver)
    return design_of(joint, answer.columns), answer.bound


def attempt(joint: Joint, solver: Solver) -> Answer | None:
    """Solve a program; nothing if it has no solution."""
    solver.load(joint.program.arrays())
    return solver.solve()


def solve(joint: Joint, solver: Solver) -> Answer:
    """Solve a program; if it cannot be, say which constraints conflict."""
    solver.load(joint.program.arrays())
    return _answer(joint, solver)


def _answer(joint: Joint, solver: Solver) -> Answer:
    answer = solver.solve()
    if answer is None:
        raise explain(joint.program.arrays(), joint.program.name_of_row)
    return answer


def _start(joint: Joint, design: Design) -> tuple[Ints, Floats]:
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
