"""Payments of each party year by year against today, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from parkwerk.assess import vdi2067
from parkwerk.assess.assets import (
    by_owner,
    ownership,
    read_assets,
    recovery_running_cost,
    whole_years,
)
from parkwerk.assess.cost import cost_by_party
from parkwerk.errors import FinanceError
from parkwerk.formulation.extension import cost_kinds
from parkwerk.quantities import PRICE_GROUPS
from parkwerk.regulation.economics import annuity_factor

#: Kinds of yearly cost in the objective by the group whose prices they follow; assets are apart.
KINDS = {
    "electricity": (
        *("energy", "electricity tax", "tariff fixed", "demand charge", "energy charge"),
        *("levies", "pool charge"),
    ),
    "gas": ("gas", "CO2 price"),
    "feed-in": ("feed-in revenue",),
    "equipment": ("pool membership", "operation"),
}
#: What a cash flow consists of.
FLOWS = ("investment", "replacement", "residual value", *PRICE_GROUPS, "lease")


@dataclass(frozen=True)
class Books:
    """What all payments follow from.

    Attributes
    ----------
    assets
        Investment, grant, annuity and maintenance by host, (case, party, technology).
    owned
        Investment of the inputs by owner, (case, party, technology) [EUR].
    running
        Yearly cost at the first year's prices by host, (case, party, price_group) [EUR/a].
    lease
        Leases received less those paid, (case, party) [EUR/a], before the investment factor.
    life
        By technology, in whole years.
    change, factor
        Real change of prices (price_scenario, price_group) [1/a], and investment by that of the
        inputs (price_scenario) [1].
    """

    assets: xr.Dataset
    owned: xr.DataArray
    running: xr.DataArray
    lease: xr.DataArray
    life: xr.DataArray
    change: xr.DataArray
    factor: xr.DataArray
    rate: float
    horizon: int

    @property
    def saved(self) -> xr.DataArray:
        """Running cost today less that of the case, (case, party, price_group) [EUR/a]."""
        return self.running.sel(case="today", drop=True) - self.running


def keep_books(scenario: xr.Dataset, cases: xr.Dataset) -> Books:
    """Read what the payments follow from, checked against the objective.

    An owner who is not the host has ``(1 + lease_margin)·annuity`` a year of the host, who keeps
    what the asset saves and maintains it. The leases of all parties sum to nothing.

    Raises
    ------
    FinanceError
        If annuities differ from the objective.
    InputError
        If the horizon or a life has parts of years.
    """
    assets = read_assets(scenario, cases)
    shares = ownership(scenario, [str(name) for name in assets["party"].values])
    lease = (1.0 + float(scenario["lease_margin"])) * assets["annuity"]
    return Books(
        assets=assets,
        owned=by_owner(assets["investment"], shares).transpose("case", "party", "technology"),
        running=running_cost(scenario, cases, assets["maintenance"]),
        lease=(by_owner(lease, shares) - lease).sum("technology"),
        life=whole_years(scenario, "asset_life"),
        change=scenario["price_change"].sel(price_group=list(PRICE_GROUPS)),
        factor=scenario["investment_factor"],
        rate=float(scenario["interest_rate"]),
        horizon=int(whole_years(scenario, "horizon")),
    )


def running_cost(
    scenario: xr.Dataset, cases: xr.Dataset, maintenance: xr.DataArray
) -> xr.DataArray:
    """Yearly cost without annuities by price group [EUR/a], (case, party, price_group).

    Grid fees, levies and charges on shared energy go with electricity, and so does what pumps the
    recovered heat; memberships go with maintenance. The yearly cost of a direct line is part of
    its giver's membership: it is paid like a rent, and is no investment here.

    Raises
    ------
    FinanceError
        For a kind of cost in the objective that has no place here.
    """
    cost = cost_by_party(scenario, cases)
    known = {
        *maintenance["technology"].values,
        *(kind for group in PRICE_GROUPS for kind in _kinds(group)),
    }
    if unknown := [str(kind) for kind in cost["cost_kind"].values if kind not in known]:
        raise FinanceError(
            f"the objective's cost `{unknown[0]}` belongs to no technology and to no price group, "
            "expected it in assess/investment.py or in assess/cash_flow.py"
        )
    groups = {
        group: cost.where(cost["cost_kind"].isin(_kinds(group)), 0.0).sum("cost_kind")
        for group in PRICE_GROUPS
    }
    groups["electricity"] += recovery_running_cost(scenario, cases)
    groups["equipment"] += maintenance.sum("technology")
    joined = xr.concat(list(groups.values()), xr.Variable("price_group", list(groups)))
    return joined.transpose("case", "party", "price_group")


def _kinds(group: str) -> tuple[str, ...]:
    """Kinds of cost of a price group, with those of components that others have added."""
    return (*KINDS[group], *cost_kinds(group))


def cash_flow(books: Books) -> xr.DataArray:
    """Payments against today, (case, party, flow, price_scenario, year 0 … T) [EUR].

    ``−investment_factor·owned`` in year 0, times ``r^n`` for a replacement in year n = N, 2N, … < T
    and for what is left of it in year T; ``saved·r^(n−1)`` and the lease in years 1 … T. A
    replacement costs what the first purchase did after its grant, as in the objective.
    """
    years = np.arange(books.horizon + 1)
    year = xr.DataArray(years, coords={"year": years})
    first = year == 0
    bought = purchases_by_year(books, year)
    spent = -books.factor * books.owned
    parts = {
        "investment": xr.dot(spent, bought.where(first, 0.0), dim="technology"),
        "replacement": xr.dot(spent, bought.where(~first, 0.0), dim="technology"),
        "residual value": -xr.dot(spent, residual_by_year(books, year), dim="technology"),
        "lease": books.lease * books.factor * ~first,
    }
    growth = ((1.0 + books.change) ** (year - 1)).where(~first, 0.0)
    for group in PRICE_GROUPS:
        parts[group] = books.saved.sel(price_group=group) * growth.sel(price_group=group)
    flows = [parts[flow].drop_vars("price_group", errors="ignore") for flow in FLOWS]
    joined: xr.DataArray = xr.concat(flows, xr.Variable("flow", list(FLOWS)), coords="minimal")
    return joined.transpose("case", "party", "flow", "price_scenario", "year")


def equipment(books: Books) -> xr.DataArray:
    """Real change of the price of assets, (price_scenario) [1/a]."""
    return books.change.sel(price_group="equipment", drop=True)


def purchases_by_year(books: Books, year: xr.DataArray) -> xr.DataArray:
    """Price of what is bought in a year, by the first's; (technology, price_scenario, year)."""
    due = (year % books.life == 0) & (year < books.horizon)
    bought: xr.DataArray = (1.0 + equipment(books)) ** year * due
    return bought


