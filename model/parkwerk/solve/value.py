"""What the operation of some actors costs in a year, as a function of what they have built.

Under fixed tariffs and at fixed prices of the exchanges with others, the least operating cost V(y)
is convex in the design y, and a sum over periods. Some periods at a time (``blocks.py``) are a
linear program of their own in which y stands as fixed columns:

    V_p(ȳ) = min  c·x + M·(u + v)    s.t.  A·x + T·(y + u − v) ⋚ r,  y = ȳ,  u, v ≥ 0

The columns u and v let a period deviate from the design at a price M for each unit. So there is an
operation whatever ȳ is, and V is never above the true cost. The reduced costs of y are the slope of
V_p, from which follow cuts that hold for every design:

    V_p(y) ≥ V_p(ȳ) + slope_p·(y − ȳ)

Rows of a single flow are bounds of it, from which nobody deviates (``limits.py``): what they leave
is V of the same kind. Should a period then have no operation, all rows are rows.

The programs stay in memory; another design changes some bounds and takes few simplex steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from parkwerk.errors import SolveError
from parkwerk.solve import entries
from parkwerk.solve.assemble import Park
from parkwerk.solve.blocks import Programs, Rows, blocks_of
from parkwerk.solve.cuts import Cuts
from parkwerk.solve.deviation import deviation_cost
from parkwerk.solve.entries import Trade
from parkwerk.solve.limits import Limits
from parkwerk.solve.program import (
    INFINITY,
    Floats,
    Ints,
    numbered,
    offsets,
    summing,
)
from parkwerk.solve.stamp import Stamp, dense
from parkwerk.solve.traded import Traded, Trading
from parkwerk.solve.twins import Twins


@dataclass(frozen=True)
class Operated:
    """What every block of periods costs under a design, (block,), and what a unit of each changes.

    ``slope`` and ``at``, the design that each block had, are (design, block); ``shifts`` is what
    is added to the slope to get others that hold as well; ``reduced`` are the reduced costs of the
    flows, (flow, period). ``lifted`` is by how much the measured quantities were raised in the end,
    (design,), and ``spared`` what the periods have paid for that [EUR].
    """

    cost: Floats
    slope: Floats
    at: Floats
    shifts: list[Floats]
    reduced: Floats
    lifted: Floats
    spared: float


class Value:
    """The operating cost of some actors over all periods of one length.

    Parameters
    ----------
    stamps
        One for each actor, over the same periods. Exchanges between them are balanced.
    prices
        Of every exchange of the park; those with others are sold to and bought from at these.
    bundles
        Into how many cuts the periods are summed.
    priced
        Prices of the design columns for which slopes are wanted, see ``twins.py``.
    """

    def __init__(
        self,
        park: Park,
        stamps: list[Stamp],
        prices: Trade,
        bundles: int,
        priced: Sequence[Floats] = (),
    ) -> None:
        self.periods = stamps[0].periods
        n = len(self.periods)
        self.bundles = bundles
        self._bundle = np.arange(n) * bundles // n
        self._blocks = blocks_of(self._bundle, self.periods.steps)
        self._bundle_of_block = np.array([self._bundle[block[0]] for block in self._blocks])
        #: How high a block has raised measured quantities, and what another unit was worth to it.
        self._raised, self._worth = np.zeros((2, len(self._blocks)))
        self._park, self._stamps, self._trade, self._priced = park, stamps, prices, priced
        self._assemble(limited=True)

    def _assemble(self, limited: bool) -> None:
        """Hand the programs of all blocks to their solvers.

        If ``limited``, rows of a single flow are bounds of it, from which no period can deviate.
        """
        stamps, steps, n = self._stamps, self.periods.steps, len(self.periods)
        templates = [stamp.template for stamp in stamps]
        columns = offsets([t.n_operation for t in templates])
        designs = columns[-1] + offsets([t.n_design for t in templates])
        rows = offsets([len(t.rows) for t in templates])
        self.size, self._flows = int(designs[-1] - columns[-1]), int(columns[-1])
        inner = entries.inner_exchanges(self._park, stamps)
        place = {e: rows[-1] + i * steps for i, e in enumerate(inner)}
        inside, held, costs, traded = [], [], [], []
        for i, stamp in enumerate(stamps):
            inside.append(entries.operated(stamp, rows[i], columns[i]))
            held.append(entries.held(stamp, rows[i], designs[i] - columns[-1]))
            within = np.array([e in place for e in entries.exchange_of(stamp)], dtype=bool)
            inside.append(entries.balances(stamp, columns[i], place, within))
            costs.append(entries.sales(self._park, stamp, within, self._trade))
            traded.append(columns[i] + stamp.template.delivery.col[~within])
        self._sold = np.concatenate(costs)
        self._penalty = np.concatenate([deviation_cost(stamp) for stamp in stamps])
        self._measured = np.zeros(self.size, dtype=bool)
        for first, stamp in zip(designs - columns[-1], stamps, strict=False):
            self._measured[first + stamp.template.measured] = True
        n_rows = int(rows[-1]) + len(inner) * steps
        sides = np.zeros((n_rows, n))
        equal = np.ones(n_rows, dtype=bool)
        for first, stamp in zip(rows, stamps, strict=False):
            table = stamp.template.rows
            own_rows = slice(first, first + len(table))
            sides[own_rows] = dense(table.rhs, stamp.values(table.rhs), "row")
            equal[own_rows] = table.equal
        whole = Rows(entries.together(inside), entries.together(held), sides, equal)
        at, into, share = whole.held
        other = equal.copy() if limited else np.ones_like(equal)
        other[at[self._measured[into]]] = True
        self._twins = Twins.of(whole.inside, whole.held, sides, self._measured)
        self._chosen = [self._twins.chosen(price) for price in self._priced]
        self._limits = Limits.of(*whole.inside, other)
        self._limited = np.unique(self._limits.columns)
        which = numbered(self._limits.rows, n_rows)
        opened = which[at] >= 0
        self._opened = which[at[opened]], into[opened], share[opened]
        self._by_limit = summing(self._opened[0], len(self._limits.rows))
        self._by_design = summing(self._opened[1], self.size)
        self._sides = sides[self._limits.rows]
        if limited:
            flows = np.unique(np.concatenate(traded))
            self._trading = Trading.of(flows, self._limits, self._sides, self._opened)
            self._paid = self._sold[flows]
        kept = which < 0
        self._metered = numbered(np.flatnonzero(kept), n_rows)[self._twins.rows]
        self._least = np.where(np.concatenate([t.free for t in templates]), -INFINITY, 0.0)
        self._programs = Programs(self._blocks, whole.only(kept), self._least, self._limited)
        self._linked = self._programs.linked
        self.charge(self._stamps)

    def charge(self, stamps: Sequence[Stamp]) -> None:
        """Count the costs of another entry of the menu: nothing else of a program depends on it."""
        self._penalty = np.concatenate([deviation_cost(stamp) for stamp in stamps])
        self._cost(np.concatenate([stamp.operation_cost for stamp in stamps]))

    def _cost(self, operation: Floats) -> None:
        self._operation = operation
        self._programs.charge(operation + self._sold, self._penalty[self._linked])

    def _operate(
        self, least: Floats, most: Floats, which: Ints | None = None, lift: bool = False
    ) -> Operated:
        """Solve some blocks of periods, or all, with designs between two.

        Rows that are bounds take of these what leaves the flows most room. The first time each
        block starts from the basis of the one before.

        With ``lift``, a measured quantity that a block raises is as high for the next: who pays
        the price of a whole year for it is worth that to the year. Those come first that raised it
        highest the last time.
        """
        which = np.arange(len(self._blocks)) if which is None else which
        blocks = [self._blocks[b] for b in which]
        periods, block = np.concatenate(blocks), np.repeat(which, [len(own) for own in blocks])
        sides, low, high = self._room(least, most, periods)
        lower, upper = (bound[self._limited].T.copy() for bound in (low, high))
        linked, n = self._linked, len(blocks)
        cost, slope, lifts = np.zeros(n), np.zeros((self.size, n)), np.zeros((len(linked), n))
        reduced = np.zeros((self._flows, len(periods)))
        metered = np.zeros((len(self._metered), len(periods)))
        lifted, read, spared = np.zeros(len(linked)), self._measured[linked] & lift, 0.0
        first = np.lexsort((self._worth[which], -self._raised[which]))
        for k in first if lift else range(n):
            b, at = which[k], block == which[k]
            bounds = (lower[at], least[linked] + lifted), (upper[at], most[linked] + lifted)
            solved = self._programs.solve(b, *bounds)
            if solved is None:
                return self._operate_in_full(blocks[k], least, most, which, lift)
            cost[k], slope[linked, k], lifts[:, k] = solved.cost, solved.slope, lifted
            reduced[:, at], metered[:, at] = solved.reduced, solved.duals[self._metered]
            if lift:
                more = np.where(read, solved.beyond, 0.0)
                lifted = lifted + more
                self._raised[b] = lifted.sum() if more.any() else 0.0
                spared += float(self._penalty[linked] @ more)
        worth = self._limits.at(periods).duals(sides, low, high, reduced)
        limit, _, share = self._opened
        slope -= _summed(self._by_design @ (share[:, periods] * worth[limit]), block)
        slopes = self._twins.slopes(metered, self._chosen, self.size, periods)
        found, *shifted = (_summed(by_period, block) for by_period in slopes)
        self._worth[which] = found[self._measured].sum(axis=0)
        return Operated(
            cost=cost,
            slope=slope,
            at=least[:, None] + self._of_design(lifts),
            shifts=[other - found for other in shifted],
            reduced=reduced,
            lifted=self._of_design(lifted),
            spared=spared,
        )

    def _room(self, least: Floats, most: Floats, periods: Ints) -> tuple[Floats, Floats, Floats]:
        """Limits of flows in some periods under designs between two, and bounds of all flows."""
        _, into, share = self._opened
        share = share[:, periods]
        opening = np.where(share > 0, least[into][:, None], most[into][:, None])
        taken = self._by_limit @ np.where(share == 0, 0.0, share * opening)
        sides = self._sides[:, periods] - taken
        most = np.full(self._flows, INFINITY)
        return sides, *self._limits.at(periods).bounds(sides, self._least, most)

    def _of_design(self, linked: Floats) -> Floats:
        """Values of the linked columns among all of the design."""
        result = np.zeros((self.size, *linked.shape[1:]))
        result[self._linked] = linked
        return result

    def _operate_in_full(
        self, block: Ints, least: Floats, most: Floats, which: Ints, lift: bool
    ) -> Operated:
        """Solve with all rows as rows: some period needs to deviate from the design in one."""
        if not len(self._limits.rows):
            raise SolveError(
                f"no operation found in the periods {block[0] + 1} to {block[-1] + 1} of the year"
            )
        operation, penalty = self._operation, self._penalty
        self._assemble(limited=False)
        self._penalty = penalty
        self._cost(operation)
        return self._operate(least, most, which, lift)

    def cuts(self, design: Floats, bundles: Ints | None = None, lift: bool = False) -> Cuts:
        """Operate the periods of some bundles, or all: cost and slope, summed into bundles.

        With ``lift``, measured quantities are raised to what these periods need of them.
        """
        own = np.arange(self.bundles) if bundles is None else np.sort(bundles)
        which = np.flatnonzero(np.isin(self._bundle_of_block, own))
        bundle = self._bundle_of_block[which]
        done = self._operate(design, design, which, lift)
        at = design + done.lifted
        slope = _summed(done.slope, bundle).T
        height = _summed(done.cost - (done.slope * done.at).sum(axis=0), bundle)
        # Many are kept, and seven digits of a reduced cost will do.
        reduced = done.reduced[self._trading.columns].astype(np.float32)
        periods = np.flatnonzero(np.isin(self._bundle, own))
        return Cuts(
            at=at,
            bundle=own,
            value=height + slope @ at,
            slope=slope,
            operation=float(done.cost.sum()) - done.spared,
            shifted=tuple(slope + _summed(shift, bundle).T for shift in done.shifts),
            traded=(Traded(self._paid, reduced, periods),),
        )

    def change(self, visit: Traded, design: Floats) -> tuple[Floats, Floats] | None:
        """What these prices change of a visit at others: its value and slope, summed into bundles.

        None if nothing can be said.
        """
        change = self._trading.change(visit, design, self._paid)
        if change is None:
            return None
        value, slope = (_summed(part, self._bundle[visit.periods]) for part in change)
        return value, slope.T

    def floor(self, upper: Floats, menu: Sequence[Sequence[Stamp]]) -> Floats:
        """Least cost of each bundle under any entry, with all up to ``upper`` built for nothing."""
        least = np.minimum.reduce([np.concatenate([s.operation_cost for s in e]) for e in menu])
        self._cost(least)
        done = self._operate(np.zeros(self.size), upper)
        self._worth = -done.cost  # at first the dearest lead
        return _summed(done.cost, self._bundle_of_block)


def _summed(values: Floats, groups: Ints) -> Floats:
    """Sums over neighbours of the same group, along the last axis."""
    first = np.flatnonzero(np.r_[True, np.diff(groups) != 0])
    result: Floats = np.add.reduceat(values, first, axis=-1)
    return result
