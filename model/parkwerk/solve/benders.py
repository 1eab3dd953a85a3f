"""The best design of a few actors over the full year, with a proven bound.

Designs and operation are sought in turns (Benders): the master proposes what to build, the year is
operated under it, and the cuts of that year tell the master what each unit is worth. All binaries
are the master's, so the bound is that of the mixed-integer program over all periods.

Every entry of the tariff menu has a master of its own. The next turn is always that of the entry
with the lowest bound, until no bound is below the best cost by more than the gap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from parkwerk.solve.assemble import Park
from parkwerk.solve.cuts import Cuts, joined
from parkwerk.solve.entries import Trade
from parkwerk.solve.master import Master, Rules, rows_from, rules_of
from parkwerk.solve.program import INFINITY, Floats, Ints, offsets
from parkwerk.solve.stamp import Stamp
from parkwerk.solve.tariff_cuts import TINY, between, charges, mixed, price_level
from parkwerk.solve.value import Value

#: Cuts are summed over about so many days: fewer cuts say less, more are slower to handle.
DAYS_PER_BUNDLE = 7.0
#: Turns after which the best design is taken as it is, with its true gap.
ROUNDS = 400
#: Where the level stands between the bound and the cost that is to be beaten. After a visit that
#: brought half of what the cuts had promised it is half as high, after another it is this again.
LEVEL, PROMISED, BOLDER = 0.6, 0.5, 0.5
#: So often a level that no design meets is raised before the goal itself is tried.
RAISES = 3

#: Into so many parts a visit is divided, after each of which it can end.
PARTS = 6

#: Told of a visit so far - the design, which bundles, and what they cost - says whether to go on.
Goes = Callable[[Floats, Ints, float], bool]
#: The entry of each visit of the year and its cuts, see ``traded.py``.
Learned = Sequence[tuple[int, Cuts]]


@dataclass
class Leader:
    """The best design of a case so far, its cost and its entry."""

    design: Floats | None = None
    cost: float = INFINITY
    entry: int = 0


class Year:
    """Operating cost of some actors over all periods of the year, under one tariff at a time."""

    def __init__(
        self,
        park: Park,
        stamps: list[list[Stamp]],
        prices: list[Trade],
        priced: Sequence[Floats] = (),
    ) -> None:
        hours = float(park.scenario.attrs["step_hours"])
        self.values = []
        for group, (periods, price) in enumerate(zip(park.groups, prices, strict=True)):
            days = len(periods) * periods.steps * hours / 24
            bundles = max(1, min(len(periods), round(days / DAYS_PER_BUNDLE)))
            own = [stamp[group] for stamp in stamps]
            self.values.append(Value(park, own, price, bundles, priced))
        self._first = offsets([value.bundles for value in self.values])[:-1]

    def charge(self, stamps: list[list[Stamp]]) -> None:
        """Count the costs of another tariff."""
        for group, value in enumerate(self.values):
            value.charge([stamp[group] for stamp in stamps])

    def cuts(self, design: Floats) -> Cuts:
        """What the whole year under a design says."""
        return joined([self._part(k, design) for k in range(len(self.values))])

    def visit(self, design: Floats, order: Ints, goes_on: Goes) -> Cuts:
        """Operate bundle after bundle in an order, while it goes on.

        Measured quantities are raised to what the bundles visited need of them.
        """
        done = list[Cuts]()
        for some in np.array_split(order, PARTS):
            for k, first in enumerate(self._first):
                own = some[(some >= first) & (some < first + self.values[k].bundles)] - first
                if len(own):
                    done.append(self._part(k, design, own, True))
                    design = done[-1].at
            bundles = np.concatenate([cuts.bundle for cuts in done])
            if not goes_on(design, bundles, sum(cuts.operation for cuts in done)):
                break
        return joined(done)

    def _part(
        self, group: int, design: Floats, bundles: Ints | None = None, lift: bool = False
    ) -> Cuts:
        """Cuts of one group of periods."""
        cuts = self.values[group].cuts(design, bundles, lift)
        traded = tuple(replace(own, group=group) for own in cuts.traded)
        return replace(cuts, bundle=cuts.bundle + self._first[group], traded=traded)

    def again(self, cuts: Cuts) -> Cuts | None:
        """What cuts of a visit at other prices are at these; none if nothing can be said."""
        changes = [self.values[own.group].change(own, cuts.at) for own in cuts.traded]
        known = [change for change in changes if change is not None]
        if len(known) < len(changes):
            return None
        value, slope = (np.concatenate(part) for part in zip(*known, strict=True))
        return replace(
            cuts,
            value=cuts.value + value,
            slope=cuts.slope + slope,
            shifted=tuple(other + slope for other in cuts.shifted),
        )

    def floor(self, upper: Floats, menu: list[list[list[Stamp]]]) -> Floats:
        """Least cost of each bundle under any entry if everything is built for nothing."""
        return np.concatenate(
            [
                value.floor(upper, [[stamp[group] for stamp in entry] for entry in menu])
                for group, value in enumerate(self.values)
            ]
        )


class Entry:
    """An entry of the menu with a grant: its master, and the lower bound of the cost under it."""

    def __init__(
        self, stamps: list[list[Stamp]], had: Floats, fixed: float, dearer: Floats, case: str
    ) -> None:
        self.case = case
        first = [own[0] for own in stamps]
        self.stamps, self.had, self.dearer = stamps, had, dearer
        rules = rules_of(first).given(had)
        self.rules = replace(rules, fixed_cost=rules.fixed_cost + fixed, cost=rules.cost + dearer)
        self.level, self.charges = price_level(first), charges(first)
        self.bound, self.visited, self.part = -INFINITY, False, LEVEL
        #: Which of the slopes that a cut has are this entry's.
        self.shift = 0

    def begin(self, floor: Floats) -> None:
        """Begin with a bound of each bundle's cost."""
        self.master = Master(self.rules, floor)

    def reprice(self, cost: Floats) -> None:
        """Count other costs of what is built; what is had is had for the same sum."""
        cost = np.where(np.isnan(self.had), cost, 0.0) + self.dearer
        self.rules = replace(self.rules, cost=cost)
        self.master.reprice(cost)
        self.bound = -INFINITY

    def granted(self, design: Floats) -> Floats:
        """The same design with what is had."""
        return np.where(np.isnan(self.had), design, self.had)


