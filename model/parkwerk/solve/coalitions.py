"""What some companies of a park cost at least if they share with one another and nobody else.

A coalition has the rules that are open to its members (``coalition.restrict``). Its cost lies
between that of the best design found for it and the larger of two lower bounds:

- At any prices a member of a coalition can do no better than in the whole park, where it trades
  with more. So the sum of what its members cost at least at the prices of the park's own search is
  a bound of every coalition (Lagrangian duality; Owen 1975 divides by the same sum).
- Prices of its own, sought as those of the park are (``together.py``), where that is not enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import inf

import numpy as np
import xarray as xr

from parkwerk.coalition import isolate, restrict
from parkwerk.errors import InputError
from parkwerk.solve.assemble import Park
from parkwerk.solve.clock import Clock
from parkwerk.solve.components import components
from parkwerk.solve.embed import Found, embed, found
from parkwerk.solve.full_year import full_year, trading
from parkwerk.solve.merging import merged
from parkwerk.solve.mix import best_of
from parkwerk.solve.periods import cut
from parkwerk.solve.program import Floats
from parkwerk.solve.proof import Proof
from parkwerk.solve.redispatch import park_of, read_design, redesigned
from parkwerk.solve.together import is_shared, together
from parkwerk.solve.workers import Workers, workers

#: Up to so many companies every coalition is valued.
LIMIT = 6
#: Savings below this are none [EUR/a].
SMALL = 1e-6

Members = tuple[str, ...]


@dataclass(frozen=True)
class Cost:
    """What a coalition costs [EUR/a]: the best design found, and no design less than ``least``."""

    found: float
    least: float


class Valuer:
    """Values coalitions of a solved park, each once.

    Parameters
    ----------
    solution
        Of the whole park: its designs alone and together are where every coalition begins.
    gap
        A coalition is searched until its cost is proven to be this near the least; if endless, it
        is worth what the design of all has for it.
    """

    def __init__(
        self, scenario: xr.Dataset, solution: xr.Dataset, gap: float, crew: Workers, clock: Clock
    ) -> None:
        self.scenario, self.groups = scenario, cut(scenario)
        self.solution, self.gap, self.crew, self.clock = solution, gap, crew, clock
        self.companies = tuple(str(company) for company in scenario["company"].values)
        apart = Park(isolate(scenario), self.groups)
        self._own = found(apart, read_design(apart, solution.sel(case="alone")))
        self.alone = _by_owner(apart, solution)
        bounds = {
            name: dict(zip(self.companies, solution[name].values, strict=True))
            for name in ("least_alone", "least_at_prices")
        }
        self._least_alone, self._at_prices = bounds["least_alone"], bounds["least_at_prices"]
        self._designs: dict[Members, Found] = {}  # of all, and of coalitions that save something
        everybody = Cost(float(solution.attrs["total_cost"]), _bound_of(solution))
        self.known: dict[Members, Cost] = {
            (c,): Cost(self.alone[c], self._least_alone[c]) for c in self.companies
        }
        self.known[self.companies] = everybody
        self._park = park_of(scenario, solution)
        design = read_design(self._park, solution.sel(case="together"))
        self._designs[self.companies] = found(self._park, design)

    def alone_together(self, members: Iterable[str]) -> float:
        """What companies cost if each does its best alone [EUR/a]."""
        return float(sum(self.alone[company] for company in members))

    def cost(self, members: Iterable[str]) -> Cost:
        """What a coalition costs, worked out at the first time of asking."""
        names = self._in_order(members)
        if names not in self.known:
            self.known[names] = self._worked_out(names)
        return self.known[names]

    def saved(self, members: Iterable[str]) -> float:
        """What a coalition saves at least, by what the design of all has for it [EUR/a].

        Companies that trade with each other under that design are a group; a coalition saves the
        sum of what its part of each group saves. Parts that are known are not sought again.
        """
        wanted, total = set(members), 0.0
        for group in self.groups_of_all:
            part = [company for company in group if company in wanted]
            if len(part) > 1:
                total += max(self.alone_together(part) - self.cost(part).found, 0.0)
        return total

    def note(self, members: Iterable[str]) -> None:
        """Keep what a coalition saves by the design of all as its cost, if no better is known."""
        names = self._in_order(members)
        if names not in self.known:
            saved, least = self.saved(names), self._least_of(names)
            self.known[names] = Cost(self.alone_together(names) - saved, least)

    def improved(self) -> xr.Dataset:
        """The solution, or a better one if coalitions have found better designs for their members.

        What two coalitions of different members have built can stand side by side in the park.
        """
        designs = [
            embed(self._park, self._own | known)
            for members, known in self._designs.items()
            if self._gain(members) > self._gain(self.companies) + SMALL
        ]
        if not designs:
            return self.solution
        start = embed(self._park, self._designs[self.companies])
        tried = [full_year(self._park, design) for design in [start, *designs]]
        best = best_of(self._park, tried)
        self.solution = redesigned(self.scenario, self.solution, best.design)
        least = self.known[self.companies].least
        self.known[self.companies] = Cost(float(self.solution.attrs["total_cost"]), least)
        self._designs[self.companies] = found(self._park, best.design)
        return self.solution

    def _gain(self, members: Members) -> float:
        return self.alone_together(members) - self.known[members].found

    def claims(self) -> Floats:
        """What each company can gain at most at the prices of the park, (company,) [EUR/a].

        A coalition saves no more than the sum of its members' claims; endless where prices do not
        part a company from others.
        """
        most = [self.alone[c] - self._at_prices[c] for c in self.companies]
        return np.where(np.isfinite(most), np.maximum(most, 0.0), np.inf)

    @cached_property
    def groups_of_all(self) -> list[Members]:
        """Companies that the design of all connects."""
        actors = [own[0] for own in self._designs[self.companies].values()]
        choices = [own[1] for own in self._designs[self.companies].values()]
        tariffs = [choice.tariff for choice in choices]
        parts = components(self._park, tariffs, [choice.values for choice in choices])
        place = {company: i for i, company in enumerate(self.companies)}
        owners = [[place[o] for i in part if (o := actors[i].owner) in place] for part in parts]
        groups = merged(len(place), owners)
        return [tuple(self.companies[i] for i in group) for group in groups]

    def _in_order(self, members: Iterable[str]) -> Members:
        wanted = set(members)
        if strangers := sorted(wanted - set(self.companies)):
            raise InputError(
                f"coalition with {strangers[0]!r}, expected some of {', '.join(self.companies)}"
            )
        return tuple(company for company in self.companies if company in wanted)

    def _worked_out(self, names: Members) -> Cost:
        scenario = restrict(self.scenario, names)
        park = Park(scenario, self.groups)
        alone = Cost(self.alone_together(names), sum(self._least_alone[c] for c in names))
        if not is_shared(park):
            return alone
        if self.clock.over():
            return Cost(alone.found, self._least_of(names))
        if np.isinf(self.gap):
            best = trading(park, embed(park, self._own | self._of_all(names)))
            return Cost(min(best.total_cost, alone.found), self._least_of(names))
        proof = Proof(self.gap, self.clock, lambda upper, lower: None)
        proof.found(lower=self._least_of(names))
        designs = [embed(park, self._own | known) for known in self._begin(names)]
        best = together(park, embed(park, self._own), proof, self.crew, also=designs).best
        if not best.total_cost < alone.found:
            # A common connection can cost more than it brings; then nobody shares.
            return Cost(alone.found, min(proof.lower, alone.least))
        if best.total_cost < alone.found - SMALL:
            self._designs[names] = found(park, best.design)
        return Cost(best.total_cost, proof.lower)

    def _least_of(self, names: Members) -> float:
        """The sum of the members' costs at the park's prices, where prices part them."""
        least = sum(self._at_prices[company] for company in names)
        return least if np.isfinite(least) else -inf

    def _of_all(self, names: Members) -> Found:
        """What the design of all has for a coalition."""
        return _part(self._designs[self.companies], names)

    def _begin(self, names: Members) -> list[Found]:
        """Designs of larger and smaller coalitions, of which a part may do for this one."""
        return [
            _part(design, names)
            for members, design in self._designs.items()
            if set(members) > set(names) or set(members) < set(names)
        ]


def _part(design: Found, names: Members) -> Found:
    """What a design has for some companies."""
    return {name: own for name, own in design.items() if own[0].owner in names}


def coalitions(
    scenario: xr.Dataset,
    solution: xr.Dataset,
    *,
    gap: float = 0.002,
    time_limit: float = inf,
    jobs: int | None = None,
    cluster: str | None = None,
    clock: Clock | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> xr.Dataset:
    """What every coalition of a small park costs, with a proven bound.

    Parameters
    ----------
    scenario, solution
        What ``parkwerk.optimise`` took and gave. Neither is changed.
    gap, time_limit, jobs, cluster, clock, progress
        As of :func:`parkwerk.optimise`; the gap is that of each coalition. Coalitions that are not
        reached in time have a cost without a bound: that of their members alone.

    Returns
    -------
    Dataset by ``coalition``: ``member(coalition, company)``, ``coalition_cost`` of the best design
    found, ``coalition_bound`` below which no design costs, ``coalition_alone`` [EUR/a].

    Raises
    ------
    InputError
        If the park has more than ``LIMIT`` companies, or the solution is not one of this scenario.
    """
    n = scenario.sizes["company"]
    if n > LIMIT:
        raise InputError(f"{n} companies, expected at most {LIMIT} to value every coalition")
    clock = clock or Clock()
    clock.limit = min(clock.limit, clock.seconds + time_limit)
    with workers(jobs, cluster, clock.interrupt) as crew:
        valuer = Valuer(scenario, solution, gap, crew, clock)
        value_all(valuer, progress)
    return table(valuer)


def value_all(valuer: Valuer, progress: Callable[[str], None]) -> None:
    """Value all coalitions, one after another."""
    for members in every_coalition(valuer.companies):
        if members not in valuer.known:
            progress(f"coalition of {', '.join(members)}")
        valuer.cost(members)


def every_coalition(companies: Sequence[str]) -> list[Members]:
    """All coalitions of companies, the smaller ones first."""
    sizes = range(1, len(companies) + 1)
    return [names for size in sizes for names in combinations(companies, size)]


def table(valuer: Valuer) -> xr.Dataset:
    """All coalitions valued so far, in a dataset."""
    companies, known = valuer.companies, valuer.known
    order = sorted(known, key=lambda names: (len(names), [companies.index(c) for c in names]))
    values = {
        "coalition_cost": ([known[m].found for m in order], "cost of the best design found"),
        "coalition_bound": ([known[m].least for m in order], "no design costs less"),
        "coalition_alone": ([valuer.alone_together(m) for m in order], "each member alone"),
    }
    result = xr.Dataset(coords={"company": list(companies), "coalition": [*map("+".join, order)]})
    member = [[float(company in names) for company in companies] for names in order]
    result["member"] = (("coalition", "company"), member, {"units": "1"})
    result["member"].attrs["long_name"] = "1 where the company is in the coalition"
    for name, (numbers, long_name) in values.items():
        attrs = {"units": "EUR/a", "long_name": f"of the coalition: {long_name}"}
        result[name] = ("coalition", np.array(numbers, dtype=float), attrs)
    return result


def _by_owner(apart: Park, solution: xr.Dataset) -> dict[str, float]:
    """What each company costs alone [EUR/a]."""
    cost = solution["cost"].sel(case="alone").sum("cost_kind")
    total: dict[str, float] = {}
    for actor in apart.actors:
        total[actor.owner] = total.get(actor.owner, 0.0) + float(cost.sel(actor=actor.name))
    return total


def _bound_of(solution: xr.Dataset) -> float:
    bound = float(solution.attrs["lower_bound"])
    return bound if np.isfinite(bound) else -inf
