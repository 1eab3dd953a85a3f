"""The park once more: solved in plain Pyomo, and the optimum by the model's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
import xarray as xr

from parkwerk.formulation.park import Actor
from parkwerk.solve.assemble import Joint, Park, assemble
from parkwerk.solve.dispatch import Choice, Dispatch, dispatch
from parkwerk.solve.periods import cut
from parkwerk.solve.program import Solver, explain


def solve_plain(model: Any) -> float:
    """The optimum by Pyomo's own interface to HiGHS."""
    solver = pyo.SolverFactory("appsi_highs")
    solver.config.mip_gap = 0.0
    solver.solve(model)
    return float(pyo.value(model.cost))


def relaxed_plain(model: Any) -> float:
    """The optimum of the linear relaxation."""
    pyo.TransformationFactory("core.relax_integer_vars").apply_to(model)
    return solve_plain(model)


# --- the model's optimum by name -------------------------------------------------------------
@dataclass(frozen=True)
class Optimum:
    """The best design and operation over all periods of a small scenario."""

    park: Park
    joint: Joint
    cost: float
    columns: np.ndarray

    def _chosen(self, name: str) -> tuple[int, Any]:
        i = [actor.name for actor in self.park.actors].index(name)
        copies = self.joint.copies[i]
        return i, max(copies, key=lambda c: 1.0 if c.choice is None else self.columns[c.choice])

    def tariff(self, actor: str) -> str | None:
        """The entry of the menu that is paid."""
        tariff: str | None = self._chosen(actor)[1].tariff
        return tariff

    def get(self, actor: str, name: str) -> Any:
        """A design value, or an operation over the whole horizon, (..., time)."""
        _, copy = self._chosen(actor)
        template = copy.stamps[0].template
        for block in template.design:
            if block.name == name:
                values = self.columns[copy.design][block.slice].reshape(block.shape)
                return float(values) if not block.shape else values
        (stamp,) = copy.stamps
        n, width = len(stamp.periods), template.n_operation
        operation = self.columns[copy.operation[0] :][: n * width].reshape(n, width).T
        return _series(template, name, operation)

    @property
    def design(self) -> list[Choice]:
        """The design, ready for ``dispatch``."""
        chosen = [self._chosen(actor.name)[1] for actor in self.park.actors]
        return [Choice(c.tariff, np.maximum(self.columns[c.design], 0.0)) for c in chosen]


def optimum(
    scenario: xr.Dataset, weights: Sequence[float] | None = None, relaxed: bool = False
) -> Optimum:
    """Solve the mixed-integer program of all actors over all periods of a scenario."""
    groups = cut(scenario)
    park = Park(scenario, groups)
    counts = [np.ones(len(g)) for g in groups] if weights is None else [np.array(weights, float)]
    joint = assemble(park, groups, counts)
    arrays = joint.program.arrays()
    if relaxed:
        arrays.integer = np.zeros_like(arrays.integer)
    solver = Solver(mip_rel_gap=0.0, mip_feasibility_tolerance=1e-9)
    solver.load(arrays)
    answer = solver.solve()
    if answer is None:
        raise explain(joint.program.arrays(), joint.program.name_of_row)
    return Optimum(park, joint, answer.objective, answer.columns)


def cost(scenario: xr.Dataset, weights: Sequence[float] | None = None) -> float:
    """The least cost of a scenario in its horizon."""
    return optimum(scenario, weights).cost


def dispatched(scenario: xr.Dataset, **designs: dict[str, Any]) -> tuple[Park, Dispatch]:
    """Dispatch a design by hand; what is not named is not built."""
    park = Park(scenario, cut(scenario))
    design = [choice_of(park, actor, **designs.get(actor.name, {})) for actor in park.actors]
    return park, dispatch(park, design)


def flow(park: Park, result: Dispatch, actor: str, name: str) -> np.ndarray:
    """An operation of a dispatched actor over the year, (..., time)."""
    i = [a.name for a in park.actors].index(actor)
    parts = [
        _series(park.template(park.actors[i], periods), name, group[i])
        for periods, group in zip(park.groups, result.operation, strict=True)
    ]
    return np.concatenate(parts, axis=-1)


def size(park: Park, result: Dispatch, actor: str, name: str) -> np.ndarray:
    """A size of a dispatched actor, as its design says it."""
    i = [a.name for a in park.actors].index(actor)
    (block,) = [b for b in park.template(park.actors[i]).design if b.name == name]
    return result.design[i].values[block.slice].reshape(block.shape)


def choose(park: Park, actor: str, **values: Any) -> Choice:
    """A design by hand: what is not named is 0."""
    (which,) = [a for a in park.actors if a.name == actor]
    return choice_of(park, which, **values)


def choice_of(park: Park, actor: Actor, **values: Any) -> Choice:
    """A design of one actor by hand."""
    template = park.template(actor)
    design = np.zeros(template.n_design)
    for name, value in values.items():
        (block,) = [b for b in template.design if b.name == name]
        design[block.slice] = np.broadcast_to(value, block.shape).ravel()
    return Choice(actor.menu[0], design)


def _series(template: Any, name: str, operation: np.ndarray) -> np.ndarray:
    (block,) = [b for b in template.operation if b.name == name]
    values = operation[block.slice].reshape(*block.shape, operation.shape[1])
    in_order = np.moveaxis(values, -1, -2)  # (..., period, step)
    return in_order.reshape(*block.shape[:-1], values.shape[-1] * values.shape[-2])
