"""What the law asks of the year's reading before an entry of the menu may be paid, in a program.

The pair of charges under and over 2,500 hours needs no condition: its lines meet there, so the
cheaper one is the right one. Atypical use and band load are cheaper than all others, and without
their conditions a program would always pay them.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.formulation.template import find
from parkwerk.solve.copies import Copy
from parkwerk.solve.program import INFINITY, Program
from parkwerk.solve.stamp import Floats

#: Options whose entries no condition guards, or whose cheapest entry is the right one.
UNCONDITIONAL = ("yearly", "monthly", "ordered", "internal")


def is_conditional(scenario: xr.Dataset, tariff: str | None) -> bool:
    """Whether an entry is cheaper than the others and tied to conditions for that."""
    if tariff is None or "tariff_condition" not in scenario or "tariff_option" not in scenario:
        return False
    at = scenario.variables["tariff"].values.tolist().index(tariff)
    return str(scenario.variables["tariff_option"].values[at]) not in UNCONDITIONAL


def add_conditions(
    program: Program, scenario: xr.Dataset, copy: Copy, weights: list[Floats]
) -> None:
    """``Σ_r tariff_condition[n,r]·reading[r] ≥ 0``, one row for each condition n of a copy's entry.

    The reading is (1, peak, window peak, energy), the energy that of all weighted periods:
    ``Σ_periods weight·Σ_t withdrawal[t]·Δt``. The peak may stand above the largest withdrawal here,
    so the rows are a relaxation of the law.
    """
    if not is_conditional(scenario, copy.tariff):
        return
    menu = scenario["tariff_condition"].sel(connection=str(copy.actor.labels["connection"]))
    terms = menu.sel(tariff=copy.tariff).transpose("condition", "reading").values
    terms = terms[(terms != 0).any(axis=1)]
    hours = float(scenario.attrs["step_hours"])
    n = len(terms)
    one, peak, window_peak, energy = -terms.T
    upper = np.zeros(n) if copy.choice is not None else -one
    labels = ["condition of the tariff"] * n
    row = program.add_rows(np.full(n, -INFINITY), upper, copy.actor.name, labels) + np.arange(n)
    if copy.choice is not None:
        program.add_entries(row, np.full(n, copy.choice), one)
    template = copy.stamps[0].template
    for name, coefficient in (("peak", peak), ("window_peak", window_peak)):
        if block := find(template.design, name):
            program.add_entries(row, np.full(n, copy.design.start + block.start), coefficient)
    for stamp, first, weight in zip(copy.stamps, copy.operation, weights, strict=True):
        block = find(stamp.template.operation, "withdrawal")
        assert block is not None, "what pays a tariff withdraws"
        start = first + block.start + stamp.template.n_operation * np.arange(len(weight))
        columns = (start[:, None] + np.arange(stamp.periods.steps)).ravel()
        per_step = np.repeat(weight * hours, stamp.periods.steps)
        shape = (n, len(columns))
        program.add_entries(
            np.broadcast_to(row[:, None], shape),
            np.broadcast_to(columns, shape),
            energy[:, None] * per_step,
        )
