"""The near-optimal space: sizes that cost little more, and what is proven of all others."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from explore.conftest import GAP, Solved
from parkwerk.errors import InputError
from parkwerk.explore import near_optimal
from parkwerk.explore.near_optimal import _bound
from parkwerk.solve.designs import blend
from parkwerk.solve.redispatch import park_of, read_design

ROOM = 1e-6


@pytest.fixture(scope="module")
def space(toy: Solved) -> xr.Dataset:
    return near_optimal(*toy, slacks=(0.01, 0.05), technologies=("PV", "battery"), gap=GAP)


def test_the_sizes_found_lie_within_what_is_proven(space: xr.Dataset) -> None:
    """``smallest_bound ≤ smallest ≤ optimal ≤ largest ≤ largest_bound`` at every slack."""
    order = ("smallest_bound", "smallest", "optimal", "largest", "largest_bound")
    rows = [(space[name] + 0.0 * space["slack"]).transpose("technology", "slack") for name in order]
    for less, more in pairwise(rows):
        assert (less.values <= more.values + ROOM).all()


def test_more_slack_is_more_room(space: xr.Dataset) -> None:
    """With a larger slack the smallest size is no larger, and the largest no smaller."""
    assert (space["smallest"].diff("slack") <= ROOM).all()
    assert (space["largest"].diff("slack") >= -ROOM).all()
    assert (space["largest"] - space["smallest"]).sel(technology="battery").max() > 1.0


def test_the_bound_of_a_size_follows_from_its_price() -> None:
    """With ``cost + 2·s ≥ 20`` and a cost of 14 at most, s is at least 3; with ``cost − 2·s ≥ 4``
    and the same cost, s is at most 5. Prices of the other sign say nothing."""
    dear = SimpleNamespace(price=2.0, least=20.0)
    cheap = SimpleNamespace(price=-2.0, least=4.0)
    trials = [SimpleNamespace(price=0.0, least=13.0), dear, cheap]
    assert _bound(trials, 1.0, 14.0) == 3.0  # type: ignore[arg-type]
    assert _bound(trials, -1.0, 14.0) == 5.0  # type: ignore[arg-type]


def test_a_mixture_has_what_either_has(toy: Solved) -> None:
    """A quarter of the way from nothing to a design: a quarter of each size, and every plant and
    right that the design has; so the mixture can be built."""
    park = park_of(*toy)
    whole = read_design(park, toy.solution.sel(case="together"))
    none = [replace(choice, values=0.0 * choice.values) for choice in whole]
    for actor, own, mixed in zip(park.actors, whole, blend(park, none, whole, 0.25), strict=True):
        binary = park.template(actor).binary
        np.testing.assert_allclose(mixed.values[~binary], 0.25 * own.values[~binary])
        np.testing.assert_array_equal(mixed.values[binary], own.values[binary])


def test_a_park_that_cannot_have_it_has_none(toy: Solved) -> None:
    """Without a source there is no waste heat, small or large, and nothing is sought."""
    from parkwerk import optimise

    scenario = toy.scenario.isel(heat_source=[], pipe=[], pool=[], company=[0], connection=[0])
    scenario = scenario.isel(roof=[0], time=slice(0, 24))
    found = near_optimal(scenario, optimise(scenario, gap=GAP), technologies=("waste heat",))
    assert found["largest"].max() == 0.0
    assert found["smallest"].max() == 0.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"technologies": ("wind",)}, "technologies: expected some of PV, battery"),
        ({"slacks": (0.0,)}, "slacks: .0.0., expected shares above 0"),
    ],
)
def test_unknown_technologies_and_slacks_are_refused(
    changes: dict[str, tuple[float, ...]], message: str, toy: Solved
) -> None:
    """One sentence names what was expected."""
    with pytest.raises(InputError, match=message):
        near_optimal(*toy, **changes)  # type: ignore[arg-type]
