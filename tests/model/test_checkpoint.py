"""A search that ends early, is kept, and goes on."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.solve.assemble import Park
from parkwerk.solve.checkpoint import Checkpoint, fingerprint
from parkwerk.solve.clock import Clock
from parkwerk.solve.dispatch import Choice
from parkwerk.solve.optimise import optimise
from parkwerk.solve.periods import cut
from parkwerk.solve.proof import Proof
from parkwerk.solve.redispatch import redispatch
from toy import toy_park


def park_of(scenario: xr.Dataset) -> Park:
    return Park(scenario, cut(scenario))


@pytest.fixture
def scenario() -> xr.Dataset:
    return toy_park(companies=2, days=2, seed=2)


def test_what_is_kept_is_read_again(tmp_path: Path, scenario: xr.Dataset) -> None:
    """Proves: design, tariffs, bound and log come back as they were, each actor its own.
    If broken: a design cut at the wrong places, or the tariff of a neighbour.
    """
    park = park_of(scenario)
    rng = np.random.default_rng(1)
    design = [Choice(a.menu[-1], rng.uniform(size=park.template(a).n_design)) for a in park.actors]
    proof = Proof(0.01, Clock(), lambda upper, lower: None)
    proof.found(120.0)
    proof.found(110.0, 80.0)
    kept = Checkpoint(tmp_path / "state.nc", fingerprint(park, 0.01))
    assert kept.read() is None
    kept.write(park, design, proof)
    state = kept.read()
    assert state is not None
    assert state.lower == 80.0
    assert state.log == proof.log
    assert [row[1:] for row in state.log] == [(120.0, -np.inf), (110.0, 80.0)]
    for one, other in zip(state.design, design, strict=True):
        assert one.tariff == other.tariff
        assert np.array_equal(one.values, other.values)
    kept.remove()
    assert kept.read() is None


def test_another_search_is_refused(tmp_path: Path, scenario: xr.Dataset) -> None:
    """Proves: one number more in one hour, or another gap, is another search.
    If broken: the bound of another park is taken for a proof of this.
    """
    park = park_of(scenario)
    other = scenario.copy(deep=True)
    other["electricity_demand"][0, 5] += 1.0
    proof = Proof(0.01, Clock(), lambda upper, lower: None)
    proof.found(110.0, 80.0)
    path = tmp_path / "state.nc"
    design = optimise_nothing(park)
    Checkpoint(path, fingerprint(park, 0.01)).write(park, design, proof)
    for key in (fingerprint(park_of(other), 0.01), fingerprint(park, 0.02)):
        with pytest.raises(InputError, match=r"state\.nc: the checkpoint of other inputs"):
            Checkpoint(path, key).read()


def optimise_nothing(park: Park) -> list[Choice]:
    return [Choice(a.menu[0], np.zeros(park.template(a).n_design)) for a in park.actors]


def test_a_resumed_search_is_no_worse(tmp_path: Path, scenario: xr.Dataset) -> None:
    """Proves: begun at its checkpoint a search starts with the bounds that were reached, also if it
    is ended at once; when it meets its gap the checkpoint goes. If broken: the log begins anew, or
    the bound is lost, and a search that is ended at once has none.
    """
    path, clock = tmp_path / "state.nc", Clock()

    def end_when_proven(_: float, lower: float) -> None:
        if np.isfinite(lower):
            clock.interrupt.set()

    first = optimise(scenario, gap=1e-3, checkpoint=path, clock=clock, bounds=end_when_proven)
    assert path.exists()
    again = optimise(scenario, gap=1e-3, checkpoint=path, clock=clock)
    assert again.attrs["total_cost"] <= first.attrs["total_cost"] * (1 + 1e-9)
    assert again.attrs["lower_bound"] >= first.attrs["lower_bound"] - 1e-6
    assert optimise(scenario, gap=0.5, checkpoint=path).attrs["ended"] == "gap"
    assert not path.exists()


def test_an_interrupted_search_says_what_it_has(scenario: xr.Dataset) -> None:
    """Proves: interrupted before it began, a search still writes a design that costs what it says;
    its gap is unknown or true. If broken: no solution, or one without flows.
    """
    clock = Clock()
    clock.interrupt.set()
    solution = optimise(scenario, gap=1e-4, clock=clock)
    total, lower, gap = (solution.attrs[n] for n in ("total_cost", "lower_bound", "gap"))
    assert solution.attrs["ended"] == "interrupt"
    assert redispatch(scenario, solution) == pytest.approx(total, rel=1e-6)
    best = optimise(scenario, gap=0.05).attrs
    assert total >= best["lower_bound"] - 1e-6
    if not isnan(gap):
        assert gap == pytest.approx((total - lower) / abs(total))
        assert lower <= best["total_cost"] + 1e-6
