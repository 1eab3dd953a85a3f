"""The park as a PyPSA network, stated by hand from a linear scenario's numbers.

It takes nothing from parkwerk. What PyPSA says in its own words:

- the demand charge is the capital cost of the link through the meter, whose size is the peak;
- curtailment is a generator below its availability, feed-in a generator that only takes;
- a battery with a power of its own is a store between two links, tied by linopy constraints;
- the common content of a store at the end of every day is a cyclic store whose contents at the ends
  of all days are set equal: PyPSA closes a cycle over the horizon or an investment period, not over
  days. The store's size bounds that content by itself;
- a meter injects at most what exceeds the demand: a linopy constraint.

No component of PyPSA states the choice of one entry of a menu, an asset that is absent or has a
fixed cost and a smallest size, or a class of plant that decides the price of all it sells.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pypsa
import xarray as xr

from measure import LINEAR, measure, outcome_of
from pypsa_rules import gives, model_of, numbers, roofs_of

pypsa.options.api.legacy_string_dtype = False

#: A size that can be chosen.
SIZED = {"p_nom_extendable": True}
#: A flow that nothing limits, and how PyPSA says so: a power [kW] that none in a park reaches.
AMPLE = {"p_nom": 1e6}


def network_of(scenario: xr.Dataset, weights: np.ndarray | float = 1.0) -> pypsa.Network:
    """The park as a network; a step is an hour, so a loss per hour is one per step."""
    network = pypsa.Network()
    network.set_snapshots(scenario["time"].to_index())
    network.snapshot_weightings["objective"] = weights
    network.add("Carrier", "AC")
    for company in map(str, scenario["company"].values):
        own = numbers(scenario, company=company, connection=company)
        add_grid(network, company, own)
        add_pv(network, company, own, roofs_of(scenario, company))
        add_battery(network, company, own)
        if own["heat_demand"].max() > 0:
            add_heat(network, company, own)
    for pool in map(str, scenario["pool"].values):
        add_pool(network, pool, scenario.sel(pool=pool))
    for source in map(str, scenario["heat_source"].values):
        add_waste_heat(network, scenario, source)
    return network


def fixed_cost(scenario: xr.Dataset) -> float:
    """What companies pay whatever they do [EUR/a]."""
    return float(scenario["tariff_fixed"].sum() + scenario["electricity_tax_fixed"].sum())


def add_grid(network: pypsa.Network, company: str, own: dict[str, Any]) -> None:
    """Supplier, withdrawal through the meter, and what leaves through it."""
    outside, leaving = f"{company} before the meter", f"{company} leaving"
    network.add("Bus", [company, outside, leaving])
    network.add("Load", f"{company} demand", bus=company, p_set=own["electricity_demand"])
    price = own["electricity_price"] + own["electricity_tax"]
    network.add("Generator", f"{company} supplier", bus=outside, marginal_cost=price, **AMPLE)
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
        **AMPLE,
    )


def add_pv(
    network: pypsa.Network, company: str, own: dict[str, Any], roofs: dict[str, dict[str, Any]]
) -> None:
    """A plant whose power is used on site or leaves through the meter; the rest is curtailed."""
    bus, leaving = f"{company} roof", f"{company} leaving"
    network.add("Bus", bus)
    for roof, its in roofs.items():
        network.add(
            "Generator",
            f"{roof} PV",
            bus=bus,
            p_max_pu=its["pv_yield"],
            p_nom_min=its["roof_duty"],
            p_nom_max=its["roof_limit"],
            capital_cost=own["pv_class_cost"],
            **SIZED,
        )
    network.add("Link", f"{company} PV used", bus0=bus, bus1=company, **AMPLE)
    limit = own["connection_limit"]
    network.add("Link", f"{company} PV leaving", bus0=bus, bus1=leaving, p_nom=limit)


def add_pool(network: pypsa.Network, pool: str, own: xr.Dataset) -> None:
    """Over the public grid a pool reaches from meter to meter, else from roof to demand."""
    if not own["pool_gives"].any():
        return
    network.add("Bus", pool)
    on_grid = bool(own["pool_on_grid"])
    for company in map(str, own["company"].values):
        source = f"{company} leaving" if on_grid else f"{company} roof"
        target = f"{company} before the meter" if on_grid else company
        its = own.sel(company=company)
        if its["pool_gives"]:
            network.add("Link", gives(company, pool), bus0=source, bus1=pool, **AMPLE)
        if its["pool_takes"]:
            cost = float(its["pool_charge"])
            ends = {"bus0": pool, "bus1": target}
            network.add("Link", f"{company} takes from {pool}", marginal_cost=cost, **ends, **AMPLE)


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
    network.add("Generator", f"{company} boiler", bus=heat, marginal_cost=gas, **AMPLE)
    cop = 1 / own["heat_pump_electricity"]
    network.add("Link", f"{pump} drive", bus0=company, bus1=pump, efficiency=cop, **AMPLE)
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


def add_waste_heat(network: pypsa.Network, scenario: xr.Dataset, source: str) -> None:
    """Waste heat of a company, its recovery, pipes with loss, and boosters where they end.

    A kWh taken comes to ``1 + β`` kWh of heat with ``β`` kWh of electricity. A booster is sized by
    the heat it gives, a link by what enters it.
    """
    own = numbers(scenario, heat_source=source)
    most = own["waste_heat"].max()
    companies, ends = scenario["company"].values, scenario["pipe_to"].values
    network.add("Bus", ["waste heat", f"heat of {source}"])
    network.add("Bus", [f"heat at {node}" for node in dict.fromkeys(map(str, ends))])
    network.add(
        "Generator",
        "waste heat",
        bus="waste heat",
        p_nom=most,
        p_max_pu=own["waste_heat"] / most,
        marginal_cost=own["waste_heat_cost"],
    )
    way = {"bus0": "waste heat", "bus1": f"heat of {source}"}
    network.add("Link", "recovery", capital_cost=own["recovery_cost"], **way, **SIZED)
    for pipe in map(str, scenario["pipe"].values):
        its = numbers(scenario, pipe=pipe)
        start, end = (scenario[name].sel(pipe=pipe).item() for name in ("pipe_from", "pipe_to"))
        network.add(
            "Link",
            pipe,
            bus0=f"heat of {source}" if start == source else f"heat at {start}",
            bus1=f"heat at {end}",
            efficiency=1 - its["pipe_loss"],
            capital_cost=its["pipe_capacity_cost"],
            **SIZED,
        )
    for company in dict.fromkeys(str(end) for end in ends if end in companies):
        its = numbers(scenario, heat_source=source, company=company)
        boost = its["transfer_electricity"]
        network.add(
            "Link",
            f"{company} booster",
            bus0=f"heat at {company}",
            bus1=f"{company} heat",
            bus2=company,
            efficiency=1 + boost,
            efficiency2=-boost,
            capital_cost=its["transfer_cost"] * (1 + boost),
            **SIZED,
        )


def solve(scenario: xr.Dataset, gap: float, limit: float) -> dict[str, Any]:
    """State the park and solve it as PyPSA does, without a file in between."""
    model = model_of(network_of(scenario), scenario)
    options = {"time_limit": limit, **LINEAR}
    model.solve(solver_name="highs", io_api="direct", progress=False, **options)
    return outcome_of(model.solver_model, fixed_cost(scenario))


if __name__ == "__main__":
    measure(solve, ("pypsa", "linopy", "highspy"))
