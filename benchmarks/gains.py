"""How long it takes to divide the gain, and how sure the division is: writes ``gains.md``.

    .venv/bin/python benchmarks/gains.py [--only CASE ...]

Each case is one ``parkwerk run`` and then one ``parkwerk gain`` of its result, and leaves a file in
``benchmarks/results/gains``. Run it on an idle machine; each case takes some ten minutes.
"""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import parkwerk
from common import choice, machine, measured
from proof_cases import INPUTS, scaled

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "gains"
#: By name: title, companies drawn (none: the pilot), gap of the search and of coalitions, and what
#: was hoped for.
CASES = {
    "pilot": ("pilot, every coalition", None, 0.002, "0.2 % of each, 300 s"),
    "20": ("20 companies, least core", 20, 0.006, "a proven bound, 3,600 s"),
}
#: A line of the command that says when which stage began.
STAGES = re.compile(r"^ *([0-9.]+) s (.+)$")


def main() -> None:
    """Run the cases asked for, and write the table from all that are there."""
    asked = choice(__doc__, CASES).parse_args()
    records = measured(asked, CASES, run, RESULTS)
    (HERE / "gains.md").write_text(table(records), encoding="utf-8")


def run(name: str) -> dict[str, Any]:
    """One search and the division of its gain."""
    _, companies, gap, _ = CASES[name]
    with tempfile.TemporaryDirectory() as temporary:
        study = scaled(companies)(Path(temporary) / "study") if companies else INPUTS / "pilot"
        out = Path(temporary) / "out"
        searched, _ = timed("run", study, gap, out)
        divided, said = timed("gain", study, gap, out)
        (folder,) = [path.parent for path in out.rglob("gain.nc")]
        record = told(parkwerk.load(folder / "gain.nc"))
    return record | {
        "gap_asked": gap,
        "run_s": searched,
        "gain_s": divided,
        "valued_s": valuing(said),
        "machine": machine(),
        "date": str(datetime.date.today()),
    }


def timed(command: str, study: Path, gap: float, out: Path) -> tuple[float, str]:
    """Seconds of a command, and what it said on the way."""
    words = [command, study, "--gap", gap, "--out", out]
    program = str(Path(sys.executable).with_name("parkwerk"))
    begin = time.perf_counter()
    done = subprocess.run(
        [program, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    seconds, said = time.perf_counter() - begin, done.stderr.decode()
    if done.returncode:
        sys.exit(said)
    return seconds, said


def valuing(said: str) -> float:
    """Seconds from the first stage of coalitions to the stage that follows the last."""
    stages = [(float(m[1]), m[2]) for line in said.splitlines() if (m := STAGES.match(line))]
    ours = ("coalition", "the Shapley value", "who would leave")
    own = [k for k, (_, stage) in enumerate(stages) if stage.startswith(ours)]
    return stages[own[-1] + 1][0] - stages[own[0]][0]


def told(gains: Any) -> dict[str, Any]:
    """What the division says: the gain of all, how sure coalitions are, and who would leave."""
    cost, least = gains["coalition_cost"].values, gains["coalition_bound"].values
    sizes = gains["member"].sum("company").values
    gaps = ((cost - least) / cost)[sizes > 1]
    rule = str(gains.attrs["rule"])
    return {
        "companies": gains.sizes["company"],
        "coalitions": gains.sizes["coalition"],
        "widest_gap": float(np.max(gaps)),
        "gain": float(gains["share"].sel(rule=rule).sum()),
        "rule": rule,
        "least_core": float(gains.attrs["least_core"]),
        "objection": float(gains["objection"].sel(rule=rule)),
        "proven": float(gains.attrs.get("proven", gains["objection_most"].sel(rule=rule))),
    }


def table(records: dict[str, Any]) -> str:
    """All cases, one a row."""
    lines = [
        "# Gains: how long a division takes, and how sure it is",
        "",
        "Written by `benchmarks/gains.py`: one `parkwerk run`, then one `parkwerk gain` of its "
        "result. *Coalitions* are those with a value in the result, *valuing* is the time that "
        "they took; *widest gap* is that of the least certain of them. *Would leave for* is what "
        "the coalition that loses most by the proposed division would gain by leaving: what is "
        "found, and what cannot be ruled out for any coalition. No division does better than the "
        "*least core*.",
        "",
        "| case | coalitions | widest gap | search [s] | gain [s] | valuing [s] | gain of all "
        "[EUR/a] | rule | least core [EUR/a] | would leave for [EUR/a] | at most | hoped for |",
        "|---|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|---|",
    ]
    for name, own in records.items():
        title, _, _, hoped = CASES[name]
        lines.append(
            f"| {title} | {own['coalitions']} | {100 * own['widest_gap']:.2f} % "
            f"| {own['run_s']:.0f} | {own['gain_s']:.0f} | {own['valued_s']:.0f} "
            f"| {own['gain']:,.0f} | {own['rule']} | {own['least_core']:,.0f} "
            f"| {own['objection']:,.0f} | {own['proven']:,.0f} | {hoped} |"
        )
    lines += ["", *(f"- {own['date']}, {own['machine']}: {n}." for n, own in records.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
