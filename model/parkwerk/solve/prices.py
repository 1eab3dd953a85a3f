"""Prices of the exchanges at which everybody's own best design is nearly the park's.

Any prices give a valid lower bound; good ones a tight bound. These leave all gain to the side that
decides what is built: for power to those with the roofs, for heat to those who take it.

- *Bid*: what one more kWh is worth to a taker that has the right to take, while nobody gives: the
  dual of its balance in the dispatch of its own design.
- *Pool*: in each step the bid of the last taker that is needed to place the surplus; where there is
  more surplus than demand, what feeding in earns. Where no roof can ever give over a private wire,
  the price forbids taking.
- *Heat*: what it costs at least to bring it there (``heat_prices.py``); here the taker decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from parkwerk.formulation.park import Actor, heat_exchange, pool_exchange
from parkwerk.formulation.template import find
from parkwerk.solve.assemble import Park, delivery_rows
from parkwerk.solve.dispatch import Choice, Design, Dispatch
from parkwerk.solve.heat_prices import FORBIDDEN, heat_prices
from parkwerk.solve.periods import Periods
from parkwerk.solve.program import Floats
from parkwerk.solve.value import Trade
from parkwerk.solve.workers import Shared, Workers
from parkwerk.solve.year import Year

#: Flows by which a site is supplied, and those of the sun that it does not use itself.
TAKEN, LEFT = ("purchase", "share_in"), ("feed_in", "share_out", "curtailment")
#: Surplus that places a price: so much of the way from what there is to what full roofs would have.
GROWTH = 0.4
#: Flows below this are none [kW].
SMALL = 1e-6


@dataclass(frozen=True)
class State:
    """How a park is operated, by site: what it bids, buys, and has of sun beyond its own use.

    ``bids`` (exchange, time) [EUR/kWh]; ``purchase`` and ``surplus`` (time,) [kW].
    """

    bids: dict[str, Floats]
    purchase: dict[str, Floats]
    surplus: dict[str, Floats]

    def between(self, other: State) -> State:
        """Half way to another state, with the bids of this one: prices that swing come to rest."""
        return replace(
            self,
            purchase={name: (x + other.purchase[name]) / 2 for name, x in self.purchase.items()},
            surplus={name: (x + other.surplus[name]) / 2 for name, x in self.surplus.items()},
        )


@dataclass(frozen=True)
class Task:
    """A site whose bids are sought under a design of its own."""

    park: Shared[Park]
    position: int
    choice: Choice


def bids(park: Park, design: Design, crew: Workers) -> dict[str, Floats]:
    """What one more kWh from each exchange is worth to each site [EUR/kWh], (exchange, time).

    Behind a common connection nobody is supplied alone, so no site there bids.
    """
    shared, n = crew.share(park), park.scenario.sizes["time"]
    sites = [i for i, actor in enumerate(park.actors) if actor.shape.kind == "site"]
    offers = {park.actors[i].name: np.zeros((len(park.actors[i].exchanges), n)) for i in sites}
    takers = [i for i in sites if park.actors[i].exchanges and not is_behind(park.actors[i])]
    found = crew.map(bids_of, [Task(shared, i, design[i]) for i in takers])
    return offers | {park.actors[i].name: own for i, own in zip(takers, found, strict=True)}


def is_behind(actor: Actor) -> bool:
    """Whether a site is supplied through a common connection."""
    return "behind" in actor.shape.features


def bids_of(task: Task) -> Floats:
    """A site's bids for its exchanges, (exchange, time): nobody gives, and it may take."""
    park = task.park.get().only([task.position])
    actor = park.actors[0]
    choice = _open_to_take(park, actor, task.choice)
    park = park.settled([choice.values])
    hours = float(park.scenario.attrs["step_hours"])
    parts = []
    for periods in park.groups:
        year = Year(park, [park.stamps(actor, choice.tariff, [periods])[0]], [choice.values])
        year.solve()
        price = _lowest(park, year) / hours
        shape = (len(park.exchanges), len(periods) * periods.steps)
        parts.append(np.moveaxis(price, -1, -2).reshape(shape))
    return np.concatenate(parts, axis=-1)


def _open_to_take(park: Park, actor: Actor, choice: Choice) -> Choice:
    """The same design with the right to take from every exchange, and to give to none."""
    template, values = park.template(actor), choice.values.copy()
    heat = float(park.scenario["heat_demand"].sel(company=actor.name).max())
    for name, right in {"joined": 1.0, "pool_giver": 0.0, "transfer_capacity": heat}.items():
        if block := find(template.design, name):
            values[block.slice] = right
    return Choice(choice.tariff, values)


