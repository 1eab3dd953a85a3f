"""Reading study folders: what is read, and what every fault says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parkwerk.errors import InputError
from parkwerk.study import read_study
from study.folders import (
    COLD,
    COMPANY,
    LINK,
    PILOT,
    ROOF,
    WARM,
    Rows,
    settings,
    write_study,
)

TABLES: dict[str, Rows] = {"companies": [COMPANY, COLD, WARM], "roofs": [ROOF], "links": [LINK]}


def refused(folder: Path, **changes: Any) -> str:
    """What the reader says against the small study with some parts replaced."""
    tables = {name: changes.get(name, rows) for name, rows in TABLES.items()}
    write_study(folder, **tables, document=changes.get("document"))
    with pytest.raises(InputError) as caught:
        read_study(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_sound_study_is_read(tmp_path: Path) -> None:
    """Proves: the study that the faults below start from is itself without fault."""
    inputs = read_study(write_study(tmp_path, **TABLES)).inputs()
    assert [company.id for company in inputs.companies] == ["works", "cold", "warm"]
    assert inputs.companies[0].electricity_kwh == 1_000_000
    assert inputs.roofs[0].usable_share == 0.5
    assert inputs.links[0].label == "cold->warm"


def test_the_pilot_is_read() -> None:
    """Proves: the shipped study passes all checks, in each of its scenarios."""
    study = read_study(PILOT)
    assert study.scenarios[:3] == ("law-2026", "alone", "hamburg-placeholder")
    assert study.inputs().settings.regime == "law-2026"
    assert study.inputs("alone").settings.regime == "alone"
    assert study.inputs("hamburg-placeholder").price_sheet.status == "placeholder"
    assert [path.name for path in study.input_files] == [
        "study.yaml",
        "companies.csv",
        "roofs.csv",
        "links.csv",
    ]


def test_the_pilot_says_that_it_stands_in_for_nobody() -> None:
    """Proves: every row of the pilot is marked as an assumption or names a source."""
    study = read_study(PILOT)
    assert "stand-ins" in study.settings.note
    sources = [row.cells["source"] for rows in study.rows.values() for row in rows]
    assert len(sources) == 6 + 10 + 9
    assert all(source.startswith("assumption: ") for source in sources)


BAD_COMPANIES = [
    ({"electricity_kwh": "1000"}, "electricity_kwh", "full-load hours"),  # MWh
    ({"peak_kw": "0.3"}, "electricity_kwh", "full-load hours"),  # MW
    ({"electricity_kwh": "1000000,5"}, "electricity_kwh", "decimal point"),
    ({"electricity_kwh": "1,000,000"}, "electricity_kwh", "decimal point"),
    ({"electricity_kwh": "-1000000"}, "electricity_kwh", "greater than or equal to 1000"),
    ({"electricity_kwh": ""}, "electricity_kwh", "expected a number beside load_profile"),
    ({"peak_kw": "nan"}, "peak_kw", "found 'nan'"),
    ({"x_m": "1e400"}, "x_m", "finite number"),
    ({"x_m": "565000"}, "x_m", "less than or equal to 50000"),  # UTM
    ({"connection_kw": "299"}, "connection_kw", "at least the peak of 300 kW"),
    ({"voltage_level": "HV"}, "voltage_level", "'LV', 'MV/LV' or 'MV'"),
    ({"load_profile": "g9"}, "load_profile", "expected one of"),
    ({"load_profile": ""}, "load_profile", "either load_profile or load_file"),
    ({"load_file": "meters/works.csv"}, "load_profile", "either load_profile or load_file"),
    ({"refrigeration_kwh": "1000001"}, "refrigeration_kwh", "at most electricity_kwh (1e+06)"),
    ({"refrigeration_kwh": "9", "evaporation_c": "5"}, "evaporation_c", "less than room_c (2)"),
    ({"heat_kwh": "5", "heat_profile": "XXX"}, "heat_profile", "expected one of"),
    ({"heat_kwh": "5"}, "heat_profile", "expected one of"),
    ({"heat_kwh": "100", "heat_profile": "GHD"}, "heat_kwh", "0.1 kWh/a per m2"),  # MWh
    ({"supply": "fixed"}, "fixed_price_eur_per_kwh", "filled and margin_eur_per_kwh empty"),
    ({"margin_eur_per_kwh": "0.6"}, "margin_eur_per_kwh", "less than or equal to 0.2"),  # ct
    ({"sme": "perhaps"}, "sme", "expected yes or no"),
    ({"staff": "12.5"}, "staff", "whole number"),
    ({"sme": ""}, "sme", "expected yes or no, because staff, turnover_eur and balance_sheet_eur"),
    ({"sme": "yes", "staff": "250"}, "sme", "expected no by staff"),
    (
        {"staff": "249", "turnover_eur": "6e7", "balance_sheet_eur": "4.3e7"},
        "sme",
        "expected yes by staff",
    ),
    ({"balance_sheet_eur": "-1"}, "balance_sheet_eur", "greater than or equal to 0"),
    ({"legacy_system": "old"}, "legacy_since", "when the customer system 'old' was connected"),
    ({"legacy_since": "2015-06-01"}, "legacy_system", "connected on 2015-06-01, found none"),
    (
        {"legacy_system": "cold", "legacy_since": "2015-06-01"},
        "legacy_system",
        "a name that no company has, found 'cold'",
    ),
    ({"closed_network": "warm"}, "closed_network", "a name that no company has, found 'warm'"),
    ({"tenant": "yes"}, "building", "the building that the tenant is in, found none"),
    ({"legacy_since": "1.6.2015"}, "legacy_since", "a date such as 2015-06-01"),
    ({"legacy_since": "1433116800"}, "legacy_since", "a date such as 2015-06-01"),  # seconds
    ({"tenant": "maybe"}, "tenant", "expected yes or no"),
    ({"id": "J1"}, "id", "does not begin with J"),
    ({"id": "the works"}, "id", "begins with a letter"),
    ({"id": "cold"}, "id", "each company once, found 'cold' in row 3 too"),
    ({"source": ""}, "source", "found none"),
    ({"source": "S999: nowhere"}, "source", "key S999"),
]


@pytest.mark.parametrize(("change", "field", "expectation"), BAD_COMPANIES)
def test_a_faulty_company(
    tmp_path: Path, change: dict[str, str], field: str, expectation: str
) -> None:
    """Proves: file, row 4, field, company and expectation of each fault are named."""
    message = refused(tmp_path, companies=[WARM, COLD, COMPANY | change])
    company = change.get("id", "works")
    assert message.startswith(f"companies.csv, row 4, company '{company}', field {field}")
    assert expectation in message


BAD_ROOFS = [
    ({"area_m2": "-1000"}, "area_m2", "greater than or equal to 10"),
    ({"area_m2": "1000000"}, "area_m2", "less than or equal to 300000"),
    ({"usable_share": "50"}, "usable_share", "less than or equal to 1"),
    ({"azimuth_deg": "-10"}, "azimuth_deg", "greater than or equal to 0"),
    ({"tilt_deg": "91"}, "tilt_deg", "less than or equal to 90"),
    ({"mounting": "east_west"}, "mounting", "'one_way' or 'two_way'"),
    ({"new": "yes", "usable_share": "0.29"}, "usable_share", "at least 0.3"),
    ({"company": "nobody"}, "company", "expected one of cold, warm, works, found 'nobody'"),
]


@pytest.mark.parametrize(("change", "field", "expectation"), BAD_ROOFS)
def test_a_faulty_roof(
    tmp_path: Path, change: dict[str, str], field: str, expectation: str
) -> None:
    """Proves: a fault in roofs.csv names the roof, its company and what was expected."""
    message = refused(tmp_path, roofs=[ROOF | {"id": "other"}, ROOF | change])
    company = change.get("company", "works")
    assert message.startswith(
        f"roofs.csv, row 3, roof 'hall' of company '{company}', field {field}"
    )
    assert expectation in message


BAD_LINKS = [
    ({"to": "nobody"}, "to", "cold, warm, works, a junction (J1, J2, ...), found 'nobody'"),
    ({"from": "nobody"}, "from", "found 'nobody'"),
    ({"from": "warm"}, "from", "refrigeration_kwh of company 'warm' is 0"),
    ({"to": "J7"}, "to", "a link out of junction 'J7'"),
    ({"from": "J7"}, "from", "a link into junction 'J7'"),
    ({"from": "J7", "to": "J7"}, "to", "another end than 'J7'"),
    ({"length_m": "0.2"}, "length_m", "greater than or equal to 1"),  # km
    ({"length_m": "200000"}, "length_m", "less than or equal to 20000"),  # mm
    ({"to": "warm"}, "to", "each link once, found 'cold->warm' in row 2 too"),
    ({"carrier": "steam"}, "carrier", "'heat' or 'power'"),
    ({"carrier": "power", "to": "J1"}, "to", "cold, warm, works, found 'J1'"),
    ({"carrier": "power", "from": "J1"}, "from", "cold, warm, works, found 'J1'"),
    ({"carrier": "power", "to": "cold"}, "to", "another end than 'cold'"),
]


@pytest.mark.parametrize(("change", "field", "expectation"), BAD_LINKS)
def test_a_faulty_link(
    tmp_path: Path, change: dict[str, str], field: str, expectation: str
) -> None:
    """Proves: a fault in links.csv names both ends and what was expected."""
    row = LINK | {"to": "works", "carrier": "heat"} | change
    message = refused(tmp_path, links=[LINK | {"carrier": "heat"}, row])
    place = f"links.csv, row 3, link from company '{row['from']}' to '{row['to']}', field {field}"
    assert message.startswith(place)
    assert expectation in message


def test_a_link_shorter_than_the_way(tmp_path: Path) -> None:
    """Proves: a length in km (1.2) between sites 1,400 m apart is refused: 1400 - 300 = 1100 m."""
    far = COLD | {"x_m": "1400"}
    message = refused(tmp_path, companies=[COMPANY, far], links=[LINK | {"to": "works"}])
    assert "field length_m: expected at least 1100 m" in message


def test_a_missing_folder_or_file(tmp_path: Path) -> None:
    """Proves: the missing thing is named; roofs and links may be missing."""
    with pytest.raises(InputError, match=r"nowhere: expected a study folder with study\.yaml"):
        read_study(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"study\.yaml cannot be read"):
        read_study(tmp_path)
    write_study(tmp_path, [COMPANY])
    assert read_study(tmp_path).inputs().roofs == ()
    (tmp_path / "companies.csv").unlink()
    with pytest.raises(InputError, match=r"companies\.csv cannot be read"):
        read_study(tmp_path)


BAD_TEXTS = [
    (b"", "row 1: expected the column names, found nothing"),
    (b"# only a comment\n", "row 1: expected the column names"),
    (b"id;x_m\nworks;0,5\n", "row 1: expected commas"),
    (b"id,id\n", "row 1: expected each column once"),
    (b"id,,x_m\n", "row 1: expected each column once and named"),
    (b"# note\nid,colour\n", "row 2, field colour: expected one of id, description"),
    (b"id,description\n", "row 1, field x_m: expected this column"),
    (b"id\n\xffworks\n", "row 2: expected text in UTF-8"),
    (b"id\nwo\0rks\n", "row 2: expected text, found a zero byte"),
    (b'id,"x_m\n', "row 1: expected comma-separated cells with closed quotes"),
]


@pytest.mark.parametrize(("content", "expectation"), BAD_TEXTS)
def test_a_file_that_is_no_table(tmp_path: Path, content: bytes, expectation: str) -> None:
    """Proves: a file that cannot be read as a table is refused by file and row."""
    write_study(tmp_path, [COMPANY])
    (tmp_path / "companies.csv").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_study(tmp_path)
    assert str(caught.value).startswith(f"companies.csv, {expectation}")


def test_rows_count_as_in_an_editor(tmp_path: Path) -> None:
    """Proves: comments and blank lines are skipped but counted: the fault is in line 5."""
    write_study(tmp_path, [COMPANY | {"sme": "perhaps"}])
    path = tmp_path / "companies.csv"
    header, row = path.read_text().splitlines()
    path.write_text(f"# a comment\n\n{header}\n\n{row}\n")
    with pytest.raises(InputError, match=r"companies\.csv, row 5, company 'works', field sme"):
        read_study(tmp_path)


def test_no_company_is_no_study(tmp_path: Path) -> None:
    """Proves: a table with a header only is refused."""
    write_study(tmp_path, [COMPANY])
    path = tmp_path / "companies.csv"
    path.write_text(path.read_text().splitlines()[0])
    with pytest.raises(InputError, match="row 2: expected at least one company"):
        read_study(tmp_path)


def test_too_many_cells(tmp_path: Path) -> None:
    """Proves: an unquoted decimal comma splits a row, and the message says so."""
    write_study(tmp_path, [COMPANY])
    path = tmp_path / "companies.csv"
    path.write_text(path.read_text().replace(",300,", ",300,5,"))
    with pytest.raises(InputError, match=r"row 2, company 'works': expected 17 cells, found 18"):
        read_study(tmp_path)


BAD_SETTINGS = [
    ({"name": "two words"}, "row 3, field name", "begins with a letter"),
    ({"step_hours": 0.5}, "field step_hours", "expected 1.0 or 0.25"),
    ({"period": "month"}, "field period", "'day', 'week' or 'year'"),
    ({"colour": "red"}, "field colour", "expected one of name, title"),
    ({"prices": 5}, "field prices", "expected a mapping with price_sheet, spot"),
    ({"law_date": "2031-07-01"}, "field law_date", "is not in the data"),
    ({"law_date": "soon"}, "field law_date", "found 'soon'"),
    ({"regime": "barter"}, "field regime", "expected one of alone"),
    ({"tariff_options": ["yearly"]}, "field tariff_options", "'monthly', 'atypical' or 'band'"),
    ({"sharing": {"fee_discount": "50 1 | assumption"}}, "sharing.fee_discount", "and 1, found 50"),
    ({"sharing": {"fee_discount": 0.5}}, "sharing.fee_discount", "`<number> <unit> | <source>`"),
    ({"tariff_options": "monthly"}, "tariff_options", "a list such as [a, b], found 'monthly'"),
    ({"sharing": {"allocation_key": "fair"}}, "sharing.allocation_key", "'dynamic', 'equal' or"),
    (
        {"sharing": {"common_connection": {"connection_kw": "2.5 MW | assumption"}}},
        "sharing.common_connection.connection_kw",
        "expected the unit kW, found 'MW'",
    ),
    ({"default_scenario": "best"}, "default_scenario", "one of base, found 'best'"),
    ({"interest_rate": "3.5 % | assumption"}, "field interest_rate", "expected the unit 1/a"),
    ({"interest_rate": "0.035 1/a | S999"}, "interest_rate, field source", "key S999"),
]


@pytest.mark.parametrize(("change", "place", "expectation"), BAD_SETTINGS)
def test_a_faulty_setting(
    tmp_path: Path, change: dict[str, Any], place: str, expectation: str
) -> None:
    """Proves: a fault in study.yaml names the field and what was expected."""
    message = refused(tmp_path, document=settings(**change))
    assert message.startswith("study.yaml, ")
    assert place in message
    assert expectation in message


def test_settings_name_the_row(tmp_path: Path) -> None:
    """Proves: the row of a nested field is the one an editor shows."""
    folder = write_study(tmp_path, [COMPANY])
    path = folder / "study.yaml"
    text = path.read_text()
    path.write_text(
        "technologies:\n  battery:\n    # shorter\n    life: 15 years | assumption\n" + text
    )
    with pytest.raises(InputError, match=r"study\.yaml, row 4, field technologies\.battery\.life"):
        read_study(folder)


@pytest.mark.parametrize(
    ("text", "expectation"),
    [
        ("name: a\nname: b\n", "row 2: expected YAML, but 'name' stands twice"),
        ("name: [\n", "row 2: expected YAML"),
        ("- name\n", "row 1: expected a mapping"),
        ("", "row 1: expected a mapping"),
        ("law_date: 2026-13-01\n", "row 1 or below: expected YAML, but month must be in 1..12"),
        ("name: !!python/name:os.system\n", "row 1: expected YAML"),
    ],
)
def test_a_file_that_is_no_yaml(tmp_path: Path, text: str, expectation: str) -> None:
    """Proves: YAML that cannot be read, or says a thing twice, is refused by row."""
    folder = write_study(tmp_path, [COMPANY])
    (folder / "study.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        read_study(folder)
    assert str(caught.value).startswith(f"study.yaml, {expectation}")


def test_price_sheets(tmp_path: Path) -> None:
    """Proves: a sheet of the study's own is read; unknown sheets and levels are refused."""
    prices = settings()["prices"]

    def with_sheet(name: str) -> dict[str, Any]:
        return settings(prices=prices | {"price_sheet": {"value": name, "source": "assumption"}})

    assert "price sheet `nowhere` is unknown" in refused(tmp_path, document=with_sheet("nowhere"))
    assert "own.yaml" in refused(tmp_path, document=with_sheet("own.yaml"))
    low = [COMPANY | {"voltage_level": "LV"}]
    message = refused(tmp_path, document=with_sheet("bayernwerk-2025"), companies=low, links=[])
    assert message.startswith("companies.csv, row 2, company 'works', field voltage_level")

    pair = "{demand_charge: 20, energy_charge: 5}", "{demand_charge: 120, energy_charge: 1}"
    (tmp_path / "own.yaml").write_text(
        "operator: our own\nyear: 2026\nstatus: final\nlevels:\n  MV:\n"
        f"    under: {pair[0]}\n    over: {pair[1]}\n    source: our own\n    confidence: H\n"
    )
    study = read_study(write_study(tmp_path, [COMPANY], document=with_sheet("own.yaml")))
    assert study.inputs().price_sheet.operator == "our own"
    assert study.input_files[-1].name == "own.yaml"


