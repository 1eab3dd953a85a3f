"""What visits of the year under some tariffs say of another.

With other prices the same flows cost what is linear in them, so the least cost is concave in the
prices: from ``c ≥ (1−t)·c₁ + t·c₂`` follows ``V ≥ (1−t)·V₁ + t·V₂``.
"""

from __future__ import annotations

import numpy as np

from parkwerk.solve.cuts import Cuts
from parkwerk.solve.program import Floats
from parkwerk.solve.stamp import Stamp

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
    """The cuts ``(1−t)·one + t·two`` of the bundles of both, at the design of the first."""
    bundle, first, second = np.intersect1d(one.bundle, two.bundle, return_indices=True)
    slope = (1.0 - part) * one.slope[first] + part * two.slope[second]
    height = (1.0 - part) * one.height[first] + part * two.height[second]
    operation = (1.0 - part) * one.operation + part * two.operation
    return Cuts(one.at, bundle, height + slope @ one.at, slope, operation)


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
