"""Who pays how much a year and for what: today, alone and together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import xarray as xr

from parkwerk.assess.cost import GROUPS, OTHER
from parkwerk.assess.quantity import values
from parkwerk.report.picture import CASES
from parkwerk.report.plots.style import drawing, fill
from parkwerk.report.plots.words import words_of

#: Parties at most; those that pay least are summed up.
MOST_PARTIES = 10
#: A cost below this is nothing [EUR/a].
NOTHING = 0.5


def costs(verdict: xr.Dataset, lang: str = "en") -> go.Figure:
    """Yearly cost of each party by groups of kinds, stacked, in each case; revenue below zero.

    Costs are before payments between companies; above each bar stands its sum.

    Raises
    ------
    InputError
        For an unknown language.
    """
    words = words_of(lang)
    table = cost_table(verdict)
    parties = {
        str(party): words("others", count="").strip() if party == OTHER else words.of(party)
        for party in table.index.get_level_values("party").unique()
    }
    x = [
        [parties[str(party)] for party, _ in table.index],
        [words.of(case) for _, case in table.index],
    ]
    bars = [
        go.Bar(
            x=x,
            y=table[group].to_numpy(),
            name=words.of(group),
            marker=fill(number),
            hovertemplate="%{y:,.0f} EUR/a",
        )
        for number, group in enumerate(table.columns)
    ]
    sums = table.sum(axis=1)
    top = table.clip(lower=0).sum(axis=1)
    totals = go.Scatter(
        x=x,
        y=top.to_numpy(),
        mode="text",
        text=[words.number(total) for total in sums],
        textposition="top center",
        textfont={"size": 10},
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
    )
    return drawing(
        [*bars, totals],
        words,
        words("costs title"),
        barmode="relative",
        height=560,
        bargap=0.25,
        yaxis={"title": words.quantity(verdict["yearly_cost"]), "tickformat": ",.0f"},
        xaxis={"title": words("costs parties"), "tickfont": {"size": 10}},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        margin={"t": 110},
    )


def cost_table(verdict: xr.Dataset) -> pd.DataFrame:
    """Yearly cost [EUR/a], (party, case) by group; groups and parties without cost are left out."""
    cost = values(verdict["cost"].sel(case=list(CASES)), "party", "case", "cost_kind")
    group = verdict["cost_group"].values.astype(str)
    parties = verdict["party"].values.astype(str)
    rows = pd.MultiIndex.from_product([parties, CASES], names=["party", "case"])
    sums = {g: cost[:, :, group == g].sum(axis=2).ravel() for g in (*GROUPS, OTHER)}
    table = pd.DataFrame(sums, index=rows)
    table = table.loc[:, (table.abs() > NOTHING).any()]
    used = table.abs().sum(axis=1).groupby(level="party").max().reindex(parties)
    kept = used[used > NOTHING].sort_values(ascending=False, kind="stable").index
    if len(kept) > MOST_PARTIES:
        kept = kept[: MOST_PARTIES - 1]
    names = [str(p) if p in kept else OTHER for p in rows.get_level_values("party")]
    order = [p for p in parties if p in kept]
    if (used[~used.index.isin(kept)] > NOTHING).any():
        order.append(OTHER)
    table.index = pd.MultiIndex.from_arrays([names, np.tile(CASES, len(parties))], names=rows.names)
    table = table.groupby(level=["party", "case"], sort=False).sum()
    return table.loc[[(party, case) for party in order for case in CASES]]
