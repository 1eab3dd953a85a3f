"""What the benchmarks share: their cases and records, and the machine they ran on."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = ("pyomo", "highspy", "numpy", "scipy", "pandas", "xarray")


def choice(about: str, cases: Iterable[str]) -> argparse.ArgumentParser:
    """What every benchmark of several cases can be asked for."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=list(cases), help="cases to run")
    parser.add_argument("--table", action="store_true", help="run nothing, write the tables anew")
    return parser


def measured(
    asked: argparse.Namespace,
    cases: Iterable[str],
    run: Callable[[str], dict[str, Any]],
    folder: Path,
) -> dict[str, dict[str, Any]]:
    """Run the cases asked for; the records of all that were ever run, each from its own file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in [] if asked.table else asked.only or list(cases):
        record = run(name)
        path = folder / f"{name}.json"
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        print(f"{name}: {json.dumps(record)}", flush=True)
    paths = {name: folder / f"{name}.json" for name in cases}
    return {
        name: json.loads(path.read_text(encoding="utf-8"))
        for name, path in paths.items()
        if path.is_file()
    }


def machine(packages: tuple[str, ...] = PACKAGES) -> str:
    """Processor, cores and versions."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [x for x in cpuinfo.read_text().splitlines() if x.startswith("model name")]
        model = names[0].split(":")[1].strip() if names else model
    return f"{model}, {os.cpu_count()} cores, Python {sys.version.split()[0]}, {versions(packages)}"


def versions(packages: tuple[str, ...]) -> str:
    """Names and versions of installed packages."""
    return ", ".join(f"{name} {version(name)}" for name in packages)
