"""The bounds closing on the best design."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import xarray as xr

from parkwerk.report.bounds_picture import SHOWN
from parkwerk.report.plots.style import drawing, line, nothing
from parkwerk.report.plots.words import words_of
from parkwerk.report.proof import bounds_log, relative_gap


def convergence(solution: xr.Dataset, lang: str = "en") -> go.Figure:
    """Cost of the best design found, and what no design can cost less than, over time [EUR/a, s].

    The lower bound is shown from where it is near. Without a proof there is the upper bound only,
    and the title says so.

    Raises
    ------
    InputError
        For an unknown language.
    """
    words = words_of(lang)
    log = bounds_log(solution)
    if not len(log):
        return nothing(words, words("bounds title"), words("no bounds"))
    upper, lower = log["upper_bound"], log["bound_below"].replace(-np.inf, np.nan)
    near = lower.where(upper - lower <= SHOWN * upper.abs())
    gap = relative_gap(float(upper.iloc[-1]), float(log["bound_below"].iloc[-1]))
    proven = words("bounds gap", gap=words.percent(gap, 2)) if np.isfinite(gap) else words("no gap")
    traces = [
        go.Scatter(
            x=log["elapsed"].to_numpy(),
            y=bound.to_numpy(),
            name=words(name, cost=words.number(float(bound.iloc[-1]))),
            hovertemplate="%{x:,.1f} s: %{y:,.0f} EUR/a<extra></extra>",
            **line(number, shape="hv"),
        )
        for number, (name, bound) in enumerate((("bound above", upper), ("bound below", near)))
        if bound.notna().any()
    ]
    return drawing(
        traces,
        words,
        f"{words('bounds title')} – {proven}",
        height=440,
        xaxis={"title": words.quantity(solution["elapsed"]), "rangemode": "tozero"},
        yaxis={"title": words("park cost"), "tickformat": ",.0f"},
        legend={"orientation": "h", "y": -0.2},
        showlegend=True,
    )
