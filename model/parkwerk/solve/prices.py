"""Prices of the exchanges at which everybody's own best design is nearly the park's.

Any prices give a valid lower bound; good ones a tight bound. These are, for each exchange,

- what one more kWh is worth where all trade who may, under the best design so far: the duals of
  the exchanges in a dispatch in which every pool over the grid is open to all its members, and
  in further rounds their mean with those of what all answered;
- for a private wire that nobody has, ``wire_prices.py``;
- for waste heat ``heat_prices.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from parkwerk.formulation.park import heat_exchange, pool_exchange
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Dispatch
from parkwerk.solve.heat_prices import HeatPrice, heat_prices
from parkwerk.solve.program import Floats
from parkwerk.solve.state import State
from parkwerk.solve.value import Trade
from parkwerk.solve.wire_prices import wire_prices


@dataclass(frozen=True)
class Prices:
    """Prices of every exchange, for each group of periods, and of each way of heat.

    ``ways`` holds by source and company what the heat costs.
    """

    trades: list[Trade]
    ways: dict[tuple[str, str], HeatPrice]


def exchange_prices(park: Park, traded: Sequence[Dispatch], state: State) -> Prices:
    """Prices of every exchange.

    Parameters
    ----------
    traded
        Dispatches with all pools over the grid open to their members; the mean of their duals
        counts, so that prices which swing from round to round come to rest.
    """
    hours = float(park.scenario.attrs["step_hours"])
    at = {name: i for i, name in enumerate(park.exchanges)}
    dual = np.mean([_duals(operated) for operated in traded], axis=0) / hours
    buy, sell = dual.copy(), dual.copy()
    ways: dict[tuple[str, str], HeatPrice] = {}
    sites = {a.name: a for a in park.actors if a.shape.kind == "site"}
    on_grid = park.scenario["pool_on_grid"].to_series() > 0
    pools = {str(p): pool_exchange(str(p)) for p in park.scenario["pool"].values}
    known = {e: dual[at[e]] for pool, e in pools.items() if on_grid[pool] and e in at}
    for pool, exchange in pools.items():
        if exchange in at and not on_grid[pool]:
            e = at[exchange]
            buy[e], sell[e] = wire_prices(park, pool, sites, state, known)
    for source in (actor for actor in park.actors if actor.shape.kind == "heat source"):
        name = str(source.labels["heat_source"])
        offers = {
            company: state.bids[company][site.exchanges.index(exchange)]
            for company, site in sites.items()
            if (exchange := heat_exchange(name, company)) in source.exchanges
        }
        for company, price in heat_prices(park, source, offers).items():
            e = at[heat_exchange(name, company)]
            buy[e] = sell[e] = price.per_kwh
            ways[name, company] = price
    parts = [
        [np.moveaxis(hours * own[:, group.positions], -1, -2) for own in (buy, sell)]
        for group in park.groups
    ]
    return Prices([Trade(*part) for part in parts], ways)


def _duals(operated: Dispatch) -> Floats:
    """Duals of all groups of periods, (exchange, time) [EUR/kW]."""
    parts = []
    for own in operated.prices:
        n, steps, periods = own.shape  # no exchange, n = 0, leaves nothing to infer a size from
        parts.append(np.moveaxis(own, -1, -2).reshape(n, periods * steps))
    return np.concatenate(parts, axis=-1)
