"""Makes the pages that nobody writes by hand; MkDocs calls it (`hooks` in mkdocs.yml).

Pages of `docs/*.md` are written by hand. All others come from the code, its data and the documents
of the repository whenever the site is built, so that they say what these say. What makes them is in
`docs/generators/`; to add a page, add a line to `PAGES` and one to `nav` in mkdocs.yml.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from generators import (
    api,
    commands,
    documents,
    formulation,
    inputs,
    quantities,
    regulation,
    solving,
)
from generators.text import ROOT

#: Pages by their place on the site. `README.md` stands for all that are not a file of their own.
PAGES: dict[str, Callable[[], str]] = {
    "pilot.md": documents.pilot,
    "limitations.md": documents.limitations,
    "formulation/index.md": formulation.overview,
    "formulation/site.md": formulation.site,
    "formulation/other-actors.md": formulation.other_actors,
    "formulation/limits.md": formulation.limits,
    "formulation/solve.md": solving.solve,
    "formulation/money.md": solving.money,
    "formulation/scenario-quantities.md": quantities.scenario,
    "formulation/solution-quantities.md": quantities.solution,
    "reference/study.md": inputs.study,
    "reference/tables.md": inputs.tables,
    "reference/regimes.md": regulation.rules,
    "reference/law.md": regulation.law,
    "reference/price-sheets.md": regulation.sheets,
    "reference/commands.md": commands.reference,
    "reference/api.md": api.reference,
    **{place: partial(documents.document, name) for place, name in documents.WHOLE.items()},
}
#: Pages taken from the README, whose links count from the folder of the README.
FROM_README = ("pilot.md", "limitations.md")


def home_of(place: str) -> str | None:
    """The file of the repository whose links a page has; none where they are the site's own."""
    if place in FROM_README:
        return "README.md"
    return documents.WHOLE.get(place) or (None if place in PAGES else f"docs/{place}")


def read_page(place: str) -> str:
    """A generated page by its place, with its links as they are on the site."""
    text, home = PAGES[place](), home_of(place)
    return documents.relink(text, home, place) if home else text


def on_files(files: Any, config: Any) -> Any:
    """Add the generated pages and the pictures of the benchmarks."""
    from mkdocs.structure.files import File

    for place in PAGES:
        files.append(File.generated(config, place, content=read_page(place)))
    for name in documents.IMAGES:
        files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    return files


def on_page_content(html: str, **_: Any) -> str:
    """Docstrings name functions as Sphinx does; mkdocstrings leaves these marks in the text."""
    return re.sub(r":(?:func|class|mod|data|meth):<code>~?", "<code>", html)


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turn links to files of the repository into links to pages, in what is written by hand."""
    place = page.file.src_uri
    return markdown if place in PAGES else documents.relink(markdown, f"docs/{place}", place)
