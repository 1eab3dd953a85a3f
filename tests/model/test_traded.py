"""What visits of the year say at other prices of what is traded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from parkwerk.solve import benders
from parkwerk.solve.assemble import Park
from parkwerk.solve.cuts import Cuts
from parkwerk.solve.entries import Trade
from parkwerk.solve.master import rules_of
from parkwerk.solve.periods import cut
from parkwerk.solve.seeker import Seeker
from parkwerk.solve.traded import Traded
from parkwerk.solve.value import Value
from toy import toy_park

DAYS = 4


def market(park: Park, rng: np.random.Generator, high: float = 0.3) -> Trade:
    """Random prices of every exchange, a spread between buying and selling."""
    sell = rng.uniform(0, high, (len(park.exchanges), 24, DAYS))
    return Trade(sell + rng.uniform(0, 0.05, sell.shape), sell)


def again(value: Value, cuts: Cuts) -> Cuts:
    """Cuts of a visit at the prices of a value."""
    change = value.change(cuts.traded[0], cuts.at)
    assert change is not None, "every traded flow has a limit"
    return replace(cuts, value=cuts.value + change[0], slope=cuts.slope + change[1])


@pytest.mark.parametrize("seed", range(4))
def test_cuts_hold_at_other_prices(seed: int) -> None:
    """Proves: what a visit has shown lies, at other prices, below the operating cost of every
    design, and at the same prices is what it was; where rights are had it tells something of them.
    If broken: a limit that is left out, or a change of the wrong sign, lies above.
    """
    scenario = toy_park(companies=2, days=DAYS, seed=seed)
    park = Park(scenario, cut(scenario))
    actor, rng = park.actors[0], np.random.default_rng(seed)
    (stamp,) = park.stamps(actor, actor.menu[0])
    upper = np.minimum(rules_of([stamp]).upper, 300.0)
    first, other = market(park, rng), market(park, rng)
    one, two = (Value(park, [stamp], prices, bundles=2) for prices in (first, other))
    for _ in range(3):
        cuts = one.cuts(upper * rng.uniform(0, 1, len(upper)))
        same = again(one, cuts)
        np.testing.assert_allclose(same.value, cuts.value, rtol=1e-5, atol=1e-3)
        moved = again(two, cuts)
        assert not np.allclose(moved.slope, cuts.slope)
        for part in rng.uniform(0, 1, (5, len(upper))):
            design = upper * part
            below = moved.height + moved.slope @ design
            assert (below <= two.cuts(design).value + 1e-3).all()


def test_a_flow_without_a_limit_takes_up_nothing() -> None:
    """Proves: where a traded flow has no limit, nothing is said of prices at which it would pay.
    If broken: the cut stays as it was and lies above the cost.
    """
    scenario = toy_park(companies=2, days=DAYS)
    park = Park(scenario, cut(scenario))
    actor, rng = park.actors[0], np.random.default_rng(0)
    (stamp,) = park.stamps(actor, actor.menu[0])
    value = Value(park, [stamp], market(park, rng), bundles=2)
    trading = value._trading
    open_ = replace(
        trading,
        limits=replace(
            trading.limits,
            rows=trading.limits.rows[:0],
            columns=trading.limits.columns[:0],
            coefficients=trading.limits.coefficients[:0],
            layers=[],
        ),
        sides=trading.sides[:0],
        held=tuple(part[:0] for part in trading.held),  # type: ignore[arg-type]
    )
    shape = (len(trading.columns), DAYS)
    visit = Traded(np.ones(shape), np.full(shape, 0.5, dtype=np.float32), np.arange(DAYS))
    design = np.zeros(value.size)
    costs = np.ones(shape)
    assert open_.change(visit, design, costs - 0.4) is not None
    assert open_.change(visit, design, costs - 0.6) is None


def test_a_search_goes_on_at_other_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: with what was learned, a search at the same prices ends after a few visits with the
    same bound, and at others with the bound that it finds without. If broken: it begins anew, or
    keeps cuts that no longer hold.
    """
    scenario = toy_park(companies=2, days=DAYS, seed=1)
    park = Park(scenario, cut(scenario))
    actors, rng = park.actors[:1], np.random.default_rng(1)
    prices, visits = market(park, rng, 0.1), []
    others = Trade(prices.buy * 1.03, prices.sell * 1.03)
    visit = benders.Search.visit

    def counted(self: benders.Search, k: int, design: np.ndarray, *enough: float) -> None:
        visits.append(k)
        visit(self, k, design, *enough)

    monkeypatch.setattr(benders.Search, "visit", counted)
    found = Seeker(park, actors, [prices]).best(1e-4)
    first = len(visits)
    same = Seeker(park, actors, [prices], [found.choices], learned=found.learned).best(1e-4)
    assert len(visits) - first <= max(2, first // 3)
    assert same.bound == pytest.approx(found.bound, rel=2e-4)
    anew = Seeker(park, actors, [others], [found.choices]).best(1e-4)
    moved = Seeker(park, actors, [others], [found.choices], learned=found.learned).best(1e-4)
    assert moved.bound == pytest.approx(anew.bound, rel=2e-4)
    assert moved.bound <= anew.cost * (1 + 1e-9)
