"""The page as HTML: one file that needs nothing else."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

from parkwerk.errors import InputError
from parkwerk.report.language import Language
from parkwerk.report.page.blocks import Cell, Column, Figure, Folded, Section
from parkwerk.report.page.figures import CONFIG, picture_json, plotly_script
from parkwerk.report.page.results import Results

#: Addresses in a text, which become links that nothing is loaded from.
ADDRESS = re.compile(r"https?://[^\s)\];,]+[^\s)\];,.]")
#: A number and its unit, which stay on one line.
AMOUNT = re.compile(r"(?<=\d) (?=(?:%|€|EUR|kWh?|MWh|ct|t|h|m|Jahre)\b|%|€)")


def page(found: Results, sections: list[Section], words: Language, workbook: str) -> str:
    """The whole page.

    Parameters
    ----------
    workbook
        Name of the workbook that lies beside it.

    Raises
    ------
    InputError
        Where the extra `report` is not installed.
    """
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise InputError("the page needs jinja2: pip install 'parkwerk[report]'") from None
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(linked=_linked, kept=_kept)
    environment.globals.update(cell=lambda value, column: cell(value, column, words))
    environment.tests["number"] = lambda value: isinstance(value, (int, float))
    pictures = [block for section in sections for block in _figures(section.blocks)]
    several = found.scenario.sizes["company"] > 1
    text = environment.from_string(_file("page.html")).render(
        words=words,
        study=str(found.scenario.attrs.get("title") or found.record["study"]),
        scenario=str(found.record["scenario"]),
        heading=words.say("page.heading" if several else "page.heading_one"),
        sections=sections,
        workbook=workbook,
        css=_file("page.css"),
        script=_file("page.js"),
        plotly=plotly_script() if pictures else "",
        pictures={figure.key: picture_json(figure) for figure in pictures},
        config=CONFIG,
    )
    return str(text)


def cell(value: Cell, column: Column, words: Language) -> str:
    """A cell as text; a dash for nothing."""
    if value is None:
        return "–"
    if isinstance(value, str) or column.digits is None:
        return str(value)
    return words.number(value, column.digits).replace("-", "\N{MINUS SIGN}")


def _figures(blocks: Any) -> list[Figure]:
    found: list[Figure] = []
    for block in blocks:
        if isinstance(block, Figure):
            found.append(block)
        elif isinstance(block, Folded):
            found += _figures(block.blocks)
    return found


def _file(name: str) -> str:
    return files("parkwerk.report.page").joinpath("data", name).read_text(encoding="utf-8")


def _linked(text: str) -> Any:
    """Text in which addresses are links; all else is escaped."""
    from markupsafe import Markup, escape

    parts, end = [], 0
    for match in ADDRESS.finditer(text):
        address = match.group()
        parts += [escape(text[end : match.start()])]
        parts += [Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(address)]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def _kept(text: str) -> str:
    """Text whose amounts stay beside their units, with arrows for ``->``."""
    return AMOUNT.sub("\N{NO-BREAK SPACE}", str(text).replace("->", " → "))
