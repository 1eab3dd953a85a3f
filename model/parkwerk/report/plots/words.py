"""The words of the figures in German and English, and how numbers are written in either.

What a Dataset calls its quantities is English; :meth:`Words.of` gives the German for it. What only
the figures say stands in ``data/words.yaml`` in both languages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import xarray as xr

from parkwerk.errors import InputError
from parkwerk.regulation.data_files import read_mapping

FILE = Path(__file__).parent / "data" / "words.yaml"

#: Decimal and thousands separator by language, as plotly wants them.
SEPARATORS = {"en": ".,", "de": ",."}


@dataclass(frozen=True)
class Words:
    """Texts, names and numbers in one language.

    Attributes
    ----------
    language
        ``en`` or ``de``.
    texts
        What the figures say, by key.
    labels
        What the names of the Datasets are called; empty in English.
    """

    language: str
    texts: dict[str, str]
    labels: dict[str, str]

    def __call__(self, key: str, **fields: object) -> str:
        """The text of a key with its fields filled in."""
        return self.texts[key].format(**fields)

    def of(self, label: object) -> str:
        """A name of a Dataset; one that is not known, such as a company's, stays as it is."""
        return self.labels.get(str(label), str(label))

    def name(self, array: xr.DataArray) -> str:
        """What a quantity is called, by its long name or else by its name."""
        known = str(array.attrs.get("long_name", array.name))
        return self.labels.get(known, self.labels.get(str(array.name), known))

    def quantity(self, array: xr.DataArray) -> str:
        """``name [unit]`` of a quantity, from its attributes."""
        name = self.name(array)
        units = array.attrs.get("units", "")
        return f"{name} [{units}]" if units else name

    def number(self, value: float, digits: int = 0) -> str:
        """``1,234.5`` or ``1.234,5``; a dash for what is not a number."""
        if not math.isfinite(value):
            return "–"
        text = f"{round(float(value), digits) + 0.0:,.{digits}f}"
        return text.translate(str.maketrans(".,", self.separators))

    def short(self, value: float) -> str:
        """Three digits at most: ``0.8``, ``1.25``, ``1,230``."""
        if not math.isfinite(value):
            return self.number(value)
        digits = 2 - math.floor(math.log10(abs(value))) if value else 0
        text = self.number(round(value, digits), max(digits, 0))
        decimal = self.separators[0]
        return text.rstrip("0").rstrip(decimal) if decimal in text else text

    def percent(self, share: float, digits: int = 0) -> str:
        """``25 %`` of a share of 0.25."""
        return f"{self.number(100 * share, digits)} %"

    @property
    def separators(self) -> str:
        """Decimal and thousands separator."""
        return SEPARATORS[self.language]


@cache
def words_of(lang: str) -> Words:
    """The words of a language.

    Raises
    ------
    InputError
        For a language that is neither German nor English.
    """
    if lang not in SEPARATORS:
        raise InputError(f"lang: expected {' or '.join(map(repr, SEPARATORS))}, found {lang!r}")
    file: dict[str, Any] = read_mapping(FILE)
    texts = {key: text[lang] for key, text in file["texts"].items()}
    return Words(lang, texts, file["labels"] if lang == "de" else {})
