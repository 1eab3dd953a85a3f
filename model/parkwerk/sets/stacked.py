"""Variables of many files as one array that is read from them when it is asked for.

xarray can do so itself only with Dask, which a user need not have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import xarray as xr
from xarray.backends import BackendArray
from xarray.core import indexing

Array = np.ndarray[Any, Any]
#: What a scenario does not have, by the kind of the type: no number, no text, no flag, no time.
FILL: dict[str, Any] = {"f": np.nan, "O": "", "b": False, "M": np.datetime64("NaT", "ns")}


@dataclass(frozen=True)
class Variable:
    """A variable of a file, known without its values."""

    path: Path
    name: str
    dims: tuple[str, ...]
    dtype: np.dtype[Any]
    attrs: Mapping[str, str]

    @classmethod
    def of(cls, path: Path, name: str, variable: Any) -> Variable:
        """From a file that is open."""
        attrs = {
            key: str(variable.attrs[key]) for key in ("units", "long_name") if key in variable.attrs
        }
        dtype = np.dtype(variable.dtype)
        if attrs.get("units", "").startswith("minutes since"):
            dtype = np.dtype("datetime64[ns]")
        elif "dtype" in variable.attrs:
            dtype = np.dtype(str(variable.attrs["dtype"]))
        elif dtype.kind not in "fiub":
            dtype = np.dtype(object)
        return cls(path, name, tuple(variable.dimensions), dtype, attrs)

    def read(self, key: tuple[slice, ...]) -> Array:
        """Some of its values.

        By h5py, for h5netcdf would first read about all other variables of the file.
        """
        with h5py.File(self.path, "r") as file:
            stored = file[self.name]
            text = h5py.check_string_dtype(stored.dtype) is not None
            return self.decoded((stored.asstr() if text else stored)[key])

    def decoded(self, values: Any) -> Array:
        """Values as they were before they were written."""
        array = np.asarray(values)
        if self.dtype.kind == "M":
            return array.astype("datetime64[m]").astype(self.dtype)
        return (
            array.astype(str).astype(object) if self.dtype == object else array.astype(self.dtype)
        )


def stacked(
    parts: Sequence[Variable | None],
    labels: Sequence[Mapping[str, Array]],
    coords: Mapping[str, Array],
    dim: str,
) -> xr.Variable:
    """A variable of several files along a new dimension; files may lack it, or some labels.

    Parameters
    ----------
    parts
        The variable in each file.
    labels
        The labels of each file by dimension.
    coords
        The labels of all.
    """
    known = next(part for part in parts if part is not None)
    places = [
        None if part is None else [_places(own[d], coords[d]) for d in known.dims]
        for part, own in zip(parts, labels, strict=True)
    ]
    gaps = any(p is None or any((place < 0).any() for place in p) for p in places)
    dtype = np.result_type(*(part.dtype for part in parts if part is not None))
    if gaps and dtype.kind in "iu":
        dtype = np.dtype(float)  # there is no whole number that says nothing
    shape = (len(parts), *(len(coords[d]) for d in known.dims))
    lazy = indexing.LazilyIndexedArray(_Stack(parts, places, shape, dtype))
    return xr.Variable((dim, *known.dims), lazy, dict(known.attrs))


def _places(own: Array, all_labels: Array) -> Array:
    """Where each of all labels stands in a file, -1 where it does not."""
    return np.asarray(pd.Index(own).get_indexer(pd.Index(all_labels)))


class _Stack(BackendArray):  # type: ignore[misc,no-untyped-call,unused-ignore]
    """Reads only those files, and of them only the span of labels, that are asked for."""

    def __init__(
        self,
        parts: Sequence[Variable | None],
        places: Sequence[list[Array] | None],
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
    ) -> None:
        self.parts, self.places, self.shape, self.dtype = parts, places, shape, dtype

    def __getitem__(self, key: Any) -> Any:
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.OUTER, self._get
        )

    def _get(self, key: tuple[Any, ...]) -> Array:
        wanted = [np.atleast_1d(np.arange(n)[k]) for n, k in zip(self.shape, key, strict=True)]
        values = np.full([len(w) for w in wanted], FILL.get(self.dtype.kind, 0), self.dtype)
        for row, i in enumerate(wanted[0]):
            part, places = self.parts[i], self.places[i]
            if part is not None and places is not None:
                at = [place[w] for place, w in zip(places, wanted[1:], strict=True)]
                _fill(values, row, part, at)
        # An integer takes its dimension away, as it does with any array.
        gone = tuple(0 if isinstance(k, int | np.integer) else slice(None) for k in key)
        return np.asarray(values[gone])


def _fill(values: Array, row: int, part: Variable, at: list[Array]) -> None:
    """Write what the file has into a row; ``at`` are the places of the labels in the file."""
    have = [np.flatnonzero(place >= 0) for place in at]
    if not all(len(h) for h in have):
        return
    found = [place[h] for place, h in zip(at, have, strict=True)]
    first = [int(f.min()) for f in found]
    span = tuple(slice(a, int(f.max()) + 1) for a, f in zip(first, found, strict=True))
    read = part.read(span)
    if not at:
        values[row] = read
    else:
        values[row][np.ix_(*have)] = read[
            np.ix_(*(f - a for f, a in zip(found, first, strict=True)))
        ]
