"""What a series of yearly payments is worth: internal rate of return and discounted payback."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

Floats = npt.NDArray[np.float64]

#: Discount factors ``x = 1/(1 + rate)`` among which rates are sought: from -80 % to 10,000 %.
DISCOUNTS = 1.0 / np.geomspace(0.2, 101.0, 4000)
#: Share of the largest payment below which an amount counts as nothing.
ROUNDING = 1e-9


def internal_rate_of_return(payments: Floats) -> float:
    """Rate at which the payments are worth nothing today: ``Σ_n payments[n]/(1 + irr)^n = 0``.

    Not a number where there is no such rate or no one rate: if nothing is invested first (an
    interest on a loan is no return), if nothing comes back, and if payments whose sign changes
    several times, by a replacement, say, have several such rates.
    """
    scale = np.abs(payments).max(initial=0.0)
    paid = np.where(np.abs(payments) > ROUNDING * scale, payments, 0.0)
    signs = np.sign(paid[paid != 0])
    if signs.size == 0 or signs[0] > 0:
        return float("nan")
    worth = np.polyval(paid[::-1], DISCOUNTS)
    known = np.flatnonzero(worth)  # a rate on the grid itself lies between its neighbours
    changes = np.flatnonzero(np.diff(np.sign(worth[known])))
    if len(changes) != 1:
        return float("nan")
    low, high = (DISCOUNTS[known[changes[0] + step]] for step in (1, 0))
    discount = brentq(lambda x: np.polyval(paid[::-1], x), low, high, xtol=1e-15)
    return float(1.0 / discount - 1.0)


def discounted_payback(payments: Floats, rate: float) -> float:
    """Years until what was paid has come back with interest, for good [a].

    The sum ``Σ_{n≤N} payments[n]/q^n`` is not negative from then on, taken as linear within a
    year; a replacement can make it negative once more, and then its time counts. 0 where nothing
    has to come back; not a number where it never does, and where nothing is paid at all.
    """
    scale = np.abs(payments).max(initial=0.0)
    if scale == 0:
        return float("nan")
    total = np.cumsum(payments / (1.0 + rate) ** np.arange(len(payments)))
    short = np.flatnonzero(total < -ROUNDING * scale)
    if short.size == 0:
        return 0.0
    last = int(short[-1])
    if last == len(payments) - 1:
        return float("nan")
    return float(last - total[last] / (total[last + 1] - total[last]))