def _lowest(park: Park, year: Year) -> Floats:
    """The lowest prices at which the site takes nothing, (exchange, step, period) [EUR/kW].

    Where nothing flows a balance has a range of duals; below its lower end the site would take.
    """
    stamp = year.stamps[0]
    reduced = year.cost - dense_product(year)
    prices = year.prices().reshape(-1, len(year.periods)).copy()
    delivery = stamp.template.delivery
    value = stamp.values(delivery)
    room = np.full_like(prices, np.inf)
    at = delivery_rows(park, stamp)[delivery.row]
    taken = value < 0
    short = np.where(taken, reduced[delivery.col] / np.where(taken, -value, 1.0), np.inf)
    np.minimum.at(room, at, short)
    prices -= np.where(np.isfinite(room), room, 0.0)
    return prices.reshape(year.prices().shape)


def dense_product(year: Year) -> Floats:
    """``Aᵀ·π`` of every period, (columns, periods)."""
    result = np.zeros_like(year.cost)
    np.add.at(result, year.col, year.value * year.duals[year.row])
    return result


def state_of(park: Park, operated: Dispatch, offers: dict[str, Floats]) -> State:
    """The state of a park from its dispatch and the bids of its sites."""
    sites = [i for i, actor in enumerate(park.actors) if actor.shape.kind == "site"]
    flows = {park.actors[i].name: _site_flows(park, i, operated) for i in sites}
    purchase = {name: flow[0] for name, flow in flows.items()}
    return State(offers, purchase, {name: flow[1] for name, flow in flows.items()})


@dataclass(frozen=True)
class Prices:
    """Prices of every exchange, for each group of periods, and what a way of heat costs.

    ``ways`` holds for each site what the use of any waste heat costs it at least [EUR/a].
    """

    trades: list[Trade]
    ways: dict[str, float]


def exchange_prices(park: Park, state: State) -> Prices:
    """Prices of every exchange in a state of the park."""
    n = park.scenario.sizes["time"]
    buy, sell = np.zeros((2, len(park.exchanges), n))
    ways: dict[str, float] = {}
    at = {name: i for i, name in enumerate(park.exchanges)}
    sites = {a.name: a for a in park.actors if a.shape.kind == "site"}
    for pool in map(str, park.scenario["pool"].values):
        if (exchange := pool_exchange(pool)) in at:
            e = at[exchange]
            buy[e], sell[e] = _pool_prices(park, pool, sites, state)
    for source in (actor for actor in park.actors if actor.shape.kind == "heat source"):
        offers = {
            name: state.bids[name][site.exchanges.index(exchange)]
            for name, site in sites.items()
            if (exchange := heat_exchange(str(source.labels["heat_source"]), name))
            in source.exchanges
        }
        for exchange, price in heat_prices(park, source, offers).items():
            buy[at[exchange]] = sell[at[exchange]] = price.price
            site = next(name for name in offers if exchange in sites[name].exchanges)
            ways[site] = min(ways.get(site, price.fixed), price.fixed)
    hours = float(park.scenario.attrs["step_hours"])

    def by_period(prices: Floats, periods: Periods) -> Floats:
        return np.moveaxis(hours * prices[:, periods.positions], -1, -2)

    trades = [Trade(by_period(buy, group), by_period(sell, group)) for group in park.groups]
    return Prices(trades, ways)


def _site_flows(park: Park, i: int, operated: Dispatch) -> tuple[Floats, Floats]:
    """What a site buys and takes, and what sun it has left, (time,) [kW]."""
    taken, left = [], []
    for periods, flows in zip(park.groups, operated.operation, strict=True):
        blocks = park.template(park.actors[i], periods).operation
        shape = (periods.steps, len(periods))
        total = {
            name: flows[i][block.slice].reshape(-1, *shape).sum(axis=0).T.ravel()
            for name in (*TAKEN, *LEFT)
            if (block := find(blocks, name))
        }
        none = np.zeros(periods.steps * len(periods))
        taken.append(sum((total[name] for name in TAKEN if name in total), none))
        left.append(sum((total[name] for name in LEFT if name in total), none))
    return np.concatenate(taken), np.concatenate(left)


