"""Designs near a known one: the same park at other costs of what is built.

At fixed prices of the exchanges the cost of operation is the same function of the design, whatever
the design itself costs. So the searches of all companies stay in memory with all that they have
learned of the year, and each further question needs few more visits. The sum of their bounds is a
lower bound of the park at the new costs, as it is at any prices (``bound.py``).
"""

from __future__ import annotations

from parkwerk.solve.assemble import Park
from parkwerk.solve.bids import bids
from parkwerk.solve.bound import Bound, bound_of, clusters, in_all_cases, seeker, tasks_of
from parkwerk.solve.clock import Clock
from parkwerk.solve.dispatch import Dispatch
from parkwerk.solve.lines import lines_of
from parkwerk.solve.prices import exchange_prices, market
from parkwerk.solve.program import THREADS
from parkwerk.solve.state import state_of
from parkwerk.solve.together import OWN_PART, SMALLEST, answered
from parkwerk.solve.workers.threads import Threads


class Neighbourhood:
    """The searches of all companies of a park, at the prices of a known operation.

    Their memory is of this process, so they run in its threads.

    Parameters
    ----------
    known
        The operation of the year from which the prices follow.
    gap
        To which gap the park is sought.
    """

    def __init__(self, park: Park, known: Dispatch, gap: float, clock: Clock) -> None:
        self.park, self.clock, self._start = park, clock, known.design
        self._crew = Threads(THREADS)
        self._offers = bids(park, known.design, self._crew)
        state, lines = state_of(park, known, self._offers), lines_of(park, clusters(park))
        prices = exchange_prices(park, [market(park, known.design)], state, lines)
        smallest = SMALLEST * known.total_cost
        start, near = Bound(known.design), OWN_PART * gap
        self._tasks = tasks_of(park, prices, start, near, smallest, self._crew, clock)
        self._seekers = self._crew.map(seeker, self._tasks)

    def search(self, park: Park) -> tuple[Dispatch, float]:
        """A design at other costs of what is built, operated, and the lower bound of its cost.

        Parameters
        ----------
        park
            The same park; nothing but the costs of design columns differs.
        """
        for each in self._seekers:
            each.reprice(park)
        pairs = list(zip(self._tasks, self._seekers, strict=True))
        found = self._crew.map(lambda pair: in_all_cases(*pair), pairs)
        bound = bound_of(park, self._start, self._tasks, found)
        return answered(park, bound.design, self._offers), bound.total

    def close(self) -> None:
        """Let the threads go."""
        self._crew.close()
