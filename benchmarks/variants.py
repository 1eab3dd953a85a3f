"""How long the 24 variants of the pilot take: writes ``benchmarks/variants.md``.

    .venv/bin/python benchmarks/variants.py [--gap SHARE] [--jobs N]

One run of the command line over the study without its other scenarios, from the start of the
process to the last file. Run it on an idle machine: it takes about ten minutes.
"""

from __future__ import annotations

import argparse
import datetime
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xarray as xr
import yaml

import parkwerk as pw
from common import machine

HERE = Path(__file__).parent
PILOT = HERE.parent / "inputs" / "pilot"


def main() -> None:
    """Run the set, open it as one dataset, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gap", type=float, default=0.005)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        study, out = only_variants(Path(temporary) / "pilot"), Path(temporary) / "out"
        options = ["--all", "--jobs", asked.jobs, "--gap", asked.gap, "--out", out]
        command = [Path(sys.executable).with_name("parkwerk"), "run", study, *options]
        begin = time.perf_counter()
        subprocess.run([str(word) for word in command], check=True)
        seconds = time.perf_counter() - begin
        results = pw.open_results(out / "pilot").load()
        begin = time.perf_counter()
        pw.open_results(out / "pilot")
        opened = time.perf_counter() - begin
    write(results, seconds, opened, asked)


def write(results: xr.Dataset, seconds: float, opened: float, asked: argparse.Namespace) -> None:
    """The table of all scenarios and how long they took."""
    rows = [
        f"| {name} | {total:,.0f} | {lower:,.0f} | {gap:.2%} |"
        for name, total, lower, gap in zip(
            *(results[name].values for name in ("scenario", "total_cost", "lower_bound", "gap")),
            strict=True,
        )
    ]
    lines = [
        "# The variants of the pilot",
        "",
        f"Written by `benchmarks/variants.py` on {datetime.date.today()}; {machine()}.",
        "",
        f"{len(rows)} scenarios (the one they start from among them), {asked.jobs} at a time, each "
        f"to a gap of {asked.gap:.1%}: **{seconds:.0f} s** from the start of the process to the "
        f"last file; {opened:.2f} s to open all as one dataset. Hoped for: 24 variants in 600 s.",
        "",
        "| scenario | total cost, EUR/a | lower bound, EUR/a | gap |",
        "|---|---:|---:|---:|",
        *rows,
    ]
    (HERE / "variants.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def only_variants(folder: Path) -> Path:
    """The pilot with the scenario its variants start from and no other."""
    shutil.copytree(PILOT, folder)
    path = folder / "study.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    base = document["variants"]["base"]
    document["scenarios"] = {base: document["scenarios"][base]}
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return folder


if __name__ == "__main__":
    main()
