"""Games for the tests: drawn at random, and those of the literature."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from parkwerk.division.game import Floats, Game, membership

#: Worths of the coalitions 1, 2, 12, 3, 13, 23, 123 with Shapley value (9.5, 6.5, 8) and nucleolus
#: (11.5, 5.5, 7).
THREE = Game(("1", "2", "3"), np.array([0.0, 2, 5, 14, 4, 18, 9, 24]))
#: Any two of three have all: no division suits every pair.
MAJORITY = Game(("a", "b", "c"), np.array([0.0, 0, 0, 1, 0, 1, 1, 1]))
#: A left glove and two right ones; a pair is worth 1.
GLOVES = Game(("left", "right", "other right"), np.array([0.0, 0, 0, 1, 0, 1, 0, 1]))


def names(n: int) -> tuple[str, ...]:
    """As many players as wanted."""
    return tuple(f"c{i}" for i in range(n))


def random_game(rng: np.random.Generator, n: int, whole: bool = False) -> Game:
    """Any worths between 0 and 10; whole numbers make ties. All together have the most."""
    worth = rng.integers(0, 11, 2**n).astype(float) if whole else rng.uniform(0, 10, 2**n)
    worth[0] = 0.0
    worth[-1] = 10.0 * n
    return Game(names(n), worth)


def superadditive(game: Game) -> Game:
    """Each coalition is worth what its best partition is: it may always stay apart."""
    worth = game.worth.copy()
    for mask in range(1, len(worth)):
        part = (mask - 1) & mask
        while part:
            worth[mask] = max(worth[mask], worth[part] + worth[mask ^ part])
            part = (part - 1) & mask
    return Game(game.players, worth)


def bankruptcy(estate: float, claims: Sequence[float]) -> Game:
    """A coalition has what it gets without a trial: the estate less the claims of all others."""
    others = sum(claims) - membership(len(claims)) @ np.array(claims)
    return Game(names(len(claims)), np.maximum(0.0, estate - others))


def airport(costs: Sequence[float]) -> Game:
    """A coalition pays the runway of its largest aircraft; worths are costs below zero."""
    return Game(names(len(costs)), -(membership(len(costs)) * np.array(costs)).max(axis=1))


def permuted(game: Game, order: Sequence[int]) -> Game:
    """The same game with the players in another order: player ``order[i]`` comes i-th."""
    return game.subgame([game.players[i] for i in order])


def shifted(game: Game, scale: float, gifts: Floats) -> Game:
    """All worths in another unit, and a gift to each player wherever it goes."""
    return Game(game.players, scale * game.worth + membership(len(gifts)) @ gifts)
