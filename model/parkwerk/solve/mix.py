"""The best of two operated designs, part by part.

Parts of a park that trade with nobody else under either design can be taken from the one or from
the other, whichever is cheaper there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, reduce

import numpy as np

from parkwerk.solve.assemble import Park
from parkwerk.solve.components import components
from parkwerk.solve.dispatch import Dispatch
from parkwerk.solve.merging import merged


def best_of(park: Park, results: Sequence[Dispatch]) -> Dispatch:
    """The cheaper of several dispatches of a park in each of its parts.

    They are compared one after another, so that one that connects all keeps no others together.
    """
    return reduce(partial(_better_of, park), results)


def _better_of(park: Park, *results: Dispatch) -> Dispatch:
    """The cheaper of two in each part that is connected in neither."""
    n = len(park.actors)
    groups: list[list[int]] = []
    for result in results:
        tariffs = [choice.tariff for choice in result.design]
        values = [choice.values for choice in result.design]
        groups += components(park, tariffs, values)
    cost = np.array([[c.sum() for c in result.costs] for result in results])
    pick = np.zeros(n, dtype=int)
    for part in merged(n, groups):
        pick[part] = int(cost[:, part].sum(axis=1).argmin())
    lengths = range(len(park.groups))
    costs = [results[r].costs[i] for i, r in enumerate(pick)]
    prices = _prices(park, results, pick)
    return Dispatch(
        design=[results[r].design[i] for i, r in enumerate(pick)],
        operation=[[results[r].operation[g][i] for i, r in enumerate(pick)] for g in lengths],
        prices=prices,
        costs=costs,
        total_cost=float(sum(c.sum() for c in costs)),
    )


def _prices(park: Park, results: Sequence[Dispatch], pick: np.ndarray) -> list[np.ndarray]:
    """Prices of each exchange from the dispatch that its last member was taken from."""
    prices = [group.copy() for group in results[int(pick[0])].prices]
    for e, exchange in enumerate(park.exchanges):
        member = max(i for i, actor in enumerate(park.actors) if exchange in actor.exchanges)
        for group, own in zip(prices, results[int(pick[member])].prices, strict=True):
            group[e] = own[e]
    return prices
