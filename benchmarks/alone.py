"""How good the companies' designs alone are: writes a table to ``benchmarks/alone.md``.

    .venv/bin/python benchmarks/alone.py

Each company's best design and its lower bound over the full year, with all binaries, beside the
design that `optimise` finds on representative days. Run it on an idle machine.
"""

from __future__ import annotations

import datetime
import os
import platform
import time
from pathlib import Path

import numpy as np

import parkwerk as pw
from parkwerk.coalition import isolate
from parkwerk.solve.alone import dispatch_alone
from parkwerk.solve.assemble import Park
from parkwerk.solve.bound import price_bound
from parkwerk.solve.dispatch import dispatch
from parkwerk.solve.periods import cut
from parkwerk.solve.representative import representative
from parkwerk.solve.settle import settle

HERE = Path(__file__).parent
GAP = 5e-4


def main() -> None:
    """Solve the pilot's companies alone in both ways and write the table."""
    scenario = pw.read_study(HERE.parent / "inputs" / "pilot").scenario()
    groups = cut(scenario)
    apart = Park(isolate(scenario), groups)
    begin = time.perf_counter()
    days = dispatch_alone(scenario, apart, representative(scenario, groups, 8), 1e-3)
    middle = time.perf_counter()
    shape = len(apart.exchanges)
    prices = [np.zeros((shape, periods.steps, len(periods))) for periods in groups]
    proof = price_bound(apart, prices, days.design, GAP)
    end = time.perf_counter()
    year = settle(apart, dispatch(apart, proof.design))

    lines = [
        "# The pilot's companies alone",
        "",
        f"Written by `benchmarks/alone.py` on {datetime.date.today()}; "
        f"{os.cpu_count()} cores, Python {platform.python_version()}. Cost in EUR/a over 8,760 "
        f"hours, searched to a gap of {GAP:g}; the bound counts a bonus for feed-in that no plant "
        "exceeds.",
        "",
        "| company | representative days | full year | lower bound | gap |",
        "|---|---:|---:|---:|---:|",
    ]
    sums = np.zeros(3)
    for owner, bound in proof.by_owner.items():
        own = [i for i, actor in enumerate(apart.actors) if actor.owner == owner]
        coarse, fine = (sum(float(r.costs[i].sum()) for i in own) for r in (days, year))
        sums += coarse, fine, bound
        lines.append(row(owner, coarse, fine, bound))
    lines += [row("**all**", *sums), ""]
    lines.append(f"Representative days {middle - begin:.0f} s, full year {end - middle:.0f} s.")
    text = "\n".join(lines) + "\n"
    (HERE / "alone.md").write_text(text, encoding="utf-8")
    print(text)


def row(name: str, coarse: float, fine: float, bound: float) -> str:
    """A line of the table."""
    gap = (fine - bound) / fine
    return f"| {name} | {coarse:,.0f} | {fine:,.0f} | {bound:,.0f} | {100 * gap:.3f} % |"


if __name__ == "__main__":
    main()
