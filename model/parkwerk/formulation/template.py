"""From Pyomo to numbers: compile one actor in one period to sparse, affine arrays.

Every coefficient, right-hand side and cost of a template is affine in the actor's parameters θ:

    min  c(θ)·x + d(θ)·y + d₀(θ)
    s.t. A(θ)·x + T(θ)·y  ⋚ r(θ)      operation x of the period, design y
         S(θ)·y           ⋚ s(θ)      design alone

so that all sites and periods are stamped by one sparse product, ``values = base + slope·θ``.
Anything that is not affine is refused by the name of its constraint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyomo.environ as pyo
from pyomo.core.expr.visitor import ExpressionReplacementVisitor, identify_variables
from pyomo.repn import generate_standard_repn
from scipy import sparse

from parkwerk.errors import FormulationError
from parkwerk.formulation.actor import Model

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Block:
    """A parameter or variable of the model: where its elements stand among all of them.

    Elements are ordered as ``dims`` say, the last one fastest; ``time`` is always last.
    """

    name: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    start: int

    @property
    def slice(self) -> slice:
        """Positions of the elements."""
        return slice(self.start, self.start + int(np.prod(self.shape, dtype=int)))


def find(blocks: Iterable[Block], name: str) -> Block | None:
    """The block of this name, if there is one."""
    return next((block for block in blocks if block.name == name), None)


@dataclass(frozen=True)
class Affine:
    """Numbers that are affine in the parameters: ``base + slope·θ``, at (row, col) of a matrix."""

    shape: tuple[int, int]
    row: Ints
    col: Ints
    base: Floats
    slope: sparse.csr_array

    def values(self, theta: Floats) -> Floats:
        """Evaluate for parameters ``theta`` (parameters, periods): shape (elements, periods)."""
        constant = self.base[:, None]
        if not self.slope.nnz:
            return np.broadcast_to(constant, (len(self.base), theta.shape[1]))
        result: Floats = self.slope @ theta + constant
        return result


@dataclass(frozen=True)
class Rows:
    """Constraints ``design·y + operation·x ⋚ rhs``; ``equal`` tells = from ≤."""

    labels: list[str]
    equal: npt.NDArray[np.bool_]
    design: Affine
    operation: Affine
    rhs: Affine

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Template:
    """One shape of actor over one period, as arrays.

    Attributes
    ----------
    parameters, design, operation
        Blocks of θ, of the design columns y and of the operation columns x.
    binary, free
        Masks: design columns that are 0 or 1, operation columns that may be negative.
    static, rows
        Constraints on design alone, and on operation (with its coupling to design).
    delivery
        What the actor gives to its exchanges: rows are (exchange, step), columns x.
    kinds, design_cost, operation_cost, fixed_cost
        Costs by kind: rows are kinds, columns y, x, and one constant.
    exclusive
        Pairs of operation columns that are not both positive.
    measured
        Design columns that a meter reads off the operation (the yearly peak).
    """

    parameters: list[Block]
    design: list[Block]
    operation: list[Block]
    binary: npt.NDArray[np.bool_]
    free: npt.NDArray[np.bool_]
    static: Rows
    rows: Rows
    delivery: Affine
    kinds: list[str]
    design_cost: Affine
    operation_cost: Affine
    fixed_cost: Affine
    exclusive: Ints
    measured: Ints

    @property
    def n_parameters(self) -> int:
        """Length of θ."""
        return _total(self.parameters)

    @property
    def n_design(self) -> int:
        """Number of design columns."""
        return len(self.binary)

    @property
    def n_operation(self) -> int:
        """Number of operation columns in a period."""
        return len(self.free)


class _Terms:
    """Collects affine entries while expressions are read."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.place: dict[tuple[int, int], int] = {}
        self.base: list[float] = []
        self.slopes: list[tuple[int, int, float]] = []

    def add(self, row: int, col: int, value: float, parameter: int | None = None) -> None:
        element = self.place.setdefault((row, col), len(self.base))
        if element == len(self.base):
            self.base.append(0.0)
        if parameter is None:
            self.base[element] += value
        else:
            self.slopes.append((element, parameter, value))

    def affine(self, rows: int, parameters: int) -> Affine:
        places = np.array(list(self.place), dtype=np.intp).reshape(-1, 2)
        slopes = np.array(self.slopes, dtype=float).reshape(-1, 3)
        where = (slopes[:, 0].astype(int), slopes[:, 1].astype(int))
        slope = sparse.csr_array((slopes[:, 2], where), shape=(len(self.base), parameters))
        base = np.array(self.base, dtype=float)
        return Affine((rows, self.columns), places[:, 0], places[:, 1], base, slope)


