"""Why each size is what it is: against arithmetic by hand, and against the search itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import parkwerk
from parkwerk.errors import InputError
from parkwerk.report.why import why_text
from parkwerk.solve.entries import Trade
from parkwerk.solve.marginal import STEP, _clusters, _Part, _trades, marginals
from parkwerk.solve.nearby import Least, Nearby, NoDesign
from parkwerk.solve.optimise import optimise
from parkwerk.solve.redispatch import park_of, read_design
from toy import bare_park, toy_park

#: A day of 10 kW at 0.3 EUR/kWh; a kW of sun saves 7.2 EUR of it.
SUNNY: dict[str, Any] = {
    "electricity_demand": 10.0,
    "electricity_price": 0.3,
    "pv_yield": 1.0,
    "roof_limit": 5.0,
    "pv_class_cost": 2.0,
}
#: Heat of 20 kW from gas at 0.1 EUR/kWh; a heat pump makes it for 0.25·0.2 = 0.05 EUR/kWh.
WARM: dict[str, Any] = {
    "heat_demand": 20.0,
    "boiler_fuel_cost": 0.1,
    "heat_pump_electricity": 0.25,
    "electricity_price": 0.2,
    "heat_pump_limit": 8.0,
}


def why(scenario: xr.Dataset, gap: float = 1e-7) -> xr.Dataset:
    """What there is to tell of the best design of a scenario."""
    return marginals(scenario, optimise(scenario, gap=gap))


def of(found: xr.Dataset, quantity: str, place: str = "") -> dict[str, Any]:
    """What is told of one size."""
    mask = (found["quantity"].values == quantity) & (found["place"].values == place)
    (at,) = np.flatnonzero(mask)
    one = found.isel(size=at)
    return {str(name): one[name].item() for name in one.variables if one[name].dims == ()}


def limits(found: xr.Dataset) -> dict[tuple[str, str], float]:
    """Shadow prices by rule and place."""
    names = zip(found["limit_rule"].values, found["limit_place"].values, strict=True)
    return dict(zip(names, found["shadow_price"].values, strict=True))


def test_a_full_roof_is_worth_what_a_kw_more_brings_less_its_cost() -> None:
    """Proves: a kW brings 24 h · 0.3 EUR = 7.2 EUR and costs 2: the roof of 5 kW has the shadow
    price 5.2 EUR, and is the only limit that is told, once, though the class and its choice say the
    same. If broken: a wrong sign gives −5.2 or 9.2, two limits share 5.2.
    """
    found = why(bare_park(**SUNNY))
    pv = of(found, "pv_capacity", "roof c0")
    assert pv["built"] == pytest.approx(5.0)
    assert pv["unit_cost"] == pytest.approx(2.0)
    assert pv["brings_next"] == pytest.approx(7.2)
    assert pv["brings_last"] == pytest.approx(7.2)
    assert pv["worth"] == pytest.approx(7.2)
    assert pv["net_worth"] == pytest.approx(0.0, abs=1e-6)
    assert (pv["room"], pv["next_limit"]) == (pytest.approx(0.0, abs=1e-6), "room_on_roof")
    assert limits(found) == {("room_on_roof", "roof c0"): pytest.approx(5.2)}
    assert found["limit_value"].values == pytest.approx([5.0])


def test_a_size_of_which_no_design_has_one_more_is_told_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Proves: where no design has a kW more, the last still brings 7.2 EUR and nothing is said of
    the next. If broken: the whole answer ends, or the plant is left out.
    """
    true_least = Nearby.least

    def none_above(
        self: Nearby, start: np.ndarray, lower: np.ndarray, *rest: Any, **known: Any
    ) -> Least:
        if (lower > start + 1e-9).any():
            raise NoDesign("none")
        return true_least(self, start, lower, *rest, **known)

    scenario = bare_park(**SUNNY)
    solution = optimise(scenario, gap=1e-7)
    monkeypatch.setattr(Nearby, "least", none_above)
    found = marginals(scenario, solution)
    pv = of(found, "pv_capacity", "roof c0")
    assert np.isnan(pv["brings_next"])
    assert pv["brings_last"] == pytest.approx(7.2)
    assert "one more cannot be" in why_text(found)[0]


