"""Both languages say all that the figures and the Datasets name."""

from __future__ import annotations

import re
import subprocess
import sys
from string import Formatter

import pytest
import xarray as xr
import yaml

from parkwerk.assess.charges import KINDS, SUPPLIER
from parkwerk.assess.cost import GROUPS, OTHER
from parkwerk.assess.links import SHARED
from parkwerk.errors import InputError
from parkwerk.regulation.regimes import pool_rules
from parkwerk.report import plots
from parkwerk.report.plots import hours, sankey
from parkwerk.report.plots.duration import CHARGED
from parkwerk.report.plots.style import CARRIERS
from parkwerk.report.plots.words import FILE, words_of

CONTENT = yaml.safe_load(FILE.read_text(encoding="utf-8"))
#: Words that are the same in both languages.
SAME = {"PV", "CO2", "sharing"}


def keys_in_use() -> set[str]:
    """Keys that the code names outright, and those that it puts together."""
    code = "".join(path.read_text(encoding="utf-8") for path in FILE.parent.parent.glob("*.py"))
    named = set(re.findall(r"""words\(\s*["']([^"'{}]+)["']""", code))
    named |= set(re.findall(r'"(map title(?: built)?|bound \w+)"', code))
    named |= {f"node {node}" for node in sankey.PLACES}
    named |= {f"week {name}" for name in (*hours.SUPPLY, *hours.SURPLUS)}
    named |= {f"week {reason}" for reason in ("exchange", "peak", "first", "asked")}
    named |= {f"charged {basis}" for basis in (*CHARGED.values(), "peak")}
    named |= {f"map {kind} {end}" for kind in ("pipe", "line") for end in ("built", "candidate")}
    named |= {f"map {kind} size" for kind in ("pipe", "line")}
    return named | {"side low", "side high"}


def test_each_key_has_a_text_and_each_text_a_use() -> None:
    """Proves: no figure asks for a word that is not there, and no word is left over."""
    assert keys_in_use() == set(CONTENT["texts"])


@pytest.mark.parametrize("key", CONTENT["texts"])
def test_texts_agree(key: str) -> None:
    """Proves: a text stands in both languages with the same fields to fill in."""
    text = CONTENT["texts"][key]
    assert set(text) == {"en", "de"}
    fields = [{name for _, name, _, _ in Formatter().parse(text[lang])} for lang in ("en", "de")]
    assert all(text.values())
    assert fields[0] == fields[1]


def test_what_datasets_name_has_a_german_word() -> None:
    """Proves: cases, groups of cost, charges, rules and carriers are not English in German."""
    names = {"today", "alone", "together", SHARED, OTHER, SUPPLIER, *GROUPS, *KINDS, *pool_rules()}
    names |= set(CARRIERS)
    names |= {"battery", "heat pump", "heat storage", "heat transfer", "heat recovery"}
    assert names - SAME <= set(CONTENT["labels"])


def test_numbers_are_written_as_the_language_does() -> None:
    """Proves: decimal comma in German, in texts and, by the separators, on axes."""
    de, en = words_of("de"), words_of("en")
    assert (de.number(1234.5, 1), en.number(1234.5, 1)) == ("1.234,5", "1,234.5")
    assert (de.short(0.0125), de.short(1.2), en.short(1234.0), de.short(0.0)) == (
        "0,0125",
        "1,2",
        "1,230",
        "0",
    )
    assert de.number(float("nan")) == "–"
    assert de.percent(0.0019, 2) == "0,19 %"
    assert plots.convergence(xr.Dataset(), "de").layout.separators == ",."


def test_a_quantity_is_named_by_its_attributes() -> None:
    """Proves: name and unit are the Dataset's, in German by long name or by name."""
    cost = xr.DataArray(1.0, name="total_cost", attrs={"units": "EUR/a", "long_name": "all of it"})
    assert words_of("en").quantity(cost) == "all of it [EUR/a]"
    assert words_of("de").quantity(cost) == "Gesamtkosten [EUR/a]"


def test_an_unknown_language_is_refused() -> None:
    """Proves: one sentence that says which languages there are."""
    with pytest.raises(InputError, match="lang: expected 'en' or 'de', found 'fr'"):
        plots.convergence(xr.Dataset(), "fr")


def test_plotly_is_imported_only_when_figures_are() -> None:
    """Proves: the command starts without plotly, and where it is missing a sentence says so."""
    script = (
        "import sys, parkwerk.cli\n"
        "assert 'plotly' not in sys.modules; sys.modules['plotly'] = None\n"
        "from parkwerk.errors import InputError\n"
        "try:\n    from parkwerk.report import plots\nexcept InputError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "figures need plotly: pip install 'parkwerk[report]'", done.stderr
