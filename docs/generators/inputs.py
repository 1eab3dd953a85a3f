"""The input reference, from the schema by which every input is checked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from generators.text import code, docstring, markdown, page, read_source, table, words
from parkwerk.regulation.regimes import setting_records
from parkwerk.study.reader import TABLES
from parkwerk.study.schema import Settings
from parkwerk.study.series.heat import PROFILES as HEAT_PROFILES
from parkwerk.study.series.load import PROFILES as LOAD_PROFILES
from parkwerk.study.values import Choice, Expect, Strict, Value

#: What a table is for, beside what its schema says of a row.
OF_TABLES = {
    "companies": "One row a company. The file must have at least one row.",
    "roofs": "One row a roof surface. Without roofs, only the row of column names.",
    "links": "One row a candidate. Without links, only the row of column names. In the path of an "
    "override a pipe is called `from->to`, a direct line `from=>to`.",
}
PLAIN = {
    Choice: "name with source, `{value: ..., source: ...}`",
    date: "date such as `2026-07-01`",
    bool: "yes or no",
    int: "whole number",
    float: "number",
    str: "text",
}
#: What a study that is silent pays for sharing.
SETTINGS = setting_records()
BOUNDS = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}


def study() -> str:
    """Every path of `study.yaml`."""
    top = [row for row in fields(Settings) if "." not in row[0]]
    blocks = []
    for name, model in _models(Settings):
        blocks += [f"## `{name}`", markdown(model.__doc__ or ""), _settings(fields(model, name))]
    return page(
        "# study.yaml",
        "Every field that `study.yaml` may have. A path such as `technologies.battery.life` is "
        "what a scenario overrides. A field without a default must be given; a section may be "
        "left out if all in it has a default.",
        "A *value* is a number with unit and source, in one line as `0.035 1/a | S61: real` or as "
        '`{value: 0.035, unit: 1/a, source: "S61: real"}`. Its unit must be the one named, its '
        "size within the range; the ranges are wide and catch slips of the pen. A source begins "
        "with a key that is explained under `sources` or built in, or with `derived`, "
        "`unverified` or `assumption`.",
        "## Top level",
        _settings(top),
        *blocks,
    )


def tables() -> str:
    """Every column of the three tables."""
    blocks = []
    for each in TABLES:
        rows = [
            [code(name), _title(f), expected(f), _default(f)] for name, f in _named(each.schema)
        ]
        blocks += [
            f"## {each.name}.csv",
            OF_TABLES[each.name],
            table(["column", "meaning", "expected", "if empty"], rows),
        ]
    return page(
        "# Tables",
        "Comma-separated text in UTF-8 with a decimal point; the first row has the column names. "
        "Lines that begin with `#` are comments. A column "
        "that is not needed may be left out. A position (`x_m`, `y_m`) is measured from any point, "
        "the same for all.",
        *blocks,
        "## Load profiles",
        table(["name", "describes"], ([code(n), what] for n, what in LOAD_PROFILES.items())),
        "## Heat profiles",
        "Standard load profiles of BDEW for gas, by the outdoor temperature.",
        table(["name", "describes"], ([code(n), what] for n, what in HEAT_PROFILES.items())),
        "## Meter files",
        "A file that `load_file` names.",
        markdown(docstring(read_source("study/series/load.py").functions["read_load_file"])),
        "## Price files",
        "A file that `prices.spot.file` in `study.yaml` names.",
        markdown(docstring(read_source("study/series/price_file.py").functions["read_price_file"])),
    )


Row = tuple[str, FieldInfo]


def fields(model: type[BaseModel], path: str = "") -> list[Row]:
    """Path and field of every input below a model, in the order of the schema."""
    found: list[Row] = []
    for name, info in _named(model):
        below = _model(info)
        place = f"{path}.{name}" if path else name
        found += fields(below, place) if below else [(place, info)]
    return found


def _named(model: type[BaseModel]) -> Iterator[Row]:
    for name, info in model.model_fields.items():
        yield info.alias or name, info


def _models(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, info in _named(model):
        if below := _model(info):
            yield name, below


def _model(info: FieldInfo) -> type[BaseModel] | None:
    """The section that a field is, if it is one; values and choices are written in one piece."""
    kind = info.annotation
    if isinstance(kind, type) and issubclass(kind, Strict) and kind not in (Value, Choice):
        return kind
    return None


def _settings(rows: list[Row]) -> str:
    cells = ([code(path), _title(f), expected(f), _default(f, path)] for path, f in rows)
    return table(["path", "meaning", "expected", "default, and its source"], cells)


def _title(info: FieldInfo) -> str:
    return info.title or ""


def expected(info: FieldInfo) -> str:
    """What may be written in a field: kind, unit and range, or the words it knows."""
    marks = [*info.metadata, *_marks(info.annotation)]
    if expectation := next((m for m in marks if isinstance(m, Expect)), None):
        low, high = _number(expectation.low), _number(expectation.high)
        return f"value in `{expectation.unit}`, {low} to {high}"
    if choices := _choices(info.annotation):
        return f"{_repeated(info.annotation)}{words([code(str(c)) for c in choices])}"
    limits = [
        f"{word} {_number(getattr(mark, key))}"
        for mark in marks
        for key, word in BOUNDS.items()
        if hasattr(mark, key)
    ]
    return f"{_kind(info)}{', ' + ' '.join(limits) if limits else ''}"


def _number(value: float) -> str:
    """All digits, so that a year looks like one and 200,000 kW can be read."""
    return f"{value:.10g}" if abs(value) < 10_000 else f"{value:,.10g}"


def _marks(annotation: Any) -> Iterator[Any]:
    """What is annotated within a union such as ``EnergyPrice | None``."""
    for part in get_args(annotation):
        yield from getattr(part, "__metadata__", ())
        yield from _marks(part)


def _kinds(annotation: Any) -> Iterator[Any]:
    """An annotation and all that it is made of."""
    yield annotation
    for part in get_args(annotation):
        yield from _kinds(part)


def _choices(annotation: Any) -> tuple[Any, ...]:
    """The words of a Literal, also within a union or a list."""
    kinds = _kinds(annotation)
    return next((get_args(kind) for kind in kinds if get_origin(kind) is Literal), ())


def _repeated(annotation: Any) -> str:
    return "list of " if get_origin(annotation) is tuple else "one of "


def _kind(info: FieldInfo) -> str:
    """The kind of a field that has neither a unit nor words of its own."""
    if get_origin(info.annotation) in (dict, tuple):
        return {dict: "mapping", tuple: "list of `[size, price]`"}[get_origin(info.annotation)]
    if any(getattr(mark, "pattern", None) for mark in info.metadata):
        return "name: a letter, then letters, digits, `-` and `_`"
    kinds = [*_kinds(info.annotation)]
    return next(text for kind, text in PLAIN.items() if kind in kinds)


def _default(info: FieldInfo, path: str = "") -> str:
    """Default and its source; for the cost of sharing that of the regimes' data."""
    if info.is_required():
        return "**must be given**"
    value = info.default
    if isinstance(value, Value):
        return _with_source(value.value, value.unit, value.source)
    if value is None and path.startswith("sharing.") and (found := SETTINGS.get(path[8:])):
        return _with_source(found.value, found.unit, found.source)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "–" if value is None or value in ("", {}) else f"{value}"


def _with_source(value: float, unit: str, source: str) -> str:
    return f"{value:g} {'' if unit == '1' else unit} ({source})"
