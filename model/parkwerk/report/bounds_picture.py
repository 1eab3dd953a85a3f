"""The bounds closing on the best design, for screen and for black-and-white print.

Left the cost of the best design found and what no design can cost less than; right the gap between
the two, on a logarithmic scale.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from parkwerk.report.picture import in_unit, save_figure
from parkwerk.report.proof import bounds_log, relative_gap
from parkwerk.report.wording import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: The lower bound is shown from where it is nearer than this share of the cost.
SHOWN = 0.1
#: A gap smaller than this is drawn as this: a logarithm has no zero.
SMALLEST_GAP = 1e-6


def save_bounds(solution: xr.Dataset, folder: Path, asked: float | None = None) -> list[Path]:
    """Write ``bounds.svg`` and ``bounds.png``; return both paths, none without a log of bounds.

    Parameters
    ----------
    asked
        The gap at which the search was to end.

    Raises
    ------
    InputError
        When the folder cannot be written to.
    """
    log = bounds_log(solution)
    return save_figure(lambda: draw(log, asked), folder, "bounds") if len(log) else []


def draw(log: pd.DataFrame, asked: float | None = None) -> Figure:
    """The picture as a matplotlib figure, drawn without any window."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
    _draw_bounds(left, log)
    _draw_gap(right, log, asked)
    for axes in (left, right):
        axes.set_xlabel("seconds")
        axes.set_xlim(0, 1.02 * max(float(log["elapsed"].max()), 1e-3))
    return figure


def _draw_bounds(axes: Axes, log: pd.DataFrame) -> None:
    """Two lines in steps; a bound holds until the next is found."""
    bounds, unit = in_unit(log[["upper_bound", "bound_below"]].replace(-np.inf, np.nan))
    digits = 1 if unit.startswith("thousand") else 0
    upper, lower = bounds["upper_bound"], bounds["bound_below"]
    near = lower.where(upper - lower <= SHOWN * upper.abs())
    seconds = log["elapsed"]
    look: dict[str, Any] = {
        "drawstyle": "steps-post",
        "color": "black",
        "lw": 1.4,
        "marker": "o",
        "ms": 2.5,
    }
    axes.plot(seconds, upper, label=f"best design found: {number(upper.iloc[-1], digits)}", **look)
    label = f"no design can cost less: {number(lower.iloc[-1], digits)}"
    axes.plot(seconds, near, label=label, **look | {"color": "#6f6f6f", "ls": "--"})
    axes.fill_between(seconds, near, upper, step="post", color="#e8e8e8", lw=0)
    axes.yaxis.set_major_formatter(lambda value, _: number(value, digits))
    axes.set_ylabel(unit)
    axes.set_title("Yearly cost of the park: both bounds")
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)


def _draw_gap(axes: Axes, log: pd.DataFrame, asked: float | None) -> None:
    """The gap in percent of the cost, and the one that was asked for."""
    from matplotlib.ticker import LogLocator

    pairs = zip(log["upper_bound"], log["bound_below"], strict=True)
    gaps = np.array([relative_gap(upper, lower) for upper, lower in pairs])
    drawn = 100 * np.maximum(gaps, SMALLEST_GAP)
    axes.plot(log["elapsed"], drawn, "o-", color="black", drawstyle="steps-post", lw=1.4, ms=2.5)
    if asked is not None:
        axes.axhline(100 * asked, color="black", lw=0.8, ls=":")
        words, at = f"asked: {percent(asked, 2)}", axes.get_yaxis_transform()
        axes.text(0.01, 100 * asked, words, transform=at, va="bottom")
    if np.isfinite(drawn).any():
        axes.set_yscale("log", subs=range(2, 10))
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_formatter(lambda value, _: "")
    axes.set_ylabel("percent of the cost")
    axes.set_title(f"Gap between them: {percent(float(gaps[-1]), 2)}")
