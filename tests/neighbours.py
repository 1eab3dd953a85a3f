"""Small tables of companies and lines for the tests of regimes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from parkwerk.regulation.pools import LINE_COLUMNS


def neighbours(*positions: float, **columns: list[Any]) -> pd.DataFrame:
    """Large trading companies a, b, c ... at `positions` x [m], each in a building of its own."""
    ids = [chr(ord("a") + i) for i in range(len(positions))]
    usual: dict[str, Any] = {
        "id": ids,
        "x": list(positions),
        "y": 0.0,
        "sme": False,
        "manufacturing": False,
        "building": [f"hall {name}" for name in ids],
        "balancing_area": "north",
        "legacy_system": "",
        "legacy_since": None,
        "closed_network": "",
        "yearly_kwh": 1000.0,
    }
    return pd.DataFrame({**usual, **columns})


def lines(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    """Candidate lines: from, to, cost of crossing a road [EUR], yearly cost [EUR/a]."""
    return pd.DataFrame(rows, columns=list(LINE_COLUMNS))


def old_system(n: int, day: date = date(2019, 5, 1)) -> dict[str, list[Any]]:
    """Columns that put the first `n` companies ... of 3 in the customer system "yard"."""
    inside = [i < n for i in range(3)]
    return {
        "legacy_system": ["yard" if member else "" for member in inside],
        "legacy_since": [day if member else None for member in inside],
    }
