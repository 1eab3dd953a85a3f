"""Representative periods: a few days that stand for a year, and the peaks that must not be lost.

Periods are described by their hourly demand, sun, prices, waste heat and heat demand, each scaled
to its standard deviation, and grouped by Ward's method; a group is represented by its medoid with
the group's size as weight. The periods that hold each company's largest electricity and heat demand
come in addition with weight 1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr

from parkwerk.solve.periods import Periods

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: Time series that describe a period.
FEATURES = (
    "electricity_demand",
    "heat_demand",
    "pv_yield",
    "electricity_price",
    "waste_heat",
    "heat_pump_electricity",
)


def representative(
    scenario: xr.Dataset, groups: list[Periods], number: int
) -> tuple[list[Periods], list[Floats]]:
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
    Groups of chosen periods, and for each group the weights. Weights count periods of the year:
    they sum to the number of periods.
    """
    first, *others = groups
    keep = [np.ones(len(periods)) for periods in others]
    peaks = _peak_periods(scenario, first)
    if len(first) <= number + len(peaks):
        return groups, [np.ones(len(first)), *keep]
    rest = np.setdiff1d(np.arange(len(first)), peaks)
    medoids, sizes = _medoids(_features(scenario, first)[rest], number)
    chosen = np.concatenate([rest[medoids], peaks])
    weights = np.concatenate([sizes, np.ones(len(peaks))])
    order = np.argsort(chosen)
    return [first.choose(chosen[order]), *others], [weights[order], *keep]


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


def _peak_periods(scenario: xr.Dataset, periods: Periods) -> Ints:
    """Periods in which a company has its largest electricity or heat demand of the year."""
    peaks = [
        scenario[name].values[:, periods.positions].max(axis=2).argmax(axis=1)
        for name in ("electricity_demand", "heat_demand")
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
