"""The program of designs: all that is built, and the year's operating cost from below.

    min  d₀ + d·y + Σ_b θ_b    s.t.  S·y ⋚ s,  θ_b ≥ value_b + slope_b·(y − ȳ) for every cut

Each cut is valid for every design (see ``value.py``), so the optimum is a lower bound of the least
total cost, with all binaries, at every time. Where to look next is a question to the same rows:
which design that costs no more than a level by the cuts is nearest to a centre? If there is none,
the level itself is a lower bound (level method: Lemaréchal, Nemirovskii, Nesterov 1995).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from parkwerk.errors import SolveError
from parkwerk.solve.cuts import Cuts
from parkwerk.solve.program import INFINITY, Arrays, Floats, Ints, Solver
from parkwerk.solve.stamp import Stamp, dense

#: Slopes below this share of the largest are rounding.
DUST = 1e-11
#: To which relative gap the best design is sought, and the nearest, which need not be the nearest.
EXACT, NEAR = 1e-5, 0.3
#: So many linear programs are a dive at most, and what is so near to whole is whole.
DIVES, WHOLE = 60, 1e-6
#: A room [kW, kWh] below which distances are not counted larger.
SMALLEST_ROOM = 1e-3
#: How often the rows of the design are read to bound its columns: chains are short.
PASSES = 4


@dataclass(frozen=True)
class Rules:
    """What may be built by some actors under fixed tariffs: costs, rows and binaries of y."""

    fixed_cost: float
    cost: Floats
    binary: np.ndarray
    matrix: sparse.csr_array
    rhs: Floats
    equal: np.ndarray
    had: Floats | None = None

    def given(self, had: Floats) -> Rules:
        """The same rules with some columns had for nothing, nan in ``had`` elsewhere.

        They cost nothing, and rules that would hold them back are left out: a relaxation.
        """
        free = ~np.isnan(had)
        if not free.any():
            return self
        kept = np.asarray(np.abs(self.matrix)[:, free].sum(axis=1)).ravel() == 0
        return Rules(
            fixed_cost=self.fixed_cost,
            cost=np.where(free, 0.0, self.cost),
            binary=self.binary & ~free,
            matrix=self.matrix[kept],
            rhs=self.rhs[kept],
            equal=self.equal[kept],
            had=had,
        )

    @property
    def upper(self) -> Floats:
        """Largest value of each column that the rows allow, taken one by one.

        From ``Σ_k a_k·y_k ≤ s`` with y ≥ 0 follows ``y_j ≤ (s − Σ_{k: a_k<0} a_k·upper_k)/a_j``.
        """
        upper = np.where(self.binary, 1.0, INFINITY)
        table = self.matrix.copy()
        table.eliminate_zeros()
        table = table.tocoo()
        positive = table.data > 0
        for _ in range(PASSES):
            loss = np.where(positive, 0.0, table.data * upper[table.col])
            room = self.rhs - np.bincount(table.row, weights=loss, minlength=len(self.rhs))
            bound = room[table.row[positive]] / table.data[positive]
            np.minimum.at(upper, table.col[positive], np.maximum(bound, 0.0))
        return upper if self.had is None else np.where(np.isnan(self.had), upper, self.had)

    @property
    def lower(self) -> Floats:
        """Smallest value of each column: zero, or what is had for nothing."""
        return np.zeros(len(self.cost)) if self.had is None else np.nan_to_num(self.had)


def rules_of(stamps: list[Stamp]) -> Rules:
    """The design rules of some actors side by side."""
    matrices, rhs, equal = [], [], []
    for stamp in stamps:
        static = stamp.template.static
        values = (stamp.static(static.design), (static.design.row, static.design.col))
        matrices.append(sparse.csr_array(values, shape=static.design.shape))
        rhs.append(dense(static.rhs, stamp.static(static.rhs)[:, None], "row")[:, 0])
        equal.append(static.equal)
    return Rules(
        fixed_cost=sum(stamp.fixed_cost for stamp in stamps),
        cost=np.concatenate([stamp.design_cost for stamp in stamps]),
        binary=np.concatenate([stamp.template.binary for stamp in stamps]),
        matrix=sparse.csr_array(sparse.block_diag(matrices)),
        rhs=np.concatenate(rhs),
        equal=np.concatenate(equal),
    )


@dataclass(frozen=True)
class Rows:
    """Cuts as rows ``table·(y, θ) ≥ height`` of bundles, one for each."""

    bundle: Ints
    height: Floats
    table: sparse.csr_array


def rows_from(cuts: Cuts, bundles: int) -> Rows:
    """Rows for a program of so many bundles."""
    size, n = np.abs(cuts.slope), len(cuts.bundle)
    used = size > DUST * np.maximum(1.0, size.max(axis=1, initial=0.0, keepdims=True))
    cost = sparse.csr_array((np.ones(n), (np.arange(n), cuts.bundle)), shape=(n, bundles))
    slope = sparse.csr_array(np.where(used, -cuts.slope, 0.0))
    return Rows(cuts.bundle, cuts.height, sparse.csr_array(sparse.hstack([slope, cost])))


class Master:
    """The program of designs, to which cuts are added.

    Parameters
    ----------
    floor
        A lower bound of each bundle's operating cost whatever is built, (bundle,).
    """

    def __init__(self, rules: Rules, floor: Floats) -> None:
        self.rules, self.upper = rules, rules.upper
        self.size, self.bundles = len(rules.cost), len(floor)
        self._floor, self._cuts = floor, list[Rows]()
        n, n_rows = self.size, len(rules.rhs)
        lower = np.concatenate([rules.lower, floor])
        upper = np.concatenate([self.upper, np.full(self.bundles, INFINITY)])
        integer = np.concatenate([rules.binary, np.zeros(self.bundles, dtype=bool)])
        cost = np.concatenate([rules.cost, np.ones(self.bundles)])
        rows = sparse.hstack([rules.matrix, sparse.csr_array((n_rows, self.bundles))])
        row_lower = np.where(rules.equal, rules.rhs, -INFINITY)
        bounds = (lower, upper, row_lower, rules.rhs)
        whole = Arrays(sparse.csr_array(rows), cost, *bounds, integer, rules.fixed_cost)
        self._best = Solver(mip_rel_gap=EXACT)
        self._best.load(whole)
        # The nearest design: distances |y - centre| behind all columns, the level as the last row.
        away = sparse.hstack([sparse.eye_array(n), sparse.csr_array((n, self.bundles))])
        out = sparse.eye_array(n)
        blocks = [
            [rows, None],
            [away, -out],
            [-away, -out],
            [sparse.csr_array(cost[None, :]), sparse.csr_array((1, n))],
        ]
        open_ = np.full(2 * n + 1, INFINITY)
        self._nearest = Solver(mip_rel_gap=NEAR)
        self._nearest.load(
            Arrays(
                matrix=sparse.csr_array(sparse.block_array(blocks)),
                cost=np.zeros(2 * n + self.bundles),
                lower=np.concatenate([lower, np.zeros(n)]),
                upper=np.concatenate([upper, np.full(n, INFINITY)]),
                row_lower=np.concatenate([row_lower, -open_]),
                row_upper=np.concatenate([rules.rhs, open_]),
                integer=np.concatenate([integer, np.zeros(n, dtype=bool)]),
            )
        )
        self._distances = np.arange(n + self.bundles, 2 * n + self.bundles, dtype=np.int32)
        self._first_distance = n_rows

    def add(self, cuts: Rows) -> None:
        """Add cuts of some bundles."""
        self._cuts.append(cuts)
        table, n = cuts.table, len(cuts.height)
        entries = table.nnz, table.indptr[:-1], table.indices, table.data
        for solver in (self._best, self._nearest):
            solver.highs.addRows(n, cuts.height, np.full(n, INFINITY), *entries)

    def below(self, design: Floats) -> Floats:
        """What each bundle's operation costs at least under a design, by the cuts, (bundle,)."""
        result = self._floor.copy()
        for cuts in self._cuts:
            known = cuts.height - cuts.table[:, : self.size] @ design
            result[cuts.bundle] = np.maximum(result[cuts.bundle], known)
        return result

    def reprice(self, cost: Floats) -> None:
        """Count other costs of what is built; the cuts hold as they are."""
        self.rules = replace(self.rules, cost=cost)
        columns = np.arange(self.size, dtype=np.int32)
        self._best.highs.changeColsCost(self.size, columns, cost)
        level = self._first_distance + 2 * self.size
        for column, value in enumerate(cost):
            self._nearest.highs.changeCoeff(level, column, float(value))

    def solve(self) -> tuple[Floats, float]:
        """The best design by the cuts so far, and the lower bound of the total cost [EUR/a]."""
        answer = self._best.solve()
        if answer is None:
            raise SolveError("no design meets all of its rules")
        return self._design(answer.columns), answer.bound

    def relaxed(self) -> float:
        """A lower bound of the total cost, with binaries taken as fractions [EUR/a]."""
        highs = self._best.highs
        status = _relaxed(highs)
        if status == highspy.HighsModelStatus.kInfeasible:
            return INFINITY
        if status != highspy.HighsModelStatus.kOptimal:
            return self.solve()[1]
        return float(highs.getInfo().objective_function_value)

    def near(self, centre: Floats, level: float) -> Floats | None:
        """A design near a centre that by the cuts costs no more than a level; none if none does.

        Near by ``Σ_j |y_j − centre_j|/room_j``, with binaries that meet all rules.
        """
        highs, n = self._nearest.highs, self.size
        room = np.where(np.isfinite(self.upper), self.upper, 2.0 * centre + 1.0)
        highs.changeColsCost(n, self._distances, 1.0 / np.maximum(room, SMALLEST_ROOM))
        sides = np.concatenate([centre, -centre, [level - self.rules.fixed_cost]])
        for row, side in enumerate(sides, self._first_distance):
            highs.changeRowBounds(row, -INFINITY, float(side))
        status, found = self._dive(centre)
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolveError("the program of designs could not be solved")
        return self._design(found)

    def _dive(self, centre: Floats) -> tuple[highspy.HighsModelStatus, Floats]:
        """Fix one binary after another, the side nearer to the fraction first, until all are whole.

        Of few binaries the linear programs of a dive take less than one mixed-integer program of
        HiGHS, and any design below the level will do. Where a dive takes long, HiGHS is asked.
        """
        highs = self._nearest.highs
        binary = np.flatnonzero(self.rules.binary).astype(np.int32)
        free = (self.rules.lower[binary], self.upper[binary])
        whole = np.round(centre[binary])
        open_ = [free, (whole, whole)]
        for _ in range(DIVES):
            if not open_:
                return highspy.HighsModelStatus.kInfeasible, centre
            lower, upper = open_.pop()
            highs.changeColsBounds(len(binary), binary, lower, upper)
            if _relaxed(highs) != highspy.HighsModelStatus.kOptimal:
                continue
            found = np.asarray(highs.getSolution().col_value)
            away = np.abs(found[binary] - np.round(found[binary]))
            if away.max(initial=0.0) < WHOLE:
                return highspy.HighsModelStatus.kOptimal, found
            k = int(away.argmax())
            for side in sorted((0.0, 1.0), key=lambda side: -abs(side - found[binary[k]])):
                fixed = lower.copy(), upper.copy()
                fixed[0][k] = fixed[1][k] = side
                open_.append(fixed)
        highs.changeColsBounds(len(binary), binary, *free)
        highs.run()
        return highs.getModelStatus(), np.asarray(highs.getSolution().col_value)

    def _design(self, columns: Floats) -> Floats:
        design = np.maximum(columns[: self.size], 0.0)
        result: Floats = np.where(self.rules.binary, np.round(design), design)
        return result


def _relaxed(highs: highspy.Highs) -> highspy.HighsModelStatus:
    """Solve the linear relaxation, from the last basis."""
    highs.setOptionValue("solve_relaxation", True)
    highs.run()
    highs.setOptionValue("solve_relaxation", False)
    return highs.getModelStatus()
