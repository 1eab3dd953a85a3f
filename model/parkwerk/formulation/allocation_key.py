"""A key fixed ahead: how what a pool's plants offer is split among the members.

It passes on no energy, only the right to take some; the energy is the pool's own exchange.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.actor import Model, Shape, data, new_actor


def build_allocation_key(shape: Shape) -> Model:
    """``allotted[i,t] = pool_key[i]·offered[t]`` [kW] for each member i, ``Σ_i pool_key[i] ≤ 1``.

    Its exchanges are the offers, then one for each member.
    """
    key = new_actor(shape)
    data(key, "pool_key")
    key.offered = pyo.Var(key.time, domain=pyo.NonNegativeReals)
    key.exchange = pyo.RangeSet(0, len(key.company))
    key.delivery = pyo.Expression(key.exchange, key.time, rule=delivery)
    return key


def delivery(key: Model, exchange: int, t: int) -> Any:
    """Takes all offers, gives each member its share [kW]."""
    return -key.offered[t] if exchange == 0 else key.pool_key[exchange - 1] * key.offered[t]
