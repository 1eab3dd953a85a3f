"""The page for owners and boards: numbers of the Datasets, words of its language, no surprises."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

import parkwerk
from parkwerk.cli import app
from parkwerk.report.language import language
from report.page_results import (
    HARM,
    ROUGH,
    Page,
    kinds_of,
    page_of,
    read_page,
    small_park,
    solved_park,
    write_results,
)
from toy import bare_park


def call(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "100"})


@pytest.fixture(scope="module")
def found() -> dict[str, xr.Dataset]:
    """A solved park."""
    return solved_park()


@pytest.fixture(scope="module")
def folder(found: dict[str, xr.Dataset], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its files with a page and a workbook in both languages."""
    place = write_results(tmp_path_factory.mktemp("results") / "toy" / "base", found)
    for lang in ("de", "en"):
        result = call("report", place, "--lang", lang)
        assert result.exit_code == 0, result.output
    return place


@pytest.fixture(scope="module")
def german(folder: Path) -> Page:
    return read_page(folder / "report-de.html")


@pytest.fixture(scope="module")
def english(folder: Path) -> Page:
    return read_page(folder / "report-en.html")


def test_numbers_are_those_of_the_datasets(german: Page, found: dict[str, xr.Dataset]) -> None:
    """Costs, gains, risks, investment, energy and CO2 of the page equal the Datasets'."""
    verdict, gain = found["verdict"], found["gain"]
    for company in ("c0", "c1"):
        own = verdict["yearly_cost"].sel(party=company)
        costs = [float(own.sel(case=case)) for case in ("today", "alone", "together")]
        assert german.numbers("costs", company)[:3] == pytest.approx(costs, abs=1e-5)
        share = float(gain["share"].sel(rule=gain.attrs["rule"], company=company))
        assert german.numbers("contract", company)[-1] == pytest.approx(share)
        risks = [share, *gain["gain_if"].sel(company=company).values]
        assert german.numbers("risks", company) == pytest.approx(risks)
        by_rule = gain["share"].sel(company=company).values
        assert german.numbers("division", company) == pytest.approx(list(by_rule))
    whole = float(verdict["park_investment"].sel(case="together").sum())
    assert german.numbers("investment", "Park")[-1] == pytest.approx(whole)
    co2 = verdict["park_co2"].values / 1000
    assert german.numbers("park", "CO2")[1:] == pytest.approx(list(co2))
    solution = found["solution"]
    bound = german.numbers("proof", "kein Konzept kostet weniger als")[0]
    assert bound == pytest.approx(solution.attrs["lower_bound"])


def test_both_languages_have_the_same_numbers(german: Page, english: Page) -> None:
    """Table by table, row by row, cell by cell."""
    assert list(german.tables) == list(english.tables)
    for key, rows in german.tables.items():
        numbers = [[number for _, number in row] for row in rows]
        assert numbers == [[number for _, number in row] for row in english.tables[key]], key


def test_numbers_are_written_as_the_language_has_it(german: Page, english: Page) -> None:
    """1234.5 EUR is ``1.234`` or ``1,234``, a rate of 7.1 % is ``7,1`` or ``7.1``."""
    assert german.cells("finance", "c0")[:3] == ["1.234", "1.234", "7,1"]
    assert english.cells("finance", "c0")[:3] == ["1,234", "1,234", "7.1"]
    assert german.cells("finance", "c0")[-1] == "nein"


def test_no_english_kind_is_on_the_german_page(german: Page, found: dict[str, xr.Dataset]) -> None:
    """No cell or title of a table is an English name of the model; reasons are German too."""
    cells = {text for rows in german.tables.values() for row in rows for text, _ in row}
    bare = {re.sub(r"\s*\[.*\]$", "", text) for text in cells}
    known = language("de")
    english = {name for name in kinds_of(found["verdict"]) if known.term(name) != name}
    assert len(english) > 20
    assert not bare & english
    assert "ist kein Kleinst-, kleines oder mittleres Unternehmen (§ 42c Abs. 2 EnWG)" in cells
    assert "Stromliefervertrag (PPA)" in cells


def test_the_page_is_built_for_all_readers(german: Page, english: Page) -> None:
    """Language, one h1, no level of headings left out, skip link first, captions, scopes, and a
    sentence for every picture.
    """
    for page, code in ((german, "de"), (english, "en")):
        assert ("html", {"lang": code}) in page.tags
        assert page.headings[0] == 1
        assert page.headings.count(1) == 1
        assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False))
        tags = [tag for tag, _ in page.tags]
        assert page.links[0] == "#content"
        assert tags.count("caption") == tags.count("table") == len(page.tables)
        assert all(own.get("scope") in ("row", "col") for tag, own in page.tags if tag == "th")
        pictures = [own for _, own in page.tags if own.get("role") == "img"]
        assert len(pictures) >= 5
        assert all(re.search(r"\d", str(own["aria-label"])) for own in pictures)
        ids = [own["id"] for _, own in page.tags if "id" in own]
        assert len(set(ids)) == len(ids)
        assert {link[1:] for link in page.links if link.startswith("#")} <= set(ids)


def test_the_page_loads_nothing(german: Page, folder: Path) -> None:
    """No address but in plain links; no import and no address in its style."""
    assert german.loads == ["data:,"]
    style = re.findall(r"<style>(.*?)</style>", (folder / "report-de.html").read_text(), re.S)
    assert not re.search(r"url\(|@import|https?:", style[0])
    assert "https://example.org/a_source" in german.links


