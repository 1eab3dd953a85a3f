"""The Shapley value: what each player adds on average, exactly or from a sample.

``φ_i = 1/n · Σ_{s<n} mean_{S∌i, |S|=s} [v(S ∪ i) − v(S)]``: a player's mean marginal contribution
to the coalitions of each size, averaged over the sizes. Shapley (1953), A value for n-person games,
Contributions to the Theory of Games II, 307-317.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from scipy.special import stdtrit

from parkwerk.division.game import Floats, Game, Ints
from parkwerk.errors import InputError


def shapley(game: Game) -> Floats:
    """The exact Shapley value from all 2**n coalitions, shape (n,)."""
    n = len(game.players)
    size = np.bitwise_count(np.arange(2 ** (n - 1)))
    weight = np.array([1.0 / (n * comb(n - 1, s)) for s in range(n)])[size]
    # Axis 1 is bit i; what remains, read in order, is the coalition of the others.
    split = (game.worth.reshape(-1, 2, 2**i) for i in range(n))
    return np.array([weight @ (part[:, 1] - part[:, 0]).ravel() for part in split])


@dataclass(frozen=True, eq=False)
class Estimate:
    """An estimated Shapley value, its confidence interval, and how many coalitions it took.

    The interval holds for each player by itself, not for all at once.
    """

    value: Floats
    low: Floats
    high: Floats
    evaluated: int


def sampled_shapley(
    n: int,
    worth: Callable[[int], float],
    samples: int,
    seed: int,
    confidence: float = 0.95,
    rotations: int | None = None,
) -> Estimate:
    """The Shapley value of n players, estimated from some coalitions' worths.

    A stratum is a player and a coalition size s. It has C(n−1, s) coalitions; where these are at
    most ``samples``, all are valued and the stratum has no error. In each other stratum ``samples``
    coalitions are drawn (Castro, Gómez, Molina and Tejada 2017, Computers & Operations Research
    82:180-188). One draw for *every* stratum comes from one random order of the players in a
    circle, in which each player joins the s before it. The n² marginal contributions then need
    only the n·(n−1) arcs of the circle, and an arc is valued once.

    Draws of different circles are independent; those of one circle are not. So the variance is
    that between circles, of each player's sum over its strata. The sums of a circle miss v(N) by a
    residual r that is known for each circle and 0 on average. Each player's sum is regressed on
    it, and the estimate is the regression at r = 0: the estimates sum to v(N), a player whose
    contributions do not vary is not corrected, and the interval is that of a regression's constant
    (Student's t). It supposes sums that are about normal: with few players and few samples, of
    which some circles are the same, it is too narrow.

    Where a coalition takes seconds to value, n·(n−1) of them for each circle are too many. With k
    ``rotations`` a player joins at k places of the circle, evenly spaced from a random one: once in
    each of k strata of n/k sizes. That takes k·(n−1) coalitions, and the sums miss nothing.

    Args:
        n: players, at least 2.
        worth: what a coalition is worth, by its bitmask; asked once for each, not for the empty.
        samples: draws in a stratum, at least 3.
        seed: of the random orders.
        confidence: of the interval, between 0 and 1.
        rotations: how many places of each circle; by default all n of them.

    Raises:
        InputError: too few players or samples, or a confidence or a number of rotations out of
            range.
    """
    _check(n, samples, confidence, rotations)
    value = _Remembered(worth)
    if rotations is not None and rotations < n:
        chance = np.random.default_rng(seed)
        orders = [np.roll(chance.permutation(n), chance.integers(n)) for _ in range(samples)]
        draws = np.array([_rotated(order, rotations, value) for order in orders])
        return _estimated(draws, value, confidence)
    drawn = [size for size in range(n) if comb(n - 1, size) > samples]
    whole = [size for size in range(n) if size not in drawn]
    exact = np.array([sum(_mean(i, n, size, value) for size in whole) for i in range(n)]) / n
    if not drawn:
        return Estimate(exact, exact, exact, value.evaluated)
    # The sizes that are drawn follow one another, because C(n−1, s) rises and then falls.
    sizes, draw = range(drawn[0], drawn[-1] + 1), np.random.default_rng(seed)
    draws = np.array([_circle(draw.permutation(n), sizes, value) for _ in range(samples)]) / n
    return _estimated(exact + draws, value, confidence)


def _estimated(draws: Floats, value: _Remembered, confidence: float) -> Estimate:
    """What independent draws of all players, (m, n), say."""
    centre, spread, freedom = regression_constant(draws, value(2 ** draws.shape[1] - 1))
    half = spread * float(stdtrit(freedom, (1 + confidence) / 2))
    return Estimate(centre, centre - half, centre + half, value.evaluated)


class _Remembered:
    """The worth of coalitions, each asked once."""

    def __init__(self, worth: Callable[[int], float]) -> None:
        self._worth = worth
        self._known = {0: 0.0}

    def __call__(self, mask: int) -> float:
        if mask not in self._known:
            self._known[mask] = float(self._worth(mask))
        return self._known[mask]

    @property
    def evaluated(self) -> int:
        """How many coalitions were valued; the empty one is not."""
        return len(self._known) - 1


def _mean(player: int, n: int, size: int, value: _Remembered) -> float:
    """A player's mean marginal contribution to all coalitions of a size."""
    others = [1 << i for i in range(n) if i != player]
    masks = [sum(bits) for bits in combinations(others, size)]
    return sum(value(mask | 1 << player) - value(mask) for mask in masks) / len(masks)


def _circle(order: Ints, sizes: range, value: _Remembered) -> Floats:
    """Each player's marginal contributions to the s players before it, summed over the sizes s."""
    n, sums = len(order), np.zeros(len(order))
    around = [int(player) for player in order] * 2
    for start in range(n):
        arc = sum(1 << player for player in around[start : start + sizes.start])
        for size in sizes:
            joining = around[start + size]
            longer = arc | 1 << joining
            sums[joining] += value(longer) - value(arc)
            arc = longer
    return sums


def _rotated(order: Ints, rotations: int, value: _Remembered) -> Floats:
    """Each player's mean marginal contribution at some places of a circle, evenly spaced."""
    n, sums = len(order), np.zeros(len(order))
    for k in range(rotations):
        mask = 0
        for player in np.roll(order, -(k * n // rotations)).tolist():
            sums[player] += value(mask | 1 << player) - value(mask)
            mask |= 1 << player
    return sums / rotations


def regression_constant(draws: Floats, total: float) -> tuple[Floats, Floats, int]:
    """Draws (m, n) regressed on what they miss of the total: constants, errors, freedom.

    With r the residuals, r̄ their mean and S = Σ(r − r̄)²: ``slope = Σ(r − r̄)·draw / S``,
    ``constant = mean − slope·r̄`` and ``error² = s²·(1/m + r̄²/S)``, where s² is the variance of what
    the regression leaves, with m − 2 degrees of freedom. Where no circle misses anything (only
    sizes 0 and n − 1 are exact, and a circle holds all others once) the mean is the constant, with
    m − 1.
    """
    m, n = draws.shape
    residual = draws.sum(axis=1) - total
    mean = residual.mean()
    off = residual - mean
    square = float(off @ off)
    slope, lever, freedom = np.zeros(n), 0.0, m - 1
    if square > m * (n * np.finfo(float).eps * np.abs(draws).max()) ** 2:
        slope, lever, freedom = off @ draws / square, mean**2 / square, m - 2
    middle = draws.mean(axis=0)
    variance = ((draws - middle - np.outer(off, slope)) ** 2).sum(axis=0) / freedom
    return middle - slope * mean, np.sqrt(variance * (1 / m + lever)), freedom


def _check(n: int, samples: int, confidence: float, rotations: int | None) -> None:
    if n < 2:
        raise InputError(f"Shapley value: {n} players, expected at least two")
    if samples < 3:
        raise InputError(f"Shapley value: {samples} samples, expected at least three")
    if not 0 < confidence < 1:
        raise InputError(f"Shapley value: confidence {confidence:g}, expected between 0 and 1")
    if rotations is not None and rotations < 1:
        raise InputError(f"Shapley value: {rotations} rotations, expected at least one")
