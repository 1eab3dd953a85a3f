"""What the data say on a date, and that they say nothing on others."""

from __future__ import annotations

import re
from datetime import date

import pytest
import yaml

from parkwerk.errors import InputError
from parkwerk.regulation import covered_time, law, sources
from parkwerk.regulation.data_files import DATA
from parkwerk.regulation.law import FILES, Law

JUNE_2026 = date(2026, 6, 1)


def test_levies_of_2026_and_2025_add_up_to_the_published_sums():
    """Sum of KWKG, offshore and special-use levy: 2.946 ct in 2026, 2.651 ct in 2025 (S36).

    0.446 + 0.941 + 1.559 = 2.946; a swapped year would give 2.651.
    """
    assert law(JUNE_2026).grid_levies() == pytest.approx(0.02946, abs=1e-12)
    assert law(date(2025, 9, 1)).grid_levies() == pytest.approx(0.02651, abs=1e-12)


@pytest.mark.parametrize(("day", "levy"), [("2025-12-31", 0.00277), ("2026-01-01", 0.00446)])
def test_a_value_holds_up_to_and_including_its_last_day(day, levy):
    """The KWKG levy changes on New Year's Day; an open interval would leave a day without law."""
    assert law(date.fromisoformat(day)).kwkg_levy == pytest.approx(levy)


@pytest.mark.parametrize(
    ("day", "tariff", "reference"),
    [
        ("2026-01-31", (7.86, 6.80, 5.56), (8.26, 7.20, 5.96)),
        ("2026-02-01", (7.78, 6.73, 5.50), (8.18, 7.13, 5.90)),
        ("2026-08-01", (7.70, 6.66, 5.45), (8.10, 7.06, 5.85)),
    ],
)
def test_feed_in_values_follow_the_day_of_commissioning(day, tariff, reference):
    """Each window has its published slices; the reference value lies 0.4 ct above the tariff."""
    held = law(date.fromisoformat(day))
    assert [100 * s.value for s in held.eeg_tariff] == pytest.approx(tariff)
    assert [100 * s.value for s in held.eeg_reference_value] == pytest.approx(reference)
    assert [s.up_to_kw for s in held.eeg_tariff] == [10, 40, 100]
    assert [s.up_to_kw for s in held.eeg_reference_value] == [10, 40, 1000]


def test_derived_window_is_marked_as_weak():
    """From August 2026 no notice is in the data: the values are marked L and 'derived'."""
    weak = law(date(2026, 8, 1)).provenance["eeg_tariff"]
    assert weak.confidence == "L"
    assert weak.source.startswith("derived")


def test_units_inside_are_kw_kwh_m_and_eur():
    """2 MW, 4.5 km, 1 GWh, 20.50 EUR/MWh and 363 g/kWh come out in kW, m, kWh, EUR/kWh, kg/kWh."""
    held = law(JUNE_2026)
    assert held.tax_plant_limit == pytest.approx(2000)
    assert held.tax_radius == pytest.approx(4500)
    assert held.special_use_threshold == pytest.approx(1e6)
    assert held.concession_gas_limit == pytest.approx(5e6)
    assert held.electricity_tax == pytest.approx(0.0205)
    assert held.grid_emission_factor == pytest.approx(0.363)
    assert held.provenance["electricity_tax"].units == "EUR/kWh"


def test_thresholds_of_individual_grid_fees():
    """StromNEV §19(2): 10 to 30 % by level, 100 kW, 500 EUR; floors 20 %, and 20/15/10 % of band.

    10 GWh/a come out in kWh.
    """
    held = law(JUNE_2026)
    assert held.atypical_threshold == {
        "HV": 0.1,
        "HV/MV": 0.2,
        "MV": 0.2,
        "MV/LV": 0.3,
        "LV": 0.3,
    }
    assert held.band_floor == {7000: 0.2, 7500: 0.15, 8000: 0.1}
    assert (held.atypical_least_shift, held.atypical_least_saving) == (100, 500)
    assert (held.atypical_floor, held.band_least_energy) == pytest.approx((0.2, 10e6))


