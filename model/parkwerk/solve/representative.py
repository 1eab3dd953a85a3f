"""Representative periods: a few days that stand for a year, and the peaks that must not be lost.

Periods are described by their hourly demand, sun, prices, waste heat and heat demand, each scaled
to its standard deviation, and grouped by Ward's method; a group is represented by its medoid. The
periods that hold each company's largest electricity and heat demand come in addition. Weights start
from the sizes of the groups and are shifted so that the yearly totals come out - energy, sun, heat
and what demand and sun are worth at the hourly price - because a bias in a total is a bias in the
yearly cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from parkwerk.solve.periods import Periods

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: λ of the weights: how little it matters to stay near the sizes of the groups.
CLOSENESS = 0.01

#: Time series that describe a period.
FEATURES = (
    "electricity_demand",
    "heat_demand",
    "pv_yield",
    "electricity_price",
    "waste_heat",
    "heat_pump_electricity",
)


@dataclass(frozen=True)
class Sample:
    """Periods that stand for the year, and how many periods of the year each stands for."""

    groups: list[Periods]
    weights: list[Floats]
    whole: bool


def representative(scenario: xr.Dataset, groups: list[Periods], number: int) -> Sample:
    """Choose periods and weights that stand for the year.

    Parameters
    ----------
    groups
        All periods of the year by length, the longest group first.
    number
        How many clusters; the peak periods come in addition. If there are no more periods than
        that, all are taken.

    Returns
    -------
    Groups of chosen periods with weights that count periods of the year; ``whole`` if these are
    all periods.
    """
    first, *others = groups
    keep = [np.ones(len(periods)) for periods in others]
    peaks = _peak_periods(scenario, first)
    if len(first) <= number + len(peaks):
        return Sample(groups, [np.ones(len(first)), *keep], whole=True)
    rest = np.setdiff1d(np.arange(len(first)), peaks)
    medoids, sizes = _medoids(_features(scenario, first)[rest], number)
    chosen = np.concatenate([rest[medoids], peaks])
    counts = np.concatenate([sizes, np.ones(len(peaks))])
    order = np.argsort(chosen)
    weights = _balanced(_totals(scenario, first), chosen[order], counts[order])
    return Sample([first.choose(chosen[order]), *others], [weights, *keep], whole=False)


def _features(scenario: xr.Dataset, periods: Periods) -> Floats:
    """Description of each period, (period, features), in units of standard deviation."""
    columns = []
    for name in FEATURES:
        values = scenario[name].values
        if not values.size or not values.std() > 0:
            continue
        spread = values.std(axis=1, keepdims=True)
        scaled = np.divide(values, spread, out=np.zeros_like(values), where=spread > 0)
        series = scaled[:, periods.positions] / np.sqrt(len(values))
        columns.append(np.moveaxis(series, 0, 1).reshape(len(periods), -1))
    return np.concatenate(columns, axis=1)


def _totals(scenario: xr.Dataset, periods: Periods) -> Floats:
    """What must come out over the year, by period, each as a share of its yearly total.

    Shape (totals, period): demand, heat, sun and waste heat, and demand and sun times the price.
    """
    spot = scenario["spot_price"].values
    demand, sun = scenario["electricity_demand"].values, scenario["pv_yield"].values
    heat, waste = scenario["heat_demand"].values, scenario["waste_heat"].values
    series = np.concatenate([demand, sun, heat, waste, demand * spot, sun * spot, spot[None, :]])
    by_period = series[:, periods.positions].sum(axis=2)
    total = by_period.sum(axis=1, keepdims=True)
    counted = np.concatenate([by_period, np.ones((1, len(periods)))])
    yearly = np.concatenate([total, [[float(len(periods))]]])
    nonzero = np.abs(yearly[:, 0]) > 0
    result: Floats = counted[nonzero] / yearly[nonzero]
    return result


def _balanced(totals: Floats, chosen: Ints, counts: Floats) -> Floats:
    """Weights near the counts under which the totals come out.

    ``min ‖totals·w − 1‖² + λ·‖(w − counts)/counts‖²`` with ``w ≥ counts/4``; λ is small, so that
    the second term decides only among weights that meet the totals alike. The weights are scaled
    to the number of periods.
    """
    from scipy.optimize import lsq_linear

    relative = totals[:, chosen] * counts
    n = len(counts)
    matrix = np.concatenate([relative, CLOSENESS * np.eye(n)])
    target = np.concatenate([np.ones(len(totals)), np.full(n, CLOSENESS)])
    factors = lsq_linear(matrix, target, bounds=(0.25, np.inf)).x
    weights: Floats = counts * factors
    weights *= totals.shape[1] / weights.sum()
    return weights


def _peak_periods(scenario: xr.Dataset, periods: Periods) -> Ints:
    """Periods in which a company's demand exceeds its sun the most, or its heat demand is largest.

    The demand charge is set by a dark hour, so full roofs are subtracted before the peak is sought.
    """
    owner = scenario["roof_company"].values == scenario["company"].values[:, None]
    potential = owner @ (scenario["pv_yield"] * scenario["roof_limit"]).values
    residual = scenario["electricity_demand"].values - potential
    peaks = [
        series[:, periods.positions].max(axis=2).argmax(axis=1)
        for series in (residual, scenario["heat_demand"].values)
    ]
    return np.unique(np.concatenate(peaks))


def _medoids(features: Floats, number: int) -> tuple[Ints, Floats]:
    """Medoid and size of each cluster."""
    from scipy.cluster.hierarchy import fcluster, linkage

    label = fcluster(linkage(features, method="ward"), number, criterion="maxclust")
    medoids, sizes = [], []
    for cluster in np.unique(label):
        members = np.flatnonzero(label == cluster)
        centre = features[members].mean(axis=0)
        distance = ((features[members] - centre) ** 2).sum(axis=1)
        medoids.append(members[distance.argmin()])
        sizes.append(float(len(members)))
    return np.array(medoids, dtype=np.intp), np.array(sizes)
