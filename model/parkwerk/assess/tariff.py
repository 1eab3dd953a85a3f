"""What each meter would pay under every entry of its tariff menu, from its reading alone."""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.assess.quantity import Quantities, quantity, ratio

#: Charges of some entries only, and the reading that each multiplies.
OPTIONS = {
    "monthly_charge": "monthly_peak",
    "window_charge": "window_peak",
    "order_charge": "ordered_capacity",
    "above_order_charge": "yearly_above_order",
}
#: A condition is met if it is short of this share of its own terms at most.
ROUNDING = 1e-9


def assess_tariff(scenario: xr.Dataset, cases: xr.Dataset) -> Quantities:
    """Hours of use, cost under every entry that is open, and what the chosen entry saves.

    ``full_load_hours = withdrawal / peak`` (the hours of use of §17 Abs. 2 StromNEV), and

    ``menu_cost[k] = tariff_fixed[k] + demand_charge[k]·peak + monthly_charge[k]·Σ_m monthly_peak[m]
    + window_charge[k]·window_peak + order_charge[k]·ordered_capacity
    + above_order_charge[k]·above_order + (energy_charge[k] + levy[k])·withdrawal``

    at the same meter reading, not a number for entries that are not open or whose conditions the
    reading does not meet. `tariff_advantage` is the cheapest other entry less the chosen one:
    negative if the chosen one is not the cheapest.
    """
    peak = at_meter(scenario, cases, "peak")
    withdrawal = at_meter(scenario, cases, "yearly_withdrawal")
    cost = (
        scenario["tariff_fixed"]
        + scenario["demand_charge"] * peak
        + (scenario["energy_charge"] + scenario["levy"]) * withdrawal
    )
    for charge, reading in OPTIONS.items():
        if charge in scenario:
            counted = at_meter(scenario, cases, reading)
            cost = cost + scenario[charge] * counted.sum([d for d in counted.dims if d == "month"])
    cost = cost.where((scenario["tariff_open"] > 0) & _is_open(scenario, cases, peak, withdrawal))
    is_chosen = scenario["tariff"] == cases["chosen_tariff"]
    others = cost.where(~is_chosen)
    next_best = others.fillna(np.inf).idxmin("tariff")
    next_best = next_best.where(others.notnull().any("tariff"), "").astype(str)
    advantage = others.min("tariff") - cost.where(is_chosen).min("tariff")
    hours = ratio(withdrawal, peak)
    return {
        "full_load_hours": quantity(hours, "h/a", "yearly withdrawal by yearly peak"),
        "menu_cost": quantity(cost, "EUR/a", "grid fees and levies under each open tariff"),
        "chosen_tariff": quantity(cases["chosen_tariff"], "", "tariff that is paid"),
        "next_best_tariff": quantity(next_best, "", "cheapest open tariff but the chosen one"),
        "tariff_advantage": quantity(
            advantage, "EUR/a", "what the cheapest other tariff would cost more"
        ),
    }


def _is_open(
    scenario: xr.Dataset, cases: xr.Dataset, peak: xr.DataArray, withdrawal: xr.DataArray
) -> xr.DataArray:
    """Whether the reading meets all conditions of an entry, (case, connection, tariff)."""
    if "tariff_condition" not in scenario:
        return xr.ones_like(scenario["tariff_open"], dtype=bool)
    parts = [xr.ones_like(peak), peak, at_meter(scenario, cases, "window_peak"), withdrawal]
    reading = xr.concat(parts, xr.Variable("reading", scenario["reading"].values))
    terms = scenario["tariff_condition"] * reading
    return (terms.sum("reading") >= -ROUNDING * abs(terms).sum("reading")).all("condition")


def at_meter(scenario: xr.Dataset, cases: xr.Dataset, name: str) -> xr.DataArray:
    """A reading by meter, (case, connection): of companies, and of common connections."""
    common = name.replace("yearly_", "yearly_common_") if "yearly" in name else f"common_{name}"
    sites = cases[name].rename(company="connection")
    return sites.reindex(connection=scenario["connection"].values, fill_value=0.0) + cases[common]
