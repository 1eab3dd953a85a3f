"""Who can meet whom: pools with givers and takers, heat sources with companies in reach.

Worked out once for a scenario and handed on, because a park has many companies, pools and pipes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr


@dataclass(frozen=True)
class Partners:
    """Who takes part in what.

    Attributes
    ----------
    takes_part
        Who takes part in which pool, (pool, company).
    keyed_pools
        Pools in which somebody takes part and a key splits what is offered.
    sinks
        For each source with heat: companies with a heat demand that its pipes can reach, in the
        order of the scenario. Sources without any are left out.
    pipes
        For each of these sources the pipes on a way to one of its companies, by position.
    """

    takes_part: np.ndarray
    keyed_pools: tuple[str, ...]
    sinks: dict[str, list[str]]
    pipes: dict[str, list[int]]


def partners(scenario: xr.Dataset) -> Partners:
    """Who takes part in what, of a scenario with derived limits."""
    takes_part = _takes_part(scenario)
    behind = companies_behind(scenario)
    heated = scenario["heat_demand"].max("time").values > 0
    users = [str(c) for c in scenario["company"].values[heated]]
    sinks: dict[str, list[str]] = {}
    pipes: dict[str, list[int]] = {}
    for s, reached in enumerate(pipes_in_reach(scenario)):
        source = str(scenario["heat_source"].values[s])
        found = {c for p in reached for c in behind[p]}
        companies = [c for c in users if c in found]
        if companies and scenario["waste_heat"].values[s].max() > 0:
            sinks[source] = companies
            pipes[source] = [p for p in reached if set(companies) & set(behind[p])]
    return Partners(takes_part, _keyed_pools(scenario, takes_part), sinks, pipes)


def pipes_in_reach(scenario: xr.Dataset) -> list[list[int]]:
    """For each heat source the pipes that its heat can reach, by position."""
    starts, ends = scenario["pipe_from"].values, scenario["pipe_to"].values
    found = []
    for source in scenario["heat_source"].values:
        reached: set[int] = set()
        nodes = [source]
        while nodes:
            following = set(np.flatnonzero(starts == nodes.pop()).tolist()) - reached
            reached |= following
            nodes += [ends[p] for p in following]
        found.append(sorted(reached))
    return found


def companies_behind(scenario: xr.Dataset) -> list[dict[str, float]]:
    """For each pipe the companies that its heat can reach, and the smallest share that arrives.

    The smallest share over all paths is the safe one: it lets the pipe carry the most.
    """
    companies = set(scenario["company"].values)
    starts, ends = scenario["pipe_from"].values, scenario["pipe_to"].values
    kept = 1 - scenario["pipe_loss"].values

    def follow(p: int, share: float, path: frozenset[int], reached: dict[str, float]) -> None:
        node = ends[p]
        share *= kept[p]
        if node in companies:
            reached[node] = min(share, reached.get(node, share))
        if node == starts[p]:
            return  # use of a source's own heat: pipes to others begin at the source itself
        for following in np.flatnonzero(starts == node):
            if following not in path:
                follow(int(following), share, path | {int(following)}, reached)

    behind: list[dict[str, float]] = [{} for _ in starts]
    for p, reached in enumerate(behind):
        follow(p, 1.0, frozenset({p}), reached)
    return behind


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


def _keyed_pools(scenario: xr.Dataset, takes_part: np.ndarray) -> tuple[str, ...]:
    if "pool_keyed" not in scenario:
        return ()
    keyed = (scenario["pool_keyed"].values > 0) & takes_part.any(axis=1)
    return tuple(str(pool) for pool in scenario["pool"].values[keyed])
