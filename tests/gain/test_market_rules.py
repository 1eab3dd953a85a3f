"""Prices of simple markets, and the payments that follow."""

from __future__ import annotations

import numpy as np
import pytest

from parkwerk.gain.market_rules import (
    mean_price,
    mid_market_rate,
    payments,
    supply_demand_ratio,
    worth_of,
)
from parkwerk.gain.trades import Traded


def traded(ratio: float = 0.5, links: float = 0.0) -> Traded:
    """The first gives 4 kW for an hour, the second takes 3 kW at 0.2, the third 1 kW at 0.4."""
    return Traded(
        exchange="pool p",
        given=np.array([[4.0], [0.0], [0.0]]),
        taken=np.array([[0.0], [3.0], [1.0]]),
        worth=np.array([[9.0], [0.2], [0.4]]),
        least=np.array([0.05]),
        ratio=np.array([ratio]),
        links=np.array([links, 0.0, 0.0]),
    )


def test_what_it_is_worth_is_the_mean_of_those_who_take() -> None:
    """Proves: (3 x 0.2 + 1 x 0.4)/4 = 0.25; the giver's own 9.0 does not count."""
    assert worth_of(traded()) == pytest.approx([0.25])


def test_the_middle_of_the_market() -> None:
    """Proves: half way between 0.25 and 0.05 is 0.15 EUR/kWh."""
    assert mid_market_rate(traded()) == pytest.approx([0.15])
    assert mean_price(traded(), mid_market_rate) == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("ratio", "price"), [(0.0, 0.25), (0.5, 0.05 * 0.25 / 0.15), (1.0, 0.05), (7.0, 0.05)]
)
def test_the_price_falls_as_more_is_offered(ratio: float, price: float) -> None:
    """Proves: s b/((b - s) r + s) is b when nothing is offered and s when all wants are met; at
    r = 0.5 it is 0.05 x 0.25/(0.2 x 0.5 + 0.05) = 0.0833.
    """
    assert supply_demand_ratio(traded(ratio)) == pytest.approx([price])


def test_payments_sum_to_what_the_ways_cost() -> None:
    """Proves: at 0.15 the takers pay 3 x 0.15 and 1 x 0.15, the giver receives 0.6 and pays 2 for
    its ways; in half-hours energy is half of it. If broken: a sign, and the sum is no longer 2.
    """
    paid = payments([traded(links=2.0)], mid_market_rate, 1.0, 3)
    assert paid == pytest.approx([2.0 - 0.6, 0.45, 0.15])
    half = payments([traded(links=2.0)], mid_market_rate, 0.5, 3)
    assert half.sum() == pytest.approx(2.0)
    assert half[1] == pytest.approx(0.225)


def test_without_trade_nobody_pays() -> None:
    """Proves: no exchange, no payment."""
    assert payments([], mid_market_rate, 1.0, 2).tolist() == [0.0, 0.0]
