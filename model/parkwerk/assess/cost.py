"""Who pays what a year, what it saves, and what the saving is worth today."""

from __future__ import annotations

import xarray as xr

from parkwerk.assess.links import (
    SHARED,
    own_heat_share,
    own_share,
    owners,
    parties,
    pipe_cost,
)
from parkwerk.assess.quantity import Quantities, quantity
from parkwerk.regulation.economics import annuity_factor

#: Kinds of cost that a reader takes in at one glance; a kind that is not named here is `other`.
GROUPS = {
    "electricity": ("energy", "electricity tax"),
    "grid fees and levies": ("tariff fixed", "demand charge", "energy charge", "levies"),
    "gas and CO2 price": ("gas", "CO2 price"),
    "PV, batteries, heat pumps": ("PV", "battery", "heat pump", "heat storage"),
    "waste heat": ("heat transfer", "heat recovery", "heat pipes"),
    "sharing": ("pool charge", "pool membership", "operation"),
    "feed-in revenue": ("feed-in revenue",),
}
OTHER = "other"


def assess_cost(scenario: xr.Dataset, cases: xr.Dataset) -> Quantities:
    """Yearly cost by party and kind, savings and their present value.

    ``saving = cost[today] − cost``, ``saving_by_sharing = cost[alone] − cost[together]``
    """
    cost = cost_by_party(scenario, cases)
    yearly = cost.sum("cost_kind")
    saving = yearly.sel(case="today") - yearly
    sharing = yearly.sel(case="alone") - yearly.sel(case="together")
    worth = 1 / annuity_factor(float(scenario["interest_rate"]), float(scenario["horizon"]))
    years = f"over {float(scenario['horizon']):g} years"
    group = [group_of(str(kind)) for kind in cost["cost_kind"].values]
    return {
        "cost": quantity(cost, "EUR/a", "yearly cost by kind"),
        "cost_group": quantity(
            xr.DataArray(group, coords={"cost_kind": cost["cost_kind"]}), "", "group of the kind"
        ),
        "yearly_cost": quantity(yearly, "EUR/a", "yearly cost"),
        "park_cost": quantity(yearly.sum("party"), "EUR/a", "yearly cost of the park"),
        "saving": quantity(saving, "EUR/a", "saving against today"),
        "park_saving": quantity(saving.sum("party"), "EUR/a", "saving of the park against today"),
        "saving_by_sharing": quantity(sharing, "EUR/a", "saving against each company alone"),
        "park_saving_by_sharing": quantity(
            sharing.sum("party"), "EUR/a", "saving of the park against each company alone"
        ),
        "net_present_value": quantity(
            net_present_value(saving, worth), "EUR", f"present value of the saving {years}"
        ),
        "park_net_present_value": quantity(
            net_present_value(saving.sum("party"), worth),
            "EUR",
            f"present value of the park's saving {years}",
        ),
    }


def net_present_value(saving: xr.DataArray, worth: float) -> xr.DataArray:
    """Present value of a constant yearly saving [EUR].

    ``NPV = saving / a``, ``a = i·q^T / (q^T − 1)``, ``q = 1 + i``, ``T = horizon``; `worth` is 1/a.

    The saving is net of the annuities of what was built, so the investment is already paid in it:
    ``saving/a = (operational saving)/a − investment`` where a plant lives as long as the horizon;
    a shorter life is replaced, a longer one keeps a value at the end, both at constant prices.
    Real interest goes with constant prices (VDI 2067 without price changes).
    """
    return saving * worth


def cost_by_party(scenario: xr.Dataset, cases: xr.Dataset) -> xr.DataArray:
    """Yearly cost [EUR/a], (case, party, cost_kind); its sum is the total cost of each case.

    A company bears its site and the part of its heat source that serves itself.
    """
    by_actor = cases["cost"]
    own = own_part(scenario, cases)
    owner_of = owners(cases)
    bearers = parties(cases)
    empty = xr.zeros_like(by_actor.isel(actor=0, drop=True))
    borne = dict.fromkeys(bearers, empty)
    for actor in map(str, by_actor["actor"].values):
        charged = by_actor.sel(actor=actor, drop=True)
        if actor in borne:
            borne[actor] = borne[actor] + charged
            continue
        if actor not in owner_of:
            continue  # an allocation key passes on a right and costs nothing
        owner = owner_of[actor]
        kept = charged * own.sel(heat_source=owner, drop=True)
        borne[owner] = borne[owner] + kept
        borne[SHARED] = borne[SHARED] + (charged - kept)
    joined = xr.concat(list(borne.values()), xr.Variable("party", bearers))
    return joined.transpose("case", "party", "cost_kind")


def own_part(scenario: xr.Dataset, cases: xr.Dataset) -> xr.DataArray:
    """Share of a heat source's cost that its owner bears, (case, heat_source, cost_kind).

    Pipes by their cost, all else by the heat that they carry.
    """
    pipes = pipe_cost(scenario, cases, "cost")
    by_pipe = own_share(scenario, pipes, pipes.sum("pipe"))
    return by_pipe.where(cases["cost_kind"] == "heat pipes", own_heat_share(scenario, cases))


def group_of(kind: str) -> str:
    """The group of a kind of cost."""
    return next((group for group, kinds in GROUPS.items() if kind in kinds), OTHER)
