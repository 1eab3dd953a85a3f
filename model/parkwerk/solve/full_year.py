"""The year under a design as it is billed."""

from __future__ import annotations

import numpy as np

from parkwerk.solve.agree import who_trade
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Design, Dispatch, Known, dispatch
from parkwerk.solve.settle import settle


def full_year(park: Park, design: Design, known: Known | None = None) -> Dispatch:
    """The year under a design; whose reading calls for another tariff or order, once more.

    What is ``known`` is not dispatched again, see :func:`parkwerk.solve.dispatch.dispatch`.
    """
    known = {} if known is None else known
    return _settled(park, dispatch(park, design, known=known), known)


def trading(park: Park, design: Design) -> Dispatch:
    """The year under a design without the rights that nobody uses."""
    known: Known = {}
    operated = dispatch(park, design, known=known)
    used = who_trade(park, operated)
    pairs = zip(used, operated.design, strict=True)
    if all(np.array_equal(one.values, other.values) for one, other in pairs):
        return _settled(park, operated, known)
    return full_year(park, used, known)


def _settled(park: Park, operated: Dispatch, known: Known) -> Dispatch:
    """An operated year under the tariffs that its reading opens."""
    result = settle(park, operated)
    ordered = any("order" in actor.shape.features for actor in park.actors)
    tariffs = [choice.tariff for choice in operated.design]
    if ordered or [choice.tariff for choice in result.design] != tariffs:
        again = settle(park, dispatch(park, result.design, known=known))
        result = min(result, again, key=lambda found: found.total_cost)
    return result
