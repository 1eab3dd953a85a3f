"""Prices of the exchanges at which everybody's own best design is nearly the park's.

Any prices give a valid lower bound; good ones a tight bound. These are, for each exchange,

- what one more kWh is worth where all trade who may, under the best design so far: the duals of
  the exchanges in a dispatch in which every pool over the grid is open to all its members, and
  in further rounds their mean with those of what all answered;
- for a private wire that nobody has, ``wire_prices.py``;
- for waste heat ``heat_prices.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from parkwerk.formulation.park import heat_exchange, pool_exchange
from parkwerk.solve.agree import opened
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Design, Dispatch, dispatch
from parkwerk.solve.entries import Trade
from parkwerk.solve.heat_prices import HeatPrice, heat_prices
from parkwerk.solve.heat_ways import heat_sources
from parkwerk.solve.program import Floats
from parkwerk.solve.state import State
from parkwerk.solve.wire_prices import fees_of, wire_prices


@dataclass(frozen=True)
class Prices:
    """Prices of every exchange, for each group of periods, and of each way of heat.

    ``ways`` holds by source and company what the heat costs; ``lines`` what the direct lines cost
    that are to be counted one by one [EUR/a], for their prices do not bear it.
    """

    trades: list[Trade]
    ways: dict[tuple[str, str], HeatPrice]
    lines: dict[str, float] = field(default_factory=dict)


def exchange_prices(
    park: Park, traded: Sequence[Dispatch], state: State, lines: Collection[str] = ()
) -> Prices:
    """Prices of every exchange.

    Parameters
    ----------
    traded
        Years of :func:`market`; the mean of their duals counts, so that prices which swing from
        round to round come to rest.
    lines
        Direct lines that are to be counted one by one.
    """
    hours = float(park.scenario.attrs["step_hours"])
    at = {name: i for i, name in enumerate(park.exchanges)}
    dual = np.mean([_duals(operated) for operated in traded], axis=0) / hours
    buy, sell = dual.copy(), dual.copy()
    sites = {a.name: a for a in park.actors if a.shape.kind == "site"}
    on_grid = park.scenario["pool_on_grid"].to_series() > 0
    pools = {str(p): pool_exchange(str(p)) for p in park.scenario["pool"].values}
    known = {e: dual[at[e]] for pool, e in pools.items() if on_grid[pool] and e in at}
    counted = {line: fees_of(park, line) for line in lines}
    for pool, exchange in pools.items():
        if exchange in at and not on_grid[pool]:
            e, fees = at[exchange], 0.0 if pool in counted else fees_of(park, pool)
            buy[e], sell[e] = wire_prices(park, pool, sites, state, known, fees)
    offers = {
        (source, company): state.bids[company][at_site]
        for source in heat_sources(park)
        for company, site in sites.items()
        for at_site, exchange in enumerate(site.exchanges)
        if exchange == heat_exchange(source, company)
    }
    ways = heat_prices(park, offers)
    for (source, company), price in ways.items():
        e = at[heat_exchange(source, company)]
        buy[e] = sell[e] = price.per_kwh
    parts = [
        [np.moveaxis(hours * own[:, group.positions], -1, -2) for own in (buy, sell)]
        for group in park.groups
    ]
    return Prices([Trade(*part) for part in parts], ways, counted)


def market(park: Park, design: Design) -> Dispatch:
    """The year under a design with all pools over the grid open to their members.

    No row is turned into a bound: where nothing flows, the duals of rows are the better prices.
    """
    return dispatch(park, opened(park, design), limited=False)


def _duals(operated: Dispatch) -> Floats:
    """Duals of all groups of periods, (exchange, time) [EUR/kW]."""
    parts = []
    for own in operated.prices:
        n, steps, periods = own.shape  # no exchange, n = 0, leaves nothing to infer a size from
        parts.append(np.moveaxis(own, -1, -2).reshape(n, periods * steps))
    return np.concatenate(parts, axis=-1)
