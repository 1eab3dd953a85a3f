"""Parts of a site that others add, without editing this package.

A part is a component in plain Pyomo, like those of this room, with what the site's balances and the
results must know of it. It belongs to every site of every scenario that has all its data; whoever
does not give the data has the same model as before.

    register(Part("electric boiler", add_electric_boiler, ...))
    scenario["electric_boiler_cost"] = 12.0     # EUR/(kW·a), and it is there
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parkwerk.errors import FormulationError
from parkwerk.quantities import LABELS, PRICE_GROUPS, SCENARIO, SOLUTION, Quantity

if TYPE_CHECKING:
    import xarray as xr

    from parkwerk.formulation.actor import Model

#: What a part does in a step [kW].
Flow = Callable[["Model", int], Any]


@dataclass(frozen=True)
class Part:
    """A component of a site.

    Attributes
    ----------
    name
        What it is called.
    add
        Declares its data, variables, constraints and costs.
    electricity
        What it uses in a step [kW]; below zero what it generates, for use on site only.
    heat
        What it gives to the heat balance in a step [kW]; a site without heat demand goes without
        such a part.
    most_electricity
        The most that it can use in a step [kW], (company, time), worked out from the scenario.
        Needed beside ``electricity``, for limits of what a site can take from its neighbours.
    data
        Quantities that it reads from the scenario, by name.
    results
        Quantities that its variables are called in the solution, by name.
    costs
        Price group (electricity, gas, feed-in, equipment) of each kind of cost that it books.

    In a comparison two parts are the same if name and functions are.
    """

    name: str
    add: Callable[[Model], None]
    electricity: Flow | None = None
    heat: Flow | None = None
    most_electricity: Callable[[xr.Dataset], xr.DataArray] | None = None
    data: Mapping[str, Quantity] = field(default_factory=dict, compare=False)
    results: Mapping[str, Quantity] = field(default_factory=dict, compare=False)
    costs: Mapping[str, str] = field(default_factory=dict, compare=False)


_PARTS: dict[str, Part] = {}
_OWN = frozenset((*SCENARIO, *SOLUTION, *LABELS))


def register(part: Part) -> Part:
    """Make a part known in this process; one of the same name takes its place.

    Worker processes get it with their tasks if its functions stand in a file that they can import,
    not in a notebook: there searches run in this process (``jobs=None``, the default).

    Raises
    ------
    FormulationError
        If it has no data by which a scenario asks for it, takes the name of a quantity of
        parkwerk's own, uses electricity without saying how much at most, or names an unknown price
        group.
    """
    if not part.data:
        raise FormulationError(f"part `{part.name}` has no data, expected what asks for it")
    for name in (*part.data, *part.results):
        if name in _OWN:
            raise FormulationError(f"part `{part.name}`: `{name}` is a quantity of parkwerk's own")
    if (part.electricity is None) != (part.most_electricity is None):
        raise FormulationError(
            f"part `{part.name}`: expected `electricity` and `most_electricity`, or neither"
        )
    for kind, group in part.costs.items():
        if group not in PRICE_GROUPS:
            known = ", ".join(PRICE_GROUPS)
            raise FormulationError(
                f"part `{part.name}`: cost `{kind}` in group `{group}`, expected one of {known}"
            )
    unregister(part.name)
    _PARTS[part.name] = part
    SCENARIO.update({n: _optional(quantity) for n, quantity in part.data.items()})
    SOLUTION.update(part.results)
    return part


def unregister(name: str) -> None:
    """Forget a part, if there is one of this name."""
    part = _PARTS.pop(name, None)
    if part is None:
        return
    for table, names in ((SCENARIO, part.data), (SOLUTION, part.results)):
        for each in names:
            table.pop(each, None)


def registered() -> tuple[Part, ...]:
    """All parts that are known in this process."""
    return tuple(_PARTS.values())


def learn(parts: Iterable[Part]) -> None:
    """Make parts of another process known in this one; those that are known stay untouched."""
    for part in parts:
        if _PARTS.get(part.name) != part:
            register(part)


def parts_of(scenario: xr.Dataset, heat: bool = True) -> tuple[Part, ...]:
    """Parts for which a scenario has data; without ``heat`` those that give none."""
    asked = (part for part in _PARTS.values() if all(name in scenario for name in part.data))
    return tuple(part for part in asked if heat or part.heat is None)


def cost_kinds(group: str) -> tuple[str, ...]:
    """Kinds of cost of all parts that follow the prices of a group."""
    return tuple(k for part in _PARTS.values() for k, own in part.costs.items() if own == group)


def extra_electricity(site: Model, t: int) -> Any:
    """What all added parts of a site use [kW]."""
    return sum(p.electricity(site, t) for p in site.shape.parts if p.electricity is not None)


def extra_heat(site: Model, t: int) -> Any:
    """What all added parts of a site give to its heat balance [kW]."""
    return sum(p.heat(site, t) for p in site.shape.parts if p.heat is not None)


def most_extra_electricity(scenario: xr.Dataset) -> Any:
    """The most that all added parts of a site can use in a step [kW], (company, time)."""
    found = (part.most_electricity for part in parts_of(scenario))
    return sum(most(scenario) for most in found if most is not None)


def _optional(quantity: Quantity) -> Quantity:
    return Quantity(quantity.dims, quantity.units, quantity.long_name, optional=True)
