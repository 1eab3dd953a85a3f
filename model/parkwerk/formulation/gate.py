"""The gate of a site: what crosses its fence, whoever delivers or takes it.

A site is one node: at any moment it takes or it gives, and the sum of all its lines says which. At
most sites the meter towards the public grid is the gate. A site with private wires, or without a
meter of its own, has flows that no such meter counts; then the gate is the sum of all of them.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.actor import Model, exclusive, rules


def add_gate(site: Model) -> None:
    """``arriving[t]·leaving[t] = 0``: no site passes on as its own what it takes from others."""
    if "gate" in site.shape.features:
        site.arriving = pyo.Var(site.time, domain=pyo.NonNegativeReals)
        site.leaving = pyo.Var(site.time, domain=pyo.NonNegativeReals)
        rules(site, what_arrives, what_leaves)
        exclusive(site, "one_direction_at_the_gate", site.arriving, site.leaving)


def leaving(site: Model) -> Model:
    """The flow that leaves the site [kW]: at the gate, or at the meter where that is the gate."""
    return site.leaving if "gate" in site.shape.features else site.injection


def what_arrives(site: Model, t: int) -> Any:
    """``arriving[t] = purchase[t] + Σ_p share_in[p,t]`` [kW]."""
    return site.arriving[t] == site.purchase[t] + sum(site.share_in[p, t] for p in site.pool)


def what_leaves(site: Model, t: int) -> Any:
    """``leaving[t] = Σ_g feed_in[g,t] + Σ_p share_out[p,t]`` [kW]."""
    sold = sum(site.feed_in[g, t] for g in site.feed_in_rule)
    return site.leaving[t] == sold + sum(site.share_out[p, t] for p in site.pool)
