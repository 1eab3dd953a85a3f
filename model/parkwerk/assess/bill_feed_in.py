"""What the grid operator and the marketer pay for the electricity that a plant feeds in (EEG)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parkwerk.regulation.law import Law, Slice

Floats = npt.NDArray[np.float64]

#: A plant may pass a mark of the law by what a solver rounds (share of the mark).
ROUNDING = 1e-6


@dataclass(frozen=True)
class Market:
    """Spot price by step, the year's market value of solar power, and what a marketer takes.

    ``spot`` (time,), ``solar_value``, ``marketing_cost`` and ``tender_value`` (the reference value
    awarded to plants above the premium's limit) [EUR/kWh]; ``step_hours`` [h].
    """

    spot: Floats
    solar_value: float
    marketing_cost: float
    tender_value: float
    step_hours: float


def revenue(size: float, fed_in: Mapping[str, Floats], market: Market, law: Law) -> float:
    """Yearly revenue of a plant of ``size`` [kW] from what it fed in under each rule [EUR/a].

    With the value ``v`` of the whole plant, in steps of price ``s``::

        tariff            v if s ≥ 0, else 0
        direct marketing  s − marketing_cost + max(0, v − solar_value) if s ≥ 0, else without it

    ``v`` is blended over the slices of the plant's size (EEG §23c). A negative price pays no
    support (§51). The tariff is open up to 100 kW (§21), the premium up to 1,000 kW without a
    tender (§22): a plant that is too large for a rule gets the market's price alone.
    """
    paid = market.spot - market.marketing_cost
    supported = market.spot >= 0
    total = 0.0
    for rule, power in fed_in.items():
        if rule == "tariff" and _within(size, law.eeg_tariff_limit):
            price = blended(law.eeg_tariff, size) * supported
        else:
            value = reference_value(rule, size, market, law)
            price = paid + max(0.0, value - market.solar_value) * supported
        total += float((price * power).sum()) * market.step_hours
    return total


def reference_value(rule: str, size: float, market: Market, law: Law) -> float:
    """The value that the market premium makes up for [EUR/kWh]; 0 where there is no premium."""
    if rule == "market premium" and _within(size, law.eeg_premium_limit):
        return blended(law.eeg_reference_value, size)
    return market.tender_value if rule == "tender premium" else 0.0


def blended(slices: Sequence[Slice], size: float) -> float:
    """``Σ_s value[s]·(kW of the plant in s) / size`` [EUR/kWh]; the first value for no plant."""
    if size <= 0:
        return slices[0].value
    start = total = 0.0
    for part in slices:
        total += part.value * max(0.0, min(size, part.up_to_kw) - start)
        start = part.up_to_kw
    return total / size


def _within(size: float, limit: float) -> bool:
    return size <= limit * (1 + ROUNDING)
