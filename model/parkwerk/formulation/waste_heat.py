"""A heat source with its candidate pipes: what a company recovers, and who can have it.

Nodes are the source (0), junctions and companies; pipes are directed. A pipe is built or not, has a
capacity, and loses a share of what it carries.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.actor import Model, Shape, add_cost, data, is_last, new_actor, rules


def build_heat_source(shape: Shape) -> Model:
    """One heat source and its pipes as an actor; its exchanges are the companies it can reach."""
    source = new_actor(shape)
    source.exchange = pyo.RangeSet(0, len(shape.sinks) - 1)
    add_recovery(source)
    add_pipes(source)
    source.delivery = pyo.Expression(source.exchange, source.time, rule=delivery)
    return source


def add_recovery(source: Model) -> None:
    """``recovery_cost·recovery_capacity + Σ_t waste_heat_cost·recovered[t]·Δt``."""
    data(source, "waste_heat", "waste_heat_cost", "recovery_cost")
    source.recovery_capacity = pyo.Var(domain=pyo.NonNegativeReals)
    source.recovered = pyo.Var(source.time, domain=pyo.NonNegativeReals)
    rules(source, recovered_within_capacity, recovered_from_waste_heat)
    recovered = source.shape.step_hours * sum(source.recovered[t] for t in source.time)
    add_cost(source, "heat recovery", source.recovery_cost * source.recovery_capacity)
    add_cost(source, "heat recovery", source.waste_heat_cost * recovered)


def add_pipes(source: Model) -> None:
    """``Σ_p (pipe_fixed_cost[p]·pipe_built[p] + pipe_capacity_cost[p]·pipe_capacity[p])``."""
    data(source, "pipe_retention", "pipe_limit", "pipe_need", "pipe_capacity_limit")
    data(source, "pipe_fixed_cost", "pipe_capacity_cost")
    nodes = {node for arc in source.shape.arcs for node in arc}
    source.junction = pyo.Set(initialize=sorted(nodes - {0} - set(source.shape.sinks)))
    source.pipe_built = pyo.Var(source.pipe, domain=pyo.Binary)
    source.pipe_capacity = pyo.Var(source.pipe, domain=pyo.NonNegativeReals)
    source.pipe_flow = pyo.Var(source.pipe, source.time, domain=pyo.NonNegativeReals)
    rules(source, capacity_if_built, over=("pipe",))
    rules(source, flow_within_capacity, flow_if_built, flow_within_need, over=("pipe", "time"))
    rules(source, source_feeds_pipes)
    rules(source, junction_balance, over=("junction", "time"))
    for p in source.pipe:
        add_cost(source, "heat pipes", source.pipe_fixed_cost[p] * source.pipe_built[p])
        add_cost(source, "heat pipes", source.pipe_capacity_cost[p] * source.pipe_capacity[p])


def net_arrival(source: Model, node: int, t: int) -> Any:
    """Heat that arrives at a node less what leaves it [kW].

    ``Σ_{p into node} pipe_retention[p]·pipe_flow[p,t] − Σ_{p out of node} pipe_flow[p,t]``
    """
    arcs = source.shape.arcs
    arrives = sum(
        source.pipe_retention[p] * source.pipe_flow[p, t] for p in source.pipe if arcs[p][1] == node
    )
    leaves = sum(source.pipe_flow[p, t] for p in source.pipe if arcs[p][0] == node)
    return arrives - leaves


def delivery(source: Model, exchange: int, t: int) -> Any:
    """Heat delivered to a company [kW]: ``net_arrival[company,t]``."""
    return net_arrival(source, source.shape.sinks[exchange], t)


def recovered_within_capacity(source: Model, t: int) -> Any:
    """``recovered[t] ≤ recovery_capacity`` [kW]."""
    return source.recovered[t] <= source.recovery_capacity


def recovered_from_waste_heat(source: Model, t: int) -> Any:
    """``recovered[t] ≤ waste_heat[t]`` [kW]."""
    return source.recovered[t] <= source.waste_heat[t]


def source_feeds_pipes(source: Model, t: int) -> Any:
    """``recovered[t] = Σ_{p out of the source} pipe_flow[p,t]`` [kW]."""
    return source.recovered[t] + net_arrival(source, 0, t) == 0


def junction_balance(source: Model, node: int, t: int) -> Any:
    """What arrives at a junction leaves it [kW]: ``net_arrival[node,t] = 0``."""
    return net_arrival(source, node, t) == 0


def capacity_if_built(source: Model, p: int) -> Any:
    """``pipe_capacity[p] ≤ pipe_capacity_limit[p]·pipe_built[p]`` [kW]."""
    return source.pipe_capacity[p] <= source.pipe_capacity_limit[p] * source.pipe_built[p]


def flow_within_capacity(source: Model, p: int, t: int) -> Any:
    """``pipe_flow[p,t] ≤ pipe_capacity[p]`` [kW]."""
    return source.pipe_flow[p, t] <= source.pipe_capacity[p]


def flow_if_built(source: Model, p: int, t: int) -> Any:
    """``pipe_flow[p,t] ≤ pipe_limit[p,t]·pipe_built[p]`` [kW].

    The limit is hour-wise: what the source has and what the companies behind the pipe can use.
    """
    return source.pipe_flow[p, t] <= source.pipe_limit[p, t] * source.pipe_built[p]


def flow_within_need(source: Model, p: int, t: int) -> Any:
    """Over a period a pipe carries what demand and losses behind it take, a row for each period.

    ``Σ_t pipe_flow[p,t] ≤ Σ_t pipe_need[p,t]·pipe_built[p]`` [kW, summed over the period's steps]

    A store may take much in a step but returns to its level, so that ``flow_if_built`` alone lets
    the linear relaxation build a small part of a pipe and run it at a power nobody keeps up.
    """
    if not is_last(source, t):
        return pyo.Constraint.Skip
    period = range(t + 1 - source.shape.period_steps, t + 1)
    flow = sum(source.pipe_flow[p, i] for i in period)
    # Of parameters Pyomo nests a plain sum, for a year deeper than it can read.
    return flow <= pyo.quicksum(source.pipe_need[p, i] for i in period) * source.pipe_built[p]
