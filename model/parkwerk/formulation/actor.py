"""What every actor has: a horizon, data by name, exchanges and costs by kind.

An *actor* is written once, for any company, over a horizon of one or more operating periods. It is
a plain ``pyomo.ConcreteModel``:

- a ``Param(mutable=True)`` takes the scenario variable of the same name (see ``quantities.py``);
- a ``Var`` over ``time`` is *operation*, any other ``Var`` is *design* and holds for all periods;
- ``delivery[exchange, time]`` says what the actor gives to the others [kW];
- :func:`add_cost` books a cost under its kind;
- :func:`exclusive` names flows that one meter or one battery cannot have at the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.extension import Part
from parkwerk.formulation.limits import DERIVED
from parkwerk.quantities import SCENARIO

#: A Pyomo model of one actor. Pyomo has no types of its own to offer here.
Model = Any


@dataclass(frozen=True)
class Shape:
    """What two actors must have in common to share one template.

    Attributes
    ----------
    kind
        ``"site"``, ``"heat source"``, ``"common connection"`` or ``"allocation key"``.
    period_steps
        Steps in one operating period.
    step_hours
        Length of a step [h].
    sizes
        Number of roofs, pools, ... as (dimension, number) pairs.
    features
        Rules that only some actors have, so that the others do without their rows: ``heat``,
        ``windows``, ``order``, ``cap``, ``gate``, ``behind``, ``rebate``, ``lines``.
    class_rules
        Position of the feed-in rule of each PV class.
    keyed
        Positions of the pools that a key fixed ahead splits.
    arcs
        Pipes of a heat source as (from, to) pairs of node numbers; node 0 is the source.
    sinks
        Nodes that are companies, in the order of the exchanges.
    parts
        Components of a site that others have added (see ``extension.py``).
    periods
        Number of periods in the horizon: one in a template, all in plain Pyomo.
    """

    kind: str
    period_steps: int
    step_hours: float
    sizes: tuple[tuple[str, int], ...] = ()
    features: frozenset[str] = frozenset()
    class_rules: tuple[int, ...] = ()
    keyed: tuple[int, ...] = ()
    arcs: tuple[tuple[int, int], ...] = ()
    sinks: tuple[int, ...] = ()
    parts: tuple[Part, ...] = ()
    periods: int = 1


def new_actor(shape: Shape) -> Model:
    """Return an empty model with its sets: ``time`` and one set for each size of the shape."""
    actor = pyo.ConcreteModel(name=shape.kind)
    actor.shape = shape
    actor.time = pyo.RangeSet(0, shape.period_steps * shape.periods - 1)
    for dim, size in shape.sizes:
        setattr(actor, dim, pyo.RangeSet(0, size - 1))
    actor.costs = {}
    actor.measured = []
    return actor


def data(actor: Model, *names: str) -> None:
    """Declare mutable parameters that take the scenario variables of the same names.

    Dimensions that the actor has as a set (roof, pool, time ...) become indices; the others
    (company, tariff ...) are fixed when the template is stamped.
    """
    known = SCENARIO | DERIVED
    for part in actor.shape.parts:
        known |= part.data
    for name in names:
        sets = [getattr(actor, dim) for dim in known[name].dims if hasattr(actor, dim)]
        setattr(actor, name, pyo.Param(*sets, mutable=True, doc=known[name].long_name))


def add_cost(actor: Model, kind: str, expression: Any) -> None:
    """Book a yearly [EUR/a] or operating [EUR in the horizon] cost under a kind."""
    actor.costs.setdefault(kind, []).append(expression)


def exclusive(actor: Model, name: str, one: Model, other: Model) -> None:
    """State that two flows are never positive in the same step.

    ``one[t] · other[t] = 0``, written as a special ordered set of type 1. The linear relaxation
    drops it; ``solve.dispatch`` enforces it where a price tempts the flows to overlap.
    """
    rule: Callable[[Model, int], list[Any]] = lambda _, t: [one[t], other[t]]  # noqa: E731
    setattr(actor, name, pyo.SOSConstraint(actor.time, rule=rule, sos=1))


def is_first(actor: Model, t: int) -> bool:
    """Whether a period begins with step ``t``."""
    return bool(t % actor.shape.period_steps == 0)


def is_last(actor: Model, t: int) -> bool:
    """Whether a period ends with step ``t``."""
    return is_first(actor, t + 1)


def rules(actor: Model, *functions: Callable[..., Any], over: tuple[str, ...] = ("time",)) -> None:
    """Add each function as a constraint of its own name over the given sets."""
    sets = [getattr(actor, dim) for dim in over]
    for function in functions:
        setattr(
            actor, function.__name__, pyo.Constraint(*sets, rule=function, doc=function.__doc__)
        )
