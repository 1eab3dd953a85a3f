"""Network charge and levies of a meter's reading, against hand arithmetic and published values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from parkwerk.assess.bill_grid import Contract, Pair, Reading, grid_fee, levies, read_meter
from parkwerk.regulation.law import law

LAW = law(date(2026, 6, 1))

#: Stadtwerke Malchow 2025, MV (S23).
MALCHOW = Contract(
    option="yearly",
    level="MV",
    under=Pair(21.49, 0.0500),
    over=Pair(119.08, 0.0109),
    monthly=Pair(19.85, 0.0109),
    internal=0.02,
    levied=True,
    tiered=True,
    costly_electricity=False,
)


def reading(peak: float = 1000.0, hours: float = 4000.0, **more: float) -> Reading:
    values = {"monthly_peaks": 0.0, "window_peak": 0.0, "ordered": 0.0, "above_order": 0.0} | more
    return Reading(energy=peak * hours, peak=peak, **values)


@pytest.mark.parametrize(
    ("under", "over", "published"),
    [
        (Pair(21.49, 0.0500), Pair(119.08, 0.0109), (6.43, 4.49, 3.47)),  # Malchow 2025 MV
        (Pair(16.53, 0.0859), Pair(191.79, 0.0158), (9.69, 7.06, 5.42)),  # ODR 2025 MV
        (Pair(19.49, 0.0653), Pair(89.99, 0.0371), (7.83, 6.28, 5.51)),  # Düsseldorf 2024 LV
        (Pair(25.17, 0.0743), Pair(161.28, 0.0199), (9.11, 6.60, 5.22)),  # Dortmund 2024 MV/LV
    ],
)
def test_all_in_fee_of_real_sheets(
    under: Pair, over: Pair, published: tuple[float, float, float]
) -> None:
    """Malchow at 1,500 h: 21.49/1,500 + 5.00 ct = 6.43 ct/kWh; with the pairs swapped 9.03."""
    contract = replace(MALCHOW, under=under, over=over)
    for hours, expected in zip((1500.0, 3500.0, 5000.0), published, strict=True):
        at = reading(100.0, hours)
        assert 100 * grid_fee(contract, at, LAW).total / at.energy == pytest.approx(
            expected, abs=0.005
        )


def test_the_pair_flips_with_the_hours_of_use() -> None:
    """Solar power that lowers 2,600 h to 2,400 h at the same 100 kW changes the pair.

    2,600 h: 11,908 + 0.0109·260,000 = 14,742; 2,400 h: 2,149 + 0.05·240,000 = 14,149. Exactly
    2,500 h count as over: 11,908 + 2,725 = 14,633, not 14,649.
    """
    fees = [grid_fee(MALCHOW, reading(100.0, hours), LAW).total for hours in (2600, 2500, 2400)]
    np.testing.assert_allclose(fees, [14_742.0, 14_633.0, 14_149.0])


def test_the_pair_goes_by_hours_of_use_even_where_the_other_is_cheaper() -> None:
    """Malchow's lines meet at 2,496 h: at 2,498 h the law asks 14,639, the dearer of the two.

    under: 2,149 + 0.05·249,800 = 14,639; over: 11,908 + 0.0109·249,800 = 14,630.82.
    """
    assert grid_fee(MALCHOW, reading(100.0, 2498.0), LAW).total == pytest.approx(14_639.0)


def test_monthly_peaks_are_charged_one_by_one() -> None:
    """Peaks of 100, 40 and 10 kW in three months: 19.85·150 = 2,977.50; a yearly one: 1,985.

    800 h steps of 100, 90, 40 and 10 kW make 192,000 kWh, at 1.09 ct 2,092.80.
    """
    withdrawal = np.array([100.0, 90.0, 40.0, 10.0])
    at = read_meter(withdrawal, np.array([1, 1, 2, 3]), np.zeros(4), 0.0, 800.0)
    fee = grid_fee(replace(MALCHOW, option="monthly"), at, LAW)
    assert fee.power == pytest.approx(2977.5)
    assert fee.energy == pytest.approx(2092.8)


def test_the_reading_counts_windows_and_the_excess_over_the_order() -> None:
    """In windows at most 40 kW; above 60 kW ordered 40 + 30 kW for 800 h: 56,000 kWh."""
    withdrawal, inside = np.array([100.0, 90.0, 40.0, 10.0]), np.array([0.0, 0.0, 1.0, 1.0])
    at = read_meter(withdrawal, np.array([1, 1, 2, 3]), inside, 60.0, 800.0)
    assert (at.energy, at.peak, at.window_peak) == (192_000.0, 100.0, 40.0)
    assert (at.ordered, at.above_order) == (60.0, 56_000.0)


def test_ordered_capacity() -> None:
    """119.08·60 + 0.0109·192,000 + (0.05 − 0.0109)·56,000 = 7,144.80 + 2,092.80 + 2,189.60."""
    at = Reading(192_000.0, 100.0, 0.0, 0.0, ordered=60.0, above_order=56_000.0)
    fee = grid_fee(replace(MALCHOW, option="ordered"), at, LAW)
    assert fee.power == pytest.approx(7144.8)
    assert fee.energy == pytest.approx(4282.4)


def test_a_closed_network_charges_energy_only() -> None:
    """2 ct on 4,000,000 kWh: 80,000; no demand charge."""
    fee = grid_fee(replace(MALCHOW, option="internal"), reading(), LAW)
    assert (fee.power, fee.energy) == (0.0, pytest.approx(80_000.0))


def test_atypical_use_pays_for_the_peak_in_the_windows() -> None:
    """119.08·500 + 0.0109·4,000,000 = 59,540 + 43,600; by the yearly peak 119,080 + 43,600."""
    fee = grid_fee(replace(MALCHOW, option="atypical"), reading(window_peak=500.0), LAW)
    assert (fee.power, fee.energy) == (pytest.approx(59_540.0), pytest.approx(43_600.0))


def test_atypical_use_pays_a_fifth_at_least() -> None:
    """At 2,500 h, no load in the windows: 27,250 is less than a fifth of 146,330, so 29,266."""
    fee = grid_fee(replace(MALCHOW, option="atypical"), reading(hours=2500.0), LAW)
    assert fee.total == pytest.approx(29_266.0)


@pytest.mark.parametrize(
    ("level", "peak", "inside", "granted"),
    [
        ("MV", 1000.0, 800.0, True),  # 20 % below
        ("MV", 1000.0, 810.0, False),  # 19 % below
        ("LV", 1000.0, 710.0, False),  # 29 % below, 30 % asked for
        ("HV", 1000.0, 900.0, True),  # 10 % below
        ("MV", 120.0, 20.0, True),  # 100 kW lower
        ("MV", 120.0, 21.0, False),  # 99 kW lower
    ],
)
def test_atypical_use_must_be_significant(
    level: str, peak: float, inside: float, granted: bool
) -> None:
    """Below the threshold of the level, or 100 kW, the published 119.08·peak stays due."""
    contract = replace(MALCHOW, option="atypical", level=level)
    fee = grid_fee(contract, reading(peak, window_peak=inside), LAW)
    assert fee.power == pytest.approx(119.08 * (inside if granted else peak))


def test_atypical_use_must_save_500_euros() -> None:
    """100 kW less at 4 EUR/kW save 400 EUR/a: 4·1,000 stays due; at 5 EUR/kW they save 500."""
    for demand, charged in ((4.0, 1000.0), (5.0, 900.0)):
        contract = replace(MALCHOW, option="atypical", level="HV", over=Pair(demand, 0.0))
        fee = grid_fee(contract, reading(window_peak=900.0), LAW)
        assert fee.power == pytest.approx(demand * charged)


@pytest.mark.parametrize(
    ("hours", "energy", "share"),
    [
        (6999.0, 20e6, 1.0),
        (7000.0, 20e6, 0.2),
        (7500.0, 20e6, 0.15),
        (8000.0, 20e6, 0.1),
        (8000.0, 9.99e6, 1.0),
    ],
)
def test_band_load_by_hours_of_use(hours: float, energy: float, share: float) -> None:
    """At 8,000 h and 20 GWh (2,500 kW): a tenth of 297,700 + 218,000; 9.99 GWh are not enough."""
    peak = energy / hours
    at = Reading(peak * hours, peak, 0.0, 0.0, 0.0, 0.0)
    published = 119.08 * peak + 0.0109 * at.energy
    fee = grid_fee(replace(MALCHOW, option="band"), at, LAW)
    assert fee.total == pytest.approx(share * published)


@pytest.mark.parametrize(
    ("costly", "energy", "cents"), [(False, 0.5e6, 3.056), (False, 2e6, 1.547), (True, 2e6, 1.522)]
)
def test_levies_on_one_more_kwh(costly: bool, energy: float, cents: float) -> None:
    """The notes' 8.4 less electricity tax: 2.946 + 0.11 up to 1 GWh/a; B' 0.05, C' 0.025 above."""
    contract = replace(MALCHOW, costly_electricity=costly)
    less, more = (
        sum(levies(contract, Reading(e, 0, 0, 0, 0, 0), LAW).values())
        for e in (energy, energy + 1e5)
    )
    assert 100 * (more - less) / 1e5 == pytest.approx(cents)


def test_special_use_levy_has_a_tier() -> None:
    """1.5 GWh: 15,590 at A' and 250 at B'; where power is passed on, A' on all: 23,385."""
    at = reading(500.0, 3000.0)
    tiered = levies(MALCHOW, at, LAW)["special-use levy"]
    passed_on = levies(replace(MALCHOW, tiered=False), at, LAW)["special-use levy"]
    np.testing.assert_allclose([tiered, passed_on], [15_840.0, 23_385.0])


def test_no_levies_where_the_members_meters_bear_them() -> None:
    """The grid connection of a closed network pays no levy a second time: 0, not 58,450."""
    assert sum(levies(replace(MALCHOW, levied=False), reading(), LAW).values()) == 0.0
