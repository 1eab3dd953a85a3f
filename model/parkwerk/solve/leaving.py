"""Who would do better outside the pools of a design, and what the year costs once they have left.

A membership costs by the year, whatever is traded. At the prices p at which a year's exchanges
balance, a site with the cost c_i pays within its pools and outside of them, with the same assets,

    within_i = c_i + Σ_t p[t]·(taken_i[t] − given_i[t])        outside_i = c_i without pools

What sites pay one another adds up to nothing, so the sum of ``outside − within`` is what the pools
save. Who pays more within costs the others more than it brings them, up to what its trades have
moved the prices. So those leave who lose most, as long as the park's cost falls. That is tried,
for at a price a giver may lose whose surplus is worth much to others as long as it is scarce.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from parkwerk.solve.assemble import Park
from parkwerk.solve.designs import columns
from parkwerk.solve.dispatch import Design, Dispatch, Known, dispatch
from parkwerk.solve.entries import Trade, sales
from parkwerk.solve.full_year import full_year
from parkwerk.solve.program import Floats, Ints
from parkwerk.solve.settle import settle

#: So many years are operated at most, and losses below this share of the park's cost are none.
YEARS, SMALL = 6, 1e-5


def thinned(park: Park, operated: Dispatch, over: Callable[[], bool] = lambda: False) -> Dispatch:
    """The cheapest year found when those leave their pools who lose by them, as it is billed.

    ``over`` is asked before every year; nobody else leaves when it says so.
    """
    best, members = operated, _members(park, operated.design)
    known: Known = {}  # those who have left are operated once
    if len(members) < 2 or over():
        return full_year(park, best.design, known)
    apart = settle(park, dispatch(park, _without(park, operated.design, members), known=known))
    outside = paid(park, apart)
    gone, losers = members[:0], _losers(park, operated, outside)
    leaving = _half(len(losers))
    for _ in range(YEARS):
        if not leaving or over():
            break
        away = np.concatenate([gone, losers[:leaving]])
        design = _without(park, operated.design, away)
        tried = settle(park, dispatch(park, design, known=known))
        if tried.total_cost < best.total_cost:
            best, gone, losers = tried, away, _losers(park, tried, outside)
            leaving = _half(len(losers))
        elif leaving > 1:
            leaving //= 2
        else:
            losers = losers[1:]
            leaving = _half(len(losers))
    best = min(best, apart, key=lambda year: year.total_cost)
    return full_year(park, best.design, known)


def _half(n: int) -> int:
    """Half of them, rounded up: prices change with each who leaves, and a loser may then gain."""
    return (n + 1) // 2


def paid(park: Park, operated: Dispatch) -> Floats:
    """What each actor pays if exchanges are paid at the prices of the year, (actor,) [EUR/a]."""
    result = np.array([cost.sum() for cost in operated.costs])
    for group, flows, price in zip(park.groups, operated.operation, operated.prices, strict=True):
        trade = Trade(*2 * [np.nan_to_num(price)])
        for i, (actor, choice) in enumerate(zip(park.actors, operated.design, strict=True)):
            stamp = park.stamps(actor, choice.tariff, [group])[0]
            inside = np.zeros(len(stamp.template.delivery.row), dtype=bool)
            result[i] += float((sales(park, stamp, inside, trade) * flows[i]).sum())
    return result


def _losers(park: Park, operated: Dispatch, outside: Floats) -> Ints:
    """Members of pools who pay more than outside, those first who lose most."""
    loss = paid(park, operated) - outside
    members = _members(park, operated.design)
    losing = members[loss[members] > SMALL * abs(operated.total_cost)]
    return losing[np.argsort(-loss[losing], kind="stable")]


def _members(park: Park, design: Design) -> Ints:
    """Positions of the sites that have joined a pool."""
    pairs = zip(park.actors, design, strict=True)
    joined = [
        a.shape.kind == "site" and bool((columns(park, a, "joined", c.values) > 0).any())
        for a, c in pairs
    ]
    return np.flatnonzero(joined)


def _without(park: Park, design: Design, leaving: Ints) -> Design:
    """The same design, but these sites have left all their pools."""
    result = list(design)
    for i in leaving:
        values = design[i].values.copy()
        for right in ("joined", "pool_giver"):
            columns(park, park.actors[i], right, values)[:] = 0.0
        result[i] = replace(design[i], values=values)
    return result
