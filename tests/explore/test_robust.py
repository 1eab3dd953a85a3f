"""One design for several futures: the risk by hand, and what follows from knowing nothing more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

from explore.conftest import GAP, Solved
from parkwerk.errors import InputError
from parkwerk.explore import Risk, robust
from parkwerk.explore.robust import MEAN, _cost
from parkwerk.solve.assemble import Park
from parkwerk.solve.periods import cut
from parkwerk.solve.redispatch import park_of, read_design

COSTS, EVEN = np.array([1.0, 2.0, 3.0, 4.0]), np.full(4, 0.25)


@pytest.mark.parametrize(
    ("tail", "expected"), [(0.25, 4.0), (0.5, 3.5), (1.0, 2.5), (0.3, (0.25 * 4 + 0.05 * 3) / 0.3)]
)
def test_the_tail_is_the_mean_of_the_dearest_share(tail: float, expected: float) -> None:
    """Of costs 1, 2, 3, 4 with a probability of a quarter each: the dearest half means 3.5."""
    assert Risk(1.0, tail).of(COSTS, EVEN) == pytest.approx(expected)


def test_the_weight_lies_between_mean_and_tail() -> None:
    """A quarter of the tail (4) and three quarters of the mean (2.5) are 2.875."""
    assert Risk(0.25, 0.25).of(COSTS, EVEN) == pytest.approx(2.875)


@pytest.fixture(scope="module")
def futures(toy: Solved) -> dict[str, xr.Dataset]:
    """The day's prices as they are, and twice as high."""
    one = toy.scenario.isel(time=slice(0, 24))
    return {"low": one, "high": one.assign(electricity_price=2.0 * one["electricity_price"])}


@pytest.fixture(scope="module")
def designed(futures: dict[str, xr.Dataset]) -> xr.Dataset:
    return robust(futures, {"low": 3.0, "high": 1.0}, Risk(0.5, 0.25), gap=GAP)


def test_no_candidate_is_better_than_knowing_the_future(designed: xr.Dataset) -> None:
    """The objective of every design is above the bound, the best first; each scenario's own best
    design is the cheapest there, as near as the gap lets it be."""
    objective = designed["objective"].values
    assert (np.diff(objective) >= 0).all()
    assert designed.attrs["lower_bound"] <= objective[0]
    assert designed.attrs["value_of_stochastic_solution"] >= 0
    cheapest = designed["cost"].min("candidate")
    for name in ("low", "high"):
        own = designed["cost"].sel(candidate=name, scenario=name)
        assert own.item() <= cheapest.sel(scenario=name).item() * (1 + GAP)


def test_the_figures_follow_from_the_costs(designed: xr.Dataset) -> None:
    """With probabilities 3/4 and 1/4, and the dearest quarter being `high`, the objective is
    ``½·(¾·low + ¼·high) + ½·high``."""
    np.testing.assert_allclose(designed["probability"], [0.75, 0.25])
    low, high = (designed["cost"].sel(scenario=name) for name in ("low", "high"))
    np.testing.assert_allclose(designed["expected_cost"], 0.75 * low + 0.25 * high)
    np.testing.assert_allclose(designed["cvar"], high)
    np.testing.assert_allclose(designed["objective"], 0.375 * low + 0.625 * high)
    assert MEAN in designed["candidate"].values


def test_alike_futures_need_no_caution(toy: Solved) -> None:
    """If both scenarios are the same, the design of their mean is the best: caution is worth
    nothing, and the objective is the cost of the solution."""
    given = dict.fromkeys(("a", "b", MEAN), toy.solution)
    found = robust({"a": toy.scenario, "b": toy.scenario}, solutions=given, gap=GAP)
    assert found.attrs["objective"] == pytest.approx(toy.solution.attrs["total_cost"], rel=1e-6)
    assert found.attrs["value_of_stochastic_solution"] == pytest.approx(0.0, abs=1e-6)


def test_a_design_too_small_for_a_future_costs_infinitely_much(toy: Solved) -> None:
    """Demand that no connection can serve: the design costs infinitely much there, and so does the
    mean of what it may cost."""
    more = toy.scenario.assign(electricity_demand=100.0 * toy.scenario["electricity_demand"])
    design = read_design(park_of(*toy), toy.solution.sel(case="together"))
    assert _cost(Park(more, cut(more)), design) == np.inf
    assert Risk(0.5).of(np.array([1.0, np.inf]), np.array([0.9, 0.1])) == np.inf


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: {"a": s}, "scenarios: 1, expected at least two"),
        (lambda s: {"a": s, "b": s.isel(time=slice(0, 24))}, "'b' has 24 time, expected the 48"),
        (lambda s: {"a": s, "b": s.assign_coords(roof=["x", "y"])}, "'b' has another roof"),
        (lambda s: {"a": s, MEAN: s}, "expected another"),
    ],
)
def test_scenarios_that_cannot_share_a_design_are_refused(
    change: Any, message: str, toy: Solved
) -> None:
    """One sentence names the scenario and what differs."""
    with pytest.raises(InputError, match=message):
        robust(change(toy.scenario))


def test_probabilities_and_risk_are_checked(toy: Solved) -> None:
    """A missing or negative probability, and a tail that is no share."""
    both = {"a": toy.scenario, "b": toy.scenario}
    with pytest.raises(InputError, match="probability of scenario 'b': none"):
        robust(both, {"a": 1.0})
    with pytest.raises(InputError, match="probability of scenario 'b': -1"):
        robust(both, {"a": 1.0, "b": -1.0})
    with pytest.raises(InputError, match="risk tail: 0"):
        Risk(0.5, 0.0)
    with pytest.raises(InputError, match="risk weight: 2"):
        Risk(2.0)
