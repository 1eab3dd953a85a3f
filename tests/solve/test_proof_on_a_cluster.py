"""A proof does not depend on who worked for it."""

from __future__ import annotations

import numpy as np
import pytest

from parkwerk.solve.optimise import optimise
from toy import toy_park
from work import one_killed, two_workers

#: Small enough for more than one round.
GAP = 0.01


def test_a_killed_worker_leaves_the_proof_as_it_is() -> None:
    """Proves: over a Dask scheduler with two workers, of which one is killed in the midst of a
    company's search, cost and bounds, each company's too, are those of a run in this process.
    If broken: a lost company is missing in the sum or has the result of another, or the run waits
    for it for ever.
    """
    scenario = toy_park(companies=3, days=1, seed=5, waste_heat=0.0)
    here = optimise(scenario, gap=GAP, jobs=1)
    with two_workers() as cluster, one_killed(cluster, finished=1) as killed:
        there = optimise(scenario, gap=GAP, cluster=cluster.scheduler_address)
    assert killed, "no worker was killed while it worked"
    for name in ("total_cost", "lower_bound", "gap"):
        assert there.attrs[name] == pytest.approx(here.attrs[name], rel=1e-9), name
    assert there.attrs["ended"] == here.attrs["ended"]
    np.testing.assert_allclose(there["least_alone"], here["least_alone"])
