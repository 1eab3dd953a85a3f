"""The whole mixed-integer program as stamped arrays, in one call of HiGHS."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from measure import LINEAR, measure, outcome_of
from parkwerk.solve.assemble import Joint, Park, assemble
from parkwerk.solve.periods import cut
from parkwerk.solve.program import Solver


def solve(scenario: xr.Dataset, gap: float, limit: float) -> dict[str, Any]:
    """All periods, all menus as convex hulls, all binaries."""
    groups = cut(scenario)
    park = Park(scenario, groups)
    joint = assemble(park, groups, [np.ones(len(periods)) for periods in groups])
    arrays = joint.program.arrays()
    choices = scenario.attrs.get("choices", 1)
    arrays.integer &= bool(choices)
    solver = Solver(mip_rel_gap=gap, time_limit=limit, **({} if choices else LINEAR))
    solver.load(arrays)
    solver.highs.run()
    outcome = outcome_of(solver.highs)
    if outcome["objective"] is not None:
        columns = np.array(solver.highs.getSolution().col_value)
        outcome["terms"] = terms(joint, arrays.cost * columns)
    return outcome


def terms(joint: Joint, cost: np.ndarray) -> dict[str, float]:
    """What each variable adds to the cost in absolute value, all actors together [EUR/a]."""
    found: dict[str, float] = {}

    def book(name: str, parts: np.ndarray) -> None:
        found[name] = found.get(name, 0.0) + float(np.abs(parts).sum())

    for copy in (copy for copies in joint.copies for copy in copies):
        template = copy.stamps[0].template
        for block in template.design:
            book(block.name, cost[copy.design][block.slice])
        if copy.choice is not None:
            book("tariff", cost[copy.choice])
        for stamp, first in zip(copy.stamps, copy.operation, strict=True):
            width = stamp.template.n_operation
            by_period = cost[first : first + width * len(stamp.periods)].reshape(-1, width)
            for block in stamp.template.operation:
                book(block.name, by_period[:, block.slice])
    return found


if __name__ == "__main__":
    measure(solve, ("highspy", "pyomo", "numpy", "scipy"))
