"""The grid connection of a site: one meter, one entry of the tariff menu.

The legal grid fee is the cheaper of two affine tariffs (§17 StromNEV), the special-use levy above
1 GWh/a a further line, monthly peaks, peak windows and ordered capacity are further pieces: a
*menu* of entries, of which a connection pays one. The model is written for one entry;
``solve.assemble`` joins the entries to their convex hull. Conditions on the year's reading, such as
hours of use, are left to the settlement after the dispatch (``solve.settle``).
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.actor import Model, add_cost, data, exclusive, rules


def add_tariff(actor: Model) -> None:
    """Peak, withdrawal and injection at a metered connection, and what the chosen entry costs.

    ``tariff_fixed + demand_charge·peak + Σ_t (energy_charge + levy)·withdrawal[t]·Δt``, and what
    an entry takes of monthly peaks, the peak in the operator's windows, or an ordered capacity.
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
    if len(actor.month):
        add_monthly_peaks(actor)
    if "windows" in actor.shape.features:
        add_window_peak(actor)
    if "order" in actor.shape.features:
        add_ordered_capacity(actor)


def add_monthly_peaks(actor: Model) -> None:
    """Monthly power price (§19 Abs. 1 StromNEV): ``monthly_charge·Σ_m monthly_peak[m]``."""
    data(actor, "monthly_charge", "in_month")
    actor.monthly_peak = pyo.Var(actor.month, domain=pyo.NonNegativeReals)
    actor.measured.extend(actor.monthly_peak.values())
    rules(actor, withdrawal_within_monthly_peak)
    peaks = sum(actor.monthly_peak[m] for m in actor.month)
    add_cost(actor, "demand charge", actor.monthly_charge * peaks)


def add_window_peak(actor: Model) -> None:
    """Atypical use (§19 Abs. 2 S. 1 StromNEV): ``window_charge·window_peak``."""
    data(actor, "window_charge", "in_window")
    actor.window_peak = pyo.Var(domain=pyo.NonNegativeReals)
    actor.measured.append(actor.window_peak)
    rules(actor, withdrawal_within_window_peak)
    add_cost(actor, "demand charge", actor.window_charge * actor.window_peak)


def add_ordered_capacity(actor: Model) -> None:
    """Ordered capacity, and a higher energy charge above it (BNetzA, AgNes; not law yet).

    ``order_charge·ordered_capacity + Σ_t above_order_charge·above_order[t]·Δt``
    """
    data(actor, "order_charge", "above_order_charge")
    actor.ordered_capacity = pyo.Var(domain=pyo.NonNegativeReals)
    actor.above_order = pyo.Var(actor.time, domain=pyo.NonNegativeReals)
    rules(actor, withdrawal_within_order)
    above = actor.shape.step_hours * sum(actor.above_order[t] for t in actor.time)
    add_cost(actor, "demand charge", actor.order_charge * actor.ordered_capacity)
    add_cost(actor, "energy charge", actor.above_order_charge * above)


def add_supply(site: Model) -> None:
    """What the meter counts, and what of it comes from the site's own supplier.

    ``Σ_t (electricity_price[t] + electricity_tax)·purchase[t]·Δt + electricity_tax_fixed``, the
    last being what §9b StromStG leaves unrelieved.
    """
    data(site, "electricity_price", "electricity_tax", "electricity_tax_fixed")
    data(site, "pool_on_grid", "metered_supply")
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


def withdrawal_within_monthly_peak(actor: Model, t: int) -> Any:
    """``withdrawal[t] ≤ Σ_m in_month[m,t]·monthly_peak[m]`` [kW]."""
    peak = sum(actor.in_month[m, t] * actor.monthly_peak[m] for m in actor.month)
    return actor.withdrawal[t] <= peak


def withdrawal_within_window_peak(actor: Model, t: int) -> Any:
    """``in_window[t]·withdrawal[t] ≤ window_peak`` [kW]."""
    return actor.in_window[t] * actor.withdrawal[t] <= actor.window_peak


def withdrawal_within_order(actor: Model, t: int) -> Any:
    """``withdrawal[t] ≤ ordered_capacity + above_order[t]`` [kW]."""
    return actor.withdrawal[t] <= actor.ordered_capacity + actor.above_order[t]


def injection_within_connection(actor: Model, t: int) -> Any:
    """``injection[t] ≤ connection_limit`` [kW]."""
    return actor.injection[t] <= actor.connection_limit


def metered_withdrawal(site: Model, t: int) -> Any:
    """The meter counts what the supplier and the public grid's pools deliver [kW].

    ``withdrawal[t] = metered_supply·purchase[t] + Σ_p pool_on_grid[p]·share_in[p,t]``; behind the
    common connection of a customer system ``metered_supply`` is 0: nothing is charged at a meter
    of the site's own.
    """
    shared = sum(site.pool_on_grid[p] * site.share_in[p, t] for p in site.pool)
    return site.withdrawal[t] == site.metered_supply * site.purchase[t] + shared


def metered_injection(site: Model, t: int) -> Any:
    """The meter counts what is fed in and what is shared over the public grid [kW].

    ``injection[t] = metered_supply·Σ_g feed_in[g,t] + Σ_p pool_on_grid[p]·share_out[p,t]``
    """
    sold = sum(site.metered_supply * site.feed_in[g, t] for g in site.feed_in_rule)
    shared = sum(site.pool_on_grid[p] * site.share_out[p, t] for p in site.pool)
    return site.injection[t] == sold + shared
