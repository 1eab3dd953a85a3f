"""The program of designs: all that is built, and the year's operating cost from below.

    min  d₀ + d·y + Σ_b θ_b    s.t.  S·y ⋚ s,  θ_b ≥ value_b + slope_b·(y − ȳ) for every cut

Each cut is valid for every design (see ``value.py``), so the optimum is a lower bound of the least
total cost, with all binaries, at every time.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from parkwerk.errors import SolveError
from parkwerk.solve.program import INFINITY, Arrays, Floats, Solver
from parkwerk.solve.stamp import Stamp, dense
from parkwerk.solve.value import Cuts

#: Slopes below this share of the largest are rounding.
DUST = 1e-11
#: A size moves at least by this part of its room, or what is small would stay small.
PART_OF_ROOM = 0.1
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
        return upper


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


class Master:
    """The program of designs, to which cuts are added.

    Parameters
    ----------
    floor
        A lower bound of each bundle's operating cost whatever is built, (bundle,).
    """

    def __init__(self, rules: Rules, floor: Floats) -> None:
        self.rules, self.upper = rules, rules.upper
        self._columns = np.arange(len(rules.cost), dtype=np.int32)
        self.size, self.bundles = len(rules.cost), len(floor)
        of_bundles = sparse.csr_array((len(rules.rhs), self.bundles))
        solver = Solver(mip_rel_gap=1e-6)
        solver.load(
            Arrays(
                matrix=sparse.csr_array(sparse.hstack([rules.matrix, of_bundles])),
                cost=np.concatenate([rules.cost, np.ones(self.bundles)]),
                lower=np.concatenate([np.zeros(self.size), floor]),
                upper=np.concatenate([self.upper, np.full(self.bundles, INFINITY)]),
                row_lower=np.where(rules.equal, rules.rhs, -INFINITY),
                row_upper=rules.rhs,
                integer=np.concatenate([rules.binary, np.zeros(self.bundles, dtype=bool)]),
                constant=rules.fixed_cost,
            )
        )
        self.highs = solver.highs

    def add(self, cuts: Cuts) -> None:
        """Add a cut for each bundle."""
        height = cuts.height
        for b in range(self.bundles):
            slope = cuts.slope[b]
            used = np.flatnonzero(np.abs(slope) > DUST * max(1.0, np.abs(slope).max(initial=0.0)))
            at = np.append(used, self.size + b).astype(np.int32)
            row = np.append(-slope[used], 1.0)
            self.highs.addRow(height[b], INFINITY, len(at), at, row)

    def near(self, centre: Floats, radius: float) -> tuple[Floats, float]:
        """The best design by the cuts so far near another, with its binaries, and its cost there.

        No size moves further than ``radius`` of itself, or of a part of its room.
        """
        binary = self.rules.binary
        room = np.where(np.isfinite(self.upper), self.upper, 10.0 * centre + 1.0)
        step = np.where(binary, 0.0, radius * np.maximum(centre, PART_OF_ROOM * room))
        lower, upper = np.maximum(centre - step, 0.0), np.minimum(centre + step, self.upper)
        self.highs.changeColsBounds(self.size, self._columns, lower, np.maximum(lower, upper))
        found = self.solve()
        nothing = np.zeros(self.size)
        self.highs.changeColsBounds(self.size, self._columns, nothing, self.upper)
        return found

    def solve(self) -> tuple[Floats, float]:
        """The best design by the cuts so far, and the lower bound of the total cost [EUR/a]."""
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise SolveError("no design meets all of its rules")
        design = np.maximum(np.asarray(self.highs.getSolution().col_value[: self.size]), 0.0)
        design = np.where(self.rules.binary, np.round(design), design)
        bound = self.highs.getInfo().mip_dual_bound if self.rules.binary.any() else None
        lower = self.highs.getInfo().objective_function_value if bound is None else bound
        return design, float(lower)
