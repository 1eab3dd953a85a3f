"""A quantity of the verdict: an array that says its unit and what it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import xarray as xr

Quantities = dict[str, xr.DataArray]

#: A theme of the verdict: from the scenario and the solution by case to named quantities.
Theme = Callable[[xr.Dataset, xr.Dataset], Quantities]


def quantity(array: xr.DataArray, units: str, long_name: str) -> xr.DataArray:
    """The array with these attributes and the case first; labels that are no dimension are left."""
    loose = [name for name in array.coords if name not in array.dims]
    named = array.drop_vars(loose).drop_attrs().transpose("case", ..., missing_dims="ignore")
    return named.assign_attrs(units=units, long_name=long_name)


def ratio(part: xr.DataArray, whole: xr.DataArray) -> xr.DataArray:
    """``part / whole``; not a number where the whole is zero."""
    return part / whole.where(np.abs(whole) > 1e-9)


def values(array: xr.DataArray, *dims: str) -> npt.NDArray[np.float64]:
    """Numbers with the dimensions in this order."""
    return np.asarray(array.transpose(*dims).values, dtype=np.float64)


def owned(scenario: xr.Dataset) -> xr.DataArray:
    """1 where the roof belongs to the company, (roof, company)."""
    owner = scenario["roof_company"].values[:, None] == scenario["company"].values[None, :]
    coords = {name: scenario[name].values for name in ("roof", "company")}
    return xr.DataArray(owner.astype(float), coords=coords, dims=("roof", "company"))
