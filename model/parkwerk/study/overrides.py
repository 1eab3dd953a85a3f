"""Named scenarios: any input of a study replaced by its path.

`regime: alone`, `technologies.battery.life: 12` and `companies.metal.heat_kwh: 0` are overrides;
the last but one keeps its unit. `prices.gas: {factor: 1.2}` multiplies what stands there.
`links.cold->J1: remove` takes a row out.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from parkwerk.errors import InputError
from parkwerk.study.tables import Row

#: What must not differ between the scenarios of a study.
FIXED = ("name", "default_scenario", "scenarios", "variants", "sources")
REMOVE, FACTOR = "remove", "factor"


@dataclass(frozen=True)
class Layer:
    """Overrides by path, and the field of `study.yaml` in which they stand."""

    field: str
    changes: Mapping[str, Any]

    def place(self, path: str) -> str:
        """What a message calls one of them."""
        return f"study.yaml, field {self.field}, path {path}"

    def of(self, tables: set[str], *, inside: bool) -> Layer:
        """Those whose path begins with a table, or those whose path does not."""
        kept = {p: v for p, v in self.changes.items() if (p.split(".")[0] in tables) == inside}
        return replace(self, changes=kept)


def override_document(document: Mapping[str, Any], layer: Layer, scenario: str) -> dict[str, Any]:
    """Settings (as plain mappings) with some values replaced or multiplied.

    A number or word given for a value with unit and source replaces the value only; the source
    then names the scenario, and the factor if there is one.

    Raises
    ------
    InputError
        Naming the field and the path that leads nowhere, with the names known there.
    """
    changed = deepcopy(dict(document))
    for path, value in layer.changes.items():
        keys = path.split(".")
        holder: Any = changed
        for key in keys[:-1]:
            holder = _step(holder, key, path, layer)
        old = _step(holder, keys[-1], path, layer)
        if keys[0] in FIXED:
            raise InputError(f"{layer.place(path)}: expected an input other than {keys[0]}")
        if is_factor(value):
            value = _multiplied(old, _factor(value, layer, path), scenario, layer, path)
        elif isinstance(old, dict) and "source" in old and _replaces_value_only(value):
            value = old | {
                "value": value,
                "source": f"scenario {scenario}, instead of: {old['source']}",
            }
        holder[keys[-1]] = value
    return changed


def override_rows(
    rows: list[Row], keys: list[str], layer: Layer, scenario: str, columns: list[str]
) -> list[Row]:
    """Rows with some cells replaced or multiplied, and without those that a scenario removes.

    Parameters
    ----------
    keys
        Name of each row in paths.
    layer
        Values by ``<table>.<row>.<column>``, or ``remove`` by ``<table>.<row>``.
    """
    by_key = dict(zip(keys, rows, strict=True))
    for path, value in layer.changes.items():
        key, *column = path.split(".")[1:] or [""]
        if key not in by_key:
            raise InputError(_unknown(layer, path, key, list(by_key)))
        if not column and value == REMOVE:
            del by_key[key]
            continue
        if len(column) != 1 or column[0] not in columns:
            raise InputError(_unknown(layer, path, ".".join(column), columns))
        row = by_key[key]
        cells = {name: cell for name, cell in row.cells.items() if name != column[0]}
        if is_factor(value):
            factor, old = _factor(value, layer, path), row.cells.get(column[0], "")
            value = factor * _number(old, layer, path)
            cells["source"] += f"; scenario {scenario}: {column[0]} is {factor:g} x {old}"
        if isinstance(value, dict | list):
            raise InputError(f"{layer.place(path)}: expected one number or word")
        if value is not None:
            cells[column[0]] = str(value)
        by_key[key] = replace(row, cells=cells)
    return list(by_key.values())


def is_factor(value: Any) -> bool:
    """Whether an override multiplies: ``{factor: 1.2}``."""
    return isinstance(value, dict) and FACTOR in value


def _factor(value: Mapping[str, Any], layer: Layer, path: str) -> float:
    factor = value[FACTOR]
    number = isinstance(factor, int | float) and not isinstance(factor, bool)
    if len(value) > 1 or not number or not isfinite(factor):
        raise InputError(
            f"{layer.place(path)}: expected {{factor: <number>}} and nothing beside it, found "
            f"{dict(value)!r}"
        )
    return float(factor)


def _multiplied(old: Any, factor: float, scenario: str, layer: Layer, path: str) -> Any:
    """A value with unit and source, or the prices of a curve, times a factor."""
    if isinstance(old, dict) and isinstance(old.get("value"), int | float):
        number, of = old["value"], f"{old['value']:g} {old['unit']}"
        changed: dict[str, Any] = {"value": factor * number}
    elif isinstance(old, dict) and "points" in old:
        of = f"the {old['unit']} of the points"
        changed = {"points": [(size, factor * price) for size, price in old["points"]]}
    else:
        raise InputError(
            f"{layer.place(path)}: expected the path of a number with unit and source for a "
            f"factor, found {'nothing' if old is None else 'something else'} there"
        )
    source = f"scenario {scenario}: {factor:g} x {of}, from: {old['source']}"
    return old | changed | {"source": source}


def _number(cell: str, layer: Layer, path: str) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise InputError(
            f"{layer.place(path)}: expected a cell with a number for a factor, found {cell!r}"
        ) from error


def _replaces_value_only(value: Any) -> bool:
    """A number, a date or a single word; `12 a | source` brings its own unit and source."""
    return not (isinstance(value, dict) or (isinstance(value, str) and "|" in value))


def _step(holder: Any, key: str, path: str, layer: Layer) -> Any:
    if not isinstance(holder, dict) or key not in holder:
        known = list(holder) if isinstance(holder, dict) else []
        raise InputError(_unknown(layer, path, key, known))
    return holder[key]


def _unknown(layer: Layer, path: str, found: str, known: list[str]) -> str:
    names = ", ".join(known) or "nothing below it"
    return f"{layer.place(path)}: expected one of {names}, found {found!r}"
