"""The same small park in PyPSA, stated by hand from the scenario's numbers.

Three companies, three days that stand for different numbers of days of the year, hourly. The PyPSA
network below takes nothing from parkwerk's formulation. Both are linear programs: one tariff, one
PV class without a smallest size, and no cost that does not grow with size, so that parkwerk's
binaries are free and its integrality is dropped.

What PyPSA says in its own words:

- the demand charge is the capital cost of the link through the meter, whose size is the peak;
- curtailment is a generator below its availability, feed-in a generator that only takes;
- a battery with a power of its own is a store between two links, tied by linopy constraints;
- the common content of a store at the end of every day is a cyclic store whose contents at the ends
  of all days are set equal: PyPSA closes a cycle over the horizon or an investment period, not over
  days. The store's size bounds that content by itself.

Flows that exclude each other (buying or selling at one meter, discharging or selling) may overlap
in both linear programs; parkwerk settles them in its dispatch. What it keeps of them in the linear
program, that a meter injects at most what exceeds the demand, is a linopy constraint here. Without
it PyPSA's park costs 0.01 EUR less: the first company's battery discharges while its PV sells.

What no component of PyPSA states, and is not compared here: the choice of one entry of a tariff
menu; a plant that is absent or has at least a smallest size and whose class decides the price of
all it sells; the convex hull of such choices. They would be binaries written by hand in linopy.

PyPSA has none of the limits of ``formulation/limits.py`` on pipes, givers and takers, so an equal
optimum also says that they cut nothing off here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pypsa
import pytest
import xarray as xr

from parkwerk.solve.assemble import Park, assemble
from parkwerk.solve.periods import cut
from parkwerk.solve.program import Solver
from toy import STEPS_PER_DAY, toy_park

pypsa.options.api.legacy_string_dtype = False

#: How many days of the year each day stands for.
WEIGHTS = np.array([0.5, 1.0, 2.0])
DAYS = len(WEIGHTS)
COMPANIES = ("c0", "c1", "c2")
#: The first company has the waste heat; pipes lead to the others by way of a junction.
SOURCE, HEATED = "c0", ("c1", "c2")

#: A size that can be chosen; without a cost it limits nothing.
SIZED = {"p_nom_extendable": True}

#: Sizes by (actor or pipe, quantity).
Sizes = dict[tuple[str, str], float]


def linear_park(on_grid: bool) -> xr.Dataset:
    """A park without choices, in which everything is built and used somewhere.

    The first company buys from nobody, the last has hardly a roof.
    """
    scenario = toy_park(
        companies=len(COMPANIES),
        days=DAYS,
        tariff_fixed=40.0,
        electricity_tax_fixed=2.5,
        connection_limit=[1000.0, 160.0, 1000.0],
        roof_limit=[150.0, 1000.0, 40.0],
        pv_class_min=0.0,
        pv_class_max=1e4,
        pv_class_fixed_cost=0.0,
        pv_class_cost=140.0 * DAYS / 365,
        battery_fixed_cost=0.0,
        battery_energy_cost=40.0 * DAYS / 365,
        battery_charge_efficiency=0.96,
        battery_discharge_efficiency=0.93,
        battery_self_discharge=0.002,
        battery_c_rate=0.75,
        heat_pump_limit=[500.0, 50.0, 500.0],
        heat_storage_limit=400.0,
        pipe_fixed_cost=0.0,
        pool_fixed_cost=0.0,
        pool_on_grid=float(on_grid),
        pool_gives=[[1.0, 1.0, 0.0]],
        pool_takes=[[0.0, 1.0, 1.0]],
    )
    # On a sunny noon the grid pays less than nothing, so that PV is curtailed.
    scenario["feed_in_price"][:] = scenario["spot_price"] - 0.04
    return scenario.isel(tariff=[1], pv_class=[0], feed_in_rule=[0])


@pytest.mark.parametrize("on_grid", [True, False], ids=["public grid", "private wire"])
def test_pypsa_finds_the_same_cost_and_sizes(on_grid: bool) -> None:
    """Least cost is equal to 1e-6, and so are the sizes, all of which are unique here.

    Over the public grid that is 3591.53 EUR. If the stores did not return to one level every day,
    they would carry energy from the day that counts half to the one that counts twice: 3418.57. A
    battery that discharges at any power for nothing and has no C-rate comes to 3590.13, sales that
    are not held to the surplus to 3591.51.
    """
    scenario = linear_park(on_grid)
    cost, sizes = solve_parkwerk(scenario)
    network = solve_pypsa(scenario)
    fixed = float(scenario["tariff_fixed"].sum() + scenario["electricity_tax_fixed"].sum())
    assert network.objective + fixed == pytest.approx(cost, rel=1e-6)
    found = sizes_of(network, scenario)
    assert found == pytest.approx({key: sizes[key] for key in found}, rel=1e-6)

    # Nothing is equal only because neither uses it.
    assert min(found.values()) > 1
    power = network.generators_t["p"]
    sun = network.generators_t["p_max_pu"] * network.generators["p_nom_opt"]
    assert (sun - power).filter(like=" PV").to_numpy().sum() > 10
    assert power.filter(like=" feed-in").to_numpy().sum() < -10
    assert power.filter(like=" boiler").to_numpy().sum() > 10
    assert network.links_t["p0"].filter(like=" takes").to_numpy().sum() > 10


def solve_parkwerk(scenario: xr.Dataset) -> tuple[float, Sizes]:
    """Least cost and sizes of parkwerk's program of the whole park without integrality."""
    groups = cut(scenario)
    park = Park(scenario, groups)
    joint = assemble(park, groups, [WEIGHTS])
    arrays = joint.program.arrays()
    arrays.integer[:] = False
    solver = Solver()
    solver.load(arrays)
    answer = solver.solve()
    assert answer is not None
    sizes: Sizes = {}
    for actor, (copy,) in zip(park.actors, joint.copies, strict=True):
        design = answer.columns[copy.design]
        for block in park.template(actor).design:
            names = actor.labels["pipe"] if block.name == "pipe_capacity" else [actor.name]
            # All other sizes have one element: one roof, one class, at most one heat source.
            pairs = zip(names, design[block.slice], strict=False)
            sizes |= {(name, block.name): value for name, value in pairs}
    return answer.objective, sizes


