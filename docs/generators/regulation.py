"""Regimes, rules, the law's values and price sheets, from `regulation/data/`."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from datetime import date
from typing import Any

from generators.text import PACKAGE, code, markdown, page, table, words
from parkwerk.regulation.data_files import DATA, read_mapping
from parkwerk.regulation.eligibility import CONDITIONS
from parkwerk.regulation.law import FILES
from parkwerk.regulation.law import sources as law_sources
from parkwerk.regulation.price_sheet import (
    PriceSheet,
    RatePair,
    price_sheet_names,
    read_price_sheet,
)
from parkwerk.regulation.regimes import PoolRule, Regime, pool_rules, regimes, setting_records

CONFIDENCE = {"H": "high", "M": "medium", "L": "low"}
CHARGES = {
    "own_supply": "balancing and billing (`sharing.own_supply_cost`)",
    "road_concession": "the concession levy where the line crosses a public road",
}


def rules() -> str:
    """Every regime with its rules, every rule with its conditions and charges."""
    settings = [
        [
            code(f"sharing.{name}"),
            s.title,
            f"{s.value:g} {_unit(s.unit)}",
            s.source,
            CONFIDENCE[s.confidence],
        ]
        for name, s in setting_records().items()
    ]
    return page(
        "# Regimes and rules",
        "A *regime* is a set of *rules*; a rule is one way for electricity to pass between "
        "companies. `study.yaml` names one regime, and `parkwerk compare` runs them all. "
        "Confidence is high for a statute or two sources that agree, medium for one credible "
        "source, low for one that is weak, old or derived. Source keys are explained "
        "[with the values of the law](law.md#sources).",
        "## Regimes",
        *(block for name, regime in regimes().items() for block in _regime(name, regime)),
        "## Rules",
        "Electricity tax follows for every rule from StromStG §9(1) Nr.3: none on what a plant of "
        "up to 2 MW delivers nearby, else the taker's own rate.",
        *(block for name, rule in pool_rules().items() for block in _rule(name, rule)),
        "## Conditions",
        "Who does not meet a condition is told why, by name, in `parkwerk check` and in the "
        "result.",
        table(
            ["condition", "met by"],
            (
                [code(n), markdown(inspect.getdoc(c) or "").split("\n\nRaises")[0]]
                for n, c in CONDITIONS.items()
            ),
        ),
        "## Costs that no statute fixes",
        "A study may set its own.",
        table(["path", "what it is", "default", "source", "confidence"], settings),
    )


def _regime(name: str, regime: Regime) -> list[str]:
    facts = [
        ["basis", regime.paragraph],
        ["rules", words([f"[`{pool}`](#rule-{pool})" for pool in regime.pools], "and")]
        if regime.pools
        else ["rules", "none: nothing is shared"],
        ["heat between companies", "yes" if regime.heat_links else "no"],
        ["tenants take part", "yes" if regime.tenants else "no"],
        ["grid fees", "by ordered capacity" if regime.tariff_system == "ordered" else "as today"],
        *([["common connection", regime.common]] if regime.common else []),
        *([["not applied", words(map(code, regime.lifted), "and")]] if regime.lifted else []),
        ["source", f"{regime.source} (confidence {CONFIDENCE[regime.confidence]})"],
    ]
    status = "**Not current law.** " if regime.hypothetical else ""
    title = f"{status}{regime.title[0].upper()}{regime.title[1:]}"
    return [f"### `{name}` {{#regime-{name}}}", table(["", title], facts), regime.note]


def _rule(name: str, rule: PoolRule) -> list[str]:
    fees = "yes: they count in the peak and bear grid fee and levies" if rule.on_grid else "no"
    extra = [CHARGES[charge] for charge in rule.charges]
    facts = [
        ["basis", rule.paragraph],
        ["kWh pass the members' grid meters", fees],
        ["conditions", words(map(code, rule.conditions), "and")],
        ["beside fee, levies and tax a kWh bears", words(extra, "and") if extra else "nothing"],
        ["a member pays a year", code(f"sharing.{rule.member_cost}") if rule.member_cost else "–"],
        *([["spared of the energy charge", code(f"sharing.{rule.rebate}")]] if rule.rebate else []),
        *([["pools", "one for each candidate direct line"]] if rule.lines else []),
        *([["key", "members may agree one (`sharing.allocation_key`)"]] if rule.keyed else []),
        ["open", _validity(rule)],
        ["source", f"{rule.source} (confidence {CONFIDENCE[rule.confidence]})"],
    ]
    title = f"{rule.title[0].upper()}{rule.title[1:]}"
    return [f"### `{name}` {{#rule-{name}}}", table(["", title], facts)]


def _validity(rule: PoolRule) -> str:
    start = f"from {_day(rule.valid_from)}" if rule.valid_from else ""
    end = f"until {_day(rule.valid_until)}" if rule.valid_until else ""
    return f"{start} {end}".strip() or "on every date"


def _day(name: str) -> str:
    return str(_quantities()[name]["values"][-1]["value"])


def law() -> str:
    """Every value of the law with its validity, and what the source keys stand for."""
    blocks = []
    for file in FILES:
        quantities = read_mapping(DATA / file)["quantities"]
        rows = [row for name, q in quantities.items() for row in _values(name, q)]
        header = ["quantity", "value", "from", "until", "basis", "source", "confidence", "note"]
        title = file.removesuffix(".yaml").replace("_", " ")
        blocks += [f"## {title[0].upper()}{title[1:]}", table(header, rows)]
    known = law_sources() | read_mapping(PACKAGE / "study" / "data" / "sources.yaml")
    return page(
        "# Values of the law",
        "What `law_date` in `study.yaml` chooses from. Nothing is extrapolated: a date on which a "
        "value is not known is refused.",
        *blocks,
        "## Sources",
        "Keys of the built-in data; a study adds its own under `sources`.",
        table(["key", "stands for"], ([key, text] for key, text in known.items())),
    )


def _quantities() -> dict[str, Any]:
    return {n: q for f in FILES for n, q in read_mapping(DATA / f)["quantities"].items()}


def _values(name: str, quantity: dict[str, Any]) -> Iterable[list[str]]:
    for value in quantity["values"]:
        yield [
            f"{quantity['title']} ({code(name)})",
            f"{_told(value['value'])} {_unit(quantity['unit'])}",
            str(value["valid_from"]),
            str(value.get("until", "")),
            quantity["paragraph"],
            str(value["source"]),
            CONFIDENCE[value["confidence"]],
            value.get("note", ""),
        ]


def _told(value: Any) -> str:
    """A number, a date, numbers by a key, or slices of a plant."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {number:g}" for key, number in value.items())
    if isinstance(value, list):
        return ", ".join(f"up to {s['up_to_kw']:,g} kW: {s['value']:g}" for s in value)
    return str(value) if isinstance(value, date) else f"{value:,g}"


