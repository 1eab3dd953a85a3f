"""The park as a flixopt flow system, stated by hand from the scenario's numbers.

It takes nothing from parkwerk. flixopt knows investments that are absent or have a fixed cost and a
size, so pipes, batteries, memberships of pools, plants and the entries of the tariff menu are such
investments: an entry is a meter with a fixed cost and a demand charge on its size. Written in
linopy on top of it are the rules that tie several investments or flows:

- one meter of each company; one class of PV with a smallest size over all roofs, and roofs with
  room and duty; membership that holds for giving and for taking; one direct line of a company;
- the C-rate of a battery; the common content of a store at the end of every day;
- a site gives at most what exceeds its demand and what its connection carries.
"""

from __future__ import annotations

from typing import Any

import flixopt as fx
import numpy as np
import xarray as xr

from flixopt_rules import COST, classes_of, gives, plant, roofs_of, takes, tie
from measure import measure, outcome_of


def system_of(scenario: xr.Dataset) -> fx.FlowSystem:
    """The park's buses and components."""
    system = fx.FlowSystem(scenario["time"].to_index())
    system.add_elements(fx.Effect(COST, "EUR", "yearly cost", is_standard=True, is_objective=True))
    for company in map(str, scenario["company"].values):
        own = scenario.sel(company=company, connection=company)
        add_grid(system, company, own)
        add_pv(system, company, own)
        add_battery(system, company, own)
        if own["heat_demand"].max() > 0:
            add_heat(system, company, own)
    for pool in map(str, scenario["pool"].values):
        if scenario["pool_gives"].sel(pool=pool).any():
            add_pool(system, scenario.sel(pool=pool))
    for source in map(str, scenario["heat_source"].values):
        add_waste_heat(system, scenario.sel(heat_source=source), source)
    return system


# --- parts ---------------------------------------------------------------------------------------
def size(most: float, per_size: float = 0.0, fixed: float = 0.0, choice: bool = False) -> Any:
    """A size up to the most that is of use, with its costs, and whether it is there at all."""
    return fx.InvestParameters(
        minimum_size=0.0,
        maximum_size=most,
        mandatory=not choice,
        effects_of_investment={COST: fixed},
        effects_of_investment_per_size={COST: per_size},
    )


def source(system: fx.FlowSystem, label: str, bus: str, **flow: Any) -> None:
    """Something that gives to a bus."""
    system.add_elements(fx.Source(label, outputs=[fx.Flow("out", bus=bus, **flow)]))


def sink(system: fx.FlowSystem, label: str, bus: str, **flow: Any) -> None:
    """Something that takes from a bus."""
    system.add_elements(fx.Sink(label, inputs=[fx.Flow("in", bus=bus, **flow)]))


def link(
    system: fx.FlowSystem, label: str, start: str, end: str, kept: float = 1.0, **flow: Any
) -> None:
    """A way from bus to bus, sized and paid for where it begins."""
    ways = [fx.Flow("in", bus=start, **flow)], [fx.Flow("out", bus=end)]
    factors = [{"in": kept, "out": 1.0}]
    system.add_elements(fx.LinearConverter(label, *ways, conversion_factors=factors))


def series(array: xr.DataArray) -> np.ndarray:
    """A series as plain numbers."""
    return np.asarray(array.values, dtype=float)


# --- components ----------------------------------------------------------------------------------
def add_grid(system: fx.FlowSystem, company: str, own: xr.Dataset) -> None:
    """Demand, supplier, and a meter for each entry of the menu."""
    outside = f"{company} before the meter"
    system.add_elements(fx.Bus(company), fx.Bus(outside))
    demand = series(own["electricity_demand"])
    sink(system, f"{company} demand", company, size=1, fixed_relative_profile=demand)
    entries = own.isel(tariff=np.flatnonzero(own["tariff_open"].values > 0))
    tax = float(entries["electricity_tax"][0])
    price = series(own["electricity_price"]) + tax
    source(system, f"{company} supplier", outside, effects_per_flow_hour=price)
    for k in range(entries.sizes["tariff"]):
        entry = entries.isel(tariff=k)
        fixed = float(entry["tariff_fixed"] + entry["electricity_tax_fixed"])
        meter = size(float(own["connection_limit"]), float(entry["demand_charge"]), fixed, True)
        charge = float(entry["energy_charge"] + entry["levy"])
        name = f"{company} meter {k}"
        link(system, name, outside, company, size=meter, effects_per_flow_hour=charge)


