"""The table of the comparison, written from the results of all cases."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from cases import CASES, Case

Record = dict[str, Any]

HEAD = """# The pilot by parkwerk, by the whole program and by other tools

Written by `benchmarks/compare_tools.py`. Every case solves the same scenario (`inputs/pilot`, \
`law-2026`, hourly) or a part of it by HiGHS, in a process of its own. *Build* is all that is \
neither HiGHS nor the start of the process: stating, translating, handing over, reading back. \
*Total* is the wall time of the process, *CPU* its processor time on all cores. *Stated* is the \
share of parkwerk's cost terms, in absolute value, that the case has too; it is weighed by the \
best proven solution of the whole MILP by stamped arrays, if need be that of a shorter year, so it \
counts euros, not rules. That flows exclude each other at a meter or in a battery is part of \
none of the other programs; parkwerk enforces it in its dispatch. A case and *the same* below it \
are equal problems; on two days their optima are equal too.
"""


def write_table(results: Path, path: Path) -> None:
    """One table for each number of days, the full year first, and what each case leaves out."""
    records = [
        (f.stem.rpartition("-")[0], json.loads(f.read_text())) for f in results.glob("*.json")
    ]
    order = list(CASES)
    records.sort(key=lambda pair: (-pair[1]["days"], order.index(pair[0])))
    lines = [HEAD]
    for days in dict.fromkeys(record["days"] for _, record in records):
        lines += section(days, {name: r for name, r in records if r["days"] == days}, records)
    named = dict.fromkeys(name for name, _ in records)
    lines += ["## What each case states", ""]
    lines += [f"- **{CASES[name].title}**: {CASES[name].states}." for name in named]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def section(days: int, records: dict[str, Record], every: list[tuple[str, Record]]) -> list[str]:
    """The table of one number of days."""
    first = next(iter(records.values()))
    title = "The full year, 8,760 h" if days == 365 else f"{days} days spread over the year"
    lines = [
        f"## {title}",
        "",
        f"HiGHS may take {first['limit']:,.0f} s; {first['machine']}. Cost in EUR/a.",
        "",
        "| case | stated | rows | binaries | build s | HiGHS s | total s | CPU s | GB "
        "| cost | bound | gap | asked gap reached | date |",
        "|---|" + "---:|" * 13,
    ]
    lines += [row(CASES[n], r, days, every) for n, r in records.items()]
    return [*lines, ""]


def row(case: Case, record: Record, days: int, every: list[tuple[str, Record]]) -> str:
    """One case."""
    cost, bound = record.get("objective"), record.get("bound")
    reached = gap_of(cost, bound)
    asked = record["gap_asked"]
    after = f"after {record['total_s']:,.0f} s" if reached <= asked else _why_not(record, asked)
    cells = [
        case.title,
        stated(case, every),
        _number(record.get("rows")),
        _number(record.get("binaries")),
        _number(record.get("build_s")),
        _number(record.get("solver_s")),
        _number(record["total_s"]),
        _number(record["cpu_s"]),
        f"{record['memory_gb']:.1f}",
        _number(cost and cost * 365 / days),
        _number(bound and bound * 365 / days),
        f"{100 * reached:.2f} %" if math.isfinite(reached) else "–",
        after,
        record["date"],
    ]
    return "| " + " | ".join(cells) + " |"


def _why_not(record: Record, asked: float) -> str:
    if short := record.get("memory_short"):
        return f"no: {short:g} GB of address space are too few"
    if record["ended"]:
        return f"no: the process ended with {record['ended']}"
    return f"{100 * asked:g} % not within the limit"


def gap_of(cost: float | None, bound: float | None) -> float:
    """``(cost − bound)/cost``; infinite where one is missing."""
    return math.inf if not cost or bound is None else (cost - bound) / abs(cost)


def stated(case: Case, every: list[tuple[str, Record]]) -> str:
    """Share of the cost terms that a case has, at the best proven solution of the whole program."""
    if not case.unstated:
        return "100 %"
    whole = [r for name, r in every if name == "arrays" and r.get("terms")]
    if not whole:
        return "–"
    terms = min(whole, key=lambda r: gap_of(r["objective"], r["bound"]))["terms"]
    left = sum(terms.get(name, 0.0) for name in case.unstated)
    return f"{100 * (1 - left / sum(terms.values())):.1f} %"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"
