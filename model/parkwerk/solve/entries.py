"""Entries of a period's program: what flows and designs of some actors do in its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from parkwerk.solve.assemble import Park, delivery_rows
from parkwerk.solve.limits import Mask
from parkwerk.solve.program import Floats
from parkwerk.solve.stamp import Stamp
from parkwerk.solve.twins import Entries


@dataclass(frozen=True)
class Trade:
    """What a kW from an exchange costs and one to it earns, (exchange, step, period) [EUR/kW].

    The difference pays for what lies between: lines, pipes, transfer.
    """

    buy: Floats
    sell: Floats


def operated(stamp: Stamp, row: int, column: int) -> Entries:
    """Coefficients of an actor's flows in its rows."""
    inside = stamp.template.rows.operation
    return row + inside.row, column + inside.col, stamp.values(inside)


def held(stamp: Stamp, row: int, design: int) -> Entries:
    """Coefficients of an actor's design in its rows."""
    coupling = stamp.template.rows.design
    return row + coupling.row, design + coupling.col, stamp.values(coupling)


def together(parts: Sequence[Entries]) -> Entries:
    """All entries one after another."""
    row, col, value = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return row, col, value


def balances(stamp: Stamp, column: int, place: dict[str, int], within: Mask) -> Entries:
    """What an actor delivers to exchanges within, in their balances."""
    delivery = stamp.template.delivery
    rows = np.array([place[e] for e in exchange_of(stamp)[within]], dtype=np.intp)
    step = delivery.row[within] % stamp.periods.steps
    return rows + step, column + delivery.col[within], stamp.values(delivery)[within]


def sales(park: Park, stamp: Stamp, within: Mask, prices: Trade) -> Floats:
    """What an actor's deliveries to others cost at the prices, (flow, period)."""
    delivery, others = stamp.template.delivery, ~within
    cost = np.zeros((stamp.template.n_operation, len(stamp.periods)))
    at = delivery_rows(park, stamp)[delivery.row[others]]
    flat = (len(park.exchanges) * stamp.periods.steps, len(stamp.periods))
    given = stamp.values(delivery)[others]
    price = np.where(given > 0, prices.sell.reshape(flat)[at], prices.buy.reshape(flat)[at])
    np.add.at(cost, delivery.col[others], -price * given)
    return cost


def exchange_of(stamp: Stamp) -> np.ndarray:
    """The exchange of each delivery."""
    names = np.array(stamp.actor.exchanges, dtype=object)
    return names[stamp.template.delivery.row // stamp.periods.steps]


def inner_exchanges(park: Park, stamps: Sequence[Stamp]) -> list[str]:
    """Exchanges of these actors in which nobody else of the park takes part."""
    names = [stamp.actor.name for stamp in stamps]
    others = {e for a in park.actors if a.name not in names for e in a.exchanges}
    own = dict.fromkeys(e for stamp in stamps for e in stamp.actor.exchanges)
    return [e for e in own if e not in others]
