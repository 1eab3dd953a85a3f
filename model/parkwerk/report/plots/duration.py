"""How long each company draws how much from the grid, today and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import xarray as xr
from plotly.subplots import make_subplots

from parkwerk.assess.charges import buys_through
from parkwerk.assess.quantity import values
from parkwerk.report.plots.style import LINES, TOP_RIGHT, styled
from parkwerk.report.plots.words import Words, words_of

Floats = npt.NDArray[np.float64]

#: Panels at most: of a larger park those whose peak changes most.
MOST_PANELS = 12
#: Points by which a curve is drawn, and how many of its highest are among them in any case.
POINTS, HIGHEST = 300, 24
#: What an option of the grid fee charges, by what the solution calls it.
CHARGED = {"monthly": "monthly_peak", "atypical": "window_peak", "ordered": "ordered_capacity"}


@dataclass(frozen=True)
class Curve:
    """Withdrawal of a company, sorted from the highest, and the power that is charged [kW].

    `charged` is not a number where the company has no demand charge of its own.
    """

    power: Floats
    charged: float
    basis: str


def duration_curves(scenario: xr.Dataset, solution: xr.Dataset, lang: str = "en") -> go.Figure:
    """Grid withdrawal of each company sorted by size [kW] over the hours of the year [h].

    Marked is the power on which the demand charge is paid: the yearly peak, the mean of the monthly
    ones, the peak in the operator's windows or the ordered capacity, as the chosen tariff says.

    Raises
    ------
    InputError
        For an unknown language.
    """
    words = words_of(lang)
    pairs = curves(scenario, solution)
    names = sorted(pairs, key=lambda name: -abs(np.subtract(*(c.power[0] for c in pairs[name]))))
    shown = [name for name in pairs if name in names[:MOST_PANELS]]
    columns = min(2, len(shown))
    rows = -(-len(shown) // columns)
    figure = make_subplots(
        rows,
        columns,
        subplot_titles=shown,
        vertical_spacing=0.36 / rows,
        horizontal_spacing=0.1,
    )
    hours = float(scenario.attrs["step_hours"])
    for place, name in enumerate(shown):
        at = {"row": place // columns + 1, "col": place % columns + 1}
        for number, (case, curve) in enumerate(
            zip(("today", "together"), pairs[name], strict=True)
        ):
            label = words.of(case)
            figure.add_trace(_line(curve, hours, label, number, place == 0), **at)
            if np.isfinite(curve.charged):
                figure.add_trace(_mark(curve, number), **at)
                figure.add_annotation(_note(words, curve, number == _higher(pairs[name])), **at)
        figure.update_yaxes(title=f"{words('withdrawal')} [kW]", rangemode="tozero", **at)
        year = [0, hours * scenario.sizes["time"]]
        figure.update_xaxes(title=words("hours of the year"), range=year, **at)
    figure.update_yaxes(tickformat=",.0f")
    figure.update_xaxes(tickformat=",.0f")
    title = words("duration title", shown=len(shown), all=len(pairs))
    return styled(
        figure,
        words,
        title,
        height=150 + 270 * rows,
        legend=TOP_RIGHT,
        margin={"t": 90},
    )


def curves(scenario: xr.Dataset, solution: xr.Dataset) -> dict[str, tuple[Curve, Curve]]:
    """Each company's curves today and together.

    Today nothing is built, so that a company draws what it demands. Behind a common connection it
    draws what it purchases, and that connection bears the demand charge.
    """
    together = solution.sel(case="together")
    demand = values(scenario["electricity_demand"], "company", "time")
    drawn = values(solution["withdrawal"], "company", "time")
    purchase = values(solution["purchase"], "company", "time")
    common = buys_through(scenario, together) != ""
    after = np.where(common[:, None], purchase, drawn)
    found = {}
    for i, company in enumerate(scenario["company"].values.astype(str)):
        pair = []
        for case, power in (("today", demand[i]), ("together", after[i])):
            basis = _basis(scenario, solution, case, company)
            charged = _charged(solution, case, company, basis)
            if case == "together" and common[i]:
                charged = np.nan
            pair.append(Curve(np.sort(power)[::-1], charged, basis))
        found[company] = (pair[0], pair[1])
    return found


def _basis(scenario: xr.Dataset, solution: xr.Dataset, case: str, company: str) -> str:
    """What the chosen tariff charges: a name of the solution."""
    chosen = str(solution["chosen_tariff"].sel(case=case, connection=company).item())
    if "tariff_option" not in scenario or chosen not in scenario["tariff"]:
        return "peak"
    option = str(scenario["tariff_option"].sel(tariff=chosen).item())
    basis = CHARGED.get(option, "peak")
    return basis if basis in solution else "peak"


def _charged(solution: xr.Dataset, case: str, company: str, basis: str) -> float:
    """The power that is charged [kW], of monthly peaks the mean."""
    return float(solution[basis].sel(case=case, company=company).mean())


def _line(curve: Curve, hours: float, name: str, number: int, legend: bool) -> go.Scatter:
    """The curve by some of its points, all of the highest among them."""
    steps = len(curve.power)
    spread = np.linspace(0, steps - 1, POINTS).astype(int)
    at = np.unique(np.concatenate([np.arange(min(HIGHEST, steps)), spread]))
    colour, dash, _ = LINES[number]
    return go.Scatter(
        x=at * hours,
        y=curve.power[at],
        mode="lines",
        line={"color": colour, "dash": dash, "width": 2},
        name=name,
        legendgroup=name,
        showlegend=legend,
        hovertemplate="%{x:,.0f} h: %{y:,.0f} kW",
    )


def _mark(curve: Curve, number: int) -> go.Scatter:
    """The power that is charged, at the left edge."""
    colour, _, symbol = LINES[number]
    return go.Scatter(
        x=[0.0],
        y=[curve.charged],
        mode="markers",
        marker={"symbol": symbol, "size": 9, "color": colour},
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
    )


def _higher(pair: tuple[Curve, Curve]) -> int:
    """Which of both charged powers is written above its mark: the higher one."""
    today, after = (np.nan_to_num(curve.charged) for curve in pair)
    return int(after > today)


def _note(words: Words, curve: Curve, above: bool) -> dict[str, Any]:
    """What the mark means, beside it and clear of the other one."""
    return {
        "text": words(f"charged {curve.basis}", kw=words.number(curve.charged)),
        "x": 0,
        "y": curve.charged,
        "xanchor": "left",
        "xshift": 8,
        "yshift": 9 if above else -9,
        "showarrow": False,
        "font": {"size": 11},
        "bgcolor": "rgba(255,255,255,0.75)",
        "borderpad": 0,
    }
