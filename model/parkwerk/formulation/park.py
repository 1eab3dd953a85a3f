"""The park: its actors, and the exchanges in which they meet.

A park is a list of actors - sites, heat sources with their pipes, common connections - and nothing
else. In each exchange and step what some give the others take:

    Σ_actors delivery[exchange, t] = 0      [kW]

One exchange for each pool, and one for each pair of heat source and company.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import Lock

import numpy as np
import xarray as xr

from parkwerk.formulation.actor import Model, Shape
from parkwerk.formulation.common_connection import build_common_connection
from parkwerk.formulation.limits import retention_behind
from parkwerk.formulation.site import build_site
from parkwerk.formulation.template import Template, compile_template
from parkwerk.formulation.waste_heat import build_heat_source

BUILDERS: dict[str, Callable[[Shape], Model]] = {
    "site": build_site,
    "heat source": build_heat_source,
    "common connection": build_common_connection,
}


# Pyomo keeps global state while it reads expressions: threads that compile must take turns.
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class Actor:
    """An actor of the park: the shape of its template and the labels of its data.

    Attributes
    ----------
    name
        The company; ``heat of <company>``; the common connection.
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
        *(_common(scenario, str(c), period_steps, hours) for c in _common_connections(scenario)),
    ]


def _site(scenario: xr.Dataset, company: str, period_steps: int, hours: float) -> Actor:
    at = list(scenario["company"].values).index(company)
    roofs = scenario["roof"].values[scenario["roof_company"].values == company]
    pools = scenario["pool"].values[_takes_part(scenario)[:, at]]
    heat = bool(scenario["heat_demand"].values[at].max() > 0)
    reachable = [s for s in _active_sources(scenario) if company in sinks(scenario, s)]
    sources = reachable if heat else []
    buildable = scenario["pv_class_limit"].values[at] > 0
    labels: dict[str, tuple[str, ...]] = {
        "roof": _texts(roofs),
        "pv_class": _texts(scenario["pv_class"].values[buildable]),
        "pool": _texts(pools),
        "heat_source": _texts(sources),
    }
    shape = Shape(
        kind="site",
        period_steps=period_steps,
        step_hours=hours,
        sizes=tuple((dim, len(values)) for dim, values in labels.items()),
        heat=heat,
    )
    exchanges = [pool_exchange(p) for p in labels["pool"]]
    exchanges += [heat_exchange(s, company) for s in labels["heat_source"]]
    own = {"company": company, "connection": company}
    return Actor(company, shape, {**labels, **own}, tuple(exchanges), _menu(scenario, company))


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
    row = scenario.sel(connection=connection)
    exchanges = tuple(
        pool_exchange(str(row[name].values)) for name in ("green_pool", "supply_pool")
    )
    shape = Shape("common connection", period_steps, hours)
    menu = _menu(scenario, connection)
    return Actor(connection, shape, {"connection": connection}, exchanges, menu)


def pool_exchange(pool: str) -> str:
    """Name of the exchange of a pool."""
    return f"pool {pool}"


def heat_exchange(source: str, company: str) -> str:
    """Name of the exchange of heat from a source to a company."""
    return f"heat {source} > {company}"


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
    supplied = set(scenario["supply_pool"].values) | set(scenario["green_pool"].values)
    common = np.isin(scenario["pool"].values.astype(str), list(supplied))
    partners = (gives | takes).sum(axis=1) > 1
    meets = partners & gives.any(axis=1) & takes.any(axis=1)
    useful = common | (meets & ~_dominated(scenario, common))
    result: np.ndarray = (gives | takes) & useful[:, None]
    return result


def _dominated(scenario: xr.Dataset, common: np.ndarray) -> np.ndarray:
    """Pools for which another offers the same to all at no higher price, (pool,).

    Pools of a common connection are not compared: their power comes from elsewhere.
    """
    buildable = scenario["pv_class_limit"].values.max(axis=0, initial=0) > 0
    gives, takes = scenario["pool_gives"].values, scenario["pool_takes"].values
    admits = scenario["pool_admits"].values[:, buildable]
    charge, fixed = scenario["pool_charge"].values, scenario["pool_fixed_cost"].values
    on_grid = scenario["pool_on_grid"].values
    result = np.zeros(len(gives), dtype=bool)
    for p in range(len(gives)):
        for q in range(len(gives)):
            result[p] |= (
                p != q
                and not (result[q] or common[q])
                and on_grid[p] == on_grid[q]
                and fixed[p] >= fixed[q]
                and bool((charge[p] >= charge[q]).all())
                and all(bool((mine[p] <= mine[q]).all()) for mine in (gives, takes, admits))
            )
    return result


def _common_connections(scenario: xr.Dataset) -> list[str]:
    names = scenario["connection"].values[scenario["supply_pool"].values != ""]
    return [str(name) for name in names]


def _menu(scenario: xr.Dataset, connection: str) -> tuple[str | None, ...]:
    open_ = scenario["tariff_open"].sel(connection=connection).values > 0
    return tuple(str(t) for t in scenario["tariff"].values[open_])


def _texts(values: np.ndarray | list[str]) -> tuple[str, ...]:
    return tuple(str(v) for v in values)
