"""Parts of a park: some of its companies, or each for itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr


def restrict(scenario: xr.Dataset, members: Sequence[str]) -> xr.Dataset:
    """The scenario of some companies: their roofs, connections, sources, and pipes between them.

    Pipes may pass junctions; a pipe that begins or ends at another company is not theirs.
    """
    names = list(members)
    companies = set(scenario["company"].values)
    outside = list(companies - set(names))
    ends = np.isin(scenario["pipe_from"], outside) | np.isin(scenario["pipe_to"], outside)
    own = {
        "company": np.isin(scenario["company"], names),
        "connection": ~np.isin(scenario["connection"], outside),
        "roof": np.isin(scenario["roof_company"], names),
        "heat_source": np.isin(scenario["heat_source"], names),
        "pipe": ~ends,
    }
    return scenario.isel({dim: np.flatnonzero(mask) for dim, mask in own.items()})


def isolate(scenario: xr.Dataset) -> xr.Dataset:
    """The scenario without any exchange: no pool, and no pipe but to a company's own waste heat.

    Members of a common connection have their own again, as large as ``connection_limit_alone``.
    """
    own = scenario["pipe_from"].values == scenario["pipe_to"].values
    meters = np.isin(scenario["connection"], scenario["company"])
    apart = scenario.isel(pool=[], pipe=np.flatnonzero(own), connection=np.flatnonzero(meters))
    none = ("connection", np.full(apart.sizes["connection"], "", dtype=str))
    apart = apart.assign_coords(green_pool=none, supply_pool=none)
    if "connection_limit_alone" in apart:
        units = apart["connection_limit"].attrs
        apart["connection_limit"] = apart["connection_limit_alone"].assign_attrs(units)
    return apart
