"""Pareto fronts: what less CO2, less investment or more self-sufficiency costs.

Each point is the best design at a price of the measure (``measures.py``). The price of the next
point is the slope between two neighbours whose triangle of ignorance is the largest; a price at
which nothing better is found closes that stretch (dichotomic search: Aneja and Nair 1979). The
front so found is convex: designs that no price brings about lie above it, by at most what the lower
bound leaves open. Where operation counts each search takes as long as a run, so after half of the
points what lies halfway between two neighbours is operated instead.

For every bound E of the measure the lower bound of the least cost under ``g ≤ E`` follows from all
prices at once: ``max_k (L(μ_k) − μ_k·E)``. That is the bound of the epsilon-constrained program.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, inf

import numpy as np
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.explore.explorer import GAP, Explorer, Progress, Trial, describe
from parkwerk.explore.measures import Measure, measure_of

#: Prices nearer than this share are the same.
SAME = 0.01
#: So many points are sought at least, if so many are wanted.
FEW = 4


def front(
    scenario: xr.Dataset,
    solution: xr.Dataset,
    against: str = "emissions",
    points: int = 10,
    *,
    gap: float = GAP,
    time_limit: float = inf,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Progress = lambda stage: None,
) -> xr.Dataset:
    """The trade-off between the cost of the park and something else.

    Parameters
    ----------
    scenario, solution
        What ``parkwerk.optimise`` took and gave. Neither is changed.
    against
        ``emissions``, ``investment`` or ``self_sufficiency``.
    points
        How many points are sought at most, with the solution itself; fewer if there are no more.
    gap, time_limit, jobs, cluster
        Of each search, as of :func:`parkwerk.optimise`; out of time, the front has fewer points.

    Returns
    -------
    Dataset by ``point``, the cheapest first: ``total_cost`` and ``lower_bound`` [EUR/a] of the
    least cost of any design with no more of the measure; ``emissions`` [t/a], ``investment`` [EUR],
    ``self_sufficiency`` [1], ``size(point, technology)``, and ``price``, at which the point is best
    [EUR per t, EUR/a per EUR, EUR per kWh bought].

    Raises
    ------
    InputError
        For an unknown measure, fewer than two points, or a solution that is not of this scenario.
    """
    measure = measure_of(against)
    if points < 2:
        raise InputError(f"points: {points}, expected at least 2")
    with Explorer(scenario, solution, gap, time_limit, jobs, cluster) as explorer:
        return _dataset(explorer, measure, sandwich(explorer, measure, points, progress))


def sandwich(
    explorer: Explorer, measure: Measure, points: int, progress: Progress = lambda stage: None
) -> list[Trial]:
    """Designs along the front, the solution among them."""
    trials = [explorer.solved(measure)]

    def seek(price: float, near: Sequence[Trial]) -> None:
        progress(f"point {len(trials) + 1} of {points}: {measure.long_name} at {price:.4g}")
        trials.append(explorer.at(measure, price, near))

    sought = points if measure.built else max(FEW, ceil(points / 2))
    seek(measure.highest, trials)
    while len(trials) < points and not explorer.clock.over():
        hull = on_front(trials)
        pairs = [p for p in pairwise(hull) if not _closed(*p, trials)]
        if not pairs:
            break
        whole = (hull[-1].cost - hull[0].cost, hull[0].amount - hull[-1].amount)
        left, right = max(pairs, key=lambda pair: _extent(pair[0], pair[1], whole))
        if len(trials) < sought:
            seek(slope(left, right), [left, right])
        else:
            trials.append(explorer.between(measure, slope(left, right), left, right))
    return trials


def slope(left: Trial, right: Trial) -> float:
    """The price at which two trials are equally good [EUR per unit]."""
    return (right.cost - left.cost) / (left.amount - right.amount)


def _closed(left: Trial, right: Trial, trials: Sequence[Trial]) -> bool:
    """Whether the stretch between two trials was sought through at its price."""
    price = slope(left, right)
    return any(abs(trial.price - price) <= SAME * abs(price) for trial in trials)


def on_front(trials: Sequence[Trial]) -> list[Trial]:
    """Trials that no other beats in both, from the cheapest to the one with least of the measure.

    Of these only the convex hull: no mixture of two others is better.
    """
    order = sorted(trials, key=lambda trial: (trial.cost, trial.amount))
    hull: list[Trial] = []
    for trial in order:
        if hull and trial.amount >= hull[-1].amount:
            continue
        while len(hull) > 1 and _above(hull[-2], hull[-1], trial):
            hull.pop()
        hull.append(trial)
    return hull


def least_cost(trials: Sequence[Trial], amount: float) -> float:
    """``max_k (L(μ_k) − μ_k·amount)``: no design with no more of the measure costs less [EUR/a].

    Prices below zero say nothing of that: they reward the measure.
    """
    return max(trial.least - trial.price * amount for trial in trials if trial.price >= 0.0)


def _above(left: Trial, middle: Trial, right: Trial) -> bool:
    """Whether the middle lies on or above the line between the others."""
    run, whole = left.amount - middle.amount, left.amount - right.amount
    on_line = left.cost + (right.cost - left.cost) * run / whole
    return middle.cost >= on_line


def _extent(left: Trial, right: Trial, whole: tuple[float, float]) -> float:
    """How far two trials lie apart, as a share of the front's extent."""
    cost, amount = (max(abs(each), 1e-9) for each in whole)
    return abs(right.cost - left.cost) / cost + abs(left.amount - right.amount) / amount


def _dataset(explorer: Explorer, measure: Measure, trials: Sequence[Trial]) -> xr.Dataset:
    hull, scenario = on_front(trials), explorer.scenario
    result = describe(explorer, hull, "point")
    columns = {
        "total_cost": ([t.cost for t in hull], "EUR/a", "cost of the park"),
        "lower_bound": (
            [least_cost(trials, t.amount) for t in hull],
            "EUR/a",
            f"no design with no more {measure.long_name} costs less",
        ),
        "price": ([t.price for t in hull], "EUR", f"price of {measure.long_name} at the point"),
    }
    for name, (values, units, long_name) in columns.items():
        attrs = {"units": units, "long_name": long_name}
        column = np.array(values, dtype=float)
        result[name] = ("point", np.where(np.isinf(column), np.nan, column), attrs)
    return result.assign_attrs(
        study=scenario.attrs.get("study", ""),
        scenario=scenario.attrs.get("scenario", ""),
        against=measure.name,
    )
