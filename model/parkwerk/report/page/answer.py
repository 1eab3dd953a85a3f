"""The answer: what is proposed, and who saves what."""

from __future__ import annotations

from math import isfinite

import pandas as pd
import xarray as xr

from parkwerk.regulation.regimes import regimes
from parkwerk.report.explanation import GAIN
from parkwerk.report.gain_table import SMALL, contract_rows, names_of
from parkwerk.report.language import Language
from parkwerk.report.page.blocks import Block, Cell, Column, Heading, Section, Table, Text
from parkwerk.report.page.results import Results
from parkwerk.report.page.sources import stand_ins
from parkwerk.report.proof import Proof, proof_of
from parkwerk.report.summary import BUILT, PARK, built_pipes, summary

#: Sizes in the order in which they are told: column of the summary, unit.
BUILDS = {
    "pv": ("pv_kw", "kW"),
    "battery": ("battery_kwh", "kWh"),
    "heat_pump": ("heat_pump_kw", "kW"),
    "heat_storage": ("heat_storage_kwh", "kWh"),
}
#: Energy that is told [kWh/a]; a solver leaves some dust.
TOLD = 1.0
#: From this share of the gain on a gap is called large.
LARGE = 0.25


def proposal(found: Results, words: Language) -> Section:
    """What is proposed in a few sentences, after what must be known of it."""
    rows = summary(found.solution, found.verdict)
    sentences = [
        _builds(rows, words),
        _exchange(found, words),
        *_saving(found, words),
        _climate(found.verdict, words),
    ]
    blocks: list[Block] = [*warnings(found, words), *(Text(each) for each in sentences if each)]
    return Section("proposal", words.say("proposal.title"), blocks)


def warnings(found: Results, words: Language) -> list[Text]:
    """What a reader must know before any number: stand-ins, and rules that are not current law."""
    texts = []
    if part := stand_ins(found.scenario):
        texts.append(Text(words.say(f"stand_ins.{part}"), "warning"))
    if found.scenario.attrs.get("regime_hypothetical"):
        texts.append(Text(words.say("hypothetical"), "warning"))
    return texts


def regime_name(regime: str, words: Language) -> str:
    """What a regime is called, and whether it is no current law."""
    known = regimes().get(regime)
    if known is None:
        return regime or "-"
    term = words.term(f"regime {regime}")
    title = known.title if term == f"regime {regime}" else term
    return words.say("not_law", regime=title) if known.hypothetical else title


def _builds(rows: pd.DataFrame, words: Language) -> str:
    """All sizes of the park in a sentence."""
    numbers = rows.loc[[PARK]].select_dtypes("number").iloc[0]
    park = {str(column): float(value) for column, value in numbers.items()}
    sizes = [
        words.say(f"size.{key}", size=words.number(park[column]), unit=unit)
        for key, (column, unit) in BUILDS.items()
        if column in park and park[column] > BUILT
    ]
    n, name = int((rows["kind"] == "company").sum()), str(rows.index[0])
    several = "" if n > 1 else "_one"
    if not sizes:
        return words.say(f"proposal.nothing{several}", name=name)
    return words.say(
        f"proposal.builds{several}",
        n=n,
        name=name,
        sizes=words.listed(sizes),
        investment=words.money(park["investment_eur"]),
    )


def _exchange(found: Results, words: Language) -> str:
    """What passes between the companies; nothing is said of one alone."""
    if found.scenario.sizes["company"] == 1:
        return ""
    together = found.verdict.sel(case="together")
    taken = together["waste_heat_from_neighbours"].to_series()
    takers = [str(name) for name, kwh in taken.items() if kwh > TOLD]
    pipes = built_pipes(found.solution)
    sources = pipes.loc[pipes["start"] != pipes["end"], "source"].drop_duplicates()
    shared = float(together["park_shared"])
    flows = []
    if takers:
        flows.append(
            words.say(
                "proposal.heat",
                sources=words.listed(list(map(str, sources))),
                takers=words.listed(takers),
                mwh=words.number(float(taken.sum()) / 1000),
            )
        )
    if shared > TOLD:
        flows.append(words.say("proposal.shared", mwh=words.number(shared / 1000)))
    if not flows:
        return words.say("proposal.no_exchange")
    return words.say("proposal.exchange", flows=words.listed(flows))