def scenarios(**changes: Any) -> dict[str, Any]:
    """Settings with a second scenario that makes the changes given."""
    return settings(scenarios={"base": None, "other": changes})


def test_overrides_reach_every_input(tmp_path: Path) -> None:
    """Proves: a scenario changes settings, values, cells and rows, and leaves the base alone."""
    changes = {
        "regime": "law-2026",
        "technologies.battery.life": 12,
        "technologies.pv.life": "25 a | assumption",
        "companies.works.electricity_kwh": 1_200_000,
        "companies.cold.staff": 7,
        "roofs.hall.area_m2": 500.5,
        "links.cold->warm": "remove",
        "links.works=>cold.length_m": 260,
    }
    line = {"from": "works", "to": "cold", "carrier": "power", "length_m": "250"}
    links = [LINK | {"carrier": "heat"}, LINK | line]
    tables = TABLES | {"links": links}
    study = read_study(write_study(tmp_path, **tables, document=scenarios(**changes)))
    base, other = study.inputs(), study.inputs("other")
    assert other.settings.regime == "law-2026"
    assert other.settings.technologies.battery.life.value == 12
    assert other.settings.technologies.battery.life.unit == "a"
    assert other.settings.technologies.battery.life.source.startswith("scenario other, instead of")
    assert other.settings.technologies.pv.life.source == "assumption"
    assert other.companies[0].electricity_kwh == 1_200_000
    assert other.companies[1].staff == 7
    assert other.roofs[0].area_m2 == 500.5
    assert other.pipes == ()
    assert [line.length_m for line in other.lines] == [260]
    assert base == study.inputs("base")
    assert (base.settings.technologies.battery.life.value, base.roofs[0].area_m2) == (15, 1000)
    assert [len(links) for links in (base.pipes, base.lines)] == [1, 1]


