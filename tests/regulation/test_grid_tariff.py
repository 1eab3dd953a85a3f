"""Grid-fee menus against the fees, break points and charges derived by hand from the sheets."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from parkwerk.errors import InputError
from parkwerk.regulation import (
    TariffEntry,
    law,
    price_sheet_names,
    reachable_entries,
    read_price_sheet,
    tariff_menu,
)

LAW = law(date(2026, 6, 1))

# Published or hand-computed all-in fee [ct/kWh] at 1,500 / 3,500 / 5,000 h/a. The first eight lines
# are derived in the domain notes, the others by hand: min(LP1/h + AP1, LP2/h + AP2).
FEES = {
    ("stadtwerke-malchow-2025", "MV"): (6.43, 4.49, 3.47),
    ("netze-odr-2025", "MV"): (9.69, 7.06, 5.42),
    ("netzgesellschaft-duesseldorf-2024", "MV"): (6.94, 5.08, 4.05),
    ("netzgesellschaft-duesseldorf-2024", "MV/LV"): (7.63, 5.53, 4.28),
    ("netzgesellschaft-duesseldorf-2024", "LV"): (7.83, 6.28, 5.51),
    ("dortmunder-netz-2024", "MV"): (8.57, 6.22, 4.93),
    ("dortmunder-netz-2024", "MV/LV"): (9.11, 6.60, 5.22),
    ("dortmunder-netz-2024", "LV"): (9.50, 7.31, 6.26),
    # 27.97/15 + 5.98 = 7.845; 136.61/35 + 1.63 = 5.533; 136.61/50 + 1.63 = 4.362
    ("stadtwerke-malchow-2025", "MV/LV"): (7.845, 5.533, 4.362),
    # 34.29/15 + 6.80 = 9.086; 148.82/35 + 2.22 = 6.472; 148.82/50 + 2.22 = 5.196
    ("stadtwerke-malchow-2025", "LV"): (9.086, 6.472, 5.196),
    # 27.55/15 + 6.25 = 8.087; 147.22/35 + 1.46 = 5.666; 147.22/50 + 1.46 = 4.404
    ("stadtwerke-malchow-2024", "MV"): (8.087, 5.666, 4.404),
}

# Full-load hours at which the two lines of each sheet meet, as the notes list them.
CROSSINGS = {
    ("stadtwerke-malchow-2025", "MV"): 2496,
    ("stadtwerke-malchow-2025", "MV/LV"): 2497,
    ("stadtwerke-malchow-2025", "LV"): 2501,
    ("netze-odr-2025", "MV"): 2500,
    ("netzgesellschaft-duesseldorf-2024", "MV"): 2502,
    ("netzgesellschaft-duesseldorf-2024", "MV/LV"): 2500,
    ("netzgesellschaft-duesseldorf-2024", "LV"): 2500,
    ("dortmunder-netz-2024", "MV"): 2503,
    ("dortmunder-netz-2024", "MV/LV"): 2502,
    ("dortmunder-netz-2024", "LV"): 2500,
    ("stadtwerke-malchow-2024", "MV"): 2498,
}

SHEET = """
operator: Example Grid
year: 2026
status: final
levels:
  MV:
    under: {{demand_charge: {lp1}, energy_charge: {ap1}}}
    over: {{demand_charge: {lp2}, energy_charge: {ap2}}}
    source: test
    confidence: L
