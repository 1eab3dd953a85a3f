"""Putting the actors together: one mixed-integer program over some periods.

The tariff menu becomes the *convex hull* of its entries. A site is written for one entry; for a
menu of several it gets one copy per entry, and each copy's constraints are scaled by its choice:

    A(θ_k)·x_k + T(θ_k)·y_k ⋚ r(θ_k)·z_k,   S·y_k ⋚ s·z_k,   Σ_k z_k = 1,   z_k ∈ {0, 1}

No big-M, and nothing in the formulation knows of it: any component that is added has it for free.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import xarray as xr

from parkwerk.formulation import park
from parkwerk.formulation.limits import derive, settled_revenue
from parkwerk.formulation.park import Actor
from parkwerk.formulation.template import Template
from parkwerk.solve.conditions import add_conditions
from parkwerk.solve.copies import Copy
from parkwerk.solve.periods import Periods
from parkwerk.solve.program import INFINITY, Program
from parkwerk.solve.stamp import Binder, Floats, Stamp, dense


class Park:
    """A scenario ready for stamping: its actors, their exchanges and their data."""

    def __init__(self, scenario: xr.Dataset, groups: list[Periods]) -> None:
        self.scenario = derive(scenario)
        self.groups = groups
        self.actors = park.actors(self.scenario, groups[0].steps)
        self.exchanges = list(dict.fromkeys(e for a in self.actors for e in a.exchanges))
        self._binder = Binder(self.scenario)

    def with_menus(self, menus: Mapping[str, tuple[str | None, ...]]) -> Park:
        """The same park with shorter menus for the actors that are named."""
        other = copy(self)
        other.actors = [replace(a, menu=menus.get(a.name, a.menu)) for a in self.actors]
        return other

    def only(self, which: Sequence[int]) -> Park:
        """The same park with some of its actors, and the exchanges in which these take part."""
        other = copy(self)
        other.actors = [self.actors[i] for i in which]
        other.exchanges = list(dict.fromkeys(e for a in other.actors for e in a.exchanges))
        return other

    def over(self, groups: list[Periods]) -> Park:
        """The same park for programs over some of its periods only.

        A month without a period has no peak there, so the others stand for it:
        ``monthly_charge·(months of the year / months with a period)``.
        """
        if "monthly_charge" not in self.scenario:
            return self
        months = self.scenario["in_month"].transpose("month", "time").values
        steps = np.concatenate([periods.positions.ravel() for periods in groups])
        share = (months[:, steps] > 0).any(axis=1).sum() / (months > 0).any(axis=1).sum()
        other = copy(self)
        scaled = self.scenario.variables["monthly_charge"] / share
        other._binder = self._binder.replaced({"monthly_charge": scaled})
        return other

    def settled(self, design: Sequence[Floats]) -> Park:
        """The same park with the revenue of feed-in that the sizes of its plants earn.

        ``design`` holds the values of each actor's design columns.
        """
        if "slice_value" not in self.scenario:
            return self
        companies, rules = (self.scenario[d].values for d in ("company", "feed_in_rule"))
        size = np.zeros((len(companies), len(rules)))
        for actor, values in zip(self.actors, design, strict=True):
            for block in self.template(actor).design:
                if block.name == "pv_capacity":
                    by_class = values[block.slice].reshape(block.shape).sum(axis=0)
                    own = [list(rules).index(rule) for rule in actor.labels["feed_in_rule"]]
                    at = [own[k] for k in actor.shape.class_rules]
                    np.add.at(size[list(companies).index(actor.name)], at, by_class)
        other = copy(self)
        other._binder = self._binder.replaced(settled_revenue(self.scenario, size))
        return other

    def template(self, actor: Actor, periods: Periods | None = None) -> Template:
        """The compiled template of an actor, for the first group of periods or the one named."""
        steps = (periods or self.groups[0]).steps
        return park.template(replace(actor.shape, period_steps=steps))

    def starts(self, periods: Periods) -> list[str]:
        """When each period begins, for messages."""
        times = self.scenario["time"].values[periods.starts]
        return [str(np.datetime_as_string(time, unit="h")) for time in times]

    def stamps(
        self, actor: Actor, tariff: str | None, groups: list[Periods] | None = None
    ) -> list[Stamp]:
        """Stamp an actor under a tariff over groups of periods (all, if none are named)."""
        chosen = self.groups if groups is None else groups
        return [self._binder.stamp(actor, tariff, periods) for periods in chosen]


@dataclass(frozen=True)
class Joint:
    """The program of a park, its copies by actor, and each group's first exchange row."""

    program: Program
    copies: list[list[Copy]]
    exchange_rows: list[int]


def assemble(park: Park, groups: list[Periods], weights: list[Floats]) -> Joint:
    """The mixed-integer program of all actors over groups of weighted periods.

    Parameters
    ----------
    groups
        Periods, a group for each length.
    weights
        How many periods of the year each stands for, an array for each group.
    """
    program = Program()
    rows = [_exchange_rows(program, park, periods) for periods in groups]
    copies = []
    for actor in park.actors:
        hull = len(actor.menu) > 1
        own = []
        for tariff in actor.menu:
            stamps = park.stamps(actor, tariff, groups)
            own.append(_add_copy(program, park, stamps, weights, hull))
            _add_deliveries(program, park, own[-1], rows)
            add_conditions(program, park.scenario, own[-1], weights)
        if hull:
            _choose_one(program, actor, own)
        copies.append(own)
    return Joint(program, copies, rows)