def test_a_size_between_two_prices_has_two_slopes() -> None:
    """Proves: with room for 20 kW the plant has the 10 kW of the demand: the last kW saves 7.2 EUR,
    one more is sold at 0.05 EUR/kWh for 1.2 EUR; there it is worth its cost of 2 EUR, no limit
    binds, and 10 kW of room are left. If broken: both sides are equal, or exchanged.
    """
    found = why(bare_park(**SUNNY | {"roof_limit": 20.0, "feed_in_price": 0.05}))
    pv = of(found, "pv_capacity", "roof c0")
    assert pv["built"] == pytest.approx(10.0, abs=1e-3)
    assert pv["brings_last"] == pytest.approx(7.2, rel=0.01)
    # Full roofs may feed in no more than their generation less demand: half of a kW's sun.
    assert 0.0 <= pv["brings_next"] <= 1.2 + 1e-6
    assert pv["worth"] == pytest.approx(2.0, abs=0.01)
    assert pv["room"] == pytest.approx(10.0, abs=1e-3)
    assert limits(found) == {}


def test_roofs_share_the_limit_of_their_class() -> None:
    """Proves: of a class up to 10 kW 6 are on the roof with all of the sun (7.2 EUR a kW) and 4 on
    the one with half (3.6). At 1 EUR a kW the class is worth 3.6 − 1 = 2.6 EUR and the full roof
    7.2 − 1 − 2.6 = 3.6 EUR. If broken: the whole worth is told of one of them.
    """
    changes: dict[str, Any] = {
        "labels": {"roof": ["sunny", "dim"], "roof_company": ["c0", "c0"]},
        "electricity_demand": 30.0,
        "roof_limit": [6.0, 8.0],
        "pv_yield": [[1.0], [0.5]],
        "pv_class_max": 10.0,
        "pv_class_cost": 1.0,
    }
    found = why(bare_park(**SUNNY | changes))
    expected = {("class_at_most", "any"): 2.6, ("room_on_roof", "sunny"): 3.6}
    assert limits(found) == {key: pytest.approx(value) for key, value in expected.items()}
    dim = of(found, "pv_capacity", "dim")
    assert (dim["next_limit"], dim["brings_next"]) == ("class_at_most", pytest.approx(3.6))


def test_full_roofs_hold_a_plant_and_not_its_class() -> None:
    """Proves: where the class ends above both full roofs, each has its own price, 7.2 − 1 and
    3.6 − 1 EUR, though the rule of the class says as well that both roofs carry 14 kW.
    If broken: 2.6 EUR are told of the class and 3.6 of the sunny roof.
    """
    changes: dict[str, Any] = {
        "labels": {"roof": ["sunny", "dim"], "roof_company": ["c0", "c0"]},
        "electricity_demand": 30.0,
        "roof_limit": [6.0, 8.0],
        "pv_yield": [[1.0], [0.5]],
        "pv_class_cost": 1.0,
    }
    found = why(bare_park(**SUNNY | changes))
    expected = {("room_on_roof", "sunny"): 6.2, ("room_on_roof", "dim"): 2.6}
    assert limits(found) == {key: pytest.approx(value) for key, value in expected.items()}
    assert of(found, "pv_capacity", "dim")["next_limit"] == "room_on_roof"


def test_a_design_that_oversteps_a_limit_is_held_where_it_is() -> None:
    """Proves: a plant of 6 kW on a roof of 5, which a rounding or a hand may leave, is told of with
    the same prices, at the limit of 6 kW that it stands at. If broken: no design is found near it.
    """
    scenario = bare_park(**SUNNY)
    solution = optimise(scenario, gap=1e-7)
    solution["pv_capacity"].loc[{"case": "together"}] = 6.0
    found = marginals(scenario, solution)
    assert found["shadow_price"].values == pytest.approx([5.2])
    assert found["limit_value"].values == pytest.approx([6.0])


def test_a_duty_holds_a_size_up() -> None:
    """Proves: where the sun brings 0.24 EUR a kW that costs 2, a duty of 3 kW is built, and a kW
    less of it would save 1.76 EUR. If broken: the last kW seems to pay, or nothing holds it.
    """
    found = why(bare_park(**SUNNY | {"electricity_price": 0.01, "roof_duty": 3.0}))
    pv = of(found, "pv_capacity", "roof c0")
    assert pv["built"] == pytest.approx(3.0)
    assert pv["net_worth"] == pytest.approx(0.0, abs=1e-6)
    assert limits(found) == {("duty_on_roof", "roof c0"): pytest.approx(1.76)}


