"""The park in plain Pyomo: the rules over the whole horizon, and HiGHS by Pyomo's own interface.

It shares the rules of ``parkwerk.formulation`` and nothing else with the product: it fills
parameters by label, states exchanges as constraints, and lets Pyomo compile and solve. The tests
compare the product with it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
import xarray as xr

from measure import measure
from parkwerk.formulation import park as actors_of
from parkwerk.formulation.limits import derive
from parkwerk.formulation.park import BUILDERS
from parkwerk.solve.periods import cut

#: What an entry of the menu charges.
OF_ENTRY = ("tariff_fixed", "demand_charge", "monthly_charge", "energy_charge", "levy")
OF_SUPPLY = ("electricity_tax", "electricity_tax_fixed")


def fill(model: Any, scenario: xr.Dataset, labels: dict[str, Any]) -> None:
    """Give every parameter of an actor the scenario's numbers, chosen by label."""
    for parameter in model.component_objects(pyo.Param):
        array = scenario[parameter.local_name]
        at = {d: list(v) if isinstance(v, tuple) else v for d, v in labels.items()}
        array = array.sel({dim: at[dim] for dim in array.dims if dim != "time"})
        sets = [s.local_name for s in parameter.index_set().subsets()] if array.dims else []
        values = array.transpose(*sets).values
        for index in np.ndindex(*values.shape):
            key = index[0] if len(index) == 1 else index or None
            parameter[key] = float(values[index])


def whole_park(scenario: xr.Dataset, tariffs: dict[str, str] | None = None) -> Any:
    """The park as one Pyomo model: a block for each actor over all periods, and the exchanges.

    ``tariffs`` names the tariff of actors with a menu of several.
    """
    scenario = derive(scenario)
    (periods,) = cut(scenario)
    model = pyo.ConcreteModel()
    gives: dict[tuple[str, int], list[Any]] = {}
    costs = []
    for actor in actors_of.actors(scenario, periods.steps):
        tariff = (tariffs or {}).get(actor.name, actor.menu[0])
        built = BUILDERS[actor.shape.kind](replace(actor.shape, periods=len(periods)))
        fill(built, scenario, actor.labels | ({} if tariff is None else {"tariff": tariff}))
        for pair in built.component_objects(pyo.SOSConstraint):
            pair.deactivate()  # as in the linear relaxation
        costs += [cost for booked in built.costs.values() for cost in booked]
        for place, name in enumerate(actor.exchanges):
            for t in built.time:
                gives.setdefault((name, t), []).append(built.delivery[place, t])
        model.add_component(actor.name, built)
    model.exchange = pyo.Constraint(list(gives), rule=lambda _, name, t: sum(gives[name, t]) == 0)
    model.cost = pyo.Objective(expr=sum(costs))
    return model


def textbook_park(scenario: xr.Dataset) -> Any:
    """The park with the menu in the textbook form: each meter's readings split by entry, ``≤ M·z``.

    Every company has a meter of its own; the big number M is its connection limit.
    """
    free = scenario.copy()
    for name in (*OF_ENTRY, *OF_SUPPLY):
        if name in scenario:
            free[name] = xr.zeros_like(scenario[name])
    model = whole_park(free)
    model.menu = pyo.Block(pyo.Any)
    costs = [
        add_menu(model.menu[company], getattr(model, company), scenario, company)
        for company in map(str, scenario["company"].values)
    ]
    model.cost.set_value(model.cost.expr + sum(costs))
    return model


