"""Which inputs matter: one at a time, and all together."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import xarray as xr
from plotly.subplots import make_subplots

from parkwerk.report.plots.style import drawing, fill, line, styled
from parkwerk.report.plots.words import words_of

#: Inputs at most: those that matter least are left out, and the title says so.
MOST_INPUTS = 20


def tornado(sensitivity: xr.Dataset, lang: str = "en") -> go.Figure:
    """Total cost less that of the base [EUR/a] at a low and a high value of each input.

    The input with the widest bar is on top; each bar says its value.

    Raises
    ------
    InputError
        For an unknown language.
    """
    words = words_of(lang)
    base = float(sensitivity.attrs["total_cost"])
    change = sensitivity["total_cost"] - base
    ordered = _ranked(sensitivity, abs(change).max("side"))
    inputs = [words.of(name) for name in ordered["input"].values]
    bars = []
    for number, side in enumerate(("low", "high")):
        here = ordered.sel(side=side)
        values = np.asarray(here["value"].values, dtype=float)
        bars.append(
            go.Bar(
                x=here["total_cost"].values - base,
                y=inputs,
                orientation="h",
                name=words(f"side {side}"),
                marker=fill(number),
                text=[words.short(value) for value in values],
                textposition="outside",
                cliponaxis=False,
                hovertemplate="%{x:+,.0f} EUR/a<extra></extra>",
            )
        )
    axis = words("tornado axis", base=words.number(base))
    return drawing(
        bars,
        words,
        words("tornado title", shown=len(inputs), all=sensitivity.sizes["input"]),
        barmode="group",
        height=170 + 42 * len(inputs),
        xaxis={"title": f"{axis} [{_units(sensitivity['total_cost'])}]", "tickformat": "+,.0f"},
        yaxis={"title": words("input")},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 1, "xanchor": "right"},
    )


def effects(sensitivity: xr.Dataset, lang: str = "en") -> go.Figure:
    """Elementary effects by Morris: mean of their size, with its confidence, and their spread.

    ``mu_star`` says how much an input matters, ``sigma`` how much that depends on the others
    (Campolongo et al. 2007).

    Raises
    ------
    InputError
        For an unknown language.
    """
    words = words_of(lang)
    ordered = _ranked(sensitivity, sensitivity["mu_star"])
    inputs = [words.of(name) for name in ordered["input"].values]
    mean, spread = (np.asarray(ordered[n].values, float) for n in ("mu_star", "sigma"))
    titles = (words("effects mean"), words("effects spread"))
    figure = make_subplots(1, 2, subplot_titles=titles, horizontal_spacing=0.14)
    error = {"type": "data", "array": ordered["mu_star_conf"].values, "color": "black"}
    hover = "%{x:,.0f} EUR/a<extra></extra>"
    look: dict[str, Any] = {"orientation": "h", "marker": fill(1), "hovertemplate": hover}
    figure.add_trace(go.Bar(x=mean, y=inputs, error_x=error, **look), row=1, col=1)
    dots = line(0) | {"mode": "markers+text", "text": inputs, "textposition": "top center"}
    figure.add_trace(go.Scatter(x=mean, y=spread, cliponaxis=False, **dots), row=1, col=2)
    most = 1.3 * float(mean.max(initial=0.0))
    units = _units(sensitivity["mu_star"])
    figure.update_xaxes(title=f"{words('mu_star')} [{units}]", tickformat=",.0f")
    figure.update_xaxes(range=[0, most or 1.0], col=2)
    figure.update_yaxes(title=words("input"), col=1)
    figure.update_yaxes(
        title=f"{words('sigma')} [{units}]", tickformat=",.0f", rangemode="tozero", col=2
    )
    title = words("effects title", shown=len(inputs), all=sensitivity.sizes["input"])
    return styled(figure, words, title, height=170 + 30 * max(len(inputs), 8), showlegend=False)


def _ranked(sensitivity: xr.Dataset, weight: xr.DataArray) -> xr.Dataset:
    """The inputs that matter most; the first is the last, because bars are drawn upwards."""
    order = np.argsort(-np.nan_to_num(weight.values), kind="stable")[:MOST_INPUTS]
    return sensitivity.isel(input=order[::-1])


def _units(array: xr.DataArray) -> str:
    return str(array.attrs.get("units", "EUR/a"))
