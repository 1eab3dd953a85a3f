"""Rows of a single flow, read as bounds of it.

Under a given design most rows of a period hold one flow: ``a·x_k ≤ r``. As the bound ``x_k ≤ r/a``
(``x_k ≥ r/a`` if a < 0) such a row costs the simplex method nothing, and about a third of the rows
are left. What a unit of r is worth follows from the reduced cost d_k of the flow: of the tightest
limit from above it is ``min(d_k, 0)/a``, of the tightest from below ``max(d_k, 0)/a``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parkwerk.solve.program import INFINITY, Floats, Ints

#: What a row may be short of its bound by rounding, as the solver allows it too.
ROUNDING = 1e-7

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Limits:
    """Inequalities of one flow each, over some periods.

    Attributes
    ----------
    rows, columns
        Of the program: which rows they are, and which flow is in each.
    coefficients
        The a of each, (limit, period).
    layers
        Positions of limits, parted so that within a layer each flow occurs once.
    """

    rows: Ints
    columns: Ints
    coefficients: Floats
    layers: list[Ints]

    @classmethod
    def of(cls, row: Ints, col: Ints, value: Floats, other: Mask) -> Limits:
        """Find them among entries (row, col, value), value (entry, period); not among ``other``."""
        single = (np.bincount(row, minlength=len(other)) == 1) & ~other
        entry = np.flatnonzero(single[row] & (value != 0).all(axis=1))
        entry = entry[np.argsort(col[entry], kind="stable")]
        columns = col[entry]
        place = np.arange(len(entry)) - np.searchsorted(columns, columns)
        layers = [np.flatnonzero(place == k) for k in range(int(place.max(initial=-1)) + 1)]
        return cls(row[entry], columns, value[entry], layers)

    def at(self, periods: int | Ints) -> Limits:
        """The limits of some periods, or of one without its dimension."""
        return Limits(self.rows, self.columns, self.coefficients[:, periods], self.layers)

    def bounds(self, sides: Floats, least: Floats, most: Floats) -> tuple[Floats, Floats]:
        """Bounds of all flows under right-hand sides r, beside the given ones.

        ``sides`` is like the coefficients, ``least`` and ``most`` (column,) or (column, period).
        """
        shape = (len(least), *sides.shape[1:])
        least, most = (_spread(bound, shape).copy() for bound in (least, most))
        bound, above = sides / self.coefficients, self.coefficients > 0
        for layer in self.layers:
            at, own, up = self.columns[layer], bound[layer], above[layer]
            most[at] = np.minimum(most[at], np.where(up, own, INFINITY))
            least[at] = np.maximum(least[at], np.where(up, -INFINITY, own))
        rounded = (most < least) & (most > least - ROUNDING)
        most[rounded] = least[rounded]
        return least, most

    def duals(self, sides: Floats, least: Floats, most: Floats, reduced: Floats) -> Floats:
        """What a unit of each right-hand side is worth, like the coefficients.

        ``least`` and ``most`` are the bounds that the flows had, ``reduced`` their reduced costs.
        """
        bound, above = sides / self.coefficients, self.coefficients > 0
        left, result = reduced.copy(), np.zeros_like(bound)
        for layer in self.layers:
            at, own, up = self.columns[layer], bound[layer], above[layer]
            tight = np.where(up, own <= most[at] + ROUNDING, own >= least[at] - ROUNDING)
            signed = np.where(up, np.minimum(left[at], 0.0), np.maximum(left[at], 0.0))
            paid = np.where(tight, signed, 0.0)
            result[layer] = paid / self.coefficients[layer]
            left[at] -= paid
        return result


def _spread(bound: Floats, shape: tuple[int, ...]) -> Floats:
    """A bound for all periods."""
    if bound.shape == shape:
        return bound
    return np.broadcast_to(bound[:, None], shape)
