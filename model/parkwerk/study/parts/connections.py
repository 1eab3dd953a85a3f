"""Grid connections: what they carry, the menu of tariffs of each, and when its parts count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import xarray as xr

from parkwerk.regulation.price_sheet import in_windows
from parkwerk.regulation.tariff_entry import TariffEntry
from parkwerk.study.parts.ground import Ground, Sourced
from parkwerk.study.parts.meters import Meter
from parkwerk.study.series.calendar import Floats

#: Charges of every entry, and those of options that a scenario may do without.
CHARGES = {
    "tariff_fixed": "fixed",
    "demand_charge": "demand_charge",
    "energy_charge": "energy_charge",
    "levy": "levy",
}
OPTIONS = ("monthly_charge", "window_charge", "order_charge", "above_order_charge")
TAX = ("electricity_tax", "electricity_tax_fixed")
READINGS = {"one": "one", "peak": "peak", "window peak": "window_peak", "energy": "energy"}
MONTHS = np.arange(1, 13)


def labels(meters: Iterable[Meter]) -> dict[str, Any]:
    """Coordinates that the meters bring: connections, entries of the menus, their conditions."""
    meters = list(meters)
    entries = {entry.label: entry for meter in meters for entry in meter.entries}
    texts = [c.text for meter in meters for entry in meter.entries for c in entry.conditions]
    levels = [meter.voltage_level for meter in meters]
    behind = [meter.behind for meter in meters if not meter.common]
    coordinates: dict[str, Any] = {
        "connection": ("connection", _names(meter.name for meter in meters)),
        "voltage_level": ("connection", _names(levels)),
        "behind": ("company", _names(behind)),
        "tariff": ("tariff", _names(entries)),
        "tariff_option": ("tariff", _names(entry.option for entry in entries.values())),
        "rate_pair": ("rate_pair", _names(["under 2500 h", "over 2500 h"])),
    }
    if texts:
        coordinates["condition"] = ("condition", _names(dict.fromkeys(texts)))
        coordinates["reading"] = ("reading", _names(READINGS))
    if _used(meters, "monthly_charge"):
        coordinates["month"] = ("month", MONTHS)
    return coordinates


def connections(ground: Ground, scenario: xr.Dataset) -> dict[str, Sourced]:
    """Limit and menu of each connection; what no entry needs is left out.

    An entry is open where the connection may choose it and can withdraw the energy that it takes.
    """
    meters, grid = ground.meters, sheet_source(ground)
    tariffs = [str(label) for label in scenario["tariff"].values]
    levies = _levy_source(ground)
    quantities: dict[str, Sourced] = {
        "connection_limit": (
            np.array([meter.limit for meter in meters]),
            ground.company_sources("connection_kw"),
        ),
        "tariff_open": (_open([m.menu for m in meters], tariffs), "derived from the menu"),
    }
    for name, field in CHARGES.items():
        source = levies if name in ("tariff_fixed", "levy") else grid
        quantities[name] = (_table(meters, tariffs, field), source)
    for name in OPTIONS:
        if _used(meters, name):
            quantities[name] = (_table(meters, tariffs, name), grid)
    for name in TAX:
        own = [meter for meter in meters if not meter.common]
        quantities[name] = (_table(own, tariffs, name), _tax_source(ground))
    if "condition" in scenario:
        texts = [str(text) for text in scenario["condition"].values]
        quantities["tariff_condition"] = (_conditions(meters, tariffs, texts), grid)
    return quantities | _masks(ground) | _common(ground, tariffs)


def _masks(ground: Ground) -> dict[str, Sourced]:
    """When a month's peak and the peak in the windows are read, if any entry needs them."""
    calendar, meters = ground.calendar, ground.meters
    masks: dict[str, Sourced] = {}
    if _used(meters, "monthly_charge"):
        month = np.asarray(calendar.times.month)
        masks["in_month"] = ((month == MONTHS[:, None]).astype(float), "calendar month of the step")
    if _used(meters, "window_charge"):
        sheet = ground.inputs.price_sheet
        windows = [
            in_windows(sheet.rates(m.voltage_level).windows, calendar.times, calendar.workday)
            for m in meters
        ]
        masks["in_window"] = (np.array(windows, dtype=float), sheet_source(ground))
    return masks


def _common(ground: Ground, tariffs: list[str]) -> dict[str, Sourced]:
    """What only a regime with common connections has."""
    meters = ground.meters
    if not any(meter.behind for meter in meters):
        return {}
    regime = ground.inputs.regime
    law = f"{regime.paragraph}; {regime.source}"
    alone = np.array([meter.limit_alone for meter in meters])
    return {
        "connection_limit_alone": (alone, ground.company_sources("connection_kw")),
        "tariff_open_alone": (
            _open([meter.menu_alone for meter in meters], tariffs),
            "derived from the menu",
        ),
        "connection_cost": (
            np.array([meter.operating_cost for meter in meters]),
            ground.sharing_source("customer_system_cost", "closed_network_cost"),
        ),
        "own_meter": (np.array([float(m.own) for m in meters if not m.common]), law),
    }


def _table(meters: Iterable[Meter], tariffs: list[str], field: str) -> Floats:
    """A field of the entries, shape (meter, tariff); 0 where the meter has no such entry."""
    rows = [{entry.label: getattr(entry, field) for entry in meter.entries} for meter in meters]
    return np.array([[row.get(label, 0.0) for label in tariffs] for row in rows])


def _open(menus: Iterable[Iterable[TariffEntry]], tariffs: list[str]) -> Floats:
    rows = [{entry.label for entry in menu} for menu in menus]
    return np.array([[float(label in row) for label in tariffs] for row in rows])


def _conditions(meters: Iterable[Meter], tariffs: list[str], texts: list[str]) -> Floats:
    """Coefficients of the conditions, shape (meter, tariff, condition, reading)."""
    meters = list(meters)
    found = np.zeros((len(meters), len(tariffs), len(texts), len(READINGS)))
    for c, meter in enumerate(meters):
        for entry in meter.entries:
            for condition in entry.conditions:
                place = c, tariffs.index(entry.label), texts.index(condition.text)
                found[place] = [getattr(condition, field) for field in READINGS.values()]
    return found


def _used(meters: Iterable[Meter], field: str) -> bool:
    return any(getattr(entry, field) for meter in meters for entry in meter.entries)


def sheet_source(ground: Ground) -> str:
    """Source of what the price sheet says."""
    sheet, choice = ground.inputs.price_sheet, ground.inputs.settings.prices.price_sheet
    ordered = ground.inputs.regime.tariff_system == "ordered"
    name = f"price sheet {sheet.name} ({sheet.operator} {sheet.year}, {sheet.status})"
    return f"{'derived, not published: ' if ordered else ''}{name}: {choice.source}"


def _levy_source(ground: Ground) -> str:
    names = ("kwkg_levy", "offshore_levy", "special_use_levy_a", "concession_levy_electricity")
    return "; ".join(ground.law.source_of(name) for name in names)


def _tax_source(ground: Ground) -> str:
    names = ("electricity_tax", "electricity_tax_relief", "electricity_tax_relief_deductible")
    return "; ".join(dict.fromkeys(ground.law.source_of(name) for name in names))


def _names(names: Iterable[str]) -> np.ndarray:
    return np.array(list(names), dtype=str)
