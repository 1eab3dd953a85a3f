"""PV on the roofs: yield, room, duty, and what each size class costs and earns."""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.regulation.feed_in import PvClass, feed_in_price, pv_classes
from parkwerk.study.inputs import Inputs
from parkwerk.study.parts.ground import Ground, Sourced, cost_source
from parkwerk.study.schema import Roof
from parkwerk.study.series.calendar import Floats
from parkwerk.study.series.solar import pv_yield

#: Below this area a roof has no PV duty (HmbKliSchG, S66).
DUTY_AREA_M2 = 50


def roof_limits(inputs: Inputs) -> Floats:
    """PV power that fits on each roof [kW]: ``area·usable_share·power_density``."""
    density = inputs.settings.technologies.pv.power_density.value
    return np.array([roof.area_m2 * roof.usable_share * density for roof in inputs.roofs])


def roof_duties(inputs: Inputs) -> Floats:
    """PV power due on each new or renewed roof [kW]: ``area·duty_share·power_density``."""
    pv = inputs.settings.technologies.pv
    due = [
        roof.area_m2 * ((roof.new or roof.renewed) and roof.area_m2 >= DUTY_AREA_M2)
        for roof in inputs.roofs
    ]
    return np.array(due, dtype=float) * pv.duty_share.value * pv.power_density.value


def classes(ground: Ground) -> tuple[PvClass, ...]:
    """Size classes up to a plant that covers every roof of the park."""
    curve = ground.technologies.pv.investment_curve.points
    try:
        return pv_classes(ground.law, curve, float(roof_limits(ground.inputs).sum()))
    except InputError as error:
        raise InputError(f"study.yaml, field technologies.pv.investment_curve: {error}") from error


def roof_yield(ground: Ground, roof: Roof) -> Floats:
    """AC power per installed kW; modules back to back yield the mean of both sides."""
    ways = [roof.azimuth_deg]
    if roof.mounting == "two_way":
        ways.append((roof.azimuth_deg + 180) % 360)
    sides = [pv_yield(ground.weather, roof.tilt_deg, azimuth) for azimuth in ways]
    return np.asarray(np.mean(sides, axis=0), dtype=np.float64)


def roofs(ground: Ground, scenario: xr.Dataset) -> dict[str, Sourced]:
    """Yield, limit and duty by roof; cost and feed-in price by size class."""
    inputs, prices, pv = ground.inputs, ground.inputs.settings.prices, ground.technologies.pv
    groups = classes(ground)
    annuity = ground.annuity(pv.life)
    yields = np.zeros((len(inputs.roofs), ground.calendar.steps))
    for row, roof in zip(yields, inputs.roofs, strict=True):
        row[:] = roof_yield(ground, roof)
    marketing = prices.marketing_cost
    cost, cost_note = (
        (marketing.value, marketing.source)
        if marketing
        else (ground.law.direct_marketing_cost, ground.law.source_of("direct_marketing_cost"))
    )
    spot = scenario["spot_price"].to_numpy()
    feed_in = feed_in_price(groups, spot, prices.solar_market_value.value, cost)
    table = "roofs.csv: " + " | ".join(dict.fromkeys(roof.source for roof in inputs.roofs))
    density = f"{table} | {pv.power_density.source}"
    curve = pv.investment_curve.source
    yearly = f"{curve} | {cost_source(pv.life, pv.maintenance)}"
    eeg = f"{ground.law.source_of('eeg_tariff')} | {ground.law.source_of('eeg_reference_value')}"
    fixed = np.array([group.fixed_investment for group in groups])
    per_kw = np.array([group.investment for group in groups])
    return {
        "pv_yield": (yields, str(ground.weather.attrs["source"])),
        "roof_limit": (roof_limits(inputs), density),
        "roof_duty": (roof_duties(inputs), f"{density} | {pv.duty_share.source}"),
        "pv_class_min": (np.array([group.min_kw for group in groups]), eeg),
        "pv_class_max": (np.array([group.max_kw for group in groups]), eeg),
        "pv_class_fixed_investment": (fixed, curve),
        "pv_class_investment": (per_kw, curve),
        "pv_class_fixed_cost": (fixed * annuity, yearly),
        "pv_class_cost": (per_kw * annuity + pv.maintenance.value, yearly),
        "feed_in_price": (
            feed_in,
            f"{eeg} | {prices.solar_market_value.source} | {cost_note}",
        ),
    }
