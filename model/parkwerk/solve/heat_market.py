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

from parkwerk.errors import SolveError
from parkwerk.solve.heat_ways import Way
from parkwerk.solve.program import INFINITY, Floats, Program, Solver


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
    n, periods, program = len(ways), len(hours), Program()
    sources, companies = list(waste), list(dict.fromkeys(way.company for way in ways))
    source = np.array([sources.index(way.source) for way in ways])
    company = np.array([companies.index(way.company) for way in ways])
    gains = np.array([(way.gain - loads[way.source]) * hours for way in ways])
    q = program.add_columns(-gains.ravel()) + np.arange(n * periods).reshape(n, periods)
    capacity = program.add_columns(np.array([way.capacity_cost for way in ways])) + np.arange(n)
    # At most one of each way, not of each pipe: so shares of a trench sum to no more than its cost.
    built = program.add_columns(np.zeros(n), upper=1.0) + np.arange(n)
    laid = program.add_columns(np.tile(trenches, len(sources)))

    def rows(sides: Floats) -> int:
        return program.add_rows(np.full(len(sides), -INFINITY), sides, "waste heat", [""])

    one, period = np.ones((n, periods)), np.arange(periods)
    given = rows(np.concatenate(list(waste.values())))
    program.add_entries(given + source[:, None] * periods + period, q, one)
    needs = [max((w.need for w in ways if w.company == c), key=np.sum) for c in companies]
    kept = np.array([way.kept for way in ways])[:, None]
    program.add_entries(
        rows(np.concatenate(needs)) + company[:, None] * periods + period, q, kept * one
    )
    heat = np.array([way.heat for way in ways])
    for most, column in ((heat, built), (one, capacity)):
        first = rows(np.zeros(n * periods)) + np.arange(n * periods).reshape(n, periods)
        program.add_entries(first, q, one)
        program.add_entries(first, np.broadcast_to(column[:, None], q.shape), -most)
    pairs = np.array([(k, p) for k, way in enumerate(ways) for p in way.pipes])
    on, pipe = pairs.T
    dug = rows(np.zeros(len(pairs))) + np.arange(len(pairs))
    program.add_entries(dug, built[on], np.ones(len(pairs)))
    program.add_entries(dug, laid + source[on] * len(trenches) + pipe, -np.ones(len(pairs)))
    solver = Solver()
    solver.load(program.arrays())
    answer = solver.solve()
    if answer is None:
        raise SolveError("the best use of waste heat could not be found")
    worth = np.maximum(-answer.duals, 0.0)
    scarcity = worth[given : given + len(sources) * periods].reshape(-1, periods) / hours
    shares = np.zeros((n, len(trenches)))
    shares[on, pipe] = worth[dug]
    return Market(
        scarcity=dict(zip(sources, scarcity, strict=True)),
        shares=shares,
        energy=answer.columns[q] @ hours,
    )
