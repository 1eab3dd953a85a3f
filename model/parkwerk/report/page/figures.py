"""The figures of the page: what each shows in a sentence, and its numbers as a table."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parkwerk.assess.charges import SUPPLIER, TOTAL, charges
from parkwerk.errors import InputError
from parkwerk.report.language import Language
from parkwerk.report.page.blocks import Cell, Column, Figure, Table, finite
from parkwerk.report.page.results import CASES, Results
from parkwerk.report.proof import bounds_log, proof_of
from parkwerk.report.summary import built_pipes

#: Ranks of a duration curve that the table shows [h].
RANKS = (1, 10, 100, 500, 1000, 2000, 4000, 6000)
#: Figures that cannot be read where they are as narrow as a phone.
WIDE = ("costs", "flows")
#: How plotly may behave in the page: no bar of tools, nothing that leads elsewhere.
CONFIG = {"displayModeBar": False, "responsive": True, "displaylogo": False, "staticPlot": False}


@dataclass(frozen=True)
class Shown:
    """A figure with the table of its numbers, if no table of the page has them already."""

    figure: Figure
    table: Table | None = None


def figures(found: Results, words: Language) -> dict[str, list[Shown]]:
    """All figures that have something to show, by the section in which they stand.

    Raises
    ------
    InputError
        Where the extra `report` is not installed.
    """
    makers: dict[str, tuple[Callable[[Results, Language], Shown | None], ...]] = {
        "savings": (_costs,),
        "built": (_map,),
        "rules": (_charges,),
        "energy": (_flows, _week, _durations),
        "certainty": (_bounds,),
    }
    return {
        section: [shown for make in each if (shown := make(found, words)) is not None]
        for section, each in makers.items()
    }


def plotly_script() -> str:
    """The library that draws, as it is put into the page."""
    try:
        from plotly.offline import get_plotlyjs
    except ImportError:
        raise InputError("the page needs plotly: pip install 'parkwerk[report]'") from None
    return str(get_plotlyjs())


def picture_json(figure: Figure) -> str:
    """A picture for a script element: no letter in it can end the element."""
    text = json.dumps(json.loads(figure.picture.to_json()), ensure_ascii=False)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _figure(key: str, words: Language, picture: Any, **values: str) -> Figure:
    """A picture whose title becomes its caption, where it wraps and can be read aloud."""
    caption = str(picture.layout.title.text or "").replace("<br>", " ")
    picture.update_layout(title=None, autosize=True)
    top = picture.layout.margin.t or 0
    picture.update_layout(margin={"t": max(20, int(top) - 50)})
    alternative = words.say(f"figure.{key}", **values)
    return Figure(f"figure-{key}", caption, alternative, picture, key in WIDE)


def _costs(found: Results, words: Language) -> Shown:
    """Yearly cost by party and group."""
    from parkwerk.report import plots

    cost = found.verdict["park_cost"]
    values = {case: words.money(float(cost.sel(case=case))) for case in CASES}
    figure = _figure("costs", words, plots.costs(found.verdict, words.code), **values)
    return Shown(figure, cost_kinds(found, words))


def cost_kinds(found: Results, words: Language) -> Table:
    """Yearly cost of each party in each case, by kind."""
    cost = found.verdict["cost"].sel(case=list(CASES)).transpose("party", "case", "cost_kind")
    unit = words.say("unit.per_year")
    rows: list[tuple[Cell, ...]] = [
        (words.term(party), words.term(case), *map(float, row), float(row.sum()))
        for party, own in zip(cost["party"].values, cost.values, strict=True)
        for case, row in zip(CASES, own, strict=True)
    ]
    return Table(
        "cost-kinds",
        words.say("sheet.cost_kinds"),
        words.say("cost_kinds.caption"),
        (
            Column(words.say("column.party")),
            Column(words.say("column.case")),
            *(Column(words.term(kind), unit, 0) for kind in cost["cost_kind"].values),
            Column(words.say("column.sum"), unit, 0),
        ),
        rows,
    )


def _map(found: Results, words: Language) -> Shown | None:
    """Companies and links from above; older scenarios have no positions."""
    if "company_x" not in found.scenario:
        return None
    from parkwerk.report import plots

    pipes = built_pipes(found.solution)
    figure = _figure(
        "map",
        words,
        plots.park_map(found.scenario, found.solution, words.code),
        n=words.number(found.scenario.sizes["company"]),
        roofs=words.number(found.scenario.sizes["roof"]),
        pipes=words.listed([str(pipe) for pipe in pipes["pipe"]]) or words.say("nothing_of_it"),
    )
    places = found.scenario[["company_x", "company_y"]].to_dataframe()
    rows: list[tuple[Cell, ...]] = [
        (str(name), float(row["company_x"]), float(row["company_y"]))
        for name, row in places.iterrows()
    ]
    table = Table(
        "places",
        words.say("sheet.places"),
        words.say("places.caption"),
        (
            Column(words.say("column.company")),
            Column(words.say("column.east"), "m", 0),
            Column(words.say("column.north"), "m", 0),
        ),
        rows,
    )
    return Shown(figure, table)


def _charges(found: Results, words: Language) -> Shown | None:
    """What a kWh bears; its table stands in the page."""
    scenario = found.scenario
    if not scenario.sizes["pool"] or "pool_rule" not in scenario:
        return None
    if "law_date" not in scenario.attrs:
        return None
    from parkwerk.report import plots

    table = charges(scenario, found.solution)[TOTAL]
    told = [
        words.say("figure.charges_way", way=words.rule(way), ct=words.number(float(ct), 2))
        for way, ct in table.items()
        if way != SUPPLIER
    ]
    figure = _figure(
        "charges",
        words,
        plots.charges(scenario, found.solution, words.code),
        supplier=words.number(float(table[SUPPLIER]), 2),
        ways=words.listed(told) or words.say("nothing_of_it"),
    )
    return Shown(figure)


def _flows(found: Results, words: Language) -> Shown:
    """The park's yearly energy; the table has every flow."""
    from parkwerk.report import plots
    from parkwerk.report.plots.flows import PARK, yearly_flows
    from parkwerk.report.plots.words import words_of

    labels = words_of(words.code)
    together = found.verdict.sel(case="together")
    names = ("park_electricity_used", "park_pv_generation", "park_grid_electricity", "park_shared")
    used, made, bought, shared = (words.number(float(together[n]) / 1000) for n in names)
    figure = _figure(
        "flows",
        words,
        plots.energy_flows(found.scenario, found.solution, words.code),
        used=used,
        made=made,
        bought=bought,
        shared=shared,
        heat=words.number(float(together["park_waste_heat"]) / 1000),
    )

    def name(node: str, owner: str) -> str:
        called = labels(f"node {node}")
        return called if owner == PARK else f"{called}, {owner}"

    rows: list[tuple[Cell, ...]] = [
        (
            name(str(row["source"]), str(row["source_owner"])),
            name(str(row["target"]), str(row["target_owner"])),
            labels.of(row["carrier"]),
            float(row["kwh"]) / 1000,
        )
        for _, row in yearly_flows(found.scenario, found.solution).iterrows()
    ]
    table = Table(
        "flows",
        words.say("sheet.flows"),
        words.say("flows.caption"),
        (
            Column(words.say("column.from")),
            Column(words.say("column.to")),
            Column(words.say("column.carrier")),
            Column(words.say("column.energy"), words.say("unit.mwh"), 1),
        ),
        rows,
    )
    return Shown(figure, table)


