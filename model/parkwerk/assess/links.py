"""Which part of a heat source serves its owner, and which part the others.

A pipe from a company to itself is its own use of its waste heat, and its bill bears it. All other
pipes, and the heat recovery in proportion to the heat that enters them, are *shared links*: they
stand beside the companies' bills until somebody decides who pays for them.
"""

from __future__ import annotations

import xarray as xr

from parkwerk.assess.quantity import ratio

#: The party that bears what serves more than the owner of a heat source.
SHARED = "shared links"


def own_pipes(scenario: xr.Dataset) -> xr.DataArray:
    """1 where the pipe leads from the heat source to itself, (heat_source, pipe)."""
    sources = scenario["heat_source"].values[:, None]
    own = (scenario["pipe_from"].values[None, :] == sources) & (
        scenario["pipe_to"].values[None, :] == sources
    )
    coords = {name: scenario[name].values for name in ("heat_source", "pipe")}
    return xr.DataArray(own.astype(float), coords=coords, dims=("heat_source", "pipe"))


def own_share(scenario: xr.Dataset, per_pipe: xr.DataArray, whole: xr.DataArray) -> xr.DataArray:
    """Share of a sum over pipes that is in the owner's own, (case, heat_source).

    ``Σ_{p own} per_pipe[p] / whole``; 1 where there is nothing to share out.
    """
    own = (per_pipe * own_pipes(scenario)).sum("pipe")
    return ratio(own, whole).fillna(1.0)


def own_heat_share(scenario: xr.Dataset, cases: xr.Dataset) -> xr.DataArray:
    """Share of the recovered heat that enters the owner's own pipe, (case, heat_source)."""
    return own_share(scenario, cases["yearly_pipe_flow"], cases["yearly_recovered"])


def pipe_cost(scenario: xr.Dataset, cases: xr.Dataset, money: str) -> xr.DataArray:
    """Cost [EUR/a] or investment [EUR] of each source's pipes, (case, heat_source, pipe).

    ``pipe_fixed_<money>·pipe_built + pipe_capacity_<money>·pipe_capacity``
    """
    fixed = scenario[f"pipe_fixed_{money}"] * cases["pipe_built"]
    return fixed + scenario[f"pipe_capacity_{money}"] * cases["pipe_capacity"]


def parties(cases: xr.Dataset) -> list[str]:
    """Who bears costs: the companies, the shared links, and common connections."""
    companies = [str(name) for name in cases["company"].values]
    known = {*companies, *owners(cases), *(f"key of {pool}" for pool in cases["pool"].values)}
    others = [str(a) for a in cases["actor"].values if str(a) not in known]
    return [*companies, SHARED, *others]


def owners(cases: xr.Dataset) -> dict[str, str]:
    """The company behind each actor ``heat of <company>``."""
    return {f"heat of {source}": str(source) for source in cases["heat_source"].values}
