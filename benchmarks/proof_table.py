"""Tables and plot of ``proof.py``, from the results of all cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from proof_cases import BY_COMPANIES, CASES, Case

Record = dict[str, Any]

HEAD = """# The proof: how near the best, how fast, with how much memory

Written by `benchmarks/proof.py`. Each case is one run of `parkwerk run`, from the start of the \
process to the last file. *Gap* is proven: no design of the whole mixed-integer program over all \
periods costs less than the lower bound. *Alone* is what all pay if each builds for itself. Memory \
is that of all processes of the run.
"""


def write_table(records: dict[str, Record], path: Path, plot: Path) -> None:
    """One row for each case, the plot if there is one, and when and where each case was run."""
    lines = [HEAD]
    lines += [
        "| case | gap | seconds | MB | total cost | lower bound | alone | ended | hoped for |"
    ]
    lines += ["|---|---:|---:|---:|---:|---:|---:|---|---|"]
    lines += [_row(CASES[name], record) for name, record in records.items()]
    lines += ["", f"![seconds by number of companies]({plot.name})"] if plot.exists() else []
    lines += [""]
    runs: dict[tuple[str, str, float], list[str]] = {}
    for name, record in records.items():
        key = (record["date"], record["machine"], record["limit"])
        runs.setdefault(key, []).append(CASES[name].title)
    for (date, machine, limit), titles in runs.items():
        lines += [f"- {date}, at most {limit:.0f} s each, {machine}: {'; '.join(titles)}."]
    busy = [CASES[name].title for name, record in records.items() if record.get("busy")]
    if busy:
        lines += [f"- Beside other work on both cores, so slower than alone: {'; '.join(busy)}."]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _row(case: Case, record: Record) -> str:
    hoped = "-"
    if case.hoped:
        gap, seconds, memory = case.hoped
        hoped = f"{100 * gap:.1f} %, {seconds:.0f} s, {memory:,.0f} MB"
    if "error" in record:
        return f"| {case.title} | {record['error']} | | | | | | | {hoped} |"
    gap = "not proven" if record["gap"] is None else f"{100 * record['gap']:.2f} %"
    costs = (record["total_cost"], record["lower_bound"], record["cost_alone"])
    money = " | ".join("-" if cost is None else f"{cost:,.0f}" for cost in costs)
    return (
        f"| {case.title} | {gap} | {record['seconds']:,.0f} | {record['peak_mb']:,.0f} | {money} "
        f"| {record['ended']} | {hoped} |"
    )


def write_plot(records: dict[str, Record], path: Path) -> None:
    """Seconds of the stages by number of companies, as soon as there are two, by logarithms."""
    import matplotlib.pyplot as plt

    found = {n: records[name] for name, n in BY_COMPANIES.items() if name in records}
    found = {n: record for n, record in found.items() if record.get("lower_bound") is not None}
    if len(found) < 2:
        return
    figure, axes = plt.subplots(figsize=(5.6, 3.8), layout="constrained")
    sizes = sorted(found)
    # To the first bound of the park: how long a search goes on then is what the gap asks for.
    first = [next(row[0] for row in found[n]["bounds"] if row[2] is not None) for n in sizes]
    own = [found[n]["stages_s"]["alone: each company for itself"] for n in sizes]
    axes.loglog(sizes, first, "o-", label="to the first bound of the park")
    axes.loglog(sizes, own, "s-", label="each company alone, with its bound")
    line = [first[0] * n / sizes[0] for n in sizes]
    axes.loglog(sizes, line, ":", color="grey", label="in proportion to companies")
    axes.set(xlabel="companies", ylabel="seconds", xticks=sizes, xticklabels=sizes)
    axes.minorticks_off()
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)
    plt.close(figure)
