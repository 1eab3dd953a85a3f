"""A fair division of a park of which not every coalition can be valued, with a proven bound.

Coalitions are found one after another (constraint generation, as for the fair least core: Fioriti
et al. 2025, IEEE Transactions on Energy Markets, Policy and Regulation 3(2):170-181 [S82]). What no
search has found is bounded by claims.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from parkwerk.division.game import Floats, check_players, label, shares
from parkwerk.division.polyhedron import (
    ROUNDING,
    Rows,
    least_excess,
    nearest,
    no_rows,
    scale_of,
)
from parkwerk.errors import InputError, SolveError

#: What coalitions are known to attain, by bitmask.
Worths = Mapping[int, float]
#: Finds coalitions, with attained worths, that gain by leaving a division.
Oracle = Callable[[Floats], Iterable[tuple[int, float]]]


@dataclass(frozen=True, eq=False)
class Generated:
    """A division and how far it is from one that nobody would leave.

    ``epsilon_low`` ≤ the least ε of the whole game, and the largest excess of ``division`` ≤
    ``epsilon_high``. ``coalitions`` are the worths known at the end; ``settled`` says that the
    oracle had no further objection then, ``rounds`` how often it was asked.
    """

    division: Floats
    epsilon_low: float
    epsilon_high: float
    coalitions: dict[int, float]
    rounds: int
    settled: bool


def proven_excess(claims: Floats, division: Floats) -> float:
    """No coalition S but ∅ and N has a larger excess, if v(S) ≤ Σ_{i∈S} w_i for all of them.

    v(S) − x(S) ≤ Σ_{i∈S} d_i with ``d = w − x``. The largest of these sums is that of the players
    with d_i > 0; if these are all, the one with the least d_i stays out; if there is none, the one
    with the largest d_i stands alone:

        max_{∅≠S≠N} d(S) = Σ_i max(0, d_i) − max(0, min_i d_i) + min(0, max_i d_i)
    """
    short = np.asarray(claims, dtype=np.float64) - division
    positive = np.maximum(short, 0.0).sum()
    return float(positive - max(0.0, short.min()) + min(0.0, short.max()))


def generate(
    players: Sequence[str],
    total: float,
    known: Worths,
    claims: Floats,
    target: Floats,
    oracle: Oracle,
    tolerance: float,
    rounds: int,
    floor: Floats | None = None,
) -> Generated:
    """A division that few would leave, near a target, from the coalitions that an oracle finds.

    In each round, in this order, which is that of what matters more:

    1. ε is the least largest excess over the known coalitions (LP). It is a lower bound of the
       least ε of the whole game, because known worths are attained and others only add to it.
    2. Among the divisions whose known excesses are at most ε + tolerance, β is the least
       ``Σ_i max(0, w_i − x_i)``: what the claims leave unproven. Where all can get at most their
       claims, β = w(N) − total. This sum exceeds :func:`proven_excess` by at most ``min_i d_i``.
       To minimise that one itself would leave no choice but ``x = w − β/n``, whatever is fair.
    3. Of the divisions within ε + tolerance and β + tolerance, the one nearest to the target.
    4. The oracle is asked who would leave it. Coalitions beyond ε + tolerance become known, and
       the next round begins; without any, the search is settled.

    Args:
        players: their names; bit i of a coalition's mask is ``players[i]``.
        total: what all together are worth.
        known: worths that coalitions attain (lower bounds of v); each player alone is among them.
        claims: w with v(S) ≤ Σ_{i∈S} w_i for every coalition S, such as each player's cost alone
            less its least cost at Lagrangian prices; hence w(N) ≥ total.
        target: any division that is thought fair.
        oracle: gives coalitions and the worths that they attain; it need not find all.
        tolerance: how much stability may give way to fairness [unit of the worths].
        rounds: how often the oracle is asked at most.
        floor: what each gets in any case, say what it is worth alone, so that nobody is worse off
            by taking part. Then ε is the least among such divisions.

    Raises:
        InputError: what is given does not fit together; a claim is below what is attained.
    """
    wanted, aim = shares(players, claims), shares(players, target)
    pool = dict(known)
    _check(players, total, pool, wanted, tolerance, rounds)
    rounding = ROUNDING * scale_of(total, wanted, np.array(list(pool.values())))
    least = _floor(players, total, floor, rounding)
    asked, settled = 0, False
    while not settled and asked < rounds:
        members, worth = _members(pool, len(players)), np.array(list(pool.values()))
        low = least_excess(total, members, worth, least).amount
        lower = np.concatenate([worth - low - tolerance, least.lower]) - rounding
        within = Rows(np.vstack([members, least.members]), lower)
        division = _fair(aim, total, within, wanted, tolerance, rounding)
        answers = list(oracle(division))
        _check_worths(players, answers, wanted)
        limit = low + tolerance + 2 * rounding
        found = [(mask, gain) for mask, gain in answers if gain - _sum(mask, division) > limit]
        for mask, gain in found:
            pool[mask] = max(gain, pool.get(mask, gain))
        asked, settled = asked + 1, not found
    return Generated(division, low, proven_excess(wanted, division), pool, asked, settled)


def _floor(players: Sequence[str], total: float, floor: Floats | None, rounding: float) -> Rows:
    """What each gets in any case, as rows."""
    if floor is None:
        return no_rows(len(players))
    lowest = shares(players, floor)
    if lowest.sum() > total + rounding:
        raise InputError(
            f"division: all get at least {lowest.sum():g}, expected at most the total {total:g}"
        )
    return Rows(np.eye(len(players)), lowest)


def _fair(
    target: Floats, total: float, within: Rows, claims: Floats, tolerance: float, rounding: float
) -> Floats:
    """Within the rows: least ``Σ_i max(0, w_i − x_i)`` up to the tolerance, then nearest to target.

    The sum is the largest of ``w(P) − x(P)`` over all sets P of players, so it is an excess like
    others. The few sets needed are found one after another, beginning with all players.
    """
    sets = np.ones((1, len(claims)))
    while True:
        least = least_excess(total, sets, sets @ claims, within).amount + tolerance + rounding
        members = np.vstack([within.members, sets])
        lower = np.concatenate([within.lower, sets @ claims - least])
        point = nearest(target, total, members, lower)
        if point is None:
            raise SolveError("division: no fair point between the bounds of the core")
        if np.maximum(claims - point, 0.0).sum() <= least + rounding:
            return point
        sets = np.vstack([sets, claims > point])


def _members(masks: Iterable[int], n: int) -> Floats:
    """Who is in which coalition, shape (m, n); masks may be longer than a machine's integers."""
    return np.array([[mask >> i & 1 for i in range(n)] for mask in masks], dtype=np.float64)


