"""The near-optimal space: how small or large a technology can be at nearly the least cost.

What costs little more than the best may be built for other reasons: a roof that is to be renewed
first, a pipe that nobody wants to sign. For every technology the smallest and the largest size s
are sought with ``cost ≤ (1 + slack)·C``, where C is the cost of the solution. Each answer is the
best design at a price μ of the size (``measures.py``), or a mixture of two of them, operated over
the full year, so it can be built. The largest price makes a technology a thousand times as dear,
the lowest makes it free: what nobody would use even then is not counted as larger. How far the
space reaches at most follows from ``cost + μ·s ≥ L(μ)``: ``s ≥ (L(μ) − (1 + slack)·C)/μ`` for
μ > 0, and ``s ≤ …`` for μ < 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf

import numpy as np
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.explore.explorer import GAP, Explorer, Progress, Trial
from parkwerk.explore.fronts import on_front, slope
from parkwerk.explore.measures import TECHNOLOGIES, Measure, Technology, size_of, unit_cost
from parkwerk.solve.assemble import Park
from parkwerk.solve.designs import blend

SLACKS = (0.01, 0.03, 0.05)
#: Which share of its cost a technology is spared to be as large as it is of use.
FREE = 1.0 - 1e-6
#: How often a mixture that costs too much is tried again nearer to the cheaper design.
TRIES = 3
#: Costs this much above a limit are rounding, as a share.
ROUNDING = 1e-9


def near_optimal(
    scenario: xr.Dataset,
    solution: xr.Dataset,
    slacks: Sequence[float] = SLACKS,
    technologies: Iterable[str] = tuple(TECHNOLOGIES),
    *,
    gap: float = GAP,
    time_limit: float = inf,
    progress: Progress = lambda stage: None,
) -> xr.Dataset:
    """The smallest and the largest size of each technology at nearly the least cost.

    Parameters
    ----------
    slacks
        By which share the cost may be above that of the solution.
    technologies
        Some of PV, battery, heat pump, heat storage, waste heat.
    gap, time_limit
        Of each search, as of :func:`parkwerk.optimise`. The searches run in this process.

    Returns
    -------
    Dataset by ``technology`` and ``slack``: ``smallest`` and ``largest`` of the designs found,
    ``smallest_bound`` and ``largest_bound`` beyond which no design of that cost lies, ``optimal``
    of the solution; the coordinate ``unit`` says in what.

    Raises
    ------
    InputError
        For an unknown technology, a slack that is not positive, or a solution that is not of this
        scenario.
    """
    chosen = list(technologies)
    for name in chosen:
        if name not in TECHNOLOGIES:
            known = ", ".join(TECHNOLOGIES)
            raise InputError(f"technologies: expected some of {known}, found {name!r}")
    if not slacks or min(slacks) <= 0:
        raise InputError(f"slacks: {list(slacks)}, expected shares above 0, like 0.05")
    columns: dict[str, list[np.ndarray]] = {name: [] for name in _NAMES}
    optimal = []
    with Explorer(scenario, solution, gap, time_limit) as explorer:
        for name in chosen:
            technology = TECHNOLOGIES[name]
            optimal.append(explorer.solved(size_of(technology, scenario)).amount)
            for side, sign in (("smallest", 1.0), ("largest", -1.0)):
                progress(f"the {side} {name}")
                found, bound = _edge(explorer, technology, sign, slacks)
                columns[side].append(found)
                columns[f"{side}_bound"].append(bound)
    return _dataset(scenario, [TECHNOLOGIES[name] for name in chosen], slacks, columns, optimal)


_NAMES = ("smallest", "largest", "smallest_bound", "largest_bound")


def _edge(
    explorer: Explorer, technology: Technology, sign: float, slacks: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """The size found at each slack, and its bound; ``sign`` is 1 for the smallest, −1 for the
    largest."""
    measure = size_of(technology, explorer.scenario)
    trials = [explorer.solved(measure)]
    cost = trials[0].cost
    budgets = [cost + slack * abs(cost) for slack in slacks]
    if _can_have(explorer.park, technology):
        free = -FREE * unit_cost(technology, explorer.scenario)
        trials.append(explorer.at(measure, measure.highest if sign > 0 else free, trials))
        for budget in budgets:
            _seek(explorer, measure, free, budget, trials)
    within = [[t.amount for t in trials if t.cost <= b * (1.0 + ROUNDING)] for b in budgets]
    best = min if sign > 0 else max
    found = np.array([best(amounts) for amounts in within])
    return found, np.array([_bound(trials, sign, budget) for budget in budgets])


def _can_have(park: Park, technology: Technology) -> bool:
    """Whether somebody could build it."""
    blocks = [b for a in park.actors for b in park.template(a).design]
    return any(b.name == technology.quantity and b.slice.stop > b.slice.start for b in blocks)


def _seek(
    explorer: Explorer, measure: Measure, free: float, budget: float, trials: list[Trial]
) -> None:
    """Add designs near a budget: the best at the price of the stretch there, and a mixture.

    ``free`` is the lowest price.
    """
    sign = np.sign(trials[1].price)
    pair = _around(trials, sign, budget)
    if pair is None or explorer.clock.over():
        return
    price = max(slope(*pair), free)
    if not any(abs(trial.price - price) <= 0.01 * abs(price) for trial in trials):
        trials.append(explorer.at(measure, price, trials))
        pair = _around(trials, sign, budget)
        if pair is None:
            return
    left, right = pair
    part = (budget - left.cost) / (right.cost - left.cost)
    for _ in range(TRIES):
        design = blend(explorer.park, left.operated.design, right.operated.design, part)
        mixed = explorer.operate(measure, design)
        if mixed.cost <= budget * (1.0 + ROUNDING):
            trials.append(mixed)
            return
        part /= 2.0


def _around(trials: Sequence[Trial], sign: float, budget: float) -> tuple[Trial, Trial] | None:
    """The neighbours on the front between which a budget lies; none if it is beyond the front."""
    front = on_front([replace(trial, amount=sign * trial.amount) for trial in trials])
    hull = [replace(trial, amount=sign * trial.amount) for trial in front]
    for left, right in pairwise(hull):
        if left.cost <= budget < right.cost:
            return left, right
    return None


def _bound(trials: Sequence[Trial], sign: float, budget: float) -> float:
    """How small or large the size is at most at this cost."""
    limits = [(t.least - budget) / t.price for t in trials if t.price * sign > 0]
    if sign > 0:
        return max([0.0, *limits])
    finite = [limit for limit in limits if np.isfinite(limit)]
    return min(finite, default=np.nan)


def _dataset(
    scenario: xr.Dataset,
    technologies: Sequence[Technology],
    slacks: Sequence[float],
    columns: dict[str, list[np.ndarray]],
    optimal: list[float],
) -> xr.Dataset:
    coords = {
        "technology": [technology.title for technology in technologies],
        "slack": ("slack", list(slacks), {"units": "1", "long_name": "cost above the least"}),
        "unit": ("technology", [technology.units for technology in technologies]),
    }
    result = xr.Dataset(coords=coords)
    names = {
        "smallest": "smallest size found",
        "largest": "largest size found",
        "smallest_bound": "no design of that cost has less",
        "largest_bound": "no design of that cost has more",
    }
    for name, long_name in names.items():
        table = np.array(columns[name])
        result[name] = (("technology", "slack"), table, {"long_name": long_name})
    result["optimal"] = ("technology", optimal, {"long_name": "size in the solution"})
    return result.assign_attrs(
        study=scenario.attrs.get("study", ""), scenario=scenario.attrs.get("scenario", "")
    )
