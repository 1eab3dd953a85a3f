"""Rows that hold the same flow back by different quantities of the design.

What a site draws stays below its yearly peak and below the peak of the month, ``w_t ≤ P`` and
``w_t ≤ Q_m``; a tariff bears a charge on one of them, and the other is free. A multiplier π of the
row ``a·x_k + T·y ≤ r`` may as well be that of ``a·x_k + T'·y ≤ r``: the flows see only a. So what
the year says under a charge on the one holds, with slopes ``−T'·π`` for ``−T·π``, under a charge on
the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from parkwerk.solve.limits import Mask
from parkwerk.solve.program import Floats, Ints, numbered, summing

#: Coefficients of a program: row, column, value (entry, period).
Entries = tuple[Ints, Ints, Floats]


@dataclass(frozen=True)
class Twins:
    """Rows of the same flows, coefficients and right-hand sides.

    Attributes
    ----------
    rows
        Which rows of the program they are.
    flow
        Number of the flow that each holds back, the same for twins.
    held
        What they hold of the design: number of the row among these, column, coefficient.
    """

    rows: Ints
    flow: Ints
    held: Entries

    @classmethod
    def of(cls, inside: Entries, held: Entries, rhs: Floats, measured: Mask) -> Twins:
        """Find them among the rows that hold measured quantities and a single flow."""
        row, col, value = inside
        at, into, share = held
        candidates = np.zeros(len(rhs), dtype=bool)
        candidates[at[measured[into]]] = True
        candidates[at[~measured[into]]] = False
        candidates &= np.bincount(row, minlength=len(rhs)) == 1
        entry = np.flatnonzero(candidates[row])
        entry = entry[np.argsort(row[entry])]
        rows = row[entry]
        # Flow, coefficients and right-hand sides as one key.
        key = np.column_stack([col[entry], value[entry], rhs[rows]])
        flow = np.unique(key, axis=0, return_inverse=True)[1].reshape(-1)
        number = numbered(rows, len(rhs))
        own = number[at] >= 0
        return cls(rows, flow, (number[at[own]], into[own], share[own]))

    def chosen(self, price: Floats) -> Ints:
        """For each flow the row whose quantities are dearest at a price of each design column."""
        at, into, _ = self.held
        dear = np.zeros(len(self.rows))
        np.maximum.at(dear, at, price[into])
        best = np.full(self.flow.max(initial=-1) + 1, -1)
        for number in np.argsort(dear, kind="stable"):
            best[self.flow[number]] = number
        return best

    def slopes(
        self, duals: Floats, chosen: Sequence[Ints], size: int, periods: Ints
    ) -> list[Floats]:
        """What a unit of each design column changes by these rows, (column, period).

        ``duals`` are those of some periods.

        First as they are, then with all multipliers given to the chosen row of each flow.
        """
        at, into, share = self.held
        share = share[:, periods]
        whole = summing(self.flow, int(self.flow.max(initial=-1)) + 1) @ duals
        by_design = summing(into, size)
        each = [duals, *(self._given(whole, rows) for rows in chosen)]
        return [-(by_design @ (share * given[at])) for given in each]

    def _given(self, whole: Floats, chosen: Ints) -> Floats:
        given = np.zeros((len(self.rows), whole.shape[1]))
        given[chosen] = whole
        return given
