"""From what each company would do at the prices to a design on which all agree.

A pipe is built where a company wants its heat, a pool is joined where its surplus finds takers
whose gain pays the fees. The dispatch then says whether that was worth it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from parkwerk.formulation.park import Actor, pool_exchange
from parkwerk.formulation.template import find
from parkwerk.solve.assemble import Park
from parkwerk.solve.bids import is_behind
from parkwerk.solve.designs import columns
from parkwerk.solve.dispatch import Design, Dispatch
from parkwerk.solve.heat_ways import way_to
from parkwerk.solve.pairing import paired
from parkwerk.solve.program import Floats
from parkwerk.solve.state import State

#: Design columns that only several can have together.
SHARED = ("joined", "pool_giver", "transfer_capacity", "recovery_capacity")
PIPES = ("pipe_built", "pipe_capacity")
#: Capacities below this are none [kW].
SMALL = 0.1


def agree(park: Park, own: Design, wishes: Design, state: State) -> Design:
    """The own assets of one design, with links and pools as they are wished for in another.

    Parameters
    ----------
    own
        Tariffs and own assets; its links and memberships are not taken.
    wishes
        What each company would do at the prices.
    state
        Purchases, surplus and bids: whose demand places whose surplus.
    """
    wished = {a.name: c.values for a, c in zip(park.actors, wishes, strict=True)}
    bare = without_links(park, own)
    values = {a.name: c.values for a, c in zip(park.actors, bare, strict=True)}
    sites = [actor for actor in park.actors if actor.shape.kind == "site"]
    for source in (actor for actor in park.actors if actor.shape.kind == "heat source"):
        for site in sites:
            if str(source.labels["heat_source"]) in site.labels["heat_source"]:
                _build_way(park, source, site, wished, values)
    left = {name: surplus.copy() for name, surplus in state.surplus.items()}
    wanted = {name: purchase.copy() for name, purchase in state.purchase.items()}
    for pool in map(str, park.scenario["pool"].values):
        members = [site for site in sites if pool_exchange(pool) in site.exchanges]
        if any(is_behind(member) for member in members):
            _join_as_wished(park, pool, members, wished, values)
        elif members:
            _join(park, pool, members, state, left, wanted, values)
    return [replace(c, values=values[a.name]) for a, c in zip(park.actors, own, strict=True)]


def opened(park: Park, design: Design, private: bool = False) -> Design:
    """The same design with all pools over the grid open to all their members.

    ``private`` opens private wires of several companies too; of direct lines a company has one.
    """
    scenario = park.scenario
    is_open = scenario["pool_on_grid"].values > 0
    if private:
        is_open = is_open | _private(park)
    reached = dict(zip(map(str, scenario["pool"].values), is_open, strict=True))
    result = []
    for actor, choice in zip(park.actors, design, strict=True):
        values = choice.values.copy()
        if actor.shape.kind == "site":
            own = np.array([reached[pool] for pool in actor.labels["pool"]], dtype=bool)
            columns(park, actor, "joined", values)[own] = 1.0
            labels = {
                "pool": list(actor.labels["pool"]),
                "pv_class": list(actor.labels["pv_class"]),
            }
            admits = scenario["pool_admits"].sel(labels).transpose("pool", "pv_class").values
            admitted = admits @ columns(park, actor, "pv_built", values) > 0
            columns(park, actor, "pool_giver", values)[own & admitted] = 1.0
        result.append(replace(choice, values=values))
    return result


def has_private_pools(park: Park) -> bool:
    """Whether a private wire of several companies has members."""
    names = park.scenario["pool"].values[_private(park)]
    return any(pool_exchange(str(pool)) in park.exchanges for pool in names)


def _private(park: Park) -> np.ndarray:
    """Which pools are private wires, but no direct lines."""
    on_grid = park.scenario["pool_on_grid"]
    lines = park.scenario.get("pool_exclusive", xr.zeros_like(on_grid))
    result: np.ndarray = (on_grid.values == 0) & (lines.values == 0)
    return result


def who_trade(park: Park, operated: Dispatch) -> Design:
    """The same design, but who neither gives to a pool nor takes from it all year leaves it."""
    result = []
    for i, (actor, choice) in enumerate(zip(park.actors, operated.design, strict=True)):
        values = choice.values.copy()
        if actor.shape.kind == "site":
            for right, flow in (("joined", "share_in"), ("pool_giver", "share_out")):
                columns(park, actor, right, values)[_year_of(park, i, operated, flow) <= SMALL] = 0
            gives = columns(park, actor, "pool_giver", values)
            joined = columns(park, actor, "joined", values)
            np.maximum(joined, gives, out=joined)
        result.append(replace(choice, values=values))
    return result


def _year_of(park: Park, i: int, operated: Dispatch, flow: str) -> Floats:
    """The year's sum of a flow of a site, by pool [kW]."""
    total = np.zeros(len(park.actors[i].labels["pool"]))
    for periods, flows in zip(park.groups, operated.operation, strict=True):
        block = find(park.template(park.actors[i], periods).operation, flow)
        if block is not None and len(total):
            total += flows[i][block.slice].reshape(len(total), -1).sum(axis=1)
    return total


