"""PV on the roofs: yield, room, duty, and what each size class costs and earns."""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.regulation.feed_in import NO_CAP, FeedIn, PvClass, feed_in, pv_classes
from parkwerk.study.inputs import Inputs
from parkwerk.study.parts.ground import Ground, Sourced, cost_source, unpaid
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
    """Size classes up to a plant on every roof of the company with most room: nobody has more."""
    pv = ground.technologies.pv
    limits = roof_limits(ground.inputs)
    owners = np.array([roof.company for roof in ground.inputs.roofs])
    largest = max((float(limits[owners == owner].sum()) for owner in set(owners)), default=0.0)
    try:
        return pv_classes(ground.law, pv.investment_curve.points, largest, tender_value(ground))
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
    """Yield, limit and duty by roof; cost by size class; what feed-in earns by rule."""
    inputs, pv = ground.inputs, ground.technologies.pv
    groups = classes(ground)
    annuity = ground.annuity(pv.life)
    yields = np.zeros((len(inputs.roofs), ground.calendar.steps))
    for row, roof in zip(yields, inputs.roofs, strict=True):
        row[:] = roof_yield(ground, roof)
    table = "roofs.csv: " + " | ".join(dict.fromkeys(roof.source for roof in inputs.roofs))
    density = f"{table} | {pv.power_density.source}"
    curve = f"{pv.investment_curve.source} | {pv.funding_share.source}"
    yearly = f"{curve} | {cost_source(pv.life, pv.maintenance)}"
    eeg = _eeg_source(ground)
    paid = unpaid(pv.funding_share)
    fixed = np.array([group.fixed_investment for group in groups]) * paid
    per_kw = np.array([group.investment for group in groups]) * paid
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
    } | _revenue(ground, feed_in_rules(ground, scenario))


def feed_in_rules(ground: Ground, scenario: xr.Dataset) -> FeedIn:
    """What feed-in earns under each rule."""
    pv = ground.technologies.pv
    return feed_in(
        ground.law,
        classes(ground),
        scenario["spot_price"].to_numpy(),
        ground.inputs.settings.prices.solar_market_value.value,
        marketing_cost(ground)[0],
        tender_value(ground),
        pv.control_tested,
    )


def _revenue(ground: Ground, paid: FeedIn) -> dict[str, Sourced]:
    """Feed-in by rule; slices of value and a cap only where a rule has them."""
    tender = ground.technologies.pv.tender_value
    sources = [
        _eeg_source(ground),
        ground.inputs.settings.prices.solar_market_value.source,
        marketing_cost(ground)[1],
        *([tender.source] if tender else []),
    ]
    source = " | ".join(dict.fromkeys(sources))
    quantities: dict[str, Sourced] = {"feed_in_price": (paid.price, source)}
    if paid.slice_end.size:
        for name, values in (
            ("feed_in_supported", paid.supported),
            ("slice_end", paid.slice_end),
            ("slice_value", paid.slice_value),
            ("support_gap", paid.support_gap),
        ):
            quantities[name] = (values, source)
    if (paid.cap < NO_CAP).any():
        quantities["feed_in_cap"] = (paid.cap, "EEG §9(2)")
    return quantities


def marketing_cost(ground: Ground) -> tuple[float, str]:
    """Cost of direct marketing [EUR/kWh] and its source: the study's own, else the regulation's."""
    chosen = ground.inputs.settings.prices.marketing_cost
    if chosen:
        return chosen.value, chosen.source
    return ground.law.direct_marketing_cost, ground.law.source_of("direct_marketing_cost")


def tender_value(ground: Ground) -> float | None:
    """Value won in a tender [EUR/kWh], if the study has one."""
    chosen = ground.technologies.pv.tender_value
    return chosen.value if chosen else None


def _eeg_source(ground: Ground) -> str:
    names = ("eeg_tariff", "eeg_reference_value")
    return " | ".join(ground.law.source_of(name) for name in names)
