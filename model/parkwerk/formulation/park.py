"""The park: its actors, and the exchanges in which they meet.

A park is a list of actors - sites, heat sources with their pipes, common connections, allocation
keys - and nothing else. In each exchange and step what some give the others take:

    Σ_actors delivery[exchange, t] = 0      [kW]

One exchange for each pool, one for each pair of heat source and company, two for each common
connection, and for each pool with a key one of offers and one for each member.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import Lock

import numpy as np
import xarray as xr

from parkwerk.formulation.actor import Model, Shape
from parkwerk.formulation.allocation_key import build_allocation_key
from parkwerk.formulation.common_connection import build_common_connection
from parkwerk.formulation.limits import retention_behind
from parkwerk.formulation.site import build_site
from parkwerk.formulation.template import Template, compile_template
from parkwerk.formulation.waste_heat import build_heat_source

BUILDERS: dict[str, Callable[[Shape], Model]] = {
    "site": build_site,
    "heat source": build_heat_source,
    "common connection": build_common_connection,
    "allocation key": build_allocation_key,
}


# Pyomo keeps global state while it reads expressions: threads that compile must take turns.
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class Actor:
    """An actor of the park: the shape of its template and the labels of its data.

    Attributes
    ----------
    name
        The company; ``heat of <company>``; the common connection; ``key of <pool>``.
    shape
        What it has in common with others of its template.
    labels
        For each dimension the label (text) or labels (tuple) of the scenario that are the actor's.
    exchanges
        Names of its exchanges in the order of its ``delivery``.
    menu
        Tariffs open to it; a single ``None`` for an actor without a meter.
    """

    name: str
    shape: Shape
    labels: dict[str, str | tuple[str, ...]]
    exchanges: tuple[str, ...]
    menu: tuple[str | None, ...] = (None,)

    @property
    def owner(self) -> str:
        """The company whose site or heat source this is; for all others the actor itself."""
        own = self.labels.get("company", self.labels.get("heat_source", self.name))
        return own if isinstance(own, str) else self.name


def template(shape: Shape) -> Template:
    """Write and compile the template of a shape; each shape once in a process."""
    with _ONE_AT_A_TIME:
        return _compiled(shape)


@cache
def _compiled(shape: Shape) -> Template:
    return compile_template(BUILDERS[shape.kind](shape))


def actors(scenario: xr.Dataset, period_steps: int) -> list[Actor]:
    """All actors of a scenario, for operating periods of ``period_steps`` steps."""
    hours = float(scenario.attrs["step_hours"])
    return [
        *(_site(scenario, str(c), period_steps, hours) for c in scenario["company"].values),
        *(_heat_source(scenario, str(s), period_steps, hours) for s in _active_sources(scenario)),
        *(_common(scenario, c, period_steps, hours) for c in _common_connections(scenario)),
        *(_key(scenario, p, period_steps, hours) for p in _keyed_pools(scenario)),
    ]


def _site(scenario: xr.Dataset, company: str, period_steps: int, hours: float) -> Actor:
    at = list(scenario["company"].values).index(company)
    roofs = scenario["roof"].values[scenario["roof_company"].values == company]
    pools = scenario["pool"].values[_takes_part(scenario)[:, at]]
    heat = bool(scenario["heat_demand"].values[at].max() > 0)
    reachable = [s for s in _active_sources(scenario) if company in sinks(scenario, s)]
    sources = reachable if heat else []
    buildable = scenario["pv_class_limit"].values[at] > 0
    classes = scenario["pv_class"].values[buildable]
    rules = list(dict.fromkeys(scenario["pv_class_rule"].values[buildable]))
    keyed = [p for p, pool in enumerate(pools) if pool in _keyed_pools(scenario)]
    labels: dict[str, tuple[str, ...]] = {
        "roof": _texts(roofs),
        "pv_class": _texts(classes),
        "feed_in_rule": _texts(rules),
        "pool": _texts(pools),
        "keyed_pool": _texts(pools[keyed]),
        "heat_source": _texts(sources),
        "month": _months(scenario, company),
    }
    behind = str(scenario["behind"].values[at])
    features = {
        *(["heat"] if heat else []),
        *(["behind"] if behind else []),
        *_features(scenario, company, pools),
    }
    if behind and not scenario["metered_supply"].values[at]:
        features.add("gate")
    shape = Shape(
        kind="site",
        period_steps=period_steps,
        step_hours=hours,
        sizes=_sizes(labels),
        features=frozenset(features),
        class_rules=tuple(rules.index(r) for r in scenario["pv_class_rule"].values[buildable]),
        keyed=tuple(keyed),
    )
    exchanges = [pool_exchange(p) for p in labels["pool"]]
    exchanges += [heat_exchange(s, company) for s in labels["heat_source"]]
    exchanges += common_exchanges(behind) if behind else ()
    for pool in labels["keyed_pool"]:
        exchanges += [offer_exchange(pool), allotment_exchange(pool, company)]
    own = {"company": company, "connection": company}
    return Actor(company, shape, {**labels, **own}, tuple(exchanges), _menu(scenario, company))


def _features(scenario: xr.Dataset, connection: str, pools: np.ndarray) -> set[str]:
    """Rules that the connection's menu and the site's pools call for (see :class:`Shape`)."""
    entries = _open_entries(scenario, connection)
    found = {
        feature
        for feature, names in {
            "windows": ("window_charge",),
            "order": ("order_charge", "above_order_charge"),
        }.items()
        if any(name in entries and bool((entries[name] != 0).any()) for name in names)
    }
    own = scenario.sel(pool=pools)
    if "feed_in_cap" in scenario:
        found.add("cap")
    if bool((own["pool_on_grid"] == 0).any()):
        found.add("gate")
    if "pool_exclusive" in own and float(own["pool_exclusive"].sum()) > 1:
        found.add("lines")
    if "pool_rebate" in own and bool((own["pool_rebate"] != 0).any()):
        found.add("rebate")
    return found


def _months(scenario: xr.Dataset, connection: str) -> tuple[str, ...]:
    """Months whose peaks an open entry charges; none for most connections."""
    entries = _open_entries(scenario, connection)
    charged = "monthly_charge" in entries and bool((entries["monthly_charge"] > 0).any())
    return _texts(scenario["month"].values) if charged else ()


def _open_entries(scenario: xr.Dataset, connection: str) -> xr.Dataset:
    menu = scenario.sel(connection=connection)
    return menu.isel(tariff=np.flatnonzero(menu["tariff_open"].values > 0))


def _sizes(labels: dict[str, tuple[str, ...]]) -> tuple[tuple[str, int], ...]:
    return tuple((dim, len(values)) for dim, values in labels.items())


def _heat_source(scenario: xr.Dataset, source: str, period_steps: int, hours: float) -> Actor:
    companies = sinks(scenario, source)
    pipes = _pipes_of(scenario, source, companies)
    starts, ends = scenario["pipe_from"].values[pipes], scenario["pipe_to"].values[pipes]
    inner = sorted((set(starts) | set(ends)) - set(companies))
    number = {node: i + 1 for i, node in enumerate([*companies, *inner])}
    # Heat begins at node 0. Where a pipe ends at the source, that is a node of its own: a customer
    # of its own waste heat, or a place to pass on the way back.
    arcs = tuple(
        (0 if start == source else number[start], number[end])
        for start, end in zip(starts, ends, strict=True)
    )
    shape = Shape(
        kind="heat source",
        period_steps=period_steps,
        step_hours=hours,
        sizes=(("pipe", len(pipes)),),
        arcs=arcs,
        sinks=tuple(number[c] for c in companies),
    )
    labels: dict[str, str | tuple[str, ...]] = {
        "heat_source": source,
        "pipe": _texts(scenario["pipe"].values[pipes]),
    }
    exchanges = tuple(heat_exchange(source, c) for c in companies)
    return Actor(f"heat of {source}", shape, labels, exchanges)


def _common(scenario: xr.Dataset, connection: str, period_steps: int, hours: float) -> Actor:
    labels = {"month": _months(scenario, connection)}
    features = _features(scenario, connection, scenario["pool"].values[:0]) & {"windows", "order"}
    shape = Shape("common connection", period_steps, hours, _sizes(labels), frozenset(features))
    exchanges = common_exchanges(connection)
    menu = _menu(scenario, connection)
    return Actor(connection, shape, {**labels, "connection": connection}, exchanges, menu)


def _key(scenario: xr.Dataset, pool: str, period_steps: int, hours: float) -> Actor:
    takes_part = _takes_part(scenario)[list(scenario["pool"].values).index(pool)]
    members = _texts(scenario["company"].values[takes_part])
    labels: dict[str, str | tuple[str, ...]] = {"company": members, "pool": pool}
    shape = Shape("allocation key", period_steps, hours, (("company", len(members)),))
    exchanges = (offer_exchange(pool), *(allotment_exchange(pool, c) for c in members))
    return Actor(f"key of {pool}", shape, labels, exchanges)


def pool_exchange(pool: str) -> str:
    """Name of the exchange of a pool."""
    return f"pool {pool}"


def heat_exchange(source: str, company: str) -> str:
    """Name of the exchange of heat from a source to a company."""
    return f"heat {source} > {company}"


def common_exchanges(connection: str) -> tuple[str, str]:
    """Names of the exchanges of a common connection: grid power, and surplus."""
    return f"supply {connection}", f"surplus {connection}"


def offer_exchange(pool: str) -> str:
    """Name of the exchange of offers to a pool with a key."""
    return f"offer {pool}"


def allotment_exchange(pool: str, company: str) -> str:
    """Name of the exchange of what a key allots to a company."""
    return f"key {pool} > {company}"


def sinks(scenario: xr.Dataset, source: str) -> list[str]:
    """Companies with a heat demand that pipes from the source can reach, in scenario order."""
    demand = scenario["heat_demand"].max("time")
    starts = np.flatnonzero(scenario["pipe_from"].values == source)
    reached = {c for p in starts for c in retention_behind(scenario, int(p))}
    return [
        str(c)
        for c in scenario["company"].values
        if c in reached and float(demand.sel(company=c)) > 0
    ]


def _active_sources(scenario: xr.Dataset) -> list[str]:
    heat = scenario["waste_heat"].values
    names = [str(s) for s in scenario["heat_source"].values]
    return [s for i, s in enumerate(names) if heat[i].max() > 0 and sinks(scenario, s)]


def _pipes_of(scenario: xr.Dataset, source: str, companies: list[str]) -> list[int]:
    """Pipes on a way from the source to one of the companies."""
    starts, ends = scenario["pipe_from"].values, scenario["pipe_to"].values
    found: list[int] = []
    nodes = [source]
    while nodes:
        node = nodes.pop()
        for p in np.flatnonzero(starts == node):
            if p not in found and set(companies) & set(retention_behind(scenario, int(p))):
                found.append(int(p))
                nodes.append(ends[p])
    return sorted(found)


def _takes_part(scenario: xr.Dataset) -> np.ndarray:
    """Who takes part in which pool, (pool, company): where givers can meet takers."""
    gives = scenario["pool_gives"].values > 0
    takes = scenario["pool_takes"].values > 0
    partners = (gives | takes).sum(axis=1) > 1
    meets = partners & gives.any(axis=1) & takes.any(axis=1)
    result: np.ndarray = (gives | takes) & (meets & ~_dominated(scenario))[:, None]
    return result


#: Where less of a quantity of a pool is better for its members, and where more is.
BETTER_IF_LESS = ("pool_charge", "pool_fixed_cost", "pool_exclusive", "pool_keyed")
BETTER_IF_MORE = ("pool_gives", "pool_takes", "pool_admits", "pool_rebate", "pool_key")


def _dominated(scenario: xr.Dataset) -> np.ndarray:
    """Pools for which another offers the same to all, on no worse terms, (pool,)."""
    buildable = scenario["pv_class_limit"].values.max(axis=0, initial=0) > 0
    terms = scenario.isel(pv_class=np.flatnonzero(buildable))
    loss = [terms[name] for name in BETTER_IF_LESS if name in terms]
    loss += [-terms[name] for name in BETTER_IF_MORE if name in terms]
    worth = [array.transpose("pool", ...).values for array in loss]
    on_grid = scenario["pool_on_grid"].values
    n = scenario.sizes["pool"]
    result = np.zeros(n, dtype=bool)
    for p in range(n):
        for q in range(n):
            if p != q and not result[q] and on_grid[p] == on_grid[q]:
                result[p] |= all(bool((array[q] <= array[p]).all()) for array in worth)
    return result


def _keyed_pools(scenario: xr.Dataset) -> list[str]:
    """Pools in which somebody takes part and a key splits what is offered."""
    if "pool_keyed" not in scenario:
        return []
    keyed = (scenario["pool_keyed"].values > 0) & _takes_part(scenario).any(axis=1)
    return [str(pool) for pool in scenario["pool"].values[keyed]]


def _common_connections(scenario: xr.Dataset) -> list[str]:
    return [str(name) for name in dict.fromkeys(scenario["behind"].values) if name]


def _menu(scenario: xr.Dataset, connection: str) -> tuple[str | None, ...]:
    open_ = scenario["tariff_open"].sel(connection=connection).values > 0
    return tuple(str(t) for t in scenario["tariff"].values[open_])


def _texts(values: np.ndarray | list[str]) -> tuple[str, ...]:
    return tuple(str(v) for v in values)
