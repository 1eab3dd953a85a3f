"""How long trade-offs of the pilot take, beside one search: writes ``benchmarks/trade_offs.md``.

    .venv/bin/python benchmarks/trade_offs.py [--gap SHARE] [--study FOLDER]

All in one process and one run, so that the ratios compare like with like. The table is written
after each question. Run it on an idle machine: the fronts take ten minutes, the rest longer.
"""

from __future__ import annotations

import argparse
import datetime
import time
from collections.abc import Callable
from pathlib import Path

import xarray as xr

import parkwerk as pw
from common import machine
from parkwerk import explore

HERE = Path(__file__).parent
POINTS = 10


def main() -> None:
    """Solve once, then ask; print and write what each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gap", type=float, default=0.005)
    parser.add_argument("--study", default=str(HERE.parent / "inputs" / "pilot"))
    asked = parser.parse_args()
    scenario = pw.read_study(asked.study).scenario()
    solution, first = timed(lambda: pw.optimise(scenario, gap=asked.gap))
    print(f"one search: {first:.0f} s", flush=True)
    rows = []
    for title, ask, tell in questions(scenario, solution, asked.gap):
        answer, seconds = timed(ask)
        rows.append(f"| {title} | {tell(answer)} | {seconds:.0f} | {seconds / first:.1f} |")
        print(rows[-1], flush=True)
        write(rows, first, solution, asked.gap)


Question = tuple[str, Callable[[], xr.Dataset], Callable[[xr.Dataset], str]]


def questions(scenario: xr.Dataset, solution: xr.Dataset, gap: float) -> list[Question]:
    """What is asked, and what is told of the answer."""
    fronts: list[Question] = [
        (
            f"front of cost against {name}, at most {POINTS} points",
            lambda name=name: explore.front(scenario, solution, name, POINTS, gap=gap),  # type: ignore[misc]
            told_of_front,
        )
        for name in ("investment", "emissions", "self_sufficiency")
    ]
    return [
        *fronts,
        (
            "near-optimal sizes, five technologies at 1, 3 and 5 %",
            lambda: explore.near_optimal(scenario, solution, gap=gap),
            lambda space: f"{2 * space['smallest'].size} sizes",
        ),
        (
            "tornado as built, eleven inputs",
            lambda: explore.tornado(scenario, solution, resize=False),
            lambda found: f"{found['total_cost'].size} costs",
        ),
        (
            "Morris as built, four trajectories",
            lambda: explore.effects(scenario, solution, trajectories=4),
            lambda found: f"{found.attrs['trials']} costs",
        ),
    ]


def told_of_front(front: xr.Dataset) -> str:
    """How many points, how far they are from the bound, and how far the front reaches."""
    open_ = float((1.0 - front["lower_bound"] / front["total_cost"]).max())
    cost = front["total_cost"].values
    reach = f"{cost[0]:,.0f} to {cost[-1]:,.0f} EUR/a"
    return f"{front.sizes['point']} points, gap at most {open_:.2%}, {reach}"


def timed(work: Callable[[], xr.Dataset]) -> tuple[xr.Dataset, float]:
    """What the work gives, and the seconds it took."""
    begin = time.perf_counter()
    return work(), time.perf_counter() - begin


def write(rows: list[str], first: float, solution: xr.Dataset, gap: float) -> None:
    """The table as Markdown."""
    text = "\n".join(
        [
            "# Trade-offs of the pilot",
            "",
            f"Written by `benchmarks/trade_offs.py`, {datetime.date.today()}: {machine()}. One "
            f"search to {gap:.1%} took {first:.0f} s and found "
            f"{solution.attrs['total_cost']:,.0f} EUR/a with a gap of "
            f"{solution.attrs['gap']:.2%}.",
            "",
            "| question | answer | seconds | times one search |",
            "|---|---|---:|---:|",
            *rows,
        ]
    )
    (HERE / "trade_offs.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
