"""One company behind its meter: the table of contents of a site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.actor import Model, Shape, data, new_actor, rules
from parkwerk.formulation.battery import add_battery
from parkwerk.formulation.extension import extra_electricity
from parkwerk.formulation.gate import add_gate, leaving
from parkwerk.formulation.grid import add_supply, add_tariff
from parkwerk.formulation.heat import add_heat, heat_electricity
from parkwerk.formulation.pools import add_pools
from parkwerk.formulation.pv import add_pv, generation

#: What a site gives to one of its exchanges in a step [kW].
Give = Callable[[Model, int], Any]


def build_site(shape: Shape) -> Model:
    """One company under one entry of the tariff menu.

    Its exchanges are its pools, the heat sources that can reach it, supply and surplus of a common
    connection, and offer and allotment of each pool with a key.
    """
    site = new_actor(shape)
    data(site, "electricity_demand")

    add_tariff(site)
    add_pv(site)
    add_pools(site)
    add_supply(site)
    add_gate(site)
    add_battery(site)
    for part in shape.parts:
        part.add(site)
    if "heat" in shape.features:
        add_heat(site)

    data(site, "surplus_yield")
    rules(site, generation_is_placed, electricity_balance, surplus_leaves)
    gives = [to_pool(p) for p in site.pool] + [from_heat_source(h) for h in site.heat_source]
    if "behind" in shape.features:
        gives += [supply_taken, surplus_given]
    gives += [give(q) for q in site.keyed_pool for give in (to_key, from_key)]
    site.exchange = pyo.RangeSet(0, len(gives) - 1)
    site.delivery = pyo.Expression(
        site.exchange, site.time, rule=lambda site, exchange, t: gives[exchange](site, t)
    )
    return site


def electricity_balance(site: Model, t: int) -> Any:
    """What the site takes covers what it uses [kW].

    ``purchase[t] + Σ_p share_in[p,t] + pv_used[t] + discharge[t]
    = electricity_demand[t] + charge[t] + heat_electricity[t] + extra_electricity[t]``
    """
    shared = sum(site.share_in[p, t] for p in site.pool)
    supply = site.purchase[t] + shared + site.pv_used[t] + site.discharge[t]
    heat = heat_electricity(site, t) if "heat" in site.shape.features else 0
    own = site.electricity_demand[t] + site.charge[t]
    return supply == own + heat + extra_electricity(site, t)


def generation_is_placed(site: Model, t: int) -> Any:
    """Each kWh of the sun is used on site, shared, fed in or curtailed [kW].

    ``pv_used[t] + Σ_g feed_in[g,t] + Σ_p share_out[p,t] + curtailment[t] = Σ_k generation[k,t]``

    So nothing is exported that was not generated, and no battery sells grid power as green.
    """
    fed_in = sum(site.feed_in[g, t] for g in site.feed_in_rule)
    shared = sum(site.share_out[p, t] for p in site.pool)
    generated = sum(generation(site, k, t) for k in site.pv_class)
    return site.pv_used[t] + fed_in + shared + site.curtailment[t] == generated


def surplus_leaves(site: Model, t: int) -> Any:
    """A site gives only what exceeds its own demand [kW].

    Where it gives, it neither takes nor discharges (the exclusive pairs), so with G the generation
    of full roofs and d the demand

        leaving ≤ max(0, generation − d) ≤ generation·max(0, 1 − d/G)

    It is linear, and exact for empty and for full roofs:

    ``leaving[t] ≤ Σ_r surplus_yield[r,t]·Σ_k pv_capacity[r,k]``
    """
    surplus = sum(
        site.surplus_yield[r, t] * site.pv_capacity[r, k] for r in site.roof for k in site.pv_class
    )
    return leaving(site)[t] <= surplus


def to_pool(p: int) -> Give:
    """``share_out[p,t] − share_in[p,t]`` [kW]."""
    return lambda site, t: site.share_out[p, t] - site.share_in[p, t]


def from_heat_source(h: int) -> Give:
    """``−heat_taken[h,t]`` [kW]."""
    return lambda site, t: -site.heat_taken[h, t]


def supply_taken(site: Model, t: int) -> Any:
    """The supplier's power comes through the common connection [kW]: ``−purchase[t]``."""
    return -site.purchase[t]


def surplus_given(site: Model, t: int) -> Any:
    """What is fed in leaves through the common connection [kW]: ``Σ_g feed_in[g,t]``."""
    return sum(site.feed_in[g, t] for g in site.feed_in_rule)


def to_key(q: int) -> Give:
    """``offered[q,t]`` [kW]."""
    return lambda site, t: site.offered[q, t]


def from_key(q: int) -> Give:
    """``−allotted[q,t]`` [kW]."""
    return lambda site, t: -site.allotted[q, t]
