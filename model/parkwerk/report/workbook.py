"""All tables of the page, and those that it has no room for, as a workbook for Excel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from parkwerk.errors import InputError
from parkwerk.report.files import writing
from parkwerk.report.language import Language
from parkwerk.report.page.blocks import Cell, Column, Section, Table, tables_of

#: Width of columns of text in letters, at most, and of those of numbers at least.
WIDEST, NARROWEST = 60, 11
#: The most letters that Excel lets a sheet's name have.
LONGEST_NAME = 31


def save_workbook(sections: Sequence[Section], words: Language, path: Path) -> Path:
    """Write a sheet for each table, with a list of all in front.

    Titles carry units, the first row and column stay in view, numbers are whole ones of which the
    sheet shows some decimals, and text is never taken for a formula.

    Raises
    ------
    InputError
        Where the extra `report` is not installed, and where the place cannot be written to.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise InputError("the workbook needs xlsxwriter: pip install 'parkwerk[report]'") from None
    tables = [table for table in tables_of(sections) if table.sheet]
    with writing(path) as draft:
        book = Workbook(str(draft), {"strings_to_urls": False, "strings_to_formulas": False})
        try:
            writer = _Writer(book)
            for table in (_front(tables, words), *tables):
                writer.sheet(table)
        finally:
            book.close()
    return path


def _front(tables: Sequence[Table], words: Language) -> Table:
    """Which table is on which sheet, and the sentence that belongs to it."""
    columns = tuple(Column(words.say(f"column.{key}")) for key in ("sheet", "table", "note"))
    rows = [(table.sheet, table.caption, table.note) for table in tables]
    return Table("front", words.say("sheet.front"), "", columns, rows)


class _Writer:
    """Writes tables into a book; looks that are alike share a format."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def sheet(self, table: Table) -> None:
        """One table: a row of titles with units, then its rows."""
        sheet = self.book.add_worksheet(table.sheet[:LONGEST_NAME])
        for j, column in enumerate(table.columns):
            title = self.format(bold=True, text_wrap=True, bottom=1)
            sheet.write_string(0, j, titled(column), title)
            sheet.set_column(j, j, _width(table, j))
            for i, row in enumerate(table.rows, start=1):
                total = table.total and i == len(table.rows)
                self.cell(sheet, (i, j), row[j], column, {"bold": True, "top": 1} if total else {})
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def cell(
        self, sheet: Any, at: tuple[int, int], value: Cell, column: Column, look: dict[str, Any]
    ) -> None:
        """Text as text, numbers with the decimals of their column."""
        if isinstance(value, str):
            sheet.write_string(*at, value, self.format(text_wrap=True, **look))
        elif value is None:
            sheet.write_blank(*at, None, self.format(**look))
        else:
            look = look | {"num_format": number_format(column)}
            sheet.write_number(*at, value, self.format(**look))

    def format(self, **look: Any) -> Any:
        """A format of the book; one that is there already is used again."""
        key = tuple(sorted(look.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"valign": "top"} | look)
        return self.formats[key]


def titled(column: Column) -> str:
    """The title of a column with its unit."""
    return f"{column.title} [{column.unit}]" if column.unit else column.title


def number_format(column: Column) -> str:
    """Thousands apart, and the decimals of the column; Excel writes the signs of its language."""
    decimals = "0" * (column.digits or 0)
    return f"#,##0.{decimals}" if decimals else "#,##0"


def _width(table: Table, place: int) -> float:
    """As wide as the longest text, within limits; titles wrap."""
    column = table.columns[place]
    texts = [row[place] for row in table.rows]
    longest = max((len(text) for text in texts if isinstance(text, str)), default=0)
    words = max((len(word) for word in titled(column).split()), default=0)
    return min(max(longest, words, NARROWEST) + 2, WIDEST)
