"""Documents of the repository that are pages of the site too, and the links between all of them.

A document keeps its place in the repository, where its links lead to files. On the site they lead
to the pages made of these files; a link to a file that is no page becomes its text.
"""

from __future__ import annotations

import posixpath
import re

from generators.text import ROOT, page

#: Where a file of the repository is found on the site.
PLACES = {
    "CONTRIBUTING.md": "contributing.md",
    "README.md": "index.md",
    "benchmarks/README.md": "benchmarks/index.md",
    "benchmarks/pilot.md": "benchmarks/pilot.md",
    "benchmarks/proof.md": "benchmarks/proof.md",
    "benchmarks/tools.md": "benchmarks/tools.md",
    "model/parkwerk/__init__.py": "reference/api.md",
    "model/parkwerk/cli.py": "reference/commands.md",
    "model/parkwerk/formulation/limits.py": "formulation/limits.md",
    "model/parkwerk/formulation/park.py": "formulation/index.md",
    "model/parkwerk/formulation/site.py": "formulation/site.md",
    "model/parkwerk/formulation/waste_heat.py": "formulation/other-actors.md",
    "model/parkwerk/quantities.py": "formulation/solution-quantities.md",
    "model/parkwerk/regulation/data/regimes.yaml": "reference/regimes.md",
    "model/parkwerk/regulation/law.py": "reference/law.md",
    "model/parkwerk/regulation/price_sheet.py": "reference/price-sheets.md",
    "model/parkwerk/solve/optimise.py": "formulation/solve.md",
    "model/parkwerk/assess/finance.py": "formulation/money.md",
    "model/parkwerk/study/schema.py": "reference/study.md",
    "model/parkwerk/study/tables.py": "reference/tables.md",
}
#: Documents that become pages as they stand.
WHOLE = {PLACES[name]: name for name in PLACES if name.endswith(".md") and name != "README.md"}
IMAGES = ("benchmarks/proof.png",)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


def section(heading: str) -> str:
    """A section of the README with its heading, up to the next of the same rank.

    Raises
    ------
    LookupError
        If the README has no such section: the page that shows it must follow.
    """
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", text, re.M | re.S)
    if found is None:
        raise LookupError(f"README.md has no section '{heading}', which docs/generate.py shows")
    return re.sub(r"<!--.*?-->\n*", "", found.group(0), flags=re.S).strip()


def limitations() -> str:
    """What the model leaves out, as the README says."""
    return page(f"#{section('What the model leaves out').removeprefix('##')}")


def pilot() -> str:
    """What came out for the pilot, as the README says."""
    headings = ("What the pilot says", "Who gains what", "What each rule is worth")
    return page(
        "# The pilot",
        "`inputs/pilot` has four companies. They are stand-ins: none is real, and no number is "
        "the data of one.",
        *(section(heading) for heading in headings),
    )


def document(name: str) -> str:
    """A document of the repository as it stands."""
    return (ROOT / name).read_text(encoding="utf-8")


def relink(text: str, home: str, here: str) -> str:
    """Links of a document at ``home`` in the repository, as they must be on the page ``here``."""

    def follow(found: re.Match[str]) -> str:
        image, label, target = found.groups()
        if re.match(r"[a-z]+:|#", target):
            return found.group(0)
        path, hash_, anchor = target.partition("#")
        file = posixpath.normpath(posixpath.join(posixpath.dirname(home), path))
        place = place_of(file)
        if place is None:  # a link to nothing is left for MkDocs to complain of
            return label if (ROOT / file).exists() else found.group(0)
        way = posixpath.relpath(place, posixpath.dirname(here) or ".")
        return f"{image}[{label}]({way}{hash_}{anchor})"

    return LINK.sub(follow, text)


def place_of(file: str) -> str | None:
    """Where a file of the repository is on the site, if it is there."""
    if file in IMAGES:
        return file
    if file.startswith("docs/") and (ROOT / file).is_file():
        return file.removeprefix("docs/")
    return PLACES.get(file)
