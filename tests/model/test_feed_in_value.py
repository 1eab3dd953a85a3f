"""What a kWh fed in earns falls with the size of its plant; the settled year pays it exactly."""

from __future__ import annotations

from typing import Any

import pytest
import xarray as xr

import plain
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import dispatch
from parkwerk.solve.optimise import optimise
from parkwerk.solve.periods import cut
from toy import bare_park


def roof(size: float, **changes: Any) -> xr.Dataset:
    """A roof of `size` kW and two hours of full sun, the second without support.

    A kWh is worth 8 up to 10 kW, 7 up to 40, 5 above: 5 at least, 3 and 2 more in the slices.
    """
    values: dict[str, Any] = {
        "steps": 2,
        "labels": {"slice": ["10", "40", "1000"]},
        "pv_yield": 1.0,
        "roof_limit": size,
        "feed_in_price": [[5.0, 0.0]],
        "feed_in_supported": [1.0, 0.0],
        "slice_end": [10.0, 40.0, 1000.0],
        "slice_value": [[3.0, 2.0, 0.0]],
        "support_gap": 0.0,
    }
    return bare_park(**values | changes)


def revenue(scenario: xr.Dataset, size: float) -> float:
    """What a plant of `size` kW earns in the dispatched year."""
    park = Park(scenario, cut(scenario))
    c0 = plain.choose(park, "c0", pv_capacity=size, pv_built=1.0)
    return -dispatch(park, [c0]).total_cost


@pytest.mark.parametrize(
    ("size", "earned"), [(5.0, 5 * 8.0), (30.0, 80 + 20 * 7.0), (100.0, 80 + 210 + 60 * 5.0)]
)
def test_slices_are_blended_exactly(size: float, earned: float) -> None:
    """Proves: a plant earns 8 for its first 10 kW, 7 up to 40, 5 above, in the supported hour only.
    If broken: 5 or 8 for each kWh, or support in the second hour too.
    """
    assert revenue(roof(100.0), size) == pytest.approx(earned)


def test_own_use_takes_from_all_slices_alike() -> None:
    """Proves: a plant of 100 kW that feeds in 40 earns 40·590/100 = 236: the value is the plant's,
    not that of its first kW. If broken: 290 (the best slices fed in) or 200.
    """
    scenario = roof(100.0, electricity_demand=60.0, electricity_price=100.0)
    assert revenue(scenario, 100.0) == pytest.approx(236)


def test_a_reference_value_below_the_market_earns_no_negative_premium() -> None:
    """Proves: with the last slice's value 2.5 below the market value, a plant of 100 kW (0.9 above
    it on average) gets no premium, one of 10 kW gets 3 − 2.5: 10·5.5 = 55.
    If broken: a premium below 0 (340 instead of 500), or none for the small plant.
    """
    scenario = roof(100.0, support_gap=-2.5)
    assert revenue(scenario, 100.0) == pytest.approx(500)
    assert revenue(scenario, 10.0) == pytest.approx(55)


def test_the_program_is_never_below_what_the_plant_earns() -> None:
    """Proves: the lower bound counts the value of a large plant and a bonus of all slices, 90, for
    the 0.4 hours that a kW of the largest plant can feed in: 100 − 200 − 36, here the exact cost.
    If broken: a bound above the optimum, or one that counts 90 for a whole hour (−190).
    """
    scenario = roof(100.0, electricity_demand=60.0, electricity_price=6.0, pv_class_cost=1.0)
    solution = optimise(scenario)
    assert solution.attrs["lower_bound"] <= solution.attrs["total_cost"]
    assert solution.attrs["total_cost"] == pytest.approx(100 - 236)
    assert solution.attrs["lower_bound"] == pytest.approx(100 - 200 - 36)


def test_a_plant_of_no_size_earns_no_bonus() -> None:
    """Proves: without sun to feed in, no class counts as built for the sake of its bonus.
    If broken: a plant of 0 kW is built, and the bound is below 0.
    """
    scenario = roof(100.0, pv_yield=0.001, pv_class_cost=5.0)
    solution = optimise(scenario)
    assert solution.attrs["total_cost"] == pytest.approx(0)
    assert solution.attrs["lower_bound"] == pytest.approx(0, abs=1e-6)


def test_a_plant_without_tested_control_feeds_in_part_of_its_size() -> None:
    """Proves: with a cap of 0.6, 50 kW feed in 30 in the sunny hour; what the site uses is not
    capped. If broken: 50 or 18 kW (the cap on what is left).
    """
    scenario = roof(50.0, feed_in_cap=0.6, electricity_demand=5.0)
    park = Park(scenario, cut(scenario))
    result = dispatch(park, [plain.choose(park, "c0", pv_capacity=50.0, pv_built=1.0)])
    fed_in = plain.flow(park, result, "c0", "feed_in")
    assert fed_in[0, 0] == pytest.approx(30)
