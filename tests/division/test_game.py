"""A game says what every coalition is worth, and refuses what is no game in one sentence."""

from __future__ import annotations

import numpy as np
import pytest

from division.games import THREE, random_game
from parkwerk.division.game import Game
from parkwerk.errors import InputError


def test_a_coalition_is_a_bitmask_of_its_members() -> None:
    """Bit i is player i: 5 = 101 are the first and the third, in whatever order they are named."""
    assert THREE.members(5) == ("1", "3")
    assert THREE.mask_of(["3", "1"]) == 5
    assert THREE.grand == 24
    np.testing.assert_array_equal(THREE.alone, [2, 5, 4])


def test_worths_can_be_given_by_name() -> None:
    """Sets and tuples of names mean the same coalition, whatever their order."""
    game = Game.of(
        ["1", "2", "3"],
        {
            ("1",): 2,
            ("2",): 5,
            ("3",): 4,
            frozenset("12"): 14,
            ("3", "1"): 18,
            frozenset("23"): 9,
            ("2", "3", "1"): 24,
        },
    )
    np.testing.assert_array_equal(game.worth, THREE.worth)


def test_an_excess_is_worth_less_shares() -> None:
    """At (10, 8, 6): 12 have 14 − 18, 13 have 18 − 16, 23 have 9 − 14, alone −8, −3, −2."""
    excess = THREE.excess(np.array([10.0, 8, 6]))
    np.testing.assert_allclose(excess, [0, -8, -3, -4, -2, 2, -5, 0])


def test_the_largest_excess_is_that_of_some_but_not_all() -> None:
    """At (12, 7, 10), which is 5 too much, nobody and all are left out: 2 alone has −2."""
    assert THREE.largest_excess(np.array([10.0, 8, 6])) == (5, 2.0)
    assert THREE.largest_excess(np.array([12.0, 7, 10])) == (2, -2.0)


def test_a_subgame_is_the_game_of_some_players() -> None:
    """Of 3 and 1: 3 has 4, 1 has 2, both have 18."""
    game = THREE.subgame(["3", "1"])
    assert game.players == ("3", "1")
    np.testing.assert_array_equal(game.worth, [0, 4, 2, 18])


def test_a_subgame_keeps_every_worth() -> None:
    """Each coalition of a subgame of a random game has the worth that its members had."""
    game = random_game(np.random.default_rng(4), 6)
    part = game.subgame(["c4", "c0", "c5"])
    for mask in range(8):
        assert part.worth[mask] == game.worth[game.mask_of(part.members(mask))]


def test_worths_cannot_be_changed_afterwards() -> None:
    """A game is a value: neither its worths nor the array they came from change it."""
    worth = np.array([0.0, 1, 2, 4])
    game = Game(("a", "b"), worth)
    worth[3] = 9
    assert game.grand == 4
    with pytest.raises(ValueError, match="read-only"):
        game.worth[3] = 9


@pytest.mark.parametrize(
    ("players", "worth", "message"),
    [
        (("a",), [0, 1], "1 players, expected at least two"),
        (("a", "a"), [0, 1, 2, 3], "player a stands twice"),
        (("a", "b"), [0, 1, 2], r"shape \(3,\), expected one for each of the 4 coalitions"),
        (("a", "b"), [1, 1, 2, 3], "nobody together is worth 1, expected 0"),
        (("a", "b"), [0, 1, np.nan, 3], r"the worth of \{b\} is no finite number"),
    ],
)
def test_what_is_no_game_is_refused(
    players: tuple[str, ...], worth: list[float], message: str
) -> None:
    """Each refusal names the place and what was expected."""
    with pytest.raises(InputError, match=message):
        Game(players, np.array(worth))


@pytest.mark.parametrize(
    ("worths", "message"),
    [
        ({("a",): 1, ("b",): 2}, r"the worth of \{a, b\} is missing"),
        ({("a", "b"): 1, ("b", "a"): 1}, "the worth of b, a is given twice"),
        ({("a", "x"): 1}, "x is no player, expected some of a, b"),
        ({("a", "a"): 1}, "a player stands twice in a, a"),
    ],
)
def test_named_worths_are_checked(worths: dict[tuple[str, ...], float], message: str) -> None:
    """A coalition that is missing, named twice or of strangers is refused by name."""
    with pytest.raises(InputError, match=message):
        Game.of(["a", "b"], worths)


@pytest.mark.parametrize("division", [[1.0, 2], [1.0, 2, np.inf]])
def test_a_division_has_a_share_for_each(division: list[float]) -> None:
    """Two shares for three players, or an infinite one, are refused."""
    with pytest.raises(InputError, match="expected 3 finite shares, one for each of 1, 2, 3"):
        THREE.excess(np.array(division))
