"""The year's bill for an operation: which entries of the menu its reading opens, and the cheapest.

The programs may pay any entry of a menu. The law ties most entries to the year's reading - hours of
use, the share of the peak in the operator's windows - and these conditions are known only when the
year is dispatched. Here each meter pays the cheapest entry that its reading opens.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from parkwerk.errors import SolveError
from parkwerk.formulation.park import Actor
from parkwerk.formulation.template import Block, find
from parkwerk.solve.assemble import Park
from parkwerk.solve.designs import columns
from parkwerk.solve.dispatch import Choice, Dispatch, cost_of
from parkwerk.solve.stamp import Floats

#: A condition is met if it is short of this share of its own terms at most.
ROUNDING = 1e-9


def settle(park: Park, result: Dispatch) -> Dispatch:
    """Price the same operation under every entry that the reading opens, and pay the cheapest.

    Raises
    ------
    SolveError
        If a reading opens no entry of its menu.
    """
    park = park.settled([choice.values for choice in result.design])
    design, costs = list(result.design), list(result.costs)
    operation = [list(group) for group in result.operation]
    for i, actor in enumerate(park.actors):
        if actor.menu == (None,):
            continue
        flows = [group[i] for group in operation]
        if "order" in actor.shape.features:
            design[i], flows = _best_order(park, actor, design[i], flows)
            for group, flow in zip(operation, flows, strict=True):
                group[i] = flow
        entries = open_entries(park, actor, design[i], flows)
        if not entries:
            raise SolveError(f"the reading of {actor.name} opens no entry of its tariff menu")
        options = [replace(design[i], tariff=tariff) for tariff in entries]
        priced = [cost_of(park.stamps(actor, o.tariff), o, flows) for o in options]
        best = int(np.argmin([cost.sum() for cost in priced]))
        design[i], costs[i] = options[best], priced[best]
    total = float(sum(cost.sum() for cost in costs))
    return replace(result, design=design, operation=operation, costs=costs, total_cost=total)


def open_entries(
    park: Park, actor: Actor, choice: Choice, flows: list[Floats]
) -> tuple[str | None, ...]:
    """Entries of an actor's menu whose conditions its reading meets.

    ``Σ_r tariff_condition[k,n,r]·reading[r] ≥ 0`` for every condition n of entry k, with the
    reading (1, yearly peak, peak in the windows, energy withdrawn).
    """
    scenario = park.scenario
    if "tariff_condition" not in scenario:
        return actor.menu
    menu = scenario["tariff_condition"].sel(connection=str(actor.labels["connection"]))
    terms = menu.sel(tariff=list(actor.menu)).transpose("tariff", "condition", "reading").values
    terms = terms * _reading(park, actor, choice, flows)
    met = terms.sum(axis=-1) >= -ROUNDING * np.abs(terms).sum(axis=-1)
    return tuple(entry for entry, holds in zip(actor.menu, met.all(axis=-1), strict=True) if holds)


def _reading(park: Park, actor: Actor, choice: Choice, flows: list[Floats]) -> Floats:
    """What the conditions read: one, peak [kW], peak in the windows [kW], energy [kWh]."""
    energy = sum(float(flow.sum()) for flow in _series(park, actor, flows, "withdrawal"))
    peaks = [columns(park, actor, n, choice.values).sum() for n in ("peak", "window_peak")]
    return np.array([1.0, *peaks, energy * float(park.scenario.attrs["step_hours"])])


def _best_order(
    park: Park, actor: Actor, choice: Choice, flows: list[Floats]
) -> tuple[Choice, list[Floats]]:
    """The capacity that should have been ordered for a withdrawal w.

    One kW more costs ``order_charge`` and spares ``above_order_charge·Δt`` in each step in which w
    exceeds the order. So the best order is the value that w exceeds in
    ``⌊order_charge / (above_order_charge·Δt)⌋`` steps.
    """
    hours = float(park.scenario.attrs["step_hours"])
    menu = park.scenario.sel(connection=str(actor.labels["connection"]), tariff=choice.tariff)
    withdrawal = _series(park, actor, flows, "withdrawal")
    above = float(menu["above_order_charge"]) * hours
    falling = np.sort(np.concatenate([flow.ravel() for flow in withdrawal]))[::-1]
    steps = int(float(menu["order_charge"]) / above) if above > 0 else len(falling)
    order = float(falling[steps]) if steps < len(falling) else 0.0
    values = choice.values.copy()
    columns(park, actor, "ordered_capacity", values)[:] = order
    changed = []
    for flow, drawn, periods in zip(flows, withdrawal, park.groups, strict=True):
        column = _columns(park.template(actor, periods).operation, "above_order")
        flow = flow.copy()
        flow[column] = np.maximum(drawn - order, 0.0)
        changed.append(flow)
    return replace(choice, values=values), changed


def _series(park: Park, actor: Actor, flows: list[Floats], name: str) -> list[Floats]:
    """An operation of the actor by group of periods, (step, period)."""
    return [
        flow[_columns(park.template(actor, periods).operation, name)]
        for flow, periods in zip(flows, park.groups, strict=True)
    ]


def _columns(blocks: list[Block], name: str) -> slice:
    block = find(blocks, name)
    assert block is not None, f"an actor that is settled has {name}"
    return block.slice
