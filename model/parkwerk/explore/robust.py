"""One design for several futures: weather years, price years, costs that may come.

Sizes are decided once, before anybody knows which scenario s (of probability p_s) comes true;
tariffs and operation follow each scenario. With ``C_s(y)`` the cost of a design y in scenario s,

    min_y  (1 − β)·Σ_s p_s·C_s(y) + β·CVaR_α(C(y)),
    CVaR_α(C) = min_η  η + 1/α·Σ_s p_s·max(C_s − η, 0)

the mean and, with weight β, the mean of the dearest share α (Rockafellar and Uryasev 2000).

Candidates are the best designs of each scenario and of the mean scenario, and mixtures of them;
each is operated in every scenario. No design can do better than knowing the future: with the lower
bounds ``L_s`` of the scenarios, the same formula of ``L_s`` in place of ``C_s`` is a lower bound
(wait and see). The *value of the stochastic solution* is what the design of the mean scenario costs
more, the *expected value of perfect information* what knowing the future would be worth at most
(Birge and Louveaux 2011).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import inf

import numpy as np
import numpy.typing as npt
import xarray as xr

from parkwerk.errors import InputError, SolveError
from parkwerk.explore.explorer import GAP, Progress
from parkwerk.explore.measures import sizes
from parkwerk.solve.assemble import Park
from parkwerk.solve.designs import blend
from parkwerk.solve.dispatch import Design
from parkwerk.solve.full_year import full_year
from parkwerk.solve.optimise import Memory, optimise
from parkwerk.solve.periods import cut
from parkwerk.solve.redispatch import whole_design

Floats = npt.NDArray[np.float64]
MEAN = "mean scenario"
#: Shares of the other design in a mixture of two.
PARTS = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Risk:
    """How costs of scenarios become one number: ``(1 − weight)·mean + weight·CVaR_tail``.

    Raises
    ------
    InputError
        If the weight is no share, or the tail not above 0 and at most 1.
    """

    weight: float = 0.0
    tail: float = 0.2

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise InputError(f"risk weight: {self.weight:g}, expected a share from 0 to 1")
        if not 0 < self.tail <= 1:
            raise InputError(f"risk tail: {self.tail:g}, expected a share above 0, at most 1")

    def of(self, costs: Floats, probability: Floats) -> float:
        """The one number."""
        mean = float(probability @ costs)
        return (1.0 - self.weight) * mean + self.weight * self.cvar(costs, probability)

    def cvar(self, costs: Floats, probability: Floats) -> float:
        """The mean of the dearest ``tail`` of the probability.

        The minimum over η is at one of the costs, because the function is piecewise linear.
        """
        if np.isinf(costs).any():
            return float(costs.max())
        over = np.maximum(costs[None, :] - costs[:, None], 0.0)
        return float((costs + over @ probability / self.tail).min())


def robust(
    scenarios: Mapping[str, xr.Dataset],
    probability: Mapping[str, float] | None = None,
    risk: Risk = Risk(),
    *,
    solutions: Mapping[str, xr.Dataset] | None = None,
    gap: float = GAP,
    time_limit: float = inf,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Progress = lambda stage: None,
) -> xr.Dataset:
    """The design that is best for several scenarios with shared sizes, as far as was found.

    Parameters
    ----------
    scenarios
        At least two, of the same companies, roofs, links and rules, over years of equal length.
    probability
        Of each scenario; equal if not given. They are scaled to a sum of 1.
    solutions
        What ``parkwerk.optimise`` gave for some of the scenarios; the others are solved.
    gap, time_limit, jobs, cluster
        Of each search, as of :func:`parkwerk.optimise`.

    Returns
    -------
    Dataset by ``candidate`` and ``scenario``: ``cost(candidate, scenario)``,
    ``expected_cost(candidate)``, ``cvar(candidate)`` and ``objective(candidate)`` [EUR/a],
    ``probability(scenario)``, ``size(candidate, technology)``; the best candidate first. The
    attributes ``expected_cost``, ``cvar``, ``objective`` are of the best; ``lower_bound`` is of the
    objective; ``value_of_stochastic_solution``, ``value_of_perfect_information`` (at most) [EUR/a].
    A design with which a scenario cannot be served costs infinitely much there.

    Raises
    ------
    InputError
        If there are fewer than two scenarios, if they differ in what they are of, or if a
        probability is negative or missing.
    """
    names = list(scenarios)
    p = _probabilities(names, probability)
    _check_alike(scenarios)
    scenarios = dict(scenarios) | {MEAN: _mean(list(scenarios.values()), p)}
    solved = dict(solutions or {})
    memory: Memory = {}
    for name, scenario in scenarios.items():
        if name not in solved:
            progress(f"the best design of {name}")
            solved[name] = optimise(
                scenario,
                gap=gap,
                time_limit=time_limit,
                jobs=jobs,
                cluster=cluster,
                memory=memory,
            )
    parks = {name: Park(s, cut(s)) for name, s in scenarios.items()}
    designs = {name: whole_design(parks[name], solution) for name, solution in solved.items()}
    table: dict[str, Floats] = {}

    def evaluate(label: str) -> None:
        progress(f"operating {label} in all scenarios")
        table[label] = np.array([_cost(parks[name], designs[label]) for name in names])

    for label in list(designs):
        evaluate(label)
    for label, design in _mixtures(parks[MEAN], designs, table, p, risk).items():
        designs[label] = design
        evaluate(label)
    least = np.array([float(solved[name].attrs["lower_bound"]) for name in names])
    return _dataset(parks[MEAN], names, p, risk, table, designs, least)


def _probabilities(names: Sequence[str], given: Mapping[str, float] | None) -> Floats:
    if len(names) < 2:
        raise InputError(f"scenarios: {len(names)}, expected at least two")
    if MEAN in names:
        raise InputError(f"scenarios: {MEAN!r} is the name of their mean, expected another")
    if given is None:
        return np.full(len(names), 1.0 / len(names))
    for name in names:
        if name not in given or not given[name] >= 0:
            found = given.get(name, "none")
            raise InputError(f"probability of scenario {name!r}: {found}, expected 0 or more")
    values = np.array([float(given[name]) for name in names])
    if not 0 < values.sum() < inf:
        raise InputError("probability: expected a positive sum")
    return np.asarray(values / values.sum(), dtype=np.float64)


def _check_alike(scenarios: Mapping[str, xr.Dataset]) -> None:
    """All are of the same companies, assets and tariffs."""
    (first_name, first), *others = scenarios.items()
    for name, scenario in others:
        for dim in first.dims:
            if dim not in scenario.dims or scenario.sizes[dim] != first.sizes[dim]:
                raise InputError(
                    f"scenario {name!r} has {scenario.sizes.get(dim, 0)} {dim}, expected the "
                    f"{first.sizes[dim]} of scenario {first_name!r}"
                )
            same = dim == "time" or dim not in first.coords
            if not same and (first[dim].values != scenario[dim].values).any():
                raise InputError(
                    f"scenario {name!r} has another {dim} than scenario {first_name!r}, expected "
                    "scenarios that differ in numbers only"
                )


def _mean(scenarios: Sequence[xr.Dataset], p: Floats) -> xr.Dataset:
    """The scenario in which every number is the mean of the scenarios'."""
    first = scenarios[0]
    changed = {
        name: array.copy(data=sum(w * s[name].values for w, s in zip(p, scenarios, strict=True)))
        for name, array in first.data_vars.items()
        if array.dtype.kind == "f" and all(name in s for s in scenarios)
    }
    return first.assign(changed)


