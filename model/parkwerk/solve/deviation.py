"""What a period of a search pays for a design that it has not."""

from __future__ import annotations

import numpy as np

from parkwerk.solve.program import Floats
from parkwerk.solve.stamp import Stamp


def deviation_cost(stamp: Stamp) -> Floats:
    """What a period pays for each unit by which it deviates from the design.

    A kW that is built is worth at most the dearest kWh in every step, so at that price nobody
    deviates who need not; a right is worth as many of them as it opens. A quantity that is measured
    may be exceeded at its yearly cost: if that is worth it, it is worth it to the year.
    """
    dearest = float(np.abs(stamp.operation_cost).max(initial=1.0)) * stamp.periods.steps
    cost = np.maximum(stamp.design_cost, dearest * opened_by(stamp))
    measured = stamp.template.measured
    cost[measured] = stamp.design_cost[measured]
    return cost


def opened_by(stamp: Stamp) -> Floats:
    """How many kW a unit of each design column opens at most, at least one, (design,)."""
    coupling = stamp.template.rows.design
    result = np.ones(stamp.template.n_design)
    largest = np.abs(stamp.values(coupling)).max(axis=1, initial=0.0)
    np.maximum.at(result, coupling.col, largest)
    return result
