"""What is built where, what it costs to build, and why each size is what it is."""

from __future__ import annotations

import numpy as np

from parkwerk.report.language import Language
from parkwerk.report.page.blocks import (
    Block,
    Cell,
    Column,
    Folded,
    Heading,
    Items,
    Section,
    Table,
    Text,
    capital,
    finite,
)
from parkwerk.report.page.results import Results
from parkwerk.report.summary import PARK, built_pipes, summary
from parkwerk.report.why import OWNERS, why_text

#: Columns of the table of sizes: column of the summary, term, unit.
SIZES = (
    ("pv_kw", "PV", "kW"),
    ("battery_kwh", "battery", "kWh"),
    ("battery_kw", "power of the battery", "kW"),
    ("heat_pump_kw", "heat pump", "kW"),
    ("heat_storage_kwh", "heat storage", "kWh"),
    ("heat_transfer_kw", "heat transfer", "kW"),
)
#: Investments below this are none [EUR].
BUILT = 1.0


def built(found: Results, words: Language) -> Section:
    """Sizes, pipes and investment; then the reasons, company by company."""
    blocks: list[Block] = [size_table(found, words)]
    pipes = pipe_table(found, words)
    if pipes.rows:
        blocks.append(pipes)
    blocks += [investment_table(found, words), Heading(words.say("why.title")), *_why(found, words)]
    return Section("built", words.say("built.title"), blocks)


def size_table(found: Results, words: Language) -> Table:
    """Sizes of the case together by company."""
    rows = summary(found.solution, found.verdict)
    shown = rows[rows["kind"] != "shared"]
    known = [(column, term, unit) for column, term, unit in SIZES if column in rows]
    return Table(
        "sizes",
        words.say("sheet.sizes"),
        words.say("sizes.caption"),
        (
            Column(words.say("column.company")),
            *(Column(capital(words.term(term)), unit, 0) for _, term, unit in known),
        ),
        [
            (words.term(name), *(finite(row[column]) for column, _, _ in known))
            for name, row in shown.iterrows()
        ],
        total=True,
    )


def pipe_table(found: Results, words: Language) -> Table:
    """Heat pipes that are built, with their length."""
    pipes = built_pipes(found.solution)
    length = dict(
        zip(
            found.scenario["pipe"].values.astype(str),
            found.scenario["pipe_length"].values.astype(float),
            strict=True,
        )
    )
    return Table(
        "pipes",
        words.say("sheet.pipes"),
        words.say("pipes.caption"),
        (
            Column(words.say("column.pipe")),
            Column(words.say("column.source_of_heat")),
            Column(words.say("column.length"), "m", 0),
            Column(words.say("column.capacity"), "kW", 0),
            Column(words.say("column.heat"), words.say("unit.mwh"), 0),
        ),
        [
            (
                str(row["pipe"]),
                str(row["source"]),
                float(length[str(row["pipe"])]),
                float(row["kw"]),
                float(row["kwh_per_a"]) / 1000,
            )
            for _, row in pipes.iterrows()
        ],
    )


def investment_table(found: Results, words: Language) -> Table:
    """Investment of the case together by party and technology."""
    own = found.verdict["investment"].sel(case="together").transpose("party", "technology")
    values = np.asarray(own.values, dtype=float)
    used = values.sum(axis=0) > BUILT
    rows: list[tuple[Cell, ...]] = [
        (words.term(party), *map(float, row[used]), float(row.sum()))
        for party, row in zip(own["party"].values, values, strict=True)
        if row.sum() > BUILT
    ]
    sums = values.sum(axis=0)
    return Table(
        "investment",
        words.say("sheet.investment"),
        words.say("investment.caption"),
        (
            Column(words.say("column.party")),
            *(
                Column(capital(words.term(name)), words.say("unit.money"), 0)
                for name in own["technology"].values[used]
            ),
            Column(words.say("column.sum"), words.say("unit.money"), 0),
        ),
        [*rows, (words.term(PARK), *map(float, sums[used]), float(sums.sum()))],
        total=True,
        note=words.say("investment.note"),
    )


def _why(found: Results, words: Language) -> list[Block]:
    """The reasons by company, or which command finds them."""
    if found.why is None:
        return [Text(words.say("why.missing"))]
    owners = dict.fromkeys(
        str(owner)
        for dim, name in OWNERS.items()
        if found.why.sizes.get(dim)
        for owner in found.why[name].values
    )
    if not owners:
        return [Text(words.say("why.none"))]
    folded: list[Block] = [
        Folded(owner, [Items(why_text(found.why, owner, words))]) for owner in owners
    ]
    return [Text(words.say("why.text")), *folded]
