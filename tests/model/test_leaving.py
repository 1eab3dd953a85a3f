"""Who would do better outside the pools of a design leaves them."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from parkwerk.solve.agree import opened
from parkwerk.solve.assemble import Park
from parkwerk.solve.designs import columns
from parkwerk.solve.dispatch import Choice, Design, dispatch
from parkwerk.solve.full_year import full_year
from parkwerk.solve.leaving import paid, thinned
from parkwerk.solve.optimise import optimise
from parkwerk.solve.periods import cut
from toy import bare_park, toy_park


def sun_for_two(fee: float) -> xr.Dataset:
    """Two hours: c0 has 100 kW of free sun, c1 a demand of 40 kW, c2 of 1 kW, at 0.3 EUR/kWh."""
    return bare_park(
        companies=3,
        steps=2,
        labels={"pool": ["p"]},
        electricity_demand=[[0.0] * 2, [40.0] * 2, [1.0] * 2],
        electricity_price=0.3,
        pv_yield=1.0,
        roof_limit=[100.0, 0.0, 0.0],
        pool_on_grid=1.0,
        pool_fixed_cost=fee,
    )


def all_joined(park: Park) -> Design:
    """Full roofs, and everybody in the pool."""
    design = []
    for actor in park.actors:
        values = np.zeros(park.template(actor).n_design)
        roofs = columns(park, actor, "pv_built", values)
        columns(park, actor, "pv_capacity", values)[:] = 100.0 if actor.name == "c0" else 0.0
        roofs[:] = 1.0 if actor.name == "c0" else 0.0
        design.append(Choice(actor.menu[0], values))
    return opened(park, design)


def joined(park: Park, design: Design) -> list[str]:
    pairs = zip(park.actors, design, strict=True)
    return [a.name for a, c in pairs if columns(park, a, "joined", c.values).any()]


@pytest.mark.parametrize(
    ("fee", "members", "cost"),
    [
        # c2 saves 0.6 EUR and pays 5: it leaves, and 2 fees and 0.6 EUR are left.
        (5.0, ["c0", "c1"], 10.6),
        # 0.2 EUR are less than it saves.
        (0.2, ["c0", "c1", "c2"], 0.6),
        # Three fees are more than the 24.6 EUR that all save.
        (15.0, [], 24.6),
    ],
)
def test_who_pays_more_within_leaves(fee: float, members: list[str], cost: float) -> None:
    """Proves: a member whose fee exceeds what it saves leaves; a giver whose surplus is worth
    nothing at the margin stays, because the park costs more without it; a pool that costs more
    than it saves ends. If broken: fees of idle members are part of the best design.
    """
    park = Park(sun_for_two(fee), cut(sun_for_two(fee)))
    crowd = full_year(park, all_joined(park))
    assert crowd.total_cost == pytest.approx(3 * fee)
    left = thinned(park, crowd)
    assert joined(park, left.design) == members
    assert left.total_cost == pytest.approx(cost)


@pytest.mark.parametrize("seed", range(3))
def test_payments_at_prices_add_up_to_the_cost(seed: int) -> None:
    """Proves: what actors pay one another adds up to nothing, whatever the prices are.
    If broken: an income that nobody pays would keep members in a pool, or drive them out.
    """
    scenario = toy_park(companies=3, days=2, seed=seed)
    park = Park(scenario, cut(scenario))
    zero = [Choice(a.menu[0], np.zeros(park.template(a).n_design)) for a in park.actors]
    operated = dispatch(park, opened(park, zero))
    assert paid(park, operated).sum() == pytest.approx(operated.total_cost)


def test_the_search_lets_leave_who_loses() -> None:
    """Proves: the best design found does without the member that costs more than it brings.
    If broken: 15 instead of 10.6 EUR.
    """
    found = optimise(sun_for_two(5.0), gap=1e-4)
    assert found.attrs["total_cost"] == pytest.approx(10.6, rel=1e-3)
