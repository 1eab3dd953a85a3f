"""Rows of a single flow as bounds, and rows of one flow that stand for each other."""

from __future__ import annotations

import highspy
import numpy as np
import pytest
from scipy import sparse

from parkwerk.solve.limits import Limits
from parkwerk.solve.program import INFINITY, Arrays, Solver
from parkwerk.solve.twins import Twins

N_FLOWS, N_SUMS, N_LIMITS = 6, 3, 14


def program(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients, right-hand sides and costs of sums of flows and of limits from both sides.

    The first flows have several limits, all with room for a common point.
    """
    rng = np.random.default_rng(seed)
    inside = rng.uniform(0, 10, N_FLOWS)
    sums = rng.uniform(-1, 1, (N_SUMS, N_FLOWS))
    limits = np.zeros((N_LIMITS, N_FLOWS))
    limits[np.arange(N_LIMITS), rng.integers(0, N_FLOWS, N_LIMITS)] = rng.choice(
        [-2.0, -1.0, 0.5, 1.0, 3.0], N_LIMITS
    )
    box = np.vstack([np.eye(N_FLOWS), -np.eye(N_FLOWS)])
    matrix = np.vstack([sums, limits, box])
    rhs = matrix @ inside + rng.uniform(0, 5, len(matrix))
    return matrix, rhs, rng.normal(size=N_FLOWS)


def solved(
    matrix: np.ndarray, rhs: np.ndarray, cost: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Objective, row duals and reduced costs."""
    solver = Solver()
    n = len(cost)
    arrays = Arrays(
        matrix=sparse.csr_array(matrix),
        cost=cost,
        lower=low,
        upper=high,
        row_lower=np.full(len(rhs), -INFINITY),
        row_upper=rhs,
        integer=np.zeros(n, dtype=bool),
    )
    solver.load(arrays)
    answer = solver.solve()
    assert answer is not None
    assert solver.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return answer.objective, answer.duals, answer.reduced


@pytest.mark.parametrize("seed", range(8))
def test_limits_as_bounds_are_the_same_program(seed: int) -> None:
    """Proves: with rows of one flow as bounds the optimum is that of all rows, and what a unit of
    each right-hand side is worth explains the costs: ``c = Aᵀπ`` and ``objective = π·r``.
    If broken: a limit from below taken for one from above, two limits of a flow counted twice, or
    a dual not divided by its coefficient.
    """
    matrix, rhs, cost = program(seed)
    free = np.full(N_FLOWS, -INFINITY), np.full(N_FLOWS, INFINITY)
    whole, _, _ = solved(matrix, rhs, cost, *free)
    row, col = np.nonzero(matrix)
    none = np.zeros(len(rhs), dtype=bool)
    limits = Limits.of(row, col, matrix[row, col][:, None], none).at(0)
    assert sorted(limits.rows) == list(range(N_SUMS, len(rhs)))
    sides = rhs[limits.rows]
    low, high = limits.bounds(sides, *free)
    sums = slice(0, N_SUMS)
    objective, duals, reduced = solved(matrix[sums], rhs[sums], cost, low, high)
    assert objective == pytest.approx(whole)
    worth = np.zeros(len(rhs))
    worth[sums], worth[limits.rows] = duals, limits.duals(sides, low, high, reduced)
    assert (worth <= 1e-9).all(), "more room never costs more"
    assert worth @ matrix == pytest.approx(cost, abs=1e-7)
    assert worth @ rhs == pytest.approx(objective)
    assert (worth[N_SUMS:] < -1e-6).any(), "no limit binds, so nothing is shown"


def test_rows_of_several_flows_or_without_a_coefficient_stay_rows() -> None:
    """Proves: of four rows only the one with a single flow in both periods is a bound.
    If broken: a sum would be read as a bound, a zero divided by, or an equation lost.
    """
    row, col = np.array([0, 0, 1, 2, 3]), np.array([0, 1, 0, 1, 1])
    value = np.array([[1.0, 1.0], [1.0, 1.0], [2.0, 0.0], [1.0, 1.0], [4.0, 2.0]])
    equal = np.array([False, False, True, False])
    assert Limits.of(row, col, value, equal).rows.tolist() == [3]
    zero = np.zeros(4, dtype=bool)
    assert 1 not in Limits.of(row, col, value, zero).rows


def test_bounds_that_cross_by_rounding_are_one() -> None:
    """Proves: a limit of -1e-9 under a flow of at least 0 leaves 0; one of -1 leaves nothing, so
    that the program has no solution. If broken: rounding makes a year infeasible.
    """
    limits = Limits.of(np.array([0]), np.array([0]), np.array([[1.0]]), np.zeros(1, dtype=bool))
    low, high = limits.at(0).bounds(np.array([-1e-9]), np.zeros(1), np.full(1, INFINITY))
    assert (low, high) == (0.0, 0.0)
    low, high = limits.at(0).bounds(np.array([-1.0]), np.zeros(1), np.full(1, INFINITY))
    assert high < low


def peaks() -> Twins:
    """Two flows, each below a yearly peak (column 0) and below that of its month (1, 2)."""
    inside = (np.arange(4), np.array([0, 1, 0, 1]), np.ones((4, 1)))
    held = (np.arange(4), np.array([0, 0, 1, 2]), -np.ones((4, 1)))
    return Twins.of(inside, held, np.zeros((4, 1)), np.ones(3, dtype=bool))


def test_what_a_yearly_peak_is_worth_stands_for_those_of_the_months() -> None:
    """Proves: duals of -3 and -4 under a yearly charge are a slope of 7 a kW less of the yearly
    peak, or of 3 and 4 of the two months; and back. If broken: what one tariff has shown of peaks
    says nothing, or too much, of another.
    """
    twins = peaks()
    yearly, monthly = (twins.chosen(np.array(p)) for p in ([9.0, 0, 0], [0, 1.0, 1.0]))
    duals = np.array([[-3.0], [-4.0], [0.0], [0.0]])
    same, as_year, as_months = twins.slopes(duals, [yearly, monthly], 3, np.arange(1))
    assert same[:, 0].tolist() == as_year[:, 0].tolist() == [-7.0, 0.0, 0.0]
    assert as_months[:, 0].tolist() == [0.0, -3.0, -4.0]
    months = np.array([[0.0], [0.0], [-3.0], [-4.0]])
    back = twins.slopes(months, [yearly], 3, np.arange(1))[1]
    assert back[:, 0].tolist() == [-7.0, 0.0, 0.0]


def test_rows_with_other_sides_are_no_twins() -> None:
    """Proves: rows whose right-hand sides differ do not stand for each other.
    If broken: the constant of a cut would be that of another row, above the true cost.
    """
    inside = (np.arange(2), np.array([0, 0]), np.ones((2, 1)))
    held = (np.arange(2), np.array([0, 1]), -np.ones((2, 1)))
    twins = Twins.of(inside, held, np.array([[0.0], [5.0]]), np.ones(2, dtype=bool))
    assert len(set(twins.flow)) == 2
