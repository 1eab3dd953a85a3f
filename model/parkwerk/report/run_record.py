"""`run.json`: what a run was given, what it found and what it took."""

from __future__ import annotations

import hashlib
import json
import math
import platform
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import xarray as xr

import parkwerk
from parkwerk.content import content
from parkwerk.errors import InputError
from parkwerk.report.files import writing
from parkwerk.report.proof import bounds_log, proof_of

#: Packages that can change a result.
PACKAGES = ("pyomo", "highspy", "numpy", "xarray")


def run_record(
    scenario: xr.Dataset,
    solution: xr.Dataset,
    *,
    inputs: Mapping[str, str],
    wall_s: float,
    stages_s: Mapping[str, float],
    search: Mapping[str, Any],
) -> dict[str, Any]:
    """Everything of `run.json` as plain data; costs in EUR/a, null where nothing is proven.

    ``bounds`` is the log of the search: seconds, cost of the best design, lower bound. ``content``
    is the hash by which a set of scenarios knows what is done (:mod:`parkwerk.content`), ``axes``
    are the labels of a variant.

    Parameters
    ----------
    inputs
        Name and SHA-256 of each input file, see :func:`hashes`.
    wall_s, stages_s
        Seconds of the run until now, and of each stage.
    search
        How the best design was sought: what was asked for on the command line.
    """
    found, proof = solution.attrs, proof_of(solution)
    return {
        "study": str(found["study"]),
        "scenario": str(found["scenario"]),
        "content": content(scenario),
        "axes": json.loads(scenario.attrs.get("axes", "{}")),
        "regime": str(scenario.attrs.get("regime", "")),
        "law_date": str(scenario.attrs.get("law_date", "")),
        "total_cost": _number(found["total_cost"]),
        "cost_alone": _number(found["cost_alone"]),
        "cost_today": _number(found["cost_today"]),
        "lower_bound": _number(found["lower_bound"]),
        "gap": _number(found["gap"]),
        "gap_of_saving_today": _number(proof.of_saving_today),
        "gap_of_saving_alone": _number(proof.of_saving_alone),
        "ended": str(found.get("ended", "")),
        "search": dict(search),
        "bounds": [[_number(value) for value in row] for row in bounds_log(solution).to_numpy()],
        "proof": str(found.get("proof", "")),
        "companies": scenario.sizes["company"],
        "periods": int(found["periods"]),
        "steps": scenario.sizes["time"],
        "step_hours": _number(scenario.attrs["step_hours"]),
        "wall_s": round(wall_s, 2),
        "stages_s": {stage: round(seconds, 2) for stage, seconds in stages_s.items()},
        "peak_mb": peak_mb(),
        "versions": versions(),
        "inputs": dict(inputs),
    }


def save_record(record: Mapping[str, Any], path: Path) -> Path:
    """Write the record as JSON, readable and without numbers that JSON does not know."""
    text = json.dumps(record, indent=2, allow_nan=False, ensure_ascii=False)
    with writing(path) as draft:
        draft.write_text(f"{text}\n", encoding="utf-8")
    return path


def hashes(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of each input file by its path inside the study folder."""
    found = {}
    for file in files:
        inside = file.is_relative_to(folder)
        name = file.relative_to(folder).as_posix() if inside else file.name
        try:
            found[name] = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            raise InputError(f"{file}: expected a file that can be read ({error})") from error
    return found


def versions() -> dict[str, str]:
    """Versions of parkwerk, Python and the packages that can change a result."""
    own = {"parkwerk": parkwerk.__version__, "python": platform.python_version()}
    return own | {package: version(package) for package in PACKAGES}


def peak_mb() -> float | None:
    """Largest memory of this process so far [MB of 10^6 bytes]; null where no system call tells.

    ``getrusage`` counts KiB on Linux and bytes on macOS.
    """
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)


def _number(value: Any) -> float | None:
    """A finite number, else null."""
    number = float(value)
    return number if math.isfinite(number) else None
