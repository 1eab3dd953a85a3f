"""The functions for notebooks: everything that `parkwerk` offers by name."""

from __future__ import annotations

import parkwerk
from generators.text import fenced, page


def reference() -> str:
    """A directive of mkdocstrings for each public name."""
    public = [name for name in parkwerk.__all__ if not name.startswith("_")]
    homes = [f"{parkwerk._HOME[name]}.{name}" for name in public]
    return page(
        "# Python",
        "Notebooks need these functions and nothing else. Datasets are those of xarray: "
        "[what a scenario holds](../formulation/scenario-quantities.md), "
        "[what a solution holds](../formulation/solution-quantities.md).",
        fenced((parkwerk.__doc__ or "").partition("\n\n")[2].strip()).replace("text", "python", 1),
        *(f"::: {home}" for home in homes),
    )
