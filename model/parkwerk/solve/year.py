"""All periods of one length under a given design, as linear programs of one structure."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import sparse

from parkwerk.errors import SolveError
from parkwerk.solve.assemble import Park, delivery_rows
from parkwerk.solve.conditions import is_conditional
from parkwerk.solve.limits import Limits
from parkwerk.solve.program import (
    INFINITY,
    THREADS,
    Answer,
    Arrays,
    Basis,
    Name,
    Solver,
    explain,
    numbered,
    offsets,
)
from parkwerk.solve.stamp import Floats, Ints, Stamp, dense

#: Flows below this are no overlap [kW]; prices below this do not bind [EUR/kW].
SMALL = 1e-6
#: After so many rounds of closing the smaller of two overlapping flows, the second is closed.
CAUTIOUS = 6
#: Fewer periods than this are not worth a thread of their own.
PERIODS_PER_THREAD = 20


class Year:
    """The periods of a group: one linear program for each, solved from the last one's basis.

    Every measured design quantity may be exceeded at its full yearly price, so that a period
    exceeds it only where that is worth a year's charge.

    Parameters
    ----------
    stamps
        One for each actor of the park, under its chosen tariff.
    design
        Values of each actor's design columns.
    limited
        Whether rows of a single flow are bounds of it. That is faster, but where nothing flows the
        duals of exchanges are then less good as prices.
    """

    def __init__(
        self, park: Park, stamps: list[Stamp], design: list[Floats], limited: bool = True
    ) -> None:
        self.park, self.stamps, self.design = park, stamps, list(design)
        self.periods = stamps[0].periods
        self.columns = offsets([s.template.n_operation for s in stamps])
        self.rows = offsets([len(s.template.rows) for s in stamps])
        self.n_exchange = len(park.exchanges) * self.periods.steps
        self.measured = [(i, int(m)) for i, s in enumerate(stamps) for m in s.template.measured]
        self.bases: list[Basis] = [None] * len(self.periods)
        self._collect(limited)
        self.flows = np.zeros((len(self.free), len(self.periods)))
        self.duals = np.zeros((len(self.equal), len(self.periods)))

    def _collect(self, limited: bool) -> None:
        """Gather coefficients, costs and right-hand sides, (elements, periods)."""
        n_periods, n_extra = len(self.periods), len(self.measured)
        entries = [entry for i in range(len(self.stamps)) for entry in self._entries(i)]
        entries += [self._excess_entries(e) for e in range(n_extra)]
        self.row, self.col = (np.concatenate([e[k] for e in entries]) for k in (0, 1))
        self.value = np.concatenate([e[2] for e in entries])
        prices = [self._price(i, m) for i, m in self.measured]
        extra_cost = np.tile(np.array(prices).reshape(-1, 1), n_periods)
        self.cost = np.concatenate([*(s.operation_cost for s in self.stamps), extra_cost])
        free = [s.template.free for s in self.stamps]
        self.free = np.concatenate([*free, np.zeros(n_extra, dtype=bool)])
        self.limit = np.full(len(self.free), INFINITY)
        self.limit[self.columns[-1] :] = [self._room(i, m) for i, m in self.measured]
        exchange = np.zeros((self.n_exchange, n_periods))
        sides = [s.sides(own) for s, own in zip(self.stamps, self.design, strict=True)]
        self.rhs = np.concatenate([*sides, exchange])
        equal = [s.template.rows.equal for s in self.stamps]
        self.equal = np.concatenate([*equal, np.ones(self.n_exchange, dtype=bool)])
        pairs = zip(self.stamps, self.columns, strict=False)
        self.exclusive = np.concatenate([first + s.template.exclusive for s, first in pairs])
        # The rows that are no bounds are the rows of each program.
        self.limits = Limits.of(self.row, self.col, self.value, self.equal | (not limited))
        kept = np.ones(len(self.equal), dtype=bool)
        kept[self.limits.rows] = False
        self.kept = np.flatnonzero(kept)

    def _price(self, i: int, measured: int) -> float:
        """What a unit more of a measured quantity costs.

        Under an entry with conditions the yearly peak bears no charge, but the conditions are on
        it: it is priced as under the menu's dearest entry, so that it rises only where it must.
        """
        stamp = self.stamps[i]
        price = float(stamp.design_cost[measured])
        if not is_conditional(self.park.scenario, stamp.tariff):
            return price
        menu = [self.park.stamps(stamp.actor, t, [self.periods])[0] for t in stamp.actor.menu]
        return max(float(other.design_cost[measured]) for other in menu)

    def _entries(self, i: int) -> list[tuple[Ints, Ints, Floats]]:
        """Coefficients of an actor's rows and of its deliveries in the exchanges."""
        stamp, row, column = self.stamps[i], self.rows[i], self.columns[i]
        inside, delivery = stamp.template.rows.operation, stamp.template.delivery
        exchange = self.rows[-1] + delivery_rows(self.park, stamp)[delivery.row]
        return [
            (row + inside.row, column + inside.col, stamp.values(inside)),
            (exchange, column + delivery.col, stamp.values(delivery)),
        ]

    def _coupling(self, e: int) -> tuple[Ints, Floats]:
        """Rows in which a measured quantity stands, and its coefficients there."""
        i, m = self.measured[e]
        coupling = self.stamps[i].template.rows.design
        element = np.flatnonzero(coupling.col == m)
        return self.rows[i] + coupling.row[element], self.stamps[i].values(coupling)[element]

    def _excess_entries(self, e: int) -> tuple[Ints, Ints, Floats]:
        row, value = self._coupling(e)
        return row, np.full(len(row), self.columns[-1] + e), value

    def _room(self, i: int, measured: int) -> float:
        """How far the design's own constraints let a quantity rise: ``min (s − S·y)/S_m``."""
        stamp, static = self.stamps[i], self.stamps[i].template.static
        coefficients = stamp.static(static.design)
        matrix = sparse.csr_array(
            (coefficients, (static.design.row, static.design.col)), shape=static.design.shape
        )
        slack = dense(static.rhs, stamp.values(static.rhs), "row")[:, 0] - matrix @ self.design[i]
        own = matrix[:, [measured]].toarray()[:, 0]
        room = slack[own > 0] / own[own > 0]
        return float(max(room.min(initial=INFINITY), 0.0))

    def solve(self) -> None:
        """Solve every period; the results are in ``flows`` and ``duals``."""
        self._solve(np.arange(len(self.periods)))

    def excess(self) -> Floats:
        """By how much the worst period exceeds each measured quantity."""
        return np.asarray(self.flows[self.columns[-1] :].max(axis=1))

    def raise_measured(self, more: Floats) -> None:
        """Raise the measured quantities and solve again where they bind."""
        binding = np.zeros(len(self.periods), dtype=bool)
        for e, raised in enumerate(more):
            i, m = self.measured[e]
            if raised > 0:
                row, value = self._coupling(e)
                self.rhs[row] -= value * raised
                self.design[i] = self.design[i].copy()
                self.design[i][m] += raised
                binding |= ((np.abs(self.duals[row]) > SMALL) & (value != 0)).any(axis=0)
        room = self.limit[self.columns[-1] :]
        room[:] = np.maximum(room - more, 0.0)
        self._solve(np.flatnonzero(binding))

    def spare(self) -> Floats:
        """By how much each measured quantity exceeds what the flows need; negative if less."""
        result = np.zeros(len(self.measured))
        used = {i: self._used(i) for i in {i for i, _ in self.measured}}
        for e, (i, m) in enumerate(self.measured):
            row, value = self._coupling(e)
            slack = self.rhs[row] - used[i][row - self.rows[i]]
            bound = np.full_like(slack, INFINITY)
            np.divide(slack, -value, out=bound, where=value != 0)
            result[e] = min(float(bound.min(initial=INFINITY)), float(self.design[i][m]))
        return result

    def _used(self, i: int) -> Floats:
        """What an actor's flows take of its rows, (rows, periods)."""
        stamp, inside = self.stamps[i], self.stamps[i].template.rows.operation
        return dense(inside, stamp.values(inside) * self.operation(i)[inside.col], "row")

    def operation(self, i: int) -> Floats:
        """Operation of an actor, (columns, periods)."""
        flows: Floats = self.flows[self.columns[i] : self.columns[i + 1]]
        return flows

    def prices(self) -> Floats:
        """Duals of the exchanges, (exchange, step, period) [EUR/kW]."""
        shape = (len(self.park.exchanges), self.periods.steps, len(self.periods))
        return self.duals[self.rows[-1] :].reshape(shape)

    def _solve(self, which: Ints) -> None:
        """Solve some of the periods, neighbours one after another."""
        parts = min(THREADS, max(1, len(which) // PERIODS_PER_THREAD))
        with ThreadPoolExecutor(parts) as pool:
            list(pool.map(self._solve_part, np.array_split(which, parts)))

    def _solve_part(self, which: Ints) -> None:
        solver, basis = Solver(presolve="off"), None
        table = self._table(self.kept)
        for p in which:
            arrays = self._arrays(int(p), self.kept, table)
            basis = basis if self.bases[p] is None else self.bases[p]
            self._solve_period(solver, arrays, int(p), basis)
            basis = self.bases[p]

    def _table(self, rows: Ints) -> tuple[Ints, Ints, Ints]:
        """Which entries the rows have, row by row: places, columns, where each row starts."""
        number = numbered(rows, len(self.equal))
        entry = np.flatnonzero(number[self.row] >= 0)
        order = entry[np.lexsort((self.col[entry], number[self.row[entry]]))]
        starts = np.searchsorted(number[self.row[order]], np.arange(len(rows) + 1))
        return order, self.col[order], starts

    def _arrays(self, p: int, rows: Ints, table: tuple[Ints, Ints, Ints]) -> Arrays:
        """The program of a period with some of its rows as rows."""
        order, column, starts = table
        n_columns = len(self.free)
        lower, upper = np.where(self.free, -INFINITY, 0.0), self.limit.copy()
        if len(rows) < len(self.equal):
            lower, upper = self.limits.at(p).bounds(self.rhs[self.limits.rows, p], lower, upper)
        rhs = self.rhs[rows, p]
        return Arrays(
            matrix=sparse.csr_array(
                (self.value[order, p], column, starts), shape=(len(rows), n_columns)
            ),
            cost=np.ascontiguousarray(self.cost[:, p]),
            lower=lower,
            upper=upper,
            row_lower=np.where(self.equal[rows], rhs, -INFINITY),
            row_upper=rhs,
            integer=np.zeros(n_columns, dtype=bool),
        )

    def _solve_period(self, solver: Solver, arrays: Arrays, p: int, basis: Basis) -> None:
        """Solve a period; close one of two overlapping exclusive flows and solve again.

        At first the smaller of the two is closed. After some rounds, or if that leads nowhere, it
        is always the second, giving or discharging: a site can do without. Every round closes a
        flow for good, so there is an end.
        """
        rounds, met = 0, np.zeros(len(self.exclusive), dtype=bool)
        open_ = arrays.upper.copy()
        while True:
            solver.load(arrays, basis)
            answer = solver.solve()
            if answer is None:
                if rounds in (0, CAUTIOUS):
                    break
                rounds = CAUTIOUS
                arrays.upper = open_.copy()
                arrays.upper[self.exclusive[met, 1]] = 0.0
                continue
            basis = solver.basis()
            if rounds == 0:
                self.bases[p] = basis
            one, other = answer.columns[self.exclusive].T
            overlap = np.minimum(one, other) > SMALL
            if not overlap.any():
                self._keep(p, arrays, answer)
                return
            met |= overlap
            smaller = (other <= one) | (rounds == CAUTIOUS)
            arrays.upper[np.where(smaller, *self.exclusive[:, ::-1].T)[overlap]] = 0.0
            rounds = min(rounds + 1, CAUTIOUS)
        rows = np.arange(len(self.equal))
        conflict = explain(self._arrays(p, rows, self._table(rows)), self._name_of_row)
        begin = self.park.starts(self.periods)[p]
        raise SolveError(f"the period from {begin} has no operation under this design: {conflict}")

    def _keep(self, p: int, arrays: Arrays, answer: Answer) -> None:
        """Keep the flows of a period, and what a unit of each right-hand side is worth."""
        self.flows[:, p] = answer.columns
        self.duals[self.kept, p] = answer.duals
        limits = self.limits.at(p)
        self.duals[limits.rows, p] = limits.duals(
            self.rhs[limits.rows, p], arrays.lower, arrays.upper, answer.reduced
        )

    def _name_of_row(self, row: int) -> Name:
        i = int(np.searchsorted(self.rows, row, side="right")) - 1
        if i == len(self.stamps):
            exchange = (row - self.rows[-1]) // self.periods.steps
            return Name("exchange", self.park.exchanges[exchange], "")
        label = self.stamps[i].template.rows.labels[row - self.rows[i]]
        return Name(self.stamps[i].actor.name, label, "")
