"""The SME test of Rec. 2003/361/EC."""

from __future__ import annotations

from datetime import date

import pytest

from parkwerk.errors import InputError
from parkwerk.regulation import is_sme, law

LAW = law(date(2026, 6, 1))
M = 1e6


@pytest.mark.parametrize(
    ("staff", "turnover", "balance_sheet", "answer"),
    [
        # Each mark by itself: 250 staff are too many, 50 M and 43 M EUR are not.
        (249, 50 * M, 43 * M, True),
        (250, 1 * M, 1 * M, False),
        # One of the two sums may be exceeded, not both.
        (10, 51 * M, 43 * M, True),
        (10, 50 * M, 44 * M, True),
        (10, 51 * M, 44 * M, False),
        # What is unknown matters only where it decides.
        (300, None, None, False),
        (10, 20 * M, None, True),
        (10, None, 20 * M, True),
        (10, 60 * M, None, None),
        (10, None, 60 * M, None),
        (10, None, None, None),
        (None, 20 * M, 20 * M, None),
        (None, 60 * M, 60 * M, False),
        (None, None, None, None),
    ],
)
def test_staff_and_one_of_two_sums_decide(staff, turnover, balance_sheet, answer):
    """Joined by `and` instead of `or`, turnover of 51 M EUR alone would make a company large."""
    assert is_sme(staff, turnover, balance_sheet, LAW) is answer


@pytest.mark.parametrize("numbers", [(-1, 1, 1), (1, float("nan"), 1)])
def test_a_number_that_is_none_is_refused(numbers):
    """A missing value read as NaN would pass for a large turnover: `nan <= 50 M` is false."""
    with pytest.raises(InputError, match=r"SME test: .*expected a number from 0 on"):
        is_sme(*numbers, LAW)
