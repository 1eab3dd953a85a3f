"""Grid connections and the menu of tariffs that each may choose from."""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.regulation.grid_tariff import (
    TariffEntry,
    reachable_entries,
    tariff_menu,
)
from parkwerk.study.parts.ground import Ground, Sourced
from parkwerk.study.schema import Company

FIELDS = {
    "tariff_fixed": "fixed",
    "demand_charge": "demand_charge",
    "energy_charge": "energy_charge",
    "levy": "levy",
}


def menus(ground: Ground) -> dict[str, list[TariffEntry]]:
    """Menu of each company by its voltage level."""
    sheet, law = ground.inputs.price_sheet, ground.law
    return {
        company.id: tariff_menu(sheet, company.voltage_level, law, company.manufacturing)
        for company in ground.inputs.companies
    }


def tariff_labels(menu: dict[str, list[TariffEntry]]) -> list[str]:
    """Names of all entries, in the order of the menus."""
    return list(dict.fromkeys(entry.label for entries in menu.values() for entry in entries))


def connections(ground: Ground, scenario: xr.Dataset) -> dict[str, Sourced]:
    """Limit and menu of each connection.

    An entry is open where it can be the cheapest for some peak up to the connection limit and some
    energy up to :func:`largest_withdrawal`; the cheapest cost is the same as with all entries.
    """
    menu = menus(ground)
    labels = [str(label) for label in scenario["tariff"].values]
    shape = (len(ground.inputs.companies), len(labels))
    arrays = {name: np.zeros(shape) for name in [*FIELDS, "tariff_open"]}
    for c, company in enumerate(ground.inputs.companies):
        energy = largest_withdrawal(ground, scenario, company)
        open_ = reachable_entries(menu[company.id], company.connection_kw, energy)
        for entry in menu[company.id]:
            place = c, labels.index(entry.label)
            arrays["tariff_open"][place] = float(entry in open_)
            for name, field in FIELDS.items():
                arrays[name][place] = getattr(entry, field)
    sheet = ground.inputs.price_sheet
    choice = ground.inputs.settings.prices.price_sheet
    grid = (
        f"price sheet {sheet.name} ({sheet.operator} {sheet.year}, {sheet.status}): {choice.source}"
    )
    levies = "; ".join(
        ground.law.source_of(name)
        for name in (
            "kwkg_levy",
            "offshore_levy",
            "special_use_levy_a",
            "concession_levy_electricity",
        )
    )
    limits = np.array([company.connection_kw for company in ground.inputs.companies])
    sources = {"tariff_fixed": levies, "levy": levies, "tariff_open": "derived from the menu"}
    return {"connection_limit": (limits, ground.company_sources("connection_kw"))} | {
        name: (values, sources.get(name, grid)) for name, values in arrays.items()
    }


def largest_withdrawal(ground: Ground, scenario: xr.Dataset, company: Company) -> float:
    """Most energy that a company can sensibly withdraw in a year [kWh].

    ``min(8760·limit, need/(η_c·η_d·kept) + limit·(hours with a negative price))`` with
    ``need = electricity_demand + heat_demand/kept·max heat_pump_electricity``

    While the price is not negative, each kWh withdrawn serves a need, on its way losing at most a
    round trip through the battery and a period in the stores (beyond a week nobody stores);
    while it is negative, the connection may be drawn upon in full.
    """
    site = scenario.sel(company=company.id)
    hours = ground.calendar.step_hours
    technology = ground.technologies
    battery, tank = technology.battery, technology.heat_storage
    stored = 24 if ground.inputs.settings.period == "day" else 168
    electric_loss = battery.charge_efficiency.value * battery.discharge_efficiency.value
    electric_loss *= (1 - battery.self_discharge.value) ** stored
    heat = float(site["heat_demand"].sum()) / (1 - tank.loss.value) ** stored
    need = float(site["electricity_demand"].sum()) + heat * float(
        site["heat_pump_electricity"].max()
    )
    cheap = float((site["electricity_price"] < 0).sum())
    useful = (need / electric_loss + company.connection_kw * cheap) * hours
    return min(8760 * company.connection_kw, useful)