def _exchange_rows(program: Program, park: Park, periods: Periods) -> int:
    """Balances of all exchanges, in the order (period, exchange, step)."""
    labels = [f"{name}[{t}]" for name in park.exchanges for t in range(periods.steps)]
    zeros = np.zeros(len(labels) * len(periods))
    if not labels:
        return program.n_rows
    return program.add_rows(zeros, zeros, "exchange", labels, park.starts(periods))


def _add_copy(
    program: Program, park: Park, stamps: list[Stamp], weights: list[Floats], hull: bool
) -> Copy:
    first = stamps[0]
    template = first.template
    upper = np.where(template.binary, 1.0, INFINITY)
    design = program.add_columns(first.design_cost, upper=upper, integer=template.binary)
    design_slice = slice(design, design + template.n_design)
    choice = None
    if hull:
        price = np.array([first.fixed_cost])
        choice = program.add_columns(price, upper=1.0, integer=True)
        _scale_binaries(program, first, design, choice)
    else:
        program.constant += first.fixed_cost
    name = f"{first.actor.name}" + (f", {first.tariff}" if hull else "")
    _add_static(program, name, first, design, choice)
    operation = [
        _add_operation(program, name, stamp, weight, design, choice, park.starts(stamp.periods))
        for stamp, weight in zip(stamps, weights, strict=True)
    ]
    return Copy(first.actor, first.tariff, stamps, design_slice, choice, operation)


def _scale_binaries(program: Program, stamp: Stamp, design: int, choice: int) -> None:
    """``y_b ≤ z``: an asset exists only in the copy that is chosen."""
    binary = np.flatnonzero(stamp.template.binary)
    n = len(binary)
    labels = ["exists only if chosen"] * n
    row = program.add_rows(np.full(n, -INFINITY), np.zeros(n), stamp.actor.name, labels)
    at = row + np.arange(n)
    program.add_entries(at, design + binary, np.ones(n))
    program.add_entries(at, np.full(n, choice), -np.ones(n))


def _add_static(program: Program, name: str, stamp: Stamp, design: int, choice: int | None) -> None:
    static = stamp.template.static
    rhs = dense(static.rhs, stamp.static(static.rhs)[:, None], "row")[:, 0]
    bounds = rhs if choice is None else np.zeros_like(rhs)
    lower = np.where(static.equal, bounds, -INFINITY)
    row = program.add_rows(lower, bounds, name, static.labels)
    coefficients = static.design
    program.add_entries(
        row + coefficients.row, design + coefficients.col, stamp.static(coefficients)
    )
    if choice is not None:
        program.add_entries(row + np.arange(len(static)), np.full(len(static), choice), -rhs)


def _add_operation(
    program: Program,
    name: str,
    stamp: Stamp,
    weights: Floats,
    design: int,
    choice: int | None,
    starts: list[str],
) -> int:
    """Add the operation of all periods of a stamp, period by period; return its first column."""
    template, rows = stamp.template, stamp.template.rows
    n_periods, n_rows, n_columns = len(stamp.periods), len(rows), template.n_operation
    cost = (stamp.operation_cost * weights).T.ravel()
    lower = np.tile(np.where(template.free, -INFINITY, 0.0), n_periods)
    first = program.add_columns(cost, lower=lower)

    rhs = dense(rows.rhs, stamp.values(rows.rhs), "row").T.ravel()
    bounds = rhs if choice is None else np.zeros_like(rhs)
    equal = np.tile(rows.equal, n_periods)
    row = program.add_rows(np.where(equal, bounds, -INFINITY), bounds, name, rows.labels, starts)
    row_of = row + n_rows * np.arange(n_periods)
    column_of = first + n_columns * np.arange(n_periods)

    inside, coupling = rows.operation, rows.design
    program.add_entries(
        inside.row[:, None] + row_of, inside.col[:, None] + column_of, stamp.values(inside)
    )
    at = coupling.row[:, None] + row_of
    columns = np.broadcast_to(design + coupling.col[:, None], at.shape)
    program.add_entries(at, columns, stamp.values(coupling))
    if choice is not None:
        place = row + np.arange(n_rows * n_periods)
        program.add_entries(place, np.full(len(place), choice), -rhs)
    return first


def _add_deliveries(program: Program, park: Park, own: Copy, exchange_rows: list[int]) -> None:
    for stamp, columns, rows in zip(own.stamps, own.operation, exchange_rows, strict=True):
        delivery = stamp.template.delivery
        n_periods = len(stamp.periods)
        row = delivery_rows(park, stamp)[delivery.row]
        per_period = len(park.exchanges) * stamp.periods.steps
        at = rows + row[:, None] + per_period * np.arange(n_periods)
        into = columns + delivery.col[:, None] + stamp.template.n_operation * np.arange(n_periods)
        program.add_entries(at, into, stamp.values(delivery))


def delivery_rows(park: Park, stamp: Stamp) -> npt.NDArray[np.intp]:
    """Rows of an actor's deliveries among all exchange balances of a period."""
    steps = stamp.periods.steps
    places = [park.exchanges.index(e) for e in stamp.actor.exchanges]
    return np.array([[p * steps + t for t in range(steps)] for p in places], dtype=np.intp).ravel()


def _choose_one(program: Program, actor: Actor, copies: list[Copy]) -> None:
    """``Σ_k z_k = 1``."""
    row = program.add_rows(np.ones(1), np.ones(1), actor.name, ["one tariff"])
    choices = np.array([c.choice for c in copies], dtype=np.intp)
    program.add_entries(np.full(len(choices), row), choices, np.ones(len(choices)))
