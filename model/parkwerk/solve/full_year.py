"""The year under a design as it is billed."""

from __future__ import annotations

import numpy as np

from parkwerk.solve.agree import who_trade
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Design, Dispatch, dispatch
from parkwerk.solve.settle import settle


def full_year(park: Park, design: Design) -> Dispatch:
    """The year under a design; if the reading calls for another tariff or order, once more."""
    return _settled(park, dispatch(park, design))


def trading(park: Park, design: Design) -> Dispatch:
    """The year under a design without the rights that nobody uses."""
    operated = dispatch(park, design)
    used = who_trade(park, operated)
    pairs = zip(used, operated.design, strict=True)
    if all(np.array_equal(one.values, other.values) for one, other in pairs):
        return _settled(park, operated)
    return full_year(park, used)


def _settled(park: Park, operated: Dispatch) -> Dispatch:
    """An operated year under the tariffs that its reading opens."""
    result = settle(park, operated)
    ordered = any("order" in actor.shape.features for actor in park.actors)
    tariffs = [choice.tariff for choice in operated.design]
    if ordered or [choice.tariff for choice in result.design] != tariffs:
        again = settle(park, dispatch(park, result.design))
        result = min(result, again, key=lambda found: found.total_cost)
    return result
