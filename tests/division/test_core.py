"""The least core, and the fair point in it, are what brute force finds."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog

from division.games import GLOVES, MAJORITY, THREE, airport, names, random_game
from parkwerk.division.core import fair_point, least_core
from parkwerk.division.game import Floats, Game, membership
from parkwerk.division.shapley import shapley
from parkwerk.errors import InputError


def by_scipy(game: Game) -> float:
    """The least largest excess by the linear program of another library's interface."""
    n = len(game.players)
    table = membership(n)[1:-1]
    found = linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=-np.column_stack([table, np.ones(len(table))]),
        b_ub=-game.worth[1:-1],
        A_eq=np.append(np.ones(n), 0.0)[None],
        b_eq=[game.grand],
        bounds=(None, None),
        method="highs-ipm",
    )
    return float(found.fun)


def test_a_majority_has_no_core() -> None:
    """Each pair has 1 and all have 1: at a third each, every pair misses a third."""
    epsilon, division = least_core(MAJORITY)
    assert epsilon == pytest.approx(1 / 3)
    np.testing.assert_allclose(division, np.full(3, 1 / 3))


def test_gloves_have_one_core_point() -> None:
    """The two right gloves bid each other down: the left one has all, nobody would leave."""
    epsilon, division = least_core(GLOVES)
    assert epsilon == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(division, [1, 0, 0], atol=1e-12)


def test_an_inner_core_has_an_excess_below_zero() -> None:
    """Of THREE, 13 and 2 alone have 18 + 5 of 24: half of the rest is theirs each, ε = −1/2."""
    epsilon, division = least_core(THREE)
    assert epsilon == pytest.approx(-0.5)
    assert THREE.largest_excess(division).amount == pytest.approx(-0.5)
    assert division[1] == pytest.approx(5.5)


@pytest.mark.parametrize("seed", range(20))
def test_the_least_core_of_random_games(seed: int) -> None:
    """Its division sums to all and attains ε; an interior point method finds no smaller one."""
    rng = np.random.default_rng(seed)
    game = random_game(rng, int(rng.integers(2, 8)), whole=bool(seed % 2))
    epsilon, division = least_core(game)
    assert division.sum() == pytest.approx(game.grand, rel=1e-12)
    assert game.largest_excess(division).amount == pytest.approx(epsilon, abs=1e-9)
    assert epsilon == pytest.approx(by_scipy(game), abs=1e-6)


def test_a_fair_target_that_nobody_leaves_is_kept() -> None:
    """Of two who have 10 together and nothing alone, (7, 3) is in the core; 8 more is too much.

    From (15, 3) all that is promised falls by 4 each to (11, −1); the nearest in the core is
    (10, 0).
    """
    game = Game(("a", "b"), np.array([0.0, 0, 0, 10]))
    np.testing.assert_array_equal(fair_point(game, 0.0, np.array([7.0, 3.0])), [7, 3])
    point = fair_point(game, 0.0, np.array([15.0, 3.0]))
    np.testing.assert_allclose(point, [10, 0], atol=1.01e-8)


def test_the_nearest_point_shares_the_way_alike() -> None:
    """In the least core of THREE 2 has 5.5, so the Shapley value (9.5, 6.5, 8) gives 1 away.

    Half of it goes to 1 and half to 3: (10, 5.5, 8.5).
    """
    point = fair_point(THREE, least_core(THREE).epsilon, shapley(THREE))
    np.testing.assert_allclose(point, [10, 5.5, 8.5], atol=1e-7)


def test_where_there_is_one_point_every_target_leads_there() -> None:
    """The least core of a majority is a third each, whatever is wished for."""
    point = fair_point(MAJORITY, least_core(MAJORITY).epsilon, np.array([5.0, -7.0, 1.0]))
    np.testing.assert_allclose(point, np.full(3, 1 / 3), atol=1e-8)


