"""The park from above: companies, roofs, and the links between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import xarray as xr

from parkwerk.report.plots.links import Link, links
from parkwerk.report.plots.positions import Places, place_nodes, roof_squares
from parkwerk.report.plots.style import BLACK, BLUE, GREY, VERMILION, YELLOW, drawing, nothing
from parkwerk.report.plots.words import Words, words_of

#: A roof's built part below this is none [kW].
DUST = 0.05
#: Looks of a link by its kind and whether it is built.
LOOKS: dict[tuple[str, bool], dict[str, Any]] = {
    ("pipe", False): {"color": GREY, "width": 1.5, "dash": "dot"},
    ("pipe", True): {"color": VERMILION, "width": 4.5, "dash": "solid"},
    ("line", False): {"color": GREY, "width": 1.5, "dash": "dash"},
    ("line", True): {"color": BLUE, "width": 4.5, "dash": "dash"},
}

#: Companies up to which all is written; in a larger park only the names at built links.
MOST_NAMES = 24

Line = tuple[list[float | None], list[float | None]]


def park_map(
    scenario: xr.Dataset, solution: xr.Dataset | None = None, lang: str = "en"
) -> go.Figure:
    """Map of the park in metres: companies, roofs, candidate and built pipes and direct lines.

    Squares are roofs, their area as the PV power that fits on them, the filled part what is built;
    they stand in a row at their company and not where the roofs are. Junctions are drawn where
    their pipes pull them. Without a solution all is a candidate.

    Raises
    ------
    InputError
        For an unknown language.
    """
    words = words_of(lang)
    title = words("map title" if solution is None else "map title built")
    if "company_x" not in scenario or "company_y" not in scenario:
        return nothing(words, title, words("no positions"))
    places = place_nodes(scenario)
    found = [each for each in links(scenario, solution) if {each.start, each.end} <= set(places)]
    traces = [
        *_links(words, found, places),
        *_roofs(words, scenario, solution),
        _junctions(words, places, scenario),
        _companies(words, scenario, places),
    ]
    small, sizes = scenario.sizes["company"] <= MOST_NAMES, _written(words, found, places)
    return drawing(
        [trace for trace in traces if len(trace.x)],
        words,
        title,
        height=640,
        annotations=[*(sizes if small else []), *_names(words, scenario, found)],
        legend={"orientation": "h", "y": -0.13},
        xaxis={"title": f"{words('east')} [m]", "tickformat": ",.0f", "zeroline": False},
        yaxis={
            "title": f"{words('north')} [m]",
            "tickformat": ",.0f",
            "zeroline": False,
            "scaleanchor": "x",
        },
    )


def _links(words: Words, found: Sequence[Link], places: Places) -> list[go.Scatter]:
    """One trace for each kind of link, those that are built above the candidates."""
    traces = []
    for (kind, built), look in sorted(LOOKS.items(), key=lambda each: each[0][1]):
        those = [e for e in found if e.kind == kind and e.built == built and e.start != e.end]
        x, y = _path([(places[each.start], places[each.end]) for each in those])
        name = words(f"map {kind} {'built' if built else 'candidate'}")
        traces.append(go.Scatter(x=x, y=y, mode="lines", line=look, name=name, hoverinfo="skip"))
    return traces


def _path(polygons: Sequence[Sequence[tuple[float, float]]]) -> Line:
    """Several polygons or lines in one trace, with a gap after each."""
    x: list[float | None] = []
    y: list[float | None] = []
    for points in polygons:
        x += [*(point[0] for point in points), None]
        y += [*(point[1] for point in points), None]
    return x, y


def _roofs(words: Words, scenario: xr.Dataset, solution: xr.Dataset | None) -> list[go.Scatter]:
    """The outlines of all roofs, and the part of each on which PV is built."""
    limit = np.asarray(scenario["roof_limit"].values, dtype=float)
    built = np.zeros(len(limit))
    if solution is not None:
        capacity = solution["pv_capacity"].sel(case="together").sum("pv_class")
        built = np.asarray(capacity.sel(roof=scenario["roof"]).values, dtype=float)
    share = np.divide(built, limit, out=np.zeros(len(limit)), where=limit > 0)
    share[built < DUST] = 0.0
    squares = roof_squares(scenario)
    whole = [_square(*square) for square in squares.values()]
    order = [squares[str(roof)] for roof in scenario["roof"].values]
    parts = [_square(*s, part) for s, part in zip(order, share, strict=True) if part > 0]
    thin = {"mode": "lines", "fill": "toself", "hoverinfo": "skip"}
    outline = {"line": {"color": BLACK, "width": 1}, "fillcolor": "#F4F4F4"}
    pattern = {"shape": "/", "fillmode": "overlay", "fgcolor": BLACK, "size": 6, "solidity": 0.2}
    filled = {"line": {"color": BLACK, "width": 1}, "fillcolor": YELLOW, "fillpattern": pattern}
    fits = words("map roof", kw=words.number(limit.sum()))
    done = words("map pv", kw=words.number(built.sum()))
    shapes = (
        (whole, fits, outline),
        (parts, done, filled),
    )
    traces = []
    for polygons, name, look in shapes:
        x, y = _path(polygons)
        traces.append(go.Scatter(x=x, y=y, name=name, **thin, **look))
    return traces


def _square(x: float, y: float, side: float, share: float = 1.0) -> list[tuple[float, float]]:
    """Corners of the lower part of a square."""
    top = y + side * share
    return [(x, y), (x + side, y), (x + side, top), (x, top), (x, y)]


def _junctions(words: Words, places: Places, scenario: xr.Dataset) -> go.Scatter:
    companies = set(scenario["company"].values.astype(str))
    nodes = {node: at for node, at in places.items() if node not in companies}
    return go.Scatter(
        x=[x for x, _ in nodes.values()],
        y=[y for _, y in nodes.values()],
        mode="markers+text" if len(companies) <= MOST_NAMES else "markers",
        marker={"symbol": "diamond-open", "size": 8, "color": BLACK},
        text=list(nodes),
        textposition="top left",
        textfont={"size": 10},
        name=words("map junction"),
        hoverinfo="text",
    )


def _companies(words: Words, scenario: xr.Dataset, places: Places) -> go.Scatter:
    names = [str(name) for name in scenario["company"].values]
    return go.Scatter(
        x=[places[name][0] for name in names],
        y=[places[name][1] for name in names],
        mode="markers",
        marker={"symbol": "circle", "size": 9 if len(names) <= MOST_NAMES else 5, "color": BLACK},
        text=names,
        name=words("map company"),
        hoverinfo="text",
    )


def _written(words: Words, found: Sequence[Link], places: Places) -> list[dict[str, Any]]:
    """What each built pipe can carry and each built line carries in a year, in its middle."""
    notes = []
    for each in (link for link in found if link.built and link.start != link.end):
        (x0, y0), (x1, y1) = places[each.start], places[each.end]
        text = words(f"map {each.kind} size", size=words.number(each.size))
        notes.append({"text": text, "x": (x0 + x1) / 2, "y": (y0 + y1) / 2, "showarrow": False})
        notes[-1] |= {"bgcolor": "rgba(255,255,255,0.85)"}
    return [note | {"font": {"size": 11}} for note in notes]


def _names(words: Words, scenario: xr.Dataset, found: Sequence[Link]) -> list[dict[str, Any]]:
    """Name of each company above its roofs, with what it uses of its own waste heat.

    In a large park only those at built links are named; the others say theirs where one points.
    """
    squares = roof_squares(scenario)
    owner = dict(
        zip(scenario["roof"].values.astype(str), scenario["roof_company"].values, strict=True)
    )
    own_heat = {each.start: each.size for each in found if each.built and each.start == each.end}
    linked = {end for each in found if each.built for end in (each.start, each.end)}
    small = scenario.sizes["company"] <= MOST_NAMES
    notes = []
    for name, x, y in zip(
        scenario["company"].values.astype(str),
        scenario["company_x"].values,
        scenario["company_y"].values,
        strict=True,
    ):
        top = max(
            (side for roof, (_, _, side) in squares.items() if owner[roof] == name), default=0
        )
        if not small and name not in linked:
            continue
        text = f"<b>{name}</b>"
        if name in own_heat:
            text += f"<br>{words('map own heat', kw=words.number(own_heat[name]))}"
        note = {"text": text, "x": float(x), "y": float(y) + top, "yanchor": "bottom"}
        notes.append(note | {"showarrow": False, "yshift": 2})
    return notes
