"""Tables of every quantity of a scenario and of a solution, from `quantities.py`."""

from __future__ import annotations

from generators.text import code, page, table
from parkwerk.quantities import DIMENSIONS, LABELS, SCENARIO, SOLUTION, Quantity


def scenario() -> str:
    """Everything that a scenario holds."""
    labels = [[code(name), dim, what] for name, (dim, what) in LABELS.items()]
    dimensions = [[code(name), what] for name, what in DIMENSIONS.items()]
    return page(
        "# Quantities of a scenario",
        "A scenario is an `xarray.Dataset`, stored as `scenario.nc`. It holds all that the "
        "optimisation is given, and nothing else. Power is in kW, energy in kWh, money in EUR net "
        "of VAT; a value of a time series is the mean over the step that begins at its time "
        "stamp, in Central European Time (UTC+1) all year. *Optional* quantities may be absent; "
        "then the rule that reads them does not apply.",
        _quantities(SCENARIO, optional=True),
        "## Labels",
        "Which parts belong together.",
        table(["name", "by", "meaning"], labels),
        "## Dimensions",
        table(["name", "counts"], dimensions),
    )


def solution() -> str:
    """Everything that a solution may hold."""
    return page(
        "# Quantities of a solution",
        "A solution is an `xarray.Dataset`, stored as `solution.nc`: sizes, flows, prices and "
        "costs. A quantity that no actor of the park has is left out. Where designs are compared, "
        "`case` (today, alone, together) is a further dimension. Its attributes hold `total_cost` "
        "and `lower_bound` [EUR/a] and `gap` [1].",
        _quantities(SOLUTION, optional=False),
    )


def _quantities(quantities: dict[str, Quantity], optional: bool) -> str:
    header = ["name", "by", "unit", "meaning", *(["optional"] if optional else [])]
    rows = [
        [
            code(name),
            ", ".join(quantity.dims) or "–",
            quantity.units or "–",
            quantity.long_name,
            *(["yes" if quantity.optional else ""] if optional else []),
        ]
        for name, quantity in quantities.items()
    ]
    return table(header, rows)
