"""A small park and its solution, sought once for all tests of trade-offs."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import xarray as xr

from parkwerk import optimise
from toy import toy_park

GAP = 1e-3


class Solved(NamedTuple):
    """A scenario and what `optimise` found."""

    scenario: xr.Dataset
    solution: xr.Dataset


@pytest.fixture(scope="session")
def toy() -> Solved:
    """Two companies and a pipe between them, two days."""
    scenario = toy_park(2, days=2, seed=3)
    return Solved(scenario, optimise(scenario, gap=GAP))