def _unit(unit: str) -> str:
    return "" if unit in ("1", "date") else unit


def sheets() -> str:
    """Every price sheet that comes with parkwerk."""
    found = {name: read_price_sheet(name) for name in price_sheet_names()}
    return page(
        "# Price sheets",
        "Grid fees by operator and voltage level, net of VAT. Demand charges are in EUR/(kW·a), "
        "monthly ones in EUR/(kW·month), energy charges in ct/kWh. *Under* and *from* are the "
        "pairs for fewer and for at least 2,500 hours of use; on a real sheet both cost the same "
        "at 2,500 h, and a sheet whose lines do not meet there is refused. A level with a gap "
        "cannot be used. A sheet of your own is a file of the same form, named by its path in "
        "`prices.price_sheet`.",
        *(block for name, sheet in found.items() for block in _sheet(name, sheet)),
    )


def _sheet(name: str, sheet: PriceSheet) -> list[str]:
    rows = [
        [
            level,
            *_pair(rates.under),
            *_pair(rates.over),
            *(_pair(rates.monthly) if rates.monthly else ["–", "–"]),
            "yes" if rates.windows else "no",
            f"{rates.source} ({CONFIDENCE[rates.confidence]})",
        ]
        for level, rates in sheet.levels.items()
    ]
    charges = [
        f"{pair}, {charge}" for pair in ("under", "from", "monthly") for charge in ("kW", "kWh")
    ]
    header = ["level", *charges, "peak windows", "source (confidence)"]
    status = f"{sheet.operator}, {sheet.year}, {sheet.status}."
    return [f"## `{name}`", f"{status} {sheet.note}", table(header, rows)]


def _pair(pair: RatePair | Any) -> list[str]:
    return [_charge(pair.demand_charge), _charge(pair.energy_charge)]


def _charge(charge: float | None) -> str:
    return "not known" if charge is None else f"{charge:.2f}"
