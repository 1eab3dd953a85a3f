"""The Shapley value is the mean marginal contribution; a sample says how far it may be off."""

from __future__ import annotations

from itertools import permutations
from math import factorial

import numpy as np
import pytest
from scipy.stats import linregress

from division.games import GLOVES, THREE, airport, names, random_game
from parkwerk.division.game import Floats, Game, membership
from parkwerk.division.shapley import Estimate, regression_constant, sampled_shapley, shapley
from parkwerk.errors import InputError


def by_all_orders(game: Game) -> Floats:
    """Each player's mean contribution on joining those before it, over all orders."""
    n = len(game.players)
    sums = np.zeros(n)
    for order in permutations(range(n)):
        mask = 0
        for player in order:
            sums[player] += game.worth[mask | 1 << player] - game.worth[mask]
            mask |= 1 << player
    return sums / factorial(n)


def test_the_published_example() -> None:
    """Player 1 over the six orders: 2, 2, 9, 15, 14, 15 sum to 57, a mean of 9.5."""
    np.testing.assert_allclose(shapley(THREE), [9.5, 6.5, 8.0])


def test_gloves() -> None:
    """The only left glove completes a pair in 4 of 6 orders, each right one in 1 of 6."""
    np.testing.assert_allclose(shapley(GLOVES), [4 / 6, 1 / 6, 1 / 6])


def test_airport() -> None:
    """All who need a part of the runway share its cost alike: 12/4, +8/3, +3/2, +10.

    Littlechild and Owen (1973), Management Science 20(3):370-372.
    """
    first, second, third = 12 / 4, 12 / 4 + 8 / 3, 12 / 4 + 8 / 3 + 3 / 2
    expected = np.array([first, second, third, third + 10])
    np.testing.assert_allclose(shapley(airport([12, 20, 23, 33])), -expected)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_it_is_the_mean_over_all_orders(n: int) -> None:
    """An independent count over all n! orders gives the same for random games."""
    game = random_game(np.random.default_rng(n), n)
    np.testing.assert_allclose(shapley(game), by_all_orders(game), rtol=1e-12)


def test_sixteen_players() -> None:
    """In a game of pairs each has half of what its pairs are worth, also among 2**16 coalitions."""
    pairs = np.triu(np.random.default_rng(1).uniform(0, 1, (16, 16)), 1)
    table = membership(16)
    worth = np.einsum("si,ij,sj->s", table, pairs, table, optimize=True)
    np.testing.assert_allclose(
        shapley(Game(names(16), worth)), (pairs.sum(axis=0) + pairs.sum(axis=1)) / 2, rtol=1e-10
    )


def sampled(game: Game, samples: int, seed: int = 0, confidence: float = 0.95) -> Estimate:
    """The estimate of a game that is known."""
    worth = game.worth
    return sampled_shapley(
        len(game.players), lambda mask: float(worth[mask]), samples, seed, confidence
    )


def test_a_sample_of_all_is_exact() -> None:
    """C(5, 2) = 10 samples value all coalitions of six players: no interval remains."""
    game = random_game(np.random.default_rng(2), 6)
    found = sampled(game, 10)
    np.testing.assert_allclose(found.value, shapley(game), rtol=1e-12)
    np.testing.assert_array_equal(found.low, found.high)
    assert found.evaluated == 2**6 - 1


def test_one_sample_less_is_not_exact() -> None:
    """With nine samples the strata of size 2 and 3 are drawn, and every interval is open."""
    found = sampled(random_game(np.random.default_rng(2), 6), 9)
    assert (found.low < found.value).all()
    assert (found.value < found.high).all()


def test_each_coalition_is_asked_once() -> None:
    """Worths are remembered; with 20 players and 4 samples few of a million are asked.

    Exact are the sizes 0 and 19: 20 alone, 20 of all but one, and all. Each of four circles has
    20 arcs of each of the 17 sizes 2 to 18.
    """
    asked: list[int] = []

    def worth(mask: int) -> float:
        asked.append(mask)
        return float(mask.bit_count() ** 2)

    found = sampled_shapley(20, worth, 4, seed=1)
    assert len(asked) == len(set(asked)) == found.evaluated
    assert min(asked) > 0
    assert found.evaluated <= 20 + 20 + 1 + 4 * 20 * 17
    np.testing.assert_allclose(found.value, 20.0)


