"""Who joins a pool, by hand: pairs that gain more than the fees of those not yet joined."""

from __future__ import annotations

import numpy as np

from parkwerk.solve.pairing import Paired, paired

ALL = np.ones(3, dtype=bool)
#: Two steps: c0 has 10 kW left in both, c1 wants 6 kW in the first, c2 8 kW in both.
SURPLUS = np.array([[10.0, 10.0], [0.0, 0.0], [0.0, 0.0]])
WANTED = np.array([[0.0, 0.0], [6.0, 0.0], [8.0, 8.0]])
#: A kW is worth 1 EUR to c1 and 0.5 EUR to c2.
WORTH = np.array([[0.0, 0.0], [1.0, 1.0], [0.5, 0.5]])


def pairs(fee: list[float], worth: np.ndarray = WORTH, free: np.ndarray = ALL) -> Paired:
    """Who joins at these fees."""
    return paired(SURPLUS, WANTED, worth, np.array(fee), free)


def test_the_pair_that_gains_most_trades_first() -> None:
    """Proves: c0 and c2 gain 16·0.5 = 8 EUR and trade first; c1 then finds 2 kW of 10, for 2 EUR.
    If broken: c1 has its 6 kW, or c0 gives more than it has.
    """
    found = pairs([1.0, 1.0, 1.0])
    assert found.joined.tolist() == [True, True, True]
    assert found.gave.tolist() == [True, False, False]
    assert found.taken.tolist() == [[0.0, 0.0], [2.0, 0.0], [8.0, 8.0]]
    assert found.given[0].tolist() == [10.0, 8.0]


def test_who_has_joined_pays_no_second_fee() -> None:
    """Proves: after the first pair the giver's fee is paid, so c1 joins for its own fee of 1.5 EUR
    and 2 EUR of gain, though both fees together are 3.5 EUR. With 2.5 EUR it stays out.
    """
    assert pairs([2.0, 1.5, 1.0]).joined.tolist() == [True, True, True]
    assert pairs([2.0, 2.5, 1.0]).joined.tolist() == [True, False, True]


def test_nobody_joins_for_less_than_the_fees() -> None:
    """Proves: 8 EUR of gain do not pay fees of 4 and 4.5 EUR, nor 6 EUR those of 4 and 3."""
    found = pairs([4.0, 3.0, 4.5])
    assert not found.joined.any()
    assert not found.given.any()


def test_a_kwh_worth_less_than_its_feed_in_is_not_traded() -> None:
    """Proves: in the second step a kWh costs c2 1 EUR more than it saves, so only 8 kW pass."""
    worth = WORTH.copy()
    worth[2, 1] = -1.0
    found = pairs([0.5, 9.0, 0.5], worth)
    assert found.taken[2].tolist() == [8.0, 0.0]


def test_who_may_not_join_does_not() -> None:
    """Proves: without c2 the pair is c0 with c1."""
    found = pairs([1.0, 1.0, 1.0], free=np.array([True, True, False]))
    assert found.joined.tolist() == [True, True, False]
