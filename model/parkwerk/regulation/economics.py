"""Annuities after VDI 2067."""

from __future__ import annotations

import math

from parkwerk.errors import InputError


def annuity_factor(rate: float, years: float) -> float:
    """Capital recovery factor [1/a]: ``rate·q^T / (q^T − 1)``, ``q = 1 + rate``; ``1/T`` at rate 0.

    The constant payment at each year's end over ``years`` that repays an investment of 1 with
    interest. A real rate gives annuities in constant prices.

    Raises
    ------
    InputError
        For a rate that is not in [0, 1) or a life that is not positive.
    """
    if not 0 <= rate < 1:
        raise InputError(f"interest rate {rate}: expected a number from 0 to below 1, 0.05 is 5 %")
    if not (math.isfinite(years) and years > 0):
        raise InputError(f"life of {years} years: expected a positive number")
    if rate == 0:
        return 1 / years
    # expm1 and log1p keep the digits when the rate is small.
    return rate / -math.expm1(-years * math.log1p(rate))
