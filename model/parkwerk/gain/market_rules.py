"""Simple rules by which traded energy is paid: what each company gains by them.

They set a price for each kWh from what it is worth at both ends, and know nothing of who could do
without whom. So they need not be stable: ``shares.py`` says who would leave.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from parkwerk.gain.trades import Traded

Floats = npt.NDArray[np.float64]

#: A price of traded energy, (time,) [EUR/kWh].
Price = Callable[[Traded], Floats]


def mid_market_rate(trade: Traded) -> Floats:
    """``(worth + least)/2`` in each step, the worth as the mean of those who take [EUR/kWh].

    Long, Wu, Zhang, Thomas, Cheng, Jenkins 2017 (mid-market rate).
    """
    return 0.5 * (worth_of(trade) + trade.least)


def supply_demand_ratio(trade: Traded) -> Floats:
    """Price that falls from the worth to the least as more is offered [EUR/kWh].

    With r = offered/wanted, b = worth, s = least:
    ``p = s·b/((b − s)·r + s)`` for r < 1 and 0 < s < b, else s (Liu, Yu, Wang, Li, Ma, Lei 2017).
    """
    worth, least, ratio = worth_of(trade), trade.least, trade.ratio
    scarce = (ratio < 1.0) & (least > 0.0) & (worth > least)
    below = np.where(scarce, (worth - least) * np.minimum(ratio, 1.0) + least, 1.0)
    return np.asarray(np.where(scarce, least * worth / below, least), dtype=np.float64)


#: The rules by name.
RULES: dict[str, Price] = {
    "mid-market rate": mid_market_rate,
    "supply-demand ratio": supply_demand_ratio,
}


def payments(found: Sequence[Traded], price: Price, hours: float, companies: int) -> Floats:
    """What each company pays for energy and its ways, less what it is paid, (company,) [EUR/a].

    The sum is what the ways cost.
    """
    total = np.zeros(companies)
    for trade in found:
        paid = price(trade)
        total += ((trade.taken - trade.given) * paid).sum(axis=1) * hours + trade.links
    return total


def mean_price(trade: Traded, price: Price) -> float:
    """Mean of a price by the energy taken [EUR/kWh]."""
    flow = trade.taken.sum(axis=0)
    return float((price(trade) * flow).sum() / flow.sum())


def worth_of(trade: Traded) -> Floats:
    """Mean worth of a kWh to those who take it, (time,); where nobody does, the plain one."""
    flow = trade.taken.sum(axis=0)
    summed = (trade.worth * trade.taken).sum(axis=0)
    takers = trade.taken.sum(axis=1) > 0
    plain = trade.worth[takers].mean(axis=0) if takers.any() else trade.worth.mean(axis=0)
    return np.asarray(np.divide(summed, flow, out=plain.copy(), where=flow > 0), dtype=np.float64)
