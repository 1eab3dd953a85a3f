"""Who owns an asset moves cash flows between parties, and none out of the park."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

from assess.finance_park import battery_verdict, finance_park, judge, owned_by
from assess.hand import hand_solution


def values(verdict: xr.Dataset, name: str, **labels: Any) -> list[float]:
    """By party, together: c0, c1, shared links."""
    found = verdict[name].sel(case="together", **labels).squeeze()
    return [float(value) for value in found.values]


@pytest.mark.parametrize(("owner", "place"), [("c1", 1), ("operator", 2)])
def test_the_owner_invests_and_the_host_pays_a_lease(owner: str, place: int) -> None:
    """c0's battery belongs to another: 1,000 EUR and 100 EUR/a of lease are that one's.

    c0 keeps 200 − 20 − 100 EUR/a, 800 EUR in ten years, and has nothing to pay back; the owner
    has 0 EUR, for the lease is the annuity, and after five years still misses 500.
    """
    verdict = battery_verdict(**owned_by(("battery", "c0", owner)))
    lease, invested = [-100.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    lease[place], invested[place] = 100.0, 1000.0
    assert values(verdict, "lease") == lease
    assert values(verdict, "owned_investment", technology="battery") == invested
    assert values(verdict, "npv") == pytest.approx([800.0, 0.0, 0.0])
    assert values(verdict, "annuity", part="lease") == [-amount for amount in lease]
    assert values(verdict, "enefg_npv")[place] == pytest.approx(5 * 100.0 - 1000.0)
    assert values(verdict, "payback")[0] == 0.0
    assert values(verdict, "payback")[place] == pytest.approx(10.0)
    assert np.isnan(values(verdict, "internal_rate_of_return")[0])
    assert values(verdict, "internal_rate_of_return")[place] == pytest.approx(0.0, abs=1e-9)


def test_a_margin_is_the_owners_gain() -> None:
    """10 % on the lease of 100 EUR/a are 100 EUR in ten years, from c0 to c1."""
    verdict = battery_verdict(lease_margin=0.1, **owned_by(("battery", "c0", "c1")))
    assert values(verdict, "npv") == pytest.approx([700.0, 100.0, 0.0])


def test_ownership_leaves_the_park_as_it_is() -> None:
    """The sums of the park are the same to the cent, whoever owns; bills and savings too."""
    own = battery_verdict(interest_rate=0.05, annuity=129.504575, horizon=15.0)
    changes = owned_by(("battery", "c0", "c1"))
    leased = battery_verdict(
        interest_rate=0.05, annuity=129.504575, horizon=15.0, lease_margin=0.2, **changes
    )
    for name in ("park_npv", "park_internal_rate_of_return", "park_payback", "park_enefg_npv"):
        np.testing.assert_allclose(leased[name], own[name])
    for name, parts in (("park_annuity", "part"), ("park_cash_flow", "flow")):
        np.testing.assert_allclose(leased[name].sum(parts), own[name].sum(parts), atol=1e-9)
    np.testing.assert_allclose(leased["park_cash_flow"].sel(flow="lease"), 0.0, atol=1e-9)
    xr.testing.assert_equal(leased["saving"], own["saving"])
    xr.testing.assert_equal(leased["investment"], own["investment"])
    assert not np.allclose(leased["npv"], own["npv"])


def test_shares_of_an_asset() -> None:
    """A quarter of c0's battery belongs to c1: so do 250 EUR and a quarter of the lease."""
    changes = owned_by()
    changes["asset_owned"][1, 0] = [0.75, 0.25, 0.0]
    verdict = battery_verdict(**changes)
    assert values(verdict, "owned_investment", technology="battery") == [750.0, 250.0, 0.0]
    assert values(verdict, "lease") == [-25.0, 25.0, 0.0]


def test_an_owner_outside_the_park_leaves_the_asset_to_its_host() -> None:
    """A part of a park, without the owner, is assessed as if the host had bought."""
    hosts = ("c0", "c1", "elsewhere", "operator")
    verdict = battery_verdict(**owned_by(("battery", "c0", "elsewhere"), hosts=hosts))
    for name in ("owned_investment", "lease", "cash_flow"):
        xr.testing.assert_allclose(verdict[name], battery_verdict()[name])


def test_shared_links_are_the_operators() -> None:
    """A pipe of 200 EUR to the neighbour is the joint operator's, until c1 owns it.

    Then c1 invests and the party `shared links` pays 20 EUR/a of lease.
    """
    costs = {"heat pipes": [[0.0] * 3, [0.0] * 3, [0.0, 0.0, 20.0]]}
    built = {"pipe_built": [[[0.0, 0.0]], [[0.0, 0.0]], [[0.0, 1.0]]]}
    prices = {"pipe_fixed_investment": [50.0, 200.0], "pipe_fixed_cost": [5.0, 20.0]}
    found = []
    for changes in ({}, owned_by(("heat pipes", "operator", "c1"))):
        park = finance_park(asset_maintenance=0.0, **prices, **changes)
        verdict = judge(park, hand_solution(park, costs, **built))
        found.append(values(verdict, "owned_investment", technology="heat pipes"))
    assert found == [[0.0, 0.0, 200.0], [0.0, 200.0, 0.0]]
    assert values(verdict, "lease") == [0.0, 20.0, -20.0]
