"""Where the park's energy comes from and goes in a year."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
import xarray as xr

from parkwerk.report.plots.flows import OTHERS, PARK, yearly_flows
from parkwerk.report.plots.style import CARRIERS, GREY, drawing, nothing
from parkwerk.report.plots.words import Words, words_of

Node = tuple[str, str]

KWH_PER_MWH = 1000.0
#: Height of the figure: a margin, and room for each node of the fullest column [px].
MARGIN, ROOM, FEWEST = 130, 46, 12
#: Where each node stands from left to right, and in this order from top to bottom.
PLACES = {
    "grid": 0.0,
    "roofs": 0.0,
    "gas": 0.0,
    "ambient heat": 0.0,
    "waste heat": 0.0,
    "supply": 0.19,
    "pool": 0.19,
    "boilers": 0.19,
    "pipes": 0.19,
    "batteries": 0.34,
    "use": 0.46,
    "heat pumps": 0.60,
    "heat": 0.72,
    "demand": 1.0,
    "feed-in": 1.0,
    "curtailment": 1.0,
    "losses": 1.0,
}
#: Space between nodes, as a share of the fullest column's energy.
PAD = 0.03
#: Plotly takes a place of exactly 0 or 1 for none.
EDGE = 0.001


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
    through = _through(flows)
    places = _places(through, list(scenario["company"].values.astype(str)))
    order = {node: number for number, node in enumerate(places)}
    source = zip(flows["source"], flows["source_owner"], strict=True)
    target = zip(flows["target"], flows["target_owner"], strict=True)
    labels = [_label(words, *node, through[node]) for node in places]
    trace = go.Sankey(
        arrangement="snap",
        valueformat=",.1f",
        valuesuffix=" MWh/a",
        node={
            "label": labels,
            "x": [x for x, _ in places.values()],
            "y": [y for _, y in places.values()],
            "color": GREY,
            "line": {"color": "black", "width": 0.5},
            "pad": 14,
            "thickness": 12,
            "hovertemplate": "%{label}<extra></extra>",
        },
        link={
            "source": [order[node] for node in source],
            "target": [order[node] for node in target],
            "value": (flows["kwh"] / KWH_PER_MWH).to_numpy(),
            "color": [CARRIERS[carrier] for carrier in flows["carrier"]],
            "line": {"color": "rgba(0,0,0,0.25)", "width": 0.5},
            "customdata": [words.of(carrier) for carrier in flows["carrier"]],
            "hovertemplate": "%{source.label} → %{target.label}<br>"
            "%{customdata}: %{value}<extra></extra>",
        },
    )
    fullest = max(pd.Series([x for x, _ in places.values()]).value_counts())
    height = MARGIN + ROOM * max(FEWEST, fullest)
    return drawing([trace], words, title, height=height, margin={"l": 12, "r": 12, "b": 24})


def _through(flows: pd.DataFrame) -> dict[Node, float]:
    """What passes each node [kWh/a]: the larger of what enters and what leaves."""
    ends = [flows.groupby([end, f"{end}_owner"])["kwh"].sum() for end in ("source", "target")]
    larger = pd.concat(ends).groupby(level=[0, 1], sort=False).max()
    return {(str(node), str(owner)): float(kwh) for (node, owner), kwh in larger.items()}


def _places(through: Mapping[Node, float], companies: list[str]) -> dict[Node, tuple[float, float]]:
    """Places of the nodes, from 0 to 1: one below the other in the columns of :data:`PLACES`."""
    owners = list(dict.fromkeys([*companies, *(owner for _, owner in through)]))
    kinds = list(PLACES)
    nodes = sorted(through, key=lambda node: (kinds.index(node[0]), owners.index(node[1])))
    columns: dict[float, list[Node]] = {}
    for node in nodes:
        columns.setdefault(PLACES[node[0]], []).append(node)
    room = max(sum(through[node] for node in column) for column in columns.values())
    tallest = max(_height(column, through, room) for column in columns.values())
    places = {}
    for x, column in columns.items():
        # A short column stands in the middle.
        top = (tallest - _height(column, through, room)) / 2
        for node in column:
            y = (top + through[node] / 2) / tallest
            places[node] = (min(max(x, EDGE), 1 - EDGE), min(max(y, EDGE), 1 - EDGE))
            top += through[node] + PAD * room
    return places


def _height(column: list[Node], through: Mapping[Node, float], room: float) -> float:
    """Height of a column with the space between its nodes [kWh/a]."""
    return sum(through[node] for node in column) + PAD * room * (len(column) - 1)


def _label(words: Words, node: str, owner: str, kwh: float) -> str:
    """Name of a node and what passes it [MWh/a]."""
    name = words(f"node {node}")
    if owner != PARK:
        name = f"{words('others') if owner == OTHERS else words.of(owner)}: {name}"
    return f"{name} {words.number(kwh / KWH_PER_MWH)}"
