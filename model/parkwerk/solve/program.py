"""A sparse linear program under construction, and HiGHS to solve it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from parkwerk.errors import SolveError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

INFINITY = np.inf

#: HiGHS runs outside Python's lock, so programs are solved side by side in threads.
THREADS = 2

#: A simplex basis of HiGHS, or none.
Basis = highspy.HighsBasis | None


def offsets(sizes: Sequence[int]) -> Ints:
    """Where each of some blocks begins if they stand one after another, and where the last ends."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)


def numbered(kept: Ints, n: int) -> Ints:
    """The number that each of n elements has among those that are kept, -1 if it is not."""
    result = np.full(n, -1)
    result[kept] = np.arange(len(kept))
    return result


def summing(places: Ints, n: int) -> sparse.csr_array:
    """The matrix that sums elements by n places: of any array, and much faster than ``add.at``."""
    ones = np.ones(len(places))
    return sparse.csr_array((ones, (places, np.arange(len(places)))), shape=(n, len(places)))


class Name(NamedTuple):
    """Whose constraint a row is, its name with indices, and when its period begins."""

    owner: str
    label: str
    period: str

    @property
    def family(self) -> str:
        """Owner and constraint without indices."""
        return f"{self.owner}: {self.label.partition('[')[0]}"


@dataclass
class Program:
    """``min cost·x, lower ≤ A·x ≤ upper``, put together from blocks of columns and rows."""

    n_columns: int = 0
    n_rows: int = 0
    constant: float = 0.0
    _columns: list[tuple[Floats, Floats, Floats, npt.NDArray[np.bool_]]] = field(
        default_factory=list
    )
    _rows: list[tuple[Floats, Floats]] = field(default_factory=list)
    _entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    _names: list[tuple[int, str, list[str], list[str]]] = field(default_factory=list)

    def add_columns(
        self,
        cost: Floats,
        lower: Floats | float = 0.0,
        upper: Floats | float = INFINITY,
        integer: npt.NDArray[np.bool_] | bool = False,
    ) -> int:
        """Add columns and return the position of the first."""
        n, first = len(cost), self.n_columns
        bounds = (np.broadcast_to(lower, n), np.broadcast_to(upper, n))
        self._columns.append((cost, *bounds, np.broadcast_to(integer, n)))
        self.n_columns += n
        return first

    def add_rows(
        self,
        lower: Floats,
        upper: Floats,
        owner: str,
        labels: list[str],
        periods: Sequence[str] = ("",),
    ) -> int:
        """Add rows and return the position of the first; ``labels`` repeat in each period."""
        first = self.n_rows
        self._rows.append((lower, upper))
        self._names.append((first, owner, labels, list(periods)))
        self.n_rows += len(lower)
        return first

    def add_entries(self, row: Ints, col: Ints, value: Floats) -> None:
        """Add coefficients; those at the same place are summed."""
        self._entries.append((row.ravel(), col.ravel(), value.ravel()))

    def name_of_row(self, row: int) -> Name:
        """Whose row it is, of which constraint, and in which period, for messages."""
        block = next(item for item in reversed(self._names) if item[0] <= row)
        first, owner, labels, periods = block
        period, place = divmod(row - first, len(labels))
        return Name(owner, labels[place], periods[period])

    def matrix(self) -> sparse.csr_array:
        """The coefficients A."""
        row, col, value = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        matrix = sparse.csr_array((value, (row, col)), shape=(self.n_rows, self.n_columns))
        matrix.eliminate_zeros()
        return matrix

    def arrays(self) -> Arrays:
        """All arrays of the program."""
        cost, lower, upper, integer = (
            np.concatenate(part) for part in zip(*self._columns, strict=True)
        )
        row_lower, row_upper = (np.concatenate(part) for part in zip(*self._rows, strict=True))
        bounds = (lower, upper, row_lower, row_upper)
        return Arrays(self.matrix(), cost, *bounds, integer, self.constant)


