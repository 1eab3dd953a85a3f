"""The reduced parks of the benchmark."""

from __future__ import annotations

from parkwerk.formulation.park import actors
from reduce import linear
from toy import bare_park


def test_the_linear_park_keeps_the_cheapest_yearly_entry() -> None:
    """Proves: 10 kW for a day cost 30 EUR/kW, or 1 EUR/kW and 1 EUR/kWh: 300 against 250 EUR, so
    the second is kept; the monthly entry, for nothing, cannot be. Its class of PV has no smallest
    size and no fixed cost. If broken: the first charge, or none.
    """
    scenario = bare_park(
        labels={"tariff": ["a", "b", "c"]},
        electricity_demand=10.0,
        demand_charge=[[30.0, 1.0, 0.0]],
        energy_charge=[[0.0, 1.0, 0.0]],
        pv_class_min=300.0,
        pv_class_fixed_cost=7.0,
        roof_limit=50.0,
    )
    scenario = scenario.assign_coords(tariff_option=("tariff", ["yearly", "yearly", "monthly"]))
    reduced = linear(scenario)
    assert reduced["demand_charge"].values.tolist() == [[1.0]]
    assert reduced["pv_class_limit"].values.tolist() == [[50.0]]
    assert reduced["pv_class_fixed_cost"].values.tolist() == [0.0]
    assert actors(reduced, 24)[0].menu == ("chosen",)