def without_links(park: Park, design: Design) -> Design:
    """The same own assets, and nothing that companies have together."""
    result = []
    for actor, choice in zip(park.actors, design, strict=True):
        values = choice.values.copy()
        for name in (*SHARED, *PIPES):
            columns(park, actor, name, values)[:] = 0.0
        result.append(replace(choice, values=values))
    return result


def _build_way(
    park: Park,
    source: Actor,
    site: Actor,
    wished: dict[str, Floats],
    values: dict[str, Floats],
) -> None:
    """Pipes and recovery for the transfer that a site wishes for."""
    scenario, name = park.scenario, str(source.labels["heat_source"])
    at = list(site.labels["heat_source"]).index(name)
    wish = float(columns(park, site, "transfer_capacity", wished[site.name])[at])
    if wish <= SMALL:
        return
    boost = float(scenario["transfer_electricity"].sel(company=site.name, heat_source=name))
    pipes, _ = way_to(park, source, site.name)
    labels = [str(scenario["pipe"].values[p]) for p in pipes]
    flow = wish / (1.0 + boost)
    for pipe, label in zip(reversed(pipes), reversed(labels), strict=True):
        flow /= 1.0 - float(scenario["pipe_loss"].values[pipe])
        k = list(source.labels["pipe"]).index(label)
        columns(park, source, "pipe_built", values[source.name])[k] = 1.0
        columns(park, source, "pipe_capacity", values[source.name])[k] += flow
    columns(park, source, "recovery_capacity", values[source.name])[0] += flow
    columns(park, site, "transfer_capacity", values[site.name])[at] = wish


def _join(
    park: Park,
    pool: str,
    members: list[Actor],
    state: State,
    left: dict[str, Floats],
    wanted: dict[str, Floats],
    values: dict[str, Floats],
) -> None:
    """Join givers with takers as long as that gains; what they trade is no longer left."""
    names, exchange = [member.name for member in members], pool_exchange(pool)
    own = park.scenario.sel(pool=pool, company=names)
    bid = np.array([state.bids[m.name][m.exchanges.index(exchange)] for m in members])
    fed_in = own["feed_in_price"].max("feed_in_rule").values
    exclusive = "pool_exclusive" in own and float(own["pool_exclusive"]) > 0
    free = np.array([not (exclusive and _in_line(park, m, values)) for m in members], dtype=bool)
    found = paired(
        surplus=np.array([left[m] for m in names]) * (own["pool_gives"].values > 0)[:, None],
        wanted=np.array([wanted[m] for m in names]) * (own["pool_takes"].values > 0)[:, None],
        worth=(bid - fed_in) * float(own.attrs["step_hours"]),
        fee=own["pool_fixed_cost"].values,
        free=free,
    )
    for k, member in enumerate(members):
        at = list(member.labels["pool"]).index(pool)
        columns(park, member, "joined", values[member.name])[at] = float(found.joined[k])
        columns(park, member, "pool_giver", values[member.name])[at] = float(found.gave[k])
        left[member.name] -= found.given[k]
        wanted[member.name] -= found.taken[k]


def _join_as_wished(
    park: Park,
    pool: str,
    members: list[Actor],
    wished: dict[str, Floats],
    values: dict[str, Floats],
) -> None:
    """Behind a common connection all are designed together: their wishes agree."""
    for member in members:
        at = list(member.labels["pool"]).index(pool)
        for name in ("joined", "pool_giver"):
            columns(park, member, name, values[member.name])[at] = columns(
                park, member, name, wished[member.name]
            )[at]


def _in_line(park: Park, member: Actor, values: dict[str, Floats]) -> bool:
    """Whether a company has a direct line already: a line links one plant with one customer."""
    if "pool_exclusive" not in park.scenario:
        return False
    pools = list(member.labels["pool"])
    exclusive = park.scenario["pool_exclusive"].sel(pool=pools).values > 0
    return bool((columns(park, member, "joined", values[member.name]) * exclusive).any())
