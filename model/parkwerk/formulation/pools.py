"""A site's part in pools: what it gives, what it takes, what membership costs.

A pool is a way for electricity to pass between companies. The rules of a regime are data: who may
give and take, which plants are admitted, which charges a kWh bears, and whether it still passes the
member's grid meter (then it counts in the peak and bears grid fee and levies like any withdrawal).
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.actor import Model, add_cost, data, rules


def add_pools(site: Model) -> None:
    """What membership and each kWh taken cost.

    ``Σ_p (pool_fixed_cost[p]·joined[p] + Σ_t (pool_charge[p] − pool_rebate[p])·share_in[p,t]·Δt)``

    A rebate is the part of the grid's energy charge that a shared kWh is spared.
    """
    data(site, "pool_admits", "pool_charge", "pool_fixed_cost")
    data(site, "share_out_limit", "share_in_limit")
    site.joined = pyo.Var(site.pool, domain=pyo.Binary)
    site.pool_giver = pyo.Var(site.pool, domain=pyo.NonNegativeReals)
    site.share_in = pyo.Var(site.pool, site.time, domain=pyo.NonNegativeReals)
    site.share_out = pyo.Var(site.pool, site.time, domain=pyo.NonNegativeReals)
    rules(site, giver_is_member, giver_is_admitted, over=("pool",))
    rules(site, givers_give, members_take, over=("pool", "time"))
    for p in site.pool:
        taken = site.shape.step_hours * sum(site.share_in[p, t] for t in site.time)
        add_cost(site, "pool charge", site.pool_charge[p] * taken)
        add_cost(site, "pool membership", site.pool_fixed_cost[p] * site.joined[p])
    if "rebate" in site.shape.features:
        add_rebate(site)
    if "lines" in site.shape.features:
        data(site, "pool_exclusive")
        rules(site, one_direct_line, over=())
    if site.shape.keyed:
        add_allocation(site)


def add_rebate(site: Model) -> None:
    """``− Σ_p pool_rebate[p]·Σ_t share_in[p,t]·Δt``, part of the energy charge."""
    data(site, "pool_rebate")
    for p in site.pool:
        taken = site.shape.step_hours * sum(site.share_in[p, t] for t in site.time)
        add_cost(site, "energy charge", -site.pool_rebate[p] * taken)


def add_allocation(site: Model) -> None:
    """Offers to pools with a key, and what the key allots to the site."""
    site.offered = pyo.Var(site.keyed_pool, site.time, domain=pyo.NonNegativeReals)
    site.allotted = pyo.Var(site.keyed_pool, site.time, domain=pyo.NonNegativeReals)
    rules(site, offered_by_giver, offered_from_surplus, taken_by_key, over=("keyed_pool", "time"))


def giver_is_member(site: Model, p: int) -> Any:
    """Only members give [1]: ``pool_giver[p] ≤ joined[p]``."""
    return site.pool_giver[p] <= site.joined[p]


def giver_is_admitted(site: Model, p: int) -> Any:
    """A site gives if the class of its plant is admitted [1].

    ``pool_giver[p] ≤ Σ_k pool_admits[p,k]·pv_built[k]``
    """
    admitted = sum(site.pool_admits[p, k] * site.pv_built[k] for k in site.pv_class)
    return site.pool_giver[p] <= admitted


def givers_give(site: Model, p: int, t: int) -> Any:
    """What full roofs could give [kW]: ``share_out[p,t] ≤ share_out_limit[p,t]·pool_giver[p]``."""
    return site.share_out[p, t] <= site.share_out_limit[p, t] * site.pool_giver[p]


def members_take(site: Model, p: int, t: int) -> Any:
    """``share_in[p,t] ≤ share_in_limit[p,t]·joined[p]`` [kW], what the site could use."""
    return site.share_in[p, t] <= site.share_in_limit[p, t] * site.joined[p]


def one_direct_line(site: Model) -> Any:
    """A direct line links one plant site with one customer (§3 Nr. 27 EnWG) [1].

    ``Σ_p pool_exclusive[p]·joined[p] ≤ 1``
    """
    return sum(site.pool_exclusive[p] * site.joined[p] for p in site.pool) <= 1


def offered_by_giver(site: Model, q: int, t: int) -> Any:
    """``offered[q,t] ≤ share_out_limit[p,t]·pool_giver[p]`` [kW], p the pool of the key."""
    p = site.shape.keyed[q]
    return site.offered[q, t] <= site.share_out_limit[p, t] * site.pool_giver[p]


def offered_from_surplus(site: Model, q: int, t: int) -> Any:
    """The key splits all that a plant feeds in or shares [kW].

    ``offered[q,t] ≤ share_out[p,t] + Σ_g feed_in[g,t]``
    """
    sold = sum(site.feed_in[g, t] for g in site.feed_in_rule)
    return site.offered[q, t] <= site.share_out[site.shape.keyed[q], t] + sold


def taken_by_key(site: Model, q: int, t: int) -> Any:
    """``share_in[p,t] ≤ allotted[q,t]`` [kW]; what a member does not use is fed in."""
    return site.share_in[site.shape.keyed[q], t] <= site.allotted[q, t]