"""


def write_sheet(folder, lp1="20", ap1="5.2", lp2="120", ap2="1.2"):
    path = folder / "example.yaml"
    path.write_text(SHEET.format(lp1=lp1, ap1=ap1, lp2=lp2, ap2=ap2), encoding="utf-8")
    return path


def cheapest(menu, peak, energy):
    return min(menu, key=lambda entry: entry.cost(peak, energy))


@pytest.mark.parametrize(("sheet", "level"), FEES)
def test_fee_of_each_real_line_at_three_full_load_hours(sheet, level):
    """The cheapest entry's demand and energy charge per kWh equals the derived fee to 0.005 ct.

    At 1,500 h the pair from 2,500 h would cost far more (Malchow MV 9.03 instead of 6.43 ct).
    """
    menu = tariff_menu(read_price_sheet(sheet), level, LAW)
    for hours, expected in zip((1500, 3500, 5000), FEES[sheet, level], strict=True):
        entry = cheapest(menu, peak=100, energy=100 * hours)
        fee = 100 * (entry.demand_charge / hours + entry.energy_charge)
        assert fee == pytest.approx(expected, abs=0.0051)
        assert entry.label.startswith("under" if hours < 2500 else "over")


@pytest.mark.parametrize(("sheet", "level"), CROSSINGS)
def test_real_lines_meet_near_2500_hours(sheet, level):
    """The break points of the notes: 2,496 to 2,503 h/a."""
    crossing = read_price_sheet(sheet).levels[level].crossing()
    assert round(crossing) == CROSSINGS[sheet, level]


def test_every_complete_line_is_covered_by_the_tests_above():
    """A sheet added without its fees would go unchecked."""
    complete = {
        (name, level)
        for name in price_sheet_names()
        for level, rates in read_price_sheet(name).levels.items()
        if not rates.missing() and read_price_sheet(name).status != "placeholder"
    }
    assert complete == FEES.keys() == CROSSINGS.keys()


def test_placeholder_says_what_it_is_and_meets_at_2500_hours_exactly():
    """MV 4.63 ct/kWh at 3,500 h: 120/35 + 1.2 = 4.629; the sheet must not pass for Hamburg's."""
    sheet = read_price_sheet("hamburg-placeholder")
    assert sheet.status == "placeholder"
    assert "NOT Hamburg data" in sheet.note
    for rates in sheet.levels.values():
        assert rates.crossing() == pytest.approx(2500)
    over = tariff_menu(sheet, "MV", LAW)[1]
    assert 100 * (over.demand_charge / 3500 + over.energy_charge) == pytest.approx(4.6286, abs=1e-4)


@pytest.mark.parametrize(
    ("manufacturing", "share", "energy", "cents"),
    [
        (False, 0.0, 0.5e6, 5.106),
        (True, 0.0, 0.5e6, 3.106),
        (False, 0.0, 2e6, 3.597),
        (True, 0.0, 2e6, 1.597),
        (True, 0.05, 2e6, 1.572),
        (False, 0.05, 2e6, 3.597),
    ],
)
def test_marginal_charge_of_a_grid_kwh_in_2026(manufacturing, share, energy, cents):
    """Levies and electricity tax on one more kWh, without grid fee and energy price.

    Trade 2.946 + 0.11 + 2.05 = 5.106 ct; above 1 GWh/a 0.446 + 0.941 + 0.05 + 0.11 + 2.05 = 3.597;
    2.00 ct less with §9b relief; 0.025 ct less in group C', for which being a manufacturer
    without costly electricity, or the reverse, is not enough.
    """
    sheet = read_price_sheet("hamburg-placeholder")
    menu = tariff_menu(sheet, "MV", LAW, manufacturing, electricity_cost_share=share)
    levy = cheapest(menu, peak=energy / 4000, energy=energy).levy
    marginal = levy + LAW.electricity_tax_of(manufacturing)
    assert 100 * marginal == pytest.approx(cents, abs=1e-9)


def test_levy_tier_is_the_cheaper_of_two_lines():
    """Special-use levy by the letter: A' on the first GWh, B' on the rest.

    At 1.5 GWh 15,590 + 250 = 15,840 EUR. Without the fixed part the second line would cost 750,
    and B' would apply to the first GWh too.
    """
    menu = tariff_menu(read_price_sheet("hamburg-placeholder"), "MV", LAW)
    other_levies = 0.00446 + 0.00941 + 0.0011
    for energy in (0.0, 0.4e6, 1e6, 1.5e6, 9e6):
        by_law = 0.01559 * min(energy, 1e6) + 0.0005 * max(energy - 1e6, 0)
        paid = min(e.fixed + (e.levy - other_levies) * energy for e in menu)
        assert paid == pytest.approx(by_law, abs=1e-6)