@pytest.mark.parametrize("power_cost", [0.0, 20.0])
def test_a_battery_that_shaves_a_peak_is_held_by_its_room(power_cost: float) -> None:
    """Proves: among hours of 10 kW one of 40 kW costs 100 EUR/kW. A kWh with its kW (at a c-rate
    of 1) spares 100 EUR and costs 30 and the power: room for 15 kWh is worth 70 or 50 EUR a kWh,
    though neither a kWh nor a kW alone brings anything more. If broken: no limit is told.
    """
    scenario = bare_park(
        steps=4,
        electricity_demand=[10.0, 10.0, 40.0, 10.0],
        demand_charge=100.0,
        battery_limit=15.0,
        battery_energy_cost=30.0,
        battery_power_cost=power_cost,
    )
    found = why(scenario)
    energy, power = of(found, "battery_energy"), of(found, "battery_power")
    assert (energy["built"], power["built"]) == (pytest.approx(15.0), pytest.approx(15.0))
    assert [energy["brings_next"], power["brings_next"]] == pytest.approx([0.0, 0.0], abs=1e-6)
    assert [energy["brings_last"], power["brings_last"]] == pytest.approx([100.0, 100.0])
    assert energy["worth"] + power["worth"] == pytest.approx(100.0)
    shadow = limits(found)
    assert shadow["battery_has_room", ""] == pytest.approx(70.0 - power_cost)
    assert (energy["units"], power["units"]) == ("kWh", "kW")


def test_power_at_its_c_rate_makes_a_kwh_worth_more() -> None:
    """Proves: at a c-rate of 0.2 only power is short: 15 kWh give 3 kW, a kW spares 100 EUR, so a
    kWh is worth 0.2·100 = 20 EUR; at 5 EUR/kWh its room is worth 15 EUR and the c-rate 100 EUR a
    kW. If broken: without the use of −0.2 the room has no price.
    """
    scenario = bare_park(
        steps=4,
        electricity_demand=[10.0, 10.0, 40.0, 10.0],
        demand_charge=100.0,
        battery_limit=15.0,
        battery_c_rate=0.2,
        battery_energy_cost=5.0,
    )
    found = why(scenario)
    expected = {"battery_has_room": 15.0, "battery_power_fits": 100.0}
    assert limits(found) == {(k, ""): pytest.approx(v) for k, v in expected.items()}
    at = list(found["limit_rule"].values).index("battery_power_fits")
    use = dict(zip(found["quantity"].values, found["use"].values[at], strict=True))
    assert use["battery_energy"] == pytest.approx(-0.2)
    assert use["battery_power"] == pytest.approx(1.0)


def test_a_kwh_of_half_an_hour_shaves_two_kw() -> None:
    """Proves: in steps of half an hour a kWh lowers the peak by 2 kW, worth 200 EUR; at a cost of
    30 its room is worth 170. If broken: a day that may lend a kWh for the price of a kW of peak
    brings both down to 100 EUR.
    """
    scenario = bare_park(
        steps=4,
        step_hours=0.5,
        electricity_demand=[10.0, 10.0, 40.0, 10.0],
        demand_charge=100.0,
        battery_limit=2.0,
        battery_c_rate=2.0,
        battery_energy_cost=30.0,
    )
    found = why(scenario)
    assert of(found, "battery_energy")["brings_last"] == pytest.approx(200.0)
    assert limits(found)["battery_has_room", ""] == pytest.approx(170.0)


def test_a_heat_pump_is_held_by_its_room() -> None:
    """Proves: a kW makes 24 kWh for 0.05 EUR less than gas, 1.2 EUR, and costs 0.4: its room of
    8 kW is worth 0.8 EUR a kW. If broken: 2.0 (electricity forgotten) or −0.8.
    """
    found = why(bare_park(**WARM, heat_pump_cost=0.4))
    assert of(found, "heat_pump_capacity")["brings_next"] == pytest.approx(1.2)
    assert limits(found) == {("heat_pump_has_room", ""): pytest.approx(0.8)}