def test_days_of_sharing_are_days():
    """A day is a value like a number, with source and validity."""
    held = law(JUNE_2026)
    assert (held.sharing_start, held.sharing_adjacent_start) == (
        date(2026, 6, 1),
        date(2028, 6, 1),
    )
    assert (held.legacy_connected_by, held.legacy_until) == (date(2025, 12, 23), date(2028, 12, 31))
    assert "EnWG §118(7)" in held.source_of("legacy_until")


def test_marks_of_the_sme_test_are_persons_and_eur():
    """250 persons, 50 and 43 million EUR (Rec. 2003/361/EC, Annex Art. 2)."""
    held = law(JUNE_2026)
    assert (held.sme_staff, held.sme_turnover, held.sme_balance_sheet) == (250, 50e6, 43e6)


def test_manufacturing_keeps_a_twentieth_of_a_cent_of_tax():
    """20.50 − 20.00 EUR/MWh leave 0.05 ct/kWh (§9b StromStG); without relief 2.05 ct."""
    held = law(JUNE_2026)
    assert held.electricity_tax_of(manufacturing=True) == pytest.approx(0.0005)
    assert held.electricity_tax_of(manufacturing=False) == pytest.approx(0.0205)


@pytest.mark.parametrize(("year", "cents"), [(2025, 1.001), (2026, 1.183)])
def test_carbon_price_on_a_kwh_of_gas(year, cents):
    """55 and 65 EUR/t times 0.182 kg/kWh: 1.00 and 1.18 ct/kWh of upper heating value.

    With the factor of the lower heating value, 0.201, it would be 1.11 and 1.31.
    """
    held = law(date(year, 12, 1))
    assert 100 * held.carbon_price / 1000 * held.gas_emission_factor == pytest.approx(cents)


@pytest.mark.parametrize(
    ("day", "lacking", "present"),
    [
        (date(2027, 1, 1), "`kwkg_levy` (KWKG levy)", "eeg_tariff"),
        (date(2025, 7, 31), "`eeg_tariff`", "kwkg_levy"),
    ],
)
def test_outside_the_covered_time_the_error_says_what_is_missing(day, lacking, present):
    """2027 has no published levies, July 2025 no feed-in values here: refused, not guessed."""
    with pytest.raises(InputError) as error:
        law(day)
    sentence = str(error.value)
    assert lacking in sentence
    assert present not in sentence
    assert f"law of {day}" in sentence
    assert "2025-08-01 to 2026-12-31" in sentence


def test_covered_time_is_the_time_that_law_accepts():
    """The first and last covered day have a law; one day further has none."""
    first, last = covered_time()
    assert last is not None
    assert law(first).date == first
    assert law(last).date == last
    for day in (date.fromordinal(first.toordinal() - 1), date.fromordinal(last.toordinal() + 1)):
        with pytest.raises(InputError):
            law(day)


def test_the_law_is_frozen():
    """A scenario cannot change the law for the next one (`law` hands out one object per day)."""
    with pytest.raises(ValueError, match="frozen"):
        law(JUNE_2026).kwkg_levy = 0.0


def test_every_field_has_its_data_and_every_datum_its_field():
    """A quantity in the files without a field of `Law` would be dead, and the reverse."""
    fields = set(Law.model_fields) - {"date", "provenance"}
    assert set(law(JUNE_2026).provenance) == fields


def test_every_value_in_every_file_names_source_and_confidence():
    """Any mapping with numbers sits under a `source` and a `confidence`; every key is explained."""
    known = sources()
    cited = set()
    files = [*(DATA / file for file in FILES), DATA / "regimes.yaml"]
    for path in [*files, *(DATA / "price_sheets").glob("*.yaml")]:
        for record in _records(yaml.safe_load(path.read_text(encoding="utf-8"))):
            assert record["confidence"] in ("H", "M", "L"), path.name
            cited |= set(re.findall(r"S\d+b?\b", f"{record['source']} {record.get('note')}"))
    assert known.keys() == cited


def _records(node: object) -> list[dict[str, str]]:
    """Mappings that state something: a value, a price level or a regime."""
    if isinstance(node, list):
        return [record for item in node for record in _records(item)]
    if not isinstance(node, dict):
        return []
    if ("value" in node and "up_to_kw" not in node) or "under" in node or "paragraph" in node:
        if "values" in node:  # a quantity; its values carry the sources
            return _records(node["values"])
        return [node]  # the pools of a regime stand under its source
    return [record for item in node.values() for record in _records(item)]
