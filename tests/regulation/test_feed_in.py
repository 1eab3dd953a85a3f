"""Size classes of PV plants and what a kWh fed in earns."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from parkwerk.errors import InputError
from parkwerk.regulation import blended_value, feed_in, law, pv_classes

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
    assert [c.rule for c in classes] == ["tariff"] + ["market premium"] * 3 + ["market"] * 3


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


def test_a_value_won_by_tender_is_a_rule_of_its_own():
    """Above 1,000 kW: premium on the value won, or the market price alone."""
    classes = pv_classes(LAW, CURVE, largest_kw=2600, tender_value=0.08)
    assert [c.rule for c in classes[4:]] == ["tender premium"] * 3
    assert classes[-1].label == "2000-2600 kW tender premium"


def test_blending_of_a_small_plant():
    """25 kW: (10·7.78 + 15·6.73)/25 = 7.15 ct; 10 kW: the first slice alone."""
    assert 100 * blended_value(LAW.eeg_tariff, 25) == pytest.approx(7.15)
    assert 100 * blended_value(LAW.eeg_tariff, 10) == pytest.approx(7.78)
    with pytest.raises(InputError, match="101 kW has no EEG value"):
        blended_value(LAW.eeg_tariff, 101)


SPOT = np.array([0.08, 0.0, -0.02])
ALL = pv_classes(LAW, CURVE, largest_kw=2600)


def revenue(paid, rule, size_kw, t=0):
    """What a plant of ``size_kw`` earns for a kWh, put together as the settlement does."""
    r = paid.rules.index(rule)
    starts = np.append(0.0, paid.slice_end[:-1])
    within = np.clip(size_kw - starts, 0, paid.slice_end - starts)
    bonus = max(0.0, float(paid.slice_value[r] @ within) / size_kw + paid.support_gap[r])
    return float(paid.price[r, t] + paid.supported[t] * bonus)


def test_price_of_a_large_plant_by_rule_and_sign_of_the_spot_price():
    """Spot 8, 0 and −2 ct, MW 4.508, marketing 0.3; last slices 5.50 (tariff) and 5.90 (AW).

    tariff 5.5 / 5.5 / 0; market premium 9.092 / 1.092 / −2.3; market 7.7 / −0.3 / −2.3. A premium
    paid at negative prices would give −0.908 in the second row's last column.
    """
    paid = feed_in(LAW, ALL, SPOT, 0.04508, 0.003)
    assert paid.rules == ("tariff", "market premium", "market")
    assert paid.supported.tolist() == [1, 1, 0]
    assert 100 * paid.price == pytest.approx(
        np.array([[5.5, 5.5, 0], [9.092, 1.092, -2.3], [7.7, -0.3, -2.3]])
    )


@pytest.mark.parametrize("size", [5, 10, 25, 40, 99, 100])
def test_small_plants_earn_the_blended_tariff(size):
    """100 kW: (10·7.78 + 30·6.73 + 60·5.50)/100 = 6.097 ct; the last slice alone would give 5.5.

    Nothing is left of it while the price is negative.
    """
    paid = feed_in(LAW, ALL, SPOT, 0.04508, 0.003)
    blended = blended_value(LAW.eeg_tariff, size)
    assert revenue(paid, "tariff", size) == pytest.approx(blended, abs=1e-12)
    assert revenue(paid, "tariff", size, t=2) == 0
    if size == 100:
        assert 100 * blended == pytest.approx(6.097)


@pytest.mark.parametrize("size", [101, 300, 1000])
@pytest.mark.parametrize("market_value", [0.045, 0.0589, 0.0595, 0.062])
def test_premium_is_settled_on_the_blended_reference_value(size, market_value):
    """spot − marketing + max(0, AW(size) − MW): exact on both sides of AW = MW.

    At MW 5.95 ct the last slice (5.90) earns none, but 101 kW, blended 6.491 ct, still earn 0.541;
    a premium on the last slice plus the slices' surplus would pay 0.591 there.
    """
    paid = feed_in(LAW, ALL, SPOT, market_value, 0.003)
    premium = max(0.0, blended_value(LAW.eeg_reference_value, size) - market_value)
    assert revenue(paid, "market premium", size) == pytest.approx(0.077 + premium, abs=1e-12)
    assert revenue(paid, "market premium", size, t=2) == pytest.approx(-0.023)


def test_large_plants_sell_at_market_prices_or_with_the_value_won():
    """3 MW: 8 − 0.3 ct; with 7 ct won and MW 4.5: 2.5 ct more, but none at negative prices."""
    paid = feed_in(LAW, ALL, SPOT, 0.045, 0.003)
    assert revenue(paid, "market", 2500) == pytest.approx(0.077)
    won = pv_classes(LAW, CURVE, largest_kw=2600, tender_value=0.07)
    paid = feed_in(LAW, won, SPOT, 0.045, 0.003, tender_value=0.07)
    assert paid.rules == ("tariff", "market premium", "tender premium")
    assert revenue(paid, "tender premium", 2500) == pytest.approx(0.102)
    assert revenue(paid, "tender premium", 2500, t=2) == pytest.approx(-0.023)


def test_cap_of_sixty_percent_holds_for_the_tariff_until_the_control_is_tested():
    """EEG §9(2): 0.6 kW per kW for plants in the tariff; no plant reaches 10 kW per kW."""
    assert feed_in(LAW, ALL, SPOT, 0.045, 0.003).cap.tolist() == [10, 10, 10]
    untested = feed_in(LAW, ALL, SPOT, 0.045, 0.003, control_tested=False)
    assert untested.cap.tolist() == pytest.approx([0.6, 10, 10])


def test_only_rules_of_the_classes_are_listed():
    """A park of small roofs has the tariff alone, one without roofs no rule at all."""
    assert feed_in(LAW, ALL[:1], SPOT, 0.045, 0.003).rules == ("tariff",)
    none = feed_in(LAW, (), SPOT, 0.045, 0.003)
    assert none.rules == ()
    assert none.price.shape == (0, 3)


def test_gain_of_sharing_over_the_public_grid():
    """Domain notes, 8.5: +0.65 ct for trade, −1.34 ct with §9b relief (2025 MW 4.508, AW 5.90).

    A shared kWh forgoes the premium AW − MW = 1.392 ct and spares the taker's tax, 2.05 or 0.05
    ct; spot price and marketing cost are the same on both sides.
    """
    paid = feed_in(LAW, ALL, np.array([0.045]), 0.04508, 0.003)
    premium = paid.price[1, 0] - (0.045 - 0.003)
    for manufacturing, gain in [(False, 0.658), (True, -1.342)]:
        spared = LAW.electricity_tax_of(manufacturing)
        assert 100 * (spared - premium) == pytest.approx(gain)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"spot": np.array([0.08, np.nan])}, "spot price"),
        ({"spot": np.array([[0.08]])}, "spot price"),
        ({"market_value": np.nan}, "solar market value nan"),
        ({"marketing_cost": np.inf}, "marketing inf"),
        ({"classes": pv_classes(LAW, CURVE, 2600, tender_value=0.07)}, "tender value None"),
    ],
)
def test_what_is_no_price_is_refused(change, sentence):
    """A missing hour would otherwise spread into the objective as NaN."""
    given = {"classes": ALL, "spot": SPOT, "market_value": 0.045, "marketing_cost": 0.003}
    with pytest.raises(InputError, match=sentence):
        feed_in(LAW, **(given | change))


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
