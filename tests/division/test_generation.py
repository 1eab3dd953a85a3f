"""A division by generated coalitions is that of the whole game, within bounds that hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from division.games import MAJORITY, names
from parkwerk.division.core import fair_point, least_core
from parkwerk.division.game import Floats, Game, membership
from parkwerk.division.generation import Generated, generate, proven_excess
from parkwerk.errors import InputError


def claimed_game(rng: np.random.Generator, n: int) -> tuple[Game, Floats]:
    """A random game and claims that no coalition exceeds; singles have nothing alone."""
    claims = rng.uniform(1, 10, n)
    worth = membership(n) @ claims * rng.uniform(0.2, 1, 2**n)
    worth[1 << np.arange(n)] = 0.0
    worth[-1] = 0.9 * claims.sum()
    return Game(names(n), worth), claims


def enumerating(game: Game, most: int) -> Callable[[Floats], list[tuple[int, float]]]:
    """An oracle that values all coalitions and returns those with the largest excess."""

    def oracle(division: Floats) -> list[tuple[int, float]]:
        masks = 1 + np.argsort(-game.excess(division)[1:-1])[:most]
        return [(int(mask), float(game.worth[mask])) for mask in masks]

    return oracle


def run(game: Game, claims: Floats, target: Floats, most: int = 1, **changes: Any) -> Generated:
    """The search from what each is worth alone."""
    known = {1 << i: float(worth) for i, worth in enumerate(game.alone)}
    given = {"known": known, "oracle": enumerating(game, most), "tolerance": 0.0, "rounds": 200}
    given |= changes
    return generate(game.players, game.grand, claims=claims, target=target, **given)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("most", [1, 5])
def test_it_ends_at_the_least_core(seed: int, most: int) -> None:
    """With an oracle that sees all, ε is that of the least core, and the division is in it."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 8))
    game, claims = claimed_game(rng, n)
    found = run(game, claims, rng.uniform(0, 10, n), most)
    assert found.settled
    assert found.epsilon_low == pytest.approx(least_core(game).epsilon, abs=1e-8)
    assert found.division.sum() == pytest.approx(game.grand, rel=1e-12)
    assert game.largest_excess(found.division).amount <= found.epsilon_low + 1e-7
    assert all(game.worth[mask] == worth for mask, worth in found.coalitions.items())


@pytest.mark.parametrize("seed", range(10))
def test_it_values_few_coalitions(seed: int) -> None:
    """Of the 254 coalitions of eight players, less than a third are asked for."""
    rng = np.random.default_rng(seed)
    game, claims = claimed_game(rng, 8)
    found = run(game, claims, np.full(8, game.grand / 8))
    assert len(found.coalitions) < 85
    assert found.rounds == len(found.coalitions) - 8 + 1


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("rounds", [1, 3, 200])
def test_the_bounds_hold_however_early_it_ends(seed: int, rounds: int) -> None:
    """ε_low never exceeds the least core's ε, and no true excess exceeds the proven one."""
    rng = np.random.default_rng([seed, 1])
    game, claims = claimed_game(rng, int(rng.integers(2, 8)))
    target = rng.uniform(-5, 15, len(claims))
    found = run(game, claims, target, rounds=rounds, tolerance=float(rng.choice([0, 1])))
    assert found.settled or found.rounds == rounds < 200
    assert found.epsilon_low <= least_core(game).epsilon + 1e-8
    assert game.largest_excess(found.division).amount <= found.epsilon_high + 1e-9
    assert found.epsilon_high == proven_excess(claims, found.division)


def test_a_cut_short_search_is_not_settled() -> None:
    """After one round the oracle still objects; what it said is kept for whoever goes on."""
    game, claims = claimed_game(np.random.default_rng(1), 6)
    first = run(game, claims, np.full(6, game.grand / 6), rounds=1)
    assert not first.settled
    assert len(first.coalitions) == 7
    again = run(game, claims, np.full(6, game.grand / 6), known=first.coalitions)
    assert again.settled


