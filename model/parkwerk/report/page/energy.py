"""Energy and CO2: the park in each case, and what each company uses, makes and emits."""

from __future__ import annotations

from parkwerk.report.language import Language
from parkwerk.report.page.blocks import Block, Cell, Column, Section, Table, Text, finite
from parkwerk.report.page.results import CASES, Results

#: What is told of the park: key of the words, quantity, factor, decimals, key of the unit.
OF_PARK = (
    ("used", "park_electricity_used", 1e-3, 0, "mwh"),
    ("bought", "park_grid_electricity", 1e-3, 0, "mwh"),
    ("generated", "park_pv_generation", 1e-3, 0, "mwh"),
    ("fed_in", "park_feed_in", 1e-3, 0, "mwh"),
    ("curtailed", "park_curtailment", 1e-3, 0, "mwh"),
    ("shared", "park_shared", 1e-3, 0, "mwh"),
    ("waste_heat", "park_waste_heat", 1e-3, 0, "mwh"),
    ("gas", "gas_used", 1e-3, 0, "mwh"),
    ("peak", "park_peak", 1.0, 0, "kw"),
    ("self_sufficiency", "park_self_sufficiency", 100.0, 0, "percent"),
    ("self_consumption", "park_self_consumption", 100.0, 0, "percent"),
    ("co2", "park_co2", 1e-3, 0, "tonnes"),
)


def energy(found: Results, words: Language) -> Section:
    """The park in the three cases; CO2 by company."""
    co2 = found.verdict["park_co2"] / 1000
    today, alone, together = (float(co2.sel(case=case)) for case in CASES)
    text = words.say(
        "energy.text",
        today=words.number(today),
        alone=words.number(alone),
        together=words.number(together),
        share=words.percent((today - together) / today if today else float("nan")),
    )
    blocks: list[Block] = [Text(text), park_table(found, words), co2_table(found, words)]
    return Section("energy", words.say("energy.title"), blocks)


def park_table(found: Results, words: Language) -> Table:
    """The park in each case; a row a quantity, with its unit."""
    rows = []
    for key, name, factor, _, unit in OF_PARK:
        array = found.verdict[name]
        array = array.sum("company") if "company" in array.dims else array
        values = (finite(factor * float(array.sel(case=case))) for case in CASES)
        rows.append((words.say(f"energy.{key}"), words.say(f"unit.{unit}"), *values))
    return Table(
        "park",
        words.say("sheet.park"),
        words.say("energy.caption"),
        (
            Column(words.say("column.quantity")),
            Column(words.say("column.unit")),
            *(Column(words.term(case), "", 0) for case in CASES),
        ),
        rows,
        note=words.say("energy.note"),
    )


def co2_table(found: Results, words: Language) -> Table:
    """CO2 of the electricity and gas that each company buys."""
    co2 = (found.verdict["co2"] / 1000).transpose("company", "case").sel(case=list(CASES))
    park = (found.verdict["park_co2"] / 1000).sel(case=list(CASES))
    rows: list[tuple[Cell, ...]] = [
        (str(company), *map(float, row))
        for company, row in zip(co2["company"].values, co2.values, strict=True)
    ]
    return Table(
        "co2",
        words.say("sheet.co2"),
        words.say("co2.caption"),
        (
            Column(words.say("column.company")),
            *(Column(words.term(case), words.say("unit.tonnes"), 0) for case in CASES),
        ),
        [*rows, (words.term("park"), *map(float, park.values))],
        total=True,
    )
