"""Direct lines: who has which of them in a lower bound of the park.

A line costs by the year, whatever passes over it. Its two companies are sized with the line and
without, at the same prices, with bounds b⁺ and b⁰; a company has one line at most (EnWG §3 Nr. 27).
So with the fees F of what prices do not bear, no design costs less than

    Σ_c b⁰_c + min_z Σ_l z_l·(F_l + Σ_{c at l} (b⁺_{c,l} − b⁰_c))
    s.t. Σ_{l at c} z_l ≤ 1,  z binary

Were each company to take its better case for itself, one might count a line that the other has not.

No line is had if at both ends ``b⁺_{c,l} ≥ b⁰_c − f_{c,l}``, whatever the parts f of its fee that
sum to F: so far only each end needs to be sought, and nearer if that is not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from parkwerk.formulation.park import pool_exchange
from parkwerk.solve.assemble import Park

#: The case without any line.
NONE = ""
#: How a fee is parted, by what an end does: the sun of a line mostly changes more where it is
#: taken, in what is bought and built, than where it is left over.
TAKES, BOTH, GIVES = 3.0, 2.0, 1.0


class End(NamedTuple):
    """What a line costs beyond the prices, and the part of it that one end is to bear [EUR/a]."""

    fee: float
    borne: float


def lines_of(park: Park, clusters: Sequence[Sequence[int]]) -> dict[str, tuple[int, int]]:
    """Direct lines between two clusters, each with one site, and the positions of these.

    Other private wires, and lines of a cluster of many, are no case of their own.
    """
    if "pool_exclusive" not in park.scenario:
        return {}
    private = (park.scenario["pool_on_grid"] == 0) & (park.scenario["pool_exclusive"] > 0)
    result = {}
    for pool in map(str, park.scenario["pool"].values[private.values]):
        ends = [
            k
            for k, members in enumerate(clusters)
            if any(pool_exchange(pool) in park.actors[i].exchanges for i in members)
        ]
        if len(ends) == 2 and all(_sites(park, clusters[k]) == 1 for k in ends):
            result[pool] = (ends[0], ends[1])
    return result


def part_of(park: Park, line: str, members: Sequence[int]) -> float:
    """The part of a line's fee that one end is to bear; those of both ends sum to one.

    Parameters
    ----------
    members
        Positions of the actors at this end.
    """
    exchange = pool_exchange(line)
    weights = {
        i: _weight(park, line, actor.name)
        for i, actor in enumerate(park.actors)
        if actor.shape.kind == "site" and exchange in actor.exchanges
    }
    return sum(weights[i] for i in weights if i in members) / sum(weights.values())


def _weight(park: Park, line: str, company: str) -> float:
    own = park.scenario.sel(pool=line, company=company)
    gives, takes = bool(own["pool_gives"] > 0), bool(own["pool_takes"] > 0)
    return BOTH if gives == takes else TAKES if takes else GIVES


def _sites(park: Park, members: Sequence[int]) -> int:
    """How many of some actors are sites."""
    return sum(park.actors[i].shape.kind == "site" for i in members)


def matched(
    bounds: Sequence[Mapping[str, float]], fees: Mapping[str, float]
) -> tuple[float, list[str]]:
    """The least sum over all clusters [EUR/a], and the line that each of them has in it.

    Parameters
    ----------
    bounds
        The lower bound of each cluster [EUR/a] by each of its lines, and ``NONE`` without any.
    fees
        What each line costs beyond that [EUR/a].
    """
    without = np.array([own[NONE] for own in bounds])
    had = [NONE] * len(bounds)
    names = list(dict.fromkeys(line for own in bounds for line in own if line != NONE))
    if not names or not np.isfinite(without).all():
        return float(without.sum()), had
    from scipy.optimize import Bounds, LinearConstraint, milp

    at = np.array([[line in own for line in names] for own in bounds], dtype=float)
    more = np.array([sum(own[line] - own[NONE] for own in bounds if line in own) for line in names])
    more += [fees[line] for line in names]
    if not np.isfinite(more).all():
        return -np.inf, had
    whole = {"integrality": np.ones(len(names)), "bounds": Bounds(0, 1)}
    found = milp(more, constraints=LinearConstraint(at, ub=1.0), **whole)
    for name, chosen in zip(names, found.x > 0.5, strict=True):
        if chosen:
            had = [name if name in own else line for own, line in zip(bounds, had, strict=True)]
    return float(without.sum() + found.mip_dual_bound), had