@pytest.mark.parametrize("seed", range(10))
def test_claims_that_do_not_bind_leave_the_fair_point(seed: int) -> None:
    """Where all claims are far above what anyone can get, only core and target decide."""
    rng = np.random.default_rng(seed)
    game, claims = claimed_game(rng, 5)
    target = rng.uniform(0, 10, 5)
    found = run(game, claims + 1e3, target)
    expected = fair_point(game, least_core(game).epsilon, target)
    np.testing.assert_allclose(found.division, expected, atol=1e-4)


def test_claims_come_before_the_target() -> None:
    """3 alone has 4 and 12 have 8 of 12, so ε = 0, x3 = 4 and x1 + x2 = 8; equal shares are wished.

    Nobody should get more than its claim (3, 7, 5), so x = (3, 5, 4) instead of (4, 4, 4). The
    claims are missed by 0 + 2 + 1: no coalition can gain more than 3 by leaving.
    """
    found = generate(
        ("1", "2", "3"),
        12.0,
        {1: 0.0, 2: 0.0, 4: 4.0, 3: 8.0},
        np.array([3.0, 7.0, 5.0]),
        np.full(3, 4.0),
        lambda _: [],
        0.0,
        5,
    )
    assert found.epsilon_low == pytest.approx(0.0, abs=1e-9)
    np.testing.assert_allclose(found.division, [3, 5, 4], atol=1e-7)
    assert found.epsilon_high == pytest.approx(3.0)
    assert (found.rounds, found.settled) == (1, True)


def test_tolerance_gives_way_to_the_target() -> None:
    """In the same game a tolerance of 1/2 lets 1 have 3.5, half more than its claim.

    The claims are then missed by 0 + 2.5 + 1 = 3 + 1/2.
    """
    found = generate(
        ("1", "2", "3"),
        12.0,
        {1: 0.0, 2: 0.0, 4: 4.0, 3: 8.0},
        np.array([3.0, 7.0, 5.0]),
        np.full(3, 4.0),
        lambda _: [],
        0.5,
        5,
    )
    np.testing.assert_allclose(found.division, [3.5, 4.25, 4.25], atol=1e-7)
    assert found.epsilon_high == pytest.approx(3.5)


def test_the_core_comes_before_the_claims() -> None:
    """Two left and three right gloves: the core gives each left one 1, more than its claim of 1/4.

    The three right gloves get nothing of their claims of 3/4, so that 9/4 remain unproven although
    nobody would leave.
    """
    table = membership(5)
    game = Game(names(5), np.minimum(table[:, :2].sum(axis=1), table[:, 2:].sum(axis=1)))
    found = run(game, np.array([0.25, 0.25, 0.75, 0.75, 0.75]), np.full(5, 0.4))
    assert found.settled
    np.testing.assert_allclose(found.division, [1, 1, 0, 0, 0], atol=1e-6)
    assert found.epsilon_high == pytest.approx(2.25)


@pytest.mark.parametrize("seed", range(20))
def test_nothing_more_could_be_proven(seed: int) -> None:
    """Among the divisions of the known core, none misses the claims by less.

    The least ``Σ max(0, w − x)`` is found by another program, with a column for each summand.
    Claims are drawn apart from what the core gives, so that some get more than theirs.
    """
    rng = np.random.default_rng(seed)
    n = 6
    game, claims = claimed_game(rng, n)
    claims = claims + rng.permutation(n) * 2.0
    found = run(game, claims, rng.uniform(0, 10, n), tolerance=0.0)
    masks, worth = np.array(list(found.coalitions)), np.array(list(found.coalitions.values()))
    rows, eye = membership(n)[masks], np.eye(n)
    least = linprog(
        np.append(np.zeros(n), np.ones(n)),
        A_ub=np.block([[-rows, np.zeros_like(rows)], [-eye, -eye]]),
        b_ub=np.concatenate([found.epsilon_low + 1e-7 - worth, -claims]),
        A_eq=np.append(np.ones(n), np.zeros(n))[None],
        b_eq=[game.grand],
        bounds=[(None, None)] * n + [(0, None)] * n,
    )
    assert np.maximum(claims - found.division, 0).sum() == pytest.approx(least.fun, abs=1e-5)


