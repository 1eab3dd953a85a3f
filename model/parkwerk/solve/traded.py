"""What a visit of the year says at other prices of what is traded.

The dual solution of a period holds at other prices if the bounds of the traded flows take up the
change. With reduced costs d of these flows, a change Δ of what they cost and their limits U(y),

    V'(y) ≥ V(ȳ) + slope·(y − ȳ) + Σ_k (min(d_k + Δ_k, 0) − min(d_k, 0))·U_k(y)

So nothing that was learned of the year is lost when prices change; what is left of it is weaker the
more is traded and the more the prices have changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parkwerk.solve.limits import Limits
from parkwerk.solve.program import INFINITY, Floats, Ints, numbered, summing

#: Reduced costs above this are none below zero [EUR/kW].
TINY = 1e-9


@dataclass(frozen=True)
class Traded:
    """What traded flows cost at a visit, and their reduced costs there.

    The costs are those of all visits of a search, one array, (flow, period); the reduced costs are
    of some of the ``periods`` of one ``group``, as many as were visited.
    """

    cost: Floats
    reduced: npt.NDArray[np.float32]
    periods: Ints
    group: int = 0


@dataclass(frozen=True)
class Trading:
    """The traded flows of some actors over some periods, and what limits them.

    Attributes
    ----------
    columns
        The traded flows among all.
    limits
        Their limits, each of the flow at a position of ``columns``.
    sides
        The right-hand sides of these at y = 0, (limit, period).
    held
        Limit, design column and coefficients (entry, period) of what the design adds to a limit.
    """

    columns: Ints
    limits: Limits
    sides: Floats
    held: tuple[Ints, Ints, Floats]

    @classmethod
    def of(
        cls, columns: Ints, limits: Limits, sides: Floats, held: tuple[Ints, Ints, Floats]
    ) -> Trading:
        """From the limits of all flows."""
        kept = np.flatnonzero(np.isin(limits.columns, columns))
        number = numbered(kept, len(limits.rows))
        limit, into, share = held
        own = number[limit] >= 0
        return cls(
            columns,
            Limits(
                limits.rows[kept],
                np.searchsorted(columns, limits.columns[kept]),
                limits.coefficients[kept],
                [number[layer][number[layer] >= 0] for layer in limits.layers],
            ),
            sides[kept],
            (number[limit[own]], into[own], share[own]),
        )

    def change(self, visit: Traded, design: Floats, cost: Floats) -> tuple[Floats, Floats] | None:
        """By how much what the visited periods cost at a design, and its slope, are other.

        None if a flow that has no limit would have to take up a part.

        Parameters
        ----------
        design
            Where the visit was.
        cost
            What the traded flows cost now, (flow, period).
        """
        periods, (limit, into, share) = visit.periods, self.held
        share, limits = share[:, periods], self.limits.at(periods)
        held = summing(limit, len(self.sides)) @ (share * design[into][:, None])
        sides = self.sides[:, periods] - held
        shape = visit.reduced.shape
        low, high = limits.bounds(sides, np.zeros(shape), np.full(shape, INFINITY))
        reduced = visit.reduced + (cost[:, periods] - visit.cost[:, periods])
        if (reduced[np.isinf(high)] < -TINY).any():
            return None
        worth = limits.duals(sides, low, high, reduced)
        worth -= limits.duals(sides, low, high, visit.reduced.astype(float))
        slope = -(summing(into, len(design)) @ (share * worth[limit]))
        return np.asarray((worth * sides).sum(axis=0)), slope
