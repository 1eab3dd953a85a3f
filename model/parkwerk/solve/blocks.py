"""The programs of the year: neighbouring periods side by side, which share the design.

A program costs the solver about as much to take up and to hand back as the few simplex steps that
another design asks for. Some days side by side are taken up once, and as long as they are not too
many a step takes no longer. What they pay for a deviation from the design they pay once.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from parkwerk.solve.limits import Mask
from parkwerk.solve.program import INFINITY, Arrays, Floats, Ints, Solver, numbered
from parkwerk.solve.twins import Entries

#: About so many steps stand in one program.
STEPS = 96


def blocks_of(bundle: Ints, steps: int) -> list[Ints]:
    """Neighbouring periods of so many steps, none of two bundles; ``bundle`` is that of each."""
    most = max(1, round(STEPS / steps))
    return [
        block
        for own in np.split(np.arange(len(bundle)), np.flatnonzero(np.diff(bundle)) + 1)
        for block in np.array_split(own, -(-len(own) // most))
    ]


@dataclass(frozen=True)
class Rows:
    """Rows that all periods have: flows, and design columns that bound these, in each.

    Attributes
    ----------
    inside, held
        What flows, and what columns of the design, do in the rows.
    sides, equal
        Right-hand sides, (row, period), and which rows are equations.
    """

    inside: Entries
    held: Entries
    sides: Floats
    equal: Mask

    def only(self, kept: Mask) -> Rows:
        """Some of the rows, numbered anew."""
        number = numbered(np.flatnonzero(kept), len(kept))
        (row, col, value), (at, into, share) = self.inside, self.held
        flowing, holding = kept[row], kept[at]
        inside = number[row[flowing]], col[flowing], value[flowing]
        held = number[at[holding]], into[holding], share[holding]
        return Rows(inside, held, self.sides[kept], self.equal[kept])


@dataclass(frozen=True)
class Solved:
    """A block's cost, and what a unit of each thing is worth to it.

    ``reduced`` are the reduced costs of the flows, (flow, period), ``slope`` those of the linked
    columns of the design, ``duals`` of the rows, (row, period). ``beyond`` is what the flows have
    of each linked column more than is built.
    """

    cost: float
    reduced: Floats
    slope: Floats
    duals: Floats
    beyond: Floats


class Programs:
    """One linear program for each block of periods, each kept with its last basis.

    The columns of a program are the flows of each of its periods, one period after another, and
    then the linked design columns, what the flows have of these beyond, and what they have less.

    Parameters
    ----------
    blocks
        Which periods stand side by side.
    rows
        Of every period.
    least
        The least value of each flow.
    limited
        The flows whose bounds depend on the design.

    Attributes
    ----------
    linked
        The columns of the design that stand in any row.
    """

    def __init__(self, blocks: list[Ints], rows: Rows, least: Floats, limited: Ints) -> None:
        self._blocks, self._flows = blocks, len(least)
        at, into, share = rows.held
        self.linked, place = np.unique(into, return_inverse=True)
        held = at, place.reshape(-1), share
        n = len(self.linked)
        patterns, self._bounded = dict[int, _Pattern](), dict[int, Ints]()
        for size in {len(block) for block in blocks}:
            patterns[size] = _Pattern.of(size, rows, held, self._flows, n)
            own = (np.arange(size)[:, None] * self._flows + limited).ravel()
            design = size * self._flows + np.arange(n)
            self._bounded[size] = np.concatenate([own, design]).astype(np.int32)
        self._solvers = [Solver(presolve="off") for _ in blocks]
        for block, solver in zip(blocks, self._solvers, strict=True):
            size = len(block)
            columns, sides = size * self._flows + 3 * n, rows.sides[:, block].T.ravel()
            solver.load(
                Arrays(
                    matrix=patterns[size].matrix(rows.inside[2], share, block, columns),
                    cost=np.zeros(columns),
                    lower=np.concatenate([np.tile(least, size), np.zeros(3 * n)]),
                    upper=np.full(columns, INFINITY),
                    row_lower=np.where(np.tile(rows.equal, size), sides, -INFINITY),
                    row_upper=sides,
                    integer=np.zeros(columns, dtype=bool),
                )
            )
        #: The latest basis of a block of each size, until all blocks have one of their own.
        self._latest: dict[int, highspy.HighsBasis] = {}
        self._fresh = [True] * len(blocks)

    def charge(self, flows: Floats, deviation: Floats) -> None:
        """Set what flows cost, (flow, period), and what a unit of deviation does, (linked,)."""
        tail, by_period = np.r_[np.zeros_like(deviation), deviation, deviation], flows.T.copy()
        for block, solver in zip(self._blocks, self._solvers, strict=True):
            own = np.concatenate([by_period[block].ravel(), tail])
            solver.highs.changeColsCost(len(own), np.arange(len(own), dtype=np.int32), own)

    def solve(
        self, k: int, least: tuple[Floats, Floats], most: tuple[Floats, Floats]
    ) -> Solved | None:
        """Solve a block under bounds of the limited flows, (period, flow), and of linked columns.

        None if no operation meets them. The first time it starts from the basis of the block solved
        before.
        """
        highs, size = self._solvers[k].highs, len(self._blocks[k])
        lower, upper = (np.concatenate([flow.ravel(), design]) for flow, design in (least, most))
        highs.changeColsBounds(len(lower), self._bounded[size], lower, upper)
        if self._fresh[k] and size in self._latest:
            highs.setBasis(self._latest[size])
        if not _solved(highs):
            return None
        if self._fresh[k]:
            self._latest[size], self._fresh[k] = highs.getBasis(), False
        solution, design, n = highs.getSolution(), size * self._flows, len(self.linked)
        values, duals = np.asarray(solution.col_value), np.asarray(solution.col_dual)
        return Solved(
            cost=highs.getObjectiveValue(),
            reduced=duals[:design].reshape(size, -1).T,
            slope=duals[design : design + n],
            duals=np.asarray(solution.row_dual).reshape(size, -1).T,
            beyond=values[design + n : design + 2 * n],
        )


@dataclass(frozen=True)
class _Pattern:
    """Where coefficients stand in the program of a block.

    ``order`` brings the coefficients, period by period, into the order of rows; ``indices`` are
    their columns then, and ``starts`` is where each row begins.
    """

    order: Ints
    indices: Ints
    starts: Ints

    @classmethod
    def of(cls, size: int, rows: Rows, held: Entries, flows: int, designs: int) -> _Pattern:
        """For so many periods with so many flows, and so many columns of the design."""
        (row, col, _), (at, into, _) = rows.inside, held
        n_rows, first = len(rows.equal), size * flows + into
        own = np.concatenate([row, at, at, at])
        shared = np.concatenate([first, first + designs, first + 2 * designs])
        all_rows = np.concatenate([own + k * n_rows for k in range(size)])
        columns = np.concatenate([np.r_[col + k * flows, shared] for k in range(size)])
        order = np.lexsort((columns, all_rows))
        starts = np.searchsorted(all_rows[order], np.arange(size * n_rows + 1))
        return cls(order, columns[order], starts)

    def matrix(self, value: Floats, share: Floats, block: Ints, columns: int) -> sparse.csr_array:
        """The coefficients of a block, in so many columns."""
        own, held = value[:, block], share[:, block]
        values = np.concatenate([own, held, held, -held]).T.ravel()
        shape = (len(self.starts) - 1, columns)
        return sparse.csr_array((values[self.order], self.indices, self.starts), shape=shape)


def _solved(highs: highspy.Highs) -> bool:
    """Solve a program; a start basis can lead the simplex astray, without it HiGHS begins anew."""
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        highs.clearSolver()
        highs.run()
    return bool(highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)
