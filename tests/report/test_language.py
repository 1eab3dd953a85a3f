"""Words in German and English: nothing is missing in either, and no kind is left in English."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import numpy as np
import pandas as pd
import pytest
import yaml

import parkwerk.report.page
from neighbours import neighbours
from parkwerk.assess.bills import LINES
from parkwerk.assess.charges import KINDS, SUPPLIER
from parkwerk.assess.cost import GROUPS
from parkwerk.errors import InputError
from parkwerk.gain.sensitivity import VARIATIONS
from parkwerk.gain.shares import rules_of
from parkwerk.quantities import SCENARIO
from parkwerk.regulation.eligibility import CONDITIONS, reason
from parkwerk.regulation.law import law
from parkwerk.regulation.regimes import pool_rules, regimes
from parkwerk.report.language import LANGUAGES, language
from parkwerk.report.proof import ENDED
from parkwerk.solve.sizes import LIMITS, TECHNOLOGIES

ROOT = Path(parkwerk.report.page.__file__).parent
DATA = ROOT.parent / "data"
#: German names that are the English ones.
ALIKE = {"battery", "gas", "park"}


def sentences() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load((DATA / "sentences.yaml").read_text())
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_sentence_is_in_both_languages() -> None:
    """The same keys and the same fields; a sentence that forgets a number would tell nothing."""
    for key, both in sentences().items():
        assert set(both) == set(LANGUAGES), key
        # German says "eine Einheit" where English names the unit.
        assert fields(str(both["de"])) ^ fields(str(both["en"])) <= {"unit"}, key


def test_every_sentence_that_is_asked_for_is_there() -> None:
    """Keys in the code, also those that are put together, and each key is used by somebody."""
    whole, begun = set(), set()
    files = [*ROOT.glob("*.py"), *(ROOT / "data").glob("*.html"), *ROOT.parent.glob("*.py")]
    for file in files:
        text = file.read_text()
        whole |= set(re.findall(r"""["']([a-z0-9_]+\.[A-Za-z0-9_.]+)["']""", text))
        whole |= set(re.findall(r"""say\(\s*["']([a-z_]+)["']""", text))
        begun |= set(re.findall(r"""f["']([a-z0-9_]+\.[a-z_]*)\{""", text))
    known = set(sentences())
    lacking = {
        key
        for file in [*ROOT.glob("*.py"), ROOT.parent / "why.py"]
        for key in _said(file)
        if key not in known
    }
    assert not lacking
    unused = {key for key in known - whole if not any(key.startswith(b) for b in begun)}
    assert unused <= {"and", "others", "money", "per_year", "no"}


def _said(file: Path) -> set[str]:
    """Keys that a file names in full."""
    calls = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call))
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "say"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def test_keys_that_are_put_together_are_there() -> None:
    """Limits, ends of a search, rules of division and periods each have their sentence."""
    known = set(sentences())
    asked = {f"limit.{rule}" for rule in LIMITS} | {f"ended.{end}" for end in ENDED}
    asked |= {f"meaning.{rule}" for n in (3, 30) for rule in rules_of(n)}
    asked |= {f"period.{name}" for name in ("day", "week", "year")}
    assert asked <= known


def test_every_kind_has_a_german_word() -> None:
    """Kinds and groups of cost, lines of a bill, charges, technologies, rules and variations."""
    kinds = {kind for group in GROUPS.values() for kind in group} | set(GROUPS) | set(KINDS)
    kinds |= {*LINES, *TECHNOLOGIES, SUPPLIER, *pool_rules(), "today", "alone", "together"}
    kinds |= {variation.title for variation in VARIATIONS}
    kinds |= {rule for n in (3, 30) for rule in rules_of(n)}
    kinds |= {f"regime {name}" for name in regimes()}
    german = language("de")
    assert not {kind for kind in kinds if not german.knows(kind)}


def test_quantities_have_words_in_both_languages() -> None:
    """Every input of a scenario, and none that is no input."""
    known = yaml.safe_load((DATA / "quantities.yaml").read_text())
    assert set(known) - {"pool_reason"} <= set(SCENARIO)
    assert set(SCENARIO) <= set(known)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("over 2500 h, above 1 GWh", "über 2.500 h, über 1 GWh"),
        ("under 2500 h, above 1 GWh, without tax relief", "unter 2.500 h, über 1 GWh, ohne"),
        ("atypical floor over 2500 h", "atypische Nutzung (Mindestentgelt), über 2.500 h"),
        ("750-1000 kW market premium", "750 bis 1000 kW, Marktprämie"),
        ("pool direct-line-a-b", "Strom: Direktleitung a-b"),
        ("heat of cold", "Wärme von cold"),
        ("EnWG §42c", "§ 42c EnWG"),
        ("EEG §21b, StromStG §9(1) Nr.3", "§ 21b EEG, § 9 Abs. 1 Nr. 3 StromStG"),
    ],
)
def test_names_that_are_put_together(english: str, german: str) -> None:
    """Tariffs, classes, exchanges and paragraphs are taken apart and put together again."""
    assert language("de").term(english).startswith(german)


def test_reasons_of_the_law_are_german() -> None:
    """Every condition of the law on companies that do not meet it: no English word is left."""
    columns = {
        "sme": [False, True],
        "balancing_area": ["north", "south"],
        "building": ["one", "two"],
        "behind": ["ring", ""],
        "legacy_system": ["ring", ""],
        "legacy_since": [pd.Timestamp("2026-01-01").date(), None],
        "closed_network": ["", "net"],
    }
    companies = neighbours(0.0, 9000.0, **columns)
    valid = law(pd.Timestamp("2026-07-01").date())
    german, told = language("de"), []
    for condition in CONDITIONS.values():
        why = condition(companies, valid)
        told += [reason(i, {0, 1}, why, ["a", "b"], "EnWG §42c") for i in (0, 1)]
    told.append("there is no other company to share with (EnWG §42c)")
    assert len(set(told)) > 8
    for text in told:
        assert not re.search(r"\b(is|not|may|with|the|no|share)\b", german.term(text)), text


def test_figures_and_page_use_the_same_words() -> None:
    """What both name has one German word."""
    path = ROOT.parent / "plots" / "data" / "words.yaml"
    labels = yaml.safe_load(path.read_text())["labels"]
    page = language("de").terms
    both = set(labels) & set(page)
    assert len(both) > 20
    assert {name for name in both if labels[name] != page[name]} <= {"PV"}


def test_numbers_and_lists() -> None:
    """``1.234,5`` and ``1,234.5``; no number is a dash; a long list is cut."""
    german, english = language("de"), language("en")
    assert (german.number(1234.5, 1), english.number(1234.5, 1)) == ("1.234,5", "1,234.5")
    assert (german.money(1e6), english.money(1e6)) == ("1.000.000 €", "1,000,000 EUR")
    assert (german.percent(0.0123, 1), german.number(np.nan)) == ("1,2 %", "-")
    assert german.listed(["a", "b", "c"]) == "a, b und c"
    assert english.listed(list("abcdefghij")).endswith("g and 3 others")


def test_an_unknown_language_is_refused() -> None:
    """The sentence names those that there are."""
    with pytest.raises(InputError, match="expected one of de, en"):
        language("fr")
