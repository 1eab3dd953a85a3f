"""What the operation of some actors costs in a year, as a function of what they have built.

Under fixed tariffs and at fixed prices of the exchanges with others, the least operating cost V(y)
is convex in the design y, and a sum over periods. Every period is a linear program of its own in
which y stands as fixed columns:

    V_p(ȳ) = min  c·x + M·(u + v)    s.t.  A·x + T·(y + u − v) ⋚ r,  y = ȳ,  u, v ≥ 0

The columns u and v let a period deviate from the design at a price M for each unit. So there is an
operation whatever ȳ is, and V is never above the true cost. The reduced costs of y are the slope of
V_p, from which follow cuts that hold for every design:

    V_p(y) ≥ V_p(ȳ) + slope_p·(y − ȳ)

The programs stay in memory; another design changes some bounds and takes few simplex steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from parkwerk.errors import SolveError
from parkwerk.solve.assemble import Park, delivery_rows
from parkwerk.solve.program import INFINITY, Arrays, Basis, Floats, Ints, Solver, offsets
from parkwerk.solve.stamp import Stamp, dense


@dataclass(frozen=True)
class Cuts:
    """What a year under a design says of all designs.

    ``V_b(y) ≥ value[b] + slope[b]·(y − at)`` for bundles b of periods; (bundle, design). With the
    measured quantities raised by ``raised`` (design,) the same flows need no deviation of them, and
    ``spared`` of the value is not paid.
    """

    at: Floats
    value: Floats
    slope: Floats
    raised: Floats
    spared: float

    @property
    def height(self) -> Floats:
        """``value − slope·at``: the cuts' values at y = 0, (bundle,)."""
        result: Floats = self.value - self.slope @ self.at
        return result


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
    """

    def __init__(self, park: Park, stamps: list[Stamp], prices: Trade, bundles: int) -> None:
        self.periods = stamps[0].periods
        n = len(self.periods)
        self.bundles, self.bundle = bundles, np.arange(n) * bundles // n
        self._solvers = [Solver(presolve="off") for _ in range(n)]
        self._fresh = True
        self._assemble(park, stamps, prices)

    def _assemble(self, park: Park, stamps: list[Stamp], prices: Trade) -> None:
        """Hand every period's program to its solver."""
        templates = [stamp.template for stamp in stamps]
        columns = offsets([t.n_operation for t in templates])
        designs = columns[-1] + offsets([t.n_design for t in templates])
        rows = offsets([len(t.rows) for t in templates])
        self.size = int(designs[-1] - columns[-1])
        self._design = np.arange(designs[0], designs[-1], dtype=np.int32)
        self._above = slice(int(designs[-1]), int(designs[-1]) + self.size)
        inner = _inner_exchanges(park, stamps)
        steps = self.periods.steps
        place = {e: rows[-1] + i * steps for i, e in enumerate(inner)}
        entries, costs = [], []
        for i, stamp in enumerate(stamps):
            entries += _own_entries(stamp, rows[i], columns[i], designs[i], self.size)
            own, cost = _deliveries(park, stamp, columns[i], place, prices)
            entries.append(own)
            costs.append(stamp.operation_cost + cost)
        row, col = (np.concatenate([e[k] for e in entries]) for k in (0, 1))
        value = np.concatenate([e[2] for e in entries])
        penalty = np.concatenate([deviation_cost(stamp) for stamp in stamps])
        self._penalty, self._measured = penalty, np.zeros(self.size)
        for first, stamp in zip(designs - columns[-1], stamps, strict=False):
            self._measured[first + stamp.template.measured] = 1.0
        n_rows = int(rows[-1]) + len(inner) * steps
        order = np.lexsort((col, row))
        starts = np.searchsorted(row[order], np.arange(n_rows + 1))
        indices, value = col[order], value[order]
        rhs = np.zeros((n_rows, len(self.periods)))
        equal = np.ones(n_rows, dtype=bool)
        for first, stamp in zip(rows, stamps, strict=False):
            table = stamp.template.rows
            own_rows = slice(first, first + len(table))
            rhs[own_rows] = dense(table.rhs, stamp.values(table.rhs), "row")
            equal[own_rows] = table.equal
        free = np.concatenate([t.free for t in templates])
        lower = np.concatenate([np.where(free, -INFINITY, 0.0), np.zeros(3 * self.size)])
        upper = np.full(len(lower), INFINITY)
        upper[self._design] = 0.0
        operation_cost = np.concatenate(costs)
        tail = np.concatenate([np.zeros(self.size), penalty, penalty])
        self._priced = np.arange(len(lower), dtype=np.int32)
        self._sold = operation_cost - np.concatenate([s.operation_cost for s in stamps])
        shape = (n_rows, len(lower))
        for p, solver in enumerate(self._solvers):
            solver.load(
                Arrays(
                    matrix=sparse.csr_array((value[:, p], indices, starts), shape=shape),
                    cost=np.concatenate([operation_cost[:, p], tail]),
                    lower=lower,
                    upper=upper,
                    row_lower=np.where(equal, rhs[:, p], -INFINITY),
                    row_upper=np.ascontiguousarray(rhs[:, p]),
                    integer=np.zeros(len(lower), dtype=bool),
                )
            )

    def charge(self, stamps: Sequence[Stamp]) -> None:
        """Count the costs of another entry of the menu: nothing else of a program depends on it."""
        self._penalty = np.concatenate([deviation_cost(stamp) for stamp in stamps])
        tail = np.concatenate([np.zeros(self.size), self._penalty, self._penalty])
        self._cost(np.concatenate([stamp.operation_cost for stamp in stamps]), tail)

    def _cost(self, operation: Floats, tail: Floats) -> None:
        cost = operation + self._sold
        for p, solver in enumerate(self._solvers):
            both = np.concatenate([cost[:, p], tail])
            solver.highs.changeColsCost(len(both), self._priced, both)

    def _operate(self, least: Floats, most: Floats) -> Iterator[tuple[int, highspy.Highs]]:
        """Solve every period with designs between two, and yield its bundle and its solver.

        The first time each period starts from the basis of the one before.
        """
        basis: Basis = None
        for p, solver in enumerate(self._solvers):
            highs = solver.highs
            highs.changeColsBounds(self.size, self._design, least, most)
            if self._fresh and basis is not None:
                highs.setBasis(basis)
            highs.run()
            if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                # A start basis can lead the simplex astray; without it HiGHS begins anew.
                highs.clearSolver()
                highs.run()
            if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                raise SolveError(f"no operation found in period {p + 1} of the year")
            if self._fresh:
                basis = highs.getBasis()
            yield self.bundle[p], highs
        self._fresh = False

    def cuts(self, design: Floats) -> Cuts:
        """Operate the year under a design: its cost and slope, summed into bundles."""
        value, slope = np.zeros(self.bundles), np.zeros((self.bundles, self.size))
        raised, spared = np.zeros(self.size), 0.0
        above = self._above
        for bundle, highs in self._operate(design, design):
            solution = highs.getSolution()
            value[bundle] += highs.getInfo().objective_function_value
            slope[bundle] += np.asarray(solution.col_dual)[self._design]
            more = np.asarray(solution.col_value)[above] * self._measured
            np.maximum(raised, more, out=raised)
            spared += float(more @ self._penalty)
        return Cuts(design.copy(), value, slope, raised, spared)

    def floor(self, upper: Floats, menu: Sequence[Sequence[Stamp]]) -> Floats:
        """Least cost of each bundle under any entry, with all up to ``upper`` built for nothing."""
        least = np.minimum.reduce([np.concatenate([s.operation_cost for s in e]) for e in menu])
        self._cost(least, np.concatenate([np.zeros(self.size), self._penalty, self._penalty]))
        result = np.zeros(self.bundles)
        for bundle, highs in self._operate(np.zeros(self.size), upper):
            result[bundle] += highs.getInfo().objective_function_value
        return result


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


