"""Waste heat, its way through pipes, and its use at another company."""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.study.inputs import Inputs
from parkwerk.study.parts.ground import Ground, Sourced, cost_source, unpaid
from parkwerk.study.parts.site_heat import electricity_ratio
from parkwerk.study.parts.supply import refrigeration_series
from parkwerk.study.schema import Company
from parkwerk.study.series.calendar import Floats

#: Spread between flow and return to which the cost of a pipe per kW refers [K].
COST_SPREAD_K = 30


def heat_sources(inputs: Inputs) -> list[Company]:
    """Companies with waste heat."""
    return [company for company in inputs.companies if company.refrigeration_kwh]


def heat_recovery(ground: Ground, _: xr.Dataset) -> dict[str, Sourced]:
    """Recoverable waste heat: ``recoverable_share·rejected heat`` of the refrigeration.

    Beside it the electricity of the refrigeration, which is part of the company's demand.
    """
    cost, sources = ground.technologies.heat_recovery, heat_sources(ground.inputs)
    heat = np.zeros((len(sources), ground.calendar.steps))
    electricity = np.zeros_like(heat)
    for i, company in enumerate(sources):
        electricity[i], rejected = refrigeration_series(ground, company)
        heat[i] = cost.recoverable_share.value * rejected
    each = np.ones(len(sources))
    grant = cost.funding_share
    return {
        "waste_heat": (
            heat,
            f"{ground.company_sources('refrigeration_kwh')} | {cost.recoverable_share.source}",
        ),
        "refrigeration_electricity": (
            electricity,
            f"{ground.company_sources('refrigeration_kwh')} | {ground.weather.attrs['source']}",
        ),
        "waste_heat_cost": (cost.running_cost.value * each, cost.running_cost.source),
        "recovery_investment": (
            cost.investment.value * unpaid(grant) * each,
            cost_source(cost.investment, grant),
        ),
        "recovery_cost": (
            cost.investment.value * ground.yearly(cost.life, cost.maintenance, grant) * each,
            cost_source(cost.investment, cost.life, cost.maintenance, grant),
        ),
    }


def heat_transfer(ground: Ground, _: xr.Dataset) -> dict[str, Sourced]:
    """Electricity and cost of handing waste heat to a user, per pair of user and source.

    A source that is warmer than the user's supply temperature by the terminal difference needs a
    substation only. Else a booster heat pump lifts it: a kWh taken becomes COP/(COP − 1) kWh of
    heat with ``transfer_electricity = 1/(COP − 1)`` kWh of electricity. Costs are per kW of heat
    delivered.
    """
    cost, companies = ground.technologies.heat_recovery, ground.inputs.companies
    sources = heat_sources(ground.inputs)
    electricity = np.zeros((len(companies), len(sources)))
    for i, company in enumerate(companies):
        for s, source in enumerate(sources):
            electricity[i, s] = booster_electricity(ground, company, source)
    substation, booster = cost.substation_investment, cost.booster_investment
    investment = np.where(electricity > 0, booster.value, substation.value)
    grant = cost.funding_share
    return {
        "transfer_electricity": (
            electricity,
            cost_source(ground.technologies.heat_pump.grade, cost.terminal_difference),
        ),
        "transfer_investment": (
            investment * unpaid(grant),
            cost_source(substation, booster, grant),
        ),
        "transfer_cost": (
            investment * ground.yearly(cost.life, cost.maintenance, grant),
            cost_source(substation, booster, cost.life, cost.maintenance, grant),
        ),
    }


def booster_electricity(ground: Ground, user: Company, source: Company) -> float:
    """Electricity per kWh of waste heat taken [kWh/kWh]; 0 where the source is warm enough."""
    arriving = source.waste_heat_c - ground.technologies.heat_recovery.terminal_difference.value
    if arriving >= user.heat_supply_c:
        return 0.0
    ratio = float(electricity_ratio(ground, user, np.array([arriving]))[0])
    return ratio / (1 - ratio)


def pipes(ground: Ground, _: xr.Dataset) -> dict[str, Sourced]:
    """Length, loss and cost of the candidate pipes.

    ``pipe_loss = 1 − exp(−heat_loss·length / mean_flow)``

    The loss of a pair of pipes [W/m] hardly depends on the flow, but the model wants a share of
    it; `mean_flow` is the flow at which both agree. Cost per kW refers to 30 K between flow and
    return and grows as the spread shrinks, because the water flow does.
    """
    cost, links = ground.technologies.pipes, ground.inputs.pipes
    length = np.array([link.length_m for link in links], dtype=float)
    crossing = np.array([link.road_crossing_eur for link in links], dtype=float)
    trench = cost.trench_investment.value * length + crossing
    spread = COST_SPREAD_K / cost.temperature_spread.value
    per_kw = cost.capacity_investment.value * spread * length
    grant = ground.technologies.pipe_grant
    yearly = ground.yearly(cost.life, cost.maintenance, grant)
    table = "links.csv: " + " | ".join(dict.fromkeys(link.source for link in links))
    trench_source = f"{table} | {cost_source(cost.trench_investment, grant)}"
    capacity_source = cost_source(cost.capacity_investment, cost.temperature_spread, grant)
    running = cost_source(cost.life, cost.maintenance)
    return {
        "pipe_length": (length, table),
        "pipe_loss": (pipe_loss(ground, length), cost_source(cost.heat_loss, cost.mean_flow)),
        "pipe_fixed_investment": (trench * unpaid(grant), trench_source),
        "pipe_capacity_investment": (per_kw * unpaid(grant), capacity_source),
        "pipe_fixed_cost": (trench * yearly, f"{trench_source} | {running}"),
        "pipe_capacity_cost": (per_kw * yearly, f"{capacity_source} | {running}"),
    }


def pipe_loss(ground: Ground, length_m: Floats) -> Floats:
    """Share of the heat lost in pipes of that length (W → kW)."""
    cost = ground.technologies.pipes
    return np.asarray(-np.expm1(-cost.heat_loss.value / 1000 * length_m / cost.mean_flow.value))
