"""What the benchmarks share: the machine they ran on."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("pyomo", "highspy", "numpy", "scipy", "pandas", "xarray")


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
