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
from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from parkwerk.errors import SolveError
from parkwerk.solve.assemble import Park, delivery_rows
from parkwerk.solve.limits import Limits, Mask
from parkwerk.solve.program import INFINITY, Arrays, Basis, Floats, Solver, numbered, offsets
from parkwerk.solve.stamp import Stamp, dense
from parkwerk.solve.traded import Traded, Trading
from parkwerk.solve.twins import Entries, Twins


@dataclass(frozen=True)
class Cuts:
    """What a year under a design says of all designs.

    ``V_b(y) ≥ value[b] + slope[b]·(y − at)`` for bundles b of periods; (bundle, design). With the
    measured quantities raised by ``raised`` (design,) the same flows need no deviation of them, and
    ``spared`` of the value is not paid. ``shifted`` are slopes that hold as well, (bundle, design)
    each, see ``twins.py``; ``traded`` tells by group of periods what the cuts are at other prices,
    see ``traded.py``.
    """

    at: Floats
    value: Floats
    slope: Floats
    raised: Floats
    spared: float
    shifted: tuple[Floats, ...] = ()
    traded: tuple[Traded, ...] = ()

    def under(self, shift: int) -> Cuts:
        """The same cuts with one of the slopes that hold as well; the height stays."""
        slope = self.shifted[shift]
        return replace(
            self, value=self.height + slope @ self.at, slope=slope, shifted=(), traded=()
        )

    @property
    def height(self) -> Floats:
        """``value − slope·at``: the cuts' values at y = 0, (bundle,)."""
        result: Floats = self.value - self.slope @ self.at
        return result


@dataclass(frozen=True)
class Operated:
    """What every period costs under a design, (period,), and what a unit of each column changes.

    ``slope`` and ``above``, by how much the design is exceeded, are (design, period); ``shifts``
    is what is added to the slope to get others that hold as well; ``reduced`` are the reduced costs
    of the flows, (flow, period).
    """

    cost: Floats
    slope: Floats
    above: Floats
    shifts: list[Floats]
    reduced: Floats


