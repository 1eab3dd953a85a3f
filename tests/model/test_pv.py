"""One test for each constraint of PV: classes, roofs, duty, and where the sun's kWh may go."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import plain
from toy import bare_park

#: An hour of sun, 10 kW of demand at 1 EUR/kWh: 10 EUR without PV.
HOUR: dict[str, Any] = {
    "steps": 1,
    "electricity_demand": 10.0,
    "electricity_price": 1.0,
    "pv_yield": 1.0,
    "roof_limit": 100.0,
    "pv_class_cost": 0.05,
}
TWO_CLASSES = {"pv_class": ["small", "large"]}


@pytest.mark.parametrize(
    ("changes", "cost"),
    [
        ({}, 0.5),
        ({"pv_class_min": 50.0}, 2.5),
        ({"pv_class_min": 50.0, "pv_class_cost": 0.3}, 10.0),
        ({"pv_class_min": 101.0}, 10.0),
        ({"pv_class_max": 4.0}, 6.2),
        ({"roof_limit": 4.0}, 6.2),
        ({"roof_limit": 0.0}, 10.0),
    ],
)
def test_a_plant_keeps_the_sizes_of_its_class(changes: dict[str, float], cost: float) -> None:
    """Proves: 10 kW for 0.5 EUR are best; a class from 50 kW costs 2.5 EUR, or 15 and is not built;
    a class from 101 kW does not fit a roof of 100; at most 4 kW leave 6 EUR and cost 0.2.
    If broken: each case costs 0.5 EUR.
    """
    assert plain.cost(bare_park(**HOUR | changes)) == pytest.approx(cost)


def test_a_site_has_one_plant_of_one_class() -> None:
    """Proves: of a small class (to 10 kW, 0.1 EUR/kW) and a large one (20 to 25 kW, 1 EUR + 0.05
    EUR/kW), 30 kW of demand get 25 kW: 1 + 1.25 + 5 = 7.25 EUR.
    If broken: both are built, 10 + 20 kW for 1 + 1 + 1 = 3 EUR.
    """
    changes: dict[str, Any] = {
        "labels": TWO_CLASSES,
        "electricity_demand": 30.0,
        "pv_class_min": [0, 20],
        "pv_class_max": [10, 25],
        "pv_class_fixed_cost": [0, 1],
        "pv_class_cost": [0.1, 0.05],
    }
    best = plain.optimum(bare_park(**HOUR | changes))
    assert best.cost == pytest.approx(7.25)
    assert best.get("c0", "pv_built") == pytest.approx([0, 1])


@pytest.mark.parametrize(("fixed", "built"), [(8.5, 1), (10.5, 0)])
def test_a_plant_is_built_if_it_pays_by_one_euro(fixed: float, built: int) -> None:
    """Proves: 10 kW save 10 − 0.5 EUR: with 8.5 EUR of fixed cost they pay by one euro (9 EUR),
    with 10.5 they miss by one (10 EUR).
    If broken: the fixed cost is paid in part, and it is built.
    """
    best = plain.optimum(bare_park(**HOUR | {"pv_class_fixed_cost": fixed}))
    assert best.cost == pytest.approx(min(fixed + 0.5, 10))
    assert best.get("c0", "pv_built") == pytest.approx([built])


def test_each_roof_has_its_own_yield_and_limit() -> None:
    """Proves: roofs of 6 and 8 kW with yields 1 and 0.5 give 10 kW of 30: 20 + 14·0.05 = 20.7 EUR;
    the plant's size, 14 kW, is that of both roofs. If broken: yields swapped give 11 kW.
    """
    changes: dict[str, Any] = {
        "labels": {"roof": ["east", "west"], "roof_company": ["c0", "c0"]},
        "electricity_demand": 30.0,
        "roof_limit": [6.0, 8.0],
        "pv_yield": [[1.0], [0.5]],
        "pv_class_min": 14.0,
    }
    assert plain.cost(bare_park(**HOUR | changes)) == pytest.approx(20.7)


def test_a_roof_serves_its_own_company() -> None:
    """Proves: the roof of c1 does nothing for c0's 10 kW: 10 EUR. If broken: 0.5 EUR."""
    scenario = bare_park(
        companies=2,
        **HOUR | {"electricity_demand": [[10.0], [0.0]], "roof_limit": [0.0, 100.0]},
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(10)


def test_duty_on_a_roof_is_built_at_a_loss() -> None:
    """Proves: a duty of 7 kW is built though the sun never shines: 7·0.05 + 10 = 10.35 EUR, on the
    roof that has it. If broken: 10 EUR, or the other, cheaper roof is taken.
    """
    changes: dict[str, Any] = {
        "labels": {"roof": ["old", "new"], "roof_company": ["c0", "c0"]},
        "roof_limit": 100.0,
        "roof_duty": [0.0, 7.0],
        "pv_yield": 0.0,
    }
    best = plain.optimum(bare_park(**HOUR | changes))
    assert best.cost == pytest.approx(10.35)
    assert best.get("c0", "pv_capacity")[:, 0] == pytest.approx([0, 7])


def test_full_roofs_sell_all_of_their_surplus() -> None:
    """Proves: of 20 kW on full roofs 10 serve the site and 10 are sold at 0.1 EUR/kWh: 20·0.05 − 1
    = 0 EUR.
    If broken: the limit on injection, surplus over generation of full roofs, cuts a part off.
    """
    scenario = bare_park(**HOUR | {"roof_limit": 20.0, "roof_duty": 20.0, "feed_in_price": 0.1})
    assert plain.cost(scenario) == pytest.approx(0, abs=1e-9)


def test_sun_at_a_negative_price_is_curtailed() -> None:
    """Proves: with 10 kW of demand and 30 kW built by duty, 20 kW at −0.1 EUR/kWh are curtailed:
    the cost is 30·0.05 = 1.5 EUR.
    If broken: 3.5 EUR, for all must be fed in.
    """
    best = plain.optimum(bare_park(**HOUR | {"roof_duty": 30.0, "feed_in_price": -0.1}))
    assert best.cost == pytest.approx(1.5)
    assert best.get("c0", "curtailment") == pytest.approx([20])


def test_only_what_was_generated_is_fed_in() -> None:
    """Proves: with a free plant of 25 kW and no demand, 25·0.5 + 25·0.2 kWh are sold at 0.1 EUR:
    1.75 EUR. If broken: power bought at 0.01 EUR/kWh is sold on, unbounded or up to the connection.
    """
    scenario = bare_park(
        steps=2,
        electricity_price=0.01,
        pv_yield=[0.5, 0.2],
        roof_limit=25.0,
        feed_in_price=0.1,
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(-1.75)
    assert best.get("c0", "feed_in") == pytest.approx(np.array([[12.5, 5]]))


def test_feed_in_is_paid_by_the_kwh() -> None:
    """Proves: 20 kW for two quarters of an hour are 10 kWh, 1 EUR at 0.1 EUR/kWh.
    If broken: the step length forgotten, 4 EUR.
    """
    quarters = {"steps": 2, "step_hours": 0.25}
    scenario = bare_park(pv_yield=1.0, roof_limit=20.0, feed_in_price=0.1, **quarters)
    assert plain.cost(scenario) == pytest.approx(-1)


def test_a_plant_is_paid_by_the_rule_of_its_class() -> None:
    """Proves: small plants (to 10 kW) earn 0.2, large ones (20 to 30 kW) 0.05 EUR/kWh: the small
    one earns 2 EUR, the large one 1.5. If broken: 30 kW at the small one's price, 6 EUR.
    """
    scenario = bare_park(
        steps=1,
        labels=TWO_CLASSES,
        pv_yield=1.0,
        roof_limit=30.0,
        pv_class_min=[0, 20],
        pv_class_max=[10, 30],
        feed_in_price=[[0.2], [0.05]],
    )
    assert plain.cost(scenario) == pytest.approx(-2)


def test_own_use_comes_before_the_meter() -> None:
    """Proves: PV used on site bears no grid charge and lowers the peak: of 10 kW at 0.05 + 0.03
    EUR/kWh and 2 EUR/kW, 6 kW of free PV leave 4·(1 + 0.08) + 4·2 = 12.32 EUR.
    If broken: charges or peak on all 10 kW.
    """
    changes: dict[str, Any] = {
        "roof_limit": 6.0,
        "pv_class_cost": 0.0,
        "energy_charge": 0.05,
        "levy": 0.03,
        "demand_charge": 2.0,
    }
    assert plain.cost(bare_park(**HOUR | changes)) == pytest.approx(12.32)


def test_sun_can_be_kept_for_the_night() -> None:
    """Proves: PV may charge the battery: 20 kW of sun for 10 kW now and 10 kW next hour cost
    nothing.
    If broken: 10 EUR for the dark hour.
    """
    changes: dict[str, Any] = {
        "steps": 2,
        "pv_yield": [1.0, 0.0],
        "roof_limit": 20.0,
        "pv_class_cost": 0.0,
        "battery_limit": 100.0,
    }
    assert plain.cost(bare_park(**HOUR | changes)) == pytest.approx(0, abs=1e-6)
