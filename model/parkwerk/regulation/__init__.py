"""German energy law as data: what a date, a price sheet and a regime mean in numbers.

Imports nothing from the rooms downstream and knows no companies but those it is given.
"""

from __future__ import annotations

from parkwerk.regulation.economics import annuity_factor
from parkwerk.regulation.feed_in import PvClass, feed_in_price, pv_classes
from parkwerk.regulation.grid_tariff import (
    PriceSheet,
    TariffEntry,
    price_sheet_names,
    reachable_entries,
    read_price_sheet,
    tariff_menu,
)
from parkwerk.regulation.law import Law, covered_time, law, sources
from parkwerk.regulation.pools import PoolSettings, default_settings, pool_arrays, regimes

__all__ = [
    "Law",
    "PoolSettings",
    "PriceSheet",
    "PvClass",
    "TariffEntry",
    "annuity_factor",
    "covered_time",
    "default_settings",
    "feed_in_price",
    "law",
    "pool_arrays",
    "price_sheet_names",
    "pv_classes",
    "reachable_entries",
    "read_price_sheet",
    "regimes",
    "sources",
    "tariff_menu",
]
