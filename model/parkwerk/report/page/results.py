"""The files of a run as they lie in a folder, and why a folder is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.netcdf import load
from parkwerk.quantities import check

#: The files that `parkwerk run` writes, of those that the page is made from.
SCENARIO, SOLUTION, VERDICT, RECORD = "scenario.nc", "solution.nc", "verdict.nc", "run.json"
FILES = (SCENARIO, SOLUTION, VERDICT, RECORD)
#: The files that `parkwerk gain` adds.
GAIN, WHY = "gain.nc", "why.nc"
CASES = ("today", "alone", "together")
#: What the page reads, by file; a file of an older version lacks some of it.
NEEDED = {
    SOLUTION: ("chosen_tariff", "withdrawal", "least_alone"),
    VERDICT: (
        *("cost", "cost_group", "yearly_cost", "park_cost", "saving", "park_saving"),
        *("saving_by_sharing", "park_saving_by_sharing", "investment", "park_investment"),
        *("park_pv", "park_pv_generation", "park_feed_in", "park_curtailment", "park_peak"),
        *("park_grid_electricity", "park_electricity_used", "park_shared", "park_waste_heat"),
        *("park_self_sufficiency", "park_self_consumption", "park_co2", "co2", "gas_used"),
        *("waste_heat_from_neighbours", "full_load_hours", "next_best_tariff"),
        *("tariff_advantage", "menu_cost", "peak", "net_present_value"),
    ),
    GAIN: (
        *("share", "objection", "objector", "objection_most", "objector_most", "internal_price"),
        *("traded", "energy_payment", "fixed_payment", "cost_alone", "cost_together", "gain_if"),
        *("operator_if", "member", "worth", "worth_most"),
    ),
    WHY: ("built", "unit_cost", "brings_next", "brings_last", "shadow_price", "use"),
}
RECORDED = ("study", "scenario", "total_cost", "cost_alone", "cost_today", "inputs", "versions")
#: Two files of one run agree to this share of the cost.
SAME = 1e-9


@dataclass(frozen=True)
class Results:
    """What was found of one scenario, and the records of the others of its study.

    ``left_out`` says which files were not of this run, in a sentence a file.
    """

    folder: Path
    scenario: xr.Dataset
    solution: xr.Dataset
    verdict: xr.Dataset
    record: dict[str, Any]
    gains: xr.Dataset | None
    why: xr.Dataset | None
    others: dict[str, dict[str, Any]]
    left_out: tuple[str, ...] = ()


def read_results(folder: Path, name: str | None = None) -> Results:
    """Read the files of a scenario, from its own folder or from that of its study.

    Raises
    ------
    InputError
        For a folder without results, one with several scenarios of which none is named, and for
        files that are missing, of an older version or of different runs.
    """
    own = _chosen(folder, name)
    for file in FILES:
        if not (own / file).is_file():
            raise InputError(f"{own / file}: not there; `parkwerk run` writes it")
    scenario, solution, verdict = (load(own / file) for file in FILES[:3])
    record = _record(own / RECORD)
    try:
        check(scenario)
    except InputError as error:
        raise InputError(f"{_old(own / SCENARIO)}: {error}") from error
    for file, dataset in ((SOLUTION, solution), (VERDICT, verdict)):
        _check(own / file, dataset)
        cases = [str(case) for case in dataset["case"].values]
        if cases != list(CASES):
            raise InputError(f"{own / file}: expected the cases {', '.join(CASES)}, found {cases}")
    costs = (solution.attrs["total_cost"], verdict["park_cost"].sel(case="together").item())
    if not all(_same(cost, record["total_cost"]) for cost in costs):
        raise InputError(
            f"{own}: its files are of different runs, for they name different costs; "
            "`parkwerk run` writes all of them anew"
        )
    gains, why, left_out = _gains(own, solution)
    others = _others(own)
    return Results(own, scenario, solution, verdict, record, gains, why, others, left_out)


def _chosen(folder: Path, name: str | None) -> Path:
    """The folder of one scenario."""
    if not folder.is_dir():
        raise InputError(
            f"{folder}: not there, expected a folder of results, as `parkwerk run` writes it"
        )
    if any((folder / file).is_file() for file in FILES):
        if name in (None, folder.name):
            return folder
        return _chosen(folder.parent, name)
    found = sorted(path.parent.name for path in folder.glob(f"*/{SCENARIO}"))
    if name is not None:
        if name in found:
            return folder / name
        known = f"expected one of {', '.join(found)}" if found else "it has no results at all"
        raise InputError(f"{folder}: has no results of the scenario {name!r}, {known}")
    if not found:
        raise InputError(f"{folder}: has no results; `parkwerk run` writes them")
    if len(found) > 1:
        raise InputError(
            f"{folder}: has results of several scenarios; name one of them by --scenario: "
            f"{', '.join(found)}"
        )
    return folder / found[0]


def _record(path: Path) -> dict[str, Any]:
    """`run.json` with what the page reads of it."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: expected the record of a run ({error})") from error
    if not isinstance(record, dict):
        raise InputError(f"{path}: expected the record of a run, found {type(record).__name__}")
    if lacking := [field for field in RECORDED if record.get(field) is None]:
        raise InputError(f"{_old(path)}: it lacks `{lacking[0]}`")
    return record


def _check(path: Path, dataset: xr.Dataset) -> None:
    """Refuse a file that lacks what the page reads."""
    lacking = [name for name in NEEDED[path.name] if name not in dataset]
    attrs = ("total_cost", "cost_alone", "cost_today", "lower_bound", "gap")
    if path.name == SOLUTION:
        lacking += [name for name in attrs if name not in dataset.attrs]
    if lacking:
        raise InputError(f"{_old(path)}: it lacks `{lacking[0]}`")


def _old(path: Path) -> str:
    return f"{path}: written by another version of parkwerk, `parkwerk run` writes it anew"


def _gains(
    folder: Path, solution: xr.Dataset
) -> tuple[xr.Dataset | None, xr.Dataset | None, tuple[str, ...]]:
    """Gains and reasons of the sizes, where they are there and of this solution."""
    if not (folder / GAIN).is_file():
        return None, None, ()
    gains = load(folder / GAIN)
    if not _same(gains.attrs.get("total_cost", np.nan), solution.attrs["total_cost"]):
        stale = (
            f"{folder / GAIN}: of another run, so it is left out; `parkwerk gain` writes it anew"
        )
        return None, None, (stale,)
    _check(folder / GAIN, gains)
    if not (folder / WHY).is_file():
        return gains, None, ()
    why = load(folder / WHY)
    _check(folder / WHY, why)
    return gains, why, ()


def _others(folder: Path) -> dict[str, dict[str, Any]]:
    """Records of the other scenarios beside a folder, by its name; unreadable ones are passed."""
    found = {}
    for path in sorted(folder.parent.glob(f"*/{SOLUTION}")):
        other = path.parent
        if other == folder or not (other / RECORD).is_file():
            continue
        try:
            found[other.name] = _record(other / RECORD)
        except InputError:
            continue
    return found


def _same(one: float, other: float) -> bool:
    return bool(np.isclose(float(one), float(other), rtol=SAME, atol=1e-6))
