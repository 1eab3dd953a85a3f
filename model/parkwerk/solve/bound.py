"""A lower bound of the whole park, from prices of its exchanges.

At given prices the park falls apart into companies that trade with nobody but the market. Whatever
the prices are, the sum of what each does best for itself is never above the least total cost of the
park: the exchanges balance, so what one is paid another pays (Lagrangian duality). Each company's
program is solved with all binaries over the full year (``benders.py``).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from parkwerk.solve.assemble import Park
from parkwerk.solve.benders import Best, best_choices
from parkwerk.solve.dispatch import Design
from parkwerk.solve.program import THREADS, Floats


@dataclass(frozen=True)
class Bound:
    """What everybody does best at the prices: the designs, and the bound of each owner [EUR/a]."""

    design: Design
    by_owner: dict[str, float]

    @property
    def total(self) -> float:
        """The lower bound of the park's least total cost [EUR/a]."""
        return float(sum(self.by_owner.values()))


def price_bound(park: Park, prices: list[Floats], start: Design, gap: float) -> Bound:
    """Solve each company over the full year at prices of the exchanges with others.

    Parameters
    ----------
    prices
        For each group of periods, (exchange, step, period) [EUR/kW].
    start
        A design of the park, from which each search begins.
    """
    begin = {a.name: c for a, c in zip(park.actors, start, strict=True)}
    owners = list(dict.fromkeys(actor.owner for actor in park.actors))

    def solve(owner: str) -> Best:
        own = [actor for actor in park.actors if actor.owner == owner]
        starts = [{actor.name: begin[actor.name] for actor in own}]
        return best_choices(park, own, prices, gap, starts)

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(solve, owners))
    choices = {name: choice for best in found for name, choice in best.choices.items()}
    design = [choices.get(actor.name, begin[actor.name]) for actor in park.actors]
    return Bound(design, {o: best.bound for o, best in zip(owners, found, strict=True)})