class Search:
    """The way from design to design, over all entries of the menu with all grants."""

    def __init__(
        self,
        park: Park,
        menu: list[list[list[Stamp]]],
        prices: list[Trade],
        starts: list[list[Floats]],
        had: list[tuple[Floats, float, Floats, str]],
        learned: Learned = (),
    ) -> None:
        self.entries = [Entry(entry, *grant) for grant in had for entry in menu]
        priced = list(np.unique([entry.charges for entry in self.entries], axis=0))
        self.year = Year(park, menu[0], prices, priced)
        for entry in self.entries:
            same = [np.array_equal(each, entry.charges) for each in priced]
            entry.shift = same.index(True)
        #: Entries of the first case, which come first; those of each other follow in this order.
        self._choices = sum(entry.case == self.entries[0].case for entry in self.entries)
        self.starts = starts
        upper = np.max([entry.rules.upper for entry in self.entries], axis=0)
        floor = self.year.floor(upper, menu)
        for entry in self.entries:
            entry.begin(floor)
        #: By how much each bundle cost more than the cuts had said; at first the dearest lead.
        self._surprise = floor.copy()
        self.leaders = {entry.case: Leader() for entry in self.entries}
        #: Designs visited that meet all rules: entry, design, and what its operation costs.
        self.seen: list[tuple[int, Floats, float]] = []
        #: Prices and cuts of all visits.
        self.visits: list[tuple[Floats, Cuts]] = []
        self._charged: list[list[Stamp]] | None = None
        self.learned = list(learned)
        for k, cuts in learned:
            again = self.year.again(cuts)
            if again is not None:
                self._add(k, again)

    def goal(self, case: str, gap: float, smallest: float) -> float:
        """The bound at which the best design of a case so far is within the gap."""
        cost = self.leaders[case].cost
        return cost - gap * max(abs(cost), smallest) if np.isfinite(cost) else cost

    def run(
        self,
        case: str,
        gap: float,
        smallest: float,
        over: Callable[[], bool],
        enough: float = INFINITY,
    ) -> float:
        """Search until the best design of a case is within the gap; returns the lower bound.

        Or until the bound is ``enough``.
        """
        for k, starts in enumerate(self.starts):
            while starts:
                self.visit(k, starts.pop(0))
        leader, bounds = self.leaders[case], np.empty(0)
        own = [k for k, entry in enumerate(self.entries) if entry.case == case]
        for _ in range(ROUNDS):
            goal = min(self.goal(case, gap, smallest), enough)
            bounds = np.array([self.entries[k].bound for k in own])
            if bounds.min() >= goal or over():
                break
            # What is learned where the best is known lies near what is best under others.
            known = leader.design is not None and self.entries[leader.entry].bound < goal
            self.turn(leader.entry if known else own[int(bounds.argmin())], goal, leader)
        return float(bounds.min())

    def turn(self, k: int, goal: float, leader: Leader) -> None:
        """Raise the bound of an entry, or visit the design that keeps it low."""
        entry = self.entries[k]
        if leader.design is None:
            self.visit(k, entry.master.solve()[0])
            return
        if not entry.visited and not self.learn(k):
            # What is best under another tariff is a good place to learn of this one.
            self.visit(k, leader.design)
        entry.bound = max(entry.bound, entry.master.relaxed())
        for part in (*[entry.part] * RAISES, 1.0):
            if entry.bound < goal:
                level = entry.bound + part * (goal - entry.bound)
                near = entry.master.near(entry.granted(leader.design), level)
                if near is not None:
                    before = leader.cost
                    self.visit(k, near, leader.cost)
                    kept = before - leader.cost >= PROMISED * (before - level)
                    entry.part = entry.part * BOLDER if kept else LEVEL
                    return
                entry.bound = level

    def learn(self, k: int) -> bool:
        """Learn of an entry from the latest visits of two others between whose prices its lie."""
        entry = self.entries[k]
        latest = self.visits[::-1]
        for one, first in latest:
            for two, second in latest:
                part = between(one, two, entry.level)
                if part is not None:
                    shift = entry.shift
                    cuts = mixed(first.under(shift), second.under(shift), part)
                    entry.master.add(rows_from(cuts, entry.master.bundles))
                    entry.visited = True
                    return True
        return False

    def visit(self, k: int, design: Floats, enough: float = INFINITY) -> None:
        """Operate the year under a design and learn from it.

        As soon as the design is seen to cost more than ``enough``, it is no better than what is
        known: the rest of the year is not operated. Bundles of which little was known come first.
        """
        entry = self.entries[k]
        if self._charged is not entry.stamps:
            self.year.charge(entry.stamps)
            self._charged = entry.stamps
        design = entry.granted(design)

        def goes_on(at: Floats, bundles: Ints, operation: float) -> bool:
            rest = entry.master.below(at)
            rest[bundles] = 0.0
            built = entry.rules.fixed_cost + float(entry.rules.cost @ at)
            return built + operation + float(rest.sum()) <= enough

        cuts = self.year.visit(design, np.argsort(-self._surprise, kind="stable"), goes_on)
        self._surprise[cuts.bundle] = cuts.value - entry.master.below(cuts.at)[cuts.bundle]
        self.learned.append((k, cuts))
        self._add(k, cuts)
        # A meter reads what the year needs: the visit has raised the peaks to what they are.
        if len(cuts.bundle) == len(self._surprise) and _allowed(entry.rules, cuts.at):
            self.seen.append((k, cuts.at, cuts.operation))
            self._consider(*self.seen[-1])

    def _add(self, k: int, cuts: Cuts) -> None:
        """Learn from the cuts of an entry."""
        entry = self.entries[k]
        self.visits.append((entry.level, cuts))
        entry.visited = True
        rows = [rows_from(cuts.under(s), entry.master.bundles) for s in range(len(cuts.shifted))]
        for other in self.entries:
            if (other.level >= entry.level - TINY).all():
                other.master.add(rows[other.shift])

    def _consider(self, k: int, design: Floats, operation: float) -> None:
        """Keep a design if it is the best so far of its case, or of one that has more besides."""
        for j in range(k, len(self.entries), self._choices) if k < self._choices else (k,):
            entry = self.entries[j]
            own, leader = entry.granted(design), self.leaders[entry.case]
            cost = entry.rules.fixed_cost + float(entry.rules.cost @ own) + operation
            if cost < leader.cost:
                leader.design, leader.cost, leader.entry = own, cost, j

    def reprice(self, costs: Sequence[Floats]) -> None:
        """Count other costs of what is built, by entry of the menu; cuts hold as they are."""
        for k, entry in enumerate(self.entries):
            entry.reprice(costs[k % len(costs)])
        self.leaders = {entry.case: Leader() for entry in self.entries}
        for known in self.seen:
            self._consider(*known)


def _allowed(rules: Rules, design: Floats) -> bool:
    """Whether a design meets the rules of this tariff."""
    over = rules.matrix @ design - rules.rhs
    short = np.where(rules.equal, np.abs(over), over)
    return bool((short <= 1e-6 * (1.0 + np.abs(rules.rhs))).all())