def test_menu_equals_the_law_for_peak_and_energy_together():
    """min over entries = cheaper rate pair + tiered levy, on both sides of 2,500 h and of 1 GWh."""
    menu = tariff_menu(read_price_sheet("hamburg-placeholder"), "MV", LAW)
    for peak, energy in [(100, 0.1e6), (100, 0.4e6), (800, 1.2e6), (800, 4e6)]:
        pair = (120, 0.012) if energy / peak >= 2500 else (20, 0.052)
        levies = (0.01387 + 0.0011) * energy
        levies += 0.01559 * min(energy, 1e6) + 0.0005 * max(energy - 1e6, 0)
        by_law = pair[0] * peak + pair[1] * energy + levies
        assert min(e.cost(peak, energy) for e in menu) == pytest.approx(by_law)


def test_a_cheap_customer_pays_no_concession_levy():
    """KAV §2(4): 0.11 ct/kWh less in every entry."""
    sheet = read_price_sheet("hamburg-placeholder")
    due = tariff_menu(sheet, "MV", LAW)
    free = tariff_menu(sheet, "MV", LAW, concession_levy=False)
    assert [a.levy - b.levy for a, b in zip(due, free, strict=True)] == pytest.approx([0.0011] * 4)


@pytest.mark.parametrize(
    ("sheet", "level", "lacking"),
    [
        ("netze-odr-2025", "MV/LV", "under.energy_charge"),
        ("netze-odr-2025", "LV", "under.energy_charge"),
        ("bayernwerk-2025", "LV", "over.demand_charge, over.energy_charge"),
    ],
)
def test_a_line_with_unknown_charges_is_kept_but_not_used(sheet, level, lacking):
    """The charge could be computed from the 2,500 h rule, but nobody published it: refused."""
    with pytest.raises(InputError, match=f"`{sheet}`, level {level}: {lacking} is not known"):
        tariff_menu(read_price_sheet(sheet), level, LAW)


def test_an_unknown_level_or_sheet_names_what_there_is():
    """A typo gets the list to choose from."""
    sheet = read_price_sheet("bayernwerk-2025")
    with pytest.raises(InputError, match=r"`bayernwerk-2025` has no level 'MV', expected .* LV"):
        tariff_menu(sheet, "MV", LAW)
    with pytest.raises(InputError, match=r"`hamburg` is unknown.*hamburg-placeholder"):
        read_price_sheet("hamburg")


def test_a_sheet_of_ones_own_is_read_from_a_file(tmp_path):
    """The name is the file's; 25 kW and 1.2 ct come out as written."""
    sheet = read_price_sheet(write_sheet(tmp_path, lp1="25", lp2="125"))
    entry = tariff_menu(sheet, "MV", LAW)[1]
    assert sheet.name == "example"
    assert (entry.demand_charge, entry.energy_charge) == pytest.approx((125, 0.012))


@pytest.mark.parametrize(("lp2", "accepted"), [(118.9, False), (119.1, True), (121.1, False)])
def test_lines_must_meet_within_one_percent_of_2500_hours(tmp_path, lp2, accepted):
    """With 20 / 5.2 / LP / 1.2 the lines meet at (LP − 20)·25 h: 2,472.5, 2,477.5 and 2,527.5 h.

    One per cent of 2,500 h is 25 h: only the second is inside.
    """
    path = write_sheet(tmp_path, lp2=str(lp2))
    if accepted:
        assert read_price_sheet(path).levels["MV"].crossing() == pytest.approx(2477.5)
        return
    with pytest.raises(InputError, match=r"`example`, level MV: the lines .* expected 2,500 h/a"):
        read_price_sheet(path)


