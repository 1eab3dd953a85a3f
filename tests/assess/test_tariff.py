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
    gate = {"connection": ["c0", "c1", "gate"], "supply_pool": ["", "", "ppa"]}
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
