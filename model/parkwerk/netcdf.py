"""Scenarios and solutions as NetCDF files, read back as they were written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from parkwerk.errors import InputError


def save(dataset: xr.Dataset, path: str | Path) -> Path:
    """Write a Dataset as NetCDF 4: zlib level 1 with shuffle, one chunk per series.

    An interrupted run leaves no half-written file behind.

    Raises
    ------
    InputError
        When the folder cannot be written to.
    """
    path = Path(path)
    draft = path.with_name(path.name + ".part")
    encoding = {str(name): _encoding(array) for name, array in dataset.variables.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset.to_netcdf(draft, engine="h5netcdf", encoding=encoding)
        draft.replace(path)
    except OSError as error:
        raise InputError(f"{path}: expected a folder that can be written to ({error})") from error
    return path


def load(path: str | Path) -> xr.Dataset:
    """Read a Dataset that :func:`save` wrote.

    Raises
    ------
    InputError
        For a missing file and for one that is no NetCDF 4 file.
    """
    path = Path(path)
    try:
        dataset = xr.load_dataset(path, engine="h5netcdf")
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: expected a NetCDF file of parkwerk ({error})") from error
    for name, array in dataset.variables.items():
        array.encoding.clear()
        if array.dtype.kind in "OT":
            text = xr.Variable(array.dims, array.values.astype(str), array.attrs)
            dataset = (
                dataset.assign_coords({name: text})
                if name in dataset.coords
                else (dataset.assign({name: text}))
            )
    return dataset


def _encoding(array: xr.Variable) -> dict[str, Any]:
    """Compression of a variable; text, single numbers and empty arrays are stored as they are."""
    if array.dtype.kind == "M":
        return {"units": "minutes since 1970-01-01", "dtype": "int64"}
    if array.dtype.kind not in "fiub" or not array.size or not array.dims:
        return {}
    series = array.dims[-1] == "time"
    chunk = [1] * (array.ndim - 1) + [array.shape[-1]] if series else list(array.shape)
    return {
        "zlib": True,
        "complevel": 1,
        "shuffle": True,
        "chunksizes": tuple(np.array(chunk).tolist()),
    }
