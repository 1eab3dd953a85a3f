"""What a scenario says, as one hash: where it is the same, a search would find the same."""

from __future__ import annotations

import hashlib

import numpy as np
import xarray as xr

from parkwerk.coalition import isolate

#: Attributes that explain and change nothing.
WORDS = ("title", "note", "sources", "regime_title")
#: Attributes that only say how a scenario is called.
NAMES = ("scenario", "axes")


def content(scenario: xr.Dataset) -> str:
    """SHA-256 of all numbers and labels, and of the attributes that are no explanation.

    Units, long names and sources of variables are left out: a better source is no other scenario.
    """
    digest = hashlib.sha256()
    for name, value in sorted(scenario.attrs.items()):
        if name not in WORDS:
            digest.update(f"{name}={value!r}\n".encode())
    for name in sorted(map(str, scenario.variables)):
        variable = scenario.variables[name]
        if not variable.size:
            continue
        digest.update(f"{name}{variable.dims}{variable.shape}{variable.dtype.kind}\n".encode())
        values = variable.values
        if values.dtype.kind in "OTU":
            digest.update("\0".join(map(str, values.ravel())).encode())
        else:
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def question(scenario: xr.Dataset) -> str:
    """The same without the scenario's own name: two of one question have one answer."""
    return content(scenario.assign_attrs(dict.fromkeys(NAMES, "")))


def alone_content(scenario: xr.Dataset) -> str:
    """The same of what companies can do for themselves: it is equal for many regimes."""
    return content(isolate(scenario).drop_attrs(deep=False))