def _saving(found: Results, words: Language) -> list[str]:
    """What the park saves, and how much of it only sharing brings."""
    cost, proof = found.verdict["park_cost"], proof_of(found.solution)
    today, together = float(cost.sel(case="today")), float(cost.sel(case="together"))
    saved = today - together
    several = "" if found.scenario.sizes["company"] > 1 else "_one"
    told = [
        words.say(
            f"proposal.saving{several}",
            together=words.money(together),
            today=words.money(today),
            saved=words.money(saved),
            share=words.percent(saved / today if today else float("nan"), 1),
        )
    ]
    if not several:
        told.append(sharing_sentence(proof, words))
    return told


def sharing_sentence(proof: Proof, words: Language) -> str:
    """What sharing brings, and at once how sure that is."""
    gain = proof.saving_alone
    if gain <= GAIN * abs(proof.cost):
        most = words.money(proof.above)
        return words.say("sharing.none" if proof.known else "sharing.none_unproven", most=most)
    values = {
        "gain": words.money(gain),
        "above": words.money(proof.above),
        "share": words.percent(proof.of_saving_alone),
    }
    if not proof.known:
        return words.say("sharing.unproven", **values)
    large = "open" if proof.exceeds_gain else "large" if proof.of_saving_alone >= LARGE else "sure"
    return words.say(f"sharing.{large}", **values)


def sharing_interval(found: Results, words: Language) -> str:
    """Between which sums the gain of sharing is proven to lie; empty where nothing is proven."""
    proof = proof_of(found.solution)
    low, high = proof.worth
    if not (isfinite(low) and isfinite(high)) or found.scenario.sizes["company"] == 1:
        return ""
    key = "sharing.between" if low > SMALL else "sharing.sign_open"
    return words.say(key, low=words.money(low), high=words.money(max(high, 0.0)))


def _climate(verdict: xr.Dataset, words: Language) -> str:
    co2 = verdict["park_co2"] / 1000
    today, together = (words.number(float(co2.sel(case=case))) for case in ("today", "together"))
    return words.say("proposal.co2", today=today, together=together)


def savings(found: Results, words: Language) -> Section:
    """What each pays in each case; by the contract, where there is one; the other scenarios."""
    rows = summary(found.solution, found.verdict)
    blocks: list[Block] = [cost_table(rows, words)]
    if found.scenario.sizes["company"] > 1:
        proof = proof_of(found.solution)
        doubtful = not proof.known or proof.of_saving_alone >= LARGE
        texts = [sharing_sentence(proof, words), sharing_interval(found, words)]
        text = " ".join(each for each in texts if each)
        blocks.append(Text(text, "warning" if doubtful else "note"))
        blocks += _gain_blocks(found, words)
    if found.others:
        blocks += [
            Heading(words.say("others.title")),
            Text(words.say("others.text")),
            others_table(found, words),
        ]
    return Section("savings", words.say("savings.title"), blocks)


def cost_table(rows: pd.DataFrame, words: Language) -> Table:
    """Yearly cost in the three cases, and what is saved."""
    columns = [f"cost_{case}_eur_per_a" for case in ("today", "alone", "together")]
    shown = rows[(rows["kind"] != "shared") | rows[columns].abs().any(axis=1)]
    unit = words.say("unit.per_year")
    titles = [words.term(case) for case in ("today", "alone", "together")]
    titles += [words.say("column.saving"), words.say("column.by_sharing")]
    return Table(
        "costs",
        words.say("sheet.costs"),
        words.say("costs.caption"),
        (
            Column(words.say("column.party")),
            *(Column(title, unit, 0) for title in titles),
            Column(words.say("column.saving_share"), "%", 1),
        ),
        [
            (
                words.term(name),
                *(float(row[column]) for column in columns),
                float(row["saving_eur_per_a"]),
                float(row["saving_by_sharing_eur_per_a"]),
                _percent(row["saving_eur_per_a"], row[columns[0]]),
            )
            for name, row in shown.iterrows()
        ],
        total=True,
        note=words.say("costs.note"),
    )