def add_menu(block: Any, site: Any, scenario: xr.Dataset, company: str) -> Any:
    """The choice of one entry, and what it costs [EUR/a].

    ``Σ_k withdrawal[k,t] = withdrawal[t]``, ``withdrawal[k,t] ≤ peak[k] ≤ M·z[k]``, ``Σ_k z = 1``;
    what the supplier delivers is split the same way, within the withdrawal.
    """
    own = scenario.sel(connection=company, company=company)
    entries = [k for k in range(scenario.sizes["tariff"]) if own["tariff_open"].values[k]]
    big, hours = float(own["connection_limit"]), scenario.attrs["step_hours"]
    price = {name: own[name].values for name in (*OF_ENTRY, *OF_SUPPLY) if name in own}
    block.z = pyo.Var(entries, domain=pyo.Binary)
    block.peak = pyo.Var(entries, domain=pyo.NonNegativeReals)
    block.withdrawal = pyo.Var(entries, site.time, domain=pyo.NonNegativeReals)
    block.one = pyo.Constraint(expr=sum(block.z.values()) == 1)
    block.limit = pyo.Constraint(entries, rule=lambda b, k: b.peak[k] <= big * b.z[k])
    block.within = pyo.Constraint(
        entries, site.time, rule=lambda b, k, t: b.withdrawal[k, t] <= b.peak[k]
    )
    block.whole = pyo.Constraint(
        site.time, rule=lambda b, t: sum(b.withdrawal[k, t] for k in entries) == site.withdrawal[t]
    )
    cost = add_tax(block, site, entries, hours, price)
    for k in entries:
        withdrawn = hours * sum(block.withdrawal[k, t] for t in site.time)
        cost += float(price["tariff_fixed"][k]) * block.z[k]
        cost += float(price["demand_charge"][k]) * block.peak[k]
        cost += float(price["energy_charge"][k] + price["levy"][k]) * withdrawn
    monthly = price.get("monthly_charge", np.zeros(scenario.sizes["tariff"]))
    if charged := [k for k in entries if monthly[k] > 0]:
        cost += add_months(block, site, charged, monthly, own["in_month"].values)
    return cost


def add_months(
    block: Any, site: Any, charged: list[int], price: np.ndarray, in_month: np.ndarray
) -> Any:
    """``Σ_k monthly_charge[k]·Σ_m monthly_peak[k,m]``; ``withdrawal[k,t] ≤ monthly_peak[k,m]``."""
    month = in_month.argmax(axis=0)
    block.monthly_peak = pyo.Var(charged, range(len(in_month)), domain=pyo.NonNegativeReals)
    block.within_month = pyo.Constraint(
        charged,
        site.time,
        rule=lambda b, k, t: b.withdrawal[k, t] <= b.monthly_peak[k, int(month[t])],
    )
    return sum(float(price[k]) * peak for (k, _), peak in block.monthly_peak.items())


def add_tax(
    block: Any, site: Any, entries: list[int], hours: float, price: dict[str, np.ndarray]
) -> Any:
    """``Σ_k (electricity_tax_fixed[k]·z[k] + electricity_tax[k]·Σ_t purchase[k,t]·Δt)``."""
    tax, fixed = price["electricity_tax"], price["electricity_tax_fixed"]
    cost = sum(float(fixed[k]) * block.z[k] for k in entries)
    if len({float(tax[k]) for k in entries}) == 1:
        return cost + hours * float(tax[entries[0]]) * sum(site.purchase[t] for t in site.time)
    block.purchase = pyo.Var(entries, site.time, domain=pyo.NonNegativeReals)
    block.purchased = pyo.Constraint(
        site.time, rule=lambda b, t: sum(b.purchase[k, t] for k in entries) == site.purchase[t]
    )
    block.metered = pyo.Constraint(
        entries, site.time, rule=lambda b, k, t: b.purchase[k, t] <= b.withdrawal[k, t]
    )
    return cost + hours * sum(
        float(tax[k]) * block.purchase[k, t] for k in entries for t in site.time
    )


def solve(scenario: xr.Dataset, gap: float, limit: float) -> dict[str, Any]:
    """State the park and solve it by the stock interface."""
    from pyomo.contrib.appsi.solvers import Highs

    model = textbook_park(scenario)
    solver = Highs()
    solver.config.time_limit, solver.config.mip_gap = limit, gap
    solver.config.load_solution = False
    result = solver.solve(model)
    return {
        "objective": result.best_feasible_objective,
        "bound": result.best_objective_bound,
        "solved": result.termination_condition.name == "optimal",
        "solver_s": result.wallclock_time,
        "rows": sum(1 for _ in model.component_data_objects(pyo.Constraint, active=True)),
        "columns": sum(1 for _ in model.component_data_objects(pyo.Var)),
        "binaries": sum(v.is_binary() for v in model.component_data_objects(pyo.Var)),
    }


if __name__ == "__main__":
    measure(solve, ("pyomo", "highspy"))
