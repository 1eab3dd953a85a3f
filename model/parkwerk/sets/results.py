"""All results below a folder as one labelled Dataset: numbers of the year, and hourly series."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import h5netcdf
import numpy as np
import pandas as pd
import xarray as xr

from parkwerk import __version__
from parkwerk.errors import InputError
from parkwerk.search import CHECKPOINT
from parkwerk.sets.plan import record_of
from parkwerk.sets.stacked import Variable, stacked

#: The dimension along which results stand side by side, and the one of series.
SCENARIO, TIME = "scenario", "time"
#: Coordinates along the scenarios: the regime, and whether it has a place on each axis.
REGIME, ON_AXES = "regime", "on_axes"
#: Whoever has one of these files is a folder of results, be it half-written.
SIGNS = ("scenario.nc", "solution.nc", "verdict.nc", CHECKPOINT)
#: What the record of a run says of it as a whole: name, unit, meaning.
OF_RECORD = (
    ("total_cost", "EUR/a", "yearly cost of the best design found"),
    ("lower_bound", "EUR/a", "what no design can cost less than"),
    ("gap", "1", "how far the cost is from the lower bound, as a share of it"),
    ("cost_alone", "EUR/a", "yearly cost if each company does its best alone"),
    ("cost_today", "EUR/a", "yearly cost if nothing is built"),
)


#: What is known of a variable by version, file and name.
Seen = dict[tuple[str, str, str], Variable]


@dataclass(frozen=True)
class Result:
    """A folder of results: its label, its record, the labels of its dimensions, its variables."""

    label: str
    record: Mapping[str, Any]
    labels: Mapping[str, np.ndarray[Any, Any]]
    variables: Mapping[str, Variable]


def open_results(path: str | Path) -> xr.Dataset:
    """All results below a folder, with a dimension ``scenario``: costs, sizes, energies, CO2.

    One Dataset rather than a DataTree of scenarios: to select, compare, plot and turn into a table
    is then what it is with any Dataset. Hourly series come with :func:`open_series`, because some
    of their names (`feed_in` in kW) are those of yearly sums here (`feed_in` in kWh/a).

    Parameters
    ----------
    path
        A folder of `parkwerk run`, at any depth: ``results``, ``results/pilot`` or that of a
        single run. A scenario is labelled by its folder below ``path``.

    Returns
    -------
    Dataset with the variables of the verdict and the sizes of the solution, each with units and
    long_name, and ``total_cost``, ``lower_bound``, ``gap``, ``cost_alone``, ``cost_today``. Along
    ``scenario`` stand ``regime`` and each axis of the variants, empty where a scenario has none;
    the attribute ``axes`` names them.
    Companies, tariffs, pipes, ... are those of all scenarios; what a scenario does not have is nan,
    an empty text or False. Values are read from the files when they are asked for.

    Warns
    -----
    UserWarning
        Naming folders that are left out because they are half-written, and those of another
        version of parkwerk.

    Raises
    ------
    InputError
        If there are no results.

    Examples
    --------
    >>> results = open_results("results/pilot")  # doctest: +SKIP
    >>> results["total_cost"].sel(scenario="law-2026")  # doctest: +SKIP
    >>> results["co2"].sel(case="together").to_pandas()  # doctest: +SKIP
    >>> cube(results)["total_cost"].sel(energy="low").plot()  # doctest: +SKIP
    """
    found = _read(path, ("verdict.nc", "solution.nc"))
    results = _joined(found, lambda variable: TIME not in variable.dims)
    return results.assign(_whole(found))


def open_series(path: str | Path) -> xr.Dataset:
    """All hourly series below a folder, with a dimension ``scenario``: inputs and flows.

    As :func:`open_results`. Nothing is read before it is asked for, and then only what was asked:
    ``open_series(path)["withdrawal"].sel(scenario="alone", company="metal")`` reads one series of
    one file. Scenarios of different years stand at their own hours.
    """
    found = _read(path, ("solution.nc", "scenario.nc"))
    return _joined(found, lambda variable: TIME in variable.dims)


def cube(results: xr.Dataset) -> xr.Dataset:
    """The variants with each axis as a dimension of its own, in place of ``scenario``.

    Scenarios that have no place on the axes are left out. All of the Dataset is read: choose the
    variables before, ``cube(series[["withdrawal"]])``.

    Raises
    ------
    InputError
        If there are no variants.
    """
    axes = list(results.attrs.get("axes", ()))
    if not axes or not results[ON_AXES].any():
        raise InputError("cube: expected results of variants with axes, found none")
    chosen = results.isel({SCENARIO: np.flatnonzero(results[ON_AXES])}).load()
    along = {name for name, own in chosen.coords.items() if own.dims == (SCENARIO,)}
    plain = chosen.drop_vars(along - {*axes, SCENARIO})
    if len(axes) == 1:
        return plain.swap_dims(scenario=axes[0]).drop_vars(SCENARIO)
    return plain.drop_vars(SCENARIO).set_index(scenario=axes).unstack(SCENARIO)


def _read(path: str | Path, files: Sequence[str]) -> list[Result]:
    """What is known of all results without reading their values."""
    root = Path(path)
    folders = sorted({file.parent for sign in SIGNS for file in root.rglob(sign)})
    found, left_out, others = list[Result](), list[str](), list[str]()
    seen: Seen = {}
    for folder in folders:
        label = folder.relative_to(root).as_posix() if folder != root else folder.resolve().name
        record = record_of(folder)
        if record is None:
            left_out.append(f"{label} (not all files are there)")
            continue
        try:
            found.append(_result(label, folder, record, files, seen))
        except (OSError, ValueError) as error:
            left_out.append(f"{label} ({error})")
            continue
        if _version(record) != __version__:
            others.append(f"{label} ({_version(record)})")
    if left_out:
        _warn(f"{root}: left out {', '.join(left_out)}; `parkwerk run` completes them")
    if others:
        _warn(f"{root}: found by another parkwerk than this ({__version__}): {', '.join(others)}")
    if not found:
        raise InputError(f"{root}: expected results of `parkwerk run` in it or below, found none")
    return found


def _warn(sentence: str) -> None:
    warnings.warn(sentence, UserWarning, stacklevel=4)


def _result(
    label: str, folder: Path, record: Mapping[str, Any], files: Sequence[str], seen: Seen
) -> Result:
    """Labels and variables of some files of a folder; the first file that has a name counts.

    In files of one version a name has always the same dimensions and units, so they are ``seen``
    once: with many files, to look again takes most of the time.
    """
    labels: dict[str, np.ndarray[Any, Any]] = {}
    variables: dict[str, Variable] = {}
    for name in files:
        path = folder / name
        with h5netcdf.File(path, "r", decode_vlen_strings=True) as file:
            for key in file.variables:
                sort = (_version(record), name, key)
                if sort not in seen:
                    seen[sort] = Variable.of(path, key, file.variables[key])
                known = replace(seen[sort], path=path)
                if known.dims != (key,):
                    variables.setdefault(key, known)
                elif key not in labels:
                    labels[key] = known.decoded(file.variables[key][...])
            for dim, size in file.dimensions.items():
                labels.setdefault(dim, np.arange(size.size))  # turns of a search have no labels
    return Result(label, record, labels, variables)


def _version(record: Mapping[str, Any]) -> str:
    return str(record.get("versions", {}).get("parkwerk", "an unknown version"))


def _joined(found: Sequence[Result], wanted: Callable[[Variable], bool]) -> xr.Dataset:
    """All results side by side, their labels joined; nothing is read yet."""
    own = [{n: v for n, v in each.variables.items() if wanted(v)} for each in found]
    names = list(dict.fromkeys(name for variables in own for name in variables))
    used = dict.fromkeys(dim for vs in own for v in vs.values() for dim in v.dims)
    coords: dict[Any, np.ndarray[Any, Any]] = {
        dim: _union([r.labels[dim] for r in found if dim in r.labels]) for dim in used
    }
    arrays = {
        name: stacked([v.get(name) for v in own], [r.labels for r in found], coords, SCENARIO)
        for name in names
    }
    labels = np.array([each.label for each in found])
    joined = xr.Dataset(arrays, coords | {SCENARIO: labels})
    joined[SCENARIO].attrs["long_name"] = "folder of the results"
    return _with_axes(joined, found)


def _union(labels: Sequence[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """All labels in the order in which they appear; hours and months in their own."""
    together = np.concatenate(labels)
    unique = pd.unique(pd.Series(together)) if together.dtype.kind in "OU" else np.unique(together)
    return np.asarray(unique, dtype=str if together.dtype.kind in "OU" else together.dtype)


def _with_axes(joined: xr.Dataset, found: Sequence[Result]) -> xr.Dataset:
    """Regime and labels of the variants along the scenarios, and who has a place on all axes.

    An axis that is called as a variable is gets `axis_` before its name.
    """
    axes = list(dict.fromkeys(axis for each in found for axis in each.record.get("axes", {})))
    names = [f"axis_{axis}" if axis in joined.variables else axis for axis in axes]
    own = [each.record.get("axes", {}) for each in found]
    coords: dict[Any, Any] = {
        REGIME: [str(each.record.get("regime", "")) for each in found],
        ON_AXES: [bool(axes) and set(axes) <= set(labels) for labels in own],
    }
    for axis, name in zip(axes, names, strict=True):
        others = coords.get(name, [""] * len(own))
        coords[name] = [
            str(labels.get(axis, other)) for labels, other in zip(own, others, strict=True)
        ]
    arrays = {name: (SCENARIO, np.array(values)) for name, values in coords.items()}
    return joined.assign_coords(arrays).assign_attrs(axes=names)


def _whole(found: Sequence[Result]) -> dict[str, tuple[str, np.ndarray[Any, Any], dict[str, str]]]:
    """What the records say of each run as a whole."""
    return {
        name: (
            SCENARIO,
            np.array([each.record.get(name, np.nan) for each in found], dtype=float),
            {"units": units, "long_name": long_name},
        )
        for name, units, long_name in OF_RECORD
    }
