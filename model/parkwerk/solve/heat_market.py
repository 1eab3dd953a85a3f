"""What waste heat is worth where companies compete for it, and who would pay for which trench.

Heat of a source can go to one company or to another, and a trench serves all who lie behind it. The
best use of the heat as a linear program over all sources, with q heat from a source [kW] for each
way w in each period d, its capacity c, the share z of the way that is built, and the share y of
each pipe that a source has built for itself:

    max  Σ_w Σ_d h_d·(gain_wd − load_sd)·q_wd − Σ_w capacity_cost_w·c_w − Σ_s Σ_p trench_p·y_sp
    s.t. Σ_{w from s} q_wd ≤ waste_sd                  scarcity of the source, λ_sd
         Σ_{w to k} kept_w·q_wd ≤ need_kd              each company's need
         q_wd ≤ heat_wd·z_w,  q_wd ≤ c_w,  z_w ≤ y_sp  for all pipes p of the way, share_wp
         z ≤ 1

The duals are what is sought: λ is the price of heat beyond its cost, and share what a way pays of a
trench: together never more than its cost. At these nobody wishes for what another has, as far as a
fraction of a trench could be built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from parkwerk.errors import SolveError
from parkwerk.solve.heat_ways import Way
from parkwerk.solve.program import INFINITY, Arrays, Floats, Ints, Solver, offsets


@dataclass(frozen=True)
class Market:
    """The best use of waste heat.

    Attributes
    ----------
    scarcity
        By source, what heat is worth beyond its cost, (period,) [EUR/kWh].
    shares
        What each way pays of each trench, (way, pipe) [EUR/a].
    energy
        Heat from the source by way, (way,) [kWh/a].
    """

    scarcity: dict[str, Floats]
    shares: Floats
    energy: Floats


def best_use(
    ways: Sequence[Way],
    waste: Mapping[str, Floats],
    loads: Mapping[str, Floats],
    trenches: Floats,
    hours: Floats,
) -> Market:
    """Solve the program above.

    Parameters
    ----------
    waste, loads
        By source, what it gives [kW] and what a kWh bears of its recovery [EUR/kWh], (period,).
    trenches
        Fixed cost of each pipe, (pipe,) [EUR/a].
    hours
        Length of each period [h].
    """
    n, periods = len(ways), len(hours)
    companies = list(dict.fromkeys(way.company for way in ways))
    sources = list(waste)
    pairs = np.array([(k, p) for k, way in enumerate(ways) for p in way.pipes]).reshape(-1, 2)
    flow, capacity, built, laid, n_columns = offsets(
        [n * periods, n, n, len(sources) * len(trenches)]
    )
    at_source, at_company, by_share, by_capacity, by_pipe, n_rows = offsets(
        [len(sources) * periods, len(companies) * periods, n * periods, n * periods, len(pairs)]
    )
    q = flow + np.arange(n * periods).reshape(n, periods)
    one, day = np.ones((n, periods)), np.arange(periods)
    source = np.array([sources.index(way.source) for way in ways])[:, None]
    company = np.array([companies.index(way.company) for way in ways])[:, None]
    own = np.broadcast_to(np.arange(n)[:, None], q.shape)
    heat = np.array([way.heat for way in ways])
    kept = np.array([way.kept for way in ways])[:, None]
    ends = by_pipe + np.arange(len(pairs))
    entries = [
        (at_source + source * periods + day, q, one),
        (at_company + company * periods + day, q, kept * one),
        (by_share + q, q, one),
        (by_share + q, built + own, -heat),
        (by_capacity + q, q, one),
        (by_capacity + q, capacity + own, -one),
        (ends, built + pairs[:, 0], np.ones(len(pairs))),
        (ends, laid + source[pairs[:, 0], 0] * len(trenches) + pairs[:, 1], -np.ones(len(pairs))),
    ]
    gains = np.array([(way.gain - loads[way.source]) * hours for way in ways])
    needs = [max((w.need for w in ways if w.company == c), key=np.sum) for c in companies]
    sides = np.zeros(n_rows)
    sides[:by_share] = np.concatenate([*waste.values(), *needs])
    upper = np.full(n_columns, INFINITY)
    upper[built:laid] = (
        1.0  # of ways, so that their shares of a trench sum to no more than it costs
    )
    capacities = np.array([way.capacity_cost for way in ways])
    costs = [-gains.ravel(), capacities, np.zeros(n), np.tile(trenches, len(sources))]
    solver = Solver()
    solver.load(
        Arrays(
            matrix=_matrix(entries, (n_rows, n_columns)),
            cost=np.concatenate(costs),
            lower=np.zeros(n_columns),
            upper=upper,
            row_lower=np.full(n_rows, -INFINITY),
            row_upper=sides,
            integer=np.zeros(n_columns, dtype=bool),
        )
    )
    answer = solver.solve()
    if answer is None:
        raise SolveError("the best use of waste heat could not be found")
    duals = np.maximum(-answer.duals, 0.0)
    scarce = duals[:at_company].reshape(len(sources), periods) / hours
    shares = np.zeros((n, len(trenches)))
    shares[pairs[:, 0], pairs[:, 1]] = duals[ends]
    return Market(
        scarcity=dict(zip(sources, scarce, strict=True)),
        shares=shares,
        energy=answer.columns[q] @ hours,
    )


def _matrix(
    entries: Sequence[tuple[Ints, Ints, Floats]], shape: tuple[int, int]
) -> sparse.csr_array:
    """Coefficients from blocks of rows, columns and values."""
    parts = zip(*entries, strict=True)
    row, col, value = (np.concatenate([block.ravel() for block in part]) for part in parts)
    return sparse.csr_array((value, (row, col)), shape=shape)
