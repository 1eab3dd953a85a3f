"""Results of a small park as files, for tests of the page; and a page read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

import parkwerk
from parkwerk.assess.cost import GROUPS
from parkwerk.gain.gains import gains
from parkwerk.report.gain_files import GAIN
from parkwerk.report.language import language
from parkwerk.report.page.contents import contents
from parkwerk.report.page.render import page
from parkwerk.report.page.results import Results
from parkwerk.report.run_record import run_record, save_record
from parkwerk.solve.marginal import marginals
from toy import toy_park

#: Text that would do harm if it were taken for HTML or for a formula.
HARM = "<script>alert('harm')</script> & =1+1"
BARRED = "is no micro, small or medium enterprise (EnWG §42c(2))"
#: Nothing here depends on how near the best the design is.
ROUGH = 0.5


def small_park(companies: int = 2) -> xr.Dataset:
    """A day of two companies with sun, waste heat and a PPA, and sources of every kind."""
    park = toy_park(companies=companies, days=1)
    park = park.assign_coords(pool_rule=("pool", ["ppa"]), pool_paragraph=("pool", ["EEG §21b"]))
    reasons = [[BARRED, *[""] * (companies - 1)]]
    park["pool_reason"] = (("pool", "company"), np.array(reasons))
    park["pool_gives"][0, 0] = park["pool_takes"][0, 0] = 0.0
    texts = {
        "electricity_demand": f"companies.csv: assumption: {HARM}",
        "heat_demand": "companies.csv: measured",
        "demand_charge": "price sheet x: S23: it stands in for another",
        "gas_emission_factor": "no statute; unverified",
        "heat_pump_limit": "derived: the largest use of a day",
        "interest_rate": "S61: WACC",
    }
    for name, text in texts.items():
        park[name].attrs["source"] = text
    park.attrs |= {
        "title": f"A park {HARM}",
        "note": f"What is said of it: {HARM}",
        "regime": "law-2026",
        "regime_title": "the law as it is",
        "regime_hypothetical": 0,
        "law_date": "2026-07-01",
        "sources": "S61: https://example.org/a_source; a study",
    }
    return park


def solved_park() -> dict[str, xr.Dataset]:
    """Everything that a run and its gains leave behind, by file; with a finance by hand."""
    scenario = small_park()
    solution = parkwerk.optimise(scenario, gap=ROUGH)
    shares, solution = gains(scenario, solution, gap=ROUGH)
    verdict = with_finance(parkwerk.assess(scenario, solution))
    why = marginals(scenario, solution)
    return {
        "scenario": scenario,
        "solution": solution,
        "verdict": verdict,
        "gain": shares,
        "why": why,
    }


def with_finance(verdict: xr.Dataset) -> xr.Dataset:
    """The verdict with net present values that nobody computed."""
    verdict = verdict.assign_coords(price_scenario=["base", "high"])
    dims = ("case", "party", "price_scenario")
    shape = [verdict.sizes[dim] for dim in dims]
    for name, value in (
        ("npv", 1234.5),
        ("internal_rate_of_return", 0.071),
        ("payback", 9.0),
        ("enefg_npv", -5.0),
    ):
        verdict[name] = (dims, np.full(shape, value))
        verdict[f"park_{name}"] = verdict[name].sum("party")
    return verdict


def write_results(folder: Path, found: dict[str, xr.Dataset]) -> Path:
    """The files as commands write them; what is not given is not written."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, dataset in found.items():
        parkwerk.save(dataset, folder / (GAIN if name == "gain" else f"{name}.nc"))
    save_record(record_of(found), folder / "run.json")
    return folder


def record_of(found: dict[str, xr.Dataset]) -> dict[str, Any]:
    """The record of the run."""
    return run_record(
        found["scenario"],
        found["solution"],
        inputs={"study.yaml": "0123456789abcdef" * 4},
        wall_s=90.0,
        stages_s={},
        search={},
    )


def page_of(found: dict[str, xr.Dataset], lang: str, others: Sequence[str] = ()) -> Page:
    """The page of results that no file holds; `others` are scenarios with the same numbers."""
    record, words = record_of(found), language(lang)
    results = Results(
        folder=Path("toy/base"),
        scenario=found["scenario"],
        solution=found["solution"],
        verdict=found["verdict"],
        record=record,
        gains=found.get("gain"),
        why=found.get("why"),
        others=dict.fromkeys(others, record),
    )
    return Page(page(results, contents(results, words), words, "report.xlsx"))


def kinds_of(verdict: xr.Dataset) -> set[str]:
    """English names that a German reader must not meet."""
    names = {str(n) for dim in ("cost_kind", "technology", "case") for n in verdict[dim].values}
    return names | set(GROUPS) | {"shared links", "park"}


@dataclass
class Page(HTMLParser):
    """What a page holds, read without a browser.

    Attributes
    ----------
    tables
        By id: rows of cells, each its text and its number, if it has one.
    headings
        Levels in their order.
    loads
        What a browser would load: every ``src``, and ``href`` of anything but a link.
    links
        Every ``href`` of a link.
    tags
        All tags with their attributes.
    """

    html: str
    text: str = ""
    tables: dict[str, list[list[tuple[str, float | None]]]] = field(default_factory=dict)
    headings: list[int] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._table, self._cell, self._number = "", False, None
        self._silent = False
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        self.tags.append((tag, own))
        self.loads += [str(own[name]) for name in ("src", "srcset", "data") if own.get(name)]
        if "href" in own:
            (self.links if tag == "a" else self.loads).append(str(own["href"]))
        if tag in ("script", "style"):
            self._silent = True
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if tag == "table":
            self._table = str(own.get("id"))
            self.tables[self._table] = []
        elif tag == "tr" and self._table:
            self.tables[self._table].append([])
        elif tag in ("td", "th") and self._table:
            number = own.get("data-value")
            self.tables[self._table][-1].append(("", None if number is None else float(number)))
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = False
        elif tag in ("td", "th"):
            self._cell = False
        elif tag == "table":
            self._table = ""

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self.text += data.replace("\N{NO-BREAK SPACE}", " ")
        if self._cell:
            row = self.tables[self._table][-1]
            row[-1] = (row[-1][0] + data.replace("\N{NO-BREAK SPACE}", " "), row[-1][1])

    def numbers(self, table: str, row: str) -> list[Any]:
        """Numbers of a row by its name."""
        (found,) = [cells for cells in self.tables[f"table-{table}"] if cells[0][0] == row]
        return [number for _, number in found[1:]]

    def cells(self, table: str, row: str) -> list[str]:
        """Texts of a row by its name."""
        (found,) = [cells for cells in self.tables[f"table-{table}"] if cells[0][0] == row]
        return [text for text, _ in found[1:]]


def read_page(path: Path) -> Page:
    """A page as a browser would take it apart."""
    return Page(path.read_text(encoding="utf-8"))
