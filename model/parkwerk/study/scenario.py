"""From checked inputs to a scenario: the Dataset that :mod:`parkwerk.quantities` describes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import xarray as xr

from parkwerk import quantities
from parkwerk.coalition import isolate
from parkwerk.study.inputs import Inputs
from parkwerk.study.parts.connections import connections, labels
from parkwerk.study.parts.finance import assets, finance_labels, ownership, price_scenarios
from parkwerk.study.parts.ground import Ground, Part, Sourced
from parkwerk.study.parts.heat_links import heat_recovery, heat_sources, heat_transfer, pipes
from parkwerk.study.parts.meters import meters
from parkwerk.study.parts.pools import pools
from parkwerk.study.parts.roofs import classes, roofs
from parkwerk.study.parts.site_heat import site_heat
from parkwerk.study.parts.statute import statute
from parkwerk.study.parts.storage import battery, heat_storage
from parkwerk.study.parts.supply import supply
from parkwerk.study.series.calendar import Calendar
from parkwerk.study.series.weather import read_weather


def positions(ground: Ground, _: xr.Dataset) -> dict[str, Sourced]:
    """Where the companies are, east and north of a point that the study chose [m]."""
    companies = ground.inputs.companies
    return {
        f"company_{axis}": (
            np.array([getattr(company, f"{axis}_m") for company in companies], dtype=float),
            ground.company_sources(f"{axis}_m"),
        )
        for axis in ("x", "y")
    }


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


#: The parts of a scenario; each may use what the parts before it made. Those of the grid follow
#: when the demands are known, because they decide which tariffs are in reach.
SITE_PARTS: tuple[Part, ...] = (positions, supply, site_heat, heat_storage, battery)
GRID_PARTS: tuple[Part, ...] = (
    connections,
    roofs,
    heat_recovery,
    heat_transfer,
    pipes,
    statute,
    economics,
    assets,
    price_scenarios,
    ownership,
    emissions,
)


def build(inputs: Inputs) -> xr.Dataset:
    """Scenario of checked inputs.

    Returns
    -------
    xr.Dataset
        The quantities of :data:`parkwerk.quantities.SCENARIO`, the optional ones where the regime
        or a tariff needs them, with `units`, `long_name` and `source`; beside them `pool_reason`,
        why a company may not take part. Attributes: study, title, scenario, regime, law_date,
        year, step_hours, period, sources, ...

    Raises
    ------
    InputError
        When an input contradicts the law, the price sheet, a profile or another input.
    """
    ground = lay_ground(inputs)
    scenario = _fill(xr.Dataset(coords=_coordinates(ground)), ground, SITE_PARTS)
    ground = replace(ground, meters=meters(ground, scenario))
    scenario = scenario.assign_coords(labels(ground.meters))
    scenario = _fill(scenario, ground, GRID_PARTS)
    scenario = scenario.merge(pools(ground, scenario), combine_attrs="override")
    if not inputs.regime.heat_links:
        scenario = isolate(scenario)
    scenario = quantities.annotate(scenario.assign_attrs(_attributes(inputs)))
    quantities.check(scenario)
    return scenario


def _fill(scenario: xr.Dataset, ground: Ground, parts: Sequence[Part]) -> xr.Dataset:
    """The scenario with the quantities of some parts."""
    for part in parts:
        arrays = {
            name: (quantities.SCENARIO[name].dims, values, {"source": source})
            for name, (values, source) in part(ground, scenario).items()
        }
        scenario = scenario.assign(arrays)
    return scenario


def lay_ground(inputs: Inputs) -> Ground:
    """Calendar and weather of the inputs."""
    settings = inputs.settings
    calendar = Calendar(settings.year, settings.step_hours)
    return Ground(inputs, calendar, read_weather(calendar))


def _coordinates(ground: Ground) -> dict[str, tuple[str, object]]:
    """Dimensions and the labels that say how they belong together."""
    inputs, groups = ground.inputs, classes(ground)
    return {
        "time": ("time", ground.calendar.times),
        "company": ("company", _names([company.id for company in inputs.companies])),
        "roof": ("roof", _names([roof.id for roof in inputs.roofs])),
        "pv_class": ("pv_class", _names([group.label for group in groups])),
        "feed_in_rule": ("feed_in_rule", _names([*dict.fromkeys(g.rule for g in groups)])),
        "heat_source": ("heat_source", _names([c.id for c in heat_sources(inputs)])),
        "pipe": ("pipe", _names([link.label for link in inputs.pipes])),
        "roof_company": ("roof", _names([roof.company for roof in inputs.roofs])),
        "pv_class_rule": ("pv_class", _names([group.rule for group in groups])),
        "pipe_from": ("pipe", _names([link.start for link in inputs.pipes])),
        "pipe_to": ("pipe", _names([link.end for link in inputs.pipes])),
    } | finance_labels(ground)


def _names(names: list[str]) -> np.ndarray:
    """Names as an array of text, also when there are none."""
    return np.array(names, dtype=str)


def _attributes(inputs: Inputs) -> dict[str, str | int | float]:
    settings = inputs.settings
    return {
        "study": settings.name,
        "title": settings.title,
        "note": settings.note,
        "scenario": inputs.scenario,
        "regime": settings.regime,
        "regime_title": inputs.regime.title,
        "regime_hypothetical": int(inputs.regime.hypothetical),
        "law_date": settings.law_date.isoformat(),
        "year": settings.year,
        "step_hours": settings.step_hours,
        "period": settings.period,
        "sources": "\n".join(f"{key}: {text}" for key, text in sorted(inputs.sources.items())),
    }