def add_pv(system: fx.FlowSystem, company: str, own: xr.Dataset) -> None:
    """A plant on each roof for each class; the rule of the class pays what is sold.

    Costs that a class has once are added in :func:`tie_classes`.
    """
    sun = f"{company} sun"
    system.add_elements(fx.Bus(sun))
    link(system, f"{company} PV used", sun, company)
    classes = classes_of(own)
    for rule in dict.fromkeys(str(own["pv_class_rule"].sel(pv_class=k).item()) for k in classes):
        bus = f"{company} {rule}"
        system.add_elements(fx.Bus(bus))
        link(system, f"{bus} onwards", bus, sun)
        price = series(own["feed_in_price"].sel(feed_in_rule=rule))
        sink(system, f"{bus} sold", bus, effects_per_flow_hour=-price)
    for roof in roofs_of(own, company):
        its = own.sel(roof=roof)
        for k in classes:
            cost = float(own["pv_class_cost"].sel(pv_class=k))
            source(
                system,
                plant(roof, k),
                f"{company} {own['pv_class_rule'].sel(pv_class=k).item()}",
                size=size(float(its["roof_limit"]), cost),
                relative_maximum=series(its["pv_yield"]),
            )


def add_battery(system: fx.FlowSystem, company: str, own: xr.Dataset) -> None:
    """Energy and power are sized apart; a built battery has a fixed cost."""
    most = float(own["battery_limit"])
    fastest = most * float(own["battery_c_rate"])
    power = float(own["battery_power_cost"])
    cost = float(own["battery_energy_cost"]), float(own["battery_fixed_cost"])
    system.add_elements(
        fx.Storage(
            f"{company} battery",
            charging=fx.Flow("charge", bus=company, size=size(fastest, power)),
            discharging=fx.Flow("discharge", bus=company, size=size(fastest)),
            capacity_in_flow_hours=size(most, *cost, choice=True),
            initial_charge_state="equals_final",
            eta_charge=float(own["battery_charge_efficiency"]),
            eta_discharge=float(own["battery_discharge_efficiency"]),
            relative_loss_per_hour=float(own["battery_self_discharge"]),
            prevent_simultaneous_charge_and_discharge=False,
            balanced=True,
        )
    )


def add_heat(system: fx.FlowSystem, company: str, own: xr.Dataset) -> None:
    """Boiler, heat pump and store."""
    heat = f"{company} heat"
    system.add_elements(fx.Bus(heat))
    demand = series(own["heat_demand"])
    sink(system, f"{company} heat demand", heat, size=1, fixed_relative_profile=demand)
    gas = float(own["boiler_fuel_cost"] + own["boiler_carbon_cost"])
    source(system, f"{company} boiler", heat, effects_per_flow_hour=gas)
    pump = size(float(own["heat_pump_limit"]), float(own["heat_pump_cost"]))
    ends = [fx.Flow("in", bus=company)], [fx.Flow("out", bus=heat, size=pump)]
    factors = [{"in": 1.0, "out": series(own["heat_pump_electricity"])}]
    system.add_elements(
        fx.LinearConverter(f"{company} heat pump", *ends, conversion_factors=factors),
        fx.Storage(
            f"{company} heat store",
            charging=fx.Flow("charge", bus=heat),
            discharging=fx.Flow("discharge", bus=heat),
            capacity_in_flow_hours=size(
                float(own["heat_storage_limit"]), float(own["heat_storage_cost"])
            ),
            initial_charge_state="equals_final",
            relative_loss_per_hour=float(own["heat_storage_loss"]),
            prevent_simultaneous_charge_and_discharge=False,
        ),
    )


