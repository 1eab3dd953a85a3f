"""How all figures look: one palette, and beside every colour a pattern, a dash and a marker.

The colours are those of Okabe and Ito, which colour-blind readers tell apart. In black and white
colours that stand beside each other differ in lightness or in pattern, lines in dash and marker.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

from parkwerk.report.plots.words import Words

# Okabe & Ito, "Color Universal Design", 2008.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, PALE, WHITE = "#8C8C8C", "#DADADA", "#FFFFFF"

#: Colour and pattern of the parts of a stack; neighbours differ in print too.
FILLS = (
    (BLUE, ""),
    (SKY, "/"),
    (YELLOW, ""),
    (ORANGE, "\\"),
    (GREEN, "+"),
    (PALE, "."),
    (PURPLE, "x"),
    (VERMILION, "-"),
    (WHITE, ""),
    (GREY, "|"),
)
#: Colour, dash and marker of the lines of a panel.
LINES = (
    (BLACK, "solid", "circle"),
    (VERMILION, "dash", "square"),
    (BLUE, "dot", "diamond"),
    (GREEN, "dashdot", "triangle-up"),
    (ORANGE, "longdash", "x"),
    (PURPLE, "longdashdot", "star"),
    (SKY, "solid", "cross"),
    (GREY, "dash", "triangle-down"),
)
#: Colour of what an energy is carried by; labels say it too.
CARRIERS = {
    "electricity": "rgba(0, 114, 178, 0.55)",
    "heat": "rgba(213, 94, 0, 0.40)",
    "gas": "rgba(60, 60, 60, 0.60)",
    "loss": "rgba(190, 190, 190, 0.55)",
}

#: A legend to the right of the title.
TOP_RIGHT = {
    "orientation": "h",
    "x": 1,
    "xanchor": "right",
    "y": 1,
    "yref": "container",
    "yanchor": "top",
}

FONT = "Arial, Helvetica, DejaVu Sans, sans-serif"


def fill(number: int) -> dict[str, Any]:
    """Marker of the n-th part of a stack of bars."""
    colour, shape = FILLS[number % len(FILLS)]
    return {
        "color": colour,
        "line": {"color": BLACK, "width": 0.7},
        "pattern": {"shape": shape, "fillmode": "overlay", "fgcolor": BLACK, "size": 7},
    }


def area(number: int) -> dict[str, Any]:
    """Filled area of the n-th part of a stack over time."""
    colour, shape = FILLS[number % len(FILLS)]
    pattern = {"shape": shape, "fillmode": "overlay", "fgcolor": BLACK, "size": 7}
    pattern |= {"solidity": 0.15}
    line = {"color": BLACK, "width": 0.5, "shape": "hv"}
    return {"mode": "lines", "line": line, "fillcolor": colour, "fillpattern": pattern}


def line(number: int, **more: Any) -> dict[str, Any]:
    """Line with markers of the n-th series of a panel."""
    colour, dash, symbol = LINES[number % len(LINES)]
    return {
        "mode": "lines+markers",
        "line": {"color": colour, "dash": dash, "width": 2} | more,
        "marker": {"symbol": symbol, "size": 7, "color": colour},
    }


def drawing(traces: Iterable[Any], words: Words, title: str, **layout: Any) -> go.Figure:
    """A figure in the style of all."""
    return styled(go.Figure(list(traces)), words, title, **layout)


def styled(figure: go.Figure, words: Words, title: str, **layout: Any) -> go.Figure:
    """Title, font, number format and plain axes; `layout` has the last word."""
    figure.update_layout(
        title={
            "text": title,
            "font": {"size": 16},
            "x": 0,
            "xref": "container",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"l": 12, "t": 14},
        },
        font={"family": FONT, "size": 12, "color": BLACK},
        separators=words.separators,
        plot_bgcolor=WHITE,
        paper_bgcolor=WHITE,
        colorway=[colour for colour, *_ in LINES],
        margin={"l": 70, "r": 30, "t": 70, "b": 60},
        legend={"bgcolor": "rgba(255,255,255,0.8)", "traceorder": "normal"},
        hoverlabel={"font": {"family": FONT}},
    )
    axis = {
        "showline": True,
        "linecolor": BLACK,
        "ticks": "outside",
        "gridcolor": "#E6E6E6",
        "zerolinecolor": BLACK,
        "zerolinewidth": 1,
    }
    figure.update_xaxes(**axis, automargin=True)
    figure.update_yaxes(**axis, automargin=True)
    return figure.update_layout(**layout)


def nothing(words: Words, title: str, sentence: str) -> go.Figure:
    """A figure that says why there is nothing to show."""
    note = {"text": sentence, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5}
    hidden = {"visible": False}
    return drawing(
        [],
        words,
        title,
        annotations=[note | {"showarrow": False, "font": {"size": 14}}],
        xaxis=hidden,
        yaxis=hidden,
        height=220,
    )
