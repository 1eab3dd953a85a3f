"""The bills as a table: who owes what, line by line."""

from __future__ import annotations

import re

import pandas as pd
import xarray as xr


def bill_table(verdict: xr.Dataset) -> pd.DataFrame:
    """``bill`` of the verdict: rows by party, columns by line, named with their unit [EUR/a]."""
    bill = verdict["bill"].transpose("party", "line")
    lines = [re.sub(r"\W+", "_", str(line).lower()) for line in bill["line"].values]
    return pd.DataFrame(
        bill.values.round(6) + 0.0,
        index=pd.Index(bill["party"].values.astype(str), name="party"),
        columns=[f"{line}_eur_per_a" for line in lines],
    )
