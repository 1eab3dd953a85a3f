"""What the model leaves out, and how the result was computed."""

from __future__ import annotations

import parkwerk
from parkwerk.report.bills import bill_table
from parkwerk.report.language import Language
from parkwerk.report.page.blocks import Block, Column, Folded, Items, Section, Table, Text
from parkwerk.report.page.results import GAIN, WHY, Results

#: Letters of a hash that are shown in the page; the workbook has all.
SHOWN = 16
#: What the model leaves out, by the keys of the words.
LEFT_OUT = (
    *("rules", "foresight", "hours", "stores", "pv", "batteries", "heat", "contract", "unknown"),
)


def left_out(found: Results, words: Language) -> Section:
    """What the numbers do not know of."""
    hours = float(found.scenario.attrs.get("step_hours", 1.0))
    items = [
        words.say(f"left_out.{key}", hours=words.number(60 * hours), period=_period(found, words))
        for key in LEFT_OUT
    ]
    blocks: list[Block] = [Text(words.say("left_out.text")), Items(items)]
    return Section("left-out", words.say("left_out.title"), blocks)


def _period(found: Results, words: Language) -> str:
    return words.say(f"period.{found.scenario.attrs.get('period', 'day')}")


def method(found: Results, words: Language) -> Section:
    """Versions, hashes and what the search took."""
    record = found.record
    text = words.say(
        "method.text",
        study=record["study"],
        scenario=record["scenario"],
        steps=words.number(found.scenario.sizes["time"]),
        wall=words.number(float(record.get("wall_s") or 0) / 60, 1),
        version=record["versions"].get("parkwerk", "-"),
        now=parkwerk.__version__,
    )
    files = ["scenario.nc", "solution.nc", "verdict.nc", "run.json"]
    files += [GAIN] if found.gains is not None else []
    files += [WHY] if found.why is not None else []
    versions = [(str(name), str(number)) for name, number in record["versions"].items()]
    hashes = [(str(name), str(sum_)) for name, sum_ in record["inputs"].items()]
    blocks: list[Block] = [Text(text)]
    if "bill" in found.verdict:
        blocks.append(Text(words.say("method.bills")))
    blocks.append(Text(words.say("method.files", files=words.listed(files))))
    tables = [
        _pairs("versions", words, versions),
        _pairs("hashes", words, [(name, f"{sum_[:SHOWN]}…") for name, sum_ in hashes]),
    ]
    blocks.append(Folded(words.say("method.versions"), tables))
    data = [_pairs("hashes_full", words, hashes)]
    if "bill" in found.verdict:
        data.append(bills(found, words))
    return Section("method", words.say("method.title"), blocks, data)


def _pairs(key: str, words: Language, rows: list[tuple[str, str]]) -> Table:
    """A table of names and texts."""
    sheet = words.say(f"sheet.{key}") if key != "hashes" else ""
    return Table(
        key.replace("_", "-"),
        sheet,
        words.say(f"method.{key}"),
        (Column(words.say("column.name")), Column(words.say(f"column.{key}"))),
        rows,
    )


def bills(found: Results, words: Language) -> Table:
    """What each party owes a year by the letter of the law, line by line."""
    table = bill_table(found.verdict)
    titles = [words.term(line) for line in found.verdict["line"].values]
    unit = words.say("unit.per_year")
    return Table(
        "bills",
        words.say("sheet.bills"),
        words.say("bills.caption"),
        (Column(words.say("column.party")), *(Column(title, unit, 0) for title in titles)),
        [(words.term(party), *map(float, row)) for party, row in table.iterrows()],
    )
