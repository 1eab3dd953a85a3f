"""What Shapley value and nucleolus must be, whatever the game: the axioms both share."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from division.games import permuted, random_game, shifted, superadditive
from parkwerk.division.core import nucleolus
from parkwerk.division.game import Floats, Game, membership
from parkwerk.division.shapley import shapley

pytestmark = pytest.mark.parametrize("rule", [shapley, nucleolus])
Rule = Callable[[Game], Floats]


@st.composite
def games(draw: st.DrawFn) -> Game:
    """Of two to five players; in superadditive ones nobody loses by joining."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return superadditive(random_game(rng, draw(st.integers(2, 5)), whole=draw(st.booleans())))


@given(games())
def test_all_is_divided(rule: Rule, game: Game) -> None:
    """The shares sum to what all together are worth: nothing is left, nothing is added."""
    assert rule(game).sum() == pytest.approx(game.grand, rel=1e-12)


@given(games())
def test_nobody_is_worse_off_than_alone(rule: Rule, game: Game) -> None:
    """Where joining never costs (superadditive), each has at least what it has alone."""
    assert (rule(game) >= game.alone - 1e-9 * game.grand).all()


@given(games(), st.floats(0.1, 1e6), st.integers(0, 2**32))
def test_units_and_gifts_do_not_matter(rule: Rule, game: Game, scale: float, seed: int) -> None:
    """Cents for euros multiply every share by 100; a gift to a player is the player's."""
    gifts = np.random.default_rng(seed).uniform(-10, 10, len(game.players)) * scale
    np.testing.assert_allclose(
        rule(shifted(game, scale, gifts)), scale * rule(game) + gifts, atol=1e-8 * scale
    )


@given(games(), st.randoms(use_true_random=False))
def test_the_order_of_the_players_does_not_matter(rule: Rule, game: Game, random: Random) -> None:
    """Players in another order keep their shares."""
    order = list(range(len(game.players)))
    random.shuffle(order)
    np.testing.assert_allclose(rule(permuted(game, order)), rule(game)[order], atol=1e-8)


@given(games())
def test_who_adds_nothing_gets_nothing(rule: Rule, game: Game) -> None:
    """A further player whom no coalition misses has 0, and the others what they had."""
    longer = Game((*game.players, "idle"), np.tile(game.worth, 2))
    np.testing.assert_allclose(rule(longer), [*rule(game), 0.0], atol=1e-8)


@given(games())
def test_who_adds_only_itself_gets_just_that(rule: Rule, game: Game) -> None:
    """A further player who adds 3 to every coalition has 3."""
    longer = Game((*game.players, "dummy"), np.concatenate([game.worth, game.worth + 3]))
    np.testing.assert_allclose(rule(longer), [*rule(game), 3.0], atol=1e-8)


@given(games())
def test_who_are_alike_get_alike(rule: Rule, game: Game) -> None:
    """Worths averaged with those after a swap of two players give both the same share."""
    swap = [1, 0, *range(2, len(game.players))]
    alike = Game(game.players, (game.worth + permuted(game, swap).worth) / 2)
    first, second, *_ = rule(alike)
    assert first == pytest.approx(second, abs=1e-8)


def test_where_nothing_is_gained_each_has_its_own(rule: Rule) -> None:
    """In an additive game of twelve players each has just what it brings."""
    own = np.arange(12.0) - 3
    game = Game(tuple("abcdefghijkl"), membership(12) @ own)
    np.testing.assert_allclose(rule(game), own, atol=1e-9)


def test_a_game_of_nothing_gives_nothing(rule: Rule) -> None:
    """Where no coalition is worth anything all shares are 0, and nothing is divided by 0."""
    np.testing.assert_array_equal(rule(Game(("a", "b", "c"), np.zeros(8))), np.zeros(3))
