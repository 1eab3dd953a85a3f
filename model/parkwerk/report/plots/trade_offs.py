"""What another aim costs, and how far sizes may go at nearly the least cost."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import xarray as xr
from plotly.subplots import make_subplots

from parkwerk.report.plots.style import BLACK, FILLS, LINES, TOP_RIGHT, line, styled
from parkwerk.report.plots.words import Words, words_of

#: A technology smaller than this everywhere is not shown.
DUST = 1e-3
#: Numbers with two decimals at most.
PLAIN = ",.2~f"
#: Height of a bar, and of the space between panels [px].
BAR, GAP = 28, 84
#: Length of an axis by its longest bar, so that the text behind it has room.
ROOM = 1.25


def front(front: xr.Dataset, lang: str = "en") -> go.Figure:
    """Least cost against another aim, with its lower bound; and the sizes along the front.

    Sizes are shares of the largest on the front; the legend says what that is.

    Raises
    ------
    InputError
        For an unknown language.
    """
    words = words_of(lang)
    against = str(front.attrs["against"])
    ordered = front.sortby(against)
    figure = make_subplots(
        1, 2, subplot_titles=(words("front cost"), words("front sizes")), horizontal_spacing=0.12
    )
    x = ordered[against].values
    for number, (name, key) in enumerate(
        (("total_cost", "bound found"), ("lower_bound", "bound least"))
    ):
        y = ordered[name].values
        if not np.isfinite(y).any():
            continue
        hover = "%{x:,~g}: %{y:,.0f} EUR/a"
        trace = go.Scatter(x=x, y=y, name=words(key), hovertemplate=hover, **line(number))
        figure.add_trace(trace, row=1, col=1)
    for number, trace in enumerate(_sizes(words, ordered, x)):
        figure.add_trace(trace.update(line(number + 2)), row=1, col=2)
    for column in (1, 2):
        figure.update_xaxes(title=words.quantity(front[against]), tickformat=PLAIN, col=column)
    figure.update_yaxes(title=words.quantity(front["total_cost"]), tickformat=",.0f", col=1)
    figure.update_yaxes(title=words("share of largest"), range=[-0.04, 1.08], col=2)
    return styled(
        figure,
        words,
        words("front title", against=words.name(front[against])),
        height=460,
    )


def _sizes(words: Words, front: xr.Dataset, x: np.ndarray) -> list[go.Scatter]:
    """Sizes of each technology as a share of its largest."""
    traces = []
    for technology in front["technology"].values:
        here = front.sel(technology=technology)
        sizes = np.asarray(here["size"].values, dtype=float)
        largest = float(np.nanmax(sizes, initial=0.0))
        if largest <= DUST:
            continue
        unit, top = str(here["unit"].item()), words.number(largest)
        name = words("front size", what=words.of(technology), largest=top, unit=unit)
        hover = f"%{{customdata:,.0f}} {unit}"
        traces.append(
            go.Scatter(x=x, y=sizes / largest, name=name, customdata=sizes, hovertemplate=hover)
        )
    return traces


def near_optimal(space: xr.Dataset, lang: str = "en") -> go.Figure:
    """Smallest and largest size of each technology at slightly more than the least cost.

    A panel for each technology, a bar for each slack, and a mark at the size of the best design. A
    thin line reaches to the bounds beyond which no design of that cost lies, where they are known.

    Raises
    ------
    InputError
        For an unknown language.
    """
    words = words_of(lang)
    names = list(space["technology"].values)
    titles = [words.of(name) for name in names]
    panels = len(names) * BAR * space.sizes["slack"]
    height = panels + GAP * (len(names) - 1)
    spacing = GAP / height if len(names) > 1 else 0.0
    figure = make_subplots(len(names), 1, subplot_titles=titles, vertical_spacing=spacing)
    slacks = [words("slack", share=f"{words.short(100 * s)} %") for s in space["slack"].values]
    for row, name in enumerate(names, start=1):
        here = space.sel(technology=name)
        unit = str(here["unit"].item())
        low, high = (np.asarray(here[side].values, float) for side in ("smallest", "largest"))
        figure.add_trace(_range(words, low, high, slacks, unit), row=row, col=1)
        if "largest_bound" in here and "smallest_bound" in here:
            figure.add_trace(_bounds(words, here, slacks, row == 1), row=row, col=1)
        best = float(here["optimal"])
        figure.add_trace(_best(words, best, slacks, row == 1), row=row, col=1)
        most = np.nanmax(high, initial=max(best, DUST))
        room = [0, ROOM * float(most)]
        figure.update_xaxes(title=f"{words('size')} [{unit}]", range=room, row=row, col=1)
    figure.update_xaxes(tickformat=PLAIN)
    figure.update_yaxes(autorange="reversed", title=words("cost"))
    return styled(
        figure,
        words,
        words("near title"),
        height=height + 150,
        legend=TOP_RIGHT,
        margin={"t": 80, "b": 70},
    )


def _range(words: Words, low: np.ndarray, high: np.ndarray, slacks: list[str], unit: str) -> go.Bar:
    """A bar from the smallest to the largest, with both written into or behind it."""
    pairs = zip(low, high, strict=True)
    text = [f"{words.number(a)} – {words.number(b)} {unit}" for a, b in pairs]
    return go.Bar(
        x=high - low,
        base=low,
        y=slacks,
        orientation="h",
        marker={"color": FILLS[1][0], "line": {"color": BLACK, "width": 0.7}},
        text=text,
        textposition="outside",
        cliponaxis=False,
        hovertext=text,
        hoverinfo="text",
        showlegend=False,
    )


def _best(words: Words, best: float, slacks: list[str], legend: bool) -> go.Scatter:
    """A mark at the size of the best design in each row."""
    return go.Scatter(
        x=[best] * len(slacks),
        y=slacks,
        mode="markers",
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": LINES[0][0]}},
        name=words("near best"),
        showlegend=legend,
        hovertemplate="%{x:,.0f}<extra></extra>",
    )


def _bounds(words: Words, here: xr.Dataset, slacks: list[str], legend: bool) -> go.Scatter:
    """A thin line from the lower to the upper bound of the size in each row."""
    ends = np.stack([here["smallest_bound"].values, here["largest_bound"].values], axis=1)
    ends = np.where(np.isfinite(ends), ends, np.nan)
    gaps = np.full((len(slacks), 1), np.nan)
    return go.Scatter(
        x=np.concatenate([ends, gaps], axis=1).ravel(),
        y=np.repeat(slacks, 3),
        mode="lines+markers",
        line={"color": BLACK, "width": 1, "dash": "dot"},
        marker={"symbol": "line-ns-open", "size": 8, "color": BLACK},
        name=words("near bounds"),
        showlegend=legend,
        hovertemplate="%{x:,.0f}<extra></extra>",
    )
