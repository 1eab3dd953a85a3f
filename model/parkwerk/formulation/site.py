"""One company behind its meter: the table of contents of a site."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.actor import Model, Shape, data, new_actor, rules
from parkwerk.formulation.battery import add_battery
from parkwerk.formulation.grid import add_supply, add_tariff
from parkwerk.formulation.heat import add_heat, heat_electricity
from parkwerk.formulation.pools import add_pools
from parkwerk.formulation.pv import add_pv, generation


def build_site(shape: Shape) -> Model:
    """One company under one entry of the tariff menu.

    Its exchanges are its pools, then the heat sources that can reach it.
    """
    site = new_actor(shape)
    data(site, "electricity_demand")

    add_tariff(site)
    add_pv(site)
    add_battery(site)
    add_pools(site)
    if shape.heat:
        add_heat(site)
    add_supply(site)

    data(site, "surplus_yield")
    rules(site, generation_is_placed, electricity_balance, injection_is_surplus)
    site.exchange = pyo.RangeSet(0, len(site.pool) + len(site.heat_source) - 1)
    site.delivery = pyo.Expression(site.exchange, site.time, rule=delivery)
    return site


def electricity_balance(site: Model, t: int) -> Any:
    """What the site takes covers what it uses [kW].

    ``purchase + Σ_p (1 − pool_supplies[p])·share_in[p] + pv_used + discharge
    = electricity_demand + charge + heat_electricity`` in every step; what a pool passes on from the
    grid is part of ``purchase``
    """
    shared = sum(
        site.share_in[p, t] - site.pool_supplies[p] * site.share_in[p, t] for p in site.pool
    )
    supply = site.purchase[t] + shared + site.pv_used[t] + site.discharge[t]
    heat = heat_electricity(site, t) if site.shape.heat else 0
    return supply == site.electricity_demand[t] + site.charge[t] + heat


def generation_is_placed(site: Model, t: int) -> Any:
    """Each kWh of the sun is used on site, shared, fed in or curtailed [kW].

    ``pv_used[t] + Σ_k feed_in[k,t] + Σ_p share_out[p,t] + curtailment[t] = Σ_k generation[k,t]``

    So nothing is exported that was not generated, and no battery sells grid power as green.
    """
    fed_in = sum(site.feed_in[k, t] for k in site.pv_class)
    shared = sum(site.share_out[p, t] for p in site.pool)
    generated = sum(generation(site, k, t) for k in site.pv_class)
    return site.pv_used[t] + fed_in + shared + site.curtailment[t] == generated


def injection_is_surplus(site: Model, t: int) -> Any:
    """A meter injects only what exceeds the site's own demand [kW].

    Where the site injects, it neither withdraws nor discharges (the exclusive pairs), so with G the
    generation of full roofs and d the demand

        injection ≤ max(0, generation − d) ≤ generation·max(0, 1 − d/G)

    up to what comes over private wires. It is linear, and exact for empty and for full roofs:

    ``injection[t] ≤ Σ_r surplus_yield[r,t]·Σ_k pv_capacity[r,k]
    + Σ_p (1 − pool_on_grid[p])·share_in[p,t]``
    """
    surplus = sum(
        site.surplus_yield[r, t] * site.pv_capacity[r, k] for r in site.roof for k in site.pv_class
    )
    private = sum(
        site.share_in[p, t] - site.pool_on_grid[p] * site.share_in[p, t] for p in site.pool
    )
    return site.injection[t] <= surplus + private


def delivery(site: Model, exchange: int, t: int) -> Any:
    """What the site gives to an exchange [kW]: ``share_out − share_in``, or ``−heat_taken``."""
    pools = len(site.pool)
    if exchange < pools:
        return site.share_out[exchange, t] - site.share_in[exchange, t]
    return -site.heat_taken[exchange - pools, t]
