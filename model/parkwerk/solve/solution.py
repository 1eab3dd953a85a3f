"""From arrays back to labels: a dispatch as an ``xarray.Dataset``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.formulation.park import Actor
from parkwerk.formulation.template import Block
from parkwerk.quantities import SOLUTION
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Dispatch
from parkwerk.solve.proof import Proof
from parkwerk.solve.stamp import Floats, Ints, Positions, positions

#: Dimension that counts the actors of a kind, and what stands before the names of its quantities.
OWN_DIMENSION = {"site": "company", "heat source": "heat_source", "common connection": "connection"}
PREFIX = {"site": "", "heat source": "", "common connection": "common_"}
#: The log of bounds, a row for each change: when, what the best design costs, the lower bound.
LOG = ("elapsed", "upper_bound", "bound_below")
#: What only passes on a right, sums other flows, or helps to seek a size.
UNTOLD = ("offered", "allotted", "arriving", "leaving", "slice_bonus")


def to_dataset(scenario: xr.Dataset, park: Park, result: Dispatch, flows: bool) -> xr.Dataset:
    """Sizes, yearly energies and costs of a dispatch; with ``flows`` all series and prices too.

    Parameters
    ----------
    scenario
        Gives the coordinates: a park of some of its companies fills in zeros for the rest.
    """
    table = _Table(scenario)
    hours = float(scenario.attrs["step_hours"])
    for i, (actor, choice) in enumerate(zip(park.actors, result.design, strict=True)):
        if actor.shape.kind not in OWN_DIMENSION:
            continue
        template = park.template(actor)
        for block in template.design:
            if block.name in UNTOLD:
                continue
            table.place(actor, block.name, block.dims, choice.values[block.slice])
        for block in template.operation:
            if block.name in UNTOLD:
                continue
            series = _series(park, actor, block.name, [group[i] for group in result.operation])
            if flows:
                table.place(actor, block.name, block.dims, series)
            if _is_flow(actor, block):
                energy = series.sum(axis=-1) * hours
                table.place(actor, block.name, block.dims[:-1], energy, "yearly_")
    solution = xr.Dataset(table.arrays, scenario.coords)
    _add_costs(solution, park, result)
    _add_tariffs(solution, park, result)
    if flows:
        _add_prices(solution, park, result, hours)
    return annotate(solution)


def solution_of(
    scenario: xr.Dataset,
    cases: dict[str, tuple[Park, Dispatch]],
    proof: Proof,
    least_alone: Mapping[str, float],
    least_at_prices: Mapping[str, float],
) -> xr.Dataset:
    """One dataset: flows and prices of the park together, all else with the dimension ``case``.

    Parameters
    ----------
    least_alone, least_at_prices
        Lower bounds of what companies cost [EUR/a], alone and at prices of their exchanges; what is
        not known is not a number.
    """
    park, result = cases["together"]
    solution = to_dataset(scenario, park, result, flows=True)
    over_time = [name for name, array in solution.data_vars.items() if "time" in array.dims]
    parts = [to_dataset(scenario, of, dispatched, flows=False) for of, dispatched in cases.values()]
    every = {str(name): array for part in parts for name, array in part.data_vars.items()}
    for part in parts:
        for name, array in every.items():
            if name not in part:
                part[name] = xr.zeros_like(array)
    by_case = xr.concat(parts, xr.Variable("case", list(cases)), join="outer", fill_value=0.0)
    solution = xr.merge([by_case, solution[over_time]], join="outer")
    for name, column in zip(LOG, np.array(proof.log).T, strict=True):
        solution[name] = ("turn", column)
    costs = {case: dispatched.total_cost for case, (_, dispatched) in cases.items()}
    alone, today = costs["alone"], costs.get("today", np.nan)
    companies = [str(company) for company in scenario["company"].values]
    for name, known in (("least_alone", least_alone), ("least_at_prices", least_at_prices)):
        solution[name] = ("company", [known.get(company, np.nan) for company in companies])
    solution = annotate(solution)
    solution.attrs = {
        "study": scenario.attrs.get("study", ""),
        "scenario": scenario.attrs.get("scenario", ""),
        "step_hours": scenario.attrs["step_hours"],
        "total_cost": result.total_cost,
        "cost_alone": alone,
        "cost_today": today,
        **proof.attributes(alone, today),
        "periods": sum(len(periods) for periods in park.groups),
    }
    return solution


def annotate(solution: xr.Dataset) -> xr.Dataset:
    """Write units and long names; a yearly sum takes those of its flow."""
    for label, array in solution.data_vars.items():
        name = str(label)
        known = SOLUTION.get(name) or SOLUTION.get(name.removeprefix("yearly_"))
        if known is None:
            continue
        yearly = name.startswith("yearly_")
        array.attrs.update(
            units="kWh/a" if yearly else known.units,
            long_name=f"yearly energy of: {known.long_name}" if yearly else known.long_name,
        )
    return solution


def _is_flow(actor: Actor, block: Block) -> bool:
    known = SOLUTION.get(PREFIX[actor.shape.kind] + block.name)
    return known is not None and known.units == "kW"


class _Table:
    """Arrays by name along the labels of a scenario, while actor after actor writes its part."""

    def __init__(self, scenario: xr.Dataset) -> None:
        self.arrays: dict[str, tuple[tuple[str, ...], Floats]] = {}
        self._sizes = scenario.sizes
        self._positions = positions(scenario)

    def place(
        self, actor: Actor, name: str, dims: tuple[str, ...], values: Floats, before: str = ""
    ) -> None:
        """Write an actor's values at its labels; what no actor writes stays zero."""
        own = OWN_DIMENSION[actor.shape.kind]
        name = before + PREFIX[actor.shape.kind] + name
        # A roof belongs to one company: its label says whose it is.
        dims = dims if "roof" in dims else (own, *dims)
        if name not in self.arrays:
            self.arrays[name] = dims, np.zeros([self._sizes[dim] for dim in dims])
        at = [
            np.arange(self._sizes[dim])
            if dim == "time"
            else places(self._positions, dim, actor.labels[dim])
            for dim in dims
        ]
        self.arrays[name][1][np.ix_(*at)] = values.reshape([len(p) for p in at])


