"""PV size classes, what they cost, and what a kWh fed into the grid earns (EEG 2023)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from parkwerk.errors import InputError
from parkwerk.regulation.law import Law, Slice

Rule = Literal["tariff", "market premium", "market", "tender premium"]
Floats = np.ndarray

#: Feed-in per kW of plant that no plant reaches: where the law sets no cap.
NO_CAP = 10.0


@dataclass(frozen=True)
class PvClass:
    """Plants of ``min_kw`` to ``max_kw``: ``fixed_investment + investment·size`` [EUR].

    ``rule`` says how their feed-in is paid.
    """

    label: str
    min_kw: float
    max_kw: float
    fixed_investment: float
    investment: float
    rule: Rule


@dataclass(frozen=True)
class FeedIn:
    """What feed-in earns by rule; in step ``t`` a kWh of a plant of ``s`` kW earns [EUR/kWh]

    ``price[rule,t] + supported[t]·max(0, K(s)/s + support_gap[rule])``,
    ``K(s) = Σ_j slice_value[rule,j]·(kW of s in slice j)``.

    ``price`` (rule, time) is what a very large plant of the rule earns: its last slice alone.
    ``supported`` (time) is 1 where the EEG supports. Slice ``j`` reaches up to ``slice_end[j]``
    [kW] and is worth ``slice_value[rule,j]`` more than the last one. ``support_gap`` (rule) is by
    how much the last slice's reference value falls short of the market value, or 0. ``cap`` (rule)
    is the largest feed-in per kW [kW/kW].
    """

    rules: tuple[Rule, ...]
    price: Floats
    supported: Floats
    slice_end: Floats
    slice_value: Floats
    support_gap: Floats
    cap: Floats


def pv_classes(
    law: Law,
    investment_curve: Sequence[tuple[float, float]],
    largest_kw: float,
    tender_value: float | None = None,
) -> tuple[PvClass, ...]:
    """Size classes up to ``largest_kw``, cut at the marks of the law and the knots of the curve.

    The marks are the limits of the feed-in tariff (100 kW), of the market premium (1,000 kW) and
    of the tax-free plant (2,000 kW). Total investment runs straight through the knots
    ``(size [kW], price [EUR/kWp])``: from the origin to the first, and on with the last slope
    beyond the last. Above 1,000 kW support needs a tender (EEG §22): ``tender_value`` [EUR/kWh] is
    the value won; without one such plants sell at market prices.

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
    large: Rule = "market" if tender_value is None else "tender premium"
    return tuple(
        _pv_class(_rule(law, high, large), sizes, totals, low, high)
        for low, high in itertools.pairwise(cuts)
        if high > low
    )


def feed_in(
    law: Law,
    classes: Sequence[PvClass],
    spot: Floats,
    market_value: float,
    marketing_cost: float,
    tender_value: float | None = None,
    control_tested: bool = True,
) -> FeedIn:
    """What feed-in earns under every rule of ``classes``.

    With the spot price ``s``, the value ``v`` of the last slice (tariff or reference value), the
    yearly market value of solar power ``MW`` and the cost of direct marketing ``c`` [EUR/kWh]::

        tariff                            v if s ≥ 0, else 0
        market premium, tender premium    s − c + max(0, v − MW) if s ≥ 0, else s − c
        market                            s − c

    No support is paid while the price is negative (EEG §51; read as if it held in each step and
    from the first year on for plants below 100 kW too). The premium is settled by the market
    value of the year, not the plant's own (EEG Annex 1). A value won by tender holds for the whole
    plant. Plants in the tariff may feed in 60 % of their size until their control is tested
    (EEG §9(2)).

    Raises
    ------
    InputError
        If a price is missing or no number, or a class needs the tender value and there is none.
    """
    prices = np.asarray(spot, dtype=float)
    if prices.ndim != 1 or not np.isfinite(prices).all():
        raise InputError("spot price: expected one series of numbers without gaps")
    for name, number in {"solar market value": market_value, "marketing": marketing_cost}.items():
        if not np.isfinite(number):
            raise InputError(f"{name} {number}: expected a number of EUR/kWh")
    rules = tuple(dict.fromkeys(pv.rule for pv in classes))
    slices = {rule: _slices(law, rule, tender_value) for rule in rules}
    last = np.array([slices[rule][-1].value for rule in rules])
    premium = np.array([rule.endswith("premium") for rule in rules], dtype=bool)
    on_market = np.array([rule != "tariff" for rule in rules], dtype=bool)
    supported = (prices >= 0).astype(float)
    support = np.where(premium, np.maximum(0.0, last - market_value), last)
    ends = sorted({s.up_to_kw for group in slices.values() for s in group[:-1]})
    slice_value = np.zeros((len(rules), len(ends)))
    for r, rule in enumerate(rules):
        slice_value[r] = [_value_at(slices[rule], end) - last[r] for end in ends]
    return FeedIn(
        rules=rules,
        price=np.outer(on_market, prices - marketing_cost) + np.outer(support, supported),
        supported=supported,
        slice_end=np.array(ends, dtype=float),
        slice_value=slice_value,
        support_gap=np.where(premium, np.minimum(0.0, last - market_value), 0.0),
        cap=np.where(on_market | control_tested, NO_CAP, law.eeg_feed_in_cap),
    )


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


def _pv_class(rule: Rule, sizes: Floats, totals: Floats, low: float, high: float) -> PvClass:
    piece = min(int(np.searchsorted(sizes, low, side="right")), len(sizes) - 1) - 1
    slope = (totals[piece + 1] - totals[piece]) / (sizes[piece + 1] - sizes[piece])
    return PvClass(
        label=f"{low:g}-{high:g} kW {rule}",
        min_kw=low,
        max_kw=high,
        # Rounding may leave a hair below zero where the line runs through the origin.
        fixed_investment=max(0.0, float(totals[piece] - slope * sizes[piece])),
        investment=float(slope),
        rule=rule,
    )


def _rule(law: Law, size_kw: float, large: Rule) -> Rule:
    if size_kw <= law.eeg_tariff_limit:
        return "tariff"
    return "market premium" if size_kw <= law.eeg_premium_limit else large


def _slices(law: Law, rule: Rule, tender_value: float | None) -> tuple[Slice, ...]:
    """Values by slice of a plant: tariff, reference value, the value won, or nothing."""
    if rule == "tariff":
        return law.eeg_tariff
    if rule == "market premium":
        return law.eeg_reference_value
    value = 0.0 if rule == "market" else tender_value
    if value is None or not np.isfinite(value):
        raise InputError(f"tender value {value}: expected a number of EUR/kWh for `{rule}`")
    # The end of a last slice is never read.
    return (Slice(up_to_kw=law.eeg_premium_limit, value=value),)


def _value_at(slices: Sequence[Slice], end_kw: float) -> float:
    """Value of the slice that holds the last kW before ``end_kw``."""
    return next((s.value for s in slices if end_kw <= s.up_to_kw), slices[-1].value)


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
