"""German energy law as data: what a date, a price sheet and a regime mean in numbers.

Imports nothing from the rooms downstream and knows no companies but those it is given.
"""

from __future__ import annotations

from parkwerk.regulation.common_connections import CommonConnection, common_connections
from parkwerk.regulation.economics import annuity_factor
from parkwerk.regulation.feed_in import FeedIn, PvClass, blended_value, feed_in, pv_classes
from parkwerk.regulation.grid_tariff import (
    OPTIONS,
    Customer,
    internal_menu,
    ordered_menu,
    tariff_menu,
)
from parkwerk.regulation.law import Law, covered_time, law, sources
from parkwerk.regulation.pools import pool_arrays
from parkwerk.regulation.price_sheet import (
    PriceSheet,
    Window,
    in_windows,
    price_sheet_names,
    read_price_sheet,
)
from parkwerk.regulation.regimes import PoolSettings, Regime, default_settings, regimes
from parkwerk.regulation.sme import is_sme
from parkwerk.regulation.tariff_entry import Condition, Reading, TariffEntry

__all__ = [
    "OPTIONS",
    "CommonConnection",
    "Condition",
    "Customer",
    "FeedIn",
    "Law",
    "PoolSettings",
    "PriceSheet",
    "PvClass",
    "Reading",
    "Regime",
    "TariffEntry",
    "Window",
    "annuity_factor",
    "blended_value",
    "common_connections",
    "covered_time",
    "default_settings",
    "feed_in",
    "in_windows",
    "internal_menu",
    "is_sme",
    "law",
    "ordered_menu",
    "pool_arrays",
    "price_sheet_names",
    "pv_classes",
    "read_price_sheet",
    "regimes",
    "sources",
    "tariff_menu",
]
