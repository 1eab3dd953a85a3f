"""Regimes side by side in one picture, for screen and for black-and-white print.

Each regime is a band. Left what the companies save in it, right what a further kWh bears: bought
from the supplier, and shared under each rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from parkwerk.assess.charges import ENERGY, KINDS, SUPPLIER, TAXED
from parkwerk.regulation.regimes import PoolRule, pool_rules
from parkwerk.regulation.regimes import regimes as known_regimes
from parkwerk.report.common_connection import MEMBERS
from parkwerk.report.comparison import Comparison
from parkwerk.report.comparison_table import HYPOTHETICAL
from parkwerk.report.picture import in_unit, save_figure
from parkwerk.report.summary import PARK
from parkwerk.report.wording import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Shade and hatch of each kind of charge; neighbours differ in print too.
KIND_LOOKS = dict(
    zip(
        KINDS.values(),
        (
            ("#2b2b2b", ""),
            ("#a9a9a9", ""),
            ("#ffffff", "/////"),
            ("#6f6f6f", ""),
            ("#ffffff", "....."),
            ("#ffffff", "xxxxx"),
        ),
        strict=True,
    )
)
#: Shade and hatch of each party, the one with the largest part first; the last for all others.
PARTY_LOOKS = (
    ("#2b2b2b", ""),
    ("#ffffff", "/////"),
    ("#a9a9a9", ""),
    ("#ffffff", "....."),
    ("#dadada", ""),
    ("#ffffff", "xxxxx"),
    ("#6f6f6f", ""),
    ("#dadada", "\\\\\\\\\\"),
)
#: What stands beside the charges of a direct line that nobody uses.
LINE = " (the line itself is a fixed cost)"
#: Height of a row of the charges, of the space between regimes, and of a bar of savings.
ROW_INCHES = 0.21
GAP = 1.0
SAVING_HEIGHT = 1.5


def save_comparison_picture(comparison: Comparison, folder: Path) -> list[Path]:
    """Write ``comparison.svg`` and ``comparison.png``; return both paths."""
    return save_figure(lambda: draw_comparison(comparison), folder, "comparison")


def draw_comparison(comparison: Comparison) -> Figure:
    """The picture as a matplotlib figure, drawn without any window."""
    from matplotlib.figure import Figure

    ways = shown_ways(comparison.charges)
    bands = lay_out(ways)
    end = bands[-1][-1] + GAP
    figure = Figure(figsize=(12.5, 2.3 + ROW_INCHES * end), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.15))
    _draw_savings(left, party_savings(comparison), [float(np.mean(band)) for band in bands])
    _draw_charges(right, ways, [place for band in bands for place in band])
    _name_regimes(left, comparison.regimes, bands)
    for axes in (left, right):
        for band in bands[1:]:
            axes.axhline(band[0] - (1 + GAP) / 2, color="#a9a9a9", lw=0.6)
        axes.axvline(0, color="black", lw=0.8)
        axes.set_ylim(end, -GAP)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    return figure


def shown_ways(charges: pd.DataFrame) -> pd.DataFrame:
    """Rows (regime, way) of the picture: the supplier, and every rule by which energy passes.

    A rule by which none passes is shown in the first regime that has it, unless it is used there
    later: one sees what it would bear, and not in each regime again. A regime that lifts one of
    its conditions shows it in any case, because the regime is about that rule.
    """
    way = charges.index.get_level_values("way")
    used = charges[ENERGY] > 0
    idle = ~way.isin(way[used]) & ~way.duplicated()
    widened = np.array([_lifts(str(regime), str(name)) for regime, name in charges.index])
    return charges[used | idle | widened | (way == SUPPLIER)]


def _lifts(regime: str, way: str) -> bool:
    """Whether the regime lifts a condition of the rule."""
    rule, lifted = _rule(way), known_regimes()[regime].lifted
    return rule is not None and not set(lifted).isdisjoint(rule.conditions)


def _rule(way: str) -> PoolRule | None:
    """The rule by which energy passes; none from the supplier."""
    return pool_rules().get(way.removesuffix(TAXED))


def lay_out(ways: pd.DataFrame) -> list[list[float]]:
    """Places of the rows by regime, downwards; a regime has room for two at least."""
    bands, top = [], 0.0
    for rows in ways.groupby(level="regime", sort=False).size():
        spare = max(0.0, 2.0 - rows) / 2
        bands.append([top + spare + i for i in range(rows)])
        top += max(float(rows), 2.0) + GAP
    return bands


def party_savings(comparison: Comparison) -> pd.DataFrame:
    """Saving against alone [EUR/a], regimes by parties; the smallest parties are summed up.

    A common connection and its members are one party: it pays the grid fees that each paid alone,
    so that the part of one says nothing without the others.
    """
    rows = comparison.companies[comparison.companies["kind"] != PARK].reset_index()
    common = rows["common_connection"]
    rows["party"] = rows["name"].where(common == "", MEMBERS + common)
    table = rows.pivot_table(
        "saving_by_sharing_eur_per_a", "regime", "party", aggfunc="sum", fill_value=0.0
    ).reindex(comparison.regimes.index)
    order = table.abs().sum().sort_values(ascending=False, kind="stable").index
    table = table[order]
    most = len(PARTY_LOOKS)
    if len(order) <= most:
        return table
    rest = table.iloc[:, most - 1 :]
    return table.iloc[:, : most - 1].assign(**{f"{rest.shape[1]} others": rest.sum(axis=1)})


def _draw_savings(axes: Axes, savings: pd.DataFrame, places: Sequence[float]) -> None:
    """A stacked bar for each regime; who pays more stands to the left of zero."""
    values, unit = in_unit(savings)
    looks = dict(zip(values.columns.astype(str), PARTY_LOOKS, strict=False))
    _stack(axes, values, places, SAVING_HEIGHT, looks)
    _write_totals(axes, values, places, 1 if unit.startswith("thousand") else 0, "bold")
    axes.set_xlabel(f"{unit}; number: the park\n(before payments between companies)")
    axes.set_title("Saving by sharing, against each company alone")
    _legend(axes, 3)


def _draw_charges(axes: Axes, ways: pd.DataFrame, places: Sequence[float]) -> None:
    """A stacked bar for each way of a kWh; what is spared stands to the left of zero."""
    table = ways[list(KINDS.values())].fillna(0.0)
    table = table.loc[:, table.abs().to_numpy().max(axis=0, initial=0.0) > 0]
    named = table.rename(columns={column: kind for kind, column in KINDS.items()})
    looks = {kind: KIND_LOOKS[column] for kind, column in KINDS.items()}
    _stack(axes, named, places, 0.78, looks)
    energy = ways[ENERGY].to_numpy(float)
    idle_lines = [
        not kwh and (rule := _rule(str(way))) is not None and rule.lines
        for (_, way), kwh in zip(ways.index, energy, strict=True)
    ]
    _write_totals(axes, named, places, 1, notes=[LINE * idle for idle in idle_lines])
    labels = [
        f"{way}, {number(kwh / 1000)} MWh" if kwh else f"{way}, not used"
        for (_, way), kwh in zip(ways.index, energy, strict=True)
    ]
    axes.set_yticks(list(places), labels, size=8)
    axes.set_xlabel(
        "ct per further kWh, beside its energy price (charges on power left out;\n"
        "not used: plain mean over those who may take, without memberships)"
    )
    axes.set_title("What a kWh bears: bought, and shared under each rule")
    _legend(axes, 2)


def _stack(
    axes: Axes,
    table: pd.DataFrame,
    places: Sequence[float],
    height: float,
    looks: Mapping[str, tuple[str, str]],
) -> None:
    """Bars of the columns end to end: positive to the right of zero, negative to the left."""
    for (name, parts), base in zip(table.items(), _bases(table), strict=True):
        shade, hatch = looks[str(name)]
        axes.barh(
            places,
            parts,
            height,
            base,
            color=shade,
            hatch=hatch,
            edgecolor="black",
            lw=0.6,
            label=str(name),
        )


def _bases(table: pd.DataFrame) -> Iterator[np.ndarray]:
    """Where the bar of each column begins."""
    right, left = np.zeros(len(table)), np.zeros(len(table))
    for _, column in table.items():
        parts = column.to_numpy(float)
        yield np.where(parts >= 0, right, left)
        right, left = right + parts.clip(min=0), left + parts.clip(max=0)


def _write_totals(
    axes: Axes,
    table: pd.DataFrame,
    places: Sequence[float],
    digits: int,
    weight: str = "normal",
    notes: Sequence[str] = (),
) -> None:
    """The sum of each bar behind its right end, and a note on it."""
    ends = table.clip(lower=0).sum(axis=1).to_numpy(float)
    starts = table.clip(upper=0).sum(axis=1).to_numpy(float)
    span = max(float(ends.max() - starts.min()), 1e-9)
    totals = zip(places, ends, table.sum(axis=1), notes or [""] * len(table), strict=True)
    for place, end, total, note in totals:
        text = number(float(total), digits) + note
        axes.text(end + 0.012 * span, place, text, va="center", size=8, weight=weight)
    axes.set_xlim(starts.min() - 0.03 * span, ends.max() + 0.13 * span)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")


def _name_regimes(axes: Axes, regimes: pd.DataFrame, bands: Sequence[Sequence[float]]) -> None:
    """Names at the bands; a hypothesis says that it is one."""
    names = [
        str(name) if lawful else f"{name}\n({HYPOTHETICAL})"
        for name, lawful in zip(regimes.index, regimes["current_law"], strict=True)
    ]
    axes.set_yticks([float(np.mean(band)) for band in bands], names)
    for label, lawful in zip(axes.get_yticklabels(), regimes["current_law"], strict=True):
        label.set_fontstyle("normal" if lawful else "italic")


def _legend(axes: Axes, columns: int) -> None:
    """Above the axes, below the title."""
    handles, names = axes.get_legend_handles_labels()
    rows = -(-len(names) // columns)
    axes.legend(
        handles,
        names,
        frameon=False,
        fontsize=8,
        ncols=columns,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        borderaxespad=0.2,
        handlelength=1.8,
        columnspacing=1.0,
    )
    axes.set_title(axes.get_title(loc="left"), pad=8 + 15 * rows)
