"""Which companies a design connects: parts of the park that trade with nobody else.

Under a design most exchanges are closed: nobody has joined, no pipe is built. What is not connected
is dispatched for itself, which is much faster than all at once, and the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from parkwerk.solve.assemble import Park
from parkwerk.solve.merging import merged
from parkwerk.solve.stamp import Floats, Stamp


def components(
    park: Park, tariffs: Sequence[str | None], design: Sequence[Floats]
) -> list[list[int]]:
    """Positions of the actors of each part, connected by exchanges that can carry something.

    ``tariffs`` and ``design`` hold each actor's tariff and the values of its design columns.
    """
    gives: dict[str, list[int]] = {}
    takes: dict[str, list[int]] = {}
    for i, actor in enumerate(park.actors):
        for stamp in park.stamps(actor, tariffs[i]) if actor.exchanges else []:
            for exchange, sign in _open(stamp, design[i]):
                (gives if sign > 0 else takes).setdefault(exchange, []).append(i)
    meet = [sorted({*gives[e], *takes[e]}) for e in gives.keys() & takes.keys()]
    return merged(len(park.actors), meet)


def _open(stamp: Stamp, design: Floats) -> set[tuple[str, int]]:
    """Exchanges of an actor to which something can be given (1) or from which taken (-1)."""
    delivery = stamp.template.delivery
    values = stamp.values(delivery)
    closed = _closed(stamp, design)[delivery.col]
    steps = stamp.periods.steps
    found = set()
    for sign in (1, -1):
        usable = ((sign * values > 0) & ~closed).any(axis=1)
        found |= {(stamp.actor.exchanges[r // steps], sign) for r in delivery.row[usable]}
    return found


def _closed(stamp: Stamp, design: Floats) -> np.ndarray:
    """Operation that a constraint of its own keeps at 0 under the design, (columns, periods).

    A row ``a·x_j ≤ r − T·y`` with nothing else of the operation closes x_j if its right side is 0.
    """
    rows = stamp.template.rows
    inside = rows.operation
    value = stamp.values(inside)
    alone = np.bincount(inside.row, minlength=len(rows))[inside.row] == 1
    alone &= ~rows.equal[inside.row]
    # What a meter reads rises with the flow: it closes nothing.
    read = np.isin(rows.design.col, stamp.template.measured)
    alone &= ~np.isin(inside.row, rows.design.row[read])
    side = stamp.sides(design)
    shut = (side[inside.row[alone]] <= 0) & (value[alone] > 0)
    closed = np.zeros((stamp.template.n_operation, len(stamp.periods)), dtype=bool)
    np.logical_or.at(closed, inside.col[alone], shut)
    return closed
