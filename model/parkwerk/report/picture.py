"""One picture of the result, for screen and for black-and-white print.

Left the park's yearly cost in each case by groups of kinds, right what each company saves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from parkwerk.assess.cost import GROUPS, OTHER
from parkwerk.report.common_connection import MEMBERS, Members
from parkwerk.report.files import writing
from parkwerk.report.wording import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Greys for the groups, neighbours in the stack far enough apart to differ in print.
SHADES = ("#2b2b2b", "#6f6f6f", "#a9a9a9", "#dadada", "#8c8c8c", "#c4c4c4", "#ffffff", "#eeeeee")
#: Most pairs of bars to the right; the smallest savings of a larger park are summed up.
MOST_BARS = 16
#: Rows that few bars leave room for, or they would be as thick as a wall.
FEWEST_ROWS = 4
#: Share of the axis that a label needs for itself.
LABEL_ROOM = 0.047
#: From this sum on [EUR] numbers are in thousands.
THOUSANDS_FROM = 20_000
CASES = ("today", "alone", "together")
BAR_WIDTH = 0.62

STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "svg.hashsalt": "parkwerk",  # the same result gives the same file
    "hatch.linewidth": 0.6,
}


def save_picture(verdict: xr.Dataset, folder: Path, common: Members | None = None) -> list[Path]:
    """Write ``overview.svg`` and ``overview.png``; return both paths.

    Parameters
    ----------
    common
        Members of each common connection; they and it are one bar.

    Raises
    ------
    InputError
        When the folder cannot be written to.
    """
    return save_figure(lambda: draw(verdict, common), folder, "overview")


def save_figure(drawn: Callable[[], Figure], folder: Path, name: str) -> list[Path]:
    """Draw in the style of the reports and write as SVG and PNG; return both paths."""
    from matplotlib import rc_context

    paths = [folder / f"{name}.svg", folder / f"{name}.png"]
    with rc_context(STYLE):
        figure = drawn()
        for path in paths:
            kind = path.suffix[1:]
            stamp = {"Date": None} if kind == "svg" else None
            with writing(path) as draft:
                figure.savefig(draft, format=kind, dpi=160, metadata=stamp)
    return paths


def draw(verdict: xr.Dataset, common: Members | None = None) -> Figure:
    """The picture as a matplotlib figure, drawn without any window."""
    from matplotlib.figure import Figure

    saving = savings(verdict, common)
    height = max(4.2, 1.6 + 0.36 * len(saving))
    figure = Figure(figsize=(10, height), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
    _draw_cost(left, cost_by_group(verdict))
    _draw_saving(right, saving)
    return figure


def cost_by_group(verdict: xr.Dataset) -> pd.DataFrame:
    """The park's yearly cost [EUR/a], groups by cases; groups without cost are left out."""
    kinds = verdict["cost"].sum("party").sel(case=list(CASES)).transpose("case", "cost_kind").values
    group = verdict["cost_group"].values
    sums = {g: kinds[:, group == g].sum(axis=1) for g in (*GROUPS, OTHER)}
    table = pd.DataFrame.from_dict(sums, orient="index", columns=list(CASES))
    return table[(table.abs() > 0.5).any(axis=1)]


def savings(verdict: xr.Dataset, common: Members | None = None) -> pd.DataFrame:
    """Saving against today [EUR/a] of each party, alone and together, the largest first.

    A common connection and its members are one party.
    """
    cases = ["alone", "together"]
    values = verdict["saving"].sel(case=cases).transpose("party", "case").values
    table = pd.DataFrame(values, index=verdict["party"].values.astype(str), columns=cases)
    shared = set(table.index) - set(verdict["company"].values.astype(str))
    one = {p: MEMBERS + name for name, those in (common or {}).items() for p in (name, *those)}
    table = table.groupby([one.get(party, party) for party in table.index], sort=False).sum()
    table = table[~table.index.isin(shared) | (table.abs() > 0.5).any(axis=1)]
    ordered = table.sort_values("together", ascending=False)
    if len(ordered) <= MOST_BARS:
        return ordered
    rest = ordered.iloc[MOST_BARS - 1 :]
    others = pd.DataFrame([rest.sum()], index=[f"{len(rest)} others"])
    return pd.concat([ordered.iloc[: MOST_BARS - 1], others])