BAD_OVERRIDES = [
    ({"regmie": "alone"}, "path regmie: expected one of name, title"),
    ({"technologies.battery.lief": 12}, "path technologies.battery.lief: expected one of"),
    ({"regime.name": "alone"}, "path regime.name: expected one of nothing below it"),
    ({"name": "b"}, "expected an input other than name"),
    ({"companies": "remove"}, "path companies: expected one of works, cold, warm"),
    ({"companies.nobody.staff": 3}, "path companies.nobody.staff: expected one of works, cold"),
    ({"companies.works": 3}, "path companies.works: expected one of id"),
    ({"companies.works.colour": 3}, "path companies.works.colour: expected one of id"),
    ({"companies.works.staff": [3]}, "expected one number or word"),
    ({"companies.works.staff": -3}, "in scenario 'other': companies.csv, row 2, company 'works'"),
    ({"companies.works": "remove"}, "in scenario 'other': roofs.csv, row 2"),
    ({"technologies.battery.life": 1200}, "in scenario 'other': study.yaml, field technologies"),
    ({"prices": 3}, "in scenario 'other': study.yaml, field prices"),
]


@pytest.mark.parametrize(("changes", "expectation"), BAD_OVERRIDES)
def test_a_faulty_override(tmp_path: Path, changes: dict[str, Any], expectation: str) -> None:
    """Proves: an override that leads nowhere, or to a fault, is refused when the study is read."""
    assert expectation in refused(tmp_path, document=scenarios(**changes))


