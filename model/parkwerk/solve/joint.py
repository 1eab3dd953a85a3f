"""Solving a joint program, and reading the design out of its solution."""

from __future__ import annotations

import numpy as np

from parkwerk.solve.assemble import Joint
from parkwerk.solve.dispatch import Choice, Design
from parkwerk.solve.program import Answer, Solver, explain
from parkwerk.solve.stamp import Floats


def attempt(joint: Joint, solver: Solver) -> Answer | None:
    """Solve a program; nothing if it has no solution."""
    solver.load(joint.program.arrays())
    return solver.solve()


def solve(joint: Joint, solver: Solver) -> Answer:
    """Solve a program; if it cannot be, say which constraints conflict."""
    answer = attempt(joint, solver)
    if answer is None:
        raise explain(joint.program.arrays(), joint.program.name_of_row)
    return answer


def design_of(joint: Joint, columns: Floats) -> Design:
    """Read the design of each actor out of a solution: the values of the copy that is chosen."""
    design = []
    for copies in joint.copies:
        chosen = max(copies, key=lambda copy: 1.0 if copy.choice is None else columns[copy.choice])
        values = np.maximum(columns[chosen.design], 0.0)
        binary = chosen.stamps[0].template.binary
        design.append(Choice(chosen.tariff, np.where(binary, np.round(values), values)))
    return design
