"""The two programs behind the core: the least excess (LP) and the nearest division (QP).

Both live in the plane ``x(N) = total`` of the divisions. A row is a coalition S as 0/1 members, and
``x(S) = Σ_{i∈S} x_i`` is what it receives.
"""

from __future__ import annotations

from typing import NamedTuple

import highspy
import numpy as np
from scipy import sparse
from scipy.optimize import nnls

from parkwerk.division.game import Floats
from parkwerk.errors import SolveError

#: Rounding that a division is allowed, as a share of the largest number.
ROUNDING = 1e-9
#: Least tolerance that HiGHS accepts; numbers are scaled to at most 1 before. It must be below
#: ``ROUNDING``, so that an ε found by one program is not too small for the other.
FEASIBILITY = 1e-10
#: Below this share of the largest violation, distances are not told from rounding.
NOWHERE = 1e-10


class Rows(NamedTuple):
    """``x(S) ≥ lower`` for some coalitions S; members have shape (m, n)."""

    members: Floats
    lower: Floats


class LeastExcess(NamedTuple):
    """The least largest excess, a division that attains it, and the coalitions' dual values.

    The dual values are not negative and sum to 1. A coalition with a positive one has this excess
    in *every* best division.
    """

    amount: float
    division: Floats
    duals: Floats


def no_rows(n: int) -> Rows:
    """Nothing is asked of a division but what else is said."""
    return Rows(np.zeros((0, n)), np.zeros(0))


def scale_of(*numbers: Floats | float) -> float:
    """The largest finite absolute value, or 1 if all are zero; tolerances are relative to it."""
    sizes = np.abs(np.concatenate([np.atleast_1d(part) for part in numbers]))
    return float(sizes[np.isfinite(sizes)].max(initial=0.0)) or 1.0


def least_excess(total: float, members: Floats, worth: Floats, rows: Rows) -> LeastExcess:
    """``min ε, x(S) + ε ≥ worth[S], x(N) = total, x(R) ≥ lower[R]`` for the other rows R.

    Raises:
        SolveError: no division fits the other rows, or no coalition limits the excess.
    """
    n = members.shape[1]
    size = scale_of(total, worth, rows.lower)
    soft = np.column_stack([members, np.ones(len(members))])
    hard = np.column_stack([rows.members, np.zeros(len(rows.members))])
    matrix = sparse.csr_array(np.vstack([soft, hard, np.append(np.ones(n), 0.0)]))
    lower = np.concatenate([worth, rows.lower, [total]]) / size
    upper = np.append(np.full(len(lower) - 1, np.inf), total / size)
    columns, duals = _minimise(np.append(np.zeros(n), 1.0), matrix, lower, upper)
    return LeastExcess(float(columns[-1]) * size, columns[:-1] * size, duals[: len(worth)])


def _minimise(
    cost: Floats, matrix: sparse.csr_array, lower: Floats, upper: Floats
) -> tuple[Floats, Floats]:
    """``min cost·x, lower ≤ A·x ≤ upper`` with free x: its columns and the rows' dual values."""
    highs, n = highspy.Highs(), len(cost)
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("primal_feasibility_tolerance", FEASIBILITY)
    highs.setOptionValue("dual_feasibility_tolerance", FEASIBILITY)
    highs.passModel(
        n,
        len(lower),
        matrix.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        cost,
        np.full(n, -np.inf),
        np.full(n, np.inf),
        lower,
        upper,
        matrix.indptr[:-1].astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        np.zeros(n, dtype=np.int32),
    )
    highs.run()
    status = highs.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise SolveError(f"division: no least excess ({highs.modelStatusToString(status)})")
    solution = highs.getSolution()
    return np.array(solution.col_value), np.array(solution.row_dual)


def nearest(target: Floats, total: float, members: Floats, lower: Floats) -> Floats | None:
    """``min ‖x − target‖², x(S) ≥ lower[S], x(N) = total``; ``None`` if no division fits.

    With c the target moved into the plane and G the members less their mean (so that a step y in
    the plane changes x(S) by G·y), the step is of least distance: ``min ‖y‖, G·y ≥ h = lower −
    c(S)``. By Lawson and Hanson (1974, Solving Least Squares Problems, chapter 23) it follows from
    the non-negative least squares ``min ‖[Gᵀ; hᵀ]·u − (0, …, 0, 1)‖, u ≥ 0``: with the residual r,
    ``y = −r[:n]/r[n]``, and r = 0 if nothing fits. Its active set method is finite and exact; the
    QP solver of HiGHS gives up on many least cores, because they are thin slabs, and leaves errors
    in the eighth digit of others.
    """
    n = len(target)
    centre: Floats = target + (total - target.sum()) / n
    short = lower - members @ centre
    worst = float(short.max(initial=0.0))
    if worst <= np.finfo(float).eps * scale_of(target, total, lower):
        return centre
    system = np.vstack([(members - members.mean(axis=1, keepdims=True)).T, short / worst])
    aim = np.append(np.zeros(n), 1.0)
    residual = system @ nnls(system, aim)[0] - aim
    if -residual[n] <= NOWHERE:
        return None
    point: Floats = centre - worst * residual[:n] / residual[n]
    return point
