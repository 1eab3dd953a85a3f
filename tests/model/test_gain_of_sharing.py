"""What a kWh of sun is worth to a neighbour instead of the grid, with the prices of 2025 and 2026.

These numbers count energy only: solar power at its market value of 4.508 ct, a reference value of
5.90 ct, 0.3 ct of marketing, levies of 2.946 + 0.11 ct, tax of 2.05 ct (0.05 with relief), and the
energy charge of the sheet (Stadtwerke Malchow 2025, medium voltage: 5.00 or 1.09 ct).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import xarray as xr

import plain
from parkwerk.regulation import Customer, law, pv_classes, read_price_sheet, tariff_menu
from parkwerk.regulation import feed_in as feed_in_rules
from toy import bare_park

MARKET_VALUE, MARKETING = 0.04508, 0.003
SUN_KWH = 900.0


def neighbours(pair: str, manufacturing: bool = False, **changes: Any) -> xr.Dataset:
    """c0 has 900 kW of sun in the first of two hours, c1 uses it there and has its peak in the
    second. All prices are those of the law; the value of small slices is left out, as in the table.
    """
    then = law(date(2026, 7, 1))
    sheet = read_price_sheet("stadtwerke-malchow-2025")
    customer = Customer(manufacturing=manufacturing, tiered=False)
    menu = tariff_menu(sheet, "MV", then, customer, ())
    entry = next(e for e in menu if e.label == f"{pair} 2500 h")
    (plant,) = [k for k in pv_classes(then, [(1000, 1.0)], 1000) if k.max_kw == 1000]
    paid = feed_in_rules(then, [plant], np.full(2, MARKET_VALUE), MARKET_VALUE, MARKETING)
    values: dict[str, Any] = {
        "companies": 2,
        "steps": 2,
        "labels": {"pool": ["way"]},
        "electricity_demand": [[0.0, 0.0], [SUN_KWH, 2000.0]],
        "electricity_price": MARKET_VALUE,
        "demand_charge": entry.demand_charge,
        "energy_charge": entry.energy_charge,
        "levy": entry.levy,
        "electricity_tax": entry.electricity_tax,
        "pv_yield": [[1.0, 0.0], [0.0, 0.0]],
        "roof_limit": [SUN_KWH, 0.0],
        "roof_duty": [SUN_KWH, 0.0],
        "feed_in_price": paid.price,
        "pool_on_grid": 1.0,
        "pool_gives": [[1.0, 0.0]],
        "pool_takes": [[0.0, 1.0]],
    }
    return bare_park(**values | changes)


def gain(scenario: xr.Dataset) -> float:
    """What the pool is worth per kWh of sun [ct/kWh], by the program."""
    apart = scenario.assign(pool_takes=scenario["pool_takes"] * 0.0)
    return 100 * (plain.cost(apart) - plain.cost(scenario)) / SUN_KWH


@pytest.mark.parametrize(
    ("pair", "price", "worth"),
    [
        ("over", MARKET_VALUE, 4.508 + 1.09 + 5.106 - 5.6),
        ("under", MARKET_VALUE, 4.508 + 5.00 + 5.106 - 5.6),
        ("over", 0.09, 9.0 + 1.09 + 5.106 - 5.6),
    ],
)
def test_local_use_spares_fee_levies_and_tax(pair: str, price: float, worth: float) -> None:
    """Proves: by private wire (a building, a direct line, a customer system) a kWh is worth 5.1 ct
    at 2,500 hours and more, 9.0 ct below, and 9.6 ct to a company with a fixed price of 9 ct.
    If broken: a levy, the tax or the fee is still due on it, 1.1 to 5 ct less.
    """
    scenario = neighbours(pair, electricity_price=price, pool_on_grid=0.0)
    assert gain(scenario) == pytest.approx(worth, abs=1e-6)


def test_over_the_public_grid_only_the_tax_is_spared() -> None:
    """Proves: shared over the grid the kWh gains 4.508 + 2.05 − 5.90 = 0.658 ct, because fee and
    levies are due and the premium is lost; its own supply costs as much as marketing.
    If broken: 5 ct and more (fee not due), or 0 (never used).
    """
    scenario = neighbours("over", pool_charge=MARKETING)
    assert gain(scenario) == pytest.approx(0.658, abs=1e-6)


def test_with_tax_and_without_premium_nobody_shares() -> None:
    """Proves: where the taker's tax is due nothing is spared and the premium is lost: not used, 0.
    If broken: a loss of 1.4 ct, or a gain.
    """
    scenario = neighbours("over", pool_charge=MARKETING + 0.0205)
    assert gain(scenario) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("subsidy", "worth"), [(0.01340, 0.0), (0.01344, 0.002)])
def test_a_manufacturer_loses_by_taking_a_neighbour_s_sun(subsidy: float, worth: float) -> None:
    """Proves: with tax relief the kWh loses 5.90 − 4.508 − 0.05 = 1.342 ct: a gift of 1.340 ct
    is not enough to share, one of 1.344 leaves 0.002 ct.
    If broken: the full tax counts as spared, and it gains 0.658 ct.
    """
    scenario = neighbours("over", manufacturing=True, pool_charge=MARKETING - subsidy)
    assert gain(scenario) == pytest.approx(worth, abs=1e-6)
