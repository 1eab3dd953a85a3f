"""What the concept is worth to each: net present values, interest, payback, the EnEfG's test."""

from __future__ import annotations

import numpy as np
import xarray as xr
from rich.table import Table

from parkwerk.assess.links import SHARED
from parkwerk.report.summary import PARK
from parkwerk.report.table import add_note, add_row, plain_table
from parkwerk.report.wording import number, percent

#: The price scenario whose side figures are shown.
BASE = 0
NOTE = (
    "Together against today, before payments between companies, over the horizon. Rate, payback "
    "and the test of EnEfG §9 are of the first price scenario; the test asks for a positive value "
    "within half of the life, at most 15 years."
)


def finance_table(verdict: xr.Dataset) -> Table:
    """Net present value by price scenario, rate of return, payback and test, by party."""
    together = verdict.sel(case="together")
    prices = [str(name) for name in together["price_scenario"].values]
    headings = ["", *(f"NPV [EUR]\n{name}" for name in prices), "rate of\nreturn", "pays\nback in"]
    table = plain_table("What it is worth", [*headings, "EnEfG §9\neconomic"])
    for party in map(str, together["party"].values):
        own = together.sel(party=party)
        if party != SHARED or np.abs(own["npv"].values).max() > 1.0:
            add_row(table, party, _cells(own, ""))
    add_row(table, PARK, _cells(together, "park_"))
    add_note(table, NOTE)
    return table


def _cells(own: xr.Dataset, prefix: str) -> list[str]:
    values = own[f"{prefix}npv"].values
    base = own.isel(price_scenario=BASE)
    rate = float(base[f"{prefix}internal_rate_of_return"])
    years = number(float(base[f"{prefix}payback"]), 0)
    value = float(base[f"{prefix}enefg_npv"])
    tested = "-" if not np.isfinite(value) else ("yes" if value > 0 else "no")
    back = "-" if years == "-" else f"{years} a"
    return [*map(number, values), percent(rate, 1), back, tested]