def test_text_of_inputs_is_no_html(german: Page, folder: Path) -> None:
    """A title, a note and a source with a script are shown as they are typed."""
    assert german.text.count(HARM) >= 3
    assert "<script>alert" not in (folder / "report-de.html").read_text()
    scripts = [own for tag, own in german.tags if tag == "script"]
    assert len(scripts) == 3 + sum(own.get("type") == "application/json" for own in scripts)


def test_stand_ins_and_their_fees_are_called_so(german: Page, english: Page) -> None:
    """One of two loads is an assumption: some are stand-ins. The price sheet stands in."""
    assert "Einige Unternehmen in dieser Rechnung sind Platzhalter" in german.text
    assert "Some of the companies in this calculation are stand-ins" in english.text
    assert "vertritt das hiesige" in german.text


def test_inputs_are_listed_by_the_weakest_source(
    english: Page, found: dict[str, xr.Dataset]
) -> None:
    """One of each kind, those that stand in among the assumed; most of this park name none."""
    names = {
        key: [row[0][0] for row in rows[1:]]
        for key, rows in english.tables.items()
        if key.startswith("table-source-")
    }
    assert names["table-source-unverified"] == ["CO2 of a kWh of gas"]
    assert names["table-source-assumption"] == [
        "electricity demand without heat pumps",
        "grid demand charge",
    ]
    assert names["table-source-derived"] == ["room for heat pumps"]
    assert sorted(names["table-source-sourced"]) == ["heat demand", "real interest rate"]
    listed = sum(map(len, names.values()))
    assert listed == len(set(found["scenario"].data_vars) - {"pool_reason"})


def test_a_gap_above_the_gain_is_told_beside_it(found: dict[str, xr.Dataset]) -> None:
    """Of a gain of 10 EUR and a bound 50 EUR below the cost: the page says that the gap is larger
    where it names the gain; nor is a gain proven once the companies' own bounds are as low.
    """
    solution = found["solution"].copy()
    cost, gain = solution.attrs["total_cost"], 10.0
    solution.attrs |= {
        "cost_alone": cost + gain,
        "lower_bound": cost - 5 * gain,
        "gap": 5 * gain / cost,
        "gap_of_saving_alone": 5.0,
    }
    solution["least_alone"] = solution["least_alone"] * 0.0
    page = page_of({**found, "solution": solution}, "de")
    assert "mehr als dieser Gewinn selbst (500 %)" in page.text
    assert "Dass der Austausch überhaupt etwas bringt, ist nicht bewiesen" in page.text
    assert "ist größer als der gefundene Gewinn" in page.text


def test_rules_that_are_no_law_are_called_so(found: dict[str, xr.Dataset]) -> None:
    """A hypothetical regime is marked before any number and again among the rules."""
    scenario = found["scenario"].copy()
    scenario.attrs |= {"regime": "sme-limit-lifted", "regime_hypothetical": 1}
    page = page_of({**found, "scenario": scenario}, "de")
    assert page.text.count("Regeln, die nicht geltendes Recht sind") == 2
    assert "Energy Sharing für Unternehmen jeder Größe (nicht geltendes Recht)" in page.text


def test_other_scenarios_stand_beside_it(found: dict[str, xr.Dataset]) -> None:
    """Two solved scenarios: each has a row with its costs, and the sum that is left open."""
    page = page_of(found, "en", others=["other"])
    attrs = found["solution"].attrs
    for name in ("base", "other"):
        today, alone, together, gain, left = page.numbers("scenarios", name)[1:]
        assert (today, alone) == (attrs["cost_today"], attrs["cost_alone"])
        assert (together, gain) == (attrs["total_cost"], pytest.approx(alone - together))
        assert left == pytest.approx(attrs["total_cost"] - attrs["lower_bound"])


def test_one_company_without_gains() -> None:
    """No word of sharing, and no table that divides a gain."""
    scenario = small_park(companies=1)
    solution = parkwerk.optimise(scenario, gap=ROUGH)
    verdict = parkwerk.assess(scenario, solution)
    found = {"scenario": scenario, "solution": solution, "verdict": verdict}
    for lang in ("de", "en"):
        page = page_of(found, lang)
        assert "table-costs" in page.tables
        assert not {"table-contract", "table-risks", "table-division"} & set(page.tables)
        assert "Austausch zwischen" not in page.text
        assert "sharing between" not in page.text


def test_a_park_that_exchanges_nothing_and_is_not_proven() -> None:
    """Two companies without pool, pipe and roof: nothing is built, nothing passes, nothing is
    proven, and each is said.
    """
    scenario = bare_park(companies=2, electricity_demand=[[10.0] * 24] * 2, electricity_price=0.2)
    solution = parkwerk.optimise(scenario, gap=ROUGH)
    unproven = {"lower_bound": -np.inf, "gap": np.nan, "gap_of_saving_alone": np.nan}
    solution.attrs |= unproven
    verdict = parkwerk.assess(scenario, solution)
    found = {"scenario": scenario, "solution": solution, "verdict": verdict}
    page = page_of(found, "en")
    assert "Nothing that was looked at here pays" in page.text
    assert "Neither electricity nor heat passes" in page.text
    assert "has not been proven" in page.text
    assert "let no electricity pass between companies" in page.text
