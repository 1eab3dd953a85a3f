"""A grid connection that several companies share: one meter and one demand charge for all.

Its members have no meter of their own towards the public grid. They take grid power from one pool
and exchange their generation in another; what the second has left over is fed in here.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.actor import Model, Shape, add_cost, data, new_actor
from parkwerk.formulation.grid import add_tariff

#: Order of the exchanges of a common connection.
GREEN, SUPPLY = 0, 1


def build_common_connection(shape: Shape) -> Model:
    """A common connection under one entry of its tariff menu.

    ``− Σ_t injection_price[t]·injection[t]·Δt`` comes to what the tariff costs.
    """
    connection = new_actor(shape)
    add_tariff(connection)
    data(connection, "injection_price")
    hours = shape.step_hours
    revenue = sum(connection.injection_price[t] * connection.injection[t] for t in connection.time)
    add_cost(connection, "feed-in revenue", -hours * revenue)
    connection.exchange = pyo.RangeSet(GREEN, SUPPLY)
    connection.delivery = pyo.Expression(connection.exchange, connection.time, rule=delivery)
    return connection


def delivery(connection: Model, exchange: int, t: int) -> Any:
    """Takes the surplus of the green pool, gives to the supply pool [kW]."""
    return connection.withdrawal[t] if exchange == SUPPLY else -connection.injection[t]
