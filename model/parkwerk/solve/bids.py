"""What one more kWh from each exchange is worth to each site.

A *bid* is the dual of the exchange in the dispatch of the site's own design, while it has the right
to take and nobody gives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkwerk.formulation.park import Actor
from parkwerk.solve.assemble import Park, delivery_rows
from parkwerk.solve.designs import columns
from parkwerk.solve.dispatch import Choice, Design
from parkwerk.solve.program import Floats
from parkwerk.solve.workers import Shared, Workers
from parkwerk.solve.year import Year


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
        stamp = park.stamps(actor, choice.tariff, [periods])[0]
        year = Year(park, [stamp], [choice.values], limited=False)
        year.solve()
        price = _lowest(park, year) / hours
        shape = (len(park.exchanges), len(periods) * periods.steps)
        parts.append(np.moveaxis(price, -1, -2).reshape(shape))
    return np.concatenate(parts, axis=-1)


def _open_to_take(park: Park, actor: Actor, choice: Choice) -> Choice:
    """The same design with the right to take from every exchange, and to give to none."""
    values = choice.values.copy()
    heat = float(park.scenario["heat_demand"].sel(company=actor.name).max())
    for name, right in {"joined": 1.0, "pool_giver": 0.0, "transfer_capacity": heat}.items():
        columns(park, actor, name, values)[:] = right
    return Choice(choice.tariff, values)


def _lowest(park: Park, year: Year) -> Floats:
    """The lowest prices at which the site takes nothing, (exchange, step, period) [EUR/kW].

    Where nothing flows a balance has a range of duals; below its lower end the site would take.
    """
    stamp = year.stamps[0]
    reduced = year.cost - _dense_product(year)
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


def _dense_product(year: Year) -> Floats:
    """``Aᵀ·π`` of every period, (columns, periods)."""
    result = np.zeros_like(year.cost)
    np.add.at(result, year.col, year.value * year.duals[year.row])
    return result
