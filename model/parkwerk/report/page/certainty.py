"""How certain it is: the gap, who might leave, what could turn out otherwise, price scenarios."""

from __future__ import annotations

from math import isfinite, nan

import numpy as np
import xarray as xr

from parkwerk.assess.links import SHARED
from parkwerk.report.finance_table import BASE
from parkwerk.report.language import Language
from parkwerk.report.page.answer import sharing_interval, stability
from parkwerk.report.page.blocks import (
    Block,
    Cell,
    Column,
    Heading,
    Items,
    Section,
    Table,
    Text,
    capital,
    finite,
)
from parkwerk.report.page.results import Results
from parkwerk.report.proof import ENDED, proof_of
from parkwerk.report.summary import PARK

#: Companies above which the table of those who leave is in the workbook only.
LEAVERS_SHOWN = 8


def certainty(found: Results, words: Language) -> Section:
    """Gap, division, risks, price scenarios; as far as they were computed."""
    blocks: list[Block] = [*_proof(found, words)]
    data: list[Table] = []
    gains = found.gains
    if gains is not None and gains.sizes["company"] > 1:
        rules = [str(rule) for rule in gains["rule"].values]
        blocks += [
            Heading(words.say("risks.title")),
            Text(words.say("risks.text")),
            risk_table(gains, words),
            Heading(words.say("division.title")),
            Text(words.say("division.text")),
            division_table(gains, words),
            Items([f"{_meaning(rule, words)} {stability(gains, rule, words)}" for rule in rules]),
        ]
        if "share_without" in gains:
            shown = gains.sizes["leaver"] <= LEAVERS_SHOWN
            (blocks if shown else data).append(leaver_table(gains, words))
    if "npv" in found.verdict:
        blocks += [
            Heading(words.say("finance.title")),
            Text(words.say("finance.text")),
            finance_table(found.verdict, words),
        ]
    return Section("certainty", words.say("certainty.title"), blocks, data)


def _proof(found: Results, words: Language) -> list[Block]:
    """Both bounds in words and numbers, and why the search ended."""
    proof = proof_of(found.solution)
    if not proof.known:
        return [Text(words.say("proof.unknown"), "warning")]
    text = words.say(
        "proof.text",
        lower=words.money(proof.lower),
        gap=words.percent(proof.gap, 2),
        above=words.money(proof.above),
    )
    ended = str(found.solution.attrs.get("ended", ""))
    texts = [text, words.say(f"ended.{ended}") if ended in ENDED else ""]
    blocks: list[Block] = [Text(" ".join(filter(None, texts)))]
    if proof.exceeds_gain:
        blocks.append(Text(words.say("proof.larger_than_gain"), "warning"))
    if interval := sharing_interval(found, words):
        blocks.append(Text(interval, "note"))
    shares = {
        "gap": proof.gap,
        "of_saving_today": proof.of_saving_today,
        "of_saving_alone": proof.of_saving_alone,
    }
    money = {"cost": proof.cost, "lower": proof.lower, "above": proof.above}
    rows: list[tuple[str, float | None, float | None]] = [
        (words.say(f"proof.{key}"), value, None) for key, value in money.items()
    ]
    rows += [
        (words.say(f"proof.{key}"), None, 100 * share)
        for key, share in shares.items()
        if isfinite(share)
    ]
    table = Table(
        "proof",
        words.say("sheet.proof"),
        words.say("proof.caption"),
        (
            Column(words.say("column.quantity")),
            Column(words.say("column.amount"), words.say("unit.per_year"), 0),
            Column(words.say("column.share"), "%", 2),
        ),
        rows,
    )
    return [*blocks, table, Text(words.say("proof.limits"))]


