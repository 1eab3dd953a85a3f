"""PV on the roofs of a site: one plant of one size class, behind the site's one connection.

Plants on other buildings with a connection of their own are not merged with it (EEG §24): they are
sites of their own. Where each kWh goes - used, shared, fed in or curtailed - is said in
``site.py``, where flows meet.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from parkwerk.formulation.actor import Model, add_cost, data, rules


def add_pv(site: Model) -> None:
    """Sizes by roof and class, and what is fed in under the class's feed-in rule.

    A class is an affine cost line between two sizes; classes have one of a few feed-in rules (EEG):
    ``Σ_k (pv_class_fixed_cost[k]·pv_built[k] + pv_class_cost[k]·Σ_r pv_capacity[r,k])``
    less ``Σ_k bonus_counts·slice_bonus[k] + Σ_g Σ_t feed_in_value[g,t]·feed_in[g,t]·Δt``.

    The value of a kWh falls with the size of its plant (EEG §23c). A program that seeks the size
    counts the value of a large plant and a bonus that no plant exceeds; with the size settled, the
    value is that of the plant and the bonus 0 (``limits.derive``).
    """
    data(site, "pv_yield", "roof_limit", "roof_duty", "pv_class_min", "pv_class_limit")
    data(site, "pv_class_fixed_cost", "pv_class_cost", "feed_in_value")
    data(site, "pv_class_bonus", "pv_bonus_slope", "bonus_counts")
    site.pv_capacity = pyo.Var(site.roof, site.pv_class, domain=pyo.NonNegativeReals)
    site.pv_built = pyo.Var(site.pv_class, domain=pyo.Binary)
    site.slice_bonus = pyo.Var(site.pv_class, domain=pyo.NonNegativeReals)
    site.feed_in = pyo.Var(site.feed_in_rule, site.time, domain=pyo.NonNegativeReals)
    site.pv_used = pyo.Var(site.time, domain=pyo.NonNegativeReals)
    site.curtailment = pyo.Var(site.time, domain=pyo.NonNegativeReals)
    rules(site, class_at_least, class_at_most, over=("pv_class",))
    rules(site, bonus_of_class, bonus_of_size, over=("pv_class",))
    rules(site, room_on_roof, duty_on_roof, over=("roof",))
    rules(site, roof_of_class, over=("roof", "pv_class"))
    rules(site, one_class, over=())
    rules(site, feed_in_by_rule, over=("feed_in_rule", "time"))
    if "cap" in site.shape.features:
        data(site, "feed_in_cap")
        rules(site, feed_in_below_cap, over=("feed_in_rule", "time"))

    for k in site.pv_class:
        add_cost(site, "PV", site.pv_class_fixed_cost[k] * site.pv_built[k])
        add_cost(site, "PV", site.pv_class_cost[k] * class_capacity(site, k))
        add_cost(site, "feed-in revenue", -site.bonus_counts * site.slice_bonus[k])
    for g in site.feed_in_rule:
        revenue = sum(site.feed_in_value[g, t] * site.feed_in[g, t] for t in site.time)
        add_cost(site, "feed-in revenue", -site.shape.step_hours * revenue)


def classes_of(site: Model, g: int) -> list[int]:
    """Classes whose feed-in is paid by rule ``g``."""
    return [k for k in site.pv_class if site.shape.class_rules[k] == g]


def class_capacity(site: Model, k: int) -> Any:
    """Size of the plant if it is of class ``k`` [kW]: ``Σ_r pv_capacity[r,k]``."""
    return sum(site.pv_capacity[r, k] for r in site.roof)


def generation(site: Model, k: int, t: int) -> Any:
    """What the sun allows a plant of class ``k`` [kW]: ``Σ_r pv_yield[r,t]·pv_capacity[r,k]``."""
    return sum(site.pv_yield[r, t] * site.pv_capacity[r, k] for r in site.roof)


def class_at_least(site: Model, k: int) -> Any:
    """``Σ_r pv_capacity[r,k] ≥ pv_class_min[k]·pv_built[k]`` [kW]."""
    return class_capacity(site, k) >= site.pv_class_min[k] * site.pv_built[k]


def class_at_most(site: Model, k: int) -> Any:
    """``Σ_r pv_capacity[r,k] ≤ pv_class_limit[k]·pv_built[k]`` [kW]; the limit knows the roofs."""
    return class_capacity(site, k) <= site.pv_class_limit[k] * site.pv_built[k]


def bonus_of_class(site: Model, k: int) -> Any:
    """``slice_bonus[k] ≤ pv_class_bonus[k]·pv_built[k]`` [EUR/a]."""
    return site.slice_bonus[k] <= site.pv_class_bonus[k] * site.pv_built[k]


def bonus_of_size(site: Model, k: int) -> Any:
    """``slice_bonus[k] ≤ pv_bonus_slope[k]·Σ_r pv_capacity[r,k]`` [EUR/a]."""
    return site.slice_bonus[k] <= site.pv_bonus_slope[k] * class_capacity(site, k)


def one_class(site: Model) -> Any:
    """A site has at most one plant, and it is of one class [1]: ``Σ_k pv_built[k] ≤ 1``."""
    if not len(site.pv_class):
        return pyo.Constraint.Feasible
    return sum(site.pv_built[k] for k in site.pv_class) <= 1


def room_on_roof(site: Model, r: int) -> Any:
    """``Σ_k pv_capacity[r,k] ≤ roof_limit[r]`` [kW]."""
    return sum(site.pv_capacity[r, k] for k in site.pv_class) <= site.roof_limit[r]


def roof_of_class(site: Model, r: int, k: int) -> Any:
    """``pv_capacity[r,k] ≤ roof_limit[r]·pv_built[k]`` [kW]: the tight form of the class choice."""
    return site.pv_capacity[r, k] <= site.roof_limit[r] * site.pv_built[k]


def duty_on_roof(site: Model, r: int) -> Any:
    """PV duty of HmbKliSchG [kW]: ``Σ_k pv_capacity[r,k] ≥ roof_duty[r]``."""
    return sum(site.pv_capacity[r, k] for k in site.pv_class) >= site.roof_duty[r]


def feed_in_by_rule(site: Model, g: int, t: int) -> Any:
    """What a plant generates is paid by its rule [kW].

    ``feed_in[g,t] ≤ Σ_{k of rule g} generation[k,t]``
    """
    return site.feed_in[g, t] <= sum(generation(site, k, t) for k in classes_of(site, g))


def feed_in_below_cap(site: Model, g: int, t: int) -> Any:
    """Feed-in of a plant without tested control (EEG §9 Abs. 2) [kW].

    ``feed_in[g,t] ≤ feed_in_cap[g]·Σ_{k of rule g} Σ_r pv_capacity[r,k]``
    """
    size = sum(class_capacity(site, k) for k in classes_of(site, g))
    return site.feed_in[g, t] <= site.feed_in_cap[g] * size
