"""The yearly cost of some actors near a design: convex in what they build, with its dual prices.

Under fixed tariffs and binaries and at fixed prices of the exchanges with others, the cost is

    f(y) = d₀ + d·y + V(y)    s.t.  S·y ⋚ s,  lower ≤ y ≤ upper

with V from :mod:`parkwerk.solve.value`. Its least value between bounds is found by cutting planes
(Kelley 1960): the cuts of every year that was operated are kept, so that after the first answer
the next, a little beside it, takes a year or two.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from parkwerk.errors import SolveError
from parkwerk.solve.assemble import Park
from parkwerk.solve.benders import Year
from parkwerk.solve.cuts import Cuts
from parkwerk.solve.deviation import opened_by
from parkwerk.solve.entries import Trade
from parkwerk.solve.master import Rules
from parkwerk.solve.program import INFINITY, Answer, Arrays, Floats, Solver
from parkwerk.solve.stamp import Stamp

#: Years after which the best that was found is taken as it is.
ROUNDS = 60
#: To which share of the cost differences can be found.
NOISE = 1e-8
#: To which share of the cost a break-even is sought.
EVEN = 1e-6


class NoDesign(SolveError):
    """No design between some bounds meets the rules."""


@dataclass(frozen=True)
class Least:
    """The least cost between some bounds.

    Attributes
    ----------
    design
        Where it is.
    cost, bound
        What the year costs there, and the lower bound [EUR/a].
    prices
        What one unit more on the right side of each rule would save [EUR/a per unit], ≥ 0 for ≤.
    reduced
        What one unit more of each column costs more than it brings, and more than the rules it
        touches are worth [EUR/a per unit].
    """

    design: Floats
    cost: float
    bound: float
    prices: Floats
    reduced: Floats


@dataclass(frozen=True)
class Firm(Stamp):
    """A stamp of which no period deviates from the design, whatever that would bring.

    A search may let a period deviate at the yearly cost of a unit: at the best design nobody does.
    Beside it, or where a limit or a binary holds a size, somebody would: a battery on the day of
    the peak, a membership for a day. A unit that opens a kW in every step is worth at most two
    dearest kWh in each of them - one spared, one sold - and, by Δt, all that is paid for peaks.
    """

    @cached_property
    def design_cost(self) -> Floats:
        """What a period would pay for each unit by which it deviates."""
        cost = super().design_cost
        energy = float(np.abs(self.operation_cost).max(initial=1.0)) * self.periods.steps
        peaks = float(cost[self.template.measured].sum()) / self.actor.shape.step_hours
        each = 2.0 * energy + peaks + float(cost.max(initial=0.0))
        return each * opened_by(self)


def _firm(stamp: Stamp) -> Firm:
    return Firm(stamp.actor, stamp.tariff, stamp.template, stamp.periods, stamp.theta)


class Nearby:
    """Cost of some actors as a function of their design, with all cuts so far.

    Parameters
    ----------
    stamps
        For each actor its stamps by group of periods.
    prices
        Of what is traded with others, for each group.
    upper
        No column is asked for above this.
    """

    def __init__(
        self,
        park: Park,
        stamps: list[list[Stamp]],
        prices: list[Trade],
        rules: Rules,
        upper: Floats,
    ) -> None:
        firm: list[list[Stamp]] = [[_firm(stamp) for stamp in own] for own in stamps]
        self.rules, self.year = rules, Year(park, firm, prices)
        self._floor = self.year.floor(upper, [firm])
        self.year.charge(firm)
        self._cuts: list[Cuts] = []

    def least(
        self,
        start: Floats,
        lower: Floats,
        upper: Floats,
        near: float = 0.0,
        without: np.ndarray | None = None,
        cost: Floats | None = None,
    ) -> Least:
        """The least cost between bounds, to within ``near`` [EUR/a] and :data:`NOISE`.

        Rules whose columns are all held by the bounds do not count, so that a size can be looked at
        that no rule allows.

        Parameters
        ----------
        start
            A design to begin with.
        without
            Mask of rules that do not count either.
        cost
            Of each design column, if not that of the rules.

        Raises
        ------
        NoDesign
            If none between the bounds meets the rules.
        """
        cost = self.rules.cost if cost is None else cost
        point = np.clip(start, lower, upper)
        best, found = INFINITY, point
        for _ in range(ROUNDS):
            paid = self._operate(point, cost)
            if paid < best:
                best, found = paid, point
            answer = self._solve(lower, upper, cost, without)
            if best - answer.objective <= near + NOISE * (1.0 + abs(best)):
                break
            point = np.clip(answer.columns[: len(cost)], lower, upper)
        rows = len(self.rules.rhs)
        slopes = np.concatenate([cuts.slope for cuts in self._cuts])
        prices = -answer.duals[:rows]
        reduced = cost + self.rules.matrix.T @ prices + slopes.T @ answer.duals[rows:]
        return Least(found, best, answer.objective, prices, reduced)

    def break_even(
        self, base: Least, lower: Floats, upper: Floats, paid: Floats
    ) -> tuple[float, Floats]:
        """The share of its cost below which an asset pays, and the design with it then.

        The largest of ``(cost without it − cost with it for nothing)/paid·y`` over all designs
        between the bounds, which hold the asset (Dinkelbach 1967).

        Parameters
        ----------
        base
            The year without the asset.
        paid
            What each column of the asset costs, 0 for all others.
        """
        share, design = 0.0, base.design
        point = np.clip(design, lower, upper)
        near = EVEN * (1.0 + abs(base.cost))
        for _ in range(ROUNDS):
            cost = self._operate(point, self.rules.cost - (1.0 - share) * paid)
            if base.cost - cost > near:
                whole, design = float(paid @ point), point
                if whole <= 0.0:
                    return INFINITY, design
                share += (base.cost - cost) / whole
            answer = self._solve(lower, upper, self.rules.cost - (1.0 - share) * paid)
            if answer.objective >= base.cost - near:
                break
            point = np.clip(answer.columns[: len(point)], lower, upper)
        return share, design

    def _operate(self, design: Floats, cost: Floats) -> float:
        """What a design costs [EUR/a]."""
        cuts = self.year.cuts(design)
        self._cuts.append(cuts)
        return self.rules.fixed_cost + float(cost @ design) + float(cuts.value.sum())

    def _solve(
        self, lower: Floats, upper: Floats, cost: Floats, without: np.ndarray | None = None
    ) -> Answer:
        """The program of designs by the cuts so far."""
        kept = np.asarray(abs(self.rules.matrix)[:, lower < upper].sum(axis=1)).ravel() > 0
        if without is not None:
            kept &= ~without
        solver = Solver()
        solver.load(self._program(lower, upper, kept, cost))
        answer = solver.solve()
        if answer is None:
            raise NoDesign("no design near the one found meets all of its rules")
        return answer

    def _program(self, lower: Floats, upper: Floats, kept: np.ndarray, cost: Floats) -> Arrays:
        """The linear program of designs: rules, then the cuts; columns y, then one by bundle."""
        rules, bundles = self.rules, len(self._floor)
        none = sparse.csr_array((len(rules.rhs), bundles))
        # Where a cut stands at what a column is held to, its slope along that says nothing.
        slopes = [np.where((lower == upper) & (c.at == lower), 0.0, c.slope) for c in self._cuts]
        cuts = [np.hstack([-slope, np.eye(bundles)]) for slope in slopes]
        heights = np.concatenate(
            [c.value - slope @ c.at for c, slope in zip(self._cuts, slopes, strict=True)]
        )
        blocks = [sparse.hstack([rules.matrix, none]), *map(sparse.csr_array, cuts)]
        rhs = np.where(kept, rules.rhs, INFINITY)
        return Arrays(
            matrix=sparse.csr_array(sparse.vstack(blocks)),
            cost=np.concatenate([cost, np.ones(bundles)]),
            lower=np.concatenate([lower, self._floor]),
            upper=np.concatenate([upper, np.full(bundles, INFINITY)]),
            row_lower=np.concatenate([np.where(rules.equal & kept, rhs, -INFINITY), heights]),
            row_upper=np.concatenate([rhs, np.full(len(heights), INFINITY)]),
            integer=np.zeros(len(cost) + bundles, dtype=bool),
            constant=rules.fixed_cost,
        )
