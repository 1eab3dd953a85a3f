"""Under which rules: who may share with whom, who may not and why, charges and grid tariffs."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from parkwerk.assess.charges import ENERGY, KINDS, SUPPLIER, TAXED, TOTAL, charges
from parkwerk.report.admission import groups_of
from parkwerk.report.comparison import kept_out
from parkwerk.report.language import Language
from parkwerk.report.page.answer import regime_name
from parkwerk.report.page.blocks import Block, Column, Heading, Section, Table, Text, finite
from parkwerk.report.page.results import Results


def rules(found: Results, words: Language) -> Section:
    """The regime, its rules, whom they leave out, what a shared kWh bears, the grid tariffs."""
    scenario, of = found.scenario, found.scenario.attrs
    regime = str(of.get("regime", ""))
    named = words.say(
        "rules.regime", regime=regime_name(regime, words), date=_date(of.get("law_date"), words)
    )
    blocks: list[Block] = [Text(named)]
    if of.get("regime_hypothetical"):
        blocks.append(Text(words.say("hypothetical"), "warning"))
    fees = str(scenario["demand_charge"].attrs.get("source", ""))
    if "stands in" in fees:
        blocks.append(Text(words.say("rules.fees_stand_in"), "warning"))
    if not scenario.sizes["pool"] or "pool_rule" not in scenario:
        blocks.append(Text(words.say("rules.no_pools")))
    else:
        blocks += [rule_table(found, words), *_barred(scenario, words)]
        if "law_date" in of:
            table = charges(scenario, found.solution)
            blocks += [Heading(words.say("charges.title")), charge_table(table, words)]
    blocks += [
        Heading(words.say("tariffs.title")),
        Text(words.say("tariffs.text")),
        tariff_table(found.verdict, words),
    ]
    return Section("rules", words.say("rules.title"), blocks)


def _date(text: object, words: Language) -> str:
    """``01.07.2026`` or ``1 July 2026``; what is no date stays as it is."""
    day = pd.to_datetime(str(text or ""), errors="coerce")
    if pd.isna(day):
        return "-"
    return f"{day:%d.%m.%Y}" if words.code == "de" else f"{day.day} {day:%B %Y}"


def rule_table(found: Results, words: Language) -> Table:
    """Each rule with its paragraph, whom it lets share, and what passes."""
    scenario = found.scenario
    paragraph = {
        str(rule).removesuffix(TAXED): str(text)
        for rule, text in zip(
            scenario["pool_rule"].values, scenario["pool_paragraph"].values, strict=True
        )
    }
    passed = _shared_by_rule(scenario, found.solution)
    rows = [
        (
            words.rule(rule),
            words.term(paragraph[rule]),
            "; ".join(words.listed(group) for group in groups) or words.say("nobody"),
            passed[rule] / 1000,
        )
        for rule, groups in groups_of(scenario).items()
    ]
    return Table(
        "rules",
        words.say("sheet.rules"),
        words.say("rules.caption"),
        (
            Column(words.say("column.rule")),
            Column(words.say("column.paragraph")),
            Column(words.say("column.who_may")),
            Column(words.say("column.shared"), words.say("unit.mwh"), 1),
        ),
        rows,
    )


def _shared_by_rule(scenario: xr.Dataset, solution: xr.Dataset) -> dict[str, float]:
    """Energy that passes under each rule in the case together [kWh/a]."""
    names = [str(rule).removesuffix(TAXED) for rule in scenario["pool_rule"].values]
    if "yearly_share_in" not in solution:
        return dict.fromkeys(names, 0.0)
    taken = solution["yearly_share_in"].sel(case="together").sum("company")
    energy = pd.Series(taken.sel(pool=scenario["pool"]).values, index=names)
    return {str(rule): float(sum_) for rule, sum_ in energy.groupby(level=0).sum().items()}


def _barred(scenario: xr.Dataset, words: Language) -> list[Block]:
    """Who may not take part in which rule, and why."""
    if "pool_reason" not in scenario:
        return []
    outside = kept_out("", scenario)
    if not len(outside):
        return [Text(words.say("barred.nobody"))]
    rows = [
        (words.rule(rule), words.listed(list(own["company"].unique())), words.term(reason))
        for (rule, reason), own in outside.groupby(["rule", "reason"], sort=False)
    ]
    table = Table(
        "barred",
        words.say("sheet.barred"),
        words.say("barred.caption"),
        (
            Column(words.say("column.rule")),
            Column(words.say("column.companies")),
            Column(words.say("column.reason")),
        ),
        rows,
    )
    return [table]


def charge_table(table: pd.DataFrame, words: Language) -> Table:
    """What a kWh bears beside its energy price, by the way that it takes."""
    kinds = {kind: column for kind, column in KINDS.items() if table[column].fillna(0.0).any()}
    return Table(
        "charges",
        words.say("sheet.charges"),
        words.say("charges.caption"),
        (
            Column(words.say("column.way")),
            *(Column(words.term(kind), "ct/kWh", 2) for kind in kinds),
            Column(words.say("column.sum"), "ct/kWh", 2),
            Column(words.say("column.energy"), words.say("unit.mwh"), 0),
        ),
        [
            (
                words.term(SUPPLIER) if way == SUPPLIER else words.rule(way),
                *(finite(row[column]) for column in (*kinds.values(), TOTAL)),
                float(row[ENERGY]) / 1000,
            )
            for way, row in table.iterrows()
        ],
        note=words.say("charges.note"),
    )


def tariff_table(verdict: xr.Dataset, words: Language) -> Table:
    """Peak, hours of use and grid tariff of each meter, today and together."""
    today, together = verdict.sel(case="today"), verdict.sel(case="together")
    rows = []
    for meter in map(str, verdict["connection"].values):
        before, after = today.sel(connection=meter), together.sel(connection=meter)
        if not str(after["chosen_tariff"].item()) and not str(before["chosen_tariff"].item()):
            continue
        rows.append(
            (
                meter,
                *(finite(case["full_load_hours"]) for case in (before, after)),
                *(words.term(case["chosen_tariff"].item()) or "-" for case in (before, after)),
                words.term(after["next_best_tariff"].item()) or "-",
                finite(after["tariff_advantage"]),
            )
        )
    hours, unit = words.say("unit.hours"), words.say("unit.per_year")
    return Table(
        "tariffs",
        words.say("sheet.tariffs"),
        words.say("tariffs.caption"),
        (
            Column(words.say("column.meter")),
            Column(words.say("column.hours_today"), hours, 0),
            Column(words.say("column.hours_together"), hours, 0),
            Column(words.say("column.tariff_today")),
            Column(words.say("column.tariff_together")),
            Column(words.say("column.next_best")),
            Column(words.say("column.would_cost_more"), unit, 0),
        ),
        rows,
    )
