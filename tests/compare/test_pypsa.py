"""The same small park in PyPSA, as the benchmark states it (``benchmarks/tools/pypsa_park.py``).

Three companies, three days that stand for different numbers of days of the year, hourly. The PyPSA
network takes nothing from parkwerk's formulation. Both are linear programs: one tariff, one PV
class without a smallest size, and no cost that does not grow with size, so that parkwerk's binaries
are free and its integrality is dropped.

Flows that exclude each other (buying or selling at one meter, discharging or selling) may overlap
in both linear programs; parkwerk settles them in its dispatch. What it keeps of them in the linear
program, that a meter injects at most what exceeds the demand, is a linopy constraint there. Without
it PyPSA's park costs 0.01 EUR less: the first company's battery discharges while its PV sells.

PyPSA has none of the limits of ``formulation/limits.py`` on pipes, givers and takers, so an equal
optimum also says that they cut nothing off here.
"""

from __future__ import annotations

import numpy as np
import pypsa
import pytest
import xarray as xr

from parkwerk.solve.assemble import Park, assemble
from parkwerk.solve.periods import cut
from parkwerk.solve.program import Solver
from pypsa_park import fixed_cost, model_of, network_of
from toy import STEPS_PER_DAY, toy_park

#: How many days of the year each day stands for.
WEIGHTS = np.array([0.5, 1.0, 2.0])
DAYS = len(WEIGHTS)
COMPANIES = ("c0", "c1", "c2")
#: The first company has the waste heat; pipes lead to the others by way of a junction.
SOURCE, HEATED = "c0", ("c1", "c2")

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
    assert network.objective + fixed_cost(scenario) == pytest.approx(cost, rel=1e-6)
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
    """The park as a network, solved."""
    network = network_of(scenario, np.repeat(WEIGHTS, STEPS_PER_DAY))
    model_of(network, scenario)
    status = network.optimize.solve_model(solver_name="highs", log_to_console=False)
    assert status == ("ok", "optimal")
    return network


def sizes_of(network: pypsa.Network, scenario: xr.Dataset) -> Sizes:
    """Sizes under the names of parkwerk."""
    link, store = network.links["p_nom_opt"], network.stores["e_nom_opt"]
    sizes = {(pipe, "pipe_capacity"): link[pipe] for pipe in map(str, scenario["pipe"].values)}
    sizes[f"heat of {SOURCE}", "recovery_capacity"] = link["recovery"]
    for company in COMPANIES:
        sizes |= {
            (company, "peak"): link[f"{company} meter"],
            (company, "pv_capacity"): network.generators["p_nom_opt"][f"roof {company} PV"],
            (company, "battery_energy"): store[f"{company} battery"],
            (company, "battery_power"): link[f"{company} battery charge"],
            (company, "heat_pump_capacity"): link[f"{company} heat pump"],
            (company, "heat_storage_energy"): store[f"{company} heat store"],
        }
    for company in HEATED:
        boost = scenario["transfer_electricity"].sel(company=company).item()
        sizes[company, "transfer_capacity"] = link[f"{company} booster"] * (1 + boost)
    return sizes