def in_unit(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The table in EUR or in thousand EUR, and the words for it."""
    if table.abs().to_numpy().max(initial=0.0) < THOUSANDS_FROM:
        return table, "EUR a year"
    return table / 1000, "thousand EUR a year"


def spread(places: Sequence[float], room: float) -> list[float]:
    """Places in their order, moved up just so far that each has `room` to the one below it."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + room) if moved else place)
    return moved


def _draw_cost(axes: Axes, cost: pd.DataFrame) -> None:
    """Stacked bars; revenue stands below the line."""
    cost, unit = in_unit(cost)
    values = cost.to_numpy()
    top, bottom = values.clip(min=0).sum(axis=0), values.clip(max=0).sum(axis=0)
    span = max(float(top.max() - bottom.min()), 1e-9)
    cases = list(map(str, cost.columns))
    middles = []
    shades = dict(zip((*GROUPS, OTHER), SHADES, strict=True))
    for row, group in enumerate(map(str, cost.index)):
        parts, shade = values[row], shades[group]
        same_side = np.where(parts[None, :] >= 0, values[:row] >= 0, values[:row] < 0)
        base = np.where(same_side, values[:row], 0.0).sum(axis=0)
        axes.bar(cases, parts, BAR_WIDTH, base, color=shade, edgecolor="black", lw=0.6)
        ink = "white" if shade < "#8" else "black"
        for x, (part, start) in enumerate(zip(parts, base, strict=True)):
            if abs(part) > LABEL_ROOM * span:
                axes.text(x, start + part / 2, number(part), ha="center", va="center", color=ink)
        middles.append(float(base[-1] + parts[-1] / 2))
    for x, total in enumerate(values.sum(axis=0)):
        axes.text(x, top[x] + 0.015 * span, number(total), ha="center", weight="bold")
    _name_groups(axes, [str(group) for group in cost.index], middles, LABEL_ROOM * span)
    axes.hlines(0, -0.5, len(cases) - 1 + BAR_WIDTH / 2, color="black", lw=0.8)
    axes.set_xlim(-0.5, len(cases) + 0.6)
    axes.set_ylim(bottom.min() - 0.04 * span, top.max() + 0.09 * span)
    axes.yaxis.set_major_formatter(lambda value, _: number(value))
    axes.set_ylabel(unit)
    axes.set_title("Yearly cost of the park")
    axes.tick_params(axis="x", length=0)
    axes.spines["bottom"].set_visible(False)


def _name_groups(axes: Axes, groups: list[str], middles: list[float], room: float) -> None:
    """Name each group beside its part of the last bar, with a thin line to it."""
    edge = len(CASES) - 1 + BAR_WIDTH / 2
    order = np.argsort(middles, kind="stable")
    for at, place in zip(order, spread([middles[i] for i in order], room), strict=True):
        axes.plot([edge, edge + 0.1], [middles[at], place], color="black", lw=0.5)
        axes.text(edge + 0.13, place, groups[at], va="center")


def _draw_saving(axes: Axes, saving: pd.DataFrame) -> None:
    """Two bars for each company: alone hatched, together solid."""
    saving, unit = in_unit(saving)
    digits = 1 if unit.startswith("thousand") else 0
    gap = 0.015 * max(float(saving.abs().to_numpy().max(initial=0.0)), 1e-9)
    looks: dict[str, tuple[float, dict[str, Any]]] = {
        "alone": (-0.19, {"color": "white", "hatch": "////"}),
        "together": (0.19, {"color": "#4a4a4a"}),
    }
    for case, (shift, look) in looks.items():
        rows = np.arange(len(saving)) + shift
        axes.barh(rows, saving[case], height=0.36, edgecolor="black", lw=0.6, label=case, **look)
        for row, value in zip(rows, saving[case], strict=True):
            side, end = ("left", value + gap) if value >= 0 else ("right", value - gap)
            axes.text(end, row, number(value, digits), ha=side, va="center", size=8)
    axes.set_yticks(range(len(saving)), [str(name) for name in saving.index])
    axes.set_ylim(max(len(saving), FEWEST_ROWS) - 0.4, -0.6)
    axes.axvline(0, color="black", lw=0.8)
    axes.margins(x=0.14)
    axes.xaxis.set_major_formatter(lambda value, _: number(value))
    axes.set_xlabel(f"{unit}\n(before payments between companies)")
    axes.set_title("Saving against today")
    axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 0.99), ncols=2)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
