"""From a scenario to a solution: the best design found, and how far it is at most from the best.

First each company alone: its best tariff and design over the full year, with a proven bound. Then
all together (``together.py``): prices of what they can exchange, a bound of the park at these
prices, and designs on which all agree, in turns until the gap is met.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from pathlib import Path

import numpy as np
import xarray as xr

from parkwerk.coalition import isolate
from parkwerk.quantities import check
from parkwerk.solve.alone import Alone, alone, begin
from parkwerk.solve.assemble import Park
from parkwerk.solve.checkpoint import Checkpoint, fingerprint
from parkwerk.solve.clock import Clock
from parkwerk.solve.conditions import is_conditional
from parkwerk.solve.dispatch import Choice, Design, Dispatch
from parkwerk.solve.embed import embed
from parkwerk.solve.full_year import full_year
from parkwerk.solve.mix import best_of
from parkwerk.solve.periods import cut
from parkwerk.solve.proof import Proof
from parkwerk.solve.solution import solution_of
from parkwerk.solve.together import OWN_PART, is_shared, together
from parkwerk.solve.workers import workers

#: What companies do alone, by the fingerprint of their scenario: the cases and the bound.
Memory = dict[str, tuple[Dispatch, Alone, Dispatch]]
#: Called with a sentence whenever a stage of the work begins.
Progress = Callable[[str], None]
#: Called with the upper and the lower bound whenever one of them changes.
Bounds = Callable[[float, float], None]


def optimise(
    scenario: xr.Dataset,
    *,
    gap: float = 0.002,
    time_limit: float = inf,
    jobs: int | None = None,
    cluster: str | None = None,
    checkpoint: Path | None = None,
    clock: Clock | None = None,
    progress: Progress = lambda stage: None,
    bounds: Bounds = lambda upper, lower: None,
    memory: Memory | None = None,
) -> xr.Dataset:
    """Size all assets of the park at least total cost, dispatch the full year, prove the gap.

    Parameters
    ----------
    gap
        The search ends when ``(total_cost − lower_bound)/total_cost`` is no larger.
    time_limit
        Seconds after which it ends with the best design so far and its true gap.
    jobs, cluster
        Who does the parallel work, see :func:`parkwerk.solve.workers.workers`.
    checkpoint
        File that keeps the state after each round. If it is there and of the same scenario, the
        search goes on from it; when the gap is met it is removed.
    clock
        Somebody else's clock, whose interrupt ends the search as the time limit does.
    progress, bounds
        Told which stage begins, and the bounds when they change.
    memory
        Keeps what companies can do for themselves: scenarios that differ only in what companies may
        do together, given the same memory, work it out once.

    Returns
    -------
    xr.Dataset
        Sizes, flows, prices and costs of `SOLUTION`. Sizes, yearly energies and costs have a
        dimension ``case``: ``today`` (nothing built), ``alone`` and ``together``. The attributes
        ``total_cost`` and ``lower_bound`` [EUR/a] are of the full year with all binaries.

    Raises
    ------
    InputError
        If the scenario is not complete, or the checkpoint is of another one.
    SolveError
        If no design can serve the demand.
    """
    check(scenario)
    clock = clock or Clock()
    clock.limit = min(clock.limit, clock.seconds + time_limit)
    groups = cut(scenario)
    memory = {} if memory is None else memory
    with workers(jobs, cluster, clock.interrupt) as crew:
        apart = Park(isolate(scenario), groups)
        key = fingerprint(apart, gap)
        known = memory.get(key)
        if known is None:
            crew.prepare(begin)
            progress("today: nothing is built")
            today = full_year(apart, _nothing_built(apart))
            progress("alone: each company for itself")
            own = alone(apart.scenario, groups, OWN_PART * gap, crew, clock)
            known = today, own, _separate(apart, own)
            if not clock.over():
                memory[key] = known  # what is cut short is not worth keeping
        today, own, separate = known
        park = Park(scenario, groups)
        proof = Proof(gap, clock, bounds)
        best, at_prices = separate, dict[str, float]()
        if is_shared(park):
            progress("together: one design for all")
            saved = checkpoint and Checkpoint(checkpoint, fingerprint(park))
            found = together(park, embed(park, own.choices), proof, crew, saved or None)
            best, at_prices = found.best, found.by_company
        else:
            proof.found(separate.total_cost, own.bound)
    cases = {"today": (apart, today), "alone": (apart, separate), "together": (park, best)}
    if not best.total_cost < separate.total_cost:
        # A common connection can cost more than it brings; then nobody shares. Elsewhere that is
        # one of the park's designs, and its bound holds.
        cases["together"] = (apart, separate)
        common = any(actor.shape.kind == "common connection" for actor in park.actors)
        proof.or_else(separate.total_cost, min(proof.lower, own.bound) if common else proof.lower)
    return solution_of(scenario, cases, proof, own.by_company, at_prices)


def _nothing_built(park: Park) -> Design:
    return [Choice(a.menu[0], np.zeros(park.template(a).n_design)) for a in park.actors]


def _separate(apart: Park, own: Alone) -> Dispatch:
    """All companies for themselves; the search of the year knows no conditions of tariffs."""
    best = full_year(apart, embed(apart, own.choices))
    menus = [tariff for actor in apart.actors for tariff in actor.menu]
    if not any(is_conditional(apart.scenario, tariff) for tariff in menus):
        return best
    return best_of(apart, [best, full_year(apart, embed(apart, own.first))])