def _pool_prices(
    park: Park, pool: str, sites: dict[str, Actor], state: State
) -> tuple[Floats, Floats]:
    """The bid of the last taker that the surplus needs; beyond all demand what feeding in earns.

    Over a private wire a kWh bears its part of what the wire costs, see :func:`_wire`.
    """
    scenario = park.scenario
    exchange = pool_exchange(pool)
    members = [name for name, site in sites.items() if exchange in site.exchanges]
    own = scenario.sel(pool=pool, company=members)
    gives, takes = own["pool_gives"].values > 0, own["pool_takes"].values > 0
    bid = np.stack([state.bids[m][sites[m].exchanges.index(exchange)] for m in members])
    bid = np.where(takes[:, None], bid, -np.inf)
    demand = np.stack([state.purchase[m] for m in members]) * takes[:, None]
    givers = [m for m, g in zip(members, gives, strict=True) if g]
    surplus = sum((state.surplus[m] for m in givers), np.zeros(demand.shape[1]))
    rules = scenario["feed_in_price"].transpose("feed_in_rule", "time").values
    fed_in, least = rules.max(axis=0), rules.min(axis=0)
    # Plants that might still be built get the least for feeding in, those there are the most.
    growing = GROWTH * _full_surplus(park, givers)
    few = _last_bid(bid, demand, growing, least)
    many = _last_bid(bid, demand, growing + (1.0 - GROWTH) * surplus, least)
    price = np.maximum(many, np.minimum(few, fed_in))
    if float(own["pool_on_grid"]) > 0:
        return price, price
    # At least one gives and one other takes; the rest need not have joined.
    fee = own["pool_fixed_cost"].values
    pairs = np.add.outer(fee[gives], fee[takes])
    apart = np.flatnonzero(gives)[:, None] != np.flatnonzero(takes)[None, :]
    fees = float(pairs[apart].min(initial=np.inf)) if apart.any() else 0.0
    return _wire(park, givers, bid.max(axis=0), demand.sum(axis=0), fed_in, fees)


def _last_bid(bid: Floats, demand: Floats, supply: Floats, otherwise: Floats) -> Floats:
    """In each step the bid of the last taker that the supply needs, the best bids first.

    ``bid`` (taker, time), -inf for who may not take; ``demand`` (taker, time), ``supply`` (time,).
    Beyond all demand the lowest bid; where nobody may take ``otherwise``.
    """
    order = np.argsort(-bid, axis=0)
    reached = np.cumsum(np.take_along_axis(demand, order, axis=0), axis=0)
    last = (reached < supply - SMALL).sum(axis=0)
    takers = np.isfinite(bid).sum(axis=0)
    at_last = np.clip(last, 0, np.maximum(takers - 1, 0))[None]
    found = np.take_along_axis(np.take_along_axis(bid, order, axis=0), at_last, axis=0)[0]
    return np.where(takers > 0, found, otherwise)


def _wire(
    park: Park, givers: list[str], bid: Floats, demand: Floats, fed_in: Floats, fees: float
) -> tuple[Floats, Floats]:
    """Prices at both ends of a private wire: what a kWh costs the taker, and earns the giver.

    A wire of the yearly cost F carries at most the surplus of full roofs, L[t]. So its cost is at
    least ``F·Σ_t a[t]·flow[t]`` for any a with ``Σ_t a[t]·L[t] = 1``, and a kWh bears ``F·a[t]``.
    It is laid on each kWh as the same share of what it gains. The rest is the giver's where the
    demand could take all of full roofs, else the taker's. Where no roof can ever give, the price
    forbids taking.
    """
    room = _full_surplus(park, givers)
    gain = np.maximum(bid - fed_in, 0.0)
    total = float(gain @ room) * float(park.scenario.attrs["step_hours"])
    share = min(1.0, fees / total) if total > 0 else 0.0
    plenty = room > demand
    buy = np.where(plenty, fed_in + share * gain, np.maximum(bid, fed_in))
    sell = np.where(plenty, fed_in, fed_in + (1.0 - share) * gain)
    return np.where(room > 0, buy, FORBIDDEN), sell


def _full_surplus(park: Park, givers: list[str]) -> Floats:
    """What full roofs of some companies have left beyond their own demand, (time,) [kW]."""
    scenario = park.scenario
    owned = np.isin(scenario["roof_company"].values, givers)
    full = (scenario["surplus_yield"] * scenario["roof_limit"]).transpose("roof", "time").values
    result: Floats = full[owned].sum(axis=0)
    return result
