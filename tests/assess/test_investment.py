"""Investment, computed again from sizes."""

from __future__ import annotations

import numpy as np

from assess.hand import hand_park, hand_solution
from parkwerk.assess import assess

PRICES = {
    "pv_class_fixed_investment": 1000.0,
    "pv_class_investment": 10.0,
    "battery_fixed_investment": 300.0,
    "battery_energy_investment": 2.0,
    "battery_power_investment": 5.0,
    "heat_pump_investment": 7.0,
    "heat_storage_investment": 3.0,
    "transfer_investment": [[11.0], [13.0]],
    "recovery_investment": 4.0,
    "pipe_fixed_investment": [50.0, 200.0],
    "pipe_capacity_investment": [1.0, 6.0],
}

SIZES = {
    # (case, roof, pv_class): c0 has 20 kW, c1 nothing
    "pv_capacity": [[[0.0], [0.0]], [[20.0], [0.0]], [[20.0], [0.0]]],
    "pv_built": [[[0.0], [0.0]], [[1.0], [0.0]], [[1.0], [0.0]]],
    "battery_built": [[0.0, 0.0], [0.0, 1.0], [0.0, 1.0]],
    "battery_energy": [[0.0, 0.0], [0.0, 40.0], [0.0, 40.0]],
    "battery_power": [[0.0, 0.0], [0.0, 6.0], [0.0, 6.0]],
    "heat_pump_capacity": [[0.0, 0.0], [8.0, 0.0], [8.0, 0.0]],
    "heat_storage_energy": [[0.0, 0.0], [0.0, 9.0], [0.0, 9.0]],
    "transfer_capacity": [[[0.0], [0.0]], [[2.0], [0.0]], [[2.0], [3.0]]],
    "recovery_capacity": [[0.0], [10.0], [20.0]],
    "yearly_recovered": [[0.0], [10.0], [40.0]],
    "yearly_pipe_flow": [[[0.0, 0.0]], [[10.0, 0.0]], [[10.0, 30.0]]],
    "pipe_built": [[[0.0, 0.0]], [[1.0, 0.0]], [[1.0, 1.0]]],
    "pipe_capacity": [[[0.0, 0.0]], [[5.0, 0.0]], [[5.0, 7.0]]],
}


def test_investment_by_technology_and_party() -> None:
    """Sizes times prices, by hand.

    PV 1000 + 10·20 = 1200; battery 300 + 2·40 + 5·6 = 410; heat pump 7·8 = 56; store 3·9 = 27;
    transfer 11·2 = 22 and 13·3 = 39; recovery 4·20 = 80, a quarter of it (10 of 40 kWh) is
    the owner's; pipes 50 + 5 = 55 the owner's and 200 + 6·7 = 242 shared.
    """
    park = hand_park(**PRICES)
    investment = assess(park, hand_solution(park, **SIZES))["investment"]
    columns = ["PV", "battery", "heat pump", "heat storage"]
    columns += ["heat transfer", "heat recovery", "heat pipes"]
    assert investment["technology"].values.tolist() == columns
    expected = [
        [1200.0, 0.0, 56.0, 0.0, 22.0, 20.0, 55.0],
        [0.0, 410.0, 0.0, 27.0, 39.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0, 60.0, 242.0],
    ]
    np.testing.assert_allclose(investment.sel(case="together"), expected)
    # Alone the heat stays with its owner, and so does the whole investment in it: 4·10 and 55.
    np.testing.assert_allclose(investment.sel(case="alone", party="shared links"), 0.0)
    np.testing.assert_allclose(investment.sel(case="alone", party="c0")[-2:], [40.0, 55.0])


def test_nothing_built_costs_nothing() -> None:
    """Today has no investment, whatever the prices."""
    park = hand_park(**PRICES)
    investment = assess(park, hand_solution(park, **SIZES))["park_investment"]
    np.testing.assert_array_equal(investment.sel(case="today"), 0.0)