def _sum(mask: int, shares_of_all: Floats) -> float:
    return float(sum(share for i, share in enumerate(shares_of_all) if mask >> i & 1))


def _check(
    players: Sequence[str],
    total: float,
    known: Worths,
    claims: Floats,
    tolerance: float,
    rounds: int,
) -> None:
    if not np.isfinite(total):
        raise InputError(f"division: the total is {total}, expected a finite number")
    if tolerance < 0 or rounds < 1:
        raise InputError(
            f"division: tolerance {tolerance:g} and {rounds} rounds, expected none below 0 and 1"
        )
    check_players(players)
    for i, name in enumerate(players):
        if 1 << i not in known:
            raise InputError(f"division: what {name} is worth alone is missing")
    if claims.sum() < total - ROUNDING * scale_of(total, claims):
        raise InputError(
            f"division: the claims sum to {claims.sum():g}, expected at least the total {total:g}"
        )
    _check_worths(players, known.items(), claims)


def _check_worths(
    players: Sequence[str], worths: Iterable[tuple[int, float]], claims: Floats
) -> None:
    for mask, worth in worths:
        if not 0 < mask < 2 ** len(players) - 1:
            raise InputError(
                f"division: coalition {mask}, expected some but not all of {len(players)} players"
            )
        names = label(players, mask)
        if not np.isfinite(worth):
            raise InputError(f"division: the worth of {names} is no finite number")
        if worth > _sum(mask, claims) + ROUNDING * scale_of(worth, claims):
            raise InputError(
                f"division: {names} attains {worth:g}, more than the {_sum(mask, claims):g} of "
                "its claims"
            )
