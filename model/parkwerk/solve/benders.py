"""The best design of a few actors over the full year, with a proven bound.

Designs and operation are sought in turns (Benders): the master proposes what to build, the year is
operated under it, and the cuts of that year tell the master what each unit is worth. All binaries
are the master's, so the bound is that of the mixed-integer program over all periods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from parkwerk.formulation.park import Actor
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Choice
from parkwerk.solve.master import Master, Rules, rules_of
from parkwerk.solve.program import INFINITY, Floats
from parkwerk.solve.stamp import Stamp
from parkwerk.solve.value import Cuts, Value

#: Cuts are summed over about so many days: fewer cuts say less, more are slower to handle.
DAYS_PER_BUNDLE = 7.0
#: Turns after which a design is taken as it is, with its true gap.
ROUNDS = 100
#: How far sizes may move at first, as a share of themselves, and where moving ends.
FIRST_RADIUS, LAST_RADIUS = 0.06, 0.002
#: Prices nearer than this are the same [EUR/kWh].
TINY = 1e-12
#: Near the best design one looks until this share of the gap is all that can be gained there.
NEAR = 0.5


@dataclass(frozen=True)
class Best:
    """The best choices of some actors, their cost, and a lower bound of it [EUR/a]."""

    choices: dict[str, Choice]
    cost: float
    bound: float


class Year:
    """Operating cost of some actors under fixed tariffs over all periods of the year."""

    def __init__(self, park: Park, stamps: list[list[Stamp]], prices: list[Floats]) -> None:
        hours = float(park.scenario.attrs["step_hours"])
        self.values = []
        for group, (periods, price) in enumerate(zip(park.groups, prices, strict=True)):
            days = len(periods) * periods.steps * hours / 24
            bundles = max(1, min(len(periods), round(days / DAYS_PER_BUNDLE)))
            own = [stamp[group] for stamp in stamps]
            self.values.append(Value(park, own, price, bundles))

    def cuts(self, design: Floats) -> Cuts:
        """Cuts of all groups of periods, one after another."""
        parts = [value.cuts(design) for value in self.values]
        return Cuts(
            design.copy(),
            np.concatenate([part.value for part in parts]),
            np.concatenate([part.slope for part in parts]),
            np.max([part.raised for part in parts], axis=0),
            sum(part.spared for part in parts),
        )

    def floor(self, upper: Floats) -> Floats:
        """Least cost of each bundle if everything may be built for nothing, (bundle,)."""
        return np.concatenate([value.floor(upper) for value in self.values])


def best_choices(
    park: Park,
    actors: Sequence[Actor],
    prices: list[Floats],
    gap: float,
    starts: Sequence[dict[str, Choice]] = (),
) -> Best:
    """The best tariff and design of actors that trade with others at given prices.

    At most one of the actors has a choice of tariffs. The one that the first start has is tried
    first, then the others from the cheapest kWh to the dearest: what a year costs at least under
    one, it costs at least under a dearer one, so its cuts hold there too. A tariff is left as soon
    as its bound is above the best cost found.

    Parameters
    ----------
    prices
        For each group of periods, (exchange, step, period) [EUR/kW].
    starts
        Choices to begin with, by name of the actor.
    """
    menu = max((actor.menu for actor in actors), key=len)
    options = [[_entry(actor, tariff) for actor in actors] for tariff in menu]
    stamped = [[park.stamps(a, t) for a, t in zip(actors, o, strict=True)] for o in options]
    levels = [_price_level(stamps) for stamps in stamped]
    tariffs = [{a.name: t for a, t in zip(actors, o, strict=True)} for o in options]
    likely = [{n: c.tariff for n, c in start.items()} for start in starts[:1]]
    order = sorted(range(len(menu)), key=lambda k: (tariffs[k] not in likely, levels[k].sum()))
    best = Best({}, INFINITY, INFINITY)
    tried: list[_Search] = []
    designs = [_joined(park, actors, start) for start in starts]
    for k in order:
        known = [search for search in tried if (levels[k] >= search.level - TINY).all()]
        search = _Search(park, stamped[k], prices, levels[k], known)
        bound = search.run(designs, gap, best.cost)
        tried.append(search)
        if search.best is not None and search.cost < best.cost:
            choices = _split(park, actors, options[k], search.best)
            best, designs = Best(choices, search.cost, best.bound), [search.best]
        best = Best(best.choices, best.cost, min(best.bound, bound))
        search.forget()
    return best


class _Search:
    """The way from design to design under one tariff: near the best while that pays, else anywhere.

    ``known`` are searches under tariffs that are nowhere dearer; their cuts and floors hold here.
    The programs of the periods are made when a design is operated first.
    """

    def __init__(
        self,
        park: Park,
        stamps: list[list[Stamp]],
        prices: list[Floats],
        level: Floats,
        known: list[_Search],
    ) -> None:
        self.level, self.cuts = level, list[Cuts]()
        self.best: Floats | None = None
        self.cost, self.radius, self.promised, self.exhausted = INFINITY, FIRST_RADIUS, 0.0, True
        self.rules = rules_of([own[0] for own in stamps])
        self._parts = (park, stamps, prices)
        self._year: Year | None = None
        self.floor: Floats = (
            np.max([search.floor for search in known], axis=0)
            if known
            else self.year.floor(self.rules.upper)
        )
        self.master = Master(self.rules, self.floor)
        for search in known:
            for cuts in search.cuts:
                self.master.add(cuts)
        self._informed = bool(known)

    @property
    def year(self) -> Year:
        """The year's programs."""
        if self._year is None:
            self._year = Year(*self._parts)
        return self._year

    def forget(self) -> None:
        """Give the memory of the year's programs back."""
        self._year = None

    def run(self, starts: Sequence[Floats], gap: float, cutoff: float) -> float:
        """Search until the best design is within the gap, or the bound above the cutoff.

        Returns the lower bound of the cost under this tariff.
        """
        bound = -INFINITY
        waiting = [start for start in starts if _allowed(self.rules, start)]
        if self._informed:
            bound = self.master.solve()[1]
            if bound >= cutoff - gap * abs(cutoff):
                return bound
        for start in waiting:
            self.visit(start)
        for _ in range(ROUNDS):
            design = self.nearby(gap, cutoff)
            if design is None:
                design, bound = self.master.solve()
                limit = min(cutoff, self.cost)
                if bound >= limit - gap * abs(limit):
                    break
                design = self._between(design)
            self.visit(design)
        return bound

    def _between(self, design: Floats) -> Floats:
        """Half way to the best design where both have the same binaries: fewer turns."""
        binary = self.rules.binary
        if self.best is None or not np.array_equal(design[binary], self.best[binary]):
            return design
        return 0.5 * (design + self.best)

    def nearby(self, gap: float, cutoff: float) -> Floats | None:
        """A design near the best one that should be better; none if none promises much."""
        if self.best is None or self.exhausted or self.cost > cutoff:
            return None
        design, cost = self.master.near(self.best, self.radius)
        self.promised = self.cost - cost
        if self.promised > NEAR * gap * abs(self.cost):
            return design
        self.exhausted = True
        return None

    def visit(self, design: Floats) -> None:
        """Operate the year under a design and learn from it."""
        cuts = self.year.cuts(design)
        self.master.add(cuts)
        self.cuts.append(cuts)
        # A meter reads what the year needs: the same flows with peaks as high as they are.
        design = design + cuts.raised
        cost = self.rules.fixed_cost + float(self.rules.cost @ design)
        cost += float(cuts.value.sum()) - cuts.spared
        if not _allowed(self.rules, design):
            cost = INFINITY
        gained = self.cost - cost
        if self.exhausted:
            self.radius = FIRST_RADIUS
        elif gained > 0.1 * self.promised:
            self.radius = min(1.0, 2.0 * self.radius)
        else:
            self.radius *= 0.5
        if gained > 0:
            self.best, self.cost, self.exhausted = design, cost, False
        elif self.radius < LAST_RADIUS:
            self.exhausted = True


