"""How the year is cut into periods, and that the cut does not change what it must not change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

import plain
from parkwerk.errors import FormulationError, InputError
from parkwerk.formulation import park as actors_of
from parkwerk.formulation.actor import Shape
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import dispatch
from parkwerk.solve.periods import cut
from parkwerk.solve.representative import representative
from toy import toy_park


def test_a_year_has_52_weeks_and_a_day() -> None:
    """Proves: what a period leaves over is a shorter period of its own, and no step is lost: nine
    days are a week and two days. If broken: 168 of 216 hours, or a period that runs past the end.
    """
    scenario = toy_park(companies=1, days=9)
    scenario.attrs["period"] = "week"
    groups = cut(scenario)
    assert [(len(g), g.steps) for g in groups] == [(1, 168), (1, 48)]
    steps = np.concatenate([g.positions.ravel() for g in groups])
    assert steps.tolist() == list(range(216))


def test_an_unknown_period_is_refused() -> None:
    """Proves: a period that is none of day, week and year is named with the choice there is."""
    scenario = toy_park(companies=1, days=1)
    scenario.attrs["period"] = "month"
    with pytest.raises(InputError, match=r"month.*day, week, year"):
        cut(scenario)


def test_a_period_too_long_to_compile_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: where the compiler goes too deep the sentence names the period and what to choose.
    If broken: `maximum recursion depth exceeded`, as a whole year by the hour once said.
    """

    def too_deep(model: object) -> None:
        raise RecursionError

    monkeypatch.setattr(actors_of, "compile_template", too_deep)
    park = Park(toy_park(companies=1, days=2), cut(toy_park(companies=1, days=2)))
    shape = replace(park.actors[0].shape, period_steps=8761)
    with pytest.raises(FormulationError, match=r"period: 8761 steps .* `period: day` or `week`"):
        actors_of.template(shape)


@pytest.mark.parametrize("period", ["week", "year"])
def test_with_nothing_built_the_period_does_not_matter(period: str) -> None:
    """Proves: without stores a longer period, whole or with a rest, costs what days cost: demand,
    peaks and fees are the same. If broken: the peak is raised once for each group of periods, and
    the demand charge doubles.
    """
    costs = {}
    for name in ("day", period):
        scenario = toy_park(companies=2, days=9, seed=3)
        scenario.attrs["period"] = name
        park = Park(scenario, cut(scenario))
        costs[name] = dispatch(park, [plain.choice_of(park, a) for a in park.actors]).total_cost
    assert costs[period] == pytest.approx(costs["day"], rel=1e-9)


def test_longer_periods_never_cost_more() -> None:
    """Proves: a store that must return to its level once a week can do all that it can do by day.
    If broken: levels are tied at each midnight, or at different values.
    """
    costs = []
    for period in ("day", "week"):
        scenario = toy_park(companies=1, days=7, seed=5, heat_demand=0.0)
        scenario.attrs["period"] = period
        costs.append(plain.optimum(scenario).cost)
    assert costs[1] <= costs[0] * (1 + 1e-9)


def test_a_sample_keeps_the_yearly_totals() -> None:
    """Proves: eight representative days and the peak days carry the year's demand, heat and sun
    within 2 %, count as many days as the year has, and hold each company's dark peak.
    If broken: medoids alone miss a total by 5 to 15 %, and the yearly cost with it.
    """
    scenario = toy_park(companies=3, days=120, seed=7)
    groups = cut(scenario)
    sample = representative(scenario, groups, 8)
    (days,), (weights,) = sample.groups, sample.weights
    assert not sample.whole
    assert weights.sum() == pytest.approx(120)
    assert len(days) <= 8 + 6
    for name in ("electricity_demand", "heat_demand", "pv_yield"):
        values = scenario[name].values
        stands_for = (values[:, days.positions].sum(axis=2) * weights).sum(axis=1)
        assert stands_for == pytest.approx(values.sum(axis=1), rel=0.02)
    dark = scenario["electricity_demand"].values - (
        scenario["pv_yield"].values * scenario["roof_limit"].values[:, None]
    )
    assert dark[:, days.positions].max(axis=(1, 2)) == pytest.approx(dark.max(axis=1))


def test_threads_compile_the_same_templates() -> None:
    """Proves: templates that are first asked for by several threads are those of one thread.
    If broken: Pyomo mixes up expressions of two models, and a program loses constraints.
    """
    shapes = [
        Shape(
            "site",
            24,
            1.0,
            (
                *(("roof", r), ("pv_class", k), ("feed_in_rule", 1), ("pool", 1)),
                *(("keyed_pool", 0), ("heat_source", 1), ("month", 0)),
                *(("giver", 1), ("taker", 1)),
            ),
            features=frozenset({"heat"}),
            class_rules=(0,) * k,
        )
        for r in range(1, 4)
        for k in range(1, 4)
    ]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(actors_of.template, shapes))
    actors_of._compiled.cache_clear()
    for shape, template in zip(shapes, together, strict=True):
        alone = actors_of.template(shape)
        assert template.rows.labels == alone.rows.labels
        for name in ("operation", "design", "rhs"):
            one, other = getattr(template.rows, name), getattr(alone.rows, name)
            assert (one.row.tolist(), one.col.tolist()) == (other.row.tolist(), other.col.tolist())
            assert np.array_equal(one.base, other.base)
            assert abs(one.slope - other.slope).nnz == 0