def _week(found: Results, words: Language) -> Shown:
    """One week of the park by hour."""
    from parkwerk.report import plots
    from parkwerk.report.plots.hours import SURPLUS, WEEK, hourly, telling_week
    from parkwerk.report.plots.words import words_of

    labels = words_of(words.code)
    table = hourly(found.solution)
    begin, _ = telling_week(table)
    shown = table[(table.index >= begin) & (table.index < begin + WEEK)]
    pv = shown[[n for n in ("pv_used", "share_in", "feed_in", "curtailment") if n in shown]]
    figure = _figure(
        "week",
        words,
        plots.week(found.scenario, found.solution, lang=words.code),
        peak=words.number(float(shown["withdrawal"].max())),
        least=words.number(float(shown["withdrawal"].min())),
        sun=words.number(float(pv.sum(axis=1).max())),
    )
    columns = [str(column) for column in shown.columns]
    titles = {"withdrawal": words.say("column.withdrawal")}
    titles |= {n: labels(f"week {n}") for n in columns if n != "withdrawal"}
    data = Table(
        "week",
        words.say("sheet.week"),
        words.say("week.caption"),
        (
            Column(words.say("column.hour")),
            *(Column(titles[n], "kW", 1) for n in columns if n not in SURPLUS or shown[n].any()),
        ),
        [
            (
                f"{hour:%Y-%m-%d %H:%M}",
                *(float(row[n]) for n in columns if n not in SURPLUS or shown[n].any()),
            )
            for hour, row in shown.iterrows()
        ],
    )
    return Shown(figure, data)


