"""The nucleolus is that of the literature, and meets Kohlberg's criterion in every game."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import brentq, linprog

from division.games import GLOVES, MAJORITY, THREE, bankruptcy, names, random_game, superadditive
from parkwerk.division.core import least_core, nucleolus
from parkwerk.division.game import Floats, Game, membership
from parkwerk.errors import InputError


def test_the_published_example() -> None:
    """First 2 and 13 reach −1/2 (5 − 5.5, 18 − 18.5), then 3 and 12 reach −3 (4 − 7, 14 − 17)."""
    np.testing.assert_allclose(nucleolus(THREE), [11.5, 5.5, 7.0])


def test_gloves_and_majority() -> None:
    """Where the least core is one point, that is the nucleolus."""
    np.testing.assert_allclose(nucleolus(GLOVES), [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(nucleolus(MAJORITY), np.full(3, 1 / 3))


@pytest.mark.parametrize(
    ("estate", "expected"),
    [(100, [100 / 3, 100 / 3, 100 / 3]), (200, [50, 75, 75]), (300, [50, 100, 150])],
)
def test_the_estates_of_the_talmud(estate: float, expected: list[float]) -> None:
    """Claims of 100, 200 and 300 on an estate (Kethuboth 93a) are divided as by the nucleolus.

    Aumann and Maschler (1985), Journal of Economic Theory 36(2):195-213.
    """
    np.testing.assert_allclose(nucleolus(bankruptcy(estate, [100, 200, 300])), expected)


def of_the_talmud(estate: float, claims: Sequence[float]) -> Floats:
    """Equal gains up to half of each claim; beyond half of all, equal losses up to that half."""
    half = np.array(claims) / 2
    rest = min(estate, 2 * half.sum() - estate)
    level = brentq(lambda level: np.minimum(half, level).sum() - rest, 0, half.max())
    parts = np.minimum(half, level)
    return parts if estate <= half.sum() else 2 * half - parts


@pytest.mark.parametrize("n", [2, 4, 6, 8])
def test_any_estate_is_divided_as_by_the_rule(n: int) -> None:
    """The rule of the contested garment, which knows no game, gives the nucleolus of each."""
    rng = np.random.default_rng(n)
    for share in (0.1, 0.4, 0.5, 0.8):
        claims = rng.uniform(10, 100, n)
        estate = share * claims.sum()
        np.testing.assert_allclose(
            nucleolus(bankruptcy(estate, claims)), of_the_talmud(estate, claims), rtol=1e-9
        )


def test_the_example_of_the_package_coopgame() -> None:
    """Four players; the manual of the R package CoopGame 0.2.2 prints (3.5, 4.5, 5.5, 7.5)."""
    coalitions = [part for size in (1, 2, 3, 4) for part in combinations("1234", size)]
    worths = [0, 0, 0, 0, 5, 5, 8, 9, 10, 8, 13, 15, 16, 17, 21]
    game = Game.of("1234", dict(zip(coalitions, worths, strict=True)))
    np.testing.assert_allclose(nucleolus(game), [3.5, 4.5, 5.5, 7.5])


def weights_exist(always: Floats, at_will: Floats) -> bool:
    """Whether positive weights of some coalitions, and any of others, cover each player once."""
    both = np.vstack([always, at_will])
    m, n = both.shape
    # Each weight of ``always`` is at least the last column, which is as large as can be.
    least = np.column_stack([-np.eye(len(always), m), np.ones(len(always))])
    found = linprog(
        np.append(np.zeros(m), -1.0),
        A_ub=least,
        b_ub=np.zeros(len(always)),
        A_eq=np.column_stack([both.T, np.zeros(n)]),
        b_eq=np.ones(n),
        bounds=[(0, None)] * (m + 1),
    )
    return bool(found.success and -found.fun > 1e-7)


def meets_kohlberg(game: Game, division: Floats) -> bool:
    """Whether at each level of excess the coalitions above it are balanced.

    Coalitions with an excess above a level need positive weights; players who have no more than
    alone may have any. Kohlberg (1971), SIAM Journal on Applied Mathematics 20(1):62-66.
    """
    table, excess = membership(len(division))[1:-1], game.excess(division)[1:-1]
    bound = np.eye(len(division))[division - game.alone < 1e-7]
    levels = np.unique(excess.round(6)) - 2e-6
    return all(weights_exist(table[excess >= level], bound) for level in levels)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_kohlbergs_criterion(seed: int, whole: bool) -> None:
    """At each level the coalitions are balanced: no division lowers one excess for free.

    Random games of three to five: any worths, and such that some have no more than alone.
    """
    rng = np.random.default_rng([seed, 3])
    game = random_game(rng, 3 + seed % 3, whole)
    worth = game.worth.copy()
    worth[-1] = game.alone.sum() + rng.integers(0, 5)
    for one in (game, superadditive(game), Game(game.players, worth)):
        division = nucleolus(one)
        assert (division >= one.alone - 1e-9).all()
        assert division.sum() == pytest.approx(one.grand)
        assert meets_kohlberg(one, division)


def test_the_criterion_is_no_matter_of_course() -> None:
    """A division a little off, along any two players, does not meet it."""
    division = nucleolus(THREE)
    for way in ([1, -1, 0], [-1, 1, 0], [0, 1, -1], [1, 0, -1]):
        assert not meets_kohlberg(THREE, division + 0.01 * np.array(way))


@pytest.mark.parametrize("seed", range(10))
def test_it_lies_in_the_least_core(seed: int) -> None:
    """Where joining never costs, its largest excess is the least one."""
    rng = np.random.default_rng(seed)
    game = superadditive(random_game(rng, 3 + seed % 6))
    assert game.largest_excess(nucleolus(game)).amount == pytest.approx(least_core(game).epsilon)


def test_nobody_has_less_than_alone() -> None:
    """Two who lose by joining a third cannot be charged for it.

    With v(12) = 10, v(123) = 6 and 0 else the least core would charge player 3; the nucleolus gives
    it 0 and halves the rest.
    """
    game = Game(("1", "2", "3"), np.array([0.0, 0, 0, 10, 0, 0, 0, 6]))
    assert least_core(game).epsilon < 4 - 1e-6
    np.testing.assert_allclose(nucleolus(game), [3, 3, 0], atol=1e-12)


def test_just_enough_for_what_each_has_alone() -> None:
    """With 0.1 and 0.2 alone and 0.3 together there is one division, in spite of rounding."""
    game = Game(("a", "b"), np.array([0.0, 0.1, 0.2, 0.3]))
    np.testing.assert_allclose(nucleolus(game), [0.1, 0.2])


def test_what_rounding_lacks_is_borne_by_all() -> None:
    """Two who have 1 each alone, and together 8e-10 less than 2, bear 4e-10 each."""
    division = nucleolus(Game(("a", "b"), np.array([0.0, 1, 1, 2 - 8e-10])))
    np.testing.assert_allclose(division, np.full(2, 1 - 4e-10), rtol=1e-12)


def test_too_little_for_what_each_has_alone_is_refused() -> None:
    """Two who have 1 each alone and 1 together had better not join."""
    with pytest.raises(InputError, match="alone are worth 2, expected at most the 1 of all"):
        nucleolus(Game(("a", "b"), np.array([0.0, 1, 1, 1])))


def test_ten_players_of_two_kinds() -> None:
    """Ten in five like pairs, each pair worth 2: each has 1, with many ties on the way."""
    table = membership(10)
    game = Game(names(10), 2.0 * (table[:, :5] * table[:, 5:]).sum(axis=1))
    np.testing.assert_allclose(nucleolus(game), np.ones(10))
