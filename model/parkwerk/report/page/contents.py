"""The contents of the page in their order."""

from __future__ import annotations

from parkwerk.report.language import Language
from parkwerk.report.page.answer import proposal, savings
from parkwerk.report.page.blocks import Section
from parkwerk.report.page.built import built
from parkwerk.report.page.certainty import certainty
from parkwerk.report.page.energy import energy
from parkwerk.report.page.figures import figures
from parkwerk.report.page.method import left_out, method
from parkwerk.report.page.results import Results
from parkwerk.report.page.rules import rules
from parkwerk.report.page.sources import inputs

#: Behind which table of its section a figure stands; others stand at the end of the section.
BEHIND = {"costs": "costs", "map": "investment", "charges": "charges", "bounds": "proof"}


def contents(found: Results, words: Language) -> list[Section]:
    """All sections, with their figures in place and the numbers of these as tables."""
    sections = [
        proposal(found, words),
        savings(found, words),
        built(found, words),
        rules(found, words),
        energy(found, words),
        certainty(found, words),
        inputs(found, words),
        left_out(found, words),
        method(found, words),
    ]
    drawn = figures(found, words)
    for section in sections:
        for shown in drawn.get(section.key, []):
            place = BEHIND.get(shown.figure.key.removeprefix("figure-"), "")
            keys = [getattr(block, "key", "") for block in section.blocks]
            at = keys.index(place) + 1 if place and place in keys else len(keys)
            section.blocks.insert(at, shown.figure)
            if shown.table is not None:
                section.data.append(shown.table)
    return sections
