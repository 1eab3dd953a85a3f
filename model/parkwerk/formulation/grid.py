"""The grid connection of a site: one meter, one entry of the tariff menu.

The legal grid fee is the cheaper of two affine tariffs (§17 StromNEV), the special-use levy above
1 GWh/a a further line: a *menu* of affine entries, of which a connection pays one. The model is
written for one entry; ``solve.assemble`` joins the entries to their convex hull.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.actor import Model, add_cost, data, exclusive, rules


def add_tariff(actor: Model) -> None:
    """Peak, withdrawal and injection at a metered connection, and what the chosen entry costs.

    ``tariff_fixed + demand_charge·peak + Σ_t (energy_charge + levy)·withdrawal[t]·Δt``
    """
    data(actor, "connection_limit", "tariff_fixed", "demand_charge", "energy_charge", "levy")
    actor.peak = pyo.Var(domain=pyo.NonNegativeReals)
    actor.withdrawal = pyo.Var(actor.time, domain=pyo.NonNegativeReals)
    actor.injection = pyo.Var(actor.time, domain=pyo.NonNegativeReals)
    actor.measured.append(actor.peak)
    rules(actor, peak_within_connection, over=())
    rules(actor, withdrawal_within_peak, injection_within_connection)
    exclusive(actor, "one_direction_at_the_meter", actor.withdrawal, actor.injection)

    hours = actor.shape.step_hours
    withdrawn = hours * sum(actor.withdrawal[t] for t in actor.time)
    add_cost(actor, "tariff fixed", actor.tariff_fixed)
    add_cost(actor, "demand charge", actor.demand_charge * actor.peak)
    add_cost(actor, "energy charge", actor.energy_charge * withdrawn)
    add_cost(actor, "levies", actor.levy * withdrawn)


def add_supply(site: Model) -> None:
    """What the meter counts, and what of it comes from the site's own supplier.

    ``Σ_t (electricity_price[t] + electricity_tax)·purchase[t]·Δt + electricity_tax_fixed``, the
    last being what §9b StromStG leaves unrelieved.
    """
    data(site, "electricity_price", "electricity_tax", "electricity_tax_fixed")
    data(site, "pool_on_grid", "pool_supplies")
    site.purchase = pyo.Var(site.time, domain=pyo.NonNegativeReals)
    rules(site, metered_withdrawal, metered_injection)

    hours = site.shape.step_hours
    energy = sum(site.electricity_price[t] * site.purchase[t] for t in site.time)
    purchased = sum(site.purchase[t] for t in site.time)
    add_cost(site, "energy", hours * energy)
    add_cost(site, "electricity tax", site.electricity_tax_fixed)
    add_cost(site, "electricity tax", hours * site.electricity_tax * purchased)


def peak_within_connection(actor: Model) -> Any:
    """The yearly peak does not exceed the connection [kW]: ``peak ≤ connection_limit``."""
    return actor.peak <= actor.connection_limit


def withdrawal_within_peak(actor: Model, t: int) -> Any:
    """The demand charge counts the largest withdrawal [kW]: ``withdrawal[t] ≤ peak``."""
    return actor.withdrawal[t] <= actor.peak


def injection_within_connection(actor: Model, t: int) -> Any:
    """``injection[t] ≤ connection_limit`` [kW]."""
    return actor.injection[t] <= actor.connection_limit


def metered_withdrawal(site: Model, t: int) -> Any:
    """The meter counts what the supplier and the public grid's pools deliver [kW].

    ``withdrawal[t] + Σ_p pool_supplies[p]·share_in[p,t]
    = purchase[t] + Σ_p pool_on_grid[p]·share_in[p,t]``: behind a common connection the supplier's
    power comes through a pool and bears the site's own price and tax like any purchase.
    """
    shared = sum(site.pool_on_grid[p] * site.share_in[p, t] for p in site.pool)
    passed_on = sum(site.pool_supplies[p] * site.share_in[p, t] for p in site.pool)
    return site.withdrawal[t] + passed_on == site.purchase[t] + shared


def metered_injection(site: Model, t: int) -> Any:
    """The meter counts what is fed in and what is shared over the public grid [kW].

    ``injection[t] = Σ_k feed_in[k,t] + Σ_p pool_on_grid[p]·share_out[p,t]``
    """
    sold = sum(site.feed_in[k, t] for k in site.pv_class)
    shared = sum(site.pool_on_grid[p] * site.share_out[p, t] for p in site.pool)
    return site.injection[t] == sold + shared
