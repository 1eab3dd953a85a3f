"""Representative periods: a few days that stand for a year, and the peaks that must not be lost.

Periods are described by their hourly demand, sun, prices, waste heat and heat demand, each scaled
to its standard deviation, and grouped by Ward's method. Of each group one member is taken, weighted
by the size of the group: the members with which the yearly totals come out best - energy, sun, heat
and what demand and sun are worth at the hourly price - because a bias in a total is a bias in the
yearly cost. What is left of it the weights make up. The periods that hold each company's largest
residual demand and heat demand come in addition.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from parkwerk.solve.periods import Periods
from parkwerk.solve.stamp import Floats, Ints

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
    totals = _totals(scenario, first)
    clusters = [rest[members] for members in _clusters(_features(scenario, first)[rest], number)]
    chosen = np.concatenate([_members(totals, clusters, peaks), peaks])
    counts = np.array([*map(len, clusters), *np.ones(len(peaks))], dtype=float)
    order = np.argsort(chosen)
    weights = _balanced(totals, chosen[order], counts[order])
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

    Shape (totals, period): heat, waste heat, and demand, sun and what demand is left under full
    roofs, these three also times the price.
    """
    spot = scenario["spot_price"].values
    heat, waste = scenario["heat_demand"].values, scenario["waste_heat"].values
    demand, sun = scenario["electricity_demand"].values, scenario["pv_yield"].values
    power = np.concatenate([demand, sun, np.maximum(_residual(scenario), 0.0)])
    series = np.concatenate([heat, waste, power, power * spot, spot[None, :]])
    by_period = series[:, periods.positions].sum(axis=2)
    total = by_period.sum(axis=1, keepdims=True)
    counted = np.concatenate([by_period, np.ones((1, len(periods)))])
    yearly = np.concatenate([total, [[float(len(periods))]]])
    nonzero = np.abs(yearly[:, 0]) > 0
    result: Floats = counted[nonzero] / yearly[nonzero]
    return result


def _balanced(totals: Floats, chosen: Ints, counts: Floats) -> Floats:
    """Weights near the counts under which the totals come out.

    ``min ‖totals·w − 1‖² + λ²·‖(w − counts)/counts‖²``, ``counts/2 ≤ w ≤ 2·counts``; λ is small, so
    the second term decides only among weights that meet the totals alike. The weights are scaled
    to the number of periods.
    """
    from scipy.optimize import lsq_linear

    relative = totals[:, chosen] * counts
    n = len(counts)
    matrix = np.concatenate([relative, CLOSENESS * np.eye(n)])
    target = np.concatenate([np.ones(len(totals)), np.full(n, CLOSENESS)])
    factors = lsq_linear(matrix, target, bounds=(0.5, 2.0)).x
    weights: Floats = counts * factors
    weights *= totals.shape[1] / weights.sum()
    return weights


def _residual(scenario: xr.Dataset) -> Floats:
    """Demand of each company less what its full roofs generate, (company, time) [kW]."""
    owner = scenario["roof_company"].values == scenario["company"].values[:, None]
    potential = owner.astype(float) @ (scenario["pv_yield"] * scenario["roof_limit"]).values
    result: Floats = scenario["electricity_demand"].values - potential
    return result


def _peak_periods(scenario: xr.Dataset, periods: Periods) -> Ints:
    """Periods in which a company's demand exceeds its sun the most, or its heat demand is largest.

    The demand charge is set by a dark hour, so full roofs are subtracted before the peak is sought.
    """
    peaks = [
        series[:, periods.positions].max(axis=2).argmax(axis=1)
        for series in (_residual(scenario), scenario["heat_demand"].values)
    ]
    return np.unique(np.concatenate(peaks))


def _clusters(features: Floats, number: int) -> list[Ints]:
    """Members of each cluster, the one nearest to its centre first."""
    from scipy.cluster.hierarchy import fcluster, linkage

    label = fcluster(linkage(features, method="ward"), number, criterion="maxclust")
    clusters = []
    for cluster in np.unique(label):
        members = np.flatnonzero(label == cluster)
        distance = ((features[members] - features[members].mean(axis=0)) ** 2).sum(axis=1)
        clusters.append(members[np.argsort(distance, kind="stable")])
    return clusters


def _members(totals: Floats, clusters: list[Ints], peaks: Ints) -> Ints:
    """One member of each cluster, so that the weighted totals come nearest to the year's.

    Starts from the medoids and exchanges one member at a time as long as
    ``‖Σ_clusters size·total(member) + Σ_peaks total − 1‖²`` falls.
    """
    chosen = [0] * len(clusters)
    error = totals[:, peaks].sum(axis=1) - 1.0
    error += sum(len(members) * totals[:, members[0]] for members in clusters)
    improved = True
    while improved:
        improved = False
        for c, members in enumerate(clusters):
            others = error - len(members) * totals[:, members[chosen[c]]]
            trial = others[:, None] + len(members) * totals[:, members]
            best = int((trial**2).sum(axis=0).argmin())
            if (trial[:, best] ** 2).sum() < (error**2).sum() * (1 - 1e-9):
                chosen[c], error, improved = best, trial[:, best], True
    return np.array(
        [members[i] for members, i in zip(clusters, chosen, strict=True)], dtype=np.intp
    )
