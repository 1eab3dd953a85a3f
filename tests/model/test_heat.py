"""Heat at a site and between sites: what pays, by how much, and what is lost on the way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import plain
from toy import bare_park
from whole_pyomo import whole_park

#: Four hours of 10 kW of heat, by the boiler for 40·0.08 = 3.2 EUR.
HEAT: dict[str, Any] = {
    "steps": 4,
    "heat_demand": 10.0,
    "boiler_fuel_cost": 0.065,
    "boiler_carbon_cost": 0.015,
    "electricity_price": 0.2,
    "heat_pump_electricity": 0.25,
}


# --- boiler, heat pump, store ------------------------------------------------------------------
def test_the_boiler_pays_for_gas_and_for_carbon() -> None:
    """Proves: 4 h · 10 kW · (0.065 + 0.015) = 3.2 EUR, and 1.6 EUR in steps of half an hour.
    If broken: 2.6 without the CO2 price, or 3.2 for half the time.
    """
    assert plain.cost(bare_park(**HEAT)) == pytest.approx(3.2)
    assert plain.cost(bare_park(step_hours=0.5, **HEAT)) == pytest.approx(1.6)


@pytest.mark.parametrize(
    ("yearly", "limit", "cost", "size"),
    [(0.11, 100.0, 3.1, 10.0), (0.13, 100.0, 3.2, 0.0), (0.11, 4.0, 3.16, 4.0)],
)
def test_boiler_and_heat_pump_break_even(
    yearly: float, limit: float, cost: float, size: float
) -> None:
    """Proves: a kWh by the heat pump costs 0.25·0.2 = 0.05 EUR against 0.08, so that 4 h save 0.12
    EUR/kW: at 0.11 EUR/kW it is built (2.0 + 1.1), at 0.13 not; with room for 4 kW it does 4 kW
    (0.8 + 0.44 + 1.92). If broken: the break-even moves, or the limit does not hold.
    """
    scenario = bare_park(heat_pump_cost=yearly, heat_pump_limit=limit, **HEAT)
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(cost)
    assert best.get("c0", "heat_pump_capacity") == pytest.approx(size, abs=1e-6)


def test_heat_pump_electricity_passes_the_meter() -> None:
    """Proves: 10 kW of heat take 2.5 kW at the meter: peak 2.5 kW at 0.2 EUR/kW and 10 kWh at 0.01
    EUR/kWh come to 2.0 + 0.5 + 0.1 = 2.6 EUR. If broken: 2.0 EUR.
    """
    scenario = bare_park(heat_pump_limit=100.0, demand_charge=0.2, energy_charge=0.01, **HEAT)
    assert plain.cost(scenario) == pytest.approx(2.6)


def test_heat_is_not_thrown_away() -> None:
    """Proves: heat is made for the demand only, even where its electricity earns 0.1 EUR/kWh: 10 kW
    for an hour take 2.5 kWh, −0.25 EUR, with a store as without.
    If broken: a heat pump of 100 kW runs at full power, −2.5 EUR.
    """
    changes = {"steps": 1, "electricity_price": -0.1, "heat_pump_limit": 100.0}
    assert plain.cost(bare_park(**HEAT | changes)) == pytest.approx(-0.25)
    changes["heat_storage_limit"] = 1000.0
    assert plain.cost(bare_park(**HEAT | changes)) == pytest.approx(-0.25)


def test_a_site_without_heat_has_no_heat() -> None:
    """Proves: a company without heat demand is no sink for the heat pump even when power earns
    money: at −0.1 EUR/kWh 10 kWh of demand give 1 EUR. If broken: more than 1 EUR.
    """
    scenario = bare_park(
        steps=1,
        electricity_demand=10.0,
        electricity_price=-0.1,
        heat_pump_electricity=0.25,
        heat_pump_limit=100.0,
    )
    assert plain.cost(scenario) == pytest.approx(-1)


STORE: dict[str, Any] = {
    "steps": 2,
    "step_hours": 2.0,
    "heat_demand": [0.0, 5],
    "boiler_fuel_cost": 10.0,
    "electricity_price": [0.1, 1],
    "heat_pump_electricity": 0.5,
    "heat_pump_limit": 100.0,
    "heat_storage_loss": 0.1,
    "heat_storage_cost": 0.01,
}


@pytest.mark.parametrize(("limit", "cost"), [(0.0, 5.0), (100.0, 0.75), (5.0, 3.3)])
def test_a_heat_store_loses_by_the_hour(limit: float, cost: float) -> None:
    """Proves: over 2 h at 0.1/h a store keeps 0.8. For 10 kWh in step 2, 12.5 are stored in step 1
    for 12.5·0.5·0.1 + 12.5·0.01 = 0.75 EUR; a store of 5 kWh gives 4: 0.25 + 6·0.5·1 + 0.05 = 3.3.
    If broken: no loss 0.6, a loss of 0.1 in each step 0.667, no cost of the store 0.625.
    """
    scenario = bare_park(heat_storage_limit=limit, **STORE)
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(cost)
    assert best.get("c0", "heat_storage_energy") == pytest.approx(min(limit, 12.5), abs=1e-6)


@pytest.mark.parametrize(("period", "cost"), [("day", 120.0), ("year", 0.0)])
def test_the_heat_store_returns_to_its_level_each_day(period: str, cost: float) -> None:
    """Proves: by days, free heat of the first day cannot serve the second, whose 240 kWh of heat
    take 120 kWh at 1 EUR. If broken: 0 EUR, the store left empty or found full.
    """
    scenario = bare_park(
        steps=48,
        period=period,
        heat_demand=10.0,
        boiler_fuel_cost=10.0,
        electricity_price=[0.0] * 24 + [1.0] * 24,
        heat_pump_electricity=0.5,
        heat_pump_limit=100.0,
        heat_storage_limit=1000.0,
    )
    assert plain.cost(scenario) == pytest.approx(cost, abs=1e-6)


@pytest.mark.parametrize(("limit", "cost"), [(100.0, 0.5), (4.0, 3.2)])
def test_a_period_may_begin_with_a_full_heat_store(limit: float, cost: float) -> None:
    """Proves: heat of the evening serves the morning: 10 kWh of heat for 5·0.1 EUR; of a store of 4
    kWh, 4: 2·0.1 + 3·1 = 3.2. If broken: 5 EUR, or 0.5 with a level above the store's size.
    """
    scenario = bare_park(
        steps=2,
        heat_demand=[10.0, 0],
        boiler_fuel_cost=10.0,
        electricity_price=[1, 0.1],
        heat_pump_electricity=0.5,
        heat_pump_limit=100.0,
        heat_storage_limit=limit,
    )
    assert plain.cost(scenario) == pytest.approx(cost)


# --- waste heat --------------------------------------------------------------------------------
def link(pipes: list[tuple[str, str]], companies: int = 2, **changes: Any) -> xr.Dataset:
    """Ten hours of 10 kW of heat at the last company, 100 kW of waste heat at the first.

    The boiler makes a kWh for 0.1 EUR: 10 EUR without a pipe.
    """
    demand = [[0.0]] * (companies - 1) + [[10.0]]
    values: dict[str, Any] = {
        "steps": 10,
        "heat_demand": demand,
        "boiler_fuel_cost": 0.1,
        "waste_heat": 100.0,
    }
    labels = {
        "heat_source": ["c0"],
        "pipe": [f"{a} to {b}" for a, b in pipes],
        "pipe_from": [a for a, _ in pipes],
        "pipe_to": [b for _, b in pipes],
    }
    labels |= changes.pop("labels", {})
    return bare_park(companies, labels=labels, **values | changes)


@pytest.mark.parametrize(("trench", "built"), [(5.0, 1), (7.0, 0)])
def test_a_pipe_is_built_if_it_pays_by_one_euro(trench: float, built: int) -> None:
    """Proves: for 10 kW over 10 h, pipe, recovery and substation cost 1 EUR each (10·0.1), running
    the recovery 100·0.01 = 1 EUR. A trench of 5 EUR makes 9 EUR and pays by one; a trench of 7
    makes 11 EUR and is not dug: 10 EUR by gas.
    If broken: a part of the cost forgotten, or the trench paid in proportion to the flow.
    """
    scenario = link(
        [("c0", "c1")],
        pipe_fixed_cost=trench,
        pipe_capacity_cost=0.1,
        recovery_cost=0.1,
        transfer_cost=0.1,
        waste_heat_cost=0.01,
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(9 if built else 10)
    assert best.get("heat of c0", "pipe_built") == pytest.approx([built])
    assert best.get("heat of c0", "pipe_capacity") == pytest.approx([10 * built], abs=1e-6)


def test_heat_is_lost_in_each_pipe_on_the_way() -> None:
    """Proves: 10 kW behind losses of 0.2 and 0.5 take 25 kW at the source and 20 kW at the
    junction: recovered for 250·0.01 = 2.5 EUR, capacities 25·0.02 + 20·0.03 = 1.1, recovery
    25·0.01 = 0.25, substation 10·0.02 = 0.2: 4.05 EUR.
    If broken: losses added (33.3 kW), or swapped.
    """
    scenario = link(
        [("c0", "J"), ("J", "c1")],
        pipe_loss=[0.2, 0.5],
        pipe_capacity_cost=[0.02, 0.03],
        recovery_cost=0.01,
        transfer_cost=0.02,
        waste_heat_cost=0.01,
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(4.05)
    assert best.get("heat of c0", "pipe_capacity") == pytest.approx([25, 20])


def test_waste_heat_is_limited_hour_by_hour() -> None:
    """Proves: 2, 4, ... 20 kW of waste heat give 2+4+6+8 and 6 times 10 kWh: 80 of 100; 20 by gas
    for 2 EUR, the rest at 0.01 EUR: 2.8 EUR. If broken: the yearly maximum as limit, 1 EUR.
    """
    scenario = link([("c0", "c1")], waste_heat=[2.0 * (t + 1) for t in range(10)])
    scenario["waste_heat_cost"][:] = 0.01
    assert plain.cost(scenario) == pytest.approx(2.8)


def test_recovery_is_paid_by_the_kwh() -> None:
    """Proves: ten half hours of 10 kW are 50 kWh recovered at 0.01 EUR: 0.5 EUR.
    If broken: the step length forgotten, 1 EUR.
    """
    scenario = link([("c0", "c1")], step_hours=0.5, waste_heat_cost=0.01)
    assert plain.cost(scenario) == pytest.approx(0.5)


def test_a_heat_store_takes_waste_heat_for_later() -> None:
    """Proves: the hour-wise limit of a pipe leaves room for the store: 100 kW in the first hour
    only, and a store at the other end, serve all 100 kWh; 10 EUR of gas become 0.
    If broken: the pipe carries the demand of its hour, 10 kW: 9 EUR.
    """
    scenario = link([("c0", "c1")], waste_heat=[100.0] + [0.0] * 9, heat_storage_limit=200.0)
    assert plain.cost(scenario) == pytest.approx(0, abs=1e-6)


def test_a_booster_adds_its_electricity_to_the_heat() -> None:
    """Proves: with 0.25 kWh of electricity per kWh taken, 8 kW taken become 10 kW of heat and 2 kW
    of demand: 10 h · 2 kW · 0.2 EUR + peak 2·0.3 + booster 10·0.1 + recovered 80·0.01 = 6.4 EUR.
    If broken: the booster's electricity is free (2.4), or its heat lost (10 kW taken, 2.5 kW).
    """
    scenario = link(
        [("c0", "c1")],
        transfer_electricity=0.25,
        transfer_cost=0.1,
        electricity_price=0.2,
        demand_charge=0.3,
        waste_heat_cost=0.01,
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(6.4)
    assert best.get("c1", "heat_taken")[0] == pytest.approx([8.0] * 10)


def test_a_company_uses_its_own_waste_heat() -> None:
    """Proves: a pipe from c0 to c0 brings its own waste heat to its own boiler room: for 3 EUR of
    recovery and a substation of 10·0.1 instead of 10 EUR of gas: 4 EUR. If broken: 10 EUR.
    """
    scenario = link(
        [("c0", "c0")], companies=1, pipe_fixed_cost=3.0, transfer_cost=0.1, waste_heat=50.0
    )
    assert plain.cost(scenario) == pytest.approx(4)


def test_own_use_and_a_neighbour_share_the_source() -> None:
    """Proves: 12 kW of waste heat for two demands of 10 kW leave 8 kW to gas: 80 kWh, 8 EUR.
    If broken: each has 12 kW, 0 EUR.
    """
    scenario = link([("c0", "c0"), ("c0", "c1")], heat_demand=10.0, waste_heat=12.0)
    assert plain.cost(scenario) == pytest.approx(8)


def test_a_trunk_is_dug_once_for_two() -> None:
    """Proves: a trunk for 12 EUR to a junction pays for two companies (12 + 2 · 2 EUR for branches
    instead of 20 EUR of gas) though it would not for one. If broken: 28 (dug twice) or 20.
    """
    pipes = [("c0", "J"), ("J", "c1"), ("J", "c2")]
    scenario = link(
        pipes,
        companies=3,
        heat_demand=[[0.0], [10], [10]],
        pipe_fixed_cost=[12.0, 2, 2],
        waste_heat=20.0,
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(16)
    assert best.get("heat of c0", "pipe_flow")[:, 0] == pytest.approx([20, 10, 10])


def test_a_junction_swallows_no_heat() -> None:
    """Proves: what arrives at a junction leaves it, even where recovering earns 0.01 EUR/kWh (the
    source saves on cooling): 100 kWh are recovered for 100 kWh of demand, −1 EUR.
    If broken: all 1,000 kWh of waste heat vanish at the junction, −10 EUR.
    """
    # The store only widens the pipes' hour-wise limits; it has nothing to keep.
    pipes = [("c0", "J"), ("J", "c1")]
    scenario = link(pipes, waste_heat_cost=-0.01, heat_storage_limit=1000.0)
    assert plain.cost(scenario) == pytest.approx(-1)


def test_a_pipe_ends_where_no_junction_goes_on() -> None:
    """Proves: a junction without a way to a company is no customer, and no pipe is dug to it.
    If broken: the pipe to the dead end is an arc of the source, and could swallow heat.
    """
    scenario = link([("c0", "c1"), ("c0", "J")], pipe_fixed_cost=[3.0, 0.0])
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(3)
    assert best.get("heat of c0", "pipe_built") == pytest.approx([1])


def test_heat_passes_a_company_on_its_way() -> None:
    """Proves: c1 may pass heat on to c2: 10 kW for each by c0 → c1 → c2 for 3 EUR of trench each,
    6 instead of 20 EUR. If broken: what c1 passes on counts as its own.
    """
    scenario = link(
        [("c0", "c1"), ("c1", "c2")],
        companies=3,
        heat_demand=[[0.0], [10], [10]],
        pipe_fixed_cost=3.0,
    )
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(6)
    assert best.get("heat of c0", "pipe_flow")[:, 0] == pytest.approx([20, 10])


def test_pipes_both_ways_between_two_sources() -> None:
    """Proves: two sources may each have a pipe to the other; where only c1 has a demand, the pipe
    back is simply not built: 3 EUR of trench instead of 10 EUR of gas.
    If broken: the pipe back ends at a node that is neither source, sink nor junction.
    """
    scenario = link(
        [("c0", "c1"), ("c1", "c0")],
        labels={"heat_source": ["c0", "c1"]},
        pipe_fixed_cost=3.0,
        waste_heat=[[100.0], [0.5]],
    )
    assert plain.cost(scenario) == pytest.approx(3)


# --- what a pipe carries over a period ---------------------------------------------------------
def test_a_part_of_a_pipe_carries_a_part_of_what_is_needed() -> None:
    """Proves: where parts of a pipe may be built, serving all 10 h takes all of it: 5 EUR, as much
    as with a whole pipe, though a store of 90 kWh could take 100 kW in a step.
    If broken: a tenth of the pipe runs at 10 of 100 kW all the time, 0.5 EUR.
    """
    scenario = link([("c0", "c1")], pipe_fixed_cost=5.0, heat_storage_limit=90.0)
    assert plain.cost(scenario) == pytest.approx(5)
    assert plain.optimum(scenario, relaxed=True).cost == pytest.approx(5)


def test_each_period_has_its_own_need() -> None:
    """Proves: waste heat of the second day alone serves that day's 48 kWh with a whole pipe, for 3
    EUR; 240 kWh of gas on the first day cost 24: 27 EUR.
    If broken: the need of both days lets a sixth of the pipe do, 24.5 EUR.
    """
    scenario = link(
        [("c0", "c1")],
        steps=48,
        period="day",
        heat_demand=[[0.0] * 48, [10.0] * 24 + [2.0] * 24],
        waste_heat=[0.0] * 24 + [100.0] * 24,
        pipe_fixed_cost=3.0,
        heat_storage_limit=90.0,
    )
    assert plain.optimum(scenario, relaxed=True).cost == pytest.approx(27)


@pytest.mark.parametrize(("step_hours", "cost"), [(1.0, -1.0), (0.5, -0.5)])
def test_a_pipe_carries_what_a_full_store_loses(step_hours: float, cost: float) -> None:
    """Proves: where recovering earns 0.01 EUR/kWh, a store of 1,000 kWh is kept full to lose 2 kW
    beside the demand of 10: 12 kW after a booster (1.5) and a pipe that keeps 0.8 are 10 kW at the
    source, −1 EUR in 10 h. Nothing more can be needed, and nothing of it is cut off.
    If broken: −0.83 without the losses, and other sums without booster, pipe loss or step length.
    """
    scenario = link(
        [("c0", "c1")],
        step_hours=step_hours,
        waste_heat_cost=-0.01,
        transfer_electricity=0.5,
        pipe_loss=0.2,
        heat_storage_limit=1000.0,
        heat_storage_loss=0.002,
    )
    assert plain.cost(scenario) == pytest.approx(cost)


def test_the_need_allows_the_way_with_the_largest_loss() -> None:
    """Proves: of two ways from a junction the lossless one costs 50 EUR and one that loses half
    costs 1: the trunk carries 20 kW for a demand of 10: 1 EUR.
    If broken: the trunk carries what the better way would need, and half is gas, 1 + 5 EUR.
    """
    pipes = [("c0", "J"), ("J", "c1"), ("J", "K"), ("K", "c1")]
    scenario = link(pipes, pipe_fixed_cost=[0.0, 50, 1, 0], pipe_loss=[0.0, 0, 0.5, 0])
    assert plain.cost(scenario) == pytest.approx(1)


def meshed(seed: int) -> xr.Dataset:
    """Two days of random heat at three companies in a mesh of lossy pipes with a circle in it."""
    draw = np.random.default_rng(seed).uniform
    pipes = ["c0 c0", "c0 J", "J K", "K J", "J c1", "K c1", "K c2", "c1 c2", "c0 c2"]
    return link(
        [tuple(pipe.split()) for pipe in pipes],
        companies=3,
        steps=12,
        step_hours=4.0,
        period="day",
        heat_demand=draw(0, 20, (3, 12)),
        boiler_fuel_cost=draw(0.1, 0.2, 3),
        waste_heat=draw(0, 200, 12) * (draw(0, 1, 12) < 0.7),
        waste_heat_cost=0.002,
        recovery_cost=0.02,
        pipe_loss=draw(0.0, 0.3, len(pipes)),
        pipe_fixed_cost=draw(0, 20, len(pipes)),
        pipe_capacity_cost=0.01,
        transfer_electricity=draw(0, 0.3, (3, 1)),
        electricity_price=0.1,
        heat_storage_cost=0.001,
        heat_storage_limit=draw(50, 400, 3),
        heat_storage_loss=0.01,
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_need_of_a_period_cuts_no_optimum_off(seed: int) -> None:
    """Proves: with and without the row the whole MILP has one optimum, in a mesh where heat takes
    several ways with different losses; and the row lifts the relaxation.
    If broken: the optimum rises by what the row cuts off, or the relaxation is as low as without.
    """
    scenario = meshed(seed)
    costs = {}
    for solve in (plain.solve_plain, plain.relaxed_plain):
        for row in ("with", "without"):
            model = whole_park(scenario)
            if row == "without":
                getattr(model, "heat of c0").flow_within_need.deactivate()
            costs[solve.__name__, row] = solve(model)
    assert costs["solve_plain", "with"] == pytest.approx(costs["solve_plain", "without"], rel=1e-7)
    assert costs["relaxed_plain", "with"] > costs["relaxed_plain", "without"] * 1.001
    assert costs["relaxed_plain", "with"] <= costs["solve_plain", "with"]
