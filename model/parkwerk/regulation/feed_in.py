"""PV size classes, what they cost, and what a kWh fed into the grid earns (EEG 2023)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from parkwerk.errors import InputError
from parkwerk.regulation.law import Law, Slice

Rule = Literal["tariff", "market_premium", "market"]
Floats = np.ndarray


@dataclass(frozen=True)
class PvClass:
    """Plants of ``min_kw`` to ``max_kw``: ``fixed_investment + investment·size`` [EUR].

    ``rule`` says how feed-in is paid, ``value`` [EUR/kWh] is the feed-in tariff, the reference
    value of the market premium, or 0 where there is neither.
    """

    label: str
    min_kw: float
    max_kw: float
    fixed_investment: float
    investment: float
    rule: Rule
    value: float


def pv_classes(
    law: Law, investment_curve: Sequence[tuple[float, float]], largest_kw: float
) -> tuple[PvClass, ...]:
    """Size classes up to ``largest_kw``, cut at the marks of the law and the knots of the curve.

    The marks are the limits of the feed-in tariff (100 kW), of the market premium (1,000 kW) and
    of the tax-free plant (2,000 kW). Total investment runs straight through the knots
    ``(size [kW], price [EUR/kWp])``: from the origin to the first, and on with the last slope
    beyond the last. ``value`` is blended over the slices of the law at the class's upper end, as
    for its largest plant; the slices fall, so smaller plants earn a little more than stated.

    Raises
    ------
    InputError
        If the curve is not increasing and concave: then a plant cut in two would be cheaper.
    """
    sizes, totals = _through_knots(investment_curve)
    if not (np.isfinite(largest_kw) and largest_kw >= 0):
        raise InputError(f"largest PV plant of {largest_kw} kW: expected a number from 0 on")
    marks = {law.eeg_tariff_limit, law.eeg_premium_limit, law.tax_plant_limit, *sizes[1:]}
    cuts = [0.0, *sorted(float(m) for m in marks if m < largest_kw), float(largest_kw)]
    return tuple(
        _pv_class(law, sizes, totals, low, high)
        for low, high in itertools.pairwise(cuts)
        if high > low
    )


def feed_in_price(
    classes: Sequence[PvClass],
    spot_price: Floats,
    solar_market_value: float,
    marketing_cost: float,
) -> Floats:
    """What a kWh fed into the grid earns [EUR/kWh], shape (pv_class, time).

    With the spot price ``s``, the reference value ``AW``, the yearly market value of solar power
    ``MW`` and the cost of direct marketing ``c``::

        tariff          value               if s ≥ 0, else 0
        market_premium  s − c + max(0, AW − MW)   if s ≥ 0, else s − c
        market          s − c

    No support is paid while the price is negative (EEG §51; read as if it held in each step and
    from the first year on for plants below 100 kW too). The premium is settled by the market
    value of the year, not the plant's own (EEG Annex 1).

    Raises
    ------
    InputError
        If a price is missing or no number.
    """
    spot = np.asarray(spot_price, dtype=float)
    if spot.ndim != 1 or not np.isfinite(spot).all():
        raise InputError("spot price: expected one series of numbers without gaps")
    supported = spot >= 0
    prices = np.empty((len(classes), spot.size))
    for row, pv in zip(prices, classes, strict=True):
        if pv.rule == "tariff":
            row[:] = pv.value * supported
        else:
            premium = max(0.0, pv.value - solar_market_value) if pv.rule != "market" else 0.0
            row[:] = spot - marketing_cost + premium * supported
    return prices


def blended_value(slices: Sequence[Slice], size_kw: float) -> float:
    """Value of a whole plant [EUR/kWh]: ``Σ_s value[s]·(kW in slice s) / size`` (EEG §23c).

    Raises
    ------
    InputError
        For a size that is not positive or beyond the last slice.
    """
    ends = np.array([s.up_to_kw for s in slices])
    if not 0 < size_kw <= ends[-1]:
        raise InputError(f"a plant of {size_kw:g} kW has no EEG value; expected 0 to {ends[-1]:g}")
    within = np.diff(np.minimum(ends, size_kw), prepend=0.0)
    return float(within @ [s.value for s in slices] / size_kw)


def _pv_class(law: Law, sizes: Floats, totals: Floats, low: float, high: float) -> PvClass:
    piece = min(int(np.searchsorted(sizes, low, side="right")), len(sizes) - 1) - 1
    slope = (totals[piece + 1] - totals[piece]) / (sizes[piece + 1] - sizes[piece])
    rule, value = _rule(law, high)
    return PvClass(
        label=f"{low:g}-{high:g} kW {rule.replace('_', ' ')}",
        min_kw=low,
        max_kw=high,
        # Rounding may leave a hair below zero where the line runs through the origin.
        fixed_investment=max(0.0, float(totals[piece] - slope * sizes[piece])),
        investment=float(slope),
        rule=rule,
        value=value,
    )


def _rule(law: Law, size_kw: float) -> tuple[Rule, float]:
    if size_kw <= law.eeg_tariff_limit:
        return "tariff", blended_value(law.eeg_tariff, size_kw)
    if size_kw <= law.eeg_premium_limit:
        return "market_premium", blended_value(law.eeg_reference_value, size_kw)
    return "market", 0.0


def _through_knots(curve: Sequence[tuple[float, float]]) -> tuple[Floats, Floats]:
    """Sizes [kW] and total investments [EUR], the origin first; refuses what is not concave."""
    knots = np.asarray(curve, dtype=float)
    if knots.ndim != 2 or knots.shape[1] != 2 or not np.isfinite(knots).all():
        raise InputError(f"investment curve {curve!r}: expected pairs of kW and EUR/kWp")
    sizes = np.append(0.0, knots[:, 0])
    totals = np.append(0.0, knots[:, 0] * knots[:, 1])
    if (np.diff(sizes) <= 0).any():
        raise InputError("investment curve: expected positive sizes in rising order")
    slopes = np.diff(totals) / np.diff(sizes)
    for i, slope in enumerate(slopes):
        if slope <= 0 or (i and slope > slopes[i - 1] * (1 + 1e-9)):
            raise InputError(
                f"investment curve at {sizes[i + 1]:g} kW: each further kW costs {slope:,.0f} EUR "
                f"after {slopes[max(i - 1, 0)]:,.0f} EUR before, expected a cost per further kW "
                "that is positive and never rises"
            )
    return sizes, totals
