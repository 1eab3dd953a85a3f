"""Annuity factors after VDI 2067."""

from __future__ import annotations

import pytest

from parkwerk.errors import InputError
from parkwerk.regulation import annuity_factor


@pytest.mark.parametrize(
    ("years", "factor"), [(10, 0.1295), (15, 0.0963), (20, 0.0802), (30, 0.0651), (40, 0.0583)]
)
def test_annuity_factor_at_five_percent(years, factor):
    """The table of the notes: 0.1295 to 0.0583 1/a (5 % less if paid at the year's start)."""
    assert annuity_factor(0.05, years) == pytest.approx(factor, abs=5e-5)


def test_annuities_repay_the_investment():
    """Σ factor/(1+r)^t over 12 years at 3.5 % is 1."""
    payment = annuity_factor(0.035, 12)
    assert sum(payment / 1.035**t for t in range(1, 13)) == pytest.approx(1)


def test_without_interest_the_investment_is_spread_evenly():
    """1/20 at rate 0, and next to it at a tiny rate, where q^T − 1 loses its digits."""
    assert annuity_factor(0, 20) == 0.05
    assert annuity_factor(1e-12, 20) == pytest.approx(0.05, rel=1e-9)


@pytest.mark.parametrize(
    ("rate", "years", "sentence"),
    [
        (5, 20, "interest rate 5: .*0.05 is 5 %"),
        (-0.01, 20, "interest rate"),
        (float("nan"), 20, "interest rate"),
        (0.05, 0, "life of 0 years"),
        (0.05, float("inf"), "life of inf years"),
    ],
)
def test_impossible_rates_and_lives_are_refused(rate, years, sentence):
    """5 instead of 0.05 would give annuities of five times the investment."""
    with pytest.raises(InputError, match=sentence):
        annuity_factor(rate, years)
