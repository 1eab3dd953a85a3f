"""From a scenario to a solution: design on representative periods, dispatch of the full year."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import xarray as xr

from parkwerk.formulation.park import Actor
from parkwerk.quantities import check
from parkwerk.solve.assemble import Park
from parkwerk.coalition import isolate
from parkwerk.solve.design import (
    Alone,
    Sample,
    design_together,
    designs_alone,
    embed,
    promising_designs,
)
from parkwerk.solve.dispatch import Choice, Design, Dispatch, cheapest_tariffs, dispatch
from parkwerk.solve.periods import cut
from parkwerk.solve.representative import representative
from parkwerk.solve.solution import annotate, to_dataset

#: Called with a sentence whenever a stage of the work begins.
Progress = Callable[[str], None]

#: A design under another tariff is tried on the full year if the sample says it costs at most
#: this much more than the best.
SECOND_CHANCE = 0.01


def optimise(
    scenario: xr.Dataset,
    *,
    gap: float = 0.003,
    time_limit: float = 25.0,
    clusters: int = 10,
    progress: Progress = lambda stage: None,
) -> xr.Dataset:
    """Size all assets of the park at least total cost and dispatch the full year.

    The design comes from representative periods; its cost is that of the full year. The result is
    never worse than all companies for themselves, because their designs are a candidate.

    Parameters
    ----------
    gap
        Relative gap to which the programs on representative periods are solved.
    time_limit
        Seconds for the joint program; its best design so far is taken then.
    clusters
        Number of representative periods; each company's peak periods come in addition.
    progress
        Told which stage begins.

    Returns
    -------
    Dataset with the sizes, flows, prices and costs of `SOLUTION`. Sizes, yearly energies and costs
    have a dimension ``case``: ``today`` (nothing built), ``alone`` and ``together``. The attribute
    ``total_cost`` [EUR/a] is that of the full year; ``lower_bound`` and ``gap`` are not a number,
    because nothing is proven of the full year yet.

    Raises
    ------
    InputError
        If the scenario is not complete.
    SolveError
        If no design can serve the demand.
    """
    check(scenario)
    groups = cut(scenario)
    sample = Sample(*representative(scenario, groups, clusters))

    progress("today: nothing built")
    apart = Park(isolate(scenario), groups)
    today = cheapest_tariffs(apart, dispatch(apart, _nothing_built(apart)))

    progress("alone: each company for itself")
    designs = designs_alone(scenario, sample, gap)
    alone = _best_alone(apart, designs)

    progress("together: one design for all")
    park = Park(scenario, groups)
    together = alone
    if park.exchanges:
        found = design_together(park, sample, designs, gap, time_limit)
        progress("together: the full year")
        together = cheapest_tariffs(park, dispatch(park, found))
    if not park.exchanges or together.total_cost > alone.total_cost:
        best = {a.name: (a, c) for a, c in zip(apart.actors, alone.design, strict=True)}
        together = dispatch(park, embed(park, best))
    cases = {"today": (apart, today), "alone": (apart, alone), "together": (park, together)}
    return _solution(scenario, cases)


def _nothing_built(park: Park) -> Design:
    return [Choice(a.menu[0], np.zeros(park.template(a).n_design)) for a in park.actors]


def _best_alone(apart: Park, designs: dict[str, list[Alone]]) -> Dispatch:
    """Dispatch each company's promising designs over the full year and keep its best.

    Companies apart do not touch each other, so one dispatch tries one design of each at a time.
    """
    promising = {c: promising_designs(own, SECOND_CHANCE) for c, own in designs.items()}
    rounds = []
    for i in range(max(map(len, promising.values()))):
        chosen = {
            name: pair
            for own in promising.values()
            for name, pair in own[min(i, len(own) - 1)].choices.items()
        }
        rounds.append(cheapest_tariffs(apart, dispatch(apart, embed(apart, chosen))))
    best = [_best_round(apart, rounds, owner) for owner in map(_owner, apart.actors)]
    return Dispatch(
        design=[rounds[r].design[i] for i, r in enumerate(best)],
        operation=[
            [rounds[r].operation[g][i] for i, r in enumerate(best)]
            for g in range(len(apart.groups))
        ],
        prices=rounds[0].prices,
        costs=[rounds[r].costs[i] for i, r in enumerate(best)],
        total_cost=float(sum(rounds[r].costs[i].sum() for i, r in enumerate(best))),
    )


def _owner(actor: Actor) -> str:
    """The company whose actor this is: its site, or the heat source that it owns."""
    return str(actor.labels.get("company", actor.labels.get("heat_source")))


def _best_round(apart: Park, rounds: list[Dispatch], owner: str) -> int:
    own = [i for i, actor in enumerate(apart.actors) if _owner(actor) == owner]
    costs = [sum(float(result.costs[i].sum()) for i in own) for result in rounds]
    return int(np.argmin(costs))


def _solution(scenario: xr.Dataset, cases: dict[str, tuple[Park, Dispatch]]) -> xr.Dataset:
    """One dataset: flows and prices of the park together, all else with the dimension ``case``."""
    park, result = cases["together"]
    solution = to_dataset(scenario, park, result, flows=True)
    over_time = [name for name, array in solution.data_vars.items() if "time" in array.dims]
    parts = [
        to_dataset(scenario, of, dispatched, flows=False) for of, dispatched in cases.values()
    ]
    every = {str(name): array for part in parts for name, array in part.data_vars.items()}
    for part in parts:
        for name, array in every.items():
            if name not in part:
                part[name] = xr.zeros_like(array)
    by_case = xr.concat(parts, xr.Variable("case", list(cases)), join="outer", fill_value=0.0)
    solution = annotate(xr.merge([by_case, solution[over_time]], join="outer"))
    solution.attrs = {
        "study": scenario.attrs.get("study", ""),
        "scenario": scenario.attrs.get("scenario", ""),
        "step_hours": scenario.attrs["step_hours"],
        "total_cost": result.total_cost,
        "cost_alone": cases["alone"][1].total_cost,
        "cost_today": cases["today"][1].total_cost,
        "lower_bound": np.nan,
        "gap": np.nan,
        "proof": "The gap of the full year is not proven: the design comes from representative "
        "periods. Its cost is that of the full year.",
        "periods": sum(len(periods) for periods in park.groups),
    }
    return solution
