"""Sentences, names and numbers in the language of a reader. The words are data beside this file."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

from parkwerk.errors import InputError
from parkwerk.report.wording import LONGEST_LIST, number, percent

#: Languages by their codes, the default first.
LANGUAGES = ("de", "en")
#: Signs of numbers by language: what separates thousands, and the decimal sign.
SIGNS = {"de": (".", ","), "en": (",", ".")}


@dataclass(frozen=True)
class Language:
    """How a reader is spoken to.

    Attributes
    ----------
    code
        As in the attribute ``lang`` of a page.
    sentences
        Patterns of ``str.format`` by key.
    terms
        What a name of the model is called; English names speak for themselves.
    patterns
        The same for names that are put together: a regular expression and what it becomes. Groups
        with a name are names themselves, others stay as they are.
    quantities
        What the quantities of a scenario are called.
    """

    code: str
    sentences: dict[str, str]
    terms: dict[str, str]
    quantities: dict[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]

    def say(self, key: str, **values: object) -> str:
        """A sentence with its values in place; numbers are written before."""
        return self.sentences[key].format(**values)

    def term(self, name: object) -> str:
        """What a name of the model is called; one that is unknown stays as it is."""
        text = str(name)
        if text in self.terms:
            return self.terms[text]
        for pattern, called in self.patterns:
            if match := pattern.fullmatch(text):
                inner = {k: self.term(v) for k, v in match.groupdict("").items()}
                return called.format(*match.groups(""), **inner)
        return text

    def rule(self, name: object) -> str:
        """What a rule of sharing is called; some have the name of something else, too."""
        own = f"rule {name}"
        return self.terms[own] if own in self.terms else self.term(name)

    def knows(self, name: str) -> bool:
        """Whether a name has a word, be it a pattern's."""
        return name in self.terms or any(p.fullmatch(name) for p, _ in self.patterns)

    def quantity(self, name: str) -> str:
        """What a quantity of the scenario is called."""
        return self.quantities.get(name, name)

    def number(self, value: float, digits: int = 0) -> str:
        """``1.234,5`` or ``1,234.5``; a dash for what is not a number."""
        return self._signed(number(value, digits))

    def percent(self, share: float, digits: int = 0) -> str:
        """``25 %`` of a share of 0.25."""
        return self._signed(percent(share, digits))

    def money(self, value: float, digits: int = 0) -> str:
        """An amount with its currency; a dash for what is no number."""
        text = self.number(value, digits)
        return text if text == "-" else self.say("money", amount=text)

    def listed(self, items: Sequence[str]) -> str:
        """``a, b und c``; a long list ends with how many are left out."""
        shown = list(items)
        if len(shown) > LONGEST_LIST:
            others = self.say("others", n=len(items) - LONGEST_LIST + 1)
            shown = [*shown[: LONGEST_LIST - 1], others]
        if len(shown) < 2:
            return "".join(shown)
        return f"{', '.join(shown[:-1])} {self.say('and')} {shown[-1]}"

    def _signed(self, text: str) -> str:
        thousands, decimal = SIGNS[self.code]
        return text.translate({ord(","): thousands, ord("."): decimal})


@functools.cache
def language(code: str) -> Language:
    """The words of a language.

    Raises
    ------
    InputError
        For a language that parkwerk does not speak.
    """
    if code not in LANGUAGES:
        raise InputError(f"language {code!r}, expected one of {', '.join(LANGUAGES)}")
    sentences, quantities = (
        {key: str(both[code]) for key, both in _read(name).items()}
        for name in ("sentences.yaml", "quantities.yaml")
    )
    terms = _read(f"terms.{code}.yaml")
    patterns = tuple((re.compile(p), called) for p, called in terms["patterns"].items())
    return Language(code, sentences, terms["names"], quantities, patterns)


def _read(name: str) -> dict[str, Any]:
    text = files("parkwerk.report").joinpath("data", name).read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found