def _cost(park: Park, design: Design) -> float:
    """What a design costs in a scenario [EUR/a]; infinite if it cannot serve it."""
    own = [
        replace(choice, tariff=choice.tariff if choice.tariff in actor.menu else actor.menu[0])
        for actor, choice in zip(park.actors, design, strict=True)
    ]
    try:
        return full_year(park, own).total_cost
    except SolveError:
        return inf


def _mixtures(
    park: Park, designs: Mapping[str, Design], table: Mapping[str, Floats], p: Floats, risk: Risk
) -> dict[str, Design]:
    """Mixtures of the best three designs, two at a time."""
    best = sorted(table, key=lambda label: risk.of(table[label], p))[:3]
    result = {}
    for one, two in combinations(best, 2):
        for part in PARTS:
            label = f"{1 - part:.0%} {one}, {part:.0%} {two}"
            result[label] = blend(park, designs[one], designs[two], part)
    return result


def _dataset(
    park: Park,
    names: Sequence[str],
    p: Floats,
    risk: Risk,
    table: Mapping[str, Floats],
    designs: Mapping[str, Design],
    least: Floats,
) -> xr.Dataset:
    order = sorted(table, key=lambda label: risk.of(table[label], p))
    cost = np.array([table[label] for label in order])
    figures: dict[str, tuple[Callable[[Floats], float], str]] = {
        "expected_cost": (lambda own: float(p @ own), "mean over the scenarios"),
        "cvar": (lambda own: risk.cvar(own, p), f"mean of the dearest {risk.tail:.0%}"),
        "objective": (lambda own: risk.of(own, p), "what is to be least"),
    }
    result = xr.Dataset(coords={"candidate": order, "scenario": list(names)})
    attrs = {"units": "EUR/a", "long_name": "cost of the design in the scenario"}
    result["cost"] = (("candidate", "scenario"), cost, attrs)
    for name, (of, long_name) in figures.items():
        attrs = {"units": "EUR/a", "long_name": long_name}
        result[name] = ("candidate", np.array([of(row) for row in cost]), attrs)
    result["probability"] = ("scenario", p, {"units": "1", "long_name": "probability"})
    size = [sizes(park, designs[label]) for label in order]
    result["size"] = xr.concat(size, xr.Variable("candidate", order))
    best = {name: float(result[name][0]) for name in figures}
    lower = risk.of(least, p)
    mean = float(result["objective"].sel(candidate=MEAN))
    return result.assign_attrs(
        **best,
        lower_bound=lower,
        value_of_stochastic_solution=mean - best["objective"],
        value_of_perfect_information=best["objective"] - lower,
        risk_weight=risk.weight,
        risk_tail=risk.tail,
    )