class _Reader:
    """Reads Pyomo expressions as affine numbers of the template.

    Parameters are replaced by variables first, so that a parameter times a variable reads as a
    quadratic term, and a product of two parameters is seen and refused.
    """

    def __init__(self, model: Model) -> None:
        components = list(model.component_objects(pyo.Param, descend_into=True))
        parameters = [p for p in components if p.mutable]
        variables = list(model.component_objects(pyo.Var, descend_into=True))
        self.parameters = _blocks(model, parameters)
        self.design = _blocks(model, [v for v in variables if not _over_time(v)])
        self.operation = _blocks(model, [v for v in variables if _over_time(v)])
        self.design_data = list(_elements(model, self.design))
        self.operation_data = list(_elements(model, self.operation))
        self.n_parameters = _total(self.parameters)

        stand_in = pyo.ConcreteModel()
        stand_in.theta = pyo.Var(range(self.n_parameters))
        substitute = {}
        self.position: dict[int, tuple[str, int]] = {}
        for i, parameter in enumerate(_elements(model, self.parameters)):
            substitute[id(parameter)] = stand_in.theta[i]
            self.position[id(stand_in.theta[i])] = ("parameter", i)
        for i, variable in enumerate(self.design_data):
            self.position[id(variable)] = ("design", i)
        for i, variable in enumerate(self.operation_data):
            self.position[id(variable)] = ("operation", i)
        self._keep = stand_in  # its variables are known by id
        self._replace = ExpressionReplacementVisitor(
            substitute=substitute, remove_named_expressions=True
        )

    def terms(self, name: str, expression: Any) -> Iterator[tuple[str, int, float, int | None]]:
        """Yield (kind, column, value, parameter) of an expression; kind "constant" has column 0."""
        repn = generate_standard_repn(self._replace.walk_expression(expression), quadratic=True)
        if repn.nonlinear_expr is not None:
            raise FormulationError(f"`{name}` is not affine in variables and parameters")
        if repn.constant:
            yield "constant", 0, float(repn.constant), None
        for coefficient, variable in zip(repn.linear_coefs, repn.linear_vars, strict=True):
            kind, column = self.position[id(variable)]
            if kind == "parameter":
                yield "constant", 0, float(coefficient), column
            else:
                yield kind, column, float(coefficient), None
        for coefficient, pair in zip(repn.quadratic_coefs, repn.quadratic_vars, strict=True):
            (kind_a, a), (kind_b, b) = (self.position[id(v)] for v in pair)
            if (kind_a == "parameter") == (kind_b == "parameter"):
                what = "parameters" if kind_a == "parameter" else "variables"
                raise FormulationError(
                    f"`{name}` multiplies two {what}; prepare the product as data"
                )
            if kind_a == "parameter":
                yield kind_b, b, float(coefficient), a
            else:
                yield kind_a, a, float(coefficient), b


def compile_template(model: Model) -> Template:
    """Compile an actor's Pyomo model (one period) to a :class:`Template`.

    Raises
    ------
    FormulationError
        If a constraint or cost is not affine in the parameters, is a range, or a variable has
        bounds other than 0 (limits are constraints, so that they can be scaled by a choice).
    """
    reader = _Reader(model)
    static, rows = _read_constraints(model, reader)
    kinds = list(model.costs)
    cost = _read_table(reader, [(kind, sum(model.costs[kind])) for kind in kinds])
    delivery = _read_table(reader, [(e.name, e.expr) for e in model.delivery.values()])
    if delivery["constant"].row.size or delivery["design"].row.size:
        raise FormulationError("`delivery` may hold operation variables only")
    _check_bounds(reader)
    for affine in (static.design, static.rhs, cost["design"], cost["constant"]):
        _check_static(reader, affine)
    column = {id(v): i for i, v in enumerate(reader.operation_data)}
    pairs = [
        [column[id(v)] for v in pair.variables]
        for pair in model.component_data_objects(pyo.SOSConstraint)
    ]
    measured = {id(v) for v in model.measured}
    return Template(
        parameters=reader.parameters,
        design=reader.design,
        operation=reader.operation,
        binary=np.array([v.is_binary() for v in reader.design_data], dtype=bool),
        free=np.array([v.lb is None for v in reader.operation_data], dtype=bool),
        static=static,
        rows=rows,
        delivery=delivery["operation"],
        kinds=kinds,
        design_cost=cost["design"],
        operation_cost=cost["operation"],
        fixed_cost=cost["constant"],
        exclusive=np.array(pairs, dtype=np.intp).reshape(-1, 2),
        measured=np.array(
            [i for i, v in enumerate(reader.design_data) if id(v) in measured], dtype=np.intp
        ),
    )


