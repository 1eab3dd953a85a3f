"""Prices at both ends of a private wire, which nobody has yet."""

from __future__ import annotations

import numpy as np

from parkwerk.formulation.park import Actor, pool_exchange
from parkwerk.solve.assemble import Park
from parkwerk.solve.program import Floats
from parkwerk.solve.state import State

#: A price at which nobody takes anything, above any yearly demand charge [EUR/kWh].
FORBIDDEN = 250.0
#: Flows and yearly values below this are none [kW, EUR].
SMALL = 1e-9


def wire_prices(
    park: Park,
    pool: str,
    sites: dict[str, Actor],
    state: State,
    known: dict[str, Floats],
    fees: float,
) -> tuple[Floats, Floats]:
    """What a kWh over a wire costs its taker, and what it earns its giver, (time,) [EUR/kWh].

    A wire of the yearly cost F carries at most the surplus of full roofs, L[t]. So its cost is at
    least ``Σ_t w[t]·flow[t]·Δt`` for any w with ``Σ_t w[t]·L[t]·Δt = F``, and a kWh bears w[t]. It
    takes all that a kWh gains - its worth to the taker, who may buy in a pool over the grid
    instead, less what the giver gets for it there or for feeding in - first in the steps where most
    of L finds demand, until F is paid. Of the other steps the gain is the giver's where the demand
    could take all of L, else the taker's. Where no roof can ever give, the price forbids taking.

    Parameters
    ----------
    known
        Prices of pools over the grid, (time,) [EUR/kWh].
    fees
        The part F of the yearly cost that the prices are to bear [EUR/a]: none, if it is counted
        with the wire itself (``lines.py``).
    """
    exchange = pool_exchange(pool)
    members = [name for name, site in sites.items() if exchange in site.exchanges]
    own = park.scenario.sel(pool=pool, company=members)
    gives, takes = own["pool_gives"].values > 0, own["pool_takes"].values > 0
    givers = [m for m, g in zip(members, gives, strict=True) if g]
    takers = [m for m, t in zip(members, takes, strict=True) if t]
    none = np.zeros(park.scenario.sizes["time"])
    demand = sum((state.purchase[m] for m in takers), none)
    least = np.max([_otherwise(park, sites[m], known) for m in givers], axis=0, initial=-np.inf)
    bid = np.max([_bid(sites[m], exchange, state, known) for m in takers], axis=0, initial=-np.inf)
    room = _full_surplus(park, givers)
    gain = np.maximum(bid - least, 0.0)
    worth = gain * room * float(park.scenario.attrs["step_hours"])
    first = np.argsort(-np.minimum(demand, room) / np.maximum(room, SMALL), kind="stable")
    before = np.cumsum(worth[first]) - worth[first]
    part = np.clip((fees - before) / np.maximum(worth[first], SMALL), 0.0, 1.0)
    wedge = np.empty_like(gain)
    wedge[first] = part * gain[first]
    plenty = room > demand
    buy = np.where(plenty, least + wedge, least + gain)
    sell = np.where(plenty, least, least + gain - wedge)
    return np.where(room > 0, buy, FORBIDDEN), sell


def fees_of(park: Park, pool: str) -> float:
    """What a pool costs its members at least [EUR/a], if anything passes through it.

    At least one gives and one other takes; the rest need not have joined.
    """
    exchange = pool_exchange(pool)
    members = [a.name for a in park.actors if a.shape.kind == "site" and exchange in a.exchanges]
    own = park.scenario.sel(pool=pool, company=members)
    gives, takes = own["pool_gives"].values > 0, own["pool_takes"].values > 0
    fee = own["pool_fixed_cost"].values
    pairs = np.add.outer(fee[gives], fee[takes])
    apart = np.flatnonzero(gives)[:, None] != np.flatnonzero(takes)[None, :]
    return float(pairs[apart].min(initial=np.inf)) if apart.any() else 0.0


def _bid(site: Actor, exchange: str, state: State, known: dict[str, Floats]) -> Floats:
    """What a kWh over a wire is worth to a site that may also buy in pools over the grid.

    Its bids tell what taking over the grid costs: the same kWh is worth so much less there.
    """
    bids = dict(zip(site.exchanges, state.bids[site.name], strict=True))
    options = [price + bids[exchange] - bids[e] for e, price in known.items() if e in bids]
    result: Floats = np.min([bids[exchange], *options], axis=0)
    return result


def _otherwise(park: Park, site: Actor, known: dict[str, Floats]) -> Floats:
    """What a kWh earns a site without the wire: in a pool, or fed in from the largest plant."""
    sold = [price for e, price in known.items() if e in site.exchanges]
    if not sold:
        sold = [park.scenario["feed_in_price"].min("feed_in_rule").values]
    result: Floats = np.max(sold, axis=0)
    return result


def _full_surplus(park: Park, givers: list[str]) -> Floats:
    """What full roofs of some companies have left beyond their own demand, (time,) [kW]."""
    scenario = park.scenario
    owned = np.isin(scenario["roof_company"].values, givers)
    full = (scenario["surplus_yield"] * scenario["roof_limit"]).transpose("roof", "time").values
    result: Floats = full[owned].sum(axis=0)
    return result