def solve_pypsa(scenario: xr.Dataset) -> pypsa.Network:
    """The park as a network, solved; a step is an hour, so a loss per hour is one per step."""
    network = pypsa.Network()
    network.set_snapshots(scenario["time"].to_index())
    network.snapshot_weightings["objective"] = np.repeat(WEIGHTS, STEPS_PER_DAY)
    network.add("Carrier", "AC")
    network.add("Bus", "pool")
    for company in COMPANIES:
        own = numbers(scenario, company=company, connection=company, roof=f"roof {company}")
        add_grid(network, company, own)
        add_pv(network, company, own)
        add_pool(network, company, own)
        add_battery(network, company, own)
        add_heat(network, company, own)
    add_waste_heat(network, scenario)

    def tie(network: pypsa.Network, _: Any) -> None:
        tie_batteries(network, numbers(scenario))
        tie_ends_of_days(network)
        for company in COMPANIES:
            own = numbers(scenario, company=company, roof=f"roof {company}")
            tie_injection(network, company, own)

    status = network.optimize(
        solver_name="highs",
        extra_functionality=tie,
        include_objective_constant=False,
        log_to_console=False,
    )
    assert status == ("ok", "optimal")
    return network


def numbers(scenario: xr.Dataset, **labels: str) -> dict[str, Any]:
    """Quantities at some labels: a series as an array, a number as a float."""
    chosen = scenario.sel(labels).squeeze(drop=True)
    return {str(name): array.values[()] for name, array in chosen.data_vars.items()}


def add_grid(network: pypsa.Network, company: str, own: dict[str, Any]) -> None:
    """Supplier, withdrawal through the meter, and what leaves through it."""
    outside, leaving = f"{company} before the meter", f"{company} leaving"
    network.add("Bus", [company, outside, leaving])
    network.add("Load", f"{company} demand", bus=company, p_set=own["electricity_demand"])
    price = own["electricity_price"] + own["electricity_tax"]
    network.add("Generator", f"{company} supplier", bus=outside, marginal_cost=price, **SIZED)
    network.add(
        "Link",
        f"{company} meter",
        bus0=outside,
        bus1=company,
        p_nom_max=own["connection_limit"],
        capital_cost=own["demand_charge"],
        marginal_cost=own["energy_charge"] + own["levy"],
        **SIZED,
    )
    network.add(
        "Generator",
        f"{company} feed-in",
        bus=leaving,
        p_min_pu=-1.0,
        p_max_pu=0.0,
        marginal_cost=own["feed_in_price"],
        **SIZED,
    )