def _read_constraints(model: Model, reader: _Reader) -> tuple[Rows, Rows]:
    static: list[tuple[str, bool, Any]] = []
    rows: list[tuple[str, bool, Any]] = []
    operation = {id(v) for v in reader.operation_data}
    for constraint in model.component_data_objects(pyo.Constraint):
        lower, body, upper = constraint.to_bounded_expression()
        equal = constraint.equality
        if not equal and lower is not None and upper is not None:
            raise FormulationError(f"`{constraint.name}` is a range; write two constraints")
        excess = lower - body if upper is None else body - upper
        variables = identify_variables(excess, include_fixed=True)
        target = rows if any(id(v) in operation for v in variables) else static
        target.append((constraint.name, equal, excess))
    return _rows(reader, static), _rows(reader, rows)


def _rows(reader: _Reader, constraints: list[tuple[str, bool, Any]]) -> Rows:
    table = _read_table(reader, [(name, excess) for name, _, excess in constraints])
    constant = table["constant"]
    rhs = Affine(constant.shape, constant.row, constant.col, -constant.base, -constant.slope)
    return Rows(
        labels=[name for name, _, _ in constraints],
        equal=np.array([equal for _, equal, _ in constraints], dtype=bool),
        design=table["design"],
        operation=table["operation"],
        rhs=rhs,
    )


def _read_table(reader: _Reader, expressions: list[tuple[str, Any]]) -> dict[str, Affine]:
    """Read expressions as the rows of three matrices: design, operation and one constant column."""
    sizes = {
        "design": len(reader.design_data),
        "operation": len(reader.operation_data),
        "constant": 1,
    }
    collected = {kind: _Terms(columns) for kind, columns in sizes.items()}
    for row, (name, expression) in enumerate(expressions):
        for kind, column, value, parameter in reader.terms(name, expression):
            collected[kind].add(row, column, value, parameter)
    n = len(expressions)
    return {kind: terms.affine(n, reader.n_parameters) for kind, terms in collected.items()}


def _check_bounds(reader: _Reader) -> None:
    for variable in reader.operation_data:
        if variable.ub is not None or variable.lb not in (None, 0):
            raise FormulationError(f"`{variable.name}` has bounds; write them as constraints")
    for variable in reader.design_data:
        if not variable.is_binary() and (variable.ub is not None or variable.lb != 0):
            raise FormulationError(f"`{variable.name}` must be binary or not negative")


def _check_static(reader: _Reader, affine: Affine) -> None:
    """What holds for all periods may not depend on a time series."""
    for block in reader.parameters:
        if "time" in block.dims and affine.slope[:, block.slice].nnz:
            raise FormulationError(
                f"`{block.name}` varies in time, but stands in a design equation"
            )


def _set_names(component: Any) -> tuple[str, ...]:
    if not component.is_indexed():
        return ()
    return tuple(s.local_name for s in component.index_set().subsets())


def _over_time(component: Any) -> bool:
    return "time" in _set_names(component)


def _blocks(model: Model, components: list[Any]) -> list[Block]:
    blocks, start = [], 0
    for component in components:
        dims = _set_names(component)
        if "time" in dims[:-1]:
            raise FormulationError(f"`{component.name}` must have `time` as its last index")
        shape = tuple(len(getattr(model, dim)) for dim in dims)
        blocks.append(Block(component.local_name, dims, shape, start))
        start += int(np.prod(shape, dtype=int))
    return blocks


def _elements(model: Model, blocks: list[Block]) -> Iterator[Any]:
    for block in blocks:
        component = getattr(model, block.name)
        for index in np.ndindex(*block.shape):
            yield component[index if len(index) != 1 else index[0]] if index else component


def _total(blocks: list[Block]) -> int:
    return sum(int(np.prod(block.shape, dtype=int)) for block in blocks)
