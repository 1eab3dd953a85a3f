"""What the companies gain together, divided by several rules, and who would leave under each.

The game: a coalition S is worth ``v(S) = Σ_{i∈S} c({i}) − c(S)``, what its members save by sharing
with one another and nobody else, c(S) being the least cost under the rules open to them. Of c(S) a
design's cost and a lower bound are known (``solve/coalitions.py``), so v(S) lies between what is
found, ``worth``, and what is possible, ``worth_most``. Divisions are computed from what is found.

A coalition objects to a division x if it is worth more than its members' shares. With what is found
an objection is certain; with what is possible it cannot be ruled out, and the result says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from parkwerk.assess.cost import cost_by_party
from parkwerk.assess.links import SHARED
from parkwerk.assess.verdict import complete
from parkwerk.division.core import fair_point, least_core, nucleolus
from parkwerk.division.game import Game
from parkwerk.division.shapley import shapley
from parkwerk.errors import InputError
from parkwerk.gain.market_rules import RULES, payments
from parkwerk.gain.trades import trades
from parkwerk.solve.coalitions import LIMIT

Floats = npt.NDArray[np.float64]

SHAPLEY, NUCLEOLUS, FAIR = "Shapley value", "nucleolus", "fair least core"
EQUAL = "equal split"


class Objection(NamedTuple):
    """The coalition that loses most by a division, and what it would gain by leaving [EUR/a]."""

    coalition: str
    amount: float


def divide(scenario: xr.Dataset, solution: xr.Dataset, coalitions: xr.Dataset) -> xr.Dataset:
    """The gain of all by every rule, from the values of all coalitions of a small park.

    Returns
    -------
    Dataset with

    - ``worth(coalition)``, ``worth_most(coalition)``: what a coalition saves, found and possible;
    - ``share(rule, company)``: what a company gains against doing its best alone;
    - ``objection(rule)``, ``objector(rule)``: what the coalition that loses most would gain by
      leaving, as found; ``objection_most``, ``objector_most``: as far as it is possible;
    - ``brings(company)``: what all lose if it leaves; ``share_without(leaver, company)``: what
      the others then gain by the proposed rule,

    all in EUR/a, and ``least_core`` among the attributes: the least ε by which every coalition's
    worth must be lowered for a division to which none objects; no division can do better.
    """
    game = game_of(coalitions)
    value, epsilon = shapley(game), least_core(game).epsilon
    rules = {NUCLEOLUS: nucleolus(game), SHAPLEY: value}
    rules |= {FAIR: fair_point(game, epsilon, value), **simple_rules(scenario, solution)}
    result = divided(coalitions, rules)
    result.attrs["least_core"] = epsilon
    return result.assign(_without(game))


def divided(coalitions: xr.Dataset, rules: Mapping[str, Floats]) -> xr.Dataset:
    """Divisions and the objections to them, with the coalitions that are known."""
    result = coalitions.copy()
    result["worth"] = _money(coalitions["coalition_alone"] - coalitions["coalition_cost"], "found")
    most = coalitions["coalition_alone"] - coalitions["coalition_bound"]
    result["worth_most"] = _money(most, "possible")
    result["share"] = xr.DataArray(
        np.array(list(rules.values())),
        coords={"rule": list(rules), "company": coalitions["company"].values},
        dims=("rule", "company"),
        attrs={"units": "EUR/a", "long_name": "gain of the company against alone"},
    )
    for name, worth in (("", result["worth"]), ("_most", result["worth_most"])):
        found = [objection(result, worth, division) for division in rules.values()]
        result[f"objection{name}"] = ("rule", [each.amount for each in found], {"units": "EUR/a"})
        result[f"objector{name}"] = (
            "rule",
            np.array([each.coalition for each in found], dtype=str),
        )
    return result


def objection(coalitions: xr.Dataset, worth: xr.DataArray, division: Floats) -> Objection:
    """The largest ``v(S) − x(S)`` of the coalitions known, without that of all."""
    member = coalitions["member"].transpose("coalition", "company").values
    excess = worth.values - member @ division
    some = member.sum(axis=1) < member.shape[1]
    place = int(np.flatnonzero(some)[np.argmax(excess[some])])
    return Objection(str(coalitions["coalition"].values[place]), float(excess[place]))


def game_of(coalitions: xr.Dataset) -> Game:
    """The game of what is found, from a table of all coalitions."""
    players = [str(company) for company in coalitions["company"].values]
    member = coalitions["member"].transpose("coalition", "company").values
    masks = (member @ (1 << np.arange(len(players)))).astype(np.intp)
    worth = np.zeros(2 ** len(players))
    worth[masks] = (coalitions["coalition_alone"] - coalitions["coalition_cost"]).values
    return Game(tuple(players), worth)


def simple_rules(scenario: xr.Dataset, solution: xr.Dataset) -> dict[str, Floats]:
    """Shares by rules that need no coalition: equal ones, and those of simple markets."""
    alone, together = own_costs(scenario, solution)
    n, hours = len(alone), float(scenario.attrs["step_hours"])
    gain = alone.sum() - float(solution.attrs["total_cost"])
    found, joint = trades(scenario, solution), joint_costs(scenario, solution)
    shares = {EQUAL: np.full(n, gain / n)}
    for name, price in RULES.items():
        shares[name] = alone - together - joint - payments(found, price, hours, n)
    return shares


def own_costs(scenario: xr.Dataset, solution: xr.Dataset) -> tuple[Floats, Floats]:
    """What each company costs alone, and together before any payment, (company,) [EUR/a]."""
    cost = cost_by_party(scenario, complete(scenario, solution)).sum("cost_kind")
    cost = cost.sel(party=scenario["company"].values)
    alone, together = (np.asarray(cost.sel(case=c).values, float) for c in ("alone", "together"))
    return alone, together


def joint_costs(scenario: xr.Dataset, solution: xr.Dataset) -> Floats:
    """Each company's part of its common connection's cost, by what it buys, (company,) [EUR/a]."""
    cost = cost_by_party(scenario, complete(scenario, solution)).sum("cost_kind")
    cost = cost.sel(case="together")
    bought = solution["yearly_purchase"].sel(case="together").values
    behind = scenario["behind"].values.astype(str)
    total = np.zeros(len(behind))
    for party in map(str, cost["party"].values):
        if party == SHARED or party in scenario["company"].values:
            continue
        members = behind == party
        energy = np.where(members if members.any() else True, bought, 0.0)
        weight = (
            energy / energy.sum() if energy.sum() > 0 else np.full(len(energy), 1 / len(energy))
        )
        total += float(cost.sel(party=party)) * weight
    return total


def rules_of(companies: int) -> list[str]:
    """The rules by which a park of so many companies is divided; the first is proposed.

    Under it nobody has a reason to leave, if there is any division of which that holds.
    """
    first = [NUCLEOLUS, SHAPLEY, FAIR] if companies <= LIMIT else [FAIR, SHAPLEY]
    return [*first, EQUAL, *RULES]


def check_rule(rule: str | None, companies: int) -> None:
    """Refuse a park of one company, and a rule that there is not; none is the proposed one.

    Raises
    ------
    InputError
        Naming the rules there are.
    """
    if companies < 2:
        raise InputError(f"{companies} company, expected at least two that could share")
    known = rules_of(companies)
    if rule is not None and rule not in known:
        raise InputError(f"rule {rule!r}, expected one of {', '.join(known)}")


def _without(game: Game) -> dict[str, xr.DataArray]:
    """What a company brings to the others, and what they gain without it."""
    n, players = len(game.players), list(game.players)
    brings, shares = np.zeros(n), np.full((n, n), np.nan)
    for i, leaver in enumerate(players):
        rest = [name for name in players if name != leaver]
        brings[i] = game.grand - (game.worth[game.mask_of(rest)] if rest else 0.0)
        at = [players.index(name) for name in rest]
        shares[i, at] = nucleolus(game.subgame(rest)) if len(rest) > 1 else 0.0
    return {
        "brings": _array(brings, {"company": players}, "what all lose if it leaves"),
        "share_without": _array(
            shares, {"leaver": players, "company": players}, "gain of the company if another leaves"
        ),
    }


def _array(values: Floats, coords: dict[str, list[str]], long_name: str) -> xr.DataArray:
    attrs = {"units": "EUR/a", "long_name": long_name}
    return xr.DataArray(values, coords=coords, dims=list(coords), attrs=attrs)


def _money(array: xr.DataArray, how: str) -> xr.DataArray:
    return array.assign_attrs(units="EUR/a", long_name=f"what the coalition saves, {how}")
