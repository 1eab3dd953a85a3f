"""What assets cost a year at their own lives, and who owns them."""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.assess.cost import cost_by_party
from parkwerk.assess.investment import assess_investment, by_party
from parkwerk.assess.links import SHARED, own_heat_share, parties
from parkwerk.assess.quantity import owned
from parkwerk.errors import FinanceError, InputError
from parkwerk.quantities import OPERATOR
from parkwerk.regulation.economics import annuity_factor

#: Share by which an annuity may differ from the objective; amounts below 1 EUR/a, and below a
#: millionth of all costs, count as that.
TOLERANCE = 1e-6


def read_assets(scenario: xr.Dataset, cases: xr.Dataset) -> xr.Dataset:
    """Investment after grants, grant, annuity and maintenance by host, (case, party, technology).

    ``annuity = investment·a(life)``, ``a`` the capital recovery factor at the interest rate;
    ``maintenance = asset_maintenance·investment/(1 − asset_funding) + pv_maintenance·PV size``:
    a grant pays for no maintenance.

    Raises
    ------
    FinanceError
        If annuity and maintenance differ from the objective's cost in any case.
    """
    investment = assess_investment(scenario, cases)["investment"]
    life = whole_years(scenario, "asset_life")
    factors = [annuity_factor(float(scenario["interest_rate"]), years) for years in life.values]
    paid_for = investment / (1.0 - scenario["asset_funding"])
    size = (cases["pv_capacity"].sum("pv_class") * owned(scenario)).sum("roof")
    of_size = scenario["pv_maintenance"] * by_party(size, None, parties(cases))
    assets = xr.Dataset(
        {
            "investment": investment,
            "grant": paid_for - investment,
            "annuity": investment * life.copy(data=factors),
            "maintenance": scenario["asset_maintenance"] * paid_for
            + of_size * (scenario["technology"] == "PV"),
        }
    )
    check_assets(scenario, cases, assets)
    return assets


def check_assets(scenario: xr.Dataset, cases: xr.Dataset, assets: xr.Dataset) -> None:
    """Refuse yearly costs of assets that differ from the objective's.

    In each case, for each party and technology,
    ``|annuity + maintenance − cost| ≤ 1e-6·max(1 EUR/a, |cost|, 1e-6·park)`` where `cost` is the
    kind of that name in the objective, that of heat recovery less its running cost.

    Raises
    ------
    FinanceError
        Naming case, party, technology and both amounts.
    """
    cost = cost_by_party(scenario, cases)
    kinds = assets["technology"].values
    objective = cost.reindex(cost_kind=kinds, fill_value=0.0).rename(cost_kind="technology")
    running = recovery_running_cost(scenario, cases)
    objective = objective - running * (objective["technology"] == "heat recovery")
    again = assets["annuity"] + assets["maintenance"]
    park = abs(cost).sum(("party", "cost_kind"))
    allowed = TOLERANCE * np.maximum(np.maximum(1.0, abs(objective)), 1e-6 * park)
    # Written so that what is not a number is a difference, too.
    differs = ~(abs(again - objective) <= allowed)
    for place in np.argwhere(differs.values)[:1]:
        at = {str(d): differs[d].values[i] for d, i in zip(differs.dims, place, strict=True)}
        raise FinanceError(
            f"{at['case']}, `{at['party']}`: annuity and maintenance of {at['technology']} are "
            f"{float(again.sel(at)):,.4f} EUR/a, expected {float(objective.sel(at)):,.4f} EUR/a "
            "as in the objective"
        )


def recovery_running_cost(scenario: xr.Dataset, cases: xr.Dataset) -> xr.DataArray:
    """``waste_heat_cost·recovered`` [EUR/a] by who bears it, (case, party)."""
    whole = scenario["waste_heat_cost"] * cases["yearly_recovered"]
    own = whole * own_heat_share(scenario, cases)
    return by_party(own, whole - own, parties(cases))


def whole_years(scenario: xr.Dataset, name: str) -> xr.DataArray:
    """Lives or horizon as whole numbers [a].

    Raises
    ------
    InputError
        For parts of years: payments fall at the ends of years.
    """
    years = scenario[name]
    if ((years % 1 != 0) | (years < 1)).any():
        raise InputError(f"`{name}` of the scenario: expected whole years, at least one")
    return years.astype(int)


def ownership(scenario: xr.Dataset, bearers: list[str]) -> xr.DataArray:
    """Share of the host's asset that is the owner's, (technology, host, owner).

    Without `asset_owned` everybody owns what it hosts; so does who hosts for an owner that is not
    in this park, because only a part of it is looked at. The joint operator is the party that
    bears the shared links.
    """
    own = xr.DataArray(np.eye(len(bearers)), coords={"host": bearers, "owner": bearers})
    if "asset_owned" not in scenario:
        return own.expand_dims(technology=scenario["technology"].values)
    given = scenario["asset_owned"]
    names = {
        dim: [SHARED if name == OPERATOR else str(name) for name in given[dim].values]
        for dim in ("host", "owner")
    }
    known = given.assign_coords(names).reindex(host=bearers, owner=bearers, fill_value=0.0)
    return known + own * (1.0 - known.sum("owner"))


def by_owner(of_host: xr.DataArray, shares: xr.DataArray) -> xr.DataArray:
    """What belongs to hosts, (…, party, technology), by who owns it."""
    of_owner: xr.DataArray = xr.dot(of_host.rename(party="host"), shares, dim="host")
    return of_owner.rename(owner="party")