def _allowed(rules: Rules, design: Floats) -> bool:
    """Whether a design meets the rules of this tariff."""
    over = rules.matrix @ design - rules.rhs
    short = np.where(rules.equal, np.abs(over), over)
    return bool((short <= 1e-6 * (1.0 + np.abs(rules.rhs))).all())


def _price_level(stamps: list[list[Stamp]]) -> Floats:
    """Operating costs in the first period: entries of one menu differ alike in all periods."""
    return np.concatenate([own[0].operation_cost[:, 0] for own in stamps])


def _entry(actor: Actor, tariff: str | None) -> str | None:
    return tariff if tariff in actor.menu else actor.menu[0]


def _joined(park: Park, actors: Sequence[Actor], choices: dict[str, Choice]) -> Floats:
    """The design columns of all actors; what nobody chose is not built."""
    return np.concatenate(
        [
            choices[actor.name].values
            if actor.name in choices
            else np.zeros(park.template(actor).n_design)
            for actor in actors
        ]
    )


def _split(
    park: Park, actors: Sequence[Actor], tariffs: Sequence[str | None], design: Floats
) -> dict[str, Choice]:
    """The choices of each actor."""
    sizes = [park.template(actor).n_design for actor in actors]
    parts = np.split(design, np.cumsum(sizes)[:-1])
    return {
        actor.name: Choice(tariff, part)
        for actor, tariff, part in zip(actors, tariffs, parts, strict=True)
    }
