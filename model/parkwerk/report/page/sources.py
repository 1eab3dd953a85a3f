"""Which inputs are sourced, derived, assumed or unverified, by what the scenario says of them."""

from __future__ import annotations

import re
from typing import NamedTuple

import xarray as xr

from parkwerk.quantities import SCENARIO
from parkwerk.report.language import Language
from parkwerk.report.page.blocks import Block, Column, Folded, Items, Quote, Section, Table, Text
from parkwerk.report.page.results import Results

#: Kinds of sources, the weakest first, by words in the source; the first kind found counts.
KINDS = {
    "unverified": r"\bunverified\b",
    "assumption": r"\bassum(?:ption|ed)\b|\bhypothesis\b|\bstands? in\b|\bsynthetic\b",
    "derived": r"\bderived\b|\bgenerated\b|\bsuggested\b",
}
SOURCED, NONE = "sourced", "none"
#: Quantities that say whose the loads are.
LOADS = ("electricity_demand", "heat_demand")
#: Words of a note or title by which a study says that its companies are not real.
INVENTED = re.compile(r"\bstand-?ins?\b|\bsynthetic\b|\bPlatzhalter\b", re.IGNORECASE)
#: Letters of a source that are shown in the page; the workbook has all of it.
LONGEST = 300


class Source(NamedTuple):
    """Where a quantity of the scenario comes from."""

    quantity: str
    units: str
    kind: str
    text: str


def sources_of(scenario: xr.Dataset) -> list[Source]:
    """All quantities of the scenario with their source, the weakest kinds first."""
    found = [
        Source(str(name), SCENARIO[str(name)].units, kind_of(text), text)
        for name, array in scenario.data_vars.items()
        if str(name) in SCENARIO
        for text in [str(array.attrs.get("source", "")).strip()]
    ]
    order = [*KINDS, NONE, SOURCED]
    return sorted(found, key=lambda source: order.index(source.kind))


def kind_of(text: str) -> str:
    """The weakest kind that a source names; a statute or a publication is sourced."""
    if not text:
        return NONE
    return next((k for k, word in KINDS.items() if re.search(word, text, re.IGNORECASE)), SOURCED)


def stand_ins(scenario: xr.Dataset) -> str:
    """``all`` or ``some`` where the companies, or some of them, are no real ones; else empty.

    A study says so in title or note; or the loads of all, or of some, are assumptions.
    """
    told = " ".join(str(scenario.attrs.get(name, "")) for name in ("title", "note"))
    if INVENTED.search(told):
        return "all"
    texts = [str(scenario[name].attrs.get("source", "")) for name in LOADS]
    parts = [part for text in texts for part in text.split(" | ") if part]
    assumed = [kind_of(part) in ("assumption", "unverified") for part in parts]
    return "all" if parts and all(assumed) else "some" if any(assumed) else ""


def inputs(found: Results, words: Language) -> Section:
    """The inputs by the kind of their source, the weakest first, and the publications cited."""
    known = sources_of(found.scenario)
    note = str(found.scenario.attrs.get("note", "")).strip()
    kinds = [kind for kind in (*KINDS, NONE, SOURCED) if any(s.kind == kind for s in known)]
    counts = [
        words.say("inputs.count", kind=words.term(kind), n=sum(s.kind == kind for s in known))
        for kind in kinds
    ]
    blocks: list[Block] = [
        Text(words.say("inputs.text", counts=words.listed(counts), n=len(known)))
    ]
    if note:
        blocks.append(Quote(words.say("inputs.note"), note))
    for kind in kinds:
        own = [source for source in known if source.kind == kind]
        table = source_table(kind, own, words)
        blocks.append(Folded(words.say(f"inputs.{kind}", n=len(own)), [table]))
    cited = str(found.scenario.attrs.get("sources", "")).splitlines()
    if cited:
        blocks.append(Items(cited, words.say("inputs.cited", n=len(cited))))
    return Section("inputs", words.say("inputs.title"), blocks, [all_sources(known, words)])


def source_table(kind: str, own: list[Source], words: Language) -> Table:
    """The quantities of a kind with what the inputs say of them."""
    return Table(
        f"source-{kind}",
        "",
        words.say("inputs.caption", kind=words.term(kind)),
        (
            Column(words.say("column.quantity")),
            Column(words.say("column.unit")),
            Column(words.say("column.source"), original=True),
        ),
        [(words.quantity(s.quantity), s.units, shortened(s.text)) for s in own],
    )


def all_sources(known: list[Source], words: Language) -> Table:
    """Every quantity with its name in the data, its kind and its whole source."""
    return Table(
        "sources",
        words.say("sheet.sources"),
        words.say("inputs.all"),
        (
            Column(words.say("column.quantity")),
            Column(words.say("column.name")),
            Column(words.say("column.unit")),
            Column(words.say("column.kind")),
            Column(words.say("column.source"), original=True),
        ),
        [
            (words.quantity(s.quantity), s.quantity, s.units, words.term(s.kind), s.text)
            for s in known
        ],
    )


def shortened(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]} …"