def residual_by_year(books: Books, year: xr.DataArray) -> xr.DataArray:
    """What is left in the last year, by the first purchase; (technology, price_scenario, year)."""
    change, lives = equipment(books), map(int, books.life.values)
    kept = [vdi2067.present_residual(0.0, change, life, books.horizon) for life in lives]
    left = xr.DataArray(kept, coords={"technology": books.life["technology"], **change.coords})
    return left * (year == books.horizon)


def annuity(books: Books) -> xr.DataArray:
    """Annuity over the horizon by VDI 2067, (case, party, part, price_scenario) [EUR/a].

    ``a·(A0 + Σ replacements/q^n − residual value/q^T)`` of what a party owns, ``a·b·A`` of its
    running costs by price group, and the leases it pays less those it receives; ``a`` the capital
    recovery factor of the horizon, ``b`` the price-dynamic factor (:mod:`parkwerk.assess.vdi2067`).
    Without price changes, an asset that lives as long as the horizon has the objective's annuity.
    """
    recovery = annuity_factor(books.rate, books.horizon)
    capital = recovery * present_capital(books, books.horizon, residual=True)
    running = recovery * present_running(books, books.running, books.horizon)
    lease = -books.lease * books.factor
    parts = [capital, *(running.sel(price_group=g, drop=True) for g in PRICE_GROUPS), lease]
    names = xr.Variable("part", ["capital", *PRICE_GROUPS, "lease"])
    joined = xr.concat(parts, names, coords="minimal")
    return joined.transpose("case", "party", "part", "price_scenario")


def value_within(books: Books, years: int) -> xr.DataArray:
    """Net present value of the first years, nothing left at their end, (case, party, scenario).

    ``− Σ purchases before that year/q^n + b·saved + b·lease`` [EUR]
    """
    saved = present_running(books, books.saved, years).sum("price_group")
    rent = books.lease * books.factor * float(vdi2067.price_factor(books.rate, 0.0, years))
    return saved + rent - present_capital(books, years, residual=False)


def present_capital(books: Books, years: int, residual: bool) -> xr.DataArray:
    """Present value of a party's purchases, less what is left, (case, party, price_scenario)."""
    change = equipment(books)
    each = []
    for life in map(int, books.life.values):
        bought = vdi2067.present_purchases(books.rate, change, life, years)
        left = vdi2067.present_residual(books.rate, change, life, years) if residual else 0.0
        each.append(bought - left)
    worth = xr.DataArray(each, coords={"technology": books.life["technology"], **change.coords})
    of_party: xr.DataArray = xr.dot(books.owned, worth, dim="technology")
    return of_party * books.factor


def present_running(books: Books, yearly: xr.DataArray, years: int) -> xr.DataArray:
    """``b·A`` by price group [EUR], (case, party, price_group, price_scenario)."""
    factor = vdi2067.price_factor(books.rate, books.change.values, years)
    return yearly * books.change.copy(data=factor)
