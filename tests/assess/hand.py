"""A park of two companies and a solution written by hand, in numbers that fit into the head.

c0 has waste heat and two pipes: one to itself, one to its neighbour c1. Both share a pool.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from parkwerk.quantities import SOLUTION
from toy import bare_park

CASES = ["today", "alone", "together"]
ACTORS = ["c0", "c1", "heat of c0"]

LABELS = {
    "heat_source": ["c0"],
    "pipe": ["c0->c0", "c0->c1"],
    "pipe_from": ["c0", "c0"],
    "pipe_to": ["c0", "c1"],
    "pool": ["ppa"],
    "tariff": ["under 2500 h", "over 2500 h"],
}


def hand_park(**changes: Any) -> xr.Dataset:
    """The scenario; all quantities are zero but for those given."""
    labels = LABELS | changes.pop("labels", {})
    return bare_park(companies=2, labels=labels, **({"interest_rate": 0.0} | changes))


def hand_solution(
    scenario: xr.Dataset, costs: dict[str, list[list[float]]] | None = None, **values: Any
) -> xr.Dataset:
    """A solution in the shape that `optimise` gives, zero but for the values.

    Parameters
    ----------
    costs
        Rows by case, columns by actor, for each kind of cost.
    values
        By name; broadcast over (case, ...) without time.
    """
    costs = costs or {"energy": [[0.0] * len(ACTORS)] * len(CASES)}
    solution = xr.Dataset(coords={**scenario.coords, "case": CASES})
    solution.coords["actor"] = ACTORS
    solution.coords["cost_kind"] = list(costs)
    for name, known in SOLUTION.items():
        dims = [dim for dim in known.dims if dim != "time"]
        if known.units not in ("kW", "kWh", "1") or not set(dims) <= set(scenario.sizes):
            continue
        name = f"yearly_{name}" if "time" in known.dims else name
        shape = [len(CASES), *(scenario.sizes[dim] for dim in dims)]
        array = np.broadcast_to(np.asarray(values.pop(name, 0.0), float), shape).copy()
        solution[name] = (("case", *dims), array)
    assert not values, f"unknown: {list(values)}"
    by_kind = np.array([costs[kind] for kind in costs])
    solution["cost"] = (("case", "actor", "cost_kind"), np.moveaxis(by_kind, 0, -1))
    tariffs = np.full((len(CASES), scenario.sizes["connection"]), "over 2500 h")
    solution["chosen_tariff"] = (("case", "connection"), tariffs)
    totals = by_kind.sum(axis=(0, 2))
    solution.attrs = {
        "study": "hand",
        "scenario": "hand",
        "step_hours": 1.0,
        "total_cost": float(totals[2]),
        "cost_alone": float(totals[1]),
        "cost_today": float(totals[0]),
        "lower_bound": np.nan,
        "gap": np.nan,
        "proof": "Nothing is proven.",
        "periods": 1,
    }
    return solution