def test_a_few_places_of_a_circle_take_few_coalitions() -> None:
    """Two places of each of five circles of 20 players: 19 coalitions each, beside that of all.
    In a game of equals each player joins once early and once late, ten players later, so that
    ``v(S) = |S|²`` gives players in the first and the last place of a half the same.
    If broken: a player that is left out of a rotation, or joins twice in the same half.
    """
    asked: list[int] = []

    def worth(mask: int) -> float:
        asked.append(mask)
        return float(mask.bit_count() ** 2)

    found = sampled_shapley(20, worth, 5, seed=1, rotations=2)
    assert len(asked) == len(set(asked)) == found.evaluated <= 5 * 2 * 19 + 1
    np.testing.assert_allclose(found.value.sum(), 400.0)
    # Places p and p + 10 of 20: 2p + 1 and 2p + 21, so the means run from 11 to 29.
    assert (found.value > 11 - 1e-9).all()
    assert (found.value < 29 + 1e-9).all()


def test_places_of_a_circle_estimate_without_bias() -> None:
    """Over many seeds the mean estimate of three places of a circle is the exact value, and the
    interval holds it as often as it says.
    If broken: a size that is never drawn, or one that is drawn too often.
    """
    game = random_game(np.random.default_rng(3), 7)
    exact, found = shapley(game), []
    for seed in range(400):
        asked = sampled_shapley(7, lambda mask: float(game.worth[mask]), 6, seed, rotations=3)
        found.append(asked)
    error = np.std([each.value for each in found], axis=0) / np.sqrt(len(found))
    assert (np.abs(np.mean([each.value for each in found], axis=0) - exact) < 4 * error).all()
    inside = [(each.low <= exact) & (exact <= each.high) for each in found]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("samples", [4, 8])
@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_the_interval_holds_as_often_as_it_says(samples: int, confidence: float) -> None:
    """Over 800 random games of eight, the exact value lies within in the share stated.

    With 4 samples every circle holds all single players, so that nothing is missed and Student's
    factor has 3 degrees of freedom. With 8, pairs are the shortest arcs that are drawn, and it has
    6.
    """
    inside = []
    for seed in range(800):
        game = random_game(np.random.default_rng([seed, 8]), 8)
        found, exact = sampled(game, samples, seed, confidence), shapley(game)
        inside.append((found.low <= exact) & (exact <= found.high))
    assert np.mean(inside) == pytest.approx(confidence, abs=0.01 if confidence > 0.9 else 0.03)


def test_the_estimate_is_a_regression_at_no_residual() -> None:
    """Constants and their errors are those of a library's regression of draws on residuals."""
    draws = np.random.default_rng(1).normal(3, 1, (7, 4)) @ np.diag([1, 2, 3, 4])
    residual = draws.sum(axis=1) - 25
    centre, error, freedom = regression_constant(draws, 25.0)
    for i in range(4):
        expected = linregress(residual, draws[:, i])
        assert centre[i] == pytest.approx(expected.intercept)
        assert error[i] == pytest.approx(expected.intercept_stderr)
    assert freedom == 5


def test_estimates_sum_to_all_and_are_centred() -> None:
    """Each estimate is divided in full; the mean over 400 seeds has no bias to be seen."""
    game = random_game(np.random.default_rng(3), 8)
    found = [sampled(game, 12, seed) for seed in range(400)]
    for one in found:
        assert one.value.sum() == pytest.approx(game.grand, rel=1e-12)
        np.testing.assert_allclose(one.high - one.value, one.value - one.low)
    values = np.array([one.value for one in found])
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    assert (np.abs(values.mean(axis=0) - shapley(game)) < 3.5 * error).all()


def test_who_adds_nothing_is_known_to_get_nothing() -> None:
    """A player whom no coalition misses has exactly 0, also from a sample, and no doubt."""
    game = random_game(np.random.default_rng(5), 7)
    found = sampled(Game(names(8), np.tile(game.worth, 2)), 6)
    assert found.value[-1] == pytest.approx(0.0, abs=1e-12)
    assert found.high[-1] - found.low[-1] == pytest.approx(0.0, abs=1e-12)


def test_the_same_seed_draws_the_same() -> None:
    """A seed fixes the estimate; another gives another."""
    game = random_game(np.random.default_rng(6), 8)
    np.testing.assert_array_equal(sampled(game, 6, seed=1).value, sampled(game, 6, seed=1).value)
    assert (sampled(game, 6, seed=1).value != sampled(game, 6, seed=2).value).all()


@pytest.mark.parametrize(
    ("n", "samples", "confidence", "message"),
    [
        (1, 5, 0.95, "1 players, expected at least two"),
        (8, 2, 0.95, "2 samples, expected at least three"),
        (8, 5, 1.0, "confidence 1, expected between 0 and 1"),
    ],
)
def test_what_cannot_be_sampled_is_refused(
    n: int, samples: int, confidence: float, message: str
) -> None:
    """Each refusal says what was expected."""
    with pytest.raises(InputError, match=message):
        sampled_shapley(n, float, samples, 0, confidence)
