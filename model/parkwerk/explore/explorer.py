"""Searches around a known solution: the same park at other prices, from what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from types import TracebackType

import numpy as np
import xarray as xr

from parkwerk.assess.energy import assess_park_electricity
from parkwerk.assess.verdict import complete
from parkwerk.coalition import isolate
from parkwerk.errors import InputError
from parkwerk.explore.measures import MEASURES, Measure, sizes
from parkwerk.quantities import check
from parkwerk.solve.alone import alone
from parkwerk.solve.assemble import Park
from parkwerk.solve.clock import Clock
from parkwerk.solve.designs import blend
from parkwerk.solve.dispatch import Design, Dispatch
from parkwerk.solve.embed import embed
from parkwerk.solve.full_year import full_year, trading
from parkwerk.solve.neighbourhood import Neighbourhood
from parkwerk.solve.periods import cut
from parkwerk.solve.proof import Proof
from parkwerk.solve.redispatch import park_of, read_design, whole_design
from parkwerk.solve.solution import to_dataset
from parkwerk.solve.together import together
from parkwerk.solve.workers import workers

#: To which gap neighbours of a solution are sought.
GAP = 0.005
#: To which part of it companies are sought alone first, where only their designs count.
FIRST = 0.4
#: Costs nearer than this share are the same.
SAME = 1e-6
#: Called with a sentence whenever a stage of the work begins.
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Trial:
    """A design operated at a price of a measure.

    Attributes
    ----------
    price
        Of a unit of the measure [EUR per unit].
    cost, amount
        What the park costs without that price [EUR/a], and the measure.
    least
        No design has a lower ``cost + price·amount`` [EUR/a].
    operated
        The operation at the price, and its sizes and yearly sums without a dimension ``case``.
    """

    price: float
    cost: float
    amount: float
    least: float
    operated: Dispatch
    cases: xr.Dataset


class Explorer:
    """A park and a solution of it; use it in a ``with`` statement.

    Parameters
    ----------
    gap
        To which gap each neighbour is sought.
    jobs, cluster
        As of :func:`parkwerk.optimise`; searches that keep what they know run in this process.

    Raises
    ------
    InputError
        If the solution is not one of the scenario.
    """

    def __init__(
        self,
        scenario: xr.Dataset,
        solution: xr.Dataset,
        gap: float = GAP,
        time_limit: float = inf,
        jobs: int | None = None,
        cluster: str | None = None,
    ) -> None:
        check(scenario)
        self.scenario, self.solution = scenario, solution
        self.gap, self.clock = gap, Clock(time_limit)
        self.park = Park(scenario, cut(scenario))
        self.known = full_year(self.park, whole_design(self.park, solution))
        #: Whether what is found here is proven of all designs.
        self.provable = self._is_known()
        if not self.provable:
            # A common connection that costs more than it brings: nobody shares, and what is sought
            # near that says nothing of those who do.
            self.park = park_of(scenario, solution)
            self.known = full_year(self.park, read_design(self.park, solution.sel(case="together")))
            if not self._is_known():
                raise InputError(
                    f"the solution costs {float(solution.attrs['total_cost']):,.2f} EUR/a, but "
                    f"{self.known.total_cost:,.2f} under the scenario, expected a solution of it"
                )
        self._crew = workers(jobs, cluster)

    def _is_known(self) -> bool:
        """Whether the design costs in this scenario what the solution says."""
        cost = float(self.solution.attrs["total_cost"])
        return abs(self.known.total_cost - cost) <= SAME * (1.0 + abs(cost))

    def __enter__(self) -> Explorer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if "_near" in self.__dict__:
            self._near.close()
        self._crew.close()

    @property
    def design(self) -> Design:
        """The design of the solution."""
        return self.known.design

    @property
    def least(self) -> float:
        """The lower bound of the solution [EUR/a]; −∞ if nothing is proven."""
        bound = float(self.solution.attrs["lower_bound"])
        return bound if np.isfinite(bound) else -inf

    @cached_property
    def _near(self) -> Neighbourhood:
        return Neighbourhood(self.park, self.known, self.gap, self.clock)

    def solved(self, measure: Measure) -> Trial:
        """The solution itself: the measure has no price."""
        return self._trial(measure, 0.0, self.park, self.known, self.least)

    def at(self, measure: Measure, price: float, near: Sequence[Trial]) -> Trial:
        """The best design found at a price of a measure.

        Parameters
        ----------
        near
            Designs to begin with.
        """
        scenario = measure.priced(self.scenario, price)
        park = self._like(scenario)
        if measure.built:
            best, least = self._near.search(park)
        else:
            best, least = self.sought(scenario, park, [trial.operated.design for trial in near])
        return self._trial(measure, price, park, best, least)

    def operate(self, measure: Measure, design: Design) -> Trial:
        """Another design, operated; of others nothing is said."""
        return self._trial(measure, 0.0, self.park, full_year(self.park, design), -inf)

    def sought(
        self, scenario: xr.Dataset, park: Park, starts: Sequence[Design]
    ) -> tuple[Dispatch, float]:
        """The best design of a changed scenario and its park, with one round of prices; its bound.

        The prices come from what companies do alone in that scenario: those of a design that suits
        other prices of energy leave several times the gap.
        """
        near = FIRST * self.gap
        own = alone(isolate(scenario), park.groups, near, self._crew, self.clock)
        proof = Proof(self.gap, self.clock, lambda upper, lower: None)
        found = together(park, embed(park, own.choices), proof, self._crew, rounds=1).best
        tried = [found, *(full_year(park, start) for start in starts)]
        return min(tried, key=lambda result: result.total_cost), proof.lower

    def between(self, measure: Measure, price: float, left: Trial, right: Trial) -> Trial:
        """Half of each of two designs, operated at a price; of other designs nothing is said."""
        park = self._like(measure.priced(self.scenario, price))
        half = blend(park, left.operated.design, right.operated.design, 0.5)
        return self._trial(measure, price, park, trading(park, half), -inf)

    def elsewhere(self, scenario: xr.Dataset, built: bool = False) -> tuple[Park, Dispatch, float]:
        """The best design of a changed scenario, begun from this solution, and its lower bound.

        ``built`` says that only the cost of what is built is another.
        """
        park = self._like(scenario)
        if built:
            best, least = self._near.search(park)
        else:
            best, least = self.sought(scenario, park, [self.design])
        return park, best, least if self.provable else -inf

    def as_built(self, scenario: xr.Dataset) -> tuple[Park, Dispatch, float]:
        """The solution's design under a changed scenario; of other designs nothing is said."""
        park = self._like(scenario)
        return park, full_year(park, self.design), -inf

    def _like(self, scenario: xr.Dataset) -> Park:
        """The park of a changed scenario: shared if this one is."""
        return Park(scenario if self.provable else isolate(scenario), self.park.groups)

    def _trial(
        self, measure: Measure, price: float, park: Park, best: Dispatch, least: float
    ) -> Trial:
        found = to_dataset(self.scenario, park, best, flows=False)
        cases = complete(self.scenario, found.expand_dims(case=["together"]))
        amount = float(measure.amount(self.scenario, cases).item())
        cost = best.total_cost - price * amount
        bound = least if self.provable or price == 0.0 else -inf
        return Trial(price, cost, amount, bound, best, cases)


def describe(explorer: Explorer, trials: Sequence[Trial], dim: str) -> xr.Dataset:
    """What designs mean for the park, along a new dimension.

    Returns
    -------
    Dataset with ``emissions`` [t/a], ``investment`` [EUR], ``self_sufficiency`` [1],
    ``size(dim, technology)`` with its ``unit``.
    """
    rows = [_described(explorer, trial) for trial in trials]
    return xr.concat(rows, xr.Variable(dim, np.arange(len(rows))))


def _described(explorer: Explorer, trial: Trial) -> xr.Dataset:
    scenario, cases = explorer.scenario, trial.cases
    found = {n: MEASURES[n].amount(scenario, cases) for n in ("emissions", "investment")}
    for name, array in found.items():
        array.attrs = {"units": MEASURES[name].units, "long_name": MEASURES[name].long_name}
    share = assess_park_electricity(scenario, cases)["park_self_sufficiency"]
    result = xr.Dataset({**found, "self_sufficiency": share}).isel(case=0, drop=True)
    return result.assign(size=sizes(explorer.park, trial.operated.design))
