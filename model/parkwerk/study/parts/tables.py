"""What the regulation is asked with: the companies, the candidate direct lines, the costs."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from parkwerk.regulation.regimes import PoolSettings, default_settings
from parkwerk.study.parts.ground import Ground, cost_source
from parkwerk.study.values import Value


def company_table(ground: Ground, scenario: xr.Dataset) -> pd.DataFrame:
    """One row per company: what decides whether it may share, and its yearly use [kWh]."""
    energy = scenario["electricity_demand"].sum("time") * ground.calendar.step_hours
    rows = [
        {
            "id": company.id,
            "x": company.x_m,
            "y": company.y_m,
            "sme": bool(company.sme),
            "manufacturing": company.manufacturing,
            "building": company.building,
            "balancing_area": company.balancing_area,
            "legacy_system": company.legacy_system,
            "legacy_since": company.legacy_since,
            "closed_network": company.closed_network,
            "yearly_kwh": float(energy.sel(company=company.id)),
        }
        for company in ground.inputs.companies
    ]
    return pd.DataFrame(rows)


def line_table(ground: Ground) -> pd.DataFrame:
    """One row per candidate direct line, with its yearly cost [EUR/a].

    ``(investment·length + fixed_investment + road crossing)·(annuity factor + maintenance)``
    """
    cost = ground.inputs.settings.sharing.direct_line
    lines = ground.inputs.lines
    table = pd.DataFrame(
        {
            "from": [line.start for line in lines],
            "to": [line.end for line in lines],
            "length_m": np.array([line.length_m for line in lines], dtype=float),
            "crossing_eur": np.array([line.road_crossing_eur for line in lines], dtype=float),
        }
    )
    invested = cost.investment.value * table["length_m"] + cost.fixed_investment.value
    invested += table["crossing_eur"]
    return table.assign(yearly_cost=invested * ground.yearly(cost.life, cost.maintenance))


def line_source(ground: Ground) -> str:
    """Sources of the yearly cost of the direct lines."""
    cost = ground.inputs.settings.sharing.direct_line
    rows = " | ".join(dict.fromkeys(line.source for line in ground.inputs.lines))
    values = cost_source(cost.investment, cost.fixed_investment, cost.life, cost.maintenance)
    return f"links.csv: {rows} | {values}"


def pool_settings(ground: Ground) -> PoolSettings:
    """Costs of sharing as the study sets them, else the assumptions of the regulation."""
    chosen, usual = ground.inputs.settings.sharing, default_settings()
    given = {field.name: getattr(chosen, field.name) for field in fields(PoolSettings)}
    numbers: dict[str, Any] = {
        name: value.value if isinstance(value, Value) else value
        for name, value in given.items()
        if value is not None
    }
    return replace(usual, **numbers)
