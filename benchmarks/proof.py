"""How near the best, how fast, with how much memory: writes ``benchmarks/proof.md``.

    .venv/bin/python benchmarks/proof.py [--limit SECONDS] [--only CASE ...]

Every case is a run of the command line in a process of its own, one after another. Each leaves a
file in ``benchmarks/results/proof``, and the tables and the plot are written from all of them, so a
single case can be repeated. Run it on an idle machine: all cases together take some hours.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from common import choice, machine, measured
from proof_cases import CASES, Case
from proof_table import write_plot, write_table

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "proof"
#: Seconds between two looks at the memory of all processes of a run.
PULSE = 0.5
#: Seconds to read, assess and write, beside what the search may take.
PATIENCE = 900


def main() -> None:
    """Run the cases asked for, and write the tables and the plot from all that are there."""
    parser = choice(__doc__, CASES)
    parser.add_argument("--limit", type=float, default=1800.0, help="seconds for each search")
    asked = parser.parse_args()
    records = measured(asked, CASES, lambda name: run(CASES[name], asked.limit), RESULTS)
    write_plot(records, HERE / "proof.png")
    write_table(records, HERE / "proof.md", HERE / "proof.png")


def run(case: Case, limit: float) -> dict[str, Any]:
    """One run of the command line, and what it proves."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, out = case.study(Path(temporary) / "study"), Path(temporary) / "out"
        words = ["run", folder, "--out", out, "--gap", case.gap, "--time-limit", limit]
        command = [str(Path(sys.executable).with_name("parkwerk")), *map(str, words)]
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        peak = [0.0]
        watch = threading.Thread(target=_watch, args=(process, peak), daemon=True)
        watch.start()
        try:
            _, error = process.communicate(timeout=limit + PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            return _of_run(case, limit) | {"error": f"no end after {limit + PATIENCE:.0f} s"}
        seconds = time.perf_counter() - begin
        if process.returncode != 0:
            last = error.decode().strip().splitlines()[-1:]
            return _of_run(case, limit) | {"error": " ".join(last)}
        found = json.loads(next(out.rglob("run.json")).read_text(encoding="utf-8"))
    kept = ("total_cost", "cost_alone", "cost_today", "lower_bound", "gap", "ended", "bounds")
    known = {key: found[key] for key in (*kept, "companies", "steps", "stages_s")}
    return _of_run(case, limit) | known | {"seconds": seconds, "peak_mb": peak[0]}


def _of_run(case: Case, limit: float) -> dict[str, Any]:
    return {
        "gap_asked": case.gap,
        "limit": limit,
        "machine": machine(),
        "date": str(datetime.date.today()),
    }


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    """Keep the largest memory of a process and all that it started [MB]."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(_memory(pid) for pid in _family(process.pid)))
        time.sleep(PULSE)


def _family(pid: int) -> list[int]:
    """A process and its descendants, whichever of its threads has begun them."""
    family = [pid]
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                children = (thread / "children").read_text(encoding="utf-8").split()
                family += [each for child in children for each in _family(int(child))]
    return family


def _memory(pid: int) -> float:
    """Memory of a process [MB], what it shares with others counted in part."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    lines = [line for line in text.splitlines() if line.startswith("Pss:")]
    return float(lines[0].split()[1]) / 1024 if lines else 0.0


if __name__ == "__main__":
    main()