def add_pv(network: pypsa.Network, company: str, own: dict[str, Any]) -> None:
    """A plant whose power is used on site or leaves through the meter; the rest is curtailed."""
    roof, leaving = f"{company} roof", f"{company} leaving"
    network.add("Bus", roof)
    network.add(
        "Generator",
        f"{company} PV",
        bus=roof,
        p_max_pu=own["pv_yield"],
        p_nom_max=own["roof_limit"],
        capital_cost=own["pv_class_cost"],
        **SIZED,
    )
    network.add("Link", f"{company} PV used", bus0=roof, bus1=company, **SIZED)
    limit = own["connection_limit"]
    network.add("Link", f"{company} PV leaving", bus0=roof, bus1=leaving, p_nom=limit)


def add_pool(network: pypsa.Network, company: str, own: dict[str, Any]) -> None:
    """Over the public grid a pool reaches from meter to meter, else from roof to demand."""
    on_grid = own["pool_on_grid"]
    source = f"{company} leaving" if on_grid else f"{company} roof"
    target = f"{company} before the meter" if on_grid else company
    if own["pool_gives"]:
        network.add("Link", f"{company} gives", bus0=source, bus1="pool", **SIZED)
    if own["pool_takes"]:
        cost = {"marginal_cost": own["pool_charge"]}
        network.add("Link", f"{company} takes", bus0="pool", bus1=target, **cost, **SIZED)


def add_battery(network: pypsa.Network, company: str, own: dict[str, Any]) -> None:
    """A store between two links, of which the one that charges it bears the cost of power."""
    battery = f"{company} battery"
    network.add("Bus", battery)
    network.add(
        "Store",
        battery,
        bus=battery,
        e_nom_extendable=True,
        e_nom_max=own["battery_limit"],
        e_cyclic=True,
        standing_loss=own["battery_self_discharge"],
        capital_cost=own["battery_energy_cost"],
    )
    network.add(
        "Link",
        f"{battery} charge",
        bus0=company,
        bus1=battery,
        efficiency=own["battery_charge_efficiency"],
        capital_cost=own["battery_power_cost"],
        **SIZED,
    )
    kept = own["battery_discharge_efficiency"]
    ends = {"bus0": battery, "bus1": company}
    network.add("Link", f"{battery} discharge", efficiency=kept, **ends, **SIZED)


def add_heat(network: pypsa.Network, company: str, own: dict[str, Any]) -> None:
    """Boiler, heat pump and store; the heat pump is sized by its heat, behind the hourly COP."""
    heat, pump = f"{company} heat", f"{company} heat pump"
    network.add("Bus", [heat, pump])
    network.add("Load", heat, bus=heat, p_set=own["heat_demand"])
    gas = own["boiler_fuel_cost"] + own["boiler_carbon_cost"]
    network.add("Generator", f"{company} boiler", bus=heat, marginal_cost=gas, **SIZED)
    cop = 1 / own["heat_pump_electricity"]
    network.add("Link", f"{pump} drive", bus0=company, bus1=pump, efficiency=cop, **SIZED)
    size = {"p_nom_max": own["heat_pump_limit"], "capital_cost": own["heat_pump_cost"]}
    network.add("Link", pump, bus0=pump, bus1=heat, **size, **SIZED)
    network.add(
        "Store",
        f"{company} heat store",
        bus=heat,
        e_nom_extendable=True,
        e_nom_max=own["heat_storage_limit"],
        e_cyclic=True,
        standing_loss=own["heat_storage_loss"],
        capital_cost=own["heat_storage_cost"],
    )