def risk_table(gains: xr.Dataset, words: Language) -> Table:
    """The gain of each against alone if things turn out otherwise and the contract is kept."""
    gain = gains["gain_if"].transpose("company", "variation")
    unit = words.say("unit.per_year")
    share = gains["share"].sel(rule=gains.attrs["rule"])
    rows: list[tuple[Cell, ...]] = [
        (str(company), float(share.sel(company=company)), *map(float, row))
        for company, row in zip(gain["company"].values, gain.values, strict=True)
    ]
    links = (words.say("risks.links"), None, *map(float, gains["operator_if"].values))
    return Table(
        "risks",
        words.say("sheet.risks"),
        words.say("risks.caption"),
        (
            Column(words.say("column.company")),
            Column(words.say("column.as_planned"), unit, 0),
            *(Column(words.term(title), unit, 0) for title in gain["variation"].values),
        ),
        [*rows, links],
        note=words.say("risks.note"),
    )


def division_table(gains: xr.Dataset, words: Language) -> Table:
    """The gain of each company by every rule of division."""
    share = gains["share"].transpose("company", "rule")
    rows: list[tuple[Cell, ...]] = [
        (str(company), *map(float, row))
        for company, row in zip(share["company"].values, share.values, strict=True)
    ]
    return Table(
        "division",
        words.say("sheet.division"),
        words.say("division.caption"),
        (
            Column(words.say("column.company")),
            *(Column(words.term(r), words.say("unit.per_year"), 0) for r in share["rule"].values),
        ),
        [*rows, (words.term(PARK), *map(float, share.sum("company").values))],
        total=True,
    )


def leaver_table(gains: xr.Dataset, words: Language) -> Table:
    """What the others gain if one leaves, by the same rule."""
    shares = gains["share_without"].transpose("company", "leaver")
    rows: list[tuple[Cell, ...]] = [
        (str(company), *map(finite, row))
        for company, row in zip(shares["company"].values, shares.values, strict=True)
    ]
    unit = words.say("unit.per_year")
    return Table(
        "leavers",
        words.say("sheet.leavers"),
        words.say("leavers.caption"),
        (
            Column(words.say("column.company")),
            *(
                Column(words.say("column.without", name=name), unit, 0)
                for name in gains["leaver"].values
            ),
        ),
        [*rows, (words.term(PARK), *map(float, shares.sum("company").values))],
        total=True,
    )


def _meaning(rule: str, words: Language) -> str:
    """``Nukleolus – die am wenigsten ...``"""
    return f"{capital(words.term(rule))} \N{EN DASH} {words.say(f'meaning.{rule}')}"


def finance_table(verdict: xr.Dataset, words: Language) -> Table:
    """Net present value by price scenario, rate of return, payback and test, by party."""
    together = verdict.sel(case="together")
    prices = [str(name) for name in together["price_scenario"].values]
    rows = []
    for party in map(str, together["party"].values):
        own = together.sel(party=party)
        if party != SHARED or np.abs(own["npv"].values).max() > 1.0:
            rows.append((words.term(party), *_worth(own, "", words)))
    return Table(
        "finance",
        words.say("sheet.finance"),
        words.say("finance.caption"),
        (
            Column(words.say("column.party")),
            *(
                Column(words.say("column.npv", name=words.term(name)), words.say("unit.money"), 0)
                for name in prices
            ),
            Column(words.say("column.rate"), "%", 1),
            Column(words.say("column.payback"), words.say("unit.years"), 0),
            Column(words.say("column.enefg")),
        ),
        [*rows, (words.term(PARK), *_worth(together, "park_", words))],
        total=True,
        note=words.say("finance.note"),
    )


def _worth(own: xr.Dataset, prefix: str, words: Language) -> list[str | float | None]:
    """Values of a row; rate, payback and test are of the first price scenario."""
    base = own.isel(price_scenario=BASE)
    tested = float(base.get(f"{prefix}enefg_npv", nan))
    answer = "-" if not isfinite(tested) else words.say("yes" if tested > 0 else "no")
    return [
        *map(finite, own[f"{prefix}npv"].values),
        finite(100 * float(base[f"{prefix}internal_rate_of_return"])),
        finite(base[f"{prefix}payback"]),
        answer,
    ]