@pytest.mark.parametrize(("cost", "built"), [(1.19, True), (1.21, False)])
def test_a_heat_pump_is_built_below_what_it_brings(cost: float, built: bool) -> None:
    """Proves: at 2 EUR a kW none is built and the first would bring 1.2 EUR; just below that price
    the search builds it, just above it does not. If broken: another break-even is told.
    """
    told = of(why(bare_park(**WARM, heat_pump_cost=2.0)), "heat_pump_capacity")
    assert told["built"] == 0.0
    assert told["brings_next"] == pytest.approx(1.2)
    assert np.isnan(told["brings_last"])
    assert told["net_worth"] == pytest.approx(-0.8)
    solution = optimise(bare_park(**WARM, heat_pump_cost=cost), gap=1e-7)
    capacity = float(solution["heat_pump_capacity"].sel(case="together").sum())
    assert (capacity > 1e-3) is built


#: 10 kWh moved from 0.1 to 1 EUR/kWh gain 9 EUR; a battery for it costs 10 + 10·0.2 = 12 EUR.
IDLE: dict[str, Any] = {
    "steps": 2,
    "electricity_demand": [0.0, 10.0],
    "electricity_price": [0.1, 1.0],
    "battery_limit": 1000.0,
}


@pytest.mark.parametrize(("share", "built"), [(1.0, 0.0), (0.74, 10.0), (0.76, 0.0)])
def test_a_battery_is_built_below_its_break_even(share: float, built: float) -> None:
    """Proves: a battery that is not built would be, with 10 kWh, at 9/12 = 75 % of its cost: at
    74 % the search builds it, at 76 % it does not. If broken: the fixed cost forgotten, it would
    seem to pay today; or the size is that of the whole room.
    """
    cost = {"battery_fixed_cost": 10.0 * share, "battery_energy_cost": 0.2 * share}
    scenario = bare_park(**IDLE, **cost)
    solution = optimise(scenario, gap=5e-3)
    energy = float(solution["battery_energy"].sel(case="together").sum())
    assert energy == pytest.approx(built, abs=1e-3)
    found = marginals(scenario, solution)
    if built:
        assert found.sizes["absent"] == 0
    else:
        assert found["absent_technology"].values.tolist() == ["battery"]
        assert found["break_even"].values == pytest.approx([0.75 / share], rel=1e-4)
        assert found["break_even_size"].values == pytest.approx([10.0], rel=1e-3)


def test_a_battery_that_brings_nothing_has_no_break_even() -> None:
    """Proves: at one price all day nothing is moved, and no cost above 0 builds a battery; a
    company without room for one is not told of at all.
    """
    flat: dict[str, Any] = IDLE | {"electricity_price": 0.5, "battery_energy_cost": 1.0}
    assert why(bare_park(**flat))["break_even"].values == pytest.approx([0.0], abs=1e-6)
    assert why(bare_park(**flat | {"battery_limit": 0.0})).sizes["absent"] == 0


def test_of_two_classes_that_are_not_built_the_nearer_is_told() -> None:
    """Proves: 10 kW save 72 EUR; a plant of class a costs 20 + 10·10 = 120 EUR (60 %), of b
    10·9 = 90 EUR (80 %): PV is told once, with 80 %. If broken: 60 %, or both.
    """
    changes: dict[str, Any] = {
        "labels": {"pv_class": ["a", "b"]},
        "roof_limit": 20.0,
        "pv_class_fixed_cost": [20.0, 0.0],
        "pv_class_cost": [10.0, 9.0],
    }
    found = why(bare_park(**SUNNY | changes))
    assert found["absent_technology"].values.tolist() == ["PV"]
    assert found["break_even"].values == pytest.approx([0.8], rel=1e-3)


def test_the_parts_of_a_heat_link_are_worth_something_together() -> None:
    """Proves: 10 kW of a neighbour's waste heat spare 24 h · 0.1 = 2.4 EUR a kW of gas; recovery,
    pipe and substation cost 0.4, 0.3 and 0.2. A kW more of one part brings nothing, the last one
    of each brings 2.4; together they are worth what they cost. If broken: a price of the heat
    between them gives all of it to one, and another seems not to pay.
    """
    scenario = bare_park(
        companies=2,
        labels={"heat_source": ["c0"], "pipe": ["p"], "pipe_from": ["c0"], "pipe_to": ["c1"]},
        heat_demand=[[0.0] * 24, [10.0] * 24],
        boiler_fuel_cost=0.1,
        waste_heat=20.0,
        recovery_cost=0.4,
        pipe_capacity_cost=0.3,
        transfer_cost=0.2,
    )
    found = why(scenario, gap=0.01)
    link = found.isel(size=np.isin(found["technology"].values, ["heat transfer", "heat pipes"]))
    every = [*link["quantity"].values, "recovery_capacity"]
    assert sorted(every) == ["pipe_capacity", "recovery_capacity", "transfer_capacity"]
    assert link["brings_next"].values == pytest.approx([0.0, 0.0], abs=1e-6)
    assert link["brings_last"].values == pytest.approx([2.4, 2.4], rel=1e-6)
    assert found["net_worth"].values == pytest.approx(0.0, abs=1e-6)


