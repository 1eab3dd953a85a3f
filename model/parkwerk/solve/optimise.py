"""From a scenario to a solution: the best design found, and how far it is at most from the best.

1. Each company alone: its best tariff and design over the full year, with a proven bound.
2. Prices of everything that companies can exchange, from what it is worth to them alone.
3. At these prices each company anew: the sum of their bounds is a bound of the park (``bound.py``).
4. Links and memberships as they are wished for at the prices, dispatched over the full year.

Steps 2 to 4 repeat while that brings the bounds nearer, until the gap is met.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from pathlib import Path

import numpy as np
import xarray as xr

from parkwerk.coalition import isolate
from parkwerk.quantities import check
from parkwerk.solve.agree import (
    agree,
    has_private_pools,
    opened,
    who_trade,
    without_links,
)
from parkwerk.solve.alone import Alone, alone
from parkwerk.solve.assemble import Park
from parkwerk.solve.bids import bids
from parkwerk.solve.bound import price_bound
from parkwerk.solve.checkpoint import Checkpoint, fingerprint
from parkwerk.solve.clock import Clock
from parkwerk.solve.conditions import is_conditional
from parkwerk.solve.designs import midway
from parkwerk.solve.dispatch import Choice, Design, Dispatch, dispatch
from parkwerk.solve.embed import embed
from parkwerk.solve.mix import best_of
from parkwerk.solve.periods import cut
from parkwerk.solve.prices import exchange_prices
from parkwerk.solve.proof import Proof
from parkwerk.solve.settle import settle
from parkwerk.solve.solution import solution_of
from parkwerk.solve.state import state_of
from parkwerk.solve.workers import Workers, workers

#: What companies do alone, by the fingerprint of their scenario: the cases and the bound.
Memory = dict[str, tuple[Dispatch, Alone, Dispatch]]
#: Called with a sentence whenever a stage of the work begins.
Progress = Callable[[str], None]
#: Called with the upper and the lower bound whenever one of them changes.
Bounds = Callable[[float, float], None]

#: Which part of the gap a company's own search may leave.
OWN_PART = 0.05
#: Companies that pay a smaller share of the park's cost are sought no nearer than one of that cost.
SMALLEST = 0.01
#: Rounds of new prices, and the least part of the gap that a round must close for another.
ROUNDS, WORTHWHILE = 4, 0.05


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
    Dataset with the sizes, flows, prices and costs of `SOLUTION`. Sizes, yearly energies and costs
    have a dimension ``case``: ``today`` (nothing built), ``alone`` and ``together``. The attributes
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
    with workers(jobs, cluster) as crew:
        apart = Park(isolate(scenario), groups)
        key = fingerprint(apart, gap)
        known = memory.get(key)
        if known is None:
            progress("today: nothing is built")
            today = _full_year(apart, _nothing_built(apart))
            progress("alone: each company for itself")
            own = alone(apart.scenario, groups, OWN_PART * gap, crew, clock)
            known = today, own, _separate(apart, own)
            if not clock.over():
                memory[key] = known  # what is cut short is not worth keeping
        today, own, separate = known
        park = Park(scenario, groups)
        proof = Proof(gap, clock, bounds)
        if _is_shared(park):
            progress("together: one design for all")
            saved = checkpoint and Checkpoint(checkpoint, fingerprint(park))
            best = _together(park, own, separate, proof, crew, saved or None)
        else:
            best = separate
            proof.found(separate.total_cost, own.bound)
    cases = {"today": (apart, today), "alone": (apart, separate), "together": (park, best)}
    if not best.total_cost < separate.total_cost:
        # A common connection can cost more than it brings; then nobody shares.
        cases["together"] = (apart, separate)
        proof.or_else(separate.total_cost, min(proof.lower, own.bound))
    return solution_of(scenario, cases, proof)


def _together(
    park: Park,
    own: Alone,
    separate: Dispatch,
    proof: Proof,
    crew: Workers,
    saved: Checkpoint | None,
) -> Dispatch:
    """The best dispatch found for all companies together."""
    start = embed(park, own.choices)
    best = alike = _full_year(park, start)
    if saved and (kept := saved.read()):
        best = best_of(park, [best, _full_year(park, kept.design)])
        proof.resume(kept.log, kept.lower)
    proof.found(best.total_cost)
    tolerance, answer, traded = OWN_PART * proof.gap, best, list[Dispatch]()
    before_it = best.design
    for _ in range(ROUNDS):
        if proof.ended:
            break
        before, offers = proof.open, bids(park, best.design, crew)
        state = state_of(park, best, offers)
        if traded:
            # Prices that are good for either answer and for what lies between them.
            between = midway(before_it, answer.design)
            traded.append(dispatch(park, opened(park, between)))
        before_it = answer.design
        traded.append(dispatch(park, opened(park, answer.design)))
        crowds = _all_together(park, best.design, traded[-1])
        proof.found(best_of(park, [best, *crowds]).total_cost)
        prices = exchange_prices(park, traded, state)
        smallest = SMALLEST * best.total_cost
        bound = price_bound(park, prices, best.design, tolerance, smallest, crew, proof.clock)
        proof.found(lower=bound.total)
        tried: list[Dispatch] = []
        if not proof.clock.over():
            # What the new assets leave over says who can share it.
            apart = _full_year(park, without_links(park, bound.design))
            grown = state_of(park, apart, offers)
            answer = _full_year(park, agree(park, apart.design, bound.design, grown))
            tried = [_full_year(park, agree(park, alike.design, bound.design, state)), answer]
        # Last those that connect many: until then each part can be taken for itself.
        best = best_of(park, [best, *tried, *crowds])
        proof.found(best.total_cost)
        if saved:
            saved.write(park, best.design, proof)
        if proof.open > (1.0 - WORTHWHILE) * before:
            proof.exhausted = True
    if saved and proof.met:
        saved.remove()
    return best


def _all_together(park: Park, design: Design, traded: Dispatch) -> list[Dispatch]:
    """The year if all members join their pools, and who then does not trade leaves."""
    crowds = [traded]
    if has_private_pools(park):
        crowds.append(dispatch(park, opened(park, design, private=True)))
    return [_full_year(park, who_trade(park, crowd)) for crowd in crowds]


def _nothing_built(park: Park) -> Design:
    return [Choice(a.menu[0], np.zeros(park.template(a).n_design)) for a in park.actors]


def _separate(apart: Park, own: Alone) -> Dispatch:
    """All companies for themselves; the search of the year knows no conditions of tariffs."""
    best = _full_year(apart, embed(apart, own.choices))
    menus = [tariff for actor in apart.actors for tariff in actor.menu]
    if not any(is_conditional(apart.scenario, tariff) for tariff in menus):
        return best
    return best_of(apart, [best, _full_year(apart, embed(apart, own.first))])


def _is_shared(park: Park) -> bool:
    """Whether there is an exchange between different owners."""
    owners: dict[str, set[str]] = {}
    for actor in park.actors:
        for exchange in actor.exchanges:
            owners.setdefault(exchange, set()).add(actor.owner)
    return any(len(own) > 1 for own in owners.values())


def _full_year(park: Park, design: Design) -> Dispatch:
    """The year under a design; if the reading calls for another tariff or order, once more."""
    result = settle(park, dispatch(park, design))
    ordered = any("order" in actor.shape.features for actor in park.actors)
    tariffs = [choice.tariff for choice in design]
    if ordered or [choice.tariff for choice in result.design] != tariffs:
        again = settle(park, dispatch(park, result.design))
        result = min(result, again, key=lambda found: found.total_cost)
    return result
