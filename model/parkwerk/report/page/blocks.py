"""What a page consists of; the template writes it as HTML, the workbook takes its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

#: A cell: text, a number, or nothing.
Cell = str | float | None


@dataclass(frozen=True)
class Column:
    """A column: its title, its unit, and the decimals of its numbers (none: text).

    ``original`` is text as the inputs have it, in whatever language that is.
    """

    title: str
    unit: str = ""
    digits: int | None = None
    original: bool = False


@dataclass(frozen=True)
class Table:
    """A table whose first column names its rows.

    Attributes
    ----------
    key
        Names it in the page and in the workbook.
    sheet
        Its name in the workbook.
    total
        Whether the last row is the sum of the others.
    note
        A sentence under it.
    """

    key: str
    sheet: str
    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    total: bool = False
    note: str = ""


@dataclass(frozen=True)
class Text:
    """A paragraph; with a `mark` it stands out: ``note`` or ``warning``."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class Items:
    """A list; with a title it can be folded away."""

    items: Sequence[str]
    title: str = ""


@dataclass(frozen=True)
class Quote:
    """Text of the inputs, as it stands there."""

    title: str
    text: str


@dataclass(frozen=True)
class Figure:
    """A picture of plotly with its caption, and what it shows in one sentence.

    A wide one is not drawn narrower than it can be read; on a phone it scrolls in its own box.
    """

    key: str
    caption: str
    alternative: str
    picture: Any
    wide: bool = False


@dataclass(frozen=True)
class Heading:
    """Begins a part of a section."""

    text: str


@dataclass(frozen=True)
class Folded:
    """Tables or lists that open at a click, and on paper are always open."""

    title: str
    blocks: Sequence[Any]


Block = Table | Text | Items | Quote | Figure | Heading | Folded


@dataclass(frozen=True)
class Section:
    """A numbered part of the page; tables in `data` are in the workbook only."""

    key: str
    title: str
    blocks: list[Block]
    data: list[Table] = field(default_factory=list)


def tables_of(sections: Sequence[Section]) -> list[Table]:
    """All tables in their order, those of the workbook after those of the page."""
    found: list[Table] = []
    for section in sections:
        found += _tables(section.blocks)
        found += section.data
    return found


def _tables(blocks: Sequence[Any]) -> list[Table]:
    found: list[Table] = []
    for block in blocks:
        if isinstance(block, Table):
            found.append(block)
        elif isinstance(block, Folded):
            found += _tables(block.blocks)
    return found


def finite(value: Any) -> float | None:
    """A number for a cell, nothing for what is not a number."""
    number = float(value)
    return number if isfinite(number) else None


def capital(text: str) -> str:
    """With a capital letter at the beginning; the others stay."""
    return text[:1].upper() + text[1:]