@pytest.mark.parametrize("seed", range(30))
def test_the_proven_excess_is_the_largest_of_all_sums(seed: int) -> None:
    """The formula gives what all proper coalitions give, whatever the signs of w − x."""
    rng = np.random.default_rng(seed)
    for shift in (-20.0, -1.0, 0.0, 1.0, 20.0):
        short = rng.normal(size=5) + shift
        sums = (membership(5) @ short)[1:-1]
        assert proven_excess(short, np.zeros(5)) == pytest.approx(sums.max())


@pytest.mark.parametrize("seed", range(5))
def test_cents_or_millions_are_divided_alike(seed: int) -> None:
    """Worths of 1e-3 and of 1e8 give the same division in another unit, and the search ends."""
    rng = np.random.default_rng(seed)
    game, claims = claimed_game(rng, 6)
    target = rng.uniform(0, 10, 6)
    division = run(game, claims, target).division
    for unit in (1e-3, 1e8):
        found = run(Game(game.players, unit * game.worth), unit * claims, unit * target)
        assert found.settled
        np.testing.assert_allclose(found.division / unit, division, atol=1e-5)


def test_a_tight_claim_proves_a_large_park() -> None:
    """Seventy players in pairs worth 1: claims of 1/2 are a division that nobody can leave.

    Masks are longer than 64 bits. The target gives all to the first half and changes nothing.
    """
    known = {1 << i: 0.0 for i in range(70)} | {1 << i | 1 << i + 35: 1.0 for i in range(35)}
    target = np.repeat([1.0, 0.0], 35)
    found = generate(names(70), 35.0, known, np.full(70, 0.5), target, lambda _: [], 0.0, 3)
    np.testing.assert_allclose(found.division, np.full(70, 0.5), atol=1e-6)
    assert found.epsilon_low == pytest.approx(0.0, abs=1e-9)
    assert found.epsilon_high == pytest.approx(0.0, abs=1e-6)


def test_the_oracle_may_better_what_is_known() -> None:
    """A pair thought to have 0 turns out to have 1: the larger worth is kept, in any order."""
    claims = np.full(3, 0.6)
    answers = [(3, 1.0), (3, 0.5), (5, 1.0), (6, 1.0)]
    found = run(MAJORITY, claims, np.full(3, 1 / 3), oracle=lambda _: answers)
    assert found.epsilon_low == pytest.approx(1 / 3)
    assert found.coalitions[3] == 1.0
    assert found.rounds == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"known": {1: 0.0, 2: 0.0}}, "what c is worth alone is missing"),
        (
            {"known": {1: 0.0, 2: 0.0, 4: 0.0, 7: 1.0}},
            "coalition 7, expected some but not all of 3",
        ),
        (
            {"known": {1: 0.0, 2: 0.0, 4: 0.7}},
            r"\{c\} attains 0.7, more than the 0.6 of its claims",
        ),
        ({"known": {1: 0.0, 2: 0.0, 4: np.nan}}, r"the worth of \{c\} is no finite number"),
        ({"oracle": lambda _: [(3, 1.3)]}, r"\{a, b\} attains 1.3, more than the 1.2"),
        ({"oracle": lambda _: [(0, 0.0)]}, "coalition 0, expected some but not all"),
        ({"claims": np.full(3, 0.3)}, "claims sum to 0.9, expected at least the total 1"),
        ({"claims": np.full(2, 0.6)}, "expected 3 finite shares"),
        ({"target": np.full(4, 0.6)}, "expected 3 finite shares"),
        ({"tolerance": -1.0}, "tolerance -1 and 200 rounds"),
        ({"rounds": 0}, "tolerance 0 and 0 rounds"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes: dict[str, Any], message: str) -> None:
    """Each refusal names the coalition or the number and what was expected."""
    given: dict[str, Any] = {"claims": np.full(3, 0.6), "target": np.zeros(3)} | changes
    with pytest.raises(InputError, match=message):
        run(MAJORITY, **given)


def test_a_total_is_a_number() -> None:
    """An unknown total is refused."""
    with pytest.raises(InputError, match="the total is nan, expected a finite number"):
        generate("ab", np.nan, {1: 0.0, 2: 0.0}, np.ones(2), np.ones(2), lambda _: [], 0.0, 1)