def add_pool(system: fx.FlowSystem, own: xr.Dataset) -> None:
    """Over the public grid a pool reaches from meter to meter, else from roof to demand.

    Membership is an investment of what a member gives, or of what it takes if it gives nothing.
    """
    pool, on_grid = str(own["pool"].item()), bool(own["pool_on_grid"])
    system.add_elements(fx.Bus(pool))
    for company in map(str, own["company"].values):
        its = own.sel(company=company)
        fixed = float(its["pool_fixed_cost"])
        if its["pool_gives"]:
            way = size(float(its["share_out_limit"].max()), fixed=fixed, choice=True)
            link(system, gives(company, pool), f"{company} sun", pool, size=way)
        if its["pool_takes"]:
            fee = 0.0 if its["pool_gives"] else fixed
            way = size(float(its["share_in_limit"].max()), fixed=fee, choice=True)
            charge = float(its["pool_charge"])
            end = f"{company} before the meter" if on_grid else company
            name = takes(company, pool)
            link(system, name, pool, end, size=way, effects_per_flow_hour=charge)


def add_waste_heat(system: fx.FlowSystem, own: xr.Dataset, origin: str) -> None:
    """Waste heat of a company, its recovery, pipes with loss, and boosters where they end.

    A kWh taken comes to ``1 + β`` kWh of heat with ``β`` kWh of electricity.
    """
    companies, ends = own["company"].values, list(map(str, own["pipe_to"].values))
    most = float(own["waste_heat"].max())
    nodes = ["waste heat", f"heat of {origin}", *(f"heat at {n}" for n in dict.fromkeys(ends))]
    system.add_elements(*(fx.Bus(node) for node in nodes))
    profile, cost = series(own["waste_heat"]) / most, float(own["waste_heat_cost"])
    flow = {"size": most, "relative_maximum": profile, "effects_per_flow_hour": cost}
    source(system, "waste heat source", "waste heat", **flow)
    recovery = size(most, float(own["recovery_cost"]))
    link(system, "recovery", "waste heat", f"heat of {origin}", size=recovery)
    for pipe in map(str, own["pipe"].values):
        its = own.sel(pipe=pipe)
        start, end = its["pipe_from"].item(), its["pipe_to"].item()
        costs = float(its["pipe_capacity_cost"]), float(its["pipe_fixed_cost"])
        way = size(float(its["pipe_capacity_limit"]), *costs, choice=True)
        begin = f"heat of {origin}" if start == origin else f"heat at {start}"
        # A label may not hold an arrow.
        label = pipe.replace("->", " to ")
        link(system, label, begin, f"heat at {end}", float(its["pipe_retention"]), size=way)
    for company in dict.fromkeys(end for end in ends if end in companies):
        its = own.sel(company=company)
        boost = float(its["transfer_electricity"])
        booster = size((1 + boost) * most, float(its["transfer_cost"]))
        heat = fx.Flow("heat", bus=f"heat at {company}"), fx.Flow("power", bus=company)
        out = [fx.Flow("out", bus=f"{company} heat", size=booster)]
        factors = [{"heat": 1 + boost, "out": 1.0}, {"power": (1 + boost) / boost, "out": 1.0}]
        name = f"{company} booster"
        system.add_elements(fx.LinearConverter(name, [*heat], out, conversion_factors=factors))


def solve(scenario: xr.Dataset, gap: float, limit: float) -> dict[str, Any]:
    """State the park and solve it as flixopt does, without a file in between."""
    fx.CONFIG.silent()
    system = system_of(scenario)
    system.build_model()
    tie(system, scenario)
    options = {"mip_rel_gap": gap, "time_limit": limit}
    system.model.solve(solver_name="highs", io_api="direct", progress=False, **options)
    return outcome_of(system.model.solver_model)


if __name__ == "__main__":
    measure(solve, ("flixopt", "linopy", "highspy"))
