"""Load and generation of one week, hour by hour."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
import xarray as xr

from parkwerk.assess.charges import SHARED
from parkwerk.errors import InputError
from parkwerk.report.plots.style import BLACK, BLUE, area, drawing
from parkwerk.report.plots.words import Words, words_of

Floats = npt.NDArray[np.float64]

WEEK, HOUR = pd.Timedelta(days=7), pd.Timedelta(hours=1)
MONDAY = 0
#: What covers the load, and what the rest does; of a park, what its companies give each other is
#: what they take, and is shown once.
SUPPLY = ("pv_used", "share_in", "discharge", "purchase")
SURPLUS = ("charge", "share_out", "feed_in", "curtailment")
#: Dimensions that are summed up.
OVER = ("pool", "feed_in_rule")


def week(
    scenario: xr.Dataset,
    solution: xr.Dataset,
    company: str | None = None,
    start: str | pd.Timestamp | None = None,
    lang: str = "en",
) -> go.Figure:
    """Where the power of a week comes from and goes, by hour [kW].

    Above zero what covers the load, below zero what goes elsewhere; the line is the load with heat
    pumps, without the charging of batteries, the dashed one what the sun offers.

    Parameters
    ----------
    company
        One company; without it the whole park.
    start
        First day or hour; without it the Monday of the week in which most is exchanged between the
        companies, or, where nothing is, of the highest withdrawal from the grid.

    Raises
    ------
    InputError
        For an unknown company, a start outside of the year, or an unknown language.
    """
    words = words_of(lang)
    table = hourly(solution, company)
    begin, reason = (_asked(table, start), "asked") if start is not None else telling_week(table)
    shown = table[(table.index >= begin) & (table.index < begin + WEEK)]
    traces = []
    for number, name in enumerate(SUPPLY + SURPLUS):
        if name not in shown or shown[name].abs().sum() <= SHARED:
            continue
        sign = 1 if name in SUPPLY else -1
        look = area(number) | {"stackgroup": "supply" if sign > 0 else "surplus"}
        label = words(f"week {name}")
        traces.append(_trace(sign * shown[name], label, look))
    sun = sun_offers(shown)
    traces.append(_trace(load(shown), words("week load"), _line(BLACK, "solid")))
    if sun.max() > 0:
        traces.append(_trace(sun, words("week sun"), _line(BLUE, "dash")))
    who = words("park") if company is None else company
    title = words("week title", who=who, day=_day(words, begin), why=words(f"week {reason}"))
    return drawing(
        traces,
        words,
        title,
        height=540,
        hovermode="x unified",
        legend={"orientation": "h", "y": -0.24},
        xaxis={"title": words("hour of the week"), **_days(words, shown)},
        yaxis={"title": f"{words('power')} [kW]", "rangemode": "tozero", "tickformat": ",.0f"},
    )


def hourly(solution: xr.Dataset, company: str | None = None) -> pd.DataFrame:
    """Flows of a company or of the park by hour [kW], and the metered ``withdrawal``.

    Of the park there is no ``share_out``: its companies take it.

    Raises
    ------
    InputError
        If there is no such company.
    """
    known = list(solution["company"].values.astype(str))
    if company is not None and company not in known:
        raise InputError(f"company: expected one of {', '.join(known)}, found {company!r}")
    names = [*SUPPLY, *SURPLUS, "withdrawal"]
    if company is None:
        names.remove("share_out")
    flows = solution[[name for name in names if name in solution]]
    flows = flows.sel(company=[company] if company else known)
    flows = flows.sum(["company", *OVER], min_count=0) if flows.dims else flows
    table = pd.DataFrame(
        {str(name): array.values for name, array in flows.data_vars.items()},
        index=pd.DatetimeIndex(solution["time"].values),
    )
    return table.resample("h").mean()


def load(table: pd.DataFrame) -> pd.Series[float]:
    """What is used with heat pumps [kW]: what is supplied less what charges the battery."""
    charge = table.get("charge", 0.0)
    return table[list(_known(table, SUPPLY))].sum(axis=1) - charge


def sun_offers(table: pd.DataFrame) -> pd.Series[float]:
    """What the roofs could give [kW]: used, shared, fed in or curtailed.

    Of the park, what its companies take from each other is what their roofs share.
    """
    shared = "share_out" if "share_out" in table else "share_in"
    names = _known(table, ("pv_used", "feed_in", "curtailment", shared))
    return table[list(names)].sum(axis=1)


def telling_week(table: pd.DataFrame) -> tuple[pd.Timestamp, str]:
    """First hour of a telling week, and why: most ``exchange``, or the ``peak``.

    Only whole weeks from Monday on count; in a shorter year, or one without, all begins with it.
    """
    hours = pd.DatetimeIndex(table.index)
    begins = hours[(hours.dayofweek == MONDAY) & (hours.hour == 0)]
    begins = begins[begins + WEEK <= hours[-1] + HOUR]
    if not len(begins):
        return hours[0], "first"
    exchanged = table[list(_known(table, ("share_in", "share_out")))].sum(axis=1)
    by_week = [exchanged[begin : begin + WEEK - HOUR].sum() for begin in begins]
    if max(by_week) > SHARED:
        return begins[int(np.argmax(by_week))], "exchange"
    peaks = [table["withdrawal"][begin : begin + WEEK - HOUR].max() for begin in begins]
    return begins[int(np.argmax(peaks))], "peak"


def _known(table: pd.DataFrame, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name in table)


def _asked(table: pd.DataFrame, start: str | pd.Timestamp) -> pd.Timestamp:
    """The start that was asked for, if it is in the year."""
    first, last = table.index[0], table.index[-1]
    expected = f"start: expected a day from {first:%Y-%m-%d} to {last:%Y-%m-%d}, found {start!r}"
    try:
        begin = pd.Timestamp(start)
    except ValueError:
        raise InputError(expected) from None
    if pd.isna(begin) or begin.tzinfo is not None or not first <= begin <= last:
        raise InputError(expected)
    return begin


def _trace(power: pd.Series[float], name: str, look: dict[str, Any]) -> go.Scatter:
    value = "%{y:,.0f} kW"
    return go.Scatter(x=power.index, y=power.to_numpy(), name=name, hovertemplate=value, **look)


def _line(colour: str, dash: str) -> dict[str, Any]:
    return {"mode": "lines", "line": {"color": colour, "dash": dash, "width": 2, "shape": "hv"}}


def _day(words: Words, day: pd.Timestamp) -> str:
    return f"{day:%d.%m.%Y}" if words.language == "de" else f"{day:%Y-%m-%d}"


def _days(words: Words, table: pd.DataFrame) -> dict[str, list[object]]:
    """A tick at the beginning of each day, with its name."""
    names, form = words("days").split(), "%d.%m." if words.language == "de" else "%m-%d"
    hours = pd.DatetimeIndex(table.index)
    days = hours[hours.hour == 0]
    return {
        "tickvals": list(days),
        "ticktext": [f"{names[day.dayofweek]}<br>{day:{form}}" for day in days],
    }
