"""The least core, the fair point in it, and the nucleolus: divisions that few would leave."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from parkwerk.division.game import Floats, Game, Ints, membership, shares
from parkwerk.division.polyhedron import (
    ROUNDING,
    Rows,
    least_excess,
    nearest,
    no_rows,
    scale_of,
)
from parkwerk.errors import InputError

#: A dual value or a distance below is rounding. A true dual value is a ratio of determinants of 0/1
#: matrices of at most n + 1 rows: not below 1/9477 for 12 players. Distances are alike.
POSITIVE = 1e-6


class LeastCore(NamedTuple):
    """The least ε for which the ε-core is not empty, and some division in it."""

    epsilon: float
    division: Floats


def least_core(game: Game) -> LeastCore:
    """``min ε: x(S) + ε ≥ v(S)`` for all S but ∅ and N, ``x(N) = v(N)``.

    ε ≤ 0 says that the core is not empty: no coalition gains by leaving. The division is a corner
    of the least core; which one is left to the solver, so :func:`fair_point` should choose.

    Maschler, Peleg and Shapley (1979), Mathematics of Operations Research 4(4):303-338.
    """
    members = membership(len(game.players))[1:-1]
    found = least_excess(game.grand, members, game.worth[1:-1], no_rows(len(game.players)))
    return LeastCore(found.amount, found.division)


def fair_point(game: Game, epsilon: float, target: Floats) -> Floats:
    """The point of the ε-core nearest to a target: ``min ‖x − target‖², x(S) ≥ v(S) − ε``.

    The target is any division that is thought fair, such as the Shapley value or equal shares; it
    is kept where it lies in the ε-core. The point is unique. So that the least ε itself can be
    given, ε is widened by 1e-9 of the largest worth.

    Raises:
        InputError: the ε-core is empty, or the target has not one share for each player.
    """
    aim = shares(game.players, target)
    lower = game.worth[1:-1] - epsilon - ROUNDING * scale_of(game.worth)
    point = nearest(aim, game.grand, membership(len(game.players))[1:-1], lower)
    if point is None:
        least = least_core(game).epsilon
        raise InputError(f"fair point: epsilon is {epsilon:g}, expected at least {least:g}")
    return point


def nucleolus(game: Game) -> Floats:
    """The division with v(i) ≤ x_i whose excesses, sorted from the largest, are least, shape (n,).

    Successive linear programs: each lowers the largest excess of the coalitions still open; those
    with a positive dual value have it in every best division and are fixed there. A coalition
    whose members' sum follows from the fixed ones is no longer open. Each step fixes at least one
    more direction, so that at most n − 1 steps leave one division. That fixed coalitions receive no
    less is enough for the program: if one received more, the step that fixed it was not at its
    least.

    Schmeidler (1969), SIAM Journal on Applied Mathematics 17(6):1163-1170; the programs are those
    of Maschler, Peleg and Shapley (1979), Mathematics of Operations Research 4(4):303-338.

    Raises:
        InputError: the players alone are worth more than all together.
    """
    n = len(game.players)
    table, alone = membership(n), _affordable(game)
    still_open: Ints = np.arange(1, 2**n - 1)
    fixed, amounts = np.ones((1, n)), np.array([game.grand])
    while np.linalg.matrix_rank(fixed) < n:
        rows = Rows(np.vstack([fixed, np.eye(n)]), np.concatenate([amounts, alone]))
        found = least_excess(game.grand, table[still_open], game.worth[still_open], rows)
        tight = still_open[found.duals > POSITIVE]
        fixed = np.vstack([fixed, table[tight]])
        amounts = np.concatenate([amounts, game.worth[tight] - found.amount])
        still_open = still_open[_outside(table[still_open], fixed)]
    division: Floats = np.linalg.lstsq(fixed, amounts, rcond=None)[0]
    return division


def _affordable(game: Game) -> Floats:
    """What each has alone, lowered by rounding where all together have no more than that."""
    missing = game.alone.sum() - game.grand
    if missing > ROUNDING * scale_of(game.worth):
        raise InputError(
            f"nucleolus: the players alone are worth {game.alone.sum():g}, expected at most the "
            f"{game.grand:g} of all together"
        )
    return np.asarray(game.alone - max(0.0, missing) / len(game.players))


def _outside(rows: Floats, fixed: Floats) -> npt.NDArray[np.bool_]:
    """Which rows are no linear combination of the fixed ones."""
    _, sizes, axes = np.linalg.svd(fixed, full_matrices=False)
    span = axes[sizes > POSITIVE]
    distance: Floats = np.linalg.norm(rows - rows @ span.T @ span, axis=1)
    return distance > POSITIVE