def _durations(found: Results, words: Language) -> Shown:
    """Withdrawal of each company from the highest, today and together."""
    from parkwerk.report import plots
    from parkwerk.report.plots.duration import curves

    pairs = curves(found.scenario, found.solution)
    changes = {name: float(b.power[0] - a.power[0]) for name, (a, b) in pairs.items()}
    most = min(changes, key=lambda name: changes[name])
    figure = _figure(
        "durations",
        words,
        plots.duration_curves(found.scenario, found.solution, words.code),
        name=most,
        today=words.number(float(pairs[most][0].power[0])),
        together=words.number(float(pairs[most][1].power[0])),
    )
    hours = float(found.scenario.attrs["step_hours"])
    ranks = [rank for rank in RANKS if rank <= found.scenario.sizes["time"] * hours]
    at = np.array([max(round(rank / hours), 1) - 1 for rank in ranks], dtype=int)
    rows: list[tuple[Cell, ...]] = [
        (name, words.term(case), *map(float, curve.power[at]))
        for name, pair in pairs.items()
        for case, curve in zip(("today", "together"), pair, strict=True)
    ]
    table = Table(
        "durations",
        words.say("sheet.durations"),
        words.say("durations.caption"),
        (
            Column(words.say("column.company")),
            Column(words.say("column.case")),
            *(Column(words.say("column.in_hours", n=words.number(r)), "kW", 0) for r in ranks),
        ),
        rows,
    )
    return Shown(figure, table)


def _bounds(found: Results, words: Language) -> Shown | None:
    """How the bounds came closer; not shown where there is one pair of bounds only."""
    log: pd.DataFrame = bounds_log(found.solution)
    if len(log) < 2 or not proof_of(found.solution).known:
        return None
    from parkwerk.report import plots

    proof = proof_of(found.solution)
    figure = _figure(
        "bounds",
        words,
        plots.convergence(found.solution, words.code),
        seconds=words.number(float(log["elapsed"].iloc[-1])),
        upper=words.money(proof.cost),
        lower=words.money(proof.lower),
        gap=words.percent(proof.gap, 2),
    )
    unit = words.say("unit.per_year")
    table = Table(
        "bounds",
        words.say("sheet.bounds"),
        words.say("bounds.caption"),
        (
            Column(words.say("column.seconds"), "s", 1),
            Column(words.say("proof.cost"), unit, 0),
            Column(words.say("proof.lower"), unit, 0),
        ),
        [tuple(map(finite, row)) for row in log.to_numpy()],
    )
    return Shown(figure, table)
