"""Reading CSV tables and YAML files, and saying in one sentence what is wrong with them.

Rows are counted as an editor or a spreadsheet shows them: the header of a table is its first row
unless comments (lines that begin with `#`) stand above it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from parkwerk.errors import InputError
from parkwerk.regulation.data_files import UniqueKeyLoader
from parkwerk.study.values import Strict, Value

Record = TypeVar("Record", bound=Strict)


@dataclass(frozen=True)
class Row:
    """A row of a table as it was read: its place, what names it, and its filled cells."""

    file: str
    number: int
    label: str
    cells: Mapping[str, str]

    @property
    def place(self) -> str:
        """`companies.csv, row 3, company 'metal'`."""
        return f"{self.file}, row {self.number}{self.label and ', ' + self.label}"


def read_text(path: Path, name: str) -> str:
    """Text of a file in UTF-8; `name` is how messages call it."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"{name} cannot be read in {path.parent} ({error.strerror}); expected it there"
        ) from error
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        raise InputError(f"{name}, row {row}: expected text in UTF-8") from error
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"{name}, row {row}: expected text, found a zero byte")
    return text


def read_table(
    path: Path, label: Callable[[Mapping[str, str]], str], known: Mapping[str, bool]
) -> list[Row]:
    """Rows of a comma-separated table.

    Parameters
    ----------
    path
        Comma-separated, UTF-8, decimal point, first row the column names. Empty cells are left
        out of a row, so that the schema's default holds.
    label
        Names a row in messages, from its cells.
    known
        Columns the table may have, and whether it must have them.

    Raises
    ------
    InputError
        For a missing or undecodable file, a row with too many or too few cells, and a column that
        is repeated, missing or unknown.
    """
    lines = _lines(path)
    place, header = next(lines, (1, []))
    columns = _columns(path.name, place, header, known)
    return [_row(path.name, number, columns, cells, label) for number, cells in lines]


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line that is neither blank nor a comment."""
    numbered = (
        (number, line)
        for number, line in enumerate(read_text(path, path.name).splitlines(), start=1)
        if line.strip(" ,\t") and not line.startswith("#")
    )
    for number, line in numbered:
        try:
            cells = next(csv.reader([line], strict=True))
        except csv.Error as error:
            raise InputError(
                f"{path.name}, row {number}: expected comma-separated cells with closed quotes "
                f"on one line ({error})"
            ) from error
        yield number, [cell.strip() for cell in cells]


def _columns(file: str, number: int, header: list[str], known: Mapping[str, bool]) -> list[str]:
    if not header:
        raise InputError(f"{file}, row {number}: expected the column names, found nothing")
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise InputError(
            f"{file}, row {number}: expected commas between the columns and a decimal point"
        )
    for name in header:
        if not name or header.count(name) > 1:
            raise InputError(
                f"{file}, row {number}: expected each column once and named, found {name!r}"
            )
        if name not in known:
            raise InputError(
                f"{file}, row {number}, field {name}: expected one of {', '.join(known)}"
            )
    for name, required in known.items():
        if required and name not in header:
            raise InputError(f"{file}, row {number}, field {name}: expected this column")
    return header


def _row(
    file: str,
    number: int,
    columns: list[str],
    cells: list[str],
    label: Callable[[Mapping[str, str]], str],
) -> Row:
    if len(cells) != len(columns):
        raise InputError(
            f"{file}, row {number}, company {cells[0]!r}: expected {len(columns)} cells, found "
            f"{len(cells)} (numbers take a decimal point; text with a comma takes quotes)"
        )
    filled = {name: cell for name, cell in zip(columns, cells, strict=True) if cell}
    return Row(file, number, label(filled), filled)


def read_records(rows: list[Row], schema: type[Record]) -> list[Record]:
    """Check each row against its schema.

    Raises
    ------
    InputError
        Naming file, row, company and field of the first fault.
    """
    records = []
    for row in rows:
        try:
            records.append(schema.model_validate(dict(row.cells)))
        except ValidationError as error:
            raise InputError(f"{row.place}, {explain(error, schema)}") from error
    return records


def read_yaml(path: Path) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
    """Mapping of a YAML file, and the row in which each field stands; refuses repeated keys."""
    text = read_text(path, path.name)
    try:
        document = yaml.load(text, Loader=UniqueKeyLoader)
        rows = dict(_field_rows(yaml.compose(text, Loader=yaml.SafeLoader)))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise InputError(f"{path.name}, row {row}: expected YAML, but {problem}") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError(f"{path.name}, row 1 or below: expected YAML, but {error}") from error
    if not isinstance(document, dict):
        raise InputError(f"{path.name}, row 1: expected a mapping of names to values")
    return document, rows


def _field_rows(
    node: yaml.Node | None, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], int]]:
    """Path and row of every field below a YAML mapping."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            deeper = (*path, str(key.value))
            yield deeper, key.start_mark.line + 1
            yield from _field_rows(value, deeper)


#: What was expected, by pydantic's name of the fault.
EXPECTED = {
    "missing": "a value",
    "bool_parsing": "yes or no",
    "float_parsing": "a number with a decimal point",
    "float_type": "a number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "tuple_type": "a list such as [a, b]",
    "string_pattern_mismatch": "a name that begins with a letter, of letters, digits, - and _",
}


def explain(error: ValidationError, schema: type[Strict]) -> str:
    """First fault of a pydantic error as `field x: expected ..., found ...`."""
    fault = error.errors(include_url=False)[0]
    kind, message = fault["type"], fault["msg"]
    path = [str(part) for part in fault["loc"]]
    title = _title(schema, path)
    where = f"field {'.'.join(path)}{title and f' ({title})'}: " if path else ""
    found = repr(fault["input"])
    found = found if len(found) <= 80 else found[:77] + "..."
    if kind == "missing":
        found = "none"
    elif kind == "extra_forbidden":
        return f"{where}expected one of {', '.join(_fields(schema, path[:-1]))}; found this name"
    elif kind in ("model_type", "dict_type"):
        if fault.get("ctx", {}).get("class_name") == Value.__name__:
            return f"{where}expected `<number> <unit> | <source>`, found {found}"
        names = ", ".join(_fields(schema, path))
        return f"{where}expected a mapping{names and ' with '}{names}, found {found}"
    elif "expected" in message:
        return where + message
    expected = EXPECTED.get(kind, message.removeprefix("Input should be "))
    return f"{where}expected {expected[:1].lower()}{expected[1:]}, found {found}"


def _fields(schema: type[Strict], path: list[str]) -> dict[str, Any]:
    """Fields of the model at a path, by the name they have in the file."""
    model: Any = schema
    for name in path:
        field = model.model_fields.get(name) if hasattr(model, "model_fields") else None
        model = field.annotation if field else None
    fields = getattr(model, "model_fields", {})
    return {field.alias or name: field for name, field in fields.items()}


def _title(schema: type[Strict], path: list[str]) -> str:
    """Title of a field; the parts of a value have that of the value."""
    if path and path[-1] in Value.model_fields and len(path) > 1:
        path = path[:-1]
    field = _fields(schema, path[:-1]).get(path[-1]) if path else None
    return str(field.title) if field is not None and field.title else ""
