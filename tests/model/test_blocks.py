"""Neighbouring periods in one program."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from parkwerk.coalition import isolate, restrict
from parkwerk.solve import blocks
from parkwerk.solve.assemble import Park
from parkwerk.solve.blocks import blocks_of
from parkwerk.solve.periods import cut
from parkwerk.solve.seeker import Seeker
from parkwerk.solve.value import Value
from toy import at_price, bare_park, toy_park


def value_of(scenario: xr.Dataset, bundles: int) -> Value:
    """The value of a single site under its first tariff."""
    park = Park(scenario, cut(scenario))
    site = park.actors[0]
    return Value(park, [park.stamps(site, site.menu[0])[0]], at_price(park, 0.0), bundles)


def tried_in(scenario: xr.Dataset) -> list[np.ndarray]:
    """Designs that a search has visited under the first tariff and that meet all rules.

    With peaks to spare.
    """
    park = Park(scenario, cut(scenario))
    search = Seeker(park, park.actors, [at_price(park, 0.0)])
    search.best(1e-3)
    meters = park.template(park.actors[0]).measured
    designs = [design.copy() for entry, design, _ in search._search.seen if entry == 0]
    for design in designs:
        design[meters] = 1e4
    return designs


@pytest.mark.parametrize(
    ("bundle", "steps", "expected"),
    [
        ([0] * 5 + [1] * 4, 24, [[0, 1, 2], [3, 4], [5, 6, 7, 8]]),
        ([0, 0, 1], 96, [[0], [1], [2]]),
        ([0, 0, 1], 168, [[0], [1], [2]]),
        ([0, 0, 0], 48, [[0, 1], [2]]),
    ],
)
def test_blocks_are_neighbours_of_one_bundle(
    bundle: list[int], steps: int, expected: list[list[int]]
) -> None:
    """Proves: at most 96 steps stand in a program, never of two bundles, and every period once."""
    assert [list(block) for block in blocks_of(np.array(bundle), steps)] == expected


@pytest.mark.parametrize("seed", range(3))
def test_days_side_by_side_cost_what_they_cost_one_by_one(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves: nine days of a site with PV, a battery and heat cost the same in programs of four as
    in one each under the designs that a search has tried; of others, that may lack something, the
    four say no more. What they say of those tried, from wherever, is never above what these cost.
    If broken: a coefficient or a side of another day, or flows that reach into the next day.
    """
    scenario = restrict(isolate(toy_park(companies=2, days=9, seed=seed)), ["c0"])
    together = value_of(scenario, 2)
    monkeypatch.setattr(blocks, "STEPS", 24)
    apart = value_of(scenario, 2)
    rng = np.random.default_rng(seed)
    small = rng.uniform(0, 60, (5, together.size)) * rng.integers(0, 2, (5, together.size))
    tried = tried_in(scenario)
    costs = [apart.cuts(design).value for design in tried]
    assert np.ptp(costs, axis=0).min() > 1.0, "the designs differ in nothing"
    for design, cost in zip(tried, costs, strict=True):
        assert together.cuts(design).value == pytest.approx(cost, rel=1e-7, abs=1e-6)
    for design in small:
        cost = apart.cuts(design).value
        assert (together.cuts(design).value <= cost + 1e-6 * (1 + np.abs(cost))).all()
    for design in [*tried, *small]:
        said = together.cuts(design)
        for other, true in zip(tried, costs, strict=True):
            below = said.height + said.slope @ other
            assert (below <= true + 1e-6 * (1 + np.abs(true))).all()


def test_a_block_pays_once_for_what_it_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: two days that both need 40 kW at 5 EUR/kW without a peak pay 200 EUR in one program
    and 400 EUR in two. If broken: the days of a block have a design each.
    """
    demand = np.full(48, 40.0)
    scenario = bare_park(steps=48, period="day", electricity_demand=[demand], demand_charge=5.0)
    together = value_of(scenario, 1)
    assert together.cuts(np.zeros(together.size)).value.sum() == pytest.approx(200)
    monkeypatch.setattr(blocks, "STEPS", 24)
    apart = value_of(scenario, 1)
    assert apart.cuts(np.zeros(apart.size)).value.sum() == pytest.approx(400)
