"""Regimes as pools: members, admitted plants, charges, reasons."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from parkwerk.errors import InputError
from parkwerk.quantities import SCENARIO
from parkwerk.regulation import (
    PoolSettings,
    default_settings,
    law,
    pool_arrays,
    pv_classes,
    regimes,
)
from parkwerk.regulation.pools import largest_groups

LAW = law(date(2026, 6, 1))
CLASSES = pv_classes(LAW, [(100, 1000)], largest_kw=3000)  # up to 100, 1,000, 2,000, 3,000 kW
SETTINGS = PoolSettings(own_supply_cost=0.004, member_cost=300.0)


def park(*positions, relief=()):
    """Companies a, b, c ... at the given x [m]; those in `relief` have §9b relief."""
    ids = [chr(ord("a") + i) for i in range(len(positions))]
    return pd.DataFrame(
        {
            "id": ids,
            "x": positions,
            "y": 0.0,
            "manufacturing_relief": [i in relief for i in ids],
        }
    )


def test_alone_has_no_pool():
    """No exchange: the pool dimension is there, and empty."""
    arrays = pool_arrays("alone", park(0, 100), CLASSES, LAW)
    assert arrays.sizes["pool"] == 0
    assert arrays.sizes["company"] == 2
    assert arrays.sizes["pv_class"] == 4


def test_near_site_ppa_close_together():
    """Everyone is in both pools; both pass the grid meter; only plants up to 2 MW are tax-free."""
    arrays = pool_arrays("near-site-ppa", park(0, 4500), CLASSES, LAW, SETTINGS)
    assert arrays["pool"].values.tolist() == ["ppa-tax-free", "ppa-taxed"]
    assert (arrays["pool_gives"] == 1).all()
    assert (arrays["pool_takes"] == 1).all()
    assert (arrays["pool_on_grid"] == 1).all()
    assert arrays["pool_admits"].values.tolist() == [[1, 1, 1, 0], [1, 1, 1, 1]]
    assert arrays["pool_fixed_cost"].values.tolist() == [300, 300]
    assert (arrays["pool_reason"] == "").all()


def test_charge_is_the_taxes_of_the_taker():
    """Own supply 0.4 ct; taxed pool 0.4 + 2.05 for trade, 0.4 + 0.05 with §9b relief.

    The difference between the pools is the whole gain of a near-site PPA: 2.05 or 0.05 ct.
    """
    arrays = pool_arrays("near-site-ppa", park(0, 100, relief="b"), CLASSES, LAW, SETTINGS)
    charge = 100 * arrays["pool_charge"]
    assert charge.sel(pool="ppa-tax-free").values == pytest.approx([0.4, 0.4])
    assert charge.sel(pool="ppa-taxed").values == pytest.approx([2.45, 0.45])


def test_companies_too_far_apart_share_with_tax_and_read_why():
    """4,501 m apart no tax-free pool has members, and each company reads the paragraph.

    At 4,500 m (the test above) both are members: the radius includes its edge.
    """
    arrays = pool_arrays("near-site-ppa", park(0, 4501), CLASSES, LAW)
    assert (arrays["pool_gives"].sel(pool="ppa-tax-free") == 0).all()
    assert (arrays["pool_takes"].sel(pool="ppa-tax-free") == 0).all()
    assert (arrays["pool_takes"].sel(pool="ppa-taxed") == 1).all()
    reason = str(arrays["pool_reason"].sel(pool="ppa-tax-free", company="a").item())
    assert reason.startswith("is more than 4.5 km away from b")
    assert "StromStV §12b" in reason


def test_a_chain_of_companies_makes_overlapping_pools():
    """a–b and b–c are near, a–c (6 km) is not: two tax-free pools with b in both.

    One pool of all three would let a deliver to c tax-free; one pool of two would keep the third
    from its neighbour.
    """
    arrays = pool_arrays("near-site-ppa", park(0, 3000, 6000), CLASSES, LAW)
    assert arrays["pool"].values.tolist() == ["ppa-tax-free-1", "ppa-tax-free-2", "ppa-taxed"]
    assert arrays["pool_gives"].values.tolist() == [[1, 1, 0], [0, 1, 1], [1, 1, 1]]
    reason = str(arrays["pool_reason"].sel(pool="ppa-tax-free-1", company="c").item())
    assert "away from a (" in reason


def test_a_single_company_has_no_one_to_share_with():
    """No pool of one: it would only offer to sell to oneself."""
    arrays = pool_arrays("near-site-ppa", park(0), CLASSES, LAW)
    assert (arrays["pool_takes"] == 0).all()
    assert (arrays["pool_reason"] == "there is no other company to share with").all()


def test_without_settings_the_labelled_assumptions_hold():
    """The defaults are those of regimes.yaml, and the arrays say that they are assumptions."""
    arrays = pool_arrays("near-site-ppa", park(0, 1), CLASSES, LAW)
    assert default_settings() == PoolSettings(own_supply_cost=0.003, member_cost=240.0)
    assert arrays["pool_fixed_cost"].values.tolist() == [240, 240]
    assert "assumption" in arrays["pool_charge"].attrs["source"]
    assert "assumption" in arrays["pool_fixed_cost"].attrs["source"]


@pytest.mark.parametrize("regime", ["alone", "near-site-ppa"])
def test_arrays_fit_the_contract_of_a_scenario(regime):
    """Names, dimensions and units as in `quantities.py`; the regime is on record as current law."""
    arrays = pool_arrays(regime, park(0, 9000), CLASSES, LAW)
    for name in (n for n in SCENARIO if n.startswith("pool_")):
        assert arrays[name].dims == SCENARIO[name].dims
        assert arrays[name].attrs["units"] == SCENARIO[name].units
        assert arrays[name].attrs["source"]
    assert arrays.attrs["regime"] == regime
    assert not regimes()[regime].hypothetical


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"x": [0.0, np.nan]}, "company `b` has no number in `x`, expected metres"),
        ({"y": [0.0, "3,5"]}, "company `b` has no number in `y`"),
        ({"id": ["a", "a"]}, "company `a` appears twice"),
    ],
)
def test_bad_companies_are_refused(change, sentence):
    """A missing position would otherwise count as far away from everyone."""
    with pytest.raises(InputError, match=sentence):
        pool_arrays("near-site-ppa", park(0, 100).assign(**change), CLASSES, LAW)


def test_missing_column_and_unknown_regime_are_named():
    """One sentence each, with the choice of regimes."""
    with pytest.raises(InputError, match="lack the column `manufacturing_relief`"):
        pool_arrays("near-site-ppa", park(0, 1).drop(columns="manufacturing_relief"), CLASSES, LAW)
    with pytest.raises(InputError, match="`free-for-all` is unknown, expected one of alone, near"):
        pool_arrays("free-for-all", park(0, 1), CLASSES, LAW)


def test_largest_groups_against_trying_every_subset():
    """Random graphs of 7 companies: the same groups as by listing all 127 subsets."""
    rng = np.random.default_rng(3)
    for _ in range(30):
        met = rng.random((7, 7)) < 0.6
        met = met | met.T
        subsets = [frozenset(np.flatnonzero([m >> i & 1 for i in range(7)])) for m in range(1, 128)]
        agreed = [s for s in subsets if all(met[i, j] for i in s for j in s)]
        expected = {s for s in agreed if not any(s < other for other in agreed)}
        assert set(largest_groups(met)) == expected
