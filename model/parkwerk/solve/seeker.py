"""The best choices of some actors: tariffs, what they build, and what they are granted.

The search itself is of columns (``benders.py``); here they are those of actors by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from parkwerk.formulation.park import Actor
from parkwerk.solve.assemble import Park
from parkwerk.solve.benders import Learned, Search
from parkwerk.solve.dispatch import Choice
from parkwerk.solve.entries import Trade
from parkwerk.solve.program import Floats
from parkwerk.solve.stamp import Stamp

#: So many visits are kept for searches at other prices: each is as large as what is traded in it.
KEPT = 60

#: Choices of some actors by name.
Choices = Mapping[str, Choice]


@dataclass(frozen=True)
class Grant:
    """Design columns that are had for a sum, and what the others cost more.

    ``had`` holds by name of the actor their values, nan elsewhere; ``fixed`` is the sum [EUR/a];
    ``dearer`` what a unit of each column costs more [EUR/a per unit]. Grants of one ``case`` are
    choices of the actors; each case is sought for itself, see ``lines.py``.
    """

    had: Mapping[str, Floats]
    fixed: float = 0.0
    dearer: Mapping[str, Floats] = field(default_factory=dict)
    case: str = ""


@dataclass(frozen=True)
class Best:
    """The best choices of some actors, their cost, and a lower bound of it [EUR/a].

    ``met`` says whether they are within the gap; ``learned`` is what a search at other prices can
    begin with.
    """

    choices: dict[str, Choice]
    cost: float
    bound: float
    met: bool = True
    learned: Learned = ()


def best_choices(
    park: Park,
    actors: Sequence[Actor],
    prices: list[Trade],
    gap: float,
    starts: Sequence[Choices] = (),
    over: Callable[[], bool] = lambda: False,
    grants: Sequence[Grant] = (Grant({}),),
    smallest: float = 0.0,
) -> Best:
    """The best tariff and design of actors that trade with others at given prices.

    See :class:`Seeker` for the parameters.
    """
    return Seeker(park, actors, prices, starts, grants).best(gap, over, smallest)


class Seeker:
    """Seeks the best tariff and design of actors that trade with others at given prices.

    At most one of the actors has a choice of tariffs; every tariff goes with every grant. All that
    is learned of the year's operation is kept, so that the best design at another price of what is
    built needs few more visits.

    Parameters
    ----------
    prices
        For each group of periods, see :class:`Trade`.
    starts
        Choices to begin with, by name of the actor: the likeliest first.
    grants
        What the actors may have for a sum: one of these.
    learned
        By a search of the same actors at other prices.
    """

    def __init__(
        self,
        park: Park,
        actors: Sequence[Actor],
        prices: list[Trade],
        starts: Sequence[Choices] = (),
        grants: Sequence[Grant] = (Grant({}),),
        learned: Learned = (),
    ) -> None:
        self.park, self.actors = park, actors
        menu = max((actor.menu for actor in actors), key=len)
        self._options = [[_entry(actor, tariff) for actor in actors] for tariff in menu]
        stamped = [_stamps(park, actors, option) for option in self._options]
        tariffs = [{a.name: t for a, t in zip(actors, o, strict=True)} for o in self._options]
        begin: list[list[Floats]] = [[] for _ in self._options]
        for start in starts:
            own = {n: c.tariff for n, c in start.items()}
            k = tariffs.index(own) if own in tariffs else 0
            begin[k].append(_joined(park, actors, start))
        had = [
            (
                _of_all(park, actors, g.had, np.nan),
                g.fixed,
                _of_all(park, actors, g.dearer, 0.0),
                g.case,
            )
            for g in grants
        ]
        self._search = Search(park, stamped, prices, begin, had, learned)

    def best(
        self,
        gap: float,
        over: Callable[[], bool] = lambda: False,
        smallest: float = 0.0,
        case: str = "",
        enough: float = np.inf,
    ) -> Best:
        """The best choices of a case, within a gap.

        Parameters
        ----------
        over
            Asked before every turn; the search ends when it says so.
        smallest
            Costs below this are sought as near as one of this size [EUR/a].
        enough
            The search also ends when the bound is no lower than this [EUR/a].
        """
        search = self._search
        bound = search.run(case, gap, smallest, over, enough)
        leader, goal = search.leaders[case], search.goal(case, gap, smallest)
        choices: dict[str, Choice] = {}
        if leader.design is not None:
            option = self._options[leader.entry % len(self._options)]
            choices = _split(self.park, self.actors, option, leader.design)
        return Best(choices, leader.cost, bound, bound >= goal, search.learned[-KEPT:])

    def reprice(self, park: Park) -> None:
        """Count what is built at the costs of another park, which differs in nothing else."""
        costs = [
            np.concatenate([own[0].design_cost for own in _stamps(park, self.actors, option)])
            for option in self._options
        ]
        self._search.reprice(costs)


def _stamps(park: Park, actors: Sequence[Actor], option: Sequence[str | None]) -> list[list[Stamp]]:
    """The stamps of some actors under tariffs, by group of periods."""
    return [park.stamps(a, t) for a, t in zip(actors, option, strict=True)]


def _entry(actor: Actor, tariff: str | None) -> str | None:
    return tariff if tariff in actor.menu else actor.menu[0]


def _joined(park: Park, actors: Sequence[Actor], choices: Choices) -> Floats:
    """The design columns of all actors; what nobody chose is not built."""
    return np.concatenate(
        [
            choices[actor.name].values
            if actor.name in choices
            else np.zeros(park.template(actor).n_design)
            for actor in actors
        ]
    )


def _of_all(
    park: Park, actors: Sequence[Actor], known: Mapping[str, Floats], otherwise: float
) -> Floats:
    """What is known of the design columns of some actors, and otherwise a number."""
    return np.concatenate(
        [known.get(a.name, np.full(park.template(a).n_design, otherwise)) for a in actors]
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
