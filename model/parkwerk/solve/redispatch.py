"""A saved design, dispatched and billed once more: what it costs, from nothing but its labels."""

from __future__ import annotations

from math import inf

import numpy as np
import xarray as xr

from parkwerk.coalition import isolate
from parkwerk.errors import InputError
from parkwerk.formulation.park import Actor
from parkwerk.formulation.template import Block
from parkwerk.quantities import check
from parkwerk.solve.assemble import Park
from parkwerk.solve.clock import Clock
from parkwerk.solve.dispatch import Choice, Design, dispatch
from parkwerk.solve.embed import embed, found
from parkwerk.solve.full_year import full_year
from parkwerk.solve.periods import cut
from parkwerk.solve.proof import Proof
from parkwerk.solve.settle import settle
from parkwerk.solve.solution import (
    OWN_DIMENSION,
    PREFIX,
    UNTOLD,
    places,
    solution_of,
)
from parkwerk.solve.stamp import Floats, Positions, positions


def redispatch(scenario: xr.Dataset, solution: xr.Dataset) -> float:
    """Cost [EUR/a] of a solution's design together, dispatched over the full year and billed anew.

    Of the solution only sizes and tariffs are read, so that its ``total_cost`` is checked and not
    repeated.

    Raises
    ------
    InputError
        If the solution is not one of this scenario.
    SolveError
        If the design cannot serve the demand.
    """
    check(scenario)
    park, together = park_of(scenario, solution), solution.sel(case="together")
    return settle(park, dispatch(park, read_design(park, together))).total_cost


def operated(scenario: xr.Dataset, solution: xr.Dataset) -> xr.Dataset:
    """What is built alone and together, operated anew under a scenario like the solution's own.

    Prices and loads may be others; companies, roofs, links and rules are the same. Nothing is built
    or joined that was not, and nothing is proven.

    Raises
    ------
    InputError
        If the solution is not one of a scenario with the same labels.
    SolveError
        If a design cannot serve the demand.
    """
    check(scenario)
    park = park_of(scenario, solution)
    design = read_design(park, solution.sel(case="together"))
    return _operated(scenario, solution, park, design, ("alone",))


def redesigned(scenario: xr.Dataset, solution: xr.Dataset, design: Design) -> xr.Dataset:
    """The solution with another design of all companies together, under the same lower bound."""
    park = Park(scenario, cut(scenario))
    result = _operated(scenario, solution, park, design, ("today", "alone"))
    for name in ("least_alone", "least_at_prices"):
        result[name] = solution[name]
    upper, lower = result.attrs["total_cost"], solution.attrs["lower_bound"]
    kept = Proof(inf, Clock(), lambda upper, lower: None, upper, lower)
    alone, today = (float(result.attrs[f"cost_{case}"]) for case in ("alone", "today"))
    return result.assign_attrs(kept.attributes(alone, today), ended=solution.attrs["ended"])


def _operated(
    scenario: xr.Dataset,
    solution: xr.Dataset,
    park: Park,
    together: Design,
    others: tuple[str, ...],
) -> xr.Dataset:
    """A design of all together, and those of other cases, operated under a scenario."""
    apart = Park(isolate(scenario), park.groups)
    cases = {
        case: (apart, full_year(apart, read_design(apart, solution.sel(case=case))))
        for case in others
    }
    cases["together"] = park, full_year(park, together)
    proof = Proof(inf, Clock(), lambda upper, lower: None)
    proof.found(cases["together"][1].total_cost)
    return solution_of(scenario, cases, proof, {}, {})


def park_of(scenario: xr.Dataset, solution: xr.Dataset) -> Park:
    """The park that a solution is of, together.

    Where sharing costs more than it brings, companies are together as they are alone.
    """
    park = Park(scenario, cut(scenario))
    if set(solution["exchange"].values.astype(str)) == set(park.exchanges):
        return park
    return Park(isolate(scenario), park.groups)


def whole_design(park: Park, solution: xr.Dataset) -> Design:
    """The design of all together in a park where they may share, also if they did not."""
    of = park_of(park.scenario, solution)
    design = read_design(of, solution.sel(case="together"))
    return design if of.exchanges == park.exchanges else embed(park, found(of, design))


def read_design(park: Park, solution: xr.Dataset) -> Design:
    """The design of a park by the labels of a solution, which has no dimension ``case``.

    What :func:`parkwerk.solve.solution.to_dataset` leaves out is 0: with the sizes known, it is
    worth nothing.
    """
    design, known = [], positions(solution)
    for actor in park.actors:
        template = park.template(actor)
        values = np.zeros(template.n_design)
        for block in template.design:
            if block.name not in UNTOLD:
                values[block.slice] = _read(solution, known, actor, block)
        design.append(Choice(_tariff(solution, known, actor), values))
    return design


def _tariff(solution: xr.Dataset, known: Positions, actor: Actor) -> str | None:
    if actor.menu == (None,):
        return None
    (at,) = places(known, "connection", actor.labels["connection"])
    paid = str(solution["chosen_tariff"].values[at])
    if paid not in actor.menu:
        raise InputError(
            f"the solution pays {paid!r} at {actor.name}, expected an entry of the scenario's menu "
            f"({', '.join(map(str, actor.menu))})"
        )
    return paid


def _read(solution: xr.Dataset, known: Positions, actor: Actor, block: Block) -> Floats:
    """Values of a design quantity at the actor's labels."""
    name = PREFIX[actor.shape.kind] + block.name
    if name not in solution:
        raise InputError(f"the solution lacks `{name}`, which {actor.name} has in the scenario")
    array = solution[name]
    own = OWN_DIMENSION[actor.shape.kind]
    rest = [dim for dim in array.dims if dim not in block.dims]
    assert rest in ([], [own]), f"{name} has {array.dims}"
    at = [places(known, dim, actor.labels[dim]) for dim in map(str, array.dims)]
    order = [array.dims.index(dim) for dim in (*rest, *block.dims)]
    return np.asarray(array.values[np.ix_(*at)].transpose(order), dtype=float).ravel()
