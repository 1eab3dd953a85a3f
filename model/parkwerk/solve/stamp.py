"""Stamping: from a scenario and a template to the numbers of one actor in many periods."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy import sparse

from parkwerk.errors import FormulationError
from parkwerk.formulation.park import Actor, template
from parkwerk.formulation.template import Affine, Block, Template
from parkwerk.solve.periods import Periods

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Stamp:
    """One actor under one tariff over periods of equal length.

    ``theta`` holds the parameters, shape (parameters, periods).
    """

    actor: Actor
    tariff: str | None
    template: Template
    periods: Periods
    theta: Floats

    def values(self, affine: Affine) -> Floats:
        """Numbers of the template in every period, shape (elements, periods)."""
        return affine.values(self.theta)

    def static(self, affine: Affine) -> Floats:
        """Numbers that hold for all periods: they may not depend on a time series."""
        return affine.values(self.theta[:, :1])[:, 0]

    def sides(self, design: Floats) -> Floats:
        """What a design leaves to the operation: ``r(θ) − T(θ)·y``, (rows, periods)."""
        rows = self.template.rows
        held = self.values(rows.design) * design[rows.design.col][:, None]
        return dense(rows.rhs, self.values(rows.rhs), "row") - dense(rows.design, held, "row")

    @cached_property
    def fixed_cost(self) -> float:
        """What the actor pays for the tariff whatever it does [EUR/a]."""
        return float(self.static(self.template.fixed_cost).sum())

    @cached_property
    def design_cost(self) -> Floats:
        """Cost of each design column [EUR/a per unit], all kinds together."""
        table = self.template.design_cost
        return dense(table, self.static(table)[:, None], "col")[:, 0]

    @cached_property
    def operation_cost(self) -> Floats:
        """Cost of each operation column [EUR/kW], shape (columns, periods)."""
        return dense(self.template.operation_cost, self.values(self.template.operation_cost), "col")


def dense(affine: Affine, values: Floats, by: str) -> Floats:
    """Sum elements by ``row`` or ``col`` to an array (rows or columns, periods)."""
    index, n = getattr(affine, by), len(values)
    shape = (affine.shape[0 if by == "row" else 1], n)
    result: Floats = sparse.csr_array((np.ones(n), (index, np.arange(n))), shape=shape) @ values
    return result


#: Position of each label, by dimension.
Positions = dict[str, dict[str, int]]


def positions(dataset: xr.Dataset) -> Positions:
    """Where each label stands along its dimension, for all dimensions but time."""
    return {
        str(dim): {str(label): i for i, label in enumerate(dataset.variables[dim].values)}
        for dim in dataset.dims
        if dim != "time" and dim in dataset.coords
    }


class Binder:
    """Finds the numbers of a template's parameters in a scenario."""

    def __init__(self, scenario: xr.Dataset) -> None:
        given = {str(name): scenario.variables[name] for name in scenario.data_vars}
        self._dims = {name: array.dims for name, array in given.items()}
        self._values = {name: array.values for name, array in given.items()}
        self._place = positions(scenario)

    def replaced(self, derived: Mapping[str, xr.Variable]) -> Binder:
        """The same binder with other values for some of its quantities."""
        other = copy(self)
        other._values = self._values | {name: array.values for name, array in derived.items()}
        return other

    def stamp(self, actor: Actor, tariff: str | None, periods: Periods) -> Stamp:
        """Bind an actor's template to its data under one entry of its menu."""
        shape = replace(actor.shape, period_steps=periods.steps)
        compiled = template(shape)
        theta = np.empty((compiled.n_parameters, len(periods)))
        for block in compiled.parameters:
            theta[block.slice] = self._parameter(block, actor, tariff, periods)
        return Stamp(actor, tariff, compiled, periods, theta)

    def _parameter(
        self, block: Block, actor: Actor, tariff: str | None, periods: Periods
    ) -> Floats:
        """Numbers of one parameter: shape (elements, periods), or (elements, 1) without time."""
        if block.name not in self._values:
            raise FormulationError(f"the scenario has no variable for the parameter `{block.name}`")
        array, dims = self._values[block.name], list(self._dims[block.name])
        for dim in list(dims):
            if dim == "time":
                continue
            labels = tariff if dim == "tariff" else actor.labels.get(str(dim))
            if labels is None:
                raise FormulationError(f"`{actor.name}` has no {dim}, which `{block.name}` needs")
            places = self._place[str(dim)]
            axis = dims.index(dim)
            if isinstance(labels, str):
                array = array.take(places[labels], axis=axis)
                dims.remove(dim)
            else:
                array = array.take([places[label] for label in labels], axis=axis)
        if sorted(map(str, dims)) != sorted(block.dims):
            raise FormulationError(
                f"`{block.name}` has {dims} left, the template wants {block.dims}"
            )
        array = array.transpose([dims.index(dim) for dim in block.dims]).astype(float)
        if "time" not in block.dims:
            return array.reshape(-1, 1)
        series = array[..., periods.positions]  # (..., period, step)
        return np.moveaxis(series, -2, -1).reshape(-1, len(periods))