def by_all_corners(game: Game, epsilon: float, target: Floats) -> Floats:
    """The nearest point by trying all sets of limits that may hold with equality."""
    n = len(target)
    table, lower = membership(n)[1:-1], game.worth[1:-1] - epsilon
    points = []
    for size in range(n):
        for held in map(list, combinations(range(len(table)), size)):
            rows = np.vstack([np.ones(n), table[held]])
            step = np.linalg.pinv(rows) @ (np.append(game.grand, lower[held]) - rows @ target)
            points.append(target + step)
    within = [x for x in points if (table @ x >= lower - 1e-9).all()]
    return min((x for x in within if abs(x.sum() - game.grand) < 1e-9), key=_distance_to(target))


def _distance_to(target: Floats) -> Callable[[Floats], float]:
    return lambda x: float(np.linalg.norm(x - target))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("slack", [1e-6, 0.5])
def test_the_fair_point_of_random_games(seed: int, slack: float) -> None:
    """All sets of limits, tried one after another, have no nearer point in thin or wide cores."""
    rng = np.random.default_rng(seed)
    game = random_game(rng, int(rng.integers(2, 5)), whole=bool(seed % 2))
    epsilon = least_core(game).epsilon + slack
    target = rng.uniform(0, 20, len(game.players))
    point = fair_point(game, epsilon, target)
    assert point.sum() == pytest.approx(game.grand, rel=1e-12)
    np.testing.assert_allclose(point, by_all_corners(game, epsilon, target), atol=1e-6)


@pytest.mark.parametrize("seed", range(60))
def test_no_step_towards_the_target_stays_in_the_core(seed: int) -> None:
    """The way back to the target makes an obtuse angle with the way to any corner of the core.

    This is what defines the nearest point of a convex set, at the least ε itself and for up to
    nine players; corners are drawn by linear programs in random directions.
    """
    rng = np.random.default_rng([seed, 2])
    n = int(rng.integers(3, 10))
    game = random_game(rng, n, whole=bool(seed % 2))
    epsilon = least_core(game).epsilon
    target = rng.uniform(0, 20, n)
    point = fair_point(game, epsilon, target)
    assert game.largest_excess(point).amount <= epsilon + 1.1e-9 * game.grand
    table, lower = membership(n)[1:-1], game.worth[1:-1] - epsilon - 1e-9 * game.grand
    for way in [target - point, *rng.normal(size=(3, n))]:
        corner = linprog(
            -way,
            A_ub=-table,
            b_ub=-lower,
            A_eq=np.ones((1, n)),
            b_eq=[game.grand],
            bounds=(None, None),
        ).x
        assert (target - point) @ (corner - point) <= 1e-4


def test_large_numbers_and_losses_are_divided_alike() -> None:
    """Costs in millions, written as worths below zero: the scale changes nothing but the unit."""
    small, large = airport([12, 20, 23, 33]), airport([12e6, 20e6, 23e6, 33e6])
    assert least_core(large).epsilon == pytest.approx(1e6 * least_core(small).epsilon)
    np.testing.assert_allclose(
        fair_point(large, 0.0, shapley(large)), 1e6 * fair_point(small, 0.0, shapley(small))
    )


def test_an_empty_core_is_refused() -> None:
    """With ε just below a third no division suits a majority of three; the least is named."""
    with pytest.raises(InputError, match=r"epsilon is 0.333, expected at least 0.333333"):
        fair_point(MAJORITY, 0.333, np.zeros(3))


def test_sixteen_players_have_a_least_core() -> None:
    """If a coalition of s of 16 has (s/16)², equal shares 1/16 leave its 8 least: ε by hand.

    The excess (s/16)² − s/16 is largest for s = 1 and 15: 1/256 − 1/16.
    """
    size = np.bitwise_count(np.arange(2**16))
    found = least_core(Game(names(16), (size / 16.0) ** 2))
    assert found.epsilon == pytest.approx(1 / 256 - 1 / 16)
