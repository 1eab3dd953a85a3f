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

from parkwerk.errors import FormulationError
from parkwerk.formulation.actor import Model, Shape
from parkwerk.formulation.allocation_key import build_allocation_key
from parkwerk.formulation.common_connection import build_common_connection
from parkwerk.formulation.extension import parts_of
from parkwerk.formulation.limits import NOBODY, route
from parkwerk.formulation.partners import Partners, partners
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
    try:
        return compile_template(BUILDERS[shape.kind](shape))
    except RecursionError:
        # Pyomo nests a sum of parameters; a flat one (`quicksum`) can be as long as it likes.
        raise FormulationError(
            f"period: {shape.period_steps} steps in one operating period are more than can be "
            "compiled, expected shorter ones: `period: day` or `week`"
        ) from None


def actors(scenario: xr.Dataset, period_steps: int) -> list[Actor]:
    """All actors of a scenario, for operating periods of ``period_steps`` steps."""
    hours = float(scenario.attrs["step_hours"])
    met = partners(scenario)
    return [
        *(_site(scenario, str(c), met, period_steps, hours) for c in scenario["company"].values),
        *(_heat_source(scenario, s, met, period_steps, hours) for s in met.sinks),
        *(_common(scenario, c, period_steps, hours) for c in _common_connections(scenario)),
        *(_key(scenario, p, met, period_steps, hours) for p in met.keyed_pools),
    ]


def _site(
    scenario: xr.Dataset, company: str, met: Partners, period_steps: int, hours: float
) -> Actor:
    at = list(scenario["company"].values).index(company)
    roofs = scenario["roof"].values[scenario["roof_company"].values == company]
    own = np.flatnonzero(met.takes_part[:, at])
    pools = scenario["pool"].values[own]
    heat = bool(scenario["heat_demand"].values[at].max() > 0)
    sources = [s for s, companies in met.sinks.items() if company in companies]
    buildable = scenario["pv_class_limit"].values[at] > 0
    classes = scenario["pv_class"].values[buildable]
    rules = list(dict.fromkeys(scenario["pv_class_rule"].values[buildable]))
    keyed = [p for p, pool in enumerate(pools) if pool in met.keyed_pools]
    labels: dict[str, tuple[str, ...]] = {
        "roof": _texts(roofs),
        "pv_class": _texts(classes),
        "feed_in_rule": _texts(rules),
        "pool": _texts(pools),
        "giver": _with_right(company, scenario["pool_gives"].values[own, at]),
        "taker": _with_right(company, scenario["pool_takes"].values[own, at]),
        "keyed_pool": _texts(pools[keyed]),
        "heat_source": tuple(sources),
        "month": _months(scenario, company),
    }
    behind = str(scenario["behind"].values[at])
    features = {
        *(["heat"] if heat else []),
        *(["behind"] if behind else []),
        *_menu_features(scenario, company),
        *_pool_features(scenario, own),
        *(["cap"] if "feed_in_cap" in scenario else []),
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
        parts=parts_of(scenario, heat),
    )
    exchanges = [pool_exchange(p) for p in labels["pool"]]
    exchanges += [heat_exchange(s, company) for s in labels["heat_source"]]
    exchanges += common_exchanges(behind) if behind else ()
    for pool in labels["keyed_pool"]:
        exchanges += [offer_exchange(pool), allotment_exchange(pool, company)]
    place = {"company": company, "connection": company}
    return Actor(company, shape, {**labels, **place}, tuple(exchanges), _menu(scenario, company))


def _with_right(company: str, rights: np.ndarray) -> tuple[str, ...]:
    """For each pool of a company the company itself, or nobody where it has no right."""
    return tuple(company if right > 0 else NOBODY for right in rights)


def _pool_features(scenario: xr.Dataset, pools: np.ndarray) -> set[str]:
    """Rules that the site's pools call for (see :class:`Shape`)."""
    found = set()
    if (scenario["pool_on_grid"].values[pools] == 0).any():
        found.add("gate")
    if "pool_exclusive" in scenario and scenario["pool_exclusive"].values[pools].sum() > 1:
        found.add("lines")
    if "pool_rebate" in scenario and scenario["pool_rebate"].isel(pool=pools).values.any():
        found.add("rebate")
    return found


def _menu_features(scenario: xr.Dataset, connection: str) -> set[str]:
    """Rules that the connection's menu calls for (see :class:`Shape`)."""
    charges = {"windows": ("window_charge",), "order": ("order_charge", "above_order_charge")}
    return {feature for feature, names in charges.items() if _charged(scenario, connection, *names)}


def _months(scenario: xr.Dataset, connection: str) -> tuple[str, ...]:
    """Months whose peaks an open entry charges; none for most connections."""
    charged = _charged(scenario, connection, "monthly_charge")
    return _texts(scenario["month"].values) if charged else ()


def _charged(scenario: xr.Dataset, connection: str, *names: str) -> bool:
    """Whether an open entry of a connection's menu has one of these charges."""
    is_open = scenario["tariff_open"].sel(connection=connection).values > 0
    charges = [scenario[name].sel(connection=connection) for name in names if name in scenario]
    return any(bool(charge.values[is_open].any()) for charge in charges)


def _sizes(labels: dict[str, tuple[str, ...]]) -> tuple[tuple[str, int], ...]:
    return tuple((dim, len(values)) for dim, values in labels.items())


def _heat_source(
    scenario: xr.Dataset, source: str, met: Partners, period_steps: int, hours: float
) -> Actor:
    companies, pipes = met.sinks[source], met.pipes[source]
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
        sizes=(("pipe", len(pipes)), ("route", len(pipes))),
        arcs=arcs,
        sinks=tuple(number[c] for c in companies),
    )
    names = _texts(scenario["pipe"].values[pipes])
    labels: dict[str, str | tuple[str, ...]] = {
        "heat_source": source,
        "pipe": names,
        "route": tuple(route(source, name) for name in names),
    }
    exchanges = tuple(heat_exchange(source, c) for c in companies)
    return Actor(f"heat of {source}", shape, labels, exchanges)


def _common(scenario: xr.Dataset, connection: str, period_steps: int, hours: float) -> Actor:
    labels = {"month": _months(scenario, connection)}
    features = _menu_features(scenario, connection)
    shape = Shape("common connection", period_steps, hours, _sizes(labels), frozenset(features))
    exchanges = common_exchanges(connection)
    menu = _menu(scenario, connection)
    return Actor(connection, shape, {**labels, "connection": connection}, exchanges, menu)


def _key(scenario: xr.Dataset, pool: str, met: Partners, period_steps: int, hours: float) -> Actor:
    takes_part = met.takes_part[list(scenario["pool"].values).index(pool)]
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


def _common_connections(scenario: xr.Dataset) -> list[str]:
    return [str(name) for name in dict.fromkeys(scenario["behind"].values) if name]


def _menu(scenario: xr.Dataset, connection: str) -> tuple[str | None, ...]:
    open_ = scenario["tariff_open"].sel(connection=connection).values > 0
    return tuple(str(t) for t in scenario["tariff"].values[open_])


def _texts(values: np.ndarray | list[str]) -> tuple[str, ...]:
    return tuple(str(v) for v in values)