@dataclass
class Arrays:
    """A linear program as arrays: coefficients, costs, bounds, and which columns are whole."""

    matrix: sparse.csr_array
    cost: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    integer: npt.NDArray[np.bool_]
    constant: float = 0.0


@dataclass(frozen=True)
class Answer:
    """What the solver found: objective, its proven bound, columns; of an LP row duals and the
    reduced costs of columns.
    """

    objective: float
    bound: float
    columns: Floats
    duals: Floats
    reduced: Floats


class Solver:
    """One HiGHS instance, for one program after another."""

    def __init__(self, **options: Any) -> None:
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self._whole = False
        for name, value in options.items():
            self.highs.setOptionValue(name, value)

    def load(self, arrays: Arrays, basis: Basis = None) -> None:
        """Hand the arrays to HiGHS, with a basis of a program of the same shape to start from."""
        matrix = arrays.matrix
        self._whole = bool(arrays.integer.any())
        self.highs.passModel(
            len(arrays.cost),
            len(arrays.row_lower),
            matrix.nnz,
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            arrays.constant,
            arrays.cost,
            arrays.lower,
            arrays.upper,
            arrays.row_lower,
            arrays.row_upper,
            matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data,
            arrays.integer.astype(np.int32),
        )
        if basis is not None:
            self.highs.setBasis(basis)

    def start_from(self, columns: Ints, values: Floats) -> None:
        """Give a mixed-integer program a first solution, as far as it is known."""
        self.highs.setSolution(len(columns), columns.astype(np.int32), values)

    def solve(self) -> Answer | None:
        """Solve what is loaded; ``None`` if it has no solution."""
        self.highs.run()
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kUnknown:
            # A start basis can lead the simplex astray; without it HiGHS scales and presolves anew.
            self.highs.clearSolver()
            self.highs.run()
            status = self.highs.getModelStatus()
        info, solution = self.highs.getInfo(), self.highs.getSolution()
        limits = (highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kInterrupt)
        found = status == highspy.HighsModelStatus.kOptimal or (
            status in limits and info.primal_solution_status == highspy.kSolutionStatusFeasible
        )
        if not found:
            return None
        return Answer(
            objective=info.objective_function_value,
            bound=info.mip_dual_bound if self._whole else info.objective_function_value,
            columns=np.array(solution.col_value),
            duals=np.array(solution.row_dual),
            reduced=np.array(solution.col_dual),
        )

    def status(self) -> str:
        """What HiGHS says of the last run."""
        return str(self.highs.modelStatusToString(self.highs.getModelStatus()))

    def basis(self) -> Basis:
        """The basis of the last run."""
        return self.highs.getBasis()


#: HiGHS: find an irreducible infeasible set from the elastic program.
IRREDUCIBLE = 6
#: Seconds for the search of an explanation, and how many constraints a message names.
PATIENCE, SHOWN = 20.0, 12


def explain(arrays: Arrays, name_of_row: Callable[[int], Name]) -> SolveError:
    """Say which constraints of a program without a solution conflict.

    They are an irreducible infeasible set of its linear relaxation: leave out any one, and the
    others can hold.
    """
    solver = Solver(presolve="off", iis_strategy=IRREDUCIBLE, time_limit=PATIENCE)
    solver.load(replace(arrays, integer=np.zeros_like(arrays.integer)))
    solver.highs.run()
    _, conflict = solver.highs.getIis()
    names = [name_of_row(int(row)) for row in conflict.row_index_]
    if not names:
        return SolveError(f"no solution was found, and no conflict was seen ({solver.status()})")
    constraints = sorted({name.family for name in names})
    periods = sorted({name.period for name in names if name.period})
    more = f" and {len(constraints) - SHOWN} more" if len(constraints) > SHOWN else ""
    when = f" in the period from {periods[0]}" if periods else ""
    listed = "; ".join(constraints[:SHOWN])
    return SolveError(f"these constraints cannot hold together{when}: {listed}{more}")
