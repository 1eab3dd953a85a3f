"""Settlement of feed-in by plant size and step, by hand (values of February to July 2026)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from parkwerk.assess.bill_feed_in import Market, revenue
from parkwerk.regulation.law import law

LAW = law(date(2026, 6, 1))

#: Two hours: a price of 6 ct, and a negative one.
MARKET = Market(
    spot=np.array([0.06, -0.01]),
    solar_value=0.04508,
    marketing_cost=0.003,
    tender_value=0.0,
    step_hours=0.5,
)


def paid(size: float, rule: str, market: Market = MARKET) -> float:
    """For 100 kW in both half hours: 50 kWh each."""
    return revenue(size, {rule: np.array([100.0, 100.0])}, market, LAW)


@pytest.mark.parametrize(
    ("size", "cents"), [(8.0, 7.78), (40.0, 6.9925), (50.0, 6.694), (100.0, 6.097)]
)
def test_tariff_is_blended_over_slices_and_zero_at_negative_prices(
    size: float, cents: float
) -> None:
    """50 kW: (10·7.78 + 30·6.73 + 10·5.50)/50 = 6.694 ct for 50 kWh; for both steps twice that."""
    assert paid(size, "tariff") == pytest.approx(50 * cents / 100)


def test_premium_fills_up_to_the_blended_reference_value() -> None:
    """200 kW: (10·8.18 + 30·7.13 + 160·5.90)/200 = 6.1985 ct, 1.6905 above the market value.

    50·(6 − 0.3 + 1.6905) + 50·(−1 − 0.3) = 369.525 − 65 = 304.525 ct; with the premium on the
    negative step 389.05, with the last slice's 5.90 ct 289.60.
    """
    assert paid(200.0, "market premium") == pytest.approx(3.04525)


def test_premium_is_never_negative() -> None:
    """With a market value of 8 ct nothing is made up, and nothing is taken: 285 − 65 = 220 ct."""
    dear = replace(MARKET, solar_value=0.08)
    assert paid(200.0, "market premium", dear) == pytest.approx(2.20)


def test_feed_in_at_the_market_value_earns_the_notes_5_6_cents() -> None:
    """8.5 of the notes: 5.90 − 0.3 ≈ 5.6 ct; a plant of 1 MW has 5.9597 with its small slices."""
    flat = replace(MARKET, spot=np.array([0.04508, 0.04508]))
    assert paid(1000.0, "market premium", flat) == pytest.approx(5.6597)


@pytest.mark.parametrize(("size", "rule"), [(150.0, "tariff"), (1200.0, "market premium")])
def test_a_plant_too_large_for_its_rule_gets_the_market_alone(size: float, rule: str) -> None:
    """(6 − 0.3)·50 − (1 + 0.3)·50 = 220 ct, as for every plant that sells at market prices."""
    assert paid(size, rule) == paid(1200.0, "market") == pytest.approx(2.20)


def test_a_solvers_rounding_does_not_change_the_rule() -> None:
    """100.000001 kW still get the tariff of 100 kW, 304.85 ct; on the market 220 ct."""
    assert paid(100.000001, "tariff") == pytest.approx(3.0485, rel=1e-6)


def test_a_value_won_by_tender_holds_for_the_whole_plant() -> None:
    """9 ct against 4.508: 220 + 50·4.492 = 444.6 ct; without an award 220."""
    won = replace(MARKET, tender_value=0.09)
    assert paid(1500.0, "tender premium", won) == pytest.approx(4.446)
    assert paid(1500.0, "tender premium") == pytest.approx(2.20)
