"""The full year with a given design: true cost, flows and prices.

Given the design, periods are independent linear programs of the same structure, solved one after
another from the last one's basis. Three things are settled on the way:

- *Measured* design quantities, the yearly peaks, are not built but read off a meter. Each day may
  exceed them at their full yearly price; days that they bind are solved again under the peaks so
  found, and in the end the peaks are what the flows need.
- What a kWh fed in earns depends on the size of its plant, which is known here.
- *Exclusive* flows (buying and selling, charging and discharging) may overlap in the linear
  program where a price tempts them. The smaller of the two is then closed and the period solved
  again, so that the flows are what a meter could have counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from parkwerk.solve.assemble import Park
from parkwerk.solve.components import components
from parkwerk.solve.stamp import Floats, Stamp, dense
from parkwerk.solve.year import Year


@dataclass(frozen=True)
class Choice:
    """What one actor builds: its tariff and the values of its design columns."""

    tariff: str | None
    values: Floats


#: A design of the park: one choice for each of ``Park.actors``.
Design = list[Choice]
#: Years of actors that trade with nobody else, by who they are and what they have.
Known = dict[tuple[object, ...], "Dispatch"]


@dataclass(frozen=True)
class Dispatch:
    """The operation of a year under a design.

    Attributes
    ----------
    design
        The design with its measured quantities as the year needs them.
    operation
        For each group of periods and each actor the operation, (columns, periods) [kW, kWh].
    prices
        For each group the price of every exchange, (exchange, step, period) [EUR/kW in the step].
    costs
        For each actor its costs by kind [EUR/a], in the order of its template.
    total_cost
        Sum of all costs [EUR/a].
    """

    design: Design
    operation: list[list[Floats]]
    prices: list[Floats]
    costs: list[Floats]
    total_cost: float


def dispatch(
    park: Park, design: Design, limited: bool = True, known: Known | None = None
) -> Dispatch:
    """Dispatch the year under a design, raising measured quantities where the year needs it.

    If its prices are wanted, not ``limited`` is slower and gives better ones, see ``year.py``. Of
    one park and one way of solving, what is ``known`` is not dispatched again.

    Raises
    ------
    SolveError
        If a period has no operation under the design, naming the period.
    """
    values = [choice.values for choice in design]
    park = park.settled(values)
    parts = components(park, [choice.tariff for choice in design], values)
    known = {} if known is None else known
    done = []
    for part in parts:
        own = [design[i] for i in part]
        if (key := _key(part, own)) not in known:
            found = _dispatch(park.only(part), own, limited)
            # With the peaks that it needs the year is the same.
            known[key] = known[_key(part, found.design)] = found
        done.append(known[key])
    return _merged(park, parts, done)


def _key(part: list[int], own: Design) -> tuple[object, ...]:
    """Who some actors are, and what they have."""
    return (*part, *(c.tariff for c in own), *(c.values.tobytes() for c in own))


def _merged(park: Park, parts: list[list[int]], done: list[Dispatch]) -> Dispatch:
    """One dispatch of all parts; a closed exchange has the price of the first part in it."""
    n = range(len(park.groups))
    place = {i: (d, k) for d, part in zip(done, parts, strict=True) for k, i in enumerate(part)}
    order = [place[i] for i in range(len(park.actors))]
    shape = (len(park.exchanges),)
    prices = [np.full((*shape, g.steps, len(g)), np.nan) for g in park.groups]
    for part, result in zip(parts, done, strict=True):
        at = [park.exchanges.index(e) for e in park.only(part).exchanges]
        for group in n:
            known = prices[group][at]
            prices[group][at] = np.where(np.isnan(known), result.prices[group], known)
    costs = [d.costs[k] for d, k in order]
    return Dispatch(
        design=[d.design[k] for d, k in order],
        operation=[[d.operation[group][k] for d, k in order] for group in n],
        prices=prices,
        costs=costs,
        total_cost=float(sum(cost.sum() for cost in costs)),
    )


def _dispatch(park: Park, design: Design, limited: bool) -> Dispatch:
    """Dispatch actors that trade with nobody else."""
    by_group = years(park, design, limited)
    for year in by_group:
        year.solve()
    more = np.max([year.excess() for year in by_group], axis=0)
    for year in by_group:
        year.raise_measured(more)
    unused = np.min([year.spare() for year in by_group], axis=0)
    settled = [replace(c, values=v.copy()) for c, v in zip(design, by_group[0].design, strict=True)]
    for (i, measured), spare in zip(by_group[0].measured, unused, strict=True):
        settled[i].values[measured] -= spare
    operation = [[year.operation(i) for i in range(len(design))] for year in by_group]
    costs = [
        cost_of([year.stamps[i] for year in by_group], choice, [flows[i] for flows in operation])
        for i, choice in enumerate(settled)
    ]
    prices = [year.prices() for year in by_group]
    return Dispatch(settled, operation, prices, costs, float(sum(c.sum() for c in costs)))


def years(park: Park, design: Design, limited: bool = True) -> list[Year]:
    """The linear programs of the year under a design, one set for each length of period."""
    values = [choice.values for choice in design]
    pairs = list(zip(park.actors, design, strict=True))
    return [
        Year(park, [park.stamps(a, c.tariff, [g])[0] for a, c in pairs], values, limited)
        for g in park.groups
    ]


def cost_of(stamps: list[Stamp], choice: Choice, flows: list[Floats]) -> Floats:
    """Costs of an actor by kind [EUR/a]: ``d₀ + d·y + Σ_periods c·x``."""
    first, template = stamps[0], stamps[0].template
    size = len(template.kinds)
    fixed = dense(template.fixed_cost, first.values(template.fixed_cost), "row")[:, 0]
    table = template.design_cost
    built = first.static(table) * choice.values[table.col]
    cost = fixed + np.bincount(table.row, weights=built, minlength=size)
    for stamp, flow in zip(stamps, flows, strict=True):
        table = stamp.template.operation_cost
        paid = (stamp.values(table) * flow[table.col]).sum(axis=1)
        cost = cost + np.bincount(table.row, weights=paid, minlength=size)
    return cost
