"""Markdown from docstrings and rows: what all generators of pages share."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "model" / "parkwerk"

#: A heading of numpydoc such as `Parameters`; what follows is for programmers, in the API.
SECTION = re.compile(r"^(Parameters|Returns|Raises|Attributes|Examples|Notes|Yields)\n-+$", re.M)
ROLE = re.compile(r":\w+:`~?([^`]+)`")
FORMULA = re.compile(r"``((?:(?!``).)+)``([^`]{0,12})", re.S)


@dataclass(frozen=True)
class Source:
    """A file of the package, parsed but not imported."""

    name: str
    doc: str
    functions: dict[str, ast.FunctionDef]


def read_source(name: str) -> Source:
    """A file of the package by its path, ``formulation/site.py``."""
    tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return Source(name, ast.get_docstring(tree) or "", functions)


def docstring(function: ast.FunctionDef) -> str:
    """Docstring of a parsed function, empty where it has none."""
    return ast.get_docstring(function) or ""


def markdown(doc: str) -> str:
    """A docstring as Markdown: without the sections of numpydoc, formulas of a line set apart."""
    text = inspect.cleandoc(doc)
    if found := SECTION.search(text):
        text = text[: found.start()].rstrip()
    text = ROLE.sub(r"`\1`", text)
    return "\n\n".join(_block(block) for block in text.split("\n\n"))


def _block(block: str) -> str:
    """A paragraph that is a formula and little else becomes a block of its own."""
    found = FORMULA.fullmatch(block.strip())
    if found is None or (found.group(2).strip() not in ("", ".") and "[" not in found.group(2)):
        return block
    unit = found.group(2).strip(" .")
    return fenced(f"{found.group(1)}{unit and '    ' + unit}")


def fenced(text: str) -> str:
    """Text as it stands, in one width of letters."""
    return f"```text\n{text}\n```"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; nothing where there are no rows."""
    lines = [_line(row) for row in rows]
    return "\n".join([_line(header), _line(["---"] * len(header)), *lines]) if lines else ""


def _line(cells: Sequence[str]) -> str:
    """Cells of one row; line breaks and bars would end a cell."""
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def code(text: str) -> str:
    """A name in the text; nothing stays nothing."""
    return f"`{text}`" if text else ""


def words(names: Iterable[str], last: str = "or") -> str:
    """``a, b or c``."""
    *others, final = [*names]
    return f"{', '.join(others)} {last} {final}" if others else final


def page(*blocks: str) -> str:
    """Blocks of a page, without empty ones."""
    return "\n\n".join(block for block in blocks if block) + "\n"