def test_an_unknown_scenario(tmp_path: Path) -> None:
    """Proves: asking for a scenario that is not there names those that are."""
    study = read_study(write_study(tmp_path, **TABLES))
    with pytest.raises(InputError, match="expected one of base, found 'best'"):
        study.inputs("best")


def test_a_regime_takes_the_place_of_the_scenarios_own(tmp_path: Path) -> None:
    """Proves: a regime given by name changes nothing but the regime; an unknown one is refused."""
    study = read_study(write_study(tmp_path, **TABLES))
    base, other = study.inputs(), study.inputs(regime="law-2026")
    assert (base.settings.regime, other.settings.regime) == ("alone", "law-2026")
    assert other.settings == base.settings.model_copy(update={"regime": "law-2026"})
    assert other.companies == base.companies
    with pytest.raises(InputError, match=r"regime: expected one of alone.*found 'barter'"):
        study.inputs(regime="barter")


@pytest.mark.parametrize(
    ("figures", "sme"),
    [
        (("249", "5e7", ""), True),
        (("249", "6e7", "4.3e7"), True),
        (("249", "6e7", "4.4e7"), False),
        (("250", "1e6", "1e6"), False),
    ],
)
def test_the_size_is_told_from_the_figures(
    tmp_path: Path, figures: tuple[str, str, str], sme: bool
) -> None:
    """Proves: under 250 staff and 50 M EUR turnover or 43 M EUR balance sheet make an SME.

    Broken: a company without `sme` in the table would count as large.
    """
    columns = ("staff", "turnover_eur", "balance_sheet_eur")
    row = COMPANY | {"sme": ""} | dict(zip(columns, figures, strict=True))
    assert read_study(write_study(tmp_path, [row])).inputs().companies[0].sme is sme


