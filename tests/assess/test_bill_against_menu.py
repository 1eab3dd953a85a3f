"""The bill and the data of the optimisation say the same, though they share no code.

Random readings and plants: the cheapest open entry of a menu costs what the bill asks for, and what
`feed_in` offers for a kWh is what the settlement pays.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import numpy as np
import pytest

from parkwerk.assess.bill_feed_in import Market, revenue
from parkwerk.assess.bill_grid import Contract, Pair, Reading, grid_fee, levies
from parkwerk.assess.bills import electricity_tax
from parkwerk.regulation import (
    Customer,
    PriceSheet,
    Window,
    feed_in,
    internal_menu,
    law,
    ordered_menu,
    pv_classes,
    read_price_sheet,
    tariff_menu,
)
from parkwerk.regulation import Reading as MenuReading

LAW = law(date(2026, 6, 1))
INTERNAL = 0.013
WINDOW = Window(months=(1,), from_hour=8, until_hour=20)


def with_windows(level: str) -> PriceSheet:
    """Malchow's sheet with peak windows of our own, which it does not print."""
    sheet = read_price_sheet("stadtwerke-malchow-2025")
    rates = sheet.levels[level].model_copy(update={"windows": (WINDOW,)})
    return sheet.model_copy(update={"levels": {level: rates}})


def a_reading(rng: np.random.Generator) -> Reading:
    """Any reading, often near 2,500 h and where band load begins."""
    peak = float(10 ** rng.uniform(1, 4))
    low, high = rng.choice([(0, 8760), (2400, 2600), (6900, 8300)])
    energy = peak * rng.uniform(low, high)
    monthly, inside, ordered, above = rng.uniform(size=4)
    return Reading(
        energy, peak, (1 + 11 * monthly) * peak, inside * peak, ordered * peak, above * energy
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_cheapest_open_entry_costs_what_the_bill_asks(seed: int) -> None:
    """Under each option, at each level; an option that the reading closes leaves the yearly fee."""
    rng = np.random.default_rng(seed)
    level = ("MV", "MV/LV", "LV")[seed % 3]
    sheet = with_windows(level)
    rates = sheet.levels[level]
    under, over = (Pair(p.demand_charge, p.energy_charge / 100) for p in (rates.under, rates.over))
    making, costly, tiered, levied = (bool(b) for b in rng.random(4) < 0.6)
    customer = Customer(
        manufacturing=making,
        costly_electricity=costly,
        tiered=tiered,
        levied=levied,
    )
    menu = [
        *tariff_menu(sheet, level, LAW, customer),
        *ordered_menu(sheet, level, LAW, customer),
        *internal_menu(INTERNAL, LAW, customer),
    ]
    group_c = making and costly
    for at in (a_reading(rng) for _ in range(10)):
        read = asdict(at)
        read["monthly_peaks_sum"] = read.pop("monthly_peaks")
        reading = MenuReading(**read, purchase=at.energy)
        for option in ("yearly", "monthly", "atypical", "band", "ordered", "internal"):
            monthly = Pair(rates.monthly.demand_charge, rates.monthly.energy_charge / 100)
            contract = Contract(
                option, level, under, over, monthly, INTERNAL, levied, tiered, group_c
            )
            bill = grid_fee(contract, at, LAW).total + sum(levies(contract, at, LAW).values())
            bill += electricity_tax(at.energy, making, LAW)
            open_to = [entry for entry in menu if entry.open_at(reading)]
            own = [e for e in open_to if e.option == option]
            entries = own or [e for e in open_to if e.option == "yearly"]
            assert bill == pytest.approx(min(e.cost(reading) for e in entries), rel=1e-9)


@pytest.mark.parametrize("market_value", [0.04508, 0.06, 0.09])
@pytest.mark.parametrize("size", [5.0, 30.0, 99.0, 150.0, 900.0, 1500.0])
def test_feed_in_is_settled_at_the_price_that_is_offered(size: float, market_value: float) -> None:
    """``price + supported·max(0, K/s + gap)``, K over the slices; with and without a premium."""
    classes = pv_classes(LAW, [(100.0, 1000.0)], 2000.0)
    spot = np.array([0.08, 0.0, -0.02])
    offer = feed_in(LAW, classes, spot, market_value, 0.003)
    rule = next(c.rule for c in classes if c.min_kw < size <= c.max_kw)
    row = offer.rules.index(rule)
    within = np.diff(np.minimum(offer.slice_end, size), prepend=0.0)
    bonus = max(0.0, within @ offer.slice_value[row] / size + offer.support_gap[row])
    market = Market(spot, market_value, 0.003, 0.0, step_hours=1.0)
    for t in range(3):
        power = np.eye(3)[t]
        offered = offer.price[row, t] + offer.supported[t] * bonus
        assert revenue(size, {rule: power}, market, LAW) == pytest.approx(offered, abs=1e-12)
