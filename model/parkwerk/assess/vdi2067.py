"""The arithmetic of VDI 2067 for one euro: replacements, residual value, price dynamics.

Payments fall at the ends of years, the first investment at the end of year 0. Prices are real, and
so is the interest rate ``i``; ``q = 1 + i``, and a price grows by ``r = 1 + change`` a year.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


def price_factor(rate: float, change: npt.ArrayLike, years: float) -> Floats:
    """Present value of a yearly payment that begins as 1 and changes with its price [a].

    ``b = Σ_{n=1}^{T} r^(n−1)/q^n = (1 − (r/q)^T)/(q − r)``, and ``T/q`` where ``r = q``. Without a
    change it is the reciprocal of the capital recovery factor.
    """
    q, r = 1.0 + rate, 1.0 + np.asarray(change, dtype=float)
    same = np.isclose(r, q, rtol=0.0, atol=1e-9)
    apart = np.where(same, 1.0, q - r)
    return np.where(same, years / q, -np.expm1(years * np.log(r / q)) / apart)


def purchases(life: int, years: int) -> Ints:
    """Years of the first investment and its replacements: ``0, N, 2N, … < T``."""
    return np.arange(0, years, life)


def residual_share(life: int, years: int) -> float:
    """Share of the last purchase that is left at the end, linear: ``((k + 1)·N − T)/N`` [1]."""
    return (int(purchases(life, years)[-1]) + life - years) / life


def present_purchases(rate: float, change: npt.ArrayLike, life: int, years: int) -> Floats:
    """Present value of the first investment and its replacements: ``Σ_k (r/q)^(k·N)`` [1]."""
    ratio = (1.0 + np.asarray(change, dtype=float)) / (1.0 + rate)
    return np.asarray((ratio[..., None] ** purchases(life, years)).sum(axis=-1))


def present_residual(rate: float, change: npt.ArrayLike, life: int, years: int) -> Floats:
    """Present value of what is left of the last purchase: ``r^(k·N)·residual_share/q^T`` [1]."""
    r, last = 1.0 + np.asarray(change, dtype=float), purchases(life, years)[-1]
    return np.asarray(r**last * residual_share(life, years) / (1.0 + rate) ** years)