def test_what_neighbours_pay_counts_at_the_price_of_the_exchange() -> None:
    """Proves: c0 without demand serves c1's 10 kW over a wire with 6 kW of sun; a kW more spares c1
    24 h · 0.3 EUR = 7.2 EUR at the price of the pool, and costs 2. If broken: without the prices a
    kW of c0 brings nothing.
    """
    scenario = bare_park(
        companies=2,
        labels={"pool": ["p"]},
        electricity_demand=[[0.0] * 24, [10.0] * 24],
        electricity_price=0.3,
        pv_yield=1.0,
        roof_limit=[6.0, 0.0],
        pv_class_cost=2.0,
        pool_on_grid=0.0,
    )
    pv = of(why(scenario, gap=1e-8), "pv_capacity", "roof c0")
    assert pv["built"] == pytest.approx(6.0)
    assert pv["brings_last"] == pytest.approx(7.2)


def costs_at(scenario: xr.Dataset, solution: xr.Dataset, price: float | None = None) -> list[float]:
    """What the actors of a park cost at the prices of their exchanges, or at one price [EUR/kW]."""
    park, together = park_of(scenario, solution), solution.sel(case="together")
    design = read_design(park, together)
    trades = _trades(park, design)
    if price is not None:
        trades = [Trade(*[np.full_like(trade.buy, price)] * 2) for trade in trades]
    clusters = _clusters(park, design)
    return [_Part(park, design, members, trades, {}).base.cost for members in clusters]


#: c0 has the sun and c1 the demand of 30 kW, which costs 216 EUR a day; a wire links them.
WIRED: dict[str, Any] = {
    "companies": 2,
    "labels": {"pool": ["p"]},
    "electricity_demand": [[0.0] * 24, [30.0] * 24],
    "electricity_price": 0.3,
    "pv_yield": 1.0,
    "roof_limit": [30.0, 0.0],
    "pool_on_grid": 0.0,
}


def test_nobody_joins_for_a_day() -> None:
    """Proves: where the wire would cost each 150 EUR and is not built, c1 pays its 216 EUR though
    power were free on the other end. If broken: it is lent the wire for less than it brings.
    """
    scenario = bare_park(**WIRED, pool_fixed_cost=150.0)
    solution = optimise(scenario, gap=1e-7)
    assert float(solution["joined"].sel(case="together").sum()) == 0.0
    assert costs_at(scenario, solution, price=0.0) == pytest.approx([0.0, 216.0])


def test_nobody_gives_who_has_not_the_right() -> None:
    """Proves: c0, a member that is no giver, earns nothing with its 30 kW of sun though they fetch
    1 EUR/kWh. If broken: the right is taken for a matter of operation, and it earns 720 EUR.
    """
    scenario = bare_park(**WIRED)
    solution = optimise(scenario, gap=1e-7)
    assert float(solution["joined"].sel(case="together").sum()) == 2.0
    assert costs_at(scenario, solution, price=1.0)[0] == pytest.approx(-720.0)
    solution["pool_giver"].loc[{"case": "together"}] = 0.0
    assert costs_at(scenario, solution, price=1.0)[0] == pytest.approx(0.0)


def test_prices_are_those_of_what_is_compared() -> None:
    """Proves: c0's 10 kW of sun on roofs of 20 serve its own 10 kW. If its flows may overlap, as
    they do in what is compared, it passes 3 of them on to c1 and buys 3 at 0.1 EUR/kWh: together
    20 for the plant and 24·3·0.1 = 7.2 EUR. If broken: at the price of a dispatch that forbids it,
    0.3, c0 would sell 5 kW that c1 does not take, and the two would pay 17.6 EUR.
    """
    scenario = bare_park(
        companies=2,
        labels={"pool": ["p"]},
        electricity_demand=[[10.0] * 24, [3.0] * 24],
        electricity_price=[[0.1] * 24, [0.3] * 24],
        pv_yield=1.0,
        roof_limit=[20.0, 0.0],
        pv_class_cost=2.0,
        pool_on_grid=1.0,
    )
    solution = optimise(scenario, gap=0.01)
    solution["pv_capacity"].loc[{"case": "together", "roof": "roof c0"}] = 10.0
    assert float(solution["pool_giver"].sel(case="together", company="c0").sum()) == 1.0
    assert sum(costs_at(scenario, solution)) == pytest.approx(27.2)


