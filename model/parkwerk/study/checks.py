"""Checks that need more than one field: unknown and repeated names, slips of a factor of 1000."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from parkwerk.errors import InputError
from parkwerk.regulation.law import Law
from parkwerk.regulation.sme import is_sme
from parkwerk.study.schema import JUNCTION, Company, Link, Roof
from parkwerk.study.series.heat import PROFILES as HEAT_PROFILES
from parkwerk.study.series.load import PROFILES as LOAD_PROFILES
from parkwerk.study.tables import Row

#: Yearly use by yearly peak [h]. Below, energy was likely given in MWh; above, peak in MW.
FULL_LOAD_HOURS = (300, 8760)
#: Heat use by roof area [kWh/(m2*a)]. A hall needs 30 to 200, a workshop with process heat more.
HEAT_PER_ROOF = (2, 3000)
#: A trench may start at any wall, so it may be shorter than the distance of the site centres.
BUILDING_SIZE_M = 300
#: Rows of the tables of results that are no company and no connection.
RESERVED = ("park", "shared links", "host", "operator")
SOURCE_KEY = re.compile(r"\bS\d+b?\b")


def check_unique(rows: Sequence[Row], names: Iterable[str], what: str, field: str = "id") -> None:
    """Refuse a name that stands twice; `what` it names."""
    seen: dict[str, int] = {}
    for row, name in zip(rows, names, strict=True):
        if name in seen:
            raise InputError(
                f"{row.place}, field {field}: expected each {what} once, found {name!r} in row "
                f"{seen[name]} too"
            )
        seen[name] = row.number


def check_system_names(rows: Sequence[Row], companies: Sequence[Company]) -> None:
    """Refuse a customer system or closed network that is called as a company is."""
    names = {company.id for company in companies}
    for row, company in zip(rows, companies, strict=True):
        for field in ("legacy_system", "closed_network"):
            if (found := getattr(company, field)) in names:
                raise InputError(
                    f"{row.place}, field {field}: expected a name that no company has, found "
                    f"{found!r}"
                )


def check_company(row: Row, company: Company, roof_area_m2: float) -> None:
    """Refuse a company whose fields contradict each other or are off by a factor of 1000."""
    if company.id.startswith("J"):
        raise InputError(
            f"{row.place}, field id: expected a name that does not begin with J, which is kept for "
            "junctions of heat pipes"
        )
    for field in ("id", "legacy_system", "closed_network"):
        if getattr(company, field) in RESERVED:
            raise InputError(
                f"{row.place}, field {field}: expected another name, because "
                f"{', '.join(RESERVED)} stand for what is no company"
            )
    _check_load(row, company)
    _check_supply(row, company)
    if company.tenant and not company.building:
        raise InputError(
            f"{row.place}, field building: expected the building that the tenant is in, found none"
        )
    if company.legacy_since and not company.legacy_system:
        raise InputError(
            f"{row.place}, field legacy_system: expected the customer system that was connected on "
            f"{company.legacy_since}, found none"
        )
    if company.legacy_system and company.legacy_since is None:
        raise InputError(
            f"{row.place}, field legacy_since: expected the day when the customer system "
            f"{company.legacy_system!r} was connected, found none"
        )
    if (company.heat_kwh or company.heat_profile) and company.heat_profile not in HEAT_PROFILES:
        raise InputError(_unknown(row, "heat_profile", company.heat_profile, HEAT_PROFILES))
    if company.refrigeration_kwh and company.evaporation_c >= min(
        company.room_c, company.waste_heat_c
    ):
        raise InputError(
            f"{row.place}, field evaporation_c: expected less than room_c ({company.room_c:g}) and "
            f"waste_heat_c ({company.waste_heat_c:g}), found {company.evaporation_c:g}"
        )
    if company.heat_kwh and roof_area_m2:
        low, high = HEAT_PER_ROOF
        found = company.heat_kwh / roof_area_m2
        if not low <= found <= high:
            raise InputError(
                f"{row.place}, field heat_kwh: {found:.3g} kWh/a per m2 of roof is implausible, "
                f"expected {low} to {high} (is heat_kwh in kWh and area_m2 in m2?)"
            )


def with_size(row: Row, company: Company, law: Law) -> Company:
    """The company with `sme` filled in from its figures where the table leaves it empty.

    Refuses figures that do not tell, and those that contradict the table.
    """
    told = is_sme(company.staff, company.turnover_eur, company.balance_sheet_eur, law)
    figures = "staff, turnover_eur and balance_sheet_eur"
    if company.sme is None and told is None:
        raise InputError(
            f"{row.place}, field sme: expected yes or no, because {figures} do not tell, found none"
        )
    if None not in (company.sme, told) and company.sme != told:
        raise InputError(
            f"{row.place}, field sme: expected {'yes' if told else 'no'} by {figures}, found "
            f"{'yes' if company.sme else 'no'}"
        )
    return company.model_copy(update={"sme": told if company.sme is None else company.sme})


def _check_load(row: Row, company: Company) -> None:
    if (company.load_profile is None) == (company.load_file is None):
        raise InputError(
            f"{row.place}, field load_profile: expected either load_profile or load_file"
        )
    if company.load_file is not None:
        return
    if company.load_profile not in LOAD_PROFILES:
        raise InputError(_unknown(row, "load_profile", company.load_profile, LOAD_PROFILES))
    for field in ("electricity_kwh", "peak_kw"):
        if getattr(company, field) is None:
            raise InputError(f"{row.place}, field {field}: expected a number beside load_profile")
    assert company.electricity_kwh is not None
    assert company.peak_kw is not None
    low, high = FULL_LOAD_HOURS
    hours = company.electricity_kwh / company.peak_kw
    if not low <= hours <= high:
        raise InputError(
            f"{row.place}, field electricity_kwh: {hours:.4g} full-load hours (use by peak) are "
            f"implausible, expected {low} to {high} (is electricity_kwh in kWh and peak_kw in kW?)"
        )
    if company.peak_kw > company.connection_kw:
        raise InputError(
            f"{row.place}, field connection_kw: expected at least the peak of "
            f"{company.peak_kw:g} kW, found {company.connection_kw:g} kW"
        )
    if company.refrigeration_kwh > company.electricity_kwh:
        raise InputError(
            f"{row.place}, field refrigeration_kwh: expected at most electricity_kwh "
            f"({company.electricity_kwh:g}), found {company.refrigeration_kwh:g}"
        )


def _check_supply(row: Row, company: Company) -> None:
    due, empty = ("margin_eur_per_kwh", "fixed_price_eur_per_kwh")
    if company.supply == "fixed":
        due, empty = empty, due
    if getattr(company, due) is None or getattr(company, empty) is not None:
        raise InputError(
            f"{row.place}, field {due}: expected {due} filled and {empty} empty for "
            f"a {company.supply} supply contract"
        )


def check_roof(row: Row, roof: Roof, companies: set[str], duty_share: float) -> None:
    """Refuse a roof without owner, and one too small for the duty that the law puts on it."""
    if roof.company not in companies:
        raise InputError(_unknown(row, "company", roof.company, companies))
    if (roof.new or roof.renewed) and roof.usable_share < duty_share:
        raise InputError(
            f"{row.place}, field usable_share: expected at least {duty_share:g}, the PV duty on "
            f"new and renewed roofs (HmbKliSchG), found {roof.usable_share:g}"
        )


def check_link(row: Row, link: Link, companies: dict[str, Company]) -> None:
    """Refuse a link between unknown ends, from a company without waste heat, or too short."""
    power = link.carrier == "power"
    for field, end in (("from", link.start), ("to", link.end)):
        if end not in companies and (power or not JUNCTION.match(end)):
            other = "" if power else "a junction (J1, J2, ...)"
            raise InputError(_unknown(row, field, end, companies, other))
    start, end_company = companies.get(link.start), companies.get(link.end)
    if start and not power and not start.refrigeration_kwh:
        raise InputError(
            f"{row.place}, field from: expected a junction or a company with waste heat, but "
            f"refrigeration_kwh of company {link.start!r} is 0"
        )
    if link.start == link.end and (power or not start):
        raise InputError(f"{row.place}, field to: expected another end than {link.start!r}")
    if start and end_company:
        distance = math.hypot(start.x_m - end_company.x_m, start.y_m - end_company.y_m)
        least = distance - BUILDING_SIZE_M
        if link.length_m < least:
            raise InputError(
                f"{row.place}, field length_m: expected at least {least:.0f} m "
                f"(the companies are {distance:.0f} m apart), found {link.length_m:g}"
            )


def check_junctions(rows: Sequence[Row], links: Sequence[Link]) -> None:
    """Refuse a junction into which no pipe leads, or out of which none leads."""
    pipes = [link for link in links if link.carrier == "heat"]
    starts, ends = {pipe.start for pipe in pipes}, {pipe.end for pipe in pipes}
    for row, link in zip(rows, links, strict=True):
        for field, name, others in (("from", link.start, ends), ("to", link.end, starts)):
            if JUNCTION.match(name) and name not in others:
                way = "into" if field == "from" else "out of"
                raise InputError(
                    f"{row.place}, field {field}: expected a link {way} junction {name!r}"
                )


def check_sources(place: str, text: str, known: Iterable[str]) -> None:
    """Refuse a source key that `sources` in study.yaml does not explain."""
    for key in SOURCE_KEY.findall(text):
        if key not in known:
            raise InputError(
                f"{place}, field source: expected the key {key} to be explained under `sources` in "
                "study.yaml"
            )


def _unknown(row: Row, field: str, found: str | None, known: Iterable[str], other: str = "") -> str:
    names = ", ".join([*sorted(known), *([other] if other else [])])
    return f"{row.place}, field {field}: expected one of {names}, found {found!r}"
