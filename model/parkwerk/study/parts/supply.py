"""Electricity that a company needs today, and what its supplier takes for it."""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.study.parts.ground import Ground, Sourced
from parkwerk.study.schema import Company
from parkwerk.study.series.calendar import Calendar, Floats
from parkwerk.study.series.heat import refrigeration
from parkwerk.study.series.load import electricity_load, read_load_file
from parkwerk.study.series.prices import read_price_file, reference_prices
from parkwerk.study.series.weather import weather_of

#: How far a meter file may be from what the table says of it.
METER_TOLERANCE = 0.02


def supply(ground: Ground, _: xr.Dataset) -> dict[str, Sourced]:
    """Load and energy price of each company, and the day-ahead price.

    ``electricity_price = spot_price + margin`` or the fixed price of the contract.
    """
    companies = ground.inputs.companies
    spot = spot_price(ground)
    prices = [energy_price(company, spot.to_numpy()) for company in companies]
    return {
        "electricity_demand": (
            np.array([load(ground, company) for company in companies]),
            ground.company_sources("electricity_kwh, peak_kw, load_profile or load_file"),
        ),
        "spot_price": (spot.to_numpy(), str(spot.attrs["source"])),
        "electricity_price": (np.array(prices), ground.company_sources("supply")),
    }


def spot_price(ground: Ground) -> xr.DataArray:
    """Day-ahead price [EUR/kWh] from the study's own file, else the reference year; by its level.

    ``spot_price = level·price``
    """
    spot = ground.inputs.settings.prices.spot
    prices = _prices(ground)
    if spot.level.value == 1:
        return prices
    source = f"{spot.level.value:g} x {prices.attrs['source']} | {spot.level.source}"
    return (spot.level.value * prices).assign_attrs(prices.attrs | {"source": source})


def _prices(ground: Ground) -> xr.DataArray:
    """Day-ahead price [EUR/kWh] as the file or the statistics have it."""
    settings = ground.inputs.settings
    spot = settings.prices.spot
    if spot.file is None:
        return _reference(ground.calendar, spot.statistics_year, settings.seed).copy()
    path = ground.inputs.folder / spot.file
    prices = read_price_file(path, spot.file_unit, spot.file_timezone, ground.calendar)
    return prices.assign_attrs(source=f"{spot.file}: {spot.source}")


@lru_cache(maxsize=4)
def _reference(calendar: Calendar, year: int, seed: int) -> xr.DataArray:
    """The reference year, which many scenarios of a study share; to read only."""
    return reference_prices(calendar, weather_of(calendar), year, seed)


def energy_price(company: Company, spot: Floats) -> Floats:
    """Price of the supply contract [EUR/kWh] in every step."""
    if company.supply == "spot":
        assert company.margin_eur_per_kwh is not None, "refused by checks.check_company"
        return np.asarray(spot + company.margin_eur_per_kwh, dtype=np.float64)
    assert company.fixed_price_eur_per_kwh is not None, "refused by checks.check_company"
    return np.full(spot.shape, company.fixed_price_eur_per_kwh)


def load(ground: Ground, company: Company) -> Floats:
    """Electricity demand [kW]: from the meter file, else a profile with exact energy and peak.

    The refrigeration is part of the energy and the peak; its own series follows the weather.
    """
    if company.load_file is not None:
        return _metered(ground, company, company.load_file)
    assert company.load_profile is not None, "refused by checks.check_company"
    assert company.electricity_kwh is not None, "refused by checks.check_company"
    assert company.peak_kw is not None, "refused by checks.check_company"
    # The seed hangs on the name alone, so a further company leaves the loads of the others alone.
    seed = ground.inputs.settings.seed + zlib.crc32(company.id.encode())
    cold = refrigeration_series(ground, company)[0] if company.refrigeration_kwh else None
    try:
        return electricity_load(
            ground.calendar,
            company.load_profile,
            company.electricity_kwh,
            company.peak_kw,
            seed,
            added=cold,
        )
    except InputError as error:
        raise InputError(
            f"companies.csv, company {company.id!r}, field load_profile: {error}"
        ) from error


def refrigeration_series(ground: Ground, company: Company) -> tuple[Floats, Floats]:
    """Electricity and rejected heat of the refrigeration of a company [kW]."""
    return refrigeration(
        ground.calendar,
        ground.weather,
        company.refrigeration_kwh,
        room_c=company.room_c,
        evaporation_c=company.evaporation_c,
        condensing_min_c=company.waste_heat_c,
    )


def _metered(ground: Ground, company: Company, file: str) -> Floats:
    """Series of a meter file, refused when it contradicts the table."""
    series = read_load_file(ground.inputs.folder / file, ground.calendar, company.id)
    energy = float(series.sum() * ground.calendar.step_hours)
    peak = float(series.max())
    for field, expected, found in (
        ("electricity_kwh", company.electricity_kwh, energy),
        ("peak_kw", company.peak_kw, peak),
    ):
        if expected is not None and abs(found - expected) > METER_TOLERANCE * expected:
            raise InputError(
                f"companies.csv, company {company.id!r}, field {field}: expected {expected:g} as "
                f"stated (within 2 %), but {file} gives {found:.6g}"
            )
    if peak > company.connection_kw:
        raise InputError(
            f"companies.csv, company {company.id!r}, field connection_kw: expected at least the "
            f"peak in {file}, {peak:.6g} kW, found {company.connection_kw:g}"
        )
    return series
