"""Candidate and built links of the park: heat pipes and direct lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from parkwerk.assess.quantity import values

KWH_PER_MWH = 1000.0
#: A binary above this says yes.
YES = 0.5


@dataclass(frozen=True)
class Link:
    """A link between two companies or junctions.

    Attributes
    ----------
    kind
        ``pipe`` or ``line``.
    size
        Of a pipe its capacity [kW], of a line what passes it [MWh/a]; 0 where it is not built.
    """

    kind: str
    start: str
    end: str
    built: bool
    size: float


def links(scenario: xr.Dataset, solution: xr.Dataset | None = None) -> list[Link]:
    """All links that may be built; without a solution none of them is."""
    together = None if solution is None else solution.sel(case="together")
    return _pipes(scenario, together) + _lines(scenario, together)


def _pipes(scenario: xr.Dataset, together: xr.Dataset | None) -> list[Link]:
    """Pipes by their ends; the pipes of several sources along one way are one."""
    built = size = np.zeros(scenario.sizes["pipe"])
    if together is not None and "pipe_built" in together:
        here = together.sel(pipe=scenario["pipe"])
        built = values(here["pipe_built"].sum("heat_source"), "pipe")
        size = values(here["pipe_capacity"].sum("heat_source"), "pipe")
    starts, ends = (scenario[f"pipe_{end}"].values.astype(str) for end in ("from", "to"))
    return [
        Link("pipe", str(start), str(end), bool(done > YES), float(kw))
        for start, end, done, kw in zip(starts, ends, built, size, strict=True)
    ]


def _lines(scenario: xr.Dataset, together: xr.Dataset | None) -> list[Link]:
    """Pools of which a company can have one only: direct lines, from giver to taker."""
    if "pool_exclusive" not in scenario:
        return []
    found = []
    for pool in scenario["pool"].values[scenario["pool_exclusive"].values > 0]:
        gives, takes = (
            scenario["company"].values[scenario[name].sel(pool=pool).values > 0]
            for name in ("pool_gives", "pool_takes")
        )
        if len(gives) != 1 or len(takes) != 1:
            continue  # nobody may give, or nobody may take
        passed = 0.0
        joined = False
        if together is not None:
            passed = float(together["yearly_share_in"].sel(pool=pool).sum()) / KWH_PER_MWH
            members = together["joined"].sel(pool=pool, company=[gives[0], takes[0]])
            joined = bool((members > YES).all())
        found.append(Link("line", str(gives[0]), str(takes[0]), joined, passed))
    return found