@pytest.mark.parametrize("seed", [1, 2])
def test_at_the_prices_all_pay_together_what_the_park_pays(seed: int) -> None:
    """Proves: what each costs at the prices of the exchanges sums to the park's cost: what one pays
    another receives, and nobody gains by trading otherwise. If broken: prices of a dispatch that
    forbids overlapping flows, or rights that nobody bought, leave a gain that is none.
    """
    scenario = toy_park(companies=2, days=2, seed=seed)
    solution = optimise(scenario, gap=1e-3)
    assert float(solution["yearly_share_in"].sel(case="together").sum()) > 1.0
    costs = costs_at(scenario, solution)
    assert len(costs) > 1
    assert sum(costs) == pytest.approx(solution.attrs["total_cost"], rel=4e-3)


def test_a_larger_plant_earns_less_for_each_kwh() -> None:
    """Proves: a plant of 20 kW sells 480 kWh at 0.05 + 0.02·10/20 EUR: the first 10 kW earn 0.02
    more. One more kW earns 24·0.05 = 1.2 EUR as the last slice does, not 24·0.06 = 1.44.
    If broken: 1.44.
    """
    scenario = bare_park(
        labels={"slice": ["s", "l"]},
        pv_yield=1.0,
        roof_limit=20.0,
        pv_class_cost=0.5,
        feed_in_price=0.05,
        feed_in_supported=1.0,
        slice_end=[10.0, 1000.0],
        slice_value=[[0.02, 0.0]],
        support_gap=0.0,
    )
    pv = of(why(scenario), "pv_capacity", "roof c0")
    assert pv["built"] == pytest.approx(20.0)
    assert pv["brings_next"] == pytest.approx(1.2, rel=0.01)
    assert pv["brings_last"] == pytest.approx(1.2, rel=0.01)


@pytest.mark.parametrize(("seed", "days"), [(9, 3), (3, 2)])
def test_at_an_optimum_every_size_is_worth_what_it_costs(seed: int, days: int) -> None:
    """Proves: of a park with pools, pipes, batteries and heat, found almost exactly, a unit of what
    is built is worth its cost and the limits that it uses, and lies between what the next and the
    last bring and the limits lend it; what is not built is worth no more than its cost.
    If broken: a limit that is left out, or counted twice, leaves a rest.
    """
    scenario = toy_park(companies=2, days=days, seed=seed)
    solution = optimise(scenario, gap=1e-4)
    found = marginals(scenario, solution)
    spent = found["use"].values.T @ found["shadow_price"].values
    rest = found["worth"].values - found["unit_cost"].values - spent
    assert rest == pytest.approx(found["net_worth"].values, abs=1e-6)
    # A step would save no more than the search left over.
    built = found["built"].values
    left = 1e-4 * solution.attrs["total_cost"]
    assert (np.abs(rest) * STEP * built <= left).all()
    assert (found["unit_cost"].values * STEP * built > left).any(), "a wrong sign would not be seen"
    assert (rest[built == 0] <= 0.05 * found["unit_cost"].values[built == 0]).all()
    following, last = found["brings_next"].values, found["brings_last"].values
    assert ((following - last)[built > 0] <= 0.03 * found["unit_cost"].values[built > 0]).all()
    assert (found["shadow_price"].values > 0).all()


def test_a_solution_of_another_park_is_refused() -> None:
    """A solution that lacks a company of the scenario is named, not guessed."""
    solution = optimise(toy_park(companies=1, days=1), gap=0.01)
    with pytest.raises(InputError):
        marginals(toy_park(companies=2, days=1), solution)


def test_what_is_told_is_kept_in_a_file(tmp_path: Path) -> None:
    """Proves: written and read again it is the same, also where no limit binds and nothing is
    absent.
    """
    scenario = bare_park(**WARM, heat_pump_cost=2.0)
    found = why(scenario)
    assert found.sizes["limit"] == 0
    again = parkwerk.load(parkwerk.save(found, tmp_path / "why.nc"))
    assert why_text(again) == why_text(found) != []