def _percent(part: float, whole: float) -> float | None:
    return 100 * float(part) / float(whole) if whole else None


def _gain_blocks(found: Results, words: Language) -> list[Block]:
    """The contract, or which command writes one."""
    gains = found.gains
    if gains is None:
        return [Text(words.say("gains.missing"))]
    rule = str(gains.attrs["rule"])
    blocks: list[Block] = [
        Heading(words.say("contract.title")),
        Text(
            words.say("contract.text", rule=words.term(rule), meaning=words.say(f"meaning.{rule}"))
        ),
        contract_table(gains, words),
        Text(stability(gains, rule, words), "note"),
    ]
    if gains.sizes["trade"]:
        blocks.append(trade_table(gains, words))
    return blocks


def contract_table(gains: xr.Dataset, words: Language) -> Table:
    """From the cost together to what a company pays, and what it gains against alone."""
    rows = contract_rows(gains)
    keys = ("alone", "together", "for_energy", "fixed", "in_the_end", "gain")
    unit, paid = words.say("unit.per_year"), float(rows[2].sum() + rows[3].sum())
    body: list[tuple[Cell, ...]] = [
        (str(company), *map(float, row))
        for company, row in zip(gains["company"].values, rows.T, strict=True)
    ]
    note = "contract.note_links" if abs(paid) > SMALL else "contract.note"
    return Table(
        "contract",
        words.say("sheet.contract"),
        words.say("contract.caption"),
        (
            Column(words.say("column.company")),
            *(Column(words.say(f"column.{key}"), unit, 0) for key in keys),
        ),
        [*body, (words.term(PARK), *map(float, rows.sum(axis=1)))],
        total=True,
        note=words.say(note, paid=words.money(paid)),
    )


def trade_table(gains: xr.Dataset, words: Language) -> Table:
    """What is handed over, at which price, by whom to whom."""
    rows = []
    for trade in map(str, gains["trade"].values):
        own = gains.sel(trade=trade)
        traded = own["traded"]
        given, taken = (
            words.listed(list(map(str, traded["company"].values[traded.values * sign > TOLD])))
            for sign in (-1, 1)
        )
        mwh = float(traded.where(traded > 0, 0.0).sum()) / 1000
        rows.append((words.term(trade), 100 * float(own["internal_price"]), mwh, given, taken))
    return Table(
        "trades",
        words.say("sheet.trades"),
        words.say("trades.caption"),
        (
            Column(words.say("column.exchange")),
            Column(words.say("column.price"), "ct/kWh", 2),
            Column(words.say("column.energy"), words.say("unit.mwh"), 1),
            Column(words.say("column.given_by")),
            Column(words.say("column.taken_by")),
        ),
        rows,
    )


def stability(gains: xr.Dataset, rule: str, words: Language) -> str:
    """Who would leave under a rule, and whether that is sure."""
    own = gains.sel(rule=rule)
    for key, objector, sentence in (
        ("objection", "objector", "stability.leaves"),
        ("objection_most", "objector_most", "stability.open"),
    ):
        if float(own[key]) > SMALL:
            who = words.listed(names_of(gains, str(own[objector].values)))
            return words.say(sentence, who=who, gain=words.money(float(own[key])))
    return words.say("stability.stable")


def others_table(found: Results, words: Language) -> Table:
    """The other solved scenarios of the study, beside this one."""
    records = {found.folder.name: found.record} | found.others
    rows = []
    for name, record in records.items():
        cost, alone, today = (float(record[k]) for k in ("total_cost", "cost_alone", "cost_today"))
        gap = record.get("gap")
        rows.append(
            (
                name,
                regime_name(str(record.get("regime", "")), words),
                *(today, alone, cost, alone - cost),
                None if gap is None else float(gap) * cost,
            )
        )
    unit = words.say("unit.per_year")
    keys = ("today", "alone", "together", "by_sharing", "open")
    return Table(
        "scenarios",
        words.say("sheet.scenarios"),
        words.say("others.caption"),
        (
            Column(words.say("column.scenario")),
            Column(words.say("column.regime")),
            *(Column(words.say(f"column.{key}"), unit, 0) for key in keys),
        ),
        rows,
    )
