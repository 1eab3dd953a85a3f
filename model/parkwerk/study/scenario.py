"""From checked inputs to a scenario: the Dataset that :mod:`parkwerk.quantities` describes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from parkwerk import quantities
from parkwerk.coalition import isolate
from parkwerk.regulation.pools import PoolSettings, default_settings, pool_arrays, regimes
from parkwerk.study.inputs import Inputs
from parkwerk.study.parts.connections import connections, menus, tariff_labels
from parkwerk.study.parts.ground import Ground, Part, Sourced
from parkwerk.study.parts.heat_links import heat_recovery, heat_sources, heat_transfer, pipes
from parkwerk.study.parts.roofs import classes, roofs
from parkwerk.study.parts.site_heat import site_heat
from parkwerk.study.parts.storage import battery, heat_storage
from parkwerk.study.parts.supply import supply
from parkwerk.study.series.calendar import Calendar
from parkwerk.study.series.weather import read_weather


def economics(ground: Ground, _: xr.Dataset) -> dict[str, Sourced]:
    """Interest rate of the annuities, and the horizon of net present values."""
    settings = ground.inputs.settings
    return {
        name: (getattr(settings, name).value, getattr(settings, name).source)
        for name in ("interest_rate", "horizon")
    }


def emissions(ground: Ground, _: xr.Dataset) -> dict[str, Sourced]:
    """CO2 of grid electricity and gas."""
    law = ground.law
    return {
        name: (getattr(law, name), law.source_of(name))
        for name in ("grid_emission_factor", "gas_emission_factor")
    }


#: The parts of a scenario; each may use what the parts before it made.
PARTS: tuple[Part, ...] = (
    supply,
    site_heat,
    heat_storage,
    battery,
    connections,
    roofs,
    heat_recovery,
    heat_transfer,
    pipes,
    economics,
    emissions,
)


def build(inputs: Inputs) -> xr.Dataset:
    """Scenario of checked inputs.

    Returns
    -------
    xr.Dataset
        Every quantity of :data:`parkwerk.quantities.SCENARIO` but `injection_price`, with `units`,
        `long_name` and `source`; beside them `pool_reason`, why a company may not take part.
        Attributes: study, title, scenario, regime, law_date, year, step_hours, period, sources.

    Raises
    ------
    InputError
        When an input contradicts the law, the price sheet, a profile or another input.
    """
    ground = lay_ground(inputs)
    scenario = xr.Dataset(coords=_coordinates(ground))
    for part in PARTS:
        for name, (values, source) in part(ground, scenario).items():
            scenario[name] = (quantities.SCENARIO[name].dims, values, {"source": source})
    scenario = scenario.merge(_pools(ground), combine_attrs="override")
    if not regimes()[inputs.settings.regime].heat_links:
        scenario = isolate(scenario)
    scenario = quantities.annotate(scenario.assign_attrs(_attributes(inputs)))
    quantities.check(scenario)
    return scenario


def lay_ground(inputs: Inputs) -> Ground:
    """Calendar and weather of the inputs."""
    settings = inputs.settings
    calendar = Calendar(settings.year, settings.step_hours)
    return Ground(inputs, calendar, read_weather(calendar))


def _coordinates(ground: Ground) -> dict[str, tuple[str, object]]:
    """Dimensions and the labels that say how they belong together."""
    inputs = ground.inputs
    companies = _names([company.id for company in inputs.companies])
    none = _names([""] * len(companies))
    return {
        "time": ("time", ground.calendar.times),
        "company": ("company", companies),
        "connection": ("connection", companies),
        "roof": ("roof", _names([roof.id for roof in inputs.roofs])),
        "pv_class": ("pv_class", _names([group.label for group in classes(ground)])),
        "tariff": ("tariff", _names(tariff_labels(menus(ground)))),
        "heat_source": ("heat_source", _names([c.id for c in heat_sources(inputs)])),
        "pipe": ("pipe", _names([link.label for link in inputs.links])),
        "roof_company": ("roof", _names([roof.company for roof in inputs.roofs])),
        "pipe_from": ("pipe", _names([link.start for link in inputs.links])),
        "pipe_to": ("pipe", _names([link.end for link in inputs.links])),
        "green_pool": ("connection", none),
        "supply_pool": ("connection", none),
    }


def _names(names: list[str]) -> np.ndarray:
    """Names as an array of text, also when there are none."""
    return np.array(names, dtype=str)


def _pools(ground: Ground) -> xr.Dataset:
    """Pools of the regime, with the reason why a company may not take part."""
    settings = ground.inputs.settings
    table = pd.DataFrame(
        {
            "id": [company.id for company in ground.inputs.companies],
            "x": [company.x_m for company in ground.inputs.companies],
            "y": [company.y_m for company in ground.inputs.companies],
            "sme": [company.sme for company in ground.inputs.companies],
            "manufacturing_relief": [company.manufacturing for company in ground.inputs.companies],
            "building": [company.building for company in ground.inputs.companies],
        }
    )
    chosen, usual = settings.sharing, default_settings()
    costs = PoolSettings(
        own_supply_cost=chosen.own_supply_cost.value
        if chosen.own_supply_cost
        else usual.own_supply_cost,
        member_cost=chosen.member_cost.value if chosen.member_cost else usual.member_cost,
    )
    pools = pool_arrays(settings.regime, table, classes(ground), ground.law, costs)
    for name, value in (
        ("pool_charge", chosen.own_supply_cost),
        ("pool_fixed_cost", chosen.member_cost),
    ):
        if value:
            pools[name].attrs["source"] += f"; set in study.yaml: {value.source}"
    return pools


def _attributes(inputs: Inputs) -> dict[str, str | int | float]:
    settings = inputs.settings
    return {
        "study": settings.name,
        "title": settings.title,
        "note": settings.note,
        "scenario": inputs.scenario,
        "regime": settings.regime,
        "law_date": settings.law_date.isoformat(),
        "year": settings.year,
        "step_hours": settings.step_hours,
        "period": settings.period,
        "sources": "\n".join(f"{key}: {text}" for key, text in sorted(inputs.sources.items())),
    }
