"""What each meter would pay under every entry of its tariff menu, from its reading alone."""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.assess.quantity import Quantities, quantity, ratio


def assess_tariff(scenario: xr.Dataset, cases: xr.Dataset) -> Quantities:
    """Hours of use, cost under every open entry, and what the chosen entry saves.

    ``full_load_hours = withdrawal / peak`` (the hours of use of §17 Abs. 2 StromNEV), and

    ``menu_cost[k] = tariff_fixed[k] + demand_charge[k]·peak
    + (energy_charge[k] + levy[k])·withdrawal``

    at the same meter reading, not a number for entries that are not open. `tariff_advantage` is the
    cheapest other entry less the chosen one: negative if the chosen one is not the cheapest.
    """
    peak = at_meter(scenario, cases, "peak")
    withdrawal = at_meter(scenario, cases, "yearly_withdrawal")
    cost = (
        scenario["tariff_fixed"]
        + scenario["demand_charge"] * peak
        + (scenario["energy_charge"] + scenario["levy"]) * withdrawal
    ).where(scenario["tariff_open"] > 0)
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


def at_meter(scenario: xr.Dataset, cases: xr.Dataset, name: str) -> xr.DataArray:
    """A reading by meter, (case, connection): of companies, and of common connections."""
    common = name.replace("yearly_", "yearly_common_") if "yearly" in name else f"common_{name}"
    sites = cases[name].rename(company="connection")
    return sites.reindex(connection=scenario["connection"].values, fill_value=0.0) + cases[common]
