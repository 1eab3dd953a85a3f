"""Size classes of PV plants and what a kWh fed in earns."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from parkwerk.errors import InputError
from parkwerk.regulation import feed_in_price, law, pv_classes
from parkwerk.regulation.feed_in import PvClass, blended_value

LAW = law(date(2026, 6, 1))
CURVE = [(100, 1150), (300, 1000), (750, 900), (1500, 800)]


def total_at(curve, size):
    """Straight line through the knots' totals, by numpy instead of by classes."""
    sizes = [0, *(kw for kw, _ in curve)]
    totals = [0, *(kw * price for kw, price in curve)]
    if size > sizes[-1]:
        slope = (totals[-1] - totals[-2]) / (sizes[-1] - sizes[-2])
        return totals[-1] + slope * (size - sizes[-1])
    return np.interp(size, sizes, totals)


def test_classes_are_cut_at_the_marks_of_the_law_and_at_the_knots():
    """100, 1,000 and 2,000 kW from the law; 300, 750 and 1,500 kW from the curve."""
    classes = pv_classes(LAW, CURVE, largest_kw=2600)
    assert [c.min_kw for c in classes] == [0, 100, 300, 750, 1000, 1500, 2000]
    assert [c.max_kw for c in classes] == [100, 300, 750, 1000, 1500, 2000, 2600]
    assert [c.rule for c in classes] == ["tariff"] + ["market_premium"] * 3 + ["market"] * 3


def test_investment_runs_through_the_knots_and_is_continuous():
    """300 kW cost 300,000 EUR from both sides; the second class's line is 22,500 + 925·kW.

    (300·1,000 − 100·1,150)/200 = 925 EUR/kW; 115,000 − 925·100 = 22,500 EUR. With the price per
    kWp as slope, 301 kW would be 45,000 EUR cheaper than 300 kW.
    """
    classes = pv_classes(LAW, CURVE, largest_kw=2600)
    assert (classes[1].fixed_investment, classes[1].investment) == pytest.approx((22500, 925))
    for c in classes:
        for size in (c.min_kw, c.max_kw, (c.min_kw + c.max_kw) / 2):
            paid = c.fixed_investment + c.investment * size
            assert paid == pytest.approx(total_at(CURVE, size))


def test_small_parks_get_only_the_classes_they_can_use():
    """A largest roof of 80 kW leaves one class that ends there; no roof leaves none."""
    (only,) = pv_classes(LAW, CURVE, largest_kw=80)
    assert (only.min_kw, only.max_kw, only.rule) == (0, 80, "tariff")
    assert pv_classes(LAW, CURVE, largest_kw=0) == ()


def test_one_knot_is_one_price_for_all_sizes():
    """A curve of one knot is a line through the origin: no fixed part anywhere."""
    classes = pv_classes(LAW, [(100, 1000)], largest_kw=500)
    assert [c.investment for c in classes] == pytest.approx([1000, 1000])
    assert [c.fixed_investment for c in classes] == [0, 0]


def test_values_are_blended_at_the_upper_end():
    """100 kW tariff: (10·7.78 + 30·6.73 + 60·5.50)/100 = 6.097 ct; unblended it would be 5.50.

    1,000 kW premium: (10·8.18 + 30·7.13 + 960·5.90)/1,000 = 5.9597 ct.
    """
    classes = pv_classes(LAW, CURVE, largest_kw=2600)
    assert 100 * classes[0].value == pytest.approx(6.097)
    assert 100 * classes[3].value == pytest.approx(5.9597)
    assert classes[4].value == 0


def test_blending_of_a_small_plant():
    """25 kW: (10·7.78 + 15·6.73)/25 = 7.15 ct; 10 kW: the first slice alone."""
    assert 100 * blended_value(LAW.eeg_tariff, 25) == pytest.approx(7.15)
    assert 100 * blended_value(LAW.eeg_tariff, 10) == pytest.approx(7.78)
    with pytest.raises(InputError, match="101 kW has no EEG value"):
        blended_value(LAW.eeg_tariff, 101)


def three_rules(reference_value):
    rules = [("tariff", 0.06), ("market_premium", reference_value), ("market", 0.0)]
    return [PvClass(rule, 0, 1, 0, 1, rule, value) for rule, value in rules]


def test_feed_in_price_by_rule_and_sign_of_the_spot_price():
    """Spot 8, 0 and −2 ct, AW 5.9, MW 4.508, marketing 0.3: premium 1.392 ct.

    tariff 6 / 6 / 0; market premium 9.092 / 1.092 / −2.3; market 7.7 / −0.3 / −2.3. A premium
    paid at negative prices would give −0.908 in the second row's last column.
    """
    prices = feed_in_price(three_rules(0.059), np.array([0.08, 0.0, -0.02]), 0.04508, 0.003)
    assert 100 * prices == pytest.approx(
        np.array([[6, 6, 0], [9.092, 1.092, -2.3], [7.7, -0.3, -2.3]])
    )


def test_premium_never_falls_below_zero():
    """Market value 6.5 ct above the reference value 5.9: no premium, but no charge either."""
    prices = feed_in_price(three_rules(0.059), np.array([0.08]), 0.065, 0.003)
    assert prices[1, 0] == pytest.approx(0.077)


def test_a_gap_in_the_spot_price_is_refused():
    """A missing hour would otherwise spread into the objective as NaN."""
    with pytest.raises(InputError, match="spot price"):
        feed_in_price(three_rules(0.059), np.array([0.08, np.nan]), 0.045, 0.003)


@pytest.mark.parametrize(
    ("curve", "sentence"),
    [
        ([(100, 1000), (200, 1100)], "at 200 kW: each further kW costs 1,200 EUR after 1,000"),
        ([(100, 1000), (200, 400)], "at 200 kW: each further kW costs -200 EUR"),
        ([(300, 1000), (100, 1100)], "rising order"),
        ([(0, 1000)], "positive sizes"),
        ([(100, float("nan"))], "expected pairs"),
        ([], "expected pairs"),
    ],
)
def test_a_curve_that_is_not_concave_is_refused(curve, sentence):
    """Rising or negative cost per further kW, unordered, zero, missing or no knots."""
    with pytest.raises(InputError, match=sentence):
        pv_classes(LAW, curve, largest_kw=500)
