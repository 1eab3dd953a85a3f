"""What visits of the year under some tariffs say of another.

With other prices the same flows cost what is linear in them, so the least cost is concave in the
prices: from ``c ≥ (1−t)·c₁ + t·c₂`` follows ``V ≥ (1−t)·V₁ + t·V₂``.
"""

from __future__ import annotations

import numpy as np

from parkwerk.solve.program import Floats
from parkwerk.solve.stamp import Stamp
from parkwerk.solve.value import Cuts

#: Prices nearer than this are the same, and near enough to learn from one another [EUR/kWh].
TINY, NEAR = 1e-12, 1e-3


def between(one: Floats, two: Floats, price: Floats) -> float | None:
    """The t with ``(1−t)·one + t·two`` at most a price and near it; none if there is no such t."""
    step = two - one
    most = np.divide(price - one, step, out=np.ones_like(step), where=step > TINY)
    part = float(np.clip(most.min(initial=1.0), 0.0, 1.0))
    rest = price - one - part * step
    near = (rest >= -TINY).all() and (rest <= NEAR).all()
    return part if near else None


def mixed(one: Cuts, two: Cuts, part: float) -> Cuts:
    """The cuts ``(1−t)·one + t·two``, as they stand at the design of the first."""
    slope = (1.0 - part) * one.slope + part * two.slope
    height = (1.0 - part) * one.height + part * two.height
    return Cuts(one.at, height + slope @ one.at, slope, np.zeros_like(one.at), 0.0)


def price_level(stamps: list[Stamp]) -> Floats:
    """Operating costs in the first period: entries of one menu differ alike in all periods."""
    return np.concatenate([stamp.operation_cost[:, 0] for stamp in stamps])


def charges(stamps: list[Stamp]) -> Floats:
    """What a unit of each measured quantity costs, 0 for all that is built."""
    return np.concatenate(
        [
            np.where(np.isin(np.arange(s.template.n_design), s.template.measured), s.design_cost, 0)
            for s in stamps
        ]
    )
