"""Investment by technology, computed again from sizes and the scenario's investment quantities."""

from __future__ import annotations

import xarray as xr

from parkwerk.assess.links import SHARED, own_heat_share, own_pipes, parties, pipe_cost
from parkwerk.assess.quantity import Quantities, owned, quantity


def assess_investment(scenario: xr.Dataset, cases: xr.Dataset) -> Quantities:
    """``investment(case, party, technology)`` [EUR] and the sum of the park."""
    pairs = [
        ("PV", pv(scenario, cases), None),
        ("battery", battery(scenario, cases), None),
        ("heat pump", scenario["heat_pump_investment"] * cases["heat_pump_capacity"], None),
        ("heat storage", scenario["heat_storage_investment"] * cases["heat_storage_energy"], None),
        ("heat transfer", transfer(scenario, cases), None),
        ("heat recovery", *recovery(scenario, cases)),
        ("heat pipes", *pipes(scenario, cases)),
    ]
    bearers = parties(cases)
    rows = [by_party(own, shared, bearers) for _, own, shared in pairs]
    technology = xr.Variable("technology", [name for name, _, _ in pairs])
    investment = xr.concat(rows, technology, coords="minimal", compat="override")
    investment = investment.transpose("case", "party", "technology")
    return {
        "investment": quantity(investment, "EUR", "investment by technology"),
        "park_investment": quantity(
            investment.sum("party"), "EUR", "investment of the park by technology"
        ),
    }


def pv(scenario: xr.Dataset, cases: xr.Dataset) -> xr.DataArray:
    """``Σ_k (pv_class_fixed_investment·pv_built + pv_class_investment·Σ_r pv_capacity)`` [EUR]."""
    by_class = (cases["pv_capacity"] * owned(scenario)).sum("roof")
    fixed = scenario["pv_class_fixed_investment"] * cases["pv_built"]
    return (fixed + scenario["pv_class_investment"] * by_class).sum("pv_class")


def battery(scenario: xr.Dataset, cases: xr.Dataset) -> xr.DataArray:
    """Fixed part if built, and the parts for energy and power [EUR]."""
    return (
        scenario["battery_fixed_investment"] * cases["battery_built"]
        + scenario["battery_energy_investment"] * cases["battery_energy"]
        + scenario["battery_power_investment"] * cases["battery_power"]
    )


def transfer(scenario: xr.Dataset, cases: xr.Dataset) -> xr.DataArray:
    """``Σ_s transfer_investment[s]·transfer_capacity[s]`` [EUR]."""
    return (scenario["transfer_investment"] * cases["transfer_capacity"]).sum("heat_source")


def recovery(scenario: xr.Dataset, cases: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
    """The owner's and the shared part of the heat recovery [EUR], (case, heat_source)."""
    whole = scenario["recovery_investment"] * cases["recovery_capacity"]
    own = whole * own_heat_share(scenario, cases)
    return own, whole - own


def pipes(scenario: xr.Dataset, cases: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
    """The owner's and the shared part of the pipes [EUR], (case, heat_source)."""
    each = pipe_cost(scenario, cases, "investment")
    own = (each * own_pipes(scenario)).sum("pipe")
    return own, each.sum("pipe") - own


def by_party(own: xr.DataArray, shared: xr.DataArray | None, bearers: list[str]) -> xr.DataArray:
    """An investment of companies or heat sources by the party that bears it."""
    place = "heat_source" if "heat_source" in own.dims else "company"
    of_parties = own.rename({place: "party"}).reindex(party=bearers, fill_value=0.0)
    if shared is not None:
        links = shared.sum("heat_source").expand_dims(party=[SHARED])
        of_parties = of_parties + links.reindex(party=bearers, fill_value=0.0)
    loose = [name for name in of_parties.coords if name not in of_parties.dims]
    return of_parties.drop_vars(loose).transpose("case", "party")
