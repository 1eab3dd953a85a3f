"""Parts of a park: some of its companies, or each for itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

#: What only a scenario with a common connection has.
COMMON = ("connection_limit_alone", "tariff_open_alone", "connection_cost", "own_meter")


def restrict(scenario: xr.Dataset, members: Sequence[str]) -> xr.Dataset:
    """The scenario of some companies: their roofs, connections, sources, and pipes between them.

    Pipes may pass junctions; a pipe that begins or ends at another company is not theirs.
    """
    names = list(members)
    companies = set(scenario["company"].values)
    outside = list(companies - set(names))
    ends = np.isin(scenario["pipe_from"], outside) | np.isin(scenario["pipe_to"], outside)
    gates = set(scenario["behind"].values[np.isin(scenario["company"], names)]) - {""}
    own = {
        "company": np.isin(scenario["company"], names),
        "connection": np.isin(scenario["connection"], [*names, *gates]),
        "roof": np.isin(scenario["roof_company"], names),
        "heat_source": np.isin(scenario["heat_source"], names),
        "pipe": ~ends,
    }
    return scenario.isel({dim: np.flatnonzero(mask) for dim, mask in own.items()})


def isolate(scenario: xr.Dataset) -> xr.Dataset:
    """The scenario without any exchange: no pool, and no pipe but to a company's own waste heat.

    Members of a common connection have their own again, with what ``..._alone`` says of it.
    """
    own = scenario["pipe_from"].values == scenario["pipe_to"].values
    meters = np.isin(scenario["connection"], scenario["company"])
    apart = scenario.isel(pool=[], pipe=np.flatnonzero(own), connection=np.flatnonzero(meters))
    none = np.full(apart.sizes["company"], "", dtype=str)
    apart = apart.assign_coords(behind=("company", none))
    for name in ("connection_limit", "tariff_open"):
        if f"{name}_alone" in apart:
            attrs = apart[name].attrs
            apart[name] = apart[f"{name}_alone"].assign_attrs(attrs)
    apart = apart.drop_vars(COMMON, errors="ignore")
    return apart.isel(tariff=np.flatnonzero((apart["tariff_open"] > 0).any("connection").values))
