"""From a scenario to a solution: design on representative periods, dispatch of the full year."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import xarray as xr

from parkwerk.coalition import isolate
from parkwerk.quantities import check
from parkwerk.solve.alone import dispatch_alone
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Choice, Design, Dispatch, dispatch
from parkwerk.solve.embed import embed, found, settled_binaries
from parkwerk.solve.periods import cut
from parkwerk.solve.representative import Sample, representative
from parkwerk.solve.settle import settle
from parkwerk.solve.solution import annotate, to_dataset
from parkwerk.solve.together import improve, solve_whole

#: The cases today and alone of scenarios by their fingerprints.
Memory = dict[str, tuple[Dispatch, Dispatch]]

#: Called with a sentence whenever a stage of the work begins.
Progress = Callable[[str], None]

PROVEN = "The lower bound is that of the whole mixed-integer program, solved over all periods."
UNPROVEN = (
    "The gap of the full year is not proven yet: the design comes from representative periods. "
    "Its cost is that of the full year."
)

#: A cost [EUR/a] below which a gap is not a share of it.
SMALLEST_COST = 1.0
#: Costs nearer than this share of each other are the same but for rounding.
ROUNDING = 1e-9

#: What the settlement of the year reads beside the programs.
SETTLED = {"tariff_condition", "slice_end", "slice_value", "support_gap", "feed_in_supported"}

#: How often tariffs that turn out cheaper over the full year are designed for again.
ROUNDS = 2


def optimise(
    scenario: xr.Dataset,
    *,
    gap: float = 0.001,
    time_limit: float = 60.0,
    clusters: int = 8,
    progress: Progress = lambda stage: None,
    memory: Memory | None = None,
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
    memory
        Keeps what companies can do for themselves: scenarios that differ only in what companies may
        do together, given the same memory, work it out once.

    Returns
    -------
    Dataset with the sizes, flows, prices and costs of `SOLUTION`. Sizes, yearly energies and costs
    have a dimension ``case``: ``today`` (nothing built), ``alone`` and ``together``. The attribute
    ``total_cost`` [EUR/a] is that of the full year. ``lower_bound`` [EUR/a] and ``gap`` are not a
    number where the design comes from representative periods, because nothing is proven of the full
    year then; a year of few periods is solved whole, and both are given.

    Raises
    ------
    InputError
        If the scenario is not complete.
    SolveError
        If no design can serve the demand.
    """
    check(scenario)
    groups = cut(scenario)
    sample = representative(scenario, groups, clusters)

    apart = Park(isolate(scenario), groups)
    memory = {} if memory is None else memory
    key = _fingerprint(apart, gap, clusters)
    if key not in memory:
        progress("today: nothing is built")
        today = _full_year(apart, _nothing_built(apart))
        progress("alone: each company for itself")
        memory[key] = today, dispatch_alone(scenario, apart, sample, gap)
    today, alone = memory[key]
    progress("together: one design for all")
    park = Park(scenario, groups)
    together, bound = _together(park, sample, apart, alone, gap, time_limit)

    cases = {"today": (apart, today), "alone": (apart, alone), "together": (park, together)}
    if together is alone or together.total_cost - alone.total_cost > ROUNDING * abs(
        alone.total_cost
    ):
        # Closing overlapping flows anew can end a little dearer, and a common connection can cost
        # more than it brings; then nobody shares.
        cases["together"] = (apart, alone)
        # What was proven is proven of a park that must share a connection.
        bound = np.nan if scenario["behind"].values.astype(bool).any() else bound
    return _solution(scenario, cases, bound)


def _fingerprint(park: Park, *settings: float) -> str:
    """A hash of the settings, the actors and all numbers that their programs are made of."""
    scenario = park.scenario
    attrs = {name: scenario.attrs.get(name) for name in ("step_hours", "period")}
    digest = hashlib.sha256(repr((settings, attrs, park.actors)).encode())
    used = {block.name for actor in park.actors for block in park.template(actor).parameters}
    for name in sorted(used | SETTLED):
        if name in scenario:
            digest.update(f"{name} {scenario[name].shape}".encode())
            digest.update(np.asarray(scenario[name].values, dtype=float).tobytes())
    return digest.hexdigest()


def _nothing_built(park: Park) -> Design:
    return [Choice(a.menu[0], np.zeros(park.template(a).n_design)) for a in park.actors]


def _together(
    park: Park, sample: Sample, apart: Park, alone: Dispatch, gap: float, time_limit: float
) -> tuple[Dispatch, float]:
    """The best dispatch found for all companies together, and its lower bound if one is proven."""
    if not park.exchanges and not sample.whole:
        return alone, np.nan
    separate = found(apart, alone.design)
    start = embed(park, separate)
    best = _full_year(park, start)
    if sample.whole:
        design, bound = solve_whole(park, start, gap, time_limit)
        return min(best, _full_year(park, design), key=_total_cost), bound
    settled = settled_binaries(park, separate)
    for _ in range(ROUNDS):
        result = _full_year(park, improve(park, sample, start, settled, gap, time_limit))
        best = min(best, result, key=_total_cost)
        if [c.tariff for c in result.design] == [c.tariff for c in start]:
            break
        start = result.design
    return best, np.nan


def _full_year(park: Park, design: Design) -> Dispatch:
    return settle(park, dispatch(park, design))


def _total_cost(result: Dispatch) -> float:
    return result.total_cost


def _solution(
    scenario: xr.Dataset, cases: dict[str, tuple[Park, Dispatch]], bound: float
) -> xr.Dataset:
    """One dataset: flows and prices of the park together, all else with the dimension ``case``."""
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
    solution = annotate(xr.merge([by_case, solution[over_time]], join="outer"))
    solution.attrs = {
        "study": scenario.attrs.get("study", ""),
        "scenario": scenario.attrs.get("scenario", ""),
        "step_hours": scenario.attrs["step_hours"],
        "total_cost": result.total_cost,
        "cost_alone": cases["alone"][1].total_cost,
        "cost_today": cases["today"][1].total_cost,
        "lower_bound": bound,
        "gap": (result.total_cost - bound) / max(abs(result.total_cost), SMALLEST_COST),
        "proof": UNPROVEN if np.isnan(bound) else PROVEN,
        "periods": sum(len(periods) for periods in park.groups),
    }
    return solution
