"""What one tariff of a menu says of another, and the search among designs with binaries."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from parkwerk.solve.assemble import Park
from parkwerk.solve.cuts import Cuts
from parkwerk.solve.master import Master, Rules, rows_from
from parkwerk.solve.periods import cut
from parkwerk.solve.value import Value
from toy import at_price, bare_park


def two_months() -> Park:
    """Four days in two months, under a yearly and a monthly power price."""
    rng = np.random.default_rng(3)
    scenario = bare_park(
        steps=96,
        period="day",
        electricity_demand=[rng.uniform(5, 40, 96)],
        labels={"tariff": ["year", "month"], "month": ["m0", "m1"]},
        demand_charge=[[100.0, 0.0]],
        monthly_charge=[[0.0, 100.0]],
        in_month=np.repeat(np.eye(2), 48, axis=1),
    )
    return Park(scenario, cut(scenario))


def test_cuts_of_a_yearly_charge_hold_under_a_monthly_one() -> None:
    """Proves: the cuts that a yearly charge on the peak has shown lie, with the multipliers given
    to the peaks of the months, below the operating cost under a monthly charge for all peaks, and
    are steep in them. If broken: a multiplier in the wrong month or of the wrong sign lies above.
    """
    park = two_months()
    actor = park.actors[0]
    year, month = (park.stamps(actor, tariff)[0] for tariff in actor.menu)
    measured = year.template.measured
    priced = [
        np.where(np.isin(np.arange(s.template.n_design), measured), s.design_cost, 0)
        for s in (year, month)
    ]
    value = Value(park, [year], at_price(park, 0.0), bundles=2, priced=priced)
    low = np.zeros(value.size)
    low[measured] = 25.0
    found = value.cuts(low).under(1)
    assert (found.slope[:, measured] < -1.0).any(), "no peak is worth anything"
    value.charge([month])
    rng = np.random.default_rng(0)
    for peaks in rng.uniform(20, 45, (8, len(measured))):
        design = low.copy()
        design[measured] = peaks
        design[measured[0]] = 1e3  # the yearly peak is free under a monthly charge
        below = found.height + found.slope @ design
        assert (below <= value.cuts(design).value + 1e-6).all()
    design = low.copy()
    design[measured[0]] = 1e3
    assert (found.height + found.slope @ design).sum() == pytest.approx(
        value.cuts(design).value.sum(), rel=1e-6
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_dive_finds_a_design_exactly_if_there_is_one(seed: int) -> None:
    """Proves: of seven binaries and three sizes a design below a level is found for every level
    above the optimum, keeps all rules, and none is found below it.
    If broken: a side that is left out would prove a level that some design undercuts.
    """
    rng = np.random.default_rng(seed)
    n_binary, n = 7, 10
    binary = np.arange(n) < n_binary
    matrix = np.vstack([rng.uniform(-1, 1, (4, n)), np.eye(n)[n_binary:]])
    rhs = np.concatenate(
        [matrix[:4] @ np.where(binary, rng.integers(0, 2, n), 2.0) + 0.1, np.full(3, 5.0)]
    )
    equal = np.zeros(7, dtype=bool)
    rules = Rules(3.0, rng.uniform(-2, 2, n), binary, sparse.csr_array(matrix), rhs, equal)
    master = Master(rules, np.full(2, -50.0))
    slope = rng.uniform(-3, 3, (2, n))
    at = np.where(binary, 1.0, 2.0)
    cuts = Cuts(at, np.arange(2), rng.uniform(0, 9, 2), slope, 0.0)
    master.add(rows_from(cuts, 2))
    _, least = master.solve()
    assert master.relaxed() <= least + 1e-6
    assert master.near(np.where(binary, 0.0, 1.0), least - 0.01) is None
    for more in (0.01, 1.0, 10.0):
        found = master.near(np.where(binary, 0.0, 1.0), least + more)
        assert found is not None
        assert (matrix @ found <= rhs + 1e-6).all()
        assert set(found[binary]) <= {0.0, 1.0}
