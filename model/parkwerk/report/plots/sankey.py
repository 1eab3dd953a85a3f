"""Where the park's energy comes from and goes in a year."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import xarray as xr

from parkwerk.report.plots.flows import OTHERS, PARK, yearly_flows
from parkwerk.report.plots.style import CARRIERS, GREY, drawing, nothing
from parkwerk.report.plots.words import Words, words_of

KWH_PER_MWH = 1000.0
#: Height of the figure: a margin, and room for each node of the fullest column [px].
MARGIN, ROOM = 160, 34


def energy_flows(
    scenario: xr.Dataset, solution: xr.Dataset, lang: str = "en", case: str = "together"
) -> go.Figure:
    """Sankey diagram of the park's yearly energy [MWh/a].

    What enters an inner node leaves it, be it as a loss; see
    :func:`parkwerk.report.plots.flows.yearly_flows`.

    Raises
    ------
    InputError
        For an unknown language.
    """
    words = words_of(lang)
    title = words("energy flows", case=words.of(case))
    flows = yearly_flows(scenario, solution, case)
    if flows.empty:
        return nothing(words, title, words("no energy"))
    source = list(zip(flows["source"], flows["source_owner"], strict=True))
    target = list(zip(flows["target"], flows["target_owner"], strict=True))
    nodes = list(dict.fromkeys([*source, *target]))
    through = _through(flows)
    amounts = flows["kwh"] / KWH_PER_MWH
    carriers = [words.of(carrier) for carrier in flows["carrier"]]
    trace = go.Sankey(
        arrangement="snap",
        valueformat=",.0f",
        valuesuffix=" MWh/a",
        node={
            "label": [_label(words, *node, through[node]) for node in nodes],
            "color": GREY,
            "line": {"color": "black", "width": 0.5},
            "pad": 16,
            "thickness": 14,
            "hovertemplate": "%{label}<extra></extra>",
        },
        link={
            "source": [nodes.index(node) for node in source],
            "target": [nodes.index(node) for node in target],
            "value": amounts,
            "color": [CARRIERS[carrier] for carrier in flows["carrier"]],
            "customdata": carriers,
            "hovertemplate": "%{source.label} → %{target.label}<br>"
            "%{customdata}: %{value}<extra></extra>",
        },
    )
    owners = {owner for _, owner in nodes}
    return drawing([trace], words, title, height=MARGIN + ROOM * max(12, 3 * len(owners)))


def _through(flows: pd.DataFrame) -> dict[tuple[str, str], float]:
    """What passes each node [kWh/a]: the larger of what enters and what leaves."""
    ends = [flows.groupby([end, f"{end}_owner"])["kwh"].sum() for end in ("source", "target")]
    larger = pd.concat(ends).groupby(level=[0, 1]).max()
    return {(str(node), str(owner)): float(kwh) for (node, owner), kwh in larger.items()}


def _label(words: Words, node: str, owner: str, kwh: float) -> str:
    """Name of a node and what passes it."""
    name = words(f"node {node}")
    if owner != PARK:
        name = f"{words('others') if owner == OTHERS else words.of(owner)}: {name}"
    return f"{name}, {words.number(kwh / KWH_PER_MWH)} MWh/a"
