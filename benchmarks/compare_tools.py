"""The pilot by parkwerk, by the whole program and by other tools: writes ``benchmarks/tools.md``.

    .venv/bin/python benchmarks/compare_tools.py [--days N] [--limit SECONDS] [--only CASE ...]

Every case is solved by HiGHS to the same gap, in a process of its own, one after another. Each
leaves a file in ``benchmarks/results``, and the table is written from all of them, so a single case
can be repeated. Run it on an idle machine.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from common import machine

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "tools"))

from cases import CASES, Case  # noqa: E402
from tool_table import write_table  # noqa: E402

STUDY = HERE.parent / "inputs" / "pilot"
RESULTS = HERE / "results"
DAYS = 365
#: Seconds to state and translate a model, beside what the solver may take.
PATIENCE = 1800


def main() -> None:
    """Run the cases asked for and write the table."""
    asked = arguments()
    RESULTS.mkdir(exist_ok=True)
    for name in asked.only or list(CASES):
        case = CASES[name]
        if case.script is None and asked.days != DAYS:
            continue
        record = run(case, asked)
        record |= {"days": asked.days, "gap_asked": asked.gap, "limit": asked.limit}
        record |= {"machine": machine(("highspy",)), "date": str(datetime.date.today())}
        path = RESULTS / f"{name}-{asked.days}.json"
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        print(
            f"{name}: {json.dumps({k: v for k, v in record.items() if k != 'terms'})}", flush=True
        )
    write_table(RESULTS, HERE / "tools.md")


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=DAYS, help="days spread over the year")
    parser.add_argument("--limit", type=float, default=900.0, help="seconds for HiGHS")
    parser.add_argument("--gap", type=float, default=0.002)
    parser.add_argument("--memory", type=float, default=16.0, help="GB of address space")
    parser.add_argument("--only", nargs="+", choices=list(CASES), metavar="CASE")
    return parser.parse_args()


def run(case: Case, asked: argparse.Namespace) -> dict[str, Any]:
    """Solve one case in a process of its own: its outcome, wall time and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "run.json"
        if case.script is None:
            command = [str(Path(sys.executable).parent / "parkwerk"), "run", str(STUDY)]
            command += ["--gap", str(asked.gap), "--out", folder]
        else:
            scenario = Path(folder) / "scenario.nc"
            write_scenario(case, asked.days, scenario)
            order = {"scenario": str(scenario), "result": str(result)}
            order |= {"gap": asked.gap, "limit": asked.limit, "memory": asked.memory}
            script = HERE / "tools" / case.script
            command = [str(python_of(case)), str(script), json.dumps(order)]
        spent = spawn(command, asked.limit + PATIENCE)
        found = sorted(Path(folder).rglob("run.json"))
        outcome = json.loads(found[0].read_text(encoding="utf-8")) if found else {}
    if case.script is None and outcome:
        outcome = {"objective": outcome["total_cost"], "bound": outcome["lower_bound"]}
    return outcome | spent


def spawn(command: list[str], patience: float) -> dict[str, float]:
    """Run a command: its wall time and processor time, peak memory [GB], and how it ended."""
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        timer = threading.Timer(patience, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            log.seek(0)
            print(log.read().decode(errors="replace")[-2000:], flush=True)
    return {
        "total_s": time.perf_counter() - begin,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "memory_gb": usage.ru_maxrss / (1 << 20),
        "ended": process.returncode,
    }


def write_scenario(case: Case, days: int, path: Path) -> None:
    """The part of the pilot that a case states, as NetCDF."""
    import parkwerk as pw
    import reduce
    from parkwerk.netcdf import save

    scenario = pw.shorten(pw.read_study(STUDY).scenario("law-2026"), days)
    save(getattr(reduce, case.part)(scenario), path)


def python_of(case: Case) -> Path:
    """The interpreter of a case: this one, or that of an environment made from pinned versions."""
    if case.environment is None:
        return Path(sys.executable)
    folder = HERE / ".venvs" / case.environment
    python = folder / "bin" / "python"
    done = folder / "installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pins = HERE / f"requirements-{case.environment}.txt"
        install = [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(pins)]
        subprocess.run([*install, "--disable-pip-version-check"], check=True)
        done.touch()
    return python


if __name__ == "__main__":
    main()