def test_tenants_take_part_only_where_the_regime_says_so(tmp_path: Path) -> None:
    """Proves: a tenant, its roof and its links are read and checked, but not in every scenario."""
    tenant = COMPANY | {"id": "tenant", "tenant": "yes", "building": "hall"}
    rows = [COMPANY | {"tenant": "no"}, COLD | {"tenant": ""}, tenant]
    roofs = [ROOF, ROOF | {"id": "shed", "company": "tenant"}]
    links = [LINK | {"to": "works"}, LINK | {"to": "tenant"}]
    study = read_study(write_study(tmp_path, rows, roofs, links, settings(regime="law-2026")))
    without, with_ = study.inputs(), study.inputs(regime="law-2026-with-sme-tenants")
    assert [company.id for company in without.companies] == ["works", "cold"]
    assert ([r.id for r in without.roofs], len(without.links)) == (["hall"], 1)
    assert [company.id for company in with_.companies] == ["works", "cold", "tenant"]
    assert (len(with_.roofs), len(with_.links)) == (2, 2)
    message = refused(tmp_path, companies=[tenant], roofs=[], links=[])
    assert message == "companies.csv, field tenant: expected a company that is no tenant"


@pytest.mark.parametrize("name", ["roofs", "links"])
def test_a_missing_table_is_missed(tmp_path: Path, name: str) -> None:
    """Proves: a table that is not there is asked for, and how to say that there is nothing in it.
    If broken: a forgotten file reads as a park without roofs.
    """
    path = write_study(tmp_path, [COMPANY])
    (path / f"{name}.csv").unlink()
    with pytest.raises(InputError, match=rf"{name}\.csv: expected this file.*column names"):
        read_study(path)
