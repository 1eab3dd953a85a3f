"""What a further kWh bears beside its energy price, bought and shared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import xarray as xr

from parkwerk.assess.charges import ENERGY, KINDS, SUPPLIER, TAXED, TOTAL
from parkwerk.assess.charges import charges as charges_of
from parkwerk.report.plots.style import drawing, fill, nothing
from parkwerk.report.plots.words import Words, words_of

KWH_PER_MWH = 1000.0


def charges(scenario: xr.Dataset, solution: xr.Dataset, lang: str = "en") -> go.Figure:
    """Charges on a further kWh [ct/kWh]: from the supplier, and shared under each rule.

    What is spared stands left of zero; behind each bar stands its sum. See
    :func:`parkwerk.assess.charges.charges` for what is a mean of what.

    Raises
    ------
    InputError
        For an unknown language.
    """
    words = words_of(lang)
    title = words("charges title")
    if "pool_rule" not in scenario:
        return nothing(words, title, words("no rules"))
    table = charges_of(scenario, solution).iloc[::-1]
    ways = [_way(words, str(way), float(row[ENERGY])) for way, row in table.iterrows()]
    parts = table[list(KINDS.values())].fillna(0.0)
    bars = [
        go.Bar(
            x=parts[column].to_numpy(),
            y=ways,
            orientation="h",
            name=words.of(kind),
            marker=fill(number),
            hovertemplate="%{x:,.2f} ct/kWh",
        )
        for number, (kind, column) in enumerate(KINDS.items())
        if parts[column].abs().max() > 0
    ]
    return drawing(
        [*bars, _sums(words, table[TOTAL], parts, ways)],
        words,
        title,
        barmode="relative",
        height=190 + 46 * len(table),
        xaxis={"title": words("charges axis"), "tickformat": ",.2~f"},
        yaxis={"title": words("charges ways")},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "traceorder": "normal"},
        margin={"t": 120},
    )


def _way(words: Words, way: str, kwh: float) -> str:
    """A way with the energy that passes."""
    name = words.of(SUPPLIER) if way == SUPPLIER else words.of(way.removesuffix(TAXED))
    taxed = f", {words('taxed')}" if way.endswith(TAXED) else ""
    amount = f"{words.number(kwh / KWH_PER_MWH)} MWh/a" if kwh else words("not used")
    return f"{name}{taxed}<br>{amount}"


def _sums(
    words: Words, total: pd.Series[float], parts: pd.DataFrame, ways: list[str]
) -> go.Scatter:
    """The sum of each bar behind its end."""
    sums = np.nan_to_num(total.to_numpy(float))
    return go.Scatter(
        x=parts.clip(lower=0).sum(axis=1).to_numpy(),
        y=ways,
        mode="text",
        text=[f" {words.number(each, 2)}" for each in sums],
        textposition="middle right",
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
    )
