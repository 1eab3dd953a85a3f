"""The bounds closing on the best design."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import xarray as xr

from parkwerk.report.bounds_picture import SHOWN
from parkwerk.report.plots.style import drawing, line, nothing
from parkwerk.report.plots.words import words_of
from parkwerk.report.proof import bounds_log, proof_of, relative_gap

#: Axes are not shorter than this [s], and this share of the cost.
LEAST_SECONDS, LEAST_SPREAD = 1.0, 1e-4


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
    # A bound may come from elsewhere than the search, such as from the coalitions of the park.
    lower.iloc[-1] = np.nanmax([lower.iloc[-1], proof_of(solution).lower, -np.inf])
    gap = relative_gap(float(upper.iloc[-1]), float(lower.iloc[-1]))
    near = lower.replace(-np.inf, np.nan).where(upper - lower <= SHOWN * upper.abs())
    proven = words("bounds gap", gap=words.percent(gap, 2)) if np.isfinite(gap) else words("no gap")
    seconds = max(float(log["elapsed"].iloc[-1]), LEAST_SECONDS)
    shown = np.concatenate([upper, near.dropna()])
    spread = max(float(np.ptp(shown)), LEAST_SPREAD * float(np.abs(shown).max()))
    middle = float(shown.max() + shown.min()) / 2
    time = [-0.02 * seconds, 1.03 * seconds]
    limits = [middle - 0.6 * spread, middle + 0.6 * spread]
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
        xaxis={"title": words.quantity(solution["elapsed"]), "range": time},
        yaxis={"title": words("park cost"), "tickformat": ",.0f", "range": limits},
        legend={"orientation": "h", "y": -0.2},
        showlegend=True,
    )
