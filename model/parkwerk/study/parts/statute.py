"""What a bill is written from beside the law of the date: rates and who owes what."""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.regulation.price_sheet import LevelRates, known
from parkwerk.study.parts.connections import sheet_source
from parkwerk.study.parts.ground import Ground, Sourced
from parkwerk.study.parts.roofs import marketing_cost


def statute(ground: Ground, _: xr.Dataset) -> dict[str, Sourced]:
    """Rates as printed, what is due at each meter, and who has the relief of §9b StromStG."""
    meters, prices = ground.meters, ground.inputs.settings.prices
    rates = [ground.inputs.price_sheet.rates(meter.voltage_level) for meter in meters]
    grid, companies = sheet_source(ground), ground.inputs.companies
    rule = f"{ground.inputs.regime.paragraph}; {ground.inputs.regime.source}"
    group_c = ground.law.source_of("special_use_group_c_share")
    manufacturing = np.array([float(company.manufacturing) for company in companies])
    return {
        "sheet_demand_charge": (np.array([_pairs(r, "demand_charge") for r in rates]), grid),
        "sheet_energy_charge": (np.array([_pairs(r, "energy_charge") for r in rates]) / 100, grid),
        "sheet_monthly_charge": (_monthly(rates, "demand_charge"), grid),
        "sheet_monthly_energy_charge": (_monthly(rates, "energy_charge") / 100, grid),
        "levied": (np.array([float(m.customer.levied) for m in meters]), rule),
        "tiered": (np.array([float(m.customer.tiered) for m in meters]), rule),
        "costly_electricity": (
            np.array([float(m.customer.costly_electricity) for m in meters]),
            f"{group_c} | {ground.company_sources('turnover_eur')}",
        ),
        "internal_charge": (
            np.array([m.internal_charge for m in meters]),
            ground.sharing_source("closed_network_charge"),
        ),
        "manufacturing": (manufacturing, ground.company_sources("manufacturing")),
        "solar_market_value": (prices.solar_market_value.value, prices.solar_market_value.source),
        "marketing_cost": marketing_cost(ground),
    } | _tender(ground)


def _tender(ground: Ground) -> dict[str, Sourced]:
    value = ground.technologies.pv.tender_value
    return {"tender_value": (value.value, value.source)} if value else {}


def _monthly(rates: list[LevelRates], charge: str) -> np.ndarray:
    """A charge of the monthly power price, 0 where the sheet has none."""
    return np.array([getattr(r.monthly, charge) if r.monthly else 0.0 for r in rates])


def _pairs(rates: LevelRates, charge: str) -> list[float]:
    """A charge under and from 2,500 hours of use, as on the sheet."""
    return [known(getattr(pair, charge)) for pair in (rates.under, rates.over)]
