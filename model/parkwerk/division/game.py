"""A cooperative game with transferable utility: what every coalition of its players is worth."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from parkwerk.errors import InputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


class Objection(NamedTuple):
    """A coalition (bitmask of its members) and its excess: what it would gain by leaving."""

    mask: int
    amount: float


@dataclass(frozen=True, eq=False)
class Game:
    """Players N and the worth v(S) of every coalition S ⊆ N, with v(∅) = 0.

    A coalition is a bitmask: bit i stands for ``players[i]``. ``worth`` has shape (2**n,), and a
    coalition's mask is its position. All worths have one unit, say EUR/a.

    Raises:
        InputError: fewer than two players, a player twice, or worths that do not fit the players.
    """

    players: tuple[str, ...]
    worth: Floats

    def __post_init__(self) -> None:
        check_players(self.players)
        worth = np.array(self.worth, dtype=np.float64)
        if worth.shape != (2 ** len(self.players),):
            raise InputError(
                f"game of {len(self.players)} players: worths have shape {worth.shape}, expected "
                f"one for each of the {2 ** len(self.players)} coalitions"
            )
        if not np.isfinite(worth).all():
            name = label(self.players, int(np.argmin(np.isfinite(worth))))
            raise InputError(f"game: the worth of {name} is no finite number")
        if worth[0] != 0:
            raise InputError(f"game: nobody together is worth {worth[0]:g}, expected 0")
        worth.flags.writeable = False
        object.__setattr__(self, "worth", worth)

    @classmethod
    def of(cls, players: Sequence[str], worths: Mapping[Collection[str], float]) -> Game:
        """The game in which each named coalition has its worth; the empty one may be left out.

        Raises:
            InputError: a coalition is missing, named twice, or has a member that is no player.
        """
        worth = np.full(2 ** len(players), np.nan)
        worth[0] = 0.0
        seen: set[int] = set()
        for names, value in worths.items():
            mask = mask_of(tuple(players), names)
            if mask in seen:
                raise InputError(f"game: the worth of {', '.join(names)} is given twice")
            seen.add(mask)
            worth[mask] = value
        for mask in set(range(1, len(worth))) - seen:
            raise InputError(f"game: the worth of {label(tuple(players), mask)} is missing")
        return cls(tuple(players), worth)

    @property
    def grand(self) -> float:
        """What all players together are worth: v(N)."""
        return float(self.worth[-1])

    @property
    def alone(self) -> Floats:
        """What each player is worth alone: v({i}), shape (n,)."""
        singles: Floats = self.worth[1 << np.arange(len(self.players))]
        return singles

    def members(self, mask: int) -> tuple[str, ...]:
        """The names of a coalition's members, in the order of the players."""
        return members_of(self.players, mask)

    def mask_of(self, names: Collection[str]) -> int:
        """The coalition of the named players.

        Raises:
            InputError: a name is no player or stands twice.
        """
        return mask_of(self.players, names)

    def subgame(self, names: Sequence[str]) -> Game:
        """The game among some of the players, in the order named."""
        bits = np.array([self.mask_of([name]) for name in names], dtype=np.intp)
        masks = membership(len(names)).astype(np.intp) @ bits
        return Game(tuple(names), self.worth[masks])

    def excess(self, division: Floats) -> Floats:
        """e(S, x) = v(S) − Σ_{i∈S} x_i of every coalition, shape (2**n,).

        Raises:
            InputError: the division has not one share for each player.
        """
        return self.worth - membership(len(self.players)) @ shares(self.players, division)

    def largest_excess(self, division: Floats) -> Objection:
        """The coalition of some but not all players with the largest excess, and that excess.

        Of several with the same excess, the one with the smallest mask.
        """
        excess = self.excess(division)[1:-1]
        place = int(np.argmax(excess))
        return Objection(place + 1, float(excess[place]))


@lru_cache(maxsize=4)
def membership(n: int) -> Floats:
    """Who is in which coalition: 1 where bit i of the mask is set; shape (2**n, n), read-only."""
    table = (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(np.float64)
    table.flags.writeable = False
    return table


def shares(players: Sequence[str], division: Floats) -> Floats:
    """A division as numbers, one for each player.

    Raises:
        InputError: it has another shape, or a share is no finite number.
    """
    numbers = np.asarray(division, dtype=np.float64)
    if numbers.shape != (len(players),) or not np.isfinite(numbers).all():
        raise InputError(
            f"division: expected {len(players)} finite shares, one for each of {', '.join(players)}"
        )
    return numbers


def check_players(players: Sequence[str]) -> None:
    """Refuse fewer than two players, or one who stands twice, with an ``InputError``."""
    if len(players) < 2:
        raise InputError(f"game: {len(players)} players, expected at least two")
    twice = {name for name in players if list(players).count(name) > 1}
    if twice:
        raise InputError(f"game: player {min(twice)} stands twice")


def members_of(players: Sequence[str], mask: int) -> tuple[str, ...]:
    """The names of a coalition's members."""
    return tuple(name for i, name in enumerate(players) if mask >> i & 1)


def label(players: Sequence[str], mask: int) -> str:
    """A coalition in words, for messages."""
    return "{" + ", ".join(members_of(players, mask)) + "}"


def mask_of(players: tuple[str, ...], names: Collection[str]) -> int:
    """The bitmask of a coalition named by its members."""
    unknown = [name for name in names if name not in players]
    if unknown:
        raise InputError(
            f"coalition: {unknown[0]} is no player, expected some of {', '.join(players)}"
        )
    if len(set(names)) < len(names):
        raise InputError(f"coalition: a player stands twice in {', '.join(names)}")
    return sum(1 << players.index(name) for name in names)
