"""Hours of use, and the menu priced again from the meter's reading."""

from __future__ import annotations

import numpy as np
import pytest

from assess.hand import hand_park, hand_solution
from parkwerk.assess import assess

#: Both pairs cost the same at 2,500 h: 20 + 2500·0.05 = 120 + 2500·0.01 = 145 EUR/kW.
SHEET = {
    "tariff_fixed": [[0.0, 0.0]] * 2,
    "demand_charge": [[20.0, 120.0]] * 2,
    "energy_charge": [[0.05, 0.01]] * 2,
    "levy": 0.03,
}

READING = ["one", "peak", "window peak", "energy"]


def test_hours_of_use_and_what_the_choice_is_worth() -> None:
    """c0 draws 400,000 kWh at 100 kW: 4,000 h, so the high demand charge saves 6,000 EUR/a.

    under: 20·100 + 0.08·400,000 = 34,000; over: 120·100 + 0.04·400,000 = 28,000. c1 has 2,500 h,
    where both cost the same.
    """
    park = hand_park(**SHEET)
    reading = {"peak": [100.0, 10.0], "yearly_withdrawal": [400_000.0, 25_000.0]}
    verdict = assess(park, hand_solution(park, **reading)).sel(case="together")
    np.testing.assert_allclose(verdict["full_load_hours"], [4000.0, 2500.0])
    np.testing.assert_allclose(verdict["menu_cost"].sel(connection="c0"), [34_000.0, 28_000.0])
    np.testing.assert_allclose(verdict["tariff_advantage"], [6000.0, 0.0], atol=1e-9)
    assert verdict["next_best_tariff"].values.tolist() == ["under 2500 h"] * 2


def test_a_bad_choice_shows_as_a_negative_advantage() -> None:
    """At 1,000 h the chosen 'over' costs 6,000 EUR/a more than 'under' would: −6,000.

    under: 2,000 + 0.08·100,000 = 10,000; over: 12,000 + 0.04·100,000 = 16,000.
    """
    park = hand_park(**SHEET)
    reading = {"peak": 100.0, "yearly_withdrawal": 100_000.0}
    advantage = assess(park, hand_solution(park, **reading))["tariff_advantage"]
    np.testing.assert_allclose(advantage, -6000.0)


def test_a_closed_tariff_is_no_alternative() -> None:
    """Where only one entry is open there is no next best; a dead meter has no hours of use."""
    park = hand_park(**SHEET, tariff_open=[[0.0, 1.0]] * 2)
    verdict = assess(park, hand_solution(park)).sel(case="together")
    assert verdict["next_best_tariff"].values.tolist() == ["", ""]
    assert np.isnan(verdict["menu_cost"].sel(tariff="under 2500 h")).all()
    assert np.isnan(verdict["tariff_advantage"]).all()
    assert np.isnan(verdict["full_load_hours"]).all()


def test_a_common_connection_has_a_meter_of_its_own() -> None:
    """The gate draws 90 kWh at 30 kW: 3 h; it counts in the sum of peaks with the 5 of c0."""
    gate = {"connection": ["c0", "c1", "gate"], "behind": ["gate", "gate"]}
    park = hand_park(labels=gate)
    solution = hand_solution(
        park,
        peak=[5.0, 0.0],
        yearly_withdrawal=[10.0, 0.0],
        common_peak=[0.0, 0.0, 30.0],
        yearly_common_withdrawal=[0.0, 0.0, 90.0],
    )
    verdict = assess(park, solution).sel(case="together")
    np.testing.assert_allclose(verdict["full_load_hours"], [2.0, np.nan, 3.0])
    assert verdict["park_peak"] == pytest.approx(35.0)


def test_options_are_priced_by_their_own_reading() -> None:
    """Peaks of 3 and 4 kW by month at 2 EUR, 2 kW in the windows at 5, 6 kW ordered at 1, 7 kWh
    above it at 0.5 EUR: 14 + 10 + 6 + 3.5 = 33.5 EUR. If broken: a reading left out.
    """
    park = hand_park(
        labels={"tariff": ["all"], "month": ["Jan", "Feb"]},
        monthly_charge=2.0,
        window_charge=5.0,
        order_charge=1.0,
        above_order_charge=0.5,
    )
    solution = hand_solution(
        park,
        monthly_peak=[[3.0, 4.0], [0.0, 0.0]],
        window_peak=[2.0, 0.0],
        ordered_capacity=[6.0, 0.0],
        yearly_above_order=[7.0, 0.0],
    )
    verdict = assess(park, solution).sel(case="together", tariff="all")
    np.testing.assert_allclose(verdict["menu_cost"], [33.5, 0.0])


def test_an_entry_whose_condition_the_reading_misses_is_not_open() -> None:
    """2 hours of use miss the 3 that the second entry asks for: it is no alternative, if cheap.
    If broken: a negative advantage of the chosen entry.
    """
    conditions = np.zeros((2, 2, 1, 4))
    conditions[:, 1, 0] = [0, -3, 0, 1]
    labels = {"tariff": ["dear", "cheap"], "condition": ["hours"], "reading": READING}
    park = hand_park(labels=labels, demand_charge=[2.0, 1.0], tariff_condition=conditions)
    solution = hand_solution(park, peak=[5.0, 5.0], yearly_withdrawal=[10.0, 15.0])
    solution["chosen_tariff"][:] = "dear"
    verdict = assess(park, solution).sel(case="together")
    np.testing.assert_allclose(verdict["menu_cost"].sel(tariff="cheap"), [np.nan, 5.0])
    np.testing.assert_allclose(verdict["tariff_advantage"], [np.nan, -5.0])