@dataclass(frozen=True)
class Trade:
    """What a kW from an exchange costs and one to it earns, (exchange, step, period) [EUR/kW].

    The difference pays for what lies between: lines, pipes, transfer.
    """

    buy: Floats
    sell: Floats


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
        self._first = np.searchsorted(np.arange(n) * bundles // n, np.arange(bundles))
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
        inner = _inner_exchanges(self._park, stamps)
        place = {e: rows[-1] + i * steps for i, e in enumerate(inner)}
        inside, held, costs, traded = [], [], [], []
        for i, stamp in enumerate(stamps):
            inside.append(_operated(stamp, rows[i], columns[i]))
            held.append(_held(stamp, rows[i], designs[i] - columns[-1]))
            within = np.array([e in place for e in _exchange(stamp)], dtype=bool)
            inside.append(_balances(stamp, columns[i], place, within))
            costs.append(_sales(self._park, stamp, within, self._trade))
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
        row, col, value = _together(inside)
        at, into, share = _together(held)
        other = equal.copy() if limited else np.ones_like(equal)
        other[at[self._measured[into]]] = True
        self._twins = Twins.of((row, col, value), (at, into, share), rhs, self._measured)
        self._chosen = [self._twins.chosen(price) for price in self._priced]
        self._limits = Limits.of(row, col, value, other)
        which = numbered(self._limits.rows, n_rows)
        opened = which[at] >= 0
        self._opened = which[at[opened]], into[opened], share[opened]
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

    def _operate(self, least: Floats, most: Floats) -> Operated:
        """Solve every period with designs between two.

        Rows that are bounds take of these what leaves the flows most room. The first time each
        period starts from the basis of the one before.
        """
        sides = self._sides.copy()
        limit, into, share = self._opened
        opening = np.where(share > 0, least[into][:, None], most[into][:, None])
        np.subtract.at(sides, limit, np.where(share == 0, 0.0, share * opening))
        low, high = self._limits.bounds(sides, self._least, np.full(self._flows, INFINITY))
        n, linked = len(self._solvers), self._linked
        flows = self._bounded[: len(self._bounded) - len(linked)]
        lower = np.concatenate([low[flows], np.tile(least[linked, None], n)])
        upper = np.concatenate([high[flows], np.tile(most[linked, None], n)])
        basis: Basis = None
        cost, slope, above = np.zeros(n), np.zeros((self.size, n)), np.zeros((self.size, n))
        reduced, metered = np.zeros((self._flows, n)), np.zeros((len(self._metered), n))
        excess = slice(self._flows + len(linked), self._flows + 2 * len(linked))
        for p, solver in enumerate(self._solvers):
            highs = solver.highs
            bounds = (np.ascontiguousarray(bound[:, p]) for bound in (lower, upper))
            highs.changeColsBounds(len(self._bounded), self._bounded, *bounds)
            if self._fresh and basis is not None:
                highs.setBasis(basis)
            if not _solved(highs):
                return self._operate_in_full(p, least, most)
            if self._fresh:
                basis = highs.getBasis()
            solution = highs.getSolution()
            duals = np.asarray(solution.col_dual)
            reduced[:, p], slope[linked, p] = duals[: self._flows], duals[self._design]
            above[linked, p] = solution.col_value[excess]
            metered[:, p] = np.asarray(solution.row_dual)[self._metered]
            cost[p] = highs.getInfo().objective_function_value
        self._fresh = False
        worth = self._limits.duals(sides, low, high, reduced)
        np.subtract.at(slope, into, share * worth[limit])
        found, *shifted = self._twins.slopes(metered, self._chosen, self.size)
        return Operated(cost, slope, above, [other - found for other in shifted], reduced)

    def _operate_in_full(self, period: int, least: Floats, most: Floats) -> Operated:
        """Solve with all rows as rows: some period needs to deviate from the design in one."""
        if not len(self._limits.rows):
            raise SolveError(f"no operation found in period {period + 1} of the year")
        operation, penalty = self._operation, self._penalty
        self._assemble(limited=False)
        self._penalty = penalty
        self._cost(operation)
        return self._operate(least, most)

    def _summed(self, by_period: Floats) -> Floats:
        """Sums over the periods of each bundle, periods last."""
        result: Floats = np.add.reduceat(by_period, self._first, axis=-1)
        return result

    def cuts(self, design: Floats) -> Cuts:
        """Operate the year under a design: its cost and slope, summed into bundles."""
        done = self._operate(design, design)
        more = done.above * self._measured[:, None]
        slope = self._summed(done.slope).T
        return Cuts(
            at=design.copy(),
            value=self._summed(done.cost),
            slope=slope,
            raised=more.max(axis=1),
            spared=float((self._penalty @ more).sum()),
            shifted=tuple(slope + self._summed(shift).T for shift in done.shifts),
            traded=(Traded(self._paid, done.reduced[self._trading.columns].astype(np.float32)),),
        )

    def change(self, visit: Traded, design: Floats) -> tuple[Floats, Floats] | None:
        """What these prices change of a visit at others: its value and slope, summed into bundles.

        None if nothing can be said.
        """
        change = self._trading.change(visit, design, self._paid)
        return change and (self._summed(change[0]), self._summed(change[1]).T)

    def floor(self, upper: Floats, menu: Sequence[Sequence[Stamp]]) -> Floats:
        """Least cost of each bundle under any entry, with all up to ``upper`` built for nothing."""
        least = np.minimum.reduce([np.concatenate([s.operation_cost for s in e]) for e in menu])
        self._cost(least)
        return self._summed(self._operate(np.zeros(self.size), upper).cost)


def _solved(highs: highspy.Highs) -> bool:
    """Solve a period; a start basis can lead the simplex astray, without it HiGHS begins anew."""
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        highs.clearSolver()
        highs.run()
    return bool(highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)


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


def _operated(stamp: Stamp, row: int, column: int) -> Entries:
    """Coefficients of an actor's flows in its rows."""
    inside = stamp.template.rows.operation
    return row + inside.row, column + inside.col, stamp.values(inside)


def _held(stamp: Stamp, row: int, design: int) -> Entries:
    """Coefficients of an actor's design in its rows."""
    coupling = stamp.template.rows.design
    return row + coupling.row, design + coupling.col, stamp.values(coupling)


def _together(parts: Sequence[Entries]) -> Entries:
    """All entries one after another."""
    row, col, value = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return row, col, value


def _balances(stamp: Stamp, column: int, place: dict[str, int], within: Mask) -> Entries:
    """What an actor delivers to exchanges within, in their balances."""
    delivery = stamp.template.delivery
    rows = np.array([place[e] for e in _exchange(stamp)[within]], dtype=np.intp)
    step = delivery.row[within] % stamp.periods.steps
    return rows + step, column + delivery.col[within], stamp.values(delivery)[within]


def _sales(park: Park, stamp: Stamp, within: Mask, prices: Trade) -> Floats:
    """What an actor's deliveries to others cost at the prices, (flow, period)."""
    delivery, others = stamp.template.delivery, ~within
    cost = np.zeros((stamp.template.n_operation, len(stamp.periods)))
    at = delivery_rows(park, stamp)[delivery.row[others]]
    flat = (len(park.exchanges) * stamp.periods.steps, len(stamp.periods))
    given = stamp.values(delivery)[others]
    price = np.where(given > 0, prices.sell.reshape(flat)[at], prices.buy.reshape(flat)[at])
    np.add.at(cost, delivery.col[others], -price * given)
    return cost


def _exchange(stamp: Stamp) -> np.ndarray:
    """The exchange of each delivery."""
    names = np.array(stamp.actor.exchanges, dtype=object)
    return names[stamp.template.delivery.row // stamp.periods.steps]


def _inner_exchanges(park: Park, stamps: Sequence[Stamp]) -> list[str]:
    """Exchanges of these actors in which nobody else of the park takes part."""
    names = [stamp.actor.name for stamp in stamps]
    others = {e for a in park.actors if a.name not in names for e in a.exchanges}
    own = dict.fromkeys(e for stamp in stamps for e in stamp.actor.exchanges)
    return [e for e in own if e not in others]
