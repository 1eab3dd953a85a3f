"""The arithmetic of one euro: VDI 2067, internal rate of return, payback."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkwerk.assess.profitability import discounted_payback, internal_rate_of_return
from parkwerk.assess.vdi2067 import (
    present_purchases,
    present_residual,
    price_factor,
    purchases,
    residual_share,
)
from parkwerk.regulation.economics import annuity_factor

rates = st.floats(0.0, 0.15)
changes = st.floats(-0.1, 0.15)


def irr(*payments: float) -> float:
    return internal_rate_of_return(np.array(payments, dtype=float))


def payback(*payments: float, rate: float = 0.0) -> float:
    return discounted_payback(np.array(payments, dtype=float), rate)


def test_price_factor_by_hand() -> None:
    """Two years at 10 %, prices up by 21 %: 1/1.1 + 1.21/1.21 = 1.90909 years.

    If the price grew in the first year already, it would be 1.1 + 1.21 = 2.31.
    """
    assert price_factor(0.10, 0.21, 2) == pytest.approx(1 / 1.1 + 1.0)


def test_price_factor_where_prices_grow_as_money_does() -> None:
    """Each of 20 years is worth 1/q where r = q: 20/1.05, where the closed form is 0/0."""
    assert price_factor(0.05, 0.05, 20) == pytest.approx(20 / 1.05)
    assert price_factor(0.05, 0.05 + 1e-7, 20) == pytest.approx(20 / 1.05, rel=1e-5)


@given(rates, changes, st.integers(0, 60))
def test_price_factor_is_the_sum_of_the_years(rate: float, change: float, years: int) -> None:
    """``b = Σ_n r^(n−1)/q^n``, year by year; an exponent off by one would miss it by r or q."""
    expected = sum((1 + change) ** (n - 1) / (1 + rate) ** n for n in range(1, years + 1))
    assert float(price_factor(rate, change, years)) == pytest.approx(expected, rel=1e-6)


@given(rates, st.integers(1, 60))
def test_constant_prices_undo_the_annuity(rate: float, years: int) -> None:
    """Without a change, b is the reciprocal of the capital recovery factor."""
    assert float(price_factor(rate, 0.0, years)) * annuity_factor(rate, years) == pytest.approx(1)


def test_a_battery_is_replaced_once_in_twenty_years() -> None:
    """15 years of life, 20 of horizon, 5 %, prices up 2 %: bought at 0 and 15, two thirds left.

    1 + (1.02/1.05)^15 = 1.64739; left (30 − 20)/15 = 2/3 of the second,
    1.02^15·(2/3)/1.05^20 = 0.33816.
    """
    assert purchases(15, 20).tolist() == [0, 15]
    assert residual_share(15, 20) == pytest.approx(2 / 3)
    assert present_purchases(0.05, 0.02, 15, 20) == pytest.approx(1.647386, abs=1e-6)
    assert present_residual(0.05, 0.02, 15, 20) == pytest.approx(0.338163, abs=1e-6)


def test_nothing_is_bought_at_the_end() -> None:
    """A life of 10 in 20 years needs one replacement, not two, and leaves nothing."""
    assert purchases(10, 20).tolist() == [0, 10]
    assert residual_share(10, 20) == 0.0
    assert residual_share(30, 20) == pytest.approx(1 / 3)


@given(rates, st.integers(1, 60))
def test_an_asset_that_lives_as_long_as_the_horizon_has_its_own_annuity(
    rate: float, years: int
) -> None:
    """Bought once, nothing left: the annuity of VDI 2067 is that of the objective."""
    worth = present_purchases(rate, 0.0, years, years) - present_residual(rate, 0.0, years, years)
    assert float(worth) == 1.0


def test_rate_of_return_of_known_payments() -> None:
    """100 that become 110 in a year return 10 %; 100 for 60 and 72 return 20 %: 50 + 50."""
    assert irr(-100, 110) == pytest.approx(0.10)
    assert irr(-100, 60, 72) == pytest.approx(0.20)
    assert irr(-100, 0, 100) == pytest.approx(0.0, abs=1e-9)
    assert irr(-100, 90) == pytest.approx(-0.10)


@pytest.mark.parametrize(
    "payments",
    [
        (0, 0, 0),
        (0, 10, 10),  # nothing invested
        (-10, -1, -1),  # nothing comes back
        (10, -11),  # a loan at 10 %
        (-100, 230, -132),  # 10 % and 20 %: both are roots
    ],
)
def test_there_is_not_always_one_rate_of_return(payments: tuple[float, ...]) -> None:
    """No rate, or two of them, is not a number; taking the first root would claim 10 %."""
    assert math.isnan(irr(*payments))


def test_a_replacement_may_leave_one_rate() -> None:
    """The sign changes three times, but only 27.7 % makes the payments worth nothing."""
    payments = np.array([-100.0, 60.0, 60.0, -50.0, 60.0, 60.0])
    found = internal_rate_of_return(payments)
    years = np.arange(len(payments))
    assert (payments / (1 + found) ** years).sum() == pytest.approx(0.0, abs=1e-9)
    for rate in (found - 0.01, found + 0.01):
        worth = (payments / (1 + rate) ** years).sum()
        assert (worth > 0) == (rate < found)


@given(st.floats(0.001, 0.5), st.integers(1, 40), st.floats(1.0, 1e7))
def test_rate_of_return_of_an_annuity(rate: float, years: int, invested: float) -> None:
    """Whoever gets the annuity at some rate for his money has that rate of return."""
    yearly = invested * annuity_factor(rate, years)
    assert irr(-invested, *[yearly] * years) == pytest.approx(rate, rel=1e-6)


def test_payback_by_hand() -> None:
    """100 at 40 a year come back in 2.5 years; at 10 % of 44 a year: 40, 36.36, 33.06 are needed.

    100 − 76.36 = 23.64 of the third year's 33.06: 2.715 years. Undiscounted it would be 2.27.
    """
    assert payback(-100, 40, 40, 40) == pytest.approx(2.5)
    assert payback(-100, 44, 44, 44, rate=0.10) == pytest.approx(2.715)


def test_payback_is_for_good() -> None:
    """100 are back after 2 years, but the replacement of year 3 takes 60: back after 4.2."""
    assert payback(-100, 50, 50, -10, 50) == pytest.approx(3.2)
    assert payback(-100, 50, 50, -60, 50, 50) == pytest.approx(4.2)


def test_payback_where_nothing_has_to_come_back() -> None:
    """Savings without investment are there at once; no payments have no payback; some never."""
    assert payback(0, 10, 10) == 0.0
    assert math.isnan(payback(0, 0, 0))
    assert math.isnan(payback(-100, 40, 40))
