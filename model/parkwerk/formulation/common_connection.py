"""A grid connection that several companies share: one meter and one demand charge for all.

Its members buy their power and sell their surplus through it, each with its own supplier and at its
own feed-in price; what they share among each other never reaches it.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.actor import Model, Shape, add_cost, data, new_actor
from parkwerk.formulation.grid import add_tariff

#: Order of the exchanges of a common connection.
SUPPLY, SURPLUS = 0, 1


def build_common_connection(shape: Shape) -> Model:
    """A common connection under one entry of its menu: the entry, and ``connection_cost``."""
    connection = new_actor(shape)
    add_tariff(connection)
    data(connection, "connection_cost")
    add_cost(connection, "operation", connection.connection_cost)
    connection.exchange = pyo.RangeSet(SUPPLY, SURPLUS)
    connection.delivery = pyo.Expression(connection.exchange, connection.time, rule=delivery)
    return connection


def delivery(connection: Model, exchange: int, t: int) -> Any:
    """Gives grid power to the members, takes their surplus [kW]."""
    return connection.withdrawal[t] if exchange == SUPPLY else -connection.injection[t]