def _own_entries(
    stamp: Stamp, row: int, column: int, design: int, size: int
) -> list[tuple[Ints, Ints, Floats]]:
    """Coefficients of an actor's rows: operation, design, and both deviations from the design."""
    inside, coupling = stamp.template.rows.operation, stamp.template.rows.design
    held = stamp.values(coupling)
    at, into = row + coupling.row, design + coupling.col
    return [
        (row + inside.row, column + inside.col, stamp.values(inside)),
        (at, into, held),
        (at, into + size, held),
        (at, into + 2 * size, -held),
    ]


def _deliveries(
    park: Park, stamp: Stamp, column: int, place: dict[str, int], prices: Trade
) -> tuple[tuple[Ints, Ints, Floats], Floats]:
    """Entries of the balances within, and what deliveries to others earn, (columns, periods)."""
    delivery, steps = stamp.template.delivery, stamp.periods.steps
    values = stamp.values(delivery)
    exchange = np.array(stamp.actor.exchanges, dtype=object)[delivery.row // steps]
    within = np.array([e in place for e in exchange], dtype=bool)
    step = delivery.row % steps
    rows = np.array([place[e] for e in exchange[within]], dtype=np.intp) + step[within]
    entries = (rows, column + delivery.col[within], values[within])
    cost = np.zeros((stamp.template.n_operation, len(stamp.periods)))
    at = delivery_rows(park, stamp)[delivery.row[~within]]
    flat = (len(park.exchanges) * steps, len(stamp.periods))
    given = values[~within]
    price = np.where(given > 0, prices.sell.reshape(flat)[at], prices.buy.reshape(flat)[at])
    np.add.at(cost, delivery.col[~within], -price * given)
    return entries, cost


def _inner_exchanges(park: Park, stamps: Sequence[Stamp]) -> list[str]:
    """Exchanges of these actors in which nobody else of the park takes part."""
    names = [stamp.actor.name for stamp in stamps]
    others = {e for a in park.actors if a.name not in names for e in a.exchanges}
    own = dict.fromkeys(e for stamp in stamps for e in stamp.actor.exchanges)
    return [e for e in own if e not in others]
