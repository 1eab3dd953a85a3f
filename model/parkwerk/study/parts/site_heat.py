"""Heat that a company needs, its boiler of today, and a heat pump in its place."""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.study.parts.ground import Ground, Sourced, cost_source, unpaid
from parkwerk.study.parts.storage import largest_use, limit_source, limits
from parkwerk.study.schema import Company
from parkwerk.study.series.calendar import Floats
from parkwerk.study.series.heat import coefficient_of_performance, heat_demand


def site_heat(ground: Ground, scenario: xr.Dataset) -> dict[str, Sourced]:
    """Heat demand, gas and CO2 cost per kWh of heat, and the heat pump.

    ``boiler_fuel_cost   = (gas − gas_carbon_price·gas_emission_factor) / efficiency``
    ``boiler_carbon_cost = carbon_price·gas_emission_factor / efficiency``
    ``heat_pump_electricity = 1 / COP(outdoor temperature → supply temperature)``
    ``heat_pump_limit = max_period Σ_t heat_demand·Δt / Δt``  (all heat of a period in one step)

    The gas price of statistics holds the CO2 price of its own year, which is taken out and replaced
    by that of the law date (nEHS, BEHG §10; EUR/t → EUR/kg).
    """
    companies, law = ground.inputs.companies, ground.law
    prices, pump = ground.inputs.settings.prices, ground.technologies.heat_pump
    efficiency = ground.technologies.boiler.efficiency
    demand = np.array([demand_series(ground, company) for company in companies])
    contained = prices.gas_carbon_price.value / 1000 * law.gas_emission_factor
    if contained >= prices.gas.value:
        raise InputError(
            f"study.yaml, field prices.gas: expected more than the CO2 price in it "
            f"({contained:.4f} EUR/kWh), found {prices.gas.value:g} EUR/kWh"
        )
    fuel = (prices.gas.value - contained) / efficiency.value
    carbon = law.carbon_price / 1000 * law.gas_emission_factor / efficiency.value
    outdoor = (
        ground.weather["temperature"].to_numpy().copy()
    )  # the scenario may be changed, the weather not
    ratio = np.array([electricity_ratio(ground, company, outdoor) for company in companies])
    useful = largest_use(ground, demand) / ground.calendar.step_hours
    chosen = [company.heat_pump_limit_kw for company in companies]
    each = np.ones(len(companies))
    carbon_source = f"{law.source_of('carbon_price')} | {law.source_of('gas_emission_factor')}"
    return {
        "heat_demand": (demand, ground.company_sources("heat_kwh, heat_profile")),
        "boiler_fuel_cost": (
            fuel * each,
            cost_source(prices.gas, prices.gas_carbon_price, efficiency),
        ),
        "boiler_carbon_cost": (carbon * each, carbon_source),
        "boiler_efficiency": (efficiency.value * each, efficiency.source),
        "heat_pump_electricity": (
            ratio,
            f"{cost_source(pump.grade, pump.largest_cop)} | {ground.weather.attrs['source']}",
        ),
        "heat_pump_investment": (
            pump.investment.value * unpaid(pump.funding_share),
            cost_source(pump.investment, pump.funding_share),
        ),
        "heat_pump_cost": (
            pump.investment.value * ground.yearly(pump.life, pump.maintenance, pump.funding_share),
            cost_source(pump.investment, pump.life, pump.maintenance, pump.funding_share),
        ),
        "heat_pump_limit": (limits(chosen, useful), limit_source(ground, "heat_pump_limit_kw")),
        "outdoor_temperature": (outdoor, str(ground.weather.attrs["source"])),
    }


def demand_series(ground: Ground, company: Company) -> Floats:
    """Heat demand of a company [kW]; zero for one without."""
    if not company.heat_kwh:
        return np.zeros(ground.calendar.steps)
    assert company.heat_profile is not None, "refused by checks.check_company"
    return heat_demand(ground.calendar, ground.weather, company.heat_profile, company.heat_kwh)


def electricity_ratio(ground: Ground, company: Company, source_c: Floats) -> Floats:
    """Electricity per kWh of heat from a source of that temperature [degC]: 1/COP."""
    pump = ground.technologies.heat_pump
    cop = coefficient_of_performance(
        source_c, company.heat_supply_c, grade=pump.grade.value, maximum=pump.largest_cop.value
    )
    return np.asarray(1 / cop, dtype=np.float64)
