"""Menus of tariffs against fees, levies, taxes and conditions derived by hand from the sheets."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from parkwerk.errors import InputError
from parkwerk.regulation import (
    Condition,
    Customer,
    PriceSheet,
    Reading,
    internal_menu,
    law,
    ordered_menu,
    price_sheet_names,
    read_price_sheet,
    tariff_menu,
)

LAW = law(date(2026, 6, 1))
TRADE = Customer()
#: KWKG, offshore and concession levy; group A' of the special-use levy [EUR/kWh].
UNTIERED, GROUP_A = 0.00446 + 0.00941 + 0.0011, 0.01559

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


def own_sheet(**level):
    """A sheet with round rates at MV and, if given, a monthly pair and windows."""
    rates = {
        "under": {"demand_charge": 20, "energy_charge": 5.2},
        "over": {"demand_charge": 120, "energy_charge": 1.2},
        "source": "test",
        "confidence": "L",
    }
    return PriceSheet.model_validate(
        {
            "name": "example",
            "operator": "Example Grid",
            "year": 2026,
            "status": "final",
            "levels": {"MV": rates | level},
        }
    )


ROUND = own_sheet()
WINDOWS = [{"months": [12, 1, 2], "from_hour": 17, "until_hour": 19}]
FULL = own_sheet(windows=WINDOWS, monthly={"demand_charge": 20, "energy_charge": 1.2})


def paid(menu, reading):
    """The entry that is paid: the cheapest of those that the reading opens."""
    return min((e for e in menu if e.open_at(reading)), key=lambda entry: entry.cost(reading))


def by_label(menu):
    return {entry.label: entry for entry in menu}


@pytest.mark.parametrize(("sheet", "level"), FEES)
def test_fee_of_each_real_line_at_three_hours_of_use(sheet, level):
    """Demand and energy charge of the entry paid, per kWh, equal the derived fee to 0.005 ct.

    At 1,500 h the pair from 2,500 h would cost far more (Malchow MV 9.03 instead of 6.43 ct).
    """
    menu = tariff_menu(read_price_sheet(sheet), level, LAW, TRADE, options=())
    for hours, expected in zip((1500, 3500, 5000), FEES[sheet, level], strict=True):
        entry = paid(menu, Reading(peak=100, energy=100 * hours))
        fee = 100 * (entry.demand_charge / hours + entry.energy_charge)
        assert fee == pytest.approx(expected, abs=0.0051)
        assert entry.label.startswith("under" if hours < 2500 else "over")


def test_every_complete_line_is_covered_by_the_test_above():
    """A sheet added without its fees would go unchecked."""
    complete = {
        (name, level)
        for name in price_sheet_names()
        for level, rates in read_price_sheet(name).levels.items()
        if not rates.missing() and read_price_sheet(name).status != "placeholder"
    }
    assert complete == FEES.keys()


def test_hours_of_use_decide_the_pair_even_where_the_other_is_cheaper():
    """Malchow's lines meet at 2,496 h. At 2,498 h the pair under 2,500 h is due, and is dearer.

    100 kW, 249,800 kWh: 2,149 + 12,490 = 14,639 EUR under, 11,908 + 2,722.82 = 14,630.82 EUR
    over. The cheaper of both lines, without the threshold, would bill 8.18 EUR too little.
    """
    menu = tariff_menu(read_price_sheet("stadtwerke-malchow-2025"), "MV", LAW, TRADE, options=())
    reading = Reading(peak=100, energy=249_800)
    entry = paid(menu, reading)
    assert entry.label == "under 2500 h"
    fee = entry.cost(reading) - entry.levy * reading.energy
    assert fee == pytest.approx(14_639)


@pytest.mark.parametrize("energy", [0, 1, 249_999, 250_000, 250_001, 876_000])
def test_the_yearly_pairs_cover_every_reading(energy):
    """A peak of 100 kW with any energy opens one pair, at 2,500 h both."""
    menu = tariff_menu(ROUND, "MV", LAW, TRADE, options=())
    opened = {e.label[:5] for e in menu if e.open_at(Reading(peak=100, energy=energy))}
    expected = {"under"} if energy < 250_000 else {"over "}
    assert opened == ({"under", "over "} if energy == 250_000 else expected)


@pytest.mark.parametrize(
    ("customer", "energy", "cents"),
    [
        (Customer(), 0.5e6, 5.106),
        (Customer(manufacturing=True), 0.5e6, 3.106),
        (Customer(), 2e6, 3.597),
        (Customer(manufacturing=True), 2e6, 1.597),
        (Customer(manufacturing=True, costly_electricity=True), 2e6, 1.572),
        (Customer(costly_electricity=True), 2e6, 3.597),
    ],
)
def test_marginal_charge_of_a_grid_kwh_in_2026(customer, energy, cents):
    """Levies and electricity tax on one more kWh, without grid fee and energy price (notes, 8.4).

    Trade 2.946 + 0.11 + 2.05 = 5.106 ct; above 1 GWh/a 0.446 + 0.941 + 0.05 + 0.11 + 2.05 = 3.597;
    2.00 ct less with §9b relief; 0.025 ct less in group C', for which being a manufacturer
    without costly electricity, or the reverse, is not enough.
    """
    menu = tariff_menu(ROUND, "MV", LAW, customer)
    entry = paid(menu, Reading(peak=energy / 4000, energy=energy, purchase=energy))
    assert 100 * (entry.levy + entry.electricity_tax) == pytest.approx(cents, abs=1e-9)


def test_levy_tier_is_the_cheaper_of_two_lines():
    """Special-use levy by the letter: A' on the first GWh, B' on the rest.

    At 1.5 GWh 15,590 + 250 = 15,840 EUR. Without the fixed part the second line would cost 750,
    and B' would apply to the first GWh too.
    """
    menu = tariff_menu(ROUND, "MV", LAW, TRADE)
    for energy in (0.0, 0.4e6, 1e6, 1.5e6, 9e6):
        by_law = GROUP_A * min(energy, 1e6) + 0.0005 * max(energy - 1e6, 0)
        least = min(e.fixed + (e.levy - UNTIERED) * energy for e in menu)
        assert least == pytest.approx(by_law, abs=1e-6)


def test_menu_equals_the_law_for_fee_levies_and_tax_together():
    """The entry paid = pair by hours + tiered levy + tax, on both sides of 2,500 h and 1 GWh."""
    menu = tariff_menu(ROUND, "MV", LAW, Customer(manufacturing=True))
    for peak, energy in [(100, 0.1e6), (100, 0.4e6), (800, 1.2e6), (800, 4e6)]:
        pair = (120, 0.012) if energy / peak >= 2500 else (20, 0.052)
        levies = UNTIERED * energy + GROUP_A * min(energy, 1e6) + 0.0005 * max(energy - 1e6, 0)
        by_law = pair[0] * peak + pair[1] * energy + levies + 250 + 0.0005 * 0.9 * energy
        reading = Reading(peak=peak, energy=energy, purchase=0.9 * energy)
        assert paid(menu, reading).cost(reading) == pytest.approx(by_law)


def test_tax_relief_is_worth_its_deductible_from_12_500_kwh_on():
    """min(2.05 ct·E, 250 + 0.05 ct·E): 10 MWh bear 205 EUR, 20 MWh 260 EUR.

    Without the entry that forgoes the relief 10 MWh would bear 255 EUR.
    """
    menu = tariff_menu(ROUND, "MV", LAW, Customer(manufacturing=True))
    for energy, tax in [(10_000, 205), (12_500, 256.25), (20_000, 260)]:
        reading = Reading(peak=10, energy=energy, purchase=energy)
        entry = paid(menu, reading)
        assert entry.electricity_tax_fixed + entry.electricity_tax * energy == pytest.approx(tax)


@pytest.mark.parametrize(
    ("customer", "labels"),
    [
        (Customer(), ["", ", above 1 GWh"]),
        (Customer(largest_energy=1e6), [""]),
        (Customer(tiered=False), [""]),
        (Customer(levied=False), [""]),
        (Customer(manufacturing=True), ["", ", above 1 GWh", ", without tax relief"]),
    ],
)
def test_only_entries_that_can_be_paid_are_in_the_menu(customer, labels):
    """Tiers need 1 GWh/a, forgone relief a manufacturer; the pairs are always there."""
    menu = tariff_menu(ROUND, "MV", LAW, customer, options=())
    pairs = ("under 2500 h", "over 2500 h")
    assert [e.label for e in menu] == [pair + label for label in labels for pair in pairs]


def test_no_levies_where_none_are_due_and_no_concession_for_cheap_customers():
    """A meter that only passes power on bears the fee alone; KAV §2(4) spares 0.11 ct/kWh."""
    due = tariff_menu(ROUND, "MV", LAW, TRADE)
    free = tariff_menu(ROUND, "MV", LAW, Customer(concession_levy=False))
    assert [a.levy - b.levy for a, b in zip(due, free, strict=True) if a.fixed == 0] == (
        pytest.approx([0.0011] * 2)
    )
    assert {e.levy for e in tariff_menu(ROUND, "MV", LAW, Customer(levied=False))} == {0.0}


def test_monthly_peaks_are_charged_each():
    """Peaks of 100 kW in one month and 10 kW in eleven, 20 MWh: 20·210 + 1.2 ct·20,000 = 4,440.

    200 hours of use of the yearly peak: the pair under 2,500 h costs 2,000 + 1,040 = 3,040 EUR and
    is paid. With 220 MWh over the year, still 2,200 h, monthly costs 6,840 against 13,440 EUR.
    """
    monthly = by_label(tariff_menu(FULL, "MV", LAW, TRADE, ["monthly"]))["monthly"]
    fee = monthly.cost(Reading(peak=100, monthly_peaks_sum=210, energy=20_000))
    assert fee - monthly.levy * 20_000 == pytest.approx(4_440)
    menu = tariff_menu(FULL, "MV", LAW, TRADE, ["monthly"])
    for energy, label in [(20_000, "under 2500 h"), (220_000, "monthly")]:
        reading = Reading(peak=100, monthly_peaks_sum=210, energy=energy)
        assert paid(menu, reading).label == label


def test_a_sheet_without_monthly_prices_or_windows_has_no_such_entries():
    """Nothing is made up for sheets that do not show them; band load needs no price of its own."""
    labels = {e.label for e in tariff_menu(ROUND, "MV", LAW, TRADE)}
    assert not any("monthly" in label or "atypical" in label for label in labels)
    assert "band 7000 h, above 1 GWh" in labels


ATYPICAL = tariff_menu(FULL, "MV", LAW, TRADE, ["atypical"])


def fee_of(entry, reading):
    return entry.cost(reading) - entry.levy * reading.energy - entry.fixed


def test_atypical_use_pays_for_the_peak_in_the_windows():
    """1,000 kW, 500 in the windows, 4,000 h: 120·500 + 1.2 ct·4 GWh = 108,000 instead of 168,000.

    At 2,000 h the pair under 2,500 h: 20·500 + 5.2 ct·2 GWh = 114,000 instead of 124,000 EUR.
    """
    for energy, fee, pair in [(4e6, 108_000, "over"), (2e6, 114_000, "under")]:
        reading = Reading(peak=1000, window_peak=500, energy=energy)
        entry = paid(ATYPICAL, reading)
        assert entry.label == f"atypical {pair} 2500 h, above 1 GWh"
        assert fee_of(entry, reading) == pytest.approx(fee)


def test_atypical_use_pays_a_fifth_of_the_published_fee_at_least():
    """1,000 kW, none in the windows, 2,600 h: 31,200 EUR; a fifth of 151,200 is 30,240, less.

    With two rates of energy 0.1 ct, 2,600 EUR would lie below a fifth of 122,600 = 24,520 EUR.
    """
    reading = Reading(peak=1000, window_peak=0, energy=2.6e6)
    assert fee_of(paid(ATYPICAL, reading), reading) == pytest.approx(31_200)
    over = {"demand_charge": 120, "energy_charge": 0.1}
    under = {"demand_charge": 20, "energy_charge": 4.1}
    cheap = tariff_menu(
        own_sheet(under=under, over=over, windows=WINDOWS), "MV", LAW, TRADE, ["atypical"]
    )
    entry = paid(cheap, reading)
    assert entry.label == "atypical floor over 2500 h, above 1 GWh"
    assert fee_of(entry, reading) == pytest.approx(24_520)


@pytest.mark.parametrize(
    ("peak", "window_peak", "energy", "atypical"),
    [
        # MV: 20 % below the peak.
        (1000, 800, 4e6, True),
        (1000, 801, 4e6, False),
        # At least 100 kW.
        (400, 300, 1.6e6, True),
        (399, 300, 1.596e6, False),
    ],
)
def test_atypical_use_must_be_significant(peak, window_peak, energy, atypical):
    """20 % at MV and 100 kW, both with their edges."""
    entry = paid(ATYPICAL, Reading(peak=peak, window_peak=window_peak, energy=energy))
    assert (entry.option == "atypical") == atypical


def test_atypical_use_must_save_500_eur():
    """Under 2,500 h at 4 EUR/kW, 100 kW less in the windows spare 400 EUR: not enough; 130 do.

    At the floor 80 % of the published fee is saved: with 127.5 kW, none in the windows, and 1 MWh
    0.8·(510 + 52) = 450 EUR, not enough, although the demand charge spared is 510 EUR.
    """
    under = {"demand_charge": 4, "energy_charge": 5.2}
    over = {"demand_charge": 104, "energy_charge": 1.2}
    menu = tariff_menu(
        own_sheet(under=under, over=over, windows=WINDOWS), "MV", LAW, TRADE, ["atypical"]
    )
    for peak, window_peak, energy, option in [
        (400, 300, 4e5, "yearly"),
        (400, 270, 4e5, "atypical"),
        (127.5, 0, 1000, "yearly"),
    ]:
        reading = Reading(peak=peak, window_peak=window_peak, energy=energy)
        assert paid(menu, reading).option == option


def test_significance_depends_on_the_voltage_level():
    """The same use with 25 % less in the windows is atypical at MV (20 %), not at LV (30 %)."""
    level = FULL.levels["MV"]
    sheet = FULL.model_copy(update={"levels": {"MV": level, "LV": level}})
    reading = Reading(peak=1000, window_peak=750, energy=4e6)
    options = {
        lvl: paid(tariff_menu(sheet, lvl, LAW, TRADE, ["atypical"]), reading).option
        for lvl in ("MV", "LV")
    }
    assert options == {"MV": "atypical", "LV": "yearly"}


@pytest.mark.parametrize(
    ("hours", "share"), [(6999, 1.0), (7000, 0.2), (7500, 0.15), (7999, 0.15), (8000, 0.1)]
)
def test_band_load_pays_a_share_by_hours_of_use(hours, share):
    """2,000 kW: 120·2,000 + 1.2 ct·E, of which 20, 15 or 10 % from 7,000, 7,500, 8,000 h."""
    reading = Reading(peak=2000, energy=2000 * hours)
    entry = paid(tariff_menu(ROUND, "MV", LAW, TRADE, ["band"]), reading)
    assert fee_of(entry, reading) == pytest.approx(share * (240_000 + 0.012 * reading.energy))


def test_band_load_needs_ten_gigawatt_hours():
    """8,000 h with 1,200 kW are 9.6 GWh: no band load; and no entry if 10 GWh cannot pass."""
    menu = tariff_menu(ROUND, "MV", LAW, TRADE, ["band"])
    assert paid(menu, Reading(peak=1200, energy=9.6e6)).option == "yearly"
    small = tariff_menu(ROUND, "MV", LAW, Customer(largest_energy=10e6), ["band"])
    assert {e.option for e in small} == {"yearly"}
    assert {e.least_energy for e in menu if e.option == "band"} == {10e6}


def test_ordered_capacity_is_derived_from_todays_sheet():
    """100 kW ordered, 400 MWh, 10 MWh of them above: 12,000 + 1.2 ct·400,000 + 4 ct·10,000 EUR.

    = 17,200 EUR: above the order a kWh costs 5.2 ct (AP2), within 1.2 ct (AP1).
    """
    (entry,) = ordered_menu(ROUND, "MV", LAW, Customer(largest_energy=1e6))
    reading = Reading(peak=150, energy=400_000, ordered=100, above_order=10_000)
    assert entry.option == "ordered"
    assert entry.open_at(reading)
    assert fee_of(entry, reading) == pytest.approx(17_200)
    assert entry.levy == pytest.approx(UNTIERED + GROUP_A)


def test_a_member_of_a_closed_network_pays_energy_charge_levies_and_tax():
    """1 ct of its own, levies with tiers by member, tax with relief; its peak costs nothing."""
    menu = by_label(internal_menu(0.01, LAW, Customer(manufacturing=True)))
    assert list(menu) == ["internal", "internal, above 1 GWh", "internal, without tax relief"]
    reading = Reading(peak=500, energy=1e6, purchase=1e6)
    by_hand = (0.01 + UNTIERED + GROUP_A) * 1e6 + 250 + 0.0005 * 1e6
    costs = [e.cost(reading) for e in menu.values()]
    assert costs == pytest.approx([by_hand, by_hand, by_hand - 250 + 0.02 * 1e6])


def test_every_real_sheet_gives_a_menu_with_all_options():
    """Charges of real sheets are never negative, and every entry belongs to a known option."""
    for name, level in FEES:
        sheet = read_price_sheet(name)
        menu = tariff_menu(sheet, level, LAW, TRADE) + ordered_menu(sheet, level, LAW, TRADE)
        assert {e.option for e in menu} >= {"yearly", "band", "ordered"}
        charges = ("demand_charge", "energy_charge", "monthly_charge", "above_order_charge")
        assert min(getattr(e, charge) for e in menu for charge in charges) >= 0


def test_labels_are_unique():
    """Labels become coordinates of a scenario: two entries of one name would be one."""
    labels = [e.label for e in tariff_menu(FULL, "MV", LAW, Customer(True))]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: tariff_menu(ROUND, "MV", LAW, TRADE, ["weekly"]), "`weekly` is unknown, expected"),
        (lambda: tariff_menu(ROUND, "LV", LAW, TRADE), "`example` has no level 'LV'"),
        (lambda: ordered_menu(ROUND, "LV", LAW, TRADE), "`example` has no level 'LV'"),
        (lambda: internal_menu(math.nan, LAW, TRADE), "closed network: energy charge nan"),
        (lambda: internal_menu(-0.01, LAW, TRADE), "closed network: energy charge -0.01"),
    ],
)
def test_what_cannot_be_built_is_refused(build, sentence):
    """Unknown option or level, an internal charge that is none."""
    with pytest.raises(InputError, match=sentence):
        build()


def test_a_condition_forgives_rounding_and_nothing_more():
    """0.1·3 is a hair above 0.3 in binary; a thousandth of a kWh below the edge is below."""
    edge = Condition("edge", one=0.3, peak=-0.1)
    assert edge.holds(Reading(peak=3))
    assert not edge.holds(Reading(peak=3.001))
    hours = Condition("hours", peak=-2500, energy=1)
    assert hours.holds(Reading(peak=100, energy=np.nextafter(250_000, 0)))
    assert not hours.holds(Reading(peak=100, energy=249_999.999))
