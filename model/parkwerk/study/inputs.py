"""The inputs of one scenario, row by row and against each other, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import BaseModel

from parkwerk.errors import InputError
from parkwerk.regulation.grid_tariff import Customer, tariff_menu
from parkwerk.regulation.law import Law, law
from parkwerk.regulation.law import sources as law_sources
from parkwerk.regulation.price_sheet import PriceSheet, read_price_sheet
from parkwerk.regulation.regimes import Regime, regimes
from parkwerk.study import checks
from parkwerk.study.schema import Company, Link, Roof, Settings
from parkwerk.study.tables import Row, read_records

SETTINGS_FILE = "study.yaml"


@dataclass(frozen=True)
class Inputs:
    """All inputs of one scenario, checked: of the companies that take part under its regime.

    `everyone` are the companies as companies.csv lists them, with tenants whom the regime leaves
    out, and without `sme` where the figures tell it.
    """

    folder: Path
    scenario: str
    settings: Settings
    companies: tuple[Company, ...]
    roofs: tuple[Roof, ...]
    links: tuple[Link, ...]
    sources: Mapping[str, str]
    law: Law
    price_sheet: PriceSheet
    everyone: tuple[Company, ...]

    @property
    def regime(self) -> Regime:
        """The rules under which the companies may share."""
        return regimes()[self.settings.regime]

    @property
    def pipes(self) -> tuple[Link, ...]:
        """Candidate heat pipes."""
        return tuple(link for link in self.links if link.carrier == "heat")

    @property
    def lines(self) -> tuple[Link, ...]:
        """Candidate direct lines."""
        return tuple(link for link in self.links if link.carrier == "power")


def check_inputs(
    folder: Path, scenario: str, settings: Settings, rows: Mapping[str, list[Row]]
) -> Inputs:
    """Check settings and rows one by one, then against each other and against the law.

    Parameters
    ----------
    rows
        Rows of the tables companies, roofs and links.

    Raises
    ------
    InputError
        Naming file, row, field and company of the first fault.
    """
    companies = read_records(rows["companies"], Company)
    roofs = read_records(rows["roofs"], Roof)
    links = read_records(rows["links"], Link)
    _check_companies(rows["companies"], companies, roofs)
    _check_roofs(rows["roofs"], roofs, companies, settings)
    _check_links(rows["links"], links, companies)
    sources = _check_sources(settings, rows)
    law_then, sheet = _check_regulation(folder, settings)
    everyone = tuple(companies)
    companies = [
        checks.with_size(row, company, law_then)
        for row, company in zip(rows["companies"], companies, strict=True)
    ]
    for row, company in zip(rows["companies"], companies, strict=True):
        try:
            tariff_menu(sheet, company.voltage_level, law_then, Customer())
        except InputError as error:
            raise InputError(f"{row.place}, field voltage_level: {error}") from error
    records = _present(companies, roofs, links, regimes()[settings.regime].tenants)
    return Inputs(folder, scenario, settings, *records, sources, law_then, sheet, everyone)


def _present(
    companies: list[Company], roofs: list[Roof], links: list[Link], tenants: bool
) -> tuple[tuple[Company, ...], tuple[Roof, ...], tuple[Link, ...]]:
    """Companies that take part, with what is theirs."""
    absent = {company.id for company in companies if company.tenant and not tenants}
    if len(absent) == len(companies):
        raise InputError("companies.csv, field tenant: expected a company that is no tenant")
    return (
        tuple(company for company in companies if company.id not in absent),
        tuple(roof for roof in roofs if roof.company not in absent),
        tuple(link for link in links if not {link.start, link.end} & absent),
    )


def _check_companies(rows: list[Row], companies: list[Company], roofs: list[Roof]) -> None:
    checks.check_unique(rows, [company.id for company in companies], "company")
    checks.check_system_names(rows, companies)
    for row, company in zip(rows, companies, strict=True):
        area = sum(roof.area_m2 for roof in roofs if roof.company == company.id)
        checks.check_company(row, company, area)


def _check_roofs(
    rows: list[Row], roofs: list[Roof], companies: list[Company], settings: Settings
) -> None:
    checks.check_unique(rows, [roof.id for roof in roofs], "roof")
    owners = {company.id for company in companies}
    for row, roof in zip(rows, roofs, strict=True):
        checks.check_roof(row, roof, owners, settings.technologies.pv.duty_share.value)


def _check_links(rows: list[Row], links: list[Link], companies: list[Company]) -> None:
    checks.check_unique(rows, [link.label for link in links], "link", "to")
    by_id = {company.id: company for company in companies}
    for row, link in zip(rows, links, strict=True):
        checks.check_link(row, link, by_id)
    checks.check_junctions(rows, links)


def _check_regulation(folder: Path, settings: Settings) -> tuple[Law, PriceSheet]:
    """Law and price sheet of the settings; both, and the regime, must exist."""
    try:
        law_then = law(settings.law_date)
    except InputError as error:
        raise InputError(f"{SETTINGS_FILE}, field law_date: {error}") from error
    name = settings.prices.price_sheet.value
    try:
        sheet = read_price_sheet(folder / name if name.endswith((".yaml", ".yml")) else name)
    except InputError as error:
        raise InputError(f"{SETTINGS_FILE}, field prices.price_sheet: {error}") from error
    if settings.regime not in regimes():
        raise InputError(
            f"{SETTINGS_FILE}, field regime: expected one of {', '.join(regimes())}, found "
            f"{settings.regime!r}"
        )
    return law_then, sheet


def _check_sources(settings: Settings, rows: Mapping[str, list[Row]]) -> dict[str, str]:
    """Explanations of all source keys: the built-in ones and the study's own."""
    text = (files("parkwerk.study") / "data" / "sources.yaml").read_text(encoding="utf-8")
    builtin: dict[str, str] = yaml.safe_load(text)
    sources = law_sources() | builtin | settings.sources
    for row in (row for table in rows.values() for row in table):
        checks.check_sources(row.place, row.cells["source"], sources)
    for path, source in sources_in(settings):
        checks.check_sources(f"{SETTINGS_FILE}, {path}", source, sources)
    return sources


def sources_in(model: BaseModel, path: str = "") -> list[tuple[str, str]]:
    """Path and text of every source below a model."""
    found = []
    for name, value in model:
        if isinstance(value, BaseModel):
            found += sources_in(value, f"{path}{name}.")
        elif name == "source":
            found.append((path.rstrip("."), str(value)))
    return found