def places(known: Positions, dim: str, labels: str | Sequence[str]) -> Ints:
    """Positions of labels, or of one, along a dimension.

    Raises
    ------
    InputError
        If the solution does not have one of them.
    """
    wanted = [labels] if isinstance(labels, str) else labels
    for label in wanted:
        if label not in known[dim]:
            raise InputError(f"the solution has no {dim} {label!r}, which the scenario has")
    return np.array([known[dim][label] for label in wanted], dtype=np.intp)


def _series(park: Park, actor: Actor, name: str, groups: list[Floats]) -> Floats:
    """A variable over the whole year, (..., time), from its values by group of periods."""
    parts = []
    for periods, flow in zip(park.groups, groups, strict=True):
        blocks = park.template(actor, periods).operation
        block = next(b for b in blocks if b.name == name)
        values = flow[block.slice].reshape(*block.shape, len(periods))
        in_order = np.moveaxis(values, -1, -2)  # (..., period, step)
        steps = len(periods) * periods.steps
        parts.append(in_order.reshape(*block.shape[:-1], steps))
    return np.concatenate(parts, axis=-1)


def _add_costs(solution: xr.Dataset, park: Park, result: Dispatch) -> None:
    """``cost(actor, cost_kind)`` [EUR/a]."""
    kinds = list(dict.fromkeys(k for a in park.actors for k in park.template(a).kinds))
    cost = np.zeros((len(park.actors), len(kinds)))
    for i, (actor, values) in enumerate(zip(park.actors, result.costs, strict=True)):
        cost[i, [kinds.index(kind) for kind in park.template(actor).kinds]] = values
    solution.coords["actor"] = [actor.name for actor in park.actors]
    solution.coords["cost_kind"] = kinds
    solution["cost"] = (("actor", "cost_kind"), cost)


def _add_tariffs(solution: xr.Dataset, park: Park, result: Dispatch) -> None:
    """``chosen_tariff(connection)``: the entry of the menu that is paid."""
    chosen = dict.fromkeys(map(str, solution["connection"].values), "")
    for actor, choice in zip(park.actors, result.design, strict=True):
        if choice.tariff is not None:
            chosen[str(actor.labels["connection"])] = choice.tariff
    solution["chosen_tariff"] = ("connection", list(chosen.values()))


def _add_prices(solution: xr.Dataset, park: Park, result: Dispatch, hours: float) -> None:
    """``price(exchange, time)`` [EUR/kWh]: what one more kWh in an exchange is worth."""
    n = len(park.exchanges)
    parts = [
        np.moveaxis(prices, -1, -2).reshape(n, len(periods) * periods.steps)
        for periods, prices in zip(park.groups, result.prices, strict=True)
    ]
    solution.coords["exchange"] = np.array(park.exchanges, dtype=str)
    solution["price"] = (("exchange", "time"), np.concatenate(parts, axis=-1) / hours)
