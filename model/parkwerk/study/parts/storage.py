"""Batteries and heat stores: cost, efficiency and the largest size of use."""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.study.parts.ground import Ground, Sourced, cost_source, unpaid
from parkwerk.study.series.calendar import Floats

#: Days over which a store can be of use, by operating period; beyond a week nobody stores.
DAYS = {"day": 1, "week": 7, "year": 7}


def battery(ground: Ground, scenario: xr.Dataset) -> dict[str, Sourced]:
    """Battery cost and efficiency; the limit is a period's electricity, heat pump included.

    ``battery_limit = max_period Σ_t use[t]·Δt / η_d`` with
    ``use = electricity_demand + heat_pump_electricity·heat_demand``
    """
    cost = ground.technologies.battery
    grant = cost.funding_share
    yearly = ground.yearly(cost.life, cost.maintenance, grant)
    use = (
        scenario["electricity_demand"] + scenario["heat_pump_electricity"] * scenario["heat_demand"]
    )
    useful = largest_use(ground, use.to_numpy()) / cost.discharge_efficiency.value
    chosen = [company.battery_limit_kwh for company in ground.inputs.companies]

    def yearly_source(investment: str) -> str:
        return cost_source(getattr(cost, investment), cost.life, cost.maintenance, grant)

    quantities: dict[str, Sourced] = {
        "battery_limit": (limits(chosen, useful), limit_source(ground, "battery_limit_kwh")),
    }
    for kind in ("fixed", "energy", "power"):
        investment = getattr(cost, f"{kind}_investment")
        quantities[f"battery_{kind}_investment"] = (
            investment.value * unpaid(grant),
            cost_source(investment, grant),
        )
        quantities[f"battery_{kind}_cost"] = (
            investment.value * yearly,
            yearly_source(f"{kind}_investment"),
        )
    for name in ("charge_efficiency", "discharge_efficiency", "self_discharge", "c_rate"):
        value = getattr(cost, name)
        quantities[f"battery_{name}"] = (value.value, value.source)
    return quantities


def heat_storage(ground: Ground, scenario: xr.Dataset) -> dict[str, Sourced]:
    """Tank cost and loss; the limit is a period's heat: ``max_period Σ_t heat_demand·Δt``."""
    cost = ground.technologies.heat_storage
    grant = cost.funding_share
    useful = largest_use(ground, scenario["heat_demand"].to_numpy())
    chosen = [company.heat_storage_limit_kwh for company in ground.inputs.companies]
    return {
        "heat_storage_investment": (
            cost.investment.value * unpaid(grant),
            cost_source(cost.investment, grant),
        ),
        "heat_storage_cost": (
            cost.investment.value * ground.yearly(cost.life, cost.maintenance, grant),
            cost_source(cost.investment, cost.life, cost.maintenance, grant),
        ),
        "heat_storage_loss": (cost.loss.value, cost.loss.source),
        "heat_storage_limit": (
            limits(chosen, useful),
            limit_source(ground, "heat_storage_limit_kwh"),
        ),
    }


def largest_use(ground: Ground, power: Floats) -> Floats:
    """Largest energy of a period [kWh] by company, from powers (company, time) [kW]."""
    days = DAYS[ground.inputs.settings.period]
    daily = power.reshape(len(power), 365, -1).sum(axis=2) * ground.calendar.step_hours
    # Weeks that end on every day, so that no alignment of the periods is presumed.
    ring = np.concatenate([daily, daily[:, : days - 1]], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(ring, days, axis=1)
    return np.asarray(windows.sum(axis=2).max(axis=1), dtype=np.float64)


def limits(chosen: list[float | None], useful: Floats) -> Floats:
    """The analyst's limit where there is one, else the largest size of use."""
    given = [np.nan if limit is None else limit for limit in chosen]
    return np.where(np.isnan(given), useful, given)


def limit_source(ground: Ground, column: str) -> str:
    """Source of a limit."""
    period = ground.inputs.settings.period
    return f"companies.csv, {column}; where empty derived: the largest use of a {period}"
