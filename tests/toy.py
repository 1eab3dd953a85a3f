"""Small parks with round numbers, made by hand, for tests of the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from parkwerk.quantities import LABELS, SCENARIO, annotate, check
from parkwerk.solve.assemble import Park
from parkwerk.solve.entries import Trade

STEPS_PER_DAY = 24


def toy_park(companies: int = 2, days: int = 2, seed: int = 0, **changes: Any) -> xr.Dataset:
    """A valid scenario: each company has a roof, a flat demand and heat; the first has waste heat.

    ``changes`` replaces variables; a number is spread over the variable's dimensions.
    """
    rng = np.random.default_rng(seed)
    names = [f"c{i}" for i in range(companies)]
    sizes = {
        "time": days * STEPS_PER_DAY,
        "company": companies,
        "connection": companies,
        "roof": companies,
        "pv_class": 2,
        "feed_in_rule": 2,
        "tariff": 2,
        "pool": 1,
        "heat_source": 1,
        "pipe": companies,
    }
    hour = np.arange(sizes["time"]) % STEPS_PER_DAY
    sun = np.maximum(0, np.sin((hour - 6) / 12 * np.pi))
    weather = np.repeat(rng.uniform(0.4, 1, days), STEPS_PER_DAY)
    work = np.where((hour >= 7) & (hour < 18), 1.0, 0.3)
    scale = rng.uniform(50, 150, companies)
    noise = rng.uniform(0.9, 1.1, (companies, sizes["time"]))
    spot = 0.09 - 0.06 * sun * weather + 0.02 * rng.uniform(-1, 1, sizes["time"])
    days_in_year = days / 365
    values: dict[str, Any] = {
        "electricity_demand": scale[:, None] * work * noise,
        "electricity_price": np.tile(spot + 0.01, (companies, 1)),
        "electricity_tax": 0.0205,
        "electricity_tax_fixed": 0.0,
        "spot_price": spot,
        "connection_limit": 1000.0,
        "tariff_fixed": 0.0,
        "demand_charge": np.tile([20.0, 120.0], (companies, 1)) * days_in_year,
        "energy_charge": np.tile([0.052, 0.012], (companies, 1)),
        "levy": 0.03056,
        "tariff_open": 1.0,
        "pv_yield": np.tile(0.8 * sun * weather, (companies, 1)),
        "roof_limit": rng.uniform(80, 400, companies),
        "roof_duty": 0.0,
        "pv_class_min": np.array([0.0, 100.0]),
        "pv_class_max": np.array([100.0, 1000.0]),
        "pv_class_fixed_cost": np.array([0.0, 1000.0]) * days_in_year,
        "pv_class_cost": np.array([90.0, 80.0]) * days_in_year,
        "pv_class_fixed_investment": np.array([0.0, 12000.0]),
        "pv_class_investment": np.array([1150.0, 1030.0]),
        "feed_in_price": np.stack([np.full_like(spot, 0.055), spot - 0.003]),
        "battery_fixed_cost": 300.0 * days_in_year,
        "battery_energy_cost": 20.0 * days_in_year,
        "battery_power_cost": 10.0 * days_in_year,
        "battery_fixed_investment": 3000.0,
        "battery_energy_investment": 300.0,
        "battery_power_investment": 150.0,
        "battery_charge_efficiency": 0.95,
        "battery_discharge_efficiency": 0.95,
        "battery_self_discharge": 0.0002,
        "battery_c_rate": 1.0,
        "battery_limit": 2000.0,
        "heat_demand": 0.6 * scale[:, None] * (1.2 - sun) * noise,
        "boiler_fuel_cost": 0.065,
        "boiler_carbon_cost": 0.012,
        "boiler_efficiency": 0.9,
        "heat_pump_electricity": np.tile(0.32 + 0.05 * (1 - sun), (companies, 1)),
        "heat_pump_cost": 150.0 * days_in_year,
        "heat_pump_investment": 2000.0,
        "heat_pump_limit": 500.0,
        "heat_storage_cost": 0.4 * days_in_year,
        "heat_storage_investment": 5.0,
        "heat_storage_loss": 0.005,
        "heat_storage_limit": 500.0,
        "waste_heat": 60.0 + 20 * sun[None, :],
        "waste_heat_cost": 0.002,
        "recovery_cost": 15.0 * days_in_year,
        "recovery_investment": 200.0,
        "transfer_electricity": 0.2,
        "transfer_cost": 120.0 * days_in_year,
        "transfer_investment": 1500.0,
        "pipe_length": 120.0,
        "pipe_loss": 0.03,
        "pipe_fixed_cost": 2000.0 * days_in_year,
        "pipe_capacity_cost": 2.0 * days_in_year,
        "pipe_fixed_investment": 94000.0,
        "pipe_capacity_investment": 26.0,
        "pool_gives": 1.0,
        "pool_takes": 1.0,
        "pool_on_grid": 1.0,
        "pool_admits": 1.0,
        "pool_charge": 0.004,
        "pool_fixed_cost": 50.0 * days_in_year,
        "interest_rate": 0.035,
        "horizon": 20.0,
        "grid_emission_factor": 0.363,
        "gas_emission_factor": 0.182,
    }
    values |= changes
    coords = {
        "time": pd.date_range("2025-01-01", periods=sizes["time"], freq="h"),
        "company": names,
        "connection": names,
        "roof": [f"roof {n}" for n in names],
        "pv_class": ["up to 100 kW", "above 100 kW"],
        "feed_in_rule": ["tariff", "market premium"],
        "tariff": ["below 2500 h", "above 2500 h"],
        "pool": ["ppa"],
        "heat_source": names[:1],
        "pipe": [f"pipe {i}" for i in range(companies)],
        "roof_company": ("roof", names),
        "pipe_from": ("pipe", [names[0], *["J1"] * (companies - 1)] if companies > 1 else names),
        "pipe_to": ("pipe", ["J1", *names[1:]] if companies > 1 else names),
        "pv_class_rule": ("pv_class", ["tariff", "market premium"]),
        "behind": ("company", [""] * companies),
    }
    scenario = xr.Dataset(coords=coords)
    for name, value in values.items():
        dims = SCENARIO[name].dims
        shape = tuple(sizes[d] for d in dims)
        scenario[name] = (dims, np.broadcast_to(np.asarray(value, dtype=float), shape).copy())
    scenario.attrs.update(study="toy", scenario="toy", step_hours=1.0, period="day")
    assert set(LABELS) <= set(scenario.coords)
    annotate(scenario)
    check(scenario)
    return scenario


#: What a bare park has nonetheless: room, open menus, lossless stores.
NEUTRAL = {
    "connection_limit": 10_000.0,
    "tariff_open": 1.0,
    "pv_class_max": 10_000.0,
    "battery_charge_efficiency": 1.0,
    "battery_discharge_efficiency": 1.0,
    "battery_c_rate": 1.0,
    "boiler_efficiency": 1.0,
    "pool_gives": 1.0,
    "pool_takes": 1.0,
    "pool_admits": 1.0,
    "horizon": 20.0,
}


def bare_park(
    companies: int = 1,
    steps: int = 24,
    step_hours: float = 1.0,
    period: str = "year",
    labels: dict[str, Any] | None = None,
    **changes: Any,
) -> xr.Dataset:
    """A valid scenario in which every quantity is 0 but for :data:`NEUTRAL` and ``changes``.

    Costs are those of the whole horizon, so that a test's arithmetic fits on a line. ``labels``
    replaces coordinates: by default each company has a roof, there is one PV class and one tariff,
    and no pool, heat source or pipe.
    """
    names = [f"c{i}" for i in range(companies)]
    none: list[str] = []
    coords: dict[str, Any] = {
        "company": names,
        "connection": names,
        "roof": [f"roof {n}" for n in names],
        "pv_class": ["any"],
        "tariff": ["flat"],
        "pool": none,
        "heat_source": none,
        "pipe": none,
        "roof_company": names,
        "pipe_from": none,
        "pipe_to": none,
    } | (labels or {})
    coords.setdefault("feed_in_rule", coords["pv_class"])
    coords.setdefault("pv_class_rule", coords["feed_in_rule"])
    coords.setdefault("behind", [""] * companies)
    arrays = {
        name: (LABELS[name][0] if name in LABELS else name, np.array(values, dtype=str))
        for name, values in coords.items()
    }
    step = pd.Timedelta(hours=step_hours)
    scenario = xr.Dataset(coords=arrays)
    scenario.coords["time"] = pd.date_range("2025-01-01", periods=steps, freq=step)
    unknown = set(changes) - set(SCENARIO)
    assert not unknown, unknown
    for name, quantity in SCENARIO.items():
        if quantity.optional and name not in changes:
            continue
        value = changes.get(name, NEUTRAL.get(name, 0.0))
        shape = tuple(scenario.sizes[d] for d in quantity.dims)
        scenario[name] = (quantity.dims, np.broadcast_to(np.asarray(value, float), shape).copy())
    scenario.attrs.update(study="bare", scenario="bare", step_hours=step_hours, period=period)
    annotate(scenario)
    check(scenario)
    return scenario


def sun_for_a_neighbour() -> xr.Dataset:
    """A day: c0 has 10 kW of free sun and no demand, c1 the demand, over a private wire."""
    return bare_park(
        companies=2,
        labels={"pool": ["p"]},
        electricity_demand=[[0.0] * 24, [10.0] * 24],
        electricity_price=0.3,
        pv_yield=1.0,
        roof_limit=[10.0, 0.0],
        pool_on_grid=0.0,
    )


def at_price(park: Park, price: float) -> Trade:
    """The same price [EUR/kWh] for all that is bought and sold, in steps of an hour."""
    (group,) = park.groups
    each = np.full((len(park.exchanges), group.steps, len(group)), price)
    return Trade(each, each)
