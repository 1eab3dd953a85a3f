"""What the operation of some actors costs in a year, as a function of what they have built.

Under fixed tariffs and at fixed prices of the exchanges with others, the least operating cost V(y)
is convex in the design y, and a sum over periods. Every period is a linear program of its own in
which y stands as fixed columns:

    V_p(ȳ) = min  c·x + M·(u + v)    s.t.  A·x + T·(y + u − v) ⋚ r,  y = ȳ,  u, v ≥ 0

The columns u and v let a period deviate from the design at a price M for each unit. So there is an
operation whatever ȳ is, and V is never above the true cost. The reduced costs of y are the slope of
V_p, from which follow cuts that hold for every design:

    V_p(y) ≥ V_p(ȳ) + slope_p·(y − ȳ)

Rows of a single flow are bounds of it, from which nobody deviates (``limits.py``): what they leave
is V of the same kind. Should a period then have no operation, all rows are rows.

The programs stay in memory; another design changes some bounds and takes few simplex steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from parkwerk.errors import SolveError
from parkwerk.solve import entries
from parkwerk.solve.assemble import Park
from parkwerk.solve.cuts import Cuts
from parkwerk.solve.deviation import deviation_cost
from parkwerk.solve.entries import Trade
from parkwerk.solve.limits import Limits, Mask
from parkwerk.solve.program import (
    INFINITY,
    Arrays,
    Basis,
    Floats,
    Ints,
    Solver,
    numbered,
    offsets,
    summing,
)
from parkwerk.solve.stamp import Stamp, dense
from parkwerk.solve.traded import Traded, Trading
from parkwerk.solve.twins import Entries, Twins


@dataclass(frozen=True)
class Operated:
    """What every period costs under a design, (period,), and what a unit of each column changes.

    ``slope`` and ``at``, the design that each period had, are (design, period); ``shifts`` is what
    is added to the slope to get others that hold as well; ``reduced`` are the reduced costs of the
    flows, (flow, period). ``lifted`` is by how much the measured quantities were raised in the end,
    (design,), and ``spared`` what the periods have paid for that [EUR].
    """

    cost: Floats
    slope: Floats
    at: Floats
    shifts: list[Floats]
    reduced: Floats
    lifted: Floats
    spared: float


class Value:
    """The operating cost of some actors over all periods of one length.

    Parameters
    ----------
    stamps
        One for each actor, over the same periods. Exchanges between them are balanced.
    prices
        Of every exchange of the park; those with others are sold to and bought from at these.
    bundles
        Into how many cuts the periods are summed.
    priced
        Prices of the design columns for which slopes are wanted, see ``twins.py``.
    """

    def __init__(
        self,
        park: Park,
        stamps: list[Stamp],
        prices: Trade,
        bundles: int,
        priced: Sequence[Floats] = (),
    ) -> None:
        self.periods = stamps[0].periods
        n = len(self.periods)
        self.bundles = bundles
        self._bundle = np.arange(n) * bundles // n
        #: How high a period has raised measured quantities, and what another unit was worth to it.
        self._raised, self._worth = np.zeros(n), np.zeros(n)
        self._park, self._stamps, self._trade, self._priced = park, stamps, prices, priced
        self._assemble(limited=True)

    def _assemble(self, limited: bool) -> None:
        """Hand every period's program to its solver.

        If ``limited``, rows of a single flow are bounds of it, from which no period can deviate.
        """
        stamps, steps, n = self._stamps, self.periods.steps, len(self.periods)
        templates = [stamp.template for stamp in stamps]
        columns = offsets([t.n_operation for t in templates])
        designs = columns[-1] + offsets([t.n_design for t in templates])
        rows = offsets([len(t.rows) for t in templates])
        self.size, self._flows = int(designs[-1] - columns[-1]), int(columns[-1])
        inner = entries.inner_exchanges(self._park, stamps)
        place = {e: rows[-1] + i * steps for i, e in enumerate(inner)}
        inside, held, costs, traded = [], [], [], []
        for i, stamp in enumerate(stamps):
            inside.append(entries.operated(stamp, rows[i], columns[i]))
            held.append(entries.held(stamp, rows[i], designs[i] - columns[-1]))
            within = np.array([e in place for e in entries.exchange_of(stamp)], dtype=bool)
            inside.append(entries.balances(stamp, columns[i], place, within))
            costs.append(entries.sales(self._park, stamp, within, self._trade))
            traded.append(columns[i] + stamp.template.delivery.col[~within])
        self._sold = np.concatenate(costs)
        self._penalty = np.concatenate([deviation_cost(stamp) for stamp in stamps])
        self._measured = np.zeros(self.size, dtype=bool)
        for first, stamp in zip(designs - columns[-1], stamps, strict=False):
            self._measured[first + stamp.template.measured] = True
        n_rows = int(rows[-1]) + len(inner) * steps
        rhs = np.zeros((n_rows, n))
        equal = np.ones(n_rows, dtype=bool)
        for first, stamp in zip(rows, stamps, strict=False):
            table = stamp.template.rows
            own_rows = slice(first, first + len(table))
            rhs[own_rows] = dense(table.rhs, stamp.values(table.rhs), "row")
            equal[own_rows] = table.equal
        row, col, value = entries.together(inside)
        at, into, share = entries.together(held)
        other = equal.copy() if limited else np.ones_like(equal)
        other[at[self._measured[into]]] = True
        self._twins = Twins.of((row, col, value), (at, into, share), rhs, self._measured)
        self._chosen = [self._twins.chosen(price) for price in self._priced]
        self._limits = Limits.of(row, col, value, other)
        which = numbered(self._limits.rows, n_rows)
        opened = which[at] >= 0
        self._opened = which[at[opened]], into[opened], share[opened]
        self._by_limit = summing(self._opened[0], len(self._limits.rows))
        self._by_design = summing(self._opened[1], self.size)
        self._sides = rhs[self._limits.rows]
        if limited:
            flows = np.unique(np.concatenate(traded))
            self._trading = Trading.of(flows, self._limits, self._sides, self._opened)
            self._paid = self._sold[flows]
        self._load(rhs, equal, which < 0, (row, col, value), (at, into, share))

    def _load(self, rhs: Floats, equal: Mask, kept: Mask, inside: Entries, held: Entries) -> None:
        """The programs of the rows that are kept: flows, the design, and deviations from it."""
        number = np.cumsum(kept) - 1
        self._metered = number[self._twins.rows]
        (row, col, value), (at, into, share) = (
            tuple(part[kept[entries[0]]] for part in entries) for entries in (inside, held)
        )
        # Columns of the design, and deviations from it, that stand in any of these rows.
        self._linked, place = np.unique(into, return_inverse=True)
        n = len(self._linked)
        self._design = np.arange(self._flows, self._flows + n, dtype=np.int32)
        rows = number[np.concatenate([row, at, at, at])]
        first = self._flows + place.reshape(-1)
        cols = np.concatenate([col, first, first + n, first + 2 * n])
        values = np.concatenate([value, share, share, -share])
        order = np.lexsort((cols, rows))
        n_rows, n_columns = int(kept.sum()), self._flows + 3 * n
        starts = np.searchsorted(rows[order], np.arange(n_rows + 1))
        indices, values = cols[order], values[order]
        free = np.concatenate([stamp.template.free for stamp in self._stamps])
        self._least = np.where(free, -INFINITY, 0.0)
        lower = np.concatenate([self._least, np.zeros(3 * n)])
        upper = np.full(n_columns, INFINITY)
        integer = np.zeros(n_columns, dtype=bool)
        rhs, equal = rhs[kept], equal[kept]
        self._bounded = np.concatenate([np.unique(self._limits.columns), self._design]).astype(
            np.int32
        )
        self._solvers = [Solver(presolve="off") for _ in self.periods.positions]
        for p, solver in enumerate(self._solvers):
            solver.load(
                Arrays(
                    matrix=sparse.csr_array(
                        (values[:, p], indices, starts), shape=(n_rows, n_columns)
                    ),
                    cost=np.zeros(n_columns),
                    lower=lower,
                    upper=upper,
                    row_lower=np.where(equal, rhs[:, p], -INFINITY),
                    row_upper=np.ascontiguousarray(rhs[:, p]),
                    integer=integer,
                )
            )
        self._fresh = True
        self.charge(self._stamps)

    def charge(self, stamps: Sequence[Stamp]) -> None:
        """Count the costs of another entry of the menu: nothing else of a program depends on it."""
        self._penalty = np.concatenate([deviation_cost(stamp) for stamp in stamps])
        self._cost(np.concatenate([stamp.operation_cost for stamp in stamps]))

    def _cost(self, operation: Floats) -> None:
        self._operation = operation
        penalty = self._penalty[self._linked]
        tail = np.concatenate([np.zeros_like(penalty), penalty, penalty])
        priced = np.arange(self._flows + len(tail), dtype=np.int32)
        for p, solver in enumerate(self._solvers):
            both = np.concatenate([operation[:, p] + self._sold[:, p], tail])
            solver.highs.changeColsCost(len(both), priced, both)

    def _operate(
        self, least: Floats, most: Floats, periods: Ints | None = None, lift: bool = False
    ) -> Operated:
        """Solve some periods, or all, with designs between two.

        Rows that are bounds take of these what leaves the flows most room. The first time each
        period starts from the basis of the one before.

        With ``lift``, a measured quantity that a period raises is as high for the next: who pays
        the price of a whole year for it is worth that to the year. Those come first that raised it
        highest the last time.
        """
        periods = np.arange(len(self.periods)) if periods is None else periods
        sides, low, high = self._room(least, most, periods)
        n, linked, flows = len(periods), self._linked, self._bounded[: -len(self._linked) or None]
        lower, upper = (
            np.vstack([bound[flows], np.tile(held[linked, None], n)]).T.copy()
            for bound, held in ((low, least), (high, most))
        )
        basis: Basis = None
        cost, slope, lifts = np.zeros(n), np.zeros((self.size, n)), np.zeros((len(linked), n))
        reduced, metered = np.zeros((self._flows, n)), np.zeros((len(self._metered), n))
        excess = slice(self._flows + len(linked), self._flows + 2 * len(linked))
        lifted, read, spared = np.zeros(len(linked)), self._measured[linked] & lift, 0.0
        first = np.lexsort((self._worth[periods], -self._raised[periods]))
        for k in first if lift else range(n):
            highs = self._solvers[periods[k]].highs
            for bound in (lower, upper):
                bound[k, len(flows) :] += lifted
            highs.changeColsBounds(len(self._bounded), self._bounded, lower[k], upper[k])
            if self._fresh and basis is not None:
                highs.setBasis(basis)
            if not _solved(highs):
                return self._operate_in_full(int(periods[k]), least, most, periods, lift)
            if self._fresh:
                basis = highs.getBasis()
            solution = highs.getSolution()
            duals = np.asarray(solution.col_dual)
            reduced[:, k], slope[linked, k] = duals[: self._flows], duals[self._design]
            metered[:, k] = np.asarray(solution.row_dual)[self._metered]
            cost[k] = highs.getObjectiveValue()
            lifts[:, k] = lifted
            if lift:
                more = np.where(read, solution.col_value[excess], 0.0)
                lifted = lifted + more
                self._raised[periods[k]] = lifted.sum() if more.any() else 0.0
                spared += float(self._penalty[linked] @ more)
        self._fresh = False
        worth = self._limits.at(periods).duals(sides, low, high, reduced)
        limit, _, share = self._opened
        slope -= self._by_design @ (share[:, periods] * worth[limit])
        found, *shifted = self._twins.slopes(metered, self._chosen, self.size, periods)
        self._worth[periods] = found[self._measured].sum(axis=0)
        return Operated(
            cost=cost,
            slope=slope,
            at=least[:, None] + self._of_design(lifts),
            shifts=[other - found for other in shifted],
            reduced=reduced,
            lifted=self._of_design(lifted),
            spared=spared,
        )

    def _room(self, least: Floats, most: Floats, periods: Ints) -> tuple[Floats, Floats, Floats]:
        """Limits of flows in some periods under designs between two, and bounds of all flows."""
        _, into, share = self._opened
        share = share[:, periods]
        opening = np.where(share > 0, least[into][:, None], most[into][:, None])
        taken = self._by_limit @ np.where(share == 0, 0.0, share * opening)
        sides = self._sides[:, periods] - taken
        most = np.full(self._flows, INFINITY)
        return sides, *self._limits.at(periods).bounds(sides, self._least, most)

    def _of_design(self, linked: Floats) -> Floats:
        """Values of the linked columns among all of the design."""
        result = np.zeros((self.size, *linked.shape[1:]))
        result[self._linked] = linked
        return result

    def _operate_in_full(
        self, period: int, least: Floats, most: Floats, periods: Ints, lift: bool
    ) -> Operated:
        """Solve with all rows as rows: some period needs to deviate from the design in one."""
        if not len(self._limits.rows):
            raise SolveError(f"no operation found in period {period + 1} of the year")
        operation, penalty = self._operation, self._penalty
        self._assemble(limited=False)
        self._penalty = penalty
        self._cost(operation)
        return self._operate(least, most, periods, lift)

    def _summed(self, by_period: Floats, periods: Ints) -> Floats:
        """Sums over the periods of each bundle, periods last."""
        first = np.unique(self._bundle[periods], return_index=True)[1]
        result: Floats = np.add.reduceat(by_period, first, axis=-1)
        return result

    def cuts(self, design: Floats, bundles: Ints | None = None, lift: bool = False) -> Cuts:
        """Operate the periods of some bundles, or all: cost and slope, summed into bundles.

        With ``lift``, measured quantities are raised to what these periods need of them.
        """
        own = np.arange(self.bundles) if bundles is None else np.sort(bundles)
        periods = np.flatnonzero(np.isin(self._bundle, own))
        done = self._operate(design, design, periods, lift)
        at = design + done.lifted
        slope = self._summed(done.slope, periods).T
        height = self._summed(done.cost - (done.slope * done.at).sum(axis=0), periods)
        # Many are kept, and seven digits of a reduced cost will do.
        reduced = done.reduced[self._trading.columns].astype(np.float32)
        return Cuts(
            at=at,
            bundle=own,
            value=height + slope @ at,
            slope=slope,
            operation=float(done.cost.sum()) - done.spared,
            shifted=tuple(slope + self._summed(shift, periods).T for shift in done.shifts),
            traded=(Traded(self._paid, reduced, periods),),
        )

    def change(self, visit: Traded, design: Floats) -> tuple[Floats, Floats] | None:
        """What these prices change of a visit at others: its value and slope, summed into bundles.

        None if nothing can be said.
        """
        change = self._trading.change(visit, design, self._paid)
        if change is None:
            return None
        value, slope = (self._summed(part, visit.periods) for part in change)
        return value, slope.T

    def floor(self, upper: Floats, menu: Sequence[Sequence[Stamp]]) -> Floats:
        """Least cost of each bundle under any entry, with all up to ``upper`` built for nothing."""
        least = np.minimum.reduce([np.concatenate([s.operation_cost for s in e]) for e in menu])
        self._cost(least)
        done = self._operate(np.zeros(self.size), upper)
        self._worth = -done.cost  # at first the dearest lead
        return self._summed(done.cost, np.arange(len(self.periods)))


def _solved(highs: highspy.Highs) -> bool:
    """Solve a period; a start basis can lead the simplex astray, without it HiGHS begins anew."""
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        highs.clearSolver()
        highs.run()
    return bool(highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)
