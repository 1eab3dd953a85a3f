"""Named scenarios: any input of a study replaced by its path.

`regime: alone`, `technologies.battery.life: 12` and `companies.metal.heat_kwh: 0` are overrides;
the last but one keeps its unit. `links.cold->J1: remove` takes a row out.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from parkwerk.errors import InputError
from parkwerk.study.tables import Row

#: What must not differ between the scenarios of a study.
FIXED = ("name", "default_scenario", "scenarios", "sources")
REMOVE = "remove"


def override_document(
    document: Mapping[str, Any], changes: Mapping[str, Any], scenario: str
) -> dict[str, Any]:
    """Settings (as plain mappings) with some values replaced.

    A number or word given for a value with unit and source replaces the value only; the source
    then names the scenario.

    Raises
    ------
    InputError
        Naming the scenario and the path that leads nowhere, with the names known there.
    """
    changed = deepcopy(dict(document))
    for path, value in changes.items():
        keys = path.split(".")
        holder: Any = changed
        for key in keys[:-1]:
            holder = _step(holder, key, path, scenario)
        old = _step(holder, keys[-1], path, scenario)
        if keys[0] in FIXED:
            raise InputError(f"{_place(scenario, path)}: expected an input other than {keys[0]}")
        if isinstance(old, dict) and "source" in old and _replaces_value_only(value):
            value = old | {
                "value": value,
                "source": f"scenario {scenario}, instead of: {old['source']}",
            }
        holder[keys[-1]] = value
    return changed


def override_rows(
    rows: list[Row],
    keys: list[str],
    changes: Mapping[str, Any],
    scenario: str,
    columns: list[str],
) -> list[Row]:
    """Rows with some cells replaced, and without those that a scenario removes.

    Parameters
    ----------
    keys
        Name of each row in paths.
    changes
        Values by ``<table>.<row>.<column>``, or ``remove`` by ``<table>.<row>``.
    """
    by_key = dict(zip(keys, rows, strict=True))
    for path, value in changes.items():
        key, *column = path.split(".")[1:] or [""]
        if key not in by_key:
            raise InputError(_unknown(scenario, path, key, list(by_key)))
        if not column and value == REMOVE:
            del by_key[key]
            continue
        if len(column) != 1 or column[0] not in columns:
            raise InputError(_unknown(scenario, path, ".".join(column), columns))
        if isinstance(value, dict | list):
            raise InputError(f"{_place(scenario, path)}: expected one number or word")
        row = by_key[key]
        cells = {name: cell for name, cell in row.cells.items() if name != column[0]}
        if value is not None:
            cells[column[0]] = str(value)
        by_key[key] = replace(row, cells=cells)
    return list(by_key.values())


def _replaces_value_only(value: Any) -> bool:
    """A number, a date or a single word; `12 a | source` brings its own unit and source."""
    return not (isinstance(value, dict) or (isinstance(value, str) and "|" in value))


def _step(holder: Any, key: str, path: str, scenario: str) -> Any:
    if not isinstance(holder, dict) or key not in holder:
        known = list(holder) if isinstance(holder, dict) else []
        raise InputError(_unknown(scenario, path, key, known))
    return holder[key]


def _unknown(scenario: str, path: str, found: str, known: list[str]) -> str:
    names = ", ".join(known) or "nothing below it"
    return f"{_place(scenario, path)}: expected one of {names}, found {found!r}"


def _place(scenario: str, path: str) -> str:
    return f"study.yaml, field scenarios.{scenario}, path {path}"