@pytest.mark.parametrize(
    ("rates", "sentence"),
    [
        ({"ap1": "'5,2'"}, r"example.yaml: levels.MV.under.energy_charge: .* found '5,2'"),
        ({"ap1": "0.052", "ap2": "0.012"}, r"meet at 250,000 h/a, expected 2,500"),
        ({"ap2": "-1.2"}, r"levels.MV.over.energy_charge: .*greater than or equal to 0"),
        ({"lp1": ".inf"}, r"levels.MV.under.demand_charge: .*finite"),
        ({"ap1": "1.2"}, r"meet at inf h/a"),
        ({"lp1": "120", "ap1": "1.2", "lp2": "20", "ap2": "5.2"}, r"pairs swapped\?"),
        ({"lp1": "20, deposit: 3"}, r"levels.MV.under.deposit: "),
        ({"lp1": "[20"}, r"example.yaml, row \d+: expected YAML"),
    ],
)
def test_a_malformed_sheet_is_refused_in_one_sentence(tmp_path, rates, sentence):
    """Decimal comma, EUR instead of ct, negative, infinite, equal or swapped lines, odd fields."""
    with pytest.raises(InputError, match=sentence) as error:
        read_price_sheet(write_sheet(tmp_path, **rates))
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    """No stack trace from the operating system."""
    with pytest.raises(InputError, match=r"nowhere.yaml: there is no such readable file"):
        read_price_sheet(tmp_path / "nowhere.yaml")


def test_entries_beyond_the_bounds_are_dropped():
    """Up to 900 MWh/a the second levy line can never win; from 1.5 GWh/a on the first cannot.

    If nothing were dropped, 4 entries would remain in each case.
    """
    menu = tariff_menu(read_price_sheet("hamburg-placeholder"), "MV", LAW)
    labels = [entry.label for entry in menu]
    below = reachable_entries(menu, peak_max=1000, energy_max=0.9e6)
    beyond = reachable_entries(menu, peak_max=1000, energy_max=5e6, energy_min=1.5e6)
    both = reachable_entries(menu, peak_max=1000, energy_max=5e6)
    assert [e.label for e in below] == labels[:2]
    assert [e.label for e in beyond] == labels[2:]
    assert [e.label for e in both] == labels
    # A peak of at least 500 kW and at most 1 GWh/a is below 2,000 h: one entry is left.
    only = reachable_entries(menu, peak_max=900, energy_max=1e6, peak_min=500)
    assert [e.label for e in only] == labels[:1]


def test_an_entry_beaten_only_by_several_together_is_dropped():
    """Between 10·P and 10·(energy) a middle line 6·P + 6·energy is never the cheapest.

    min(10P, 10E) ≤ 6P + 6E everywhere since 5P + 5E already lies above the minimum, but neither
    of the two beats it alone: pairwise comparison would keep it.
    """
    by_peak = TariffEntry("peak", 0, 10, 0, 0)
    by_energy = TariffEntry("energy", 0, 0, 10, 0)
    mixed = TariffEntry("mixed", 0, 6, 6, 0)
    assert reachable_entries([mixed, by_peak, by_energy], 10, 10) == [by_peak, by_energy]


def test_of_equal_entries_one_is_kept():
    """Two equal entries tie everywhere; dropping both would leave an empty menu."""
    twin = [TariffEntry("a", 5, 1, 0.1, 0), TariffEntry("b", 5, 1, 0.1, 0)]
    assert len(reachable_entries(twin, 100, 1e5)) == 1


def test_dropping_entries_never_changes_the_minimum():
    """On random menus and bounds: the same minimum at random points inside the bounds."""
    rng = np.random.default_rng(7)
    dropped = 0
    for _ in range(40):
        menu = [
            TariffEntry(str(i), *rng.uniform([0, 10, 0, 0], [9000, 200, 0.08, 0.03]))
            for i in range(6)
        ]
        peak_max = rng.uniform(50, 2000)
        energy_max = rng.uniform(0.1, 1) * 8760 * peak_max
        kept = reachable_entries(menu, peak_max, energy_max)
        dropped += len(menu) - len(kept)
        for _ in range(50):
            peak = rng.uniform(0, peak_max)
            energy = rng.uniform(0, min(energy_max, 8760 * peak))
            least = min(e.cost(peak, energy) for e in menu)
            assert min(e.cost(peak, energy) for e in kept) == pytest.approx(least)
    assert dropped > 40


def test_impossible_bounds_are_refused():
    """2 MWh/a cannot pass a peak of 0.1 kW (876 kWh/a at most)."""
    menu = tariff_menu(read_price_sheet("hamburg-placeholder"), "MV", LAW)
    with pytest.raises(InputError, match=r"no withdrawal has a peak of 0 to 0\.1 kW"):
        reachable_entries(menu, peak_max=0.1, energy_max=9e3, energy_min=2e3)
