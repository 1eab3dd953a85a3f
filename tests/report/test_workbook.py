"""The workbook: the tables of the page, numbers as numbers, and text that is never a formula."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from parkwerk.report.language import language
from parkwerk.report.page.blocks import Column, Section, Table
from parkwerk.report.workbook import save_workbook

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = (Column("Who"), Column("Cost", "EUR/a", 0), Column("Price", "ct/kWh", 2), Column("Why"))
ROWS = [
    ("=1+1", 1234.5678, None, "a reason https://example.org that is long enough to be wide"),
    ("park", 2.5, 3.25, "{=2}"),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tables, of which one is not on the page, and one that has no sheet."""
    table = Table("costs", "Kosten", "What it costs", COLUMNS, ROWS, total=True, note="A note.")
    more = Table("more", "Mehr", "More of it", COLUMNS[:2], [("x", 1.0)])
    hidden = Table("hidden", "", "Not in the workbook", COLUMNS[:1], [("y",)])
    sections = [Section("one", "One", [table, hidden], [more])]
    return save_workbook(sections, language("de"), tmp_path_factory.mktemp("book") / "b.xlsx")


def read(book: Path, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(book) as archive:
        return ElementTree.fromstring(archive.read(name))


def cells(book: Path, number: int) -> list[list[str | float]]:
    """Rows of a sheet: text from the shared strings, numbers as they are stored."""
    strings = ["".join(node.itertext()) for node in read(book, "xl/sharedStrings.xml")]
    found = []
    for row in read(book, f"xl/worksheets/sheet{number}.xml").iter(f"{SPACE}row"):
        values: list[str | float] = []
        for each in row.iter(f"{SPACE}c"):
            value = each.find(f"{SPACE}v")
            if value is not None:
                text = str(value.text)
                values.append(strings[int(text)] if each.get("t") == "s" else float(text))
        found.append(values)
    return found


def test_sheets_hold_the_tables(book: Path) -> None:
    """A list of tables in front, then each; titles have units, numbers all their decimals."""
    names = [node.get("name") for node in read(book, "xl/workbook.xml").iter(f"{SPACE}sheet")]
    assert names == ["Inhalt", "Kosten", "Mehr"]
    assert cells(book, 1)[1:] == [
        ["Kosten", "What it costs", "A note."],
        ["Mehr", "More of it", ""],
    ]
    assert cells(book, 2) == [
        ["Who", "Cost [EUR/a]", "Price [ct/kWh]", "Why"],
        ["=1+1", 1234.5678, ROWS[0][3]],
        ["park", 2.5, 3.25, "{=2}"],
    ]


def test_text_is_no_formula_and_no_link(book: Path) -> None:
    """``=1+1`` and an address are text, so that opening the file does nothing."""
    with zipfile.ZipFile(book) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                text = archive.read(name).decode()
                assert "<f>" not in text
                assert "hyperlink" not in text


def test_titles_stay_in_view_and_numbers_have_formats(book: Path) -> None:
    """The first row and column are frozen; thousands apart, with the decimals of the column."""
    pane = next(read(book, "xl/worksheets/sheet2.xml").iter(f"{SPACE}pane"))
    assert (pane.get("xSplit"), pane.get("ySplit"), pane.get("state")) == ("1", "1", "frozen")
    with zipfile.ZipFile(book) as archive:
        styles = archive.read("xl/styles.xml").decode()
    assert 'formatCode="#,##0"' in styles
    assert 'formatCode="#,##0.00"' in styles
    wide = {
        int(each.get("max", 0)): float(each.get("width", 0))
        for each in read(book, "xl/worksheets/sheet2.xml").iter(f"{SPACE}col")
    }
    assert min(wide.values()) > 12
    assert wide[4] > 50