def add_waste_heat(network: pypsa.Network, scenario: xr.Dataset) -> None:
    """Waste heat of the first company, its recovery, pipes with loss, and boosters at the others.

    A kWh taken comes to ``1 + β`` kWh of heat with ``β`` kWh of electricity. A booster is sized by
    the heat it gives, a link by what enters it.
    """
    own = numbers(scenario, heat_source=SOURCE)
    most = own["waste_heat"].max()
    network.add("Bus", ["waste heat", *(f"heat at {node}" for node in (SOURCE, "J1", *HEATED))])
    network.add(
        "Generator",
        "waste heat",
        bus="waste heat",
        p_nom=most,
        p_max_pu=own["waste_heat"] / most,
        marginal_cost=own["waste_heat_cost"],
    )
    ends = {"bus0": "waste heat", "bus1": f"heat at {SOURCE}"}
    network.add("Link", "recovery", capital_cost=own["recovery_cost"], **ends, **SIZED)
    for pipe in map(str, scenario["pipe"].values):
        own = numbers(scenario, pipe=pipe)
        network.add(
            "Link",
            pipe,
            bus0=f"heat at {scenario['pipe_from'].sel(pipe=pipe).item()}",
            bus1=f"heat at {scenario['pipe_to'].sel(pipe=pipe).item()}",
            efficiency=1 - own["pipe_loss"],
            capital_cost=own["pipe_capacity_cost"],
            **SIZED,
        )
    for company in HEATED:
        own = numbers(scenario, heat_source=SOURCE, company=company)
        boost = own["transfer_electricity"]
        network.add(
            "Link",
            f"{company} booster",
            bus0=f"heat at {company}",
            bus1=f"{company} heat",
            bus2=company,
            efficiency=1 + boost,
            efficiency2=-boost,
            capital_cost=own["transfer_cost"] * (1 + boost),
            **SIZED,
        )


def tie_batteries(network: pypsa.Network, park: dict[str, Any]) -> None:
    """Charging and discharging have one power, counted outside the battery, within the C-rate."""
    model, kept = network.model, park["battery_discharge_efficiency"]
    for battery in (f"{company} battery" for company in COMPANIES):
        charge, discharge = (
            model["Link-p_nom"].sel(name=f"{battery} {way}", drop=True)
            for way in ("charge", "discharge")
        )
        bound = park["battery_c_rate"] * model["Store-e_nom"].sel(name=battery, drop=True)
        model.add_constraints(charge - kept * discharge == 0, name=f"{battery}: power")
        model.add_constraints(charge - bound <= 0, name=f"{battery}: C-rate")


def tie_ends_of_days(network: pypsa.Network) -> None:
    """Every store ends every day at the content at which it ends the last."""
    content = network.model["Store-e"]
    ends = [content.isel(snapshot=day * STEPS_PER_DAY - 1, drop=True) for day in range(1, DAYS + 1)]
    for day, end in enumerate(ends[:-1]):
        network.model.add_constraints(end - ends[-1] == 0, name=f"end of day {day}")


def tie_injection(network: pypsa.Network, company: str, own: dict[str, Any]) -> None:
    """What leaves is at most the surplus: ``yield·size·max(0, 1 − demand/(yield·roof))``.

    That is the chord over ``max(0, generation − demand)`` from no plant to a full roof. What goes
    over a private wire leaves too.
    """
    flow = network.model["Link-p"]
    full = own["pv_yield"] * own["roof_limit"]
    surplus = np.maximum(full - own["electricity_demand"], 0.0) / own["roof_limit"]
    size = network.model["Generator-p_nom"].sel(name=f"{company} PV", drop=True)
    sun = xr.DataArray(surplus, coords={"snapshot": network.snapshots}) * size
    excess = flow.sel(name=f"{company} PV leaving", drop=True) - sun
    if own["pool_gives"] and not own["pool_on_grid"]:
        excess = excess + flow.sel(name=f"{company} gives", drop=True)
    network.model.add_constraints(excess <= 0, name=f"{company}: injection")


def sizes_of(network: pypsa.Network, scenario: xr.Dataset) -> Sizes:
    """Sizes under the names of parkwerk."""
    link, store = network.links["p_nom_opt"], network.stores["e_nom_opt"]
    sizes = {(pipe, "pipe_capacity"): link[pipe] for pipe in map(str, scenario["pipe"].values)}
    sizes[f"heat of {SOURCE}", "recovery_capacity"] = link["recovery"]
    for company in COMPANIES:
        sizes |= {
            (company, "peak"): link[f"{company} meter"],
            (company, "pv_capacity"): network.generators["p_nom_opt"][f"{company} PV"],
            (company, "battery_energy"): store[f"{company} battery"],
            (company, "battery_power"): link[f"{company} battery charge"],
            (company, "heat_pump_capacity"): link[f"{company} heat pump"],
            (company, "heat_storage_energy"): store[f"{company} heat store"],
        }
    for company in HEATED:
        boost = scenario["transfer_electricity"].sel(company=company).item()
        sizes[company, "transfer_capacity"] = link[f"{company} booster"] * (1 + boost)
    return sizes
