"""Who bears which cost, and what a saving is worth."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from assess.hand import hand_park, hand_solution
from parkwerk.assess import assess
from parkwerk.assess.cost import group_of

#: Together 100 kWh of waste heat: 25 into the pipe to the owner, 75 into the one to c1.
FLOWS = {
    "yearly_recovered": [[0.0], [25.0], [100.0]],
    "yearly_pipe_flow": [[[0.0, 0.0]], [[25.0, 0.0]], [[25.0, 75.0]]],
}


def verdict_of_links() -> xr.Dataset:
    """Recovery costs 5 alone and 40 together; pipes 2 to the owner and 18 to the neighbour."""
    park = hand_park(pipe_fixed_cost=[2.0, 10.0], pipe_capacity_cost=[0.0, 4.0])
    built = {
        "pipe_built": [[[0.0, 0.0]], [[1.0, 0.0]], [[1.0, 1.0]]],
        "pipe_capacity": [[[0.0, 0.0]], [[1.0, 0.0]], [[1.0, 2.0]]],
    }
    costs = {
        "energy": [[100.0, 200.0, 0.0], [90.0, 200.0, 0.0], [90.0, 120.0, 0.0]],
        "heat recovery": [[0.0, 0.0, 0.0], [0.0, 0.0, 5.0], [0.0, 0.0, 40.0]],
        "heat pipes": [[0.0, 0.0, 0.0], [0.0, 0.0, 2.0], [0.0, 0.0, 20.0]],
    }
    return assess(park, hand_solution(park, costs, **built, **FLOWS))


def test_shared_links_stand_beside_the_bills() -> None:
    """A pipe to the neighbour (10 + 4·2 = 18) and 75 % of the recovery (30) are nobody's bill.

    c0 bears energy 90, its own pipe 2 and 25 % of the recovery, 10. If the whole heat source were
    c0's, its bill would be 150 and the link would look like its loss.
    """
    cost = verdict_of_links()["yearly_cost"].sel(case="together")
    assert cost["party"].values.tolist() == ["c0", "c1", "shared links"]
    np.testing.assert_allclose(cost, [102.0, 120.0, 48.0])


def test_own_waste_heat_is_on_the_owners_bill() -> None:
    """Alone, all heat stays with c0: its bill is 90 + 5 + 2 and nothing is shared."""
    cost = verdict_of_links()["yearly_cost"].sel(case="alone")
    np.testing.assert_allclose(cost, [97.0, 200.0, 0.0])


def test_parts_sum_to_the_park() -> None:
    """Parties and kinds sum to the total cost of every case: 300, 297 and 270."""
    verdict = verdict_of_links()
    np.testing.assert_allclose(verdict["park_cost"], [300.0, 297.0, 270.0], rtol=1e-12)
    np.testing.assert_allclose(verdict["cost"].sum(("party", "cost_kind")), [300.0, 297.0, 270.0])


def test_savings_compare_with_today_and_with_alone() -> None:
    """c1 saves 80 against today, all by sharing; c0 loses 2 against today and 5 by sharing."""
    verdict = verdict_of_links()
    np.testing.assert_allclose(verdict["saving"].sel(case="together"), [-2.0, 80.0, -48.0])
    np.testing.assert_allclose(verdict["saving_by_sharing"], [-5.0, 80.0, -48.0])
    assert verdict["park_saving_by_sharing"] == pytest.approx(27.0)


def test_net_present_value_without_interest_is_the_sum_of_the_years() -> None:
    """30 EUR/a saved over 20 years at 0 % are 600 EUR."""
    value = verdict_of_links()["park_net_present_value"].sel(case="together")
    assert value == pytest.approx(600.0)


def test_net_present_value_undoes_the_annuity() -> None:
    """A plant of 1,000 EUR that just earns its annuity is worth nothing; without it, 1,000 EUR.

    At 3.5 % over 20 years the annuity is 70.361 EUR/a (1000·0.035·q^20/(q^20 − 1)). Discounting at
    another rate, or counting the investment twice, would leave a remainder.
    """
    annuity = 70.361077
    park = hand_park(interest_rate=0.035, horizon=20.0)
    costs = {
        "energy": [[annuity, annuity, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
        "PV": [[0.0, 0.0, 0.0], [annuity, 0.0, 0.0], [annuity, 0.0, 0.0]],
    }
    value = assess(park, hand_solution(park, costs))["net_present_value"].sel(case="together")
    np.testing.assert_allclose(value, [0.0, 1000.0, 0.0], atol=1e-4)


def test_a_common_connection_is_a_party() -> None:
    """An actor that is neither site nor heat source bears its own cost, and the sum still holds."""
    park = hand_park()
    costs = {"demand charge": [[1.0, 2.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 7.0]]}
    solution = hand_solution(park, costs).assign_coords(actor=["c0", "c1", "gate"])
    cost = assess(park, solution)["yearly_cost"].sel(case="together")
    assert cost["party"].values.tolist() == ["c0", "c1", "shared links", "gate"]
    np.testing.assert_allclose(cost, [0.0, 0.0, 0.0, 7.0])


def test_every_kind_of_cost_has_a_group() -> None:
    """A kind that nobody grouped is `other`, so that a picture of the groups still sums up."""
    assert group_of("levies") == "grid fees and levies"
    assert group_of("feed-in revenue") == "feed-in revenue"
    assert group_of("something new") == "other"
