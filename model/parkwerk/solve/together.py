"""The best design of all companies together: prices, bounds and designs in turns.

1. Prices of everything that companies can exchange, from what it is worth to them.
2. At these prices each company anew: the sum of their bounds is a bound of the park (``bound.py``).
3. Links and memberships as they are wished for at the prices, dispatched over the full year; and,
   unless that meets the gap, all in their pools, and what lies between.

That repeats while it brings the bounds nearer, until the gap is met.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from parkwerk.solve.agree import (
    agree,
    has_private_pools,
    opened,
    who_trade,
    without_links,
)
from parkwerk.solve.assemble import Park
from parkwerk.solve.bids import bids
from parkwerk.solve.bound import Bound, clusters, price_bound
from parkwerk.solve.checkpoint import Checkpoint
from parkwerk.solve.designs import midway
from parkwerk.solve.dispatch import Design, Dispatch, dispatch
from parkwerk.solve.full_year import full_year, trading
from parkwerk.solve.leaving import thinned
from parkwerk.solve.lines import lines_of
from parkwerk.solve.mix import best_of
from parkwerk.solve.prices import exchange_prices, market
from parkwerk.solve.program import Floats
from parkwerk.solve.proof import Proof
from parkwerk.solve.settle import settle
from parkwerk.solve.state import state_of
from parkwerk.solve.workers import Workers

#: Which part of the gap a company's own search may leave; at the first prices of few sites, where
#: the designs that follow mostly meet the gap; and of a wide gap before lines are counted.
OWN_PART, FIRST_PART, WIDE_PART = 0.03, 0.15, 0.1
#: Gaps from here on are wide: often the first prices will do, even with all direct lines had. They
#: leave less open of few sites than of many.
WIDE, WIDE_OF_MANY, MANY = 0.004, 0.0055, 10
#: Companies that pay a smaller share of the park's cost are sought no nearer than one of that cost.
SMALLEST = 0.01
#: Rounds of new prices, and the least part of the gap that the second or a later one must close for
#: another.
ROUNDS, WORTHWHILE = 4, 0.05


@dataclass(frozen=True)
class Together:
    """The best design of all, dispatched, and what companies cost at least at the best prices.

    ``by_company`` [EUR/a] is empty if the search ended before there were prices, and lacks those
    whom no price can part from others.
    """

    best: Dispatch
    by_company: dict[str, float]


def together(
    park: Park,
    start: Design,
    proof: Proof,
    crew: Workers,
    saved: Checkpoint | None = None,
    also: Sequence[Design] = (),
    rounds: int = ROUNDS,
) -> Together:
    """The best dispatch found for all companies together.

    Parameters
    ----------
    start
        The design in which each company does its best alone.
    also
        Further designs to begin with; who does not trade under them leaves its pools.
    rounds
        How often prices are renewed at most.
    """
    best = alike = full_year(park, start)
    if saved and (kept := saved.read()):
        best = best_of(park, [best, full_year(park, kept.design)])
        proof.resume(kept.log, kept.lower)
    best = best_of(park, [best, *(trading(park, design) for design in also)])
    proof.found(best.total_cost)
    answers, traded = [best.design], list[Dispatch]()
    latest = tightest = Bound(best.design)
    for turn in range(rounds):
        if proof.ended:
            break
        before, offers = proof.open, bids(park, best.design, crew)
        state = state_of(park, best, offers)
        if len(answers) > 1:
            # Prices that are good for either answer and for what lies between them.
            traded.append(market(park, midway(*answers[-2:])))
        traded.append(market(park, answers[-1]))
        for lines, part in _passes(park, proof.gap, first=turn == 0):
            if not proof.ended:
                prices = exchange_prices(park, traded, state, lines)
                near = (part * proof.gap, SMALLEST * best.total_cost, crew, proof.clock)
                latest = price_bound(park, prices, latest, *near)
                proof.found(lower=latest.total)
                tightest = max(tightest, latest, key=lambda bound: bound.total)
        if not proof.clock.over():
            known, answer = best, answered(park, latest.design, offers)
            best = best_of(park, [known, answer])
            proof.found(best.total_cost)
            # Of a large park each of these takes minutes.
            if not proof.ended:
                crowds = _all_together(park, known.design, traded[-1])
                crowds = [thinned(park, crowd, proof.clock.over) for crowd in crowds]
                if answer.total_cost < best_of(park, [known, *crowds]).total_cost:
                    answer = thinned(park, answer, proof.clock.over)
                answers.append(answer.design)
                other = full_year(park, agree(park, alike.design, latest.design, state))
                # Last those that connect many: until then each part can be taken for itself.
                best = best_of(park, [best, other, answer, *crowds])
                proof.found(best.total_cost)
        if saved:
            saved.write(park, best.design, proof)
        # A bound from elsewhere says nothing of what a second round of prices can bring.
        if turn > 0 and proof.open > (1.0 - WORTHWHILE) * before:
            proof.exhausted = True
    if saved and proof.met:
        saved.remove()
    return Together(best, tightest.by_company(park))


def _passes(park: Park, gap: float, first: bool) -> list[tuple[Collection[str], float]]:
    """Direct lines that are counted one by one, and what searches may leave of the gap, in turns.

    What is learned without lines makes the second pass of a wide gap short.
    """
    lines = lines_of(park, clusters(park))
    few = sum(actor.shape.kind == "site" for actor in park.actors) <= MANY
    if first and gap >= (WIDE if few else WIDE_OF_MANY):
        return [((), WIDE_PART), (lines, OWN_PART)]
    return [(lines, FIRST_PART if first and few else OWN_PART)]


def answered(park: Park, wishes: Design, offers: dict[str, Floats]) -> Dispatch:
    """The year under a design on which all agree who wish for these.

    What the new assets leave over says who can share it.
    """
    apart = settle(park, dispatch(park, without_links(park, wishes)))
    return full_year(park, agree(park, apart.design, wishes, state_of(park, apart, offers)))


def _all_together(park: Park, design: Design, traded: Dispatch) -> list[Dispatch]:
    """The year if all members join their pools, and who then does not trade leaves.

    That changes nothing but what is paid.
    """
    crowds = [traded]
    if has_private_pools(park):
        crowds.append(dispatch(park, opened(park, design, private=True)))
    return [settle(park, replace(crowd, design=who_trade(park, crowd))) for crowd in crowds]


def is_shared(park: Park) -> bool:
    """Whether there is an exchange between different owners."""
    owners: dict[str, set[str]] = {}
    for actor in park.actors:
        for exchange in actor.exchanges:
            owners.setdefault(exchange, set()).add(actor.owner)
    return any(len(own) > 1 for own in owners.values())
