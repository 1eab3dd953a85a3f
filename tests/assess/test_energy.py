"""Energy and CO2, by company and for the park."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from assess.hand import hand_park, hand_solution
from parkwerk.assess import assess

#: Together: c0 generates 100, uses 40, gives 50, feeds 10 in; c1 takes the 50.
FLOWS = {
    "yearly_purchase": [[60.0, 200.0], [60.0, 200.0], [25.0, 150.0]],
    "yearly_pv_used": [[0.0, 0.0], [40.0, 0.0], [40.0, 0.0]],
    "yearly_feed_in": [[[0.0], [0.0]], [[60.0], [0.0]], [[10.0], [0.0]]],
    "yearly_share_out": [[[0.0], [0.0]], [[0.0], [0.0]], [[50.0], [0.0]]],
    "yearly_share_in": [[[0.0], [0.0]], [[0.0], [0.0]], [[0.0], [50.0]]],
    "yearly_curtailment": [[0.0, 0.0], [0.0, 0.0], [7.0, 0.0]],
    "yearly_charge": [[0.0, 0.0], [0.0, 0.0], [20.0, 0.0]],
    "yearly_discharge": [[0.0, 0.0], [0.0, 0.0], [15.0, 0.0]],
}


def together(park: xr.Dataset | None = None, **more: object) -> xr.Dataset:
    """The verdict on the flows above, case together."""
    park = hand_park() if park is None else park
    return assess(park, hand_solution(park, **(FLOWS | more))).sel(case="together")


def test_self_sufficiency_counts_what_no_supplier_sold() -> None:
    """c0 uses 25 + 40 − (20 − 15) = 60 and buys 25; c1 uses 200 and buys 150.

    So 1 − 25/60 and 1/4, and for the park 1 − 175/260. Counting what the battery took as use would
    give c0 1 − 25/65; taking the mean of the companies would give the park 0.417.
    """
    verdict = together()
    np.testing.assert_allclose(verdict["electricity_used"], [60.0, 200.0])
    np.testing.assert_allclose(verdict["self_sufficiency"], [35 / 60, 0.25])
    assert verdict["park_self_sufficiency"] == pytest.approx(85 / 260)


def test_self_consumption_leaves_out_what_is_curtailed() -> None:
    """Of 100 generated, 10 are fed in: 0.9. The 7 curtailed are no generation and stand apart.

    c1 has no PV, so its share is not a number, and the park's is c0's.
    """
    verdict = together()
    np.testing.assert_allclose(verdict["pv_generation"], [100.0, 0.0])
    np.testing.assert_allclose(verdict["self_consumption"], [0.9, np.nan])
    assert verdict["park_self_consumption"] == pytest.approx(0.9)
    assert verdict["park_curtailment"] == pytest.approx(7.0)
    assert verdict["park_shared"] == pytest.approx(50.0)


def test_a_common_connection_counts_nothing_twice() -> None:
    """What members buy and feed in passes their common connection and is theirs: the 10 kWh that c0
    feeds in leave the park once. Counted at the connection too, the park would feed in 60.
    """
    gate = {"connection": ["c0", "c1", "gate"], "behind": ["gate", "gate"]}
    passed = np.array([[0.0, 0.0, 0.0]] * 2 + [[0.0, 0.0, 50.0]])
    verdict = together(
        hand_park(labels=gate), yearly_common_injection=passed, yearly_common_withdrawal=passed
    )
    np.testing.assert_allclose(verdict["grid_electricity"], [25.0, 150.0])
    assert verdict["park_grid_electricity"] == pytest.approx(175.0)
    assert verdict["park_feed_in"] == pytest.approx(10.0)


def test_pv_belongs_to_the_owner_of_the_roof() -> None:
    """Roofs are summed by owner: 3 + 4 kW on c1's two roofs, 5 on c0's."""
    labels = {"roof": ["a", "b", "c"], "roof_company": ["c1", "c0", "c1"]}
    park = hand_park(labels=labels)
    verdict = together(park, pv_capacity=np.array([[3.0], [5.0], [4.0]]))
    np.testing.assert_allclose(verdict["pv"], [5.0, 7.0])
    assert verdict["park_pv"] == pytest.approx(12.0)


def test_waste_heat_from_neighbours_leaves_out_ones_own() -> None:
    """c0 takes 10 of its own heat, c1 30 of c0's: 0 and 30 come from neighbours."""
    taken = np.array([[[0.0], [0.0]], [[10.0], [0.0]], [[10.0], [30.0]]])
    verdict = together(yearly_heat_taken=taken, yearly_recovered=[[0.0], [10.0], [41.0]])
    np.testing.assert_allclose(verdict["waste_heat_taken"], [10.0, 30.0])
    np.testing.assert_allclose(verdict["waste_heat_from_neighbours"], [0.0, 30.0])
    assert verdict["park_waste_heat"] == pytest.approx(41.0)


def test_co2_of_grid_power_and_gas_without_credit() -> None:
    """c0: 0.4·25 + 0.2·(90/0.9) = 30 kg; c1: 0.4·150 = 60 kg.

    A credit for the 10 kWh fed in would leave 26 kg; heat instead of gas would give 28.
    """
    park = hand_park(grid_emission_factor=0.4, gas_emission_factor=0.2, boiler_efficiency=0.9)
    verdict = together(park, yearly_boiler_heat=np.array([90.0, 0.0]))
    np.testing.assert_allclose(verdict["gas_used"], [100.0, 0.0])
    np.testing.assert_allclose(verdict["co2"], [30.0, 60.0])
    assert verdict["park_co2"] == pytest.approx(90.0)
