"""What is told of sizes and their limits, as a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from scipy.linalg import block_diag

from parkwerk.solve.program import Floats

#: Names of the results by dimension, with their units; empty: those of the size.
RESULTS = {
    "size": {
        "built": ("", "what is built"),
        "unit_cost": ("EUR/a per unit", "annuity and maintenance of a unit"),
        "brings_next": ("EUR/a per unit", "what one unit more saves in operation"),
        "brings_last": ("EUR/a per unit", "what the last unit saves in operation"),
        "worth": ("EUR/a per unit", "what a unit is worth at the shadow prices of the limits"),
        "net_worth": ("EUR/a per unit", "worth less unit cost and the limits that a unit uses"),
        "room": ("", "how much the size can grow up to its next limit"),
        "next_limit": ("", "rule of the next limit"),
    },
    "limit": {
        "shadow_price": ("EUR/a per unit", "what one unit more of the limit is worth"),
        "limit_value": ("", "the limit"),
    },
    "absent": {
        "break_even": ("1", "share of today's cost below which the asset would be built"),
        "break_even_size": ("", "size with which it then would be built"),
    },
}
#: Labels of the rows of each dimension.
COLUMNS = {
    "size": ("owner", "technology", "quantity", "place", "kind", "units"),
    "limit": ("limit_owner", "limit_rule", "limit_place"),
    "absent": ("absent_owner", "absent_technology", "absent_units"),
}
#: A row of the result: labels and values.
Record = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """Rows of the result, and the use of limits by sizes, (limit, size)."""

    size: list[Record]
    limit: list[Record]
    absent: list[Record]
    use: Floats


def told_dataset(parts: list[Told]) -> xr.Dataset:
    """All parts as one dataset; ``use`` is 0 between sizes and limits of different parts."""
    result = xr.Dataset()
    for dim, known in RESULTS.items():
        records = [record for part in parts for record in getattr(part, dim)]
        for name in COLUMNS[dim]:
            values = np.array([record[name] for record in records], dtype=str)
            result.coords[name] = (dim, values)
        for name, (units, meaning) in known.items():
            kind = str if name == "next_limit" else float
            values = np.array([record[name] for record in records], dtype=kind)
            result[name] = (dim, values, {"units": units, "long_name": meaning})
    shape = (result.sizes["limit"], result.sizes["size"])
    use = block_diag(*(part.use for part in parts)).reshape(shape) if parts else np.zeros(shape)
    meaning = "how much of a limit a unit of the size uses; negative: that it adds"
    result["use"] = (("limit", "size"), use, {"units": "1", "long_name": meaning})
    return result
