"""Pools of a park: members, admitted plants, charges, costs, keys, and the reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from neighbours import lines, neighbours, old_system
from parkwerk.errors import InputError
from parkwerk.quantities import SCENARIO
from parkwerk.regulation import PoolSettings, law, pool_arrays, pv_classes, regimes
from parkwerk.regulation.pools import LINE_COLUMNS

LAW = law(date(2026, 7, 1))
CLASSES = pv_classes(LAW, [(100, 1000)], largest_kw=2000)  # up to 100, 1,000, 2,000 kW
LARGER = pv_classes(LAW, [(100, 1000)], largest_kw=3000)  # and up to 3,000 kW
NO_LINES = lines()
SETTINGS = PoolSettings(
    own_supply_cost=0.004,
    member_cost=300.0,
    building_member_cost=90.0,
    customer_system_cost=5000.0,
    closed_network_cost=20000.0,
    closed_network_charge=0.006,
    fee_discount=0.4,
)


def arrays_of(regime, companies, cables=NO_LINES, classes=CLASSES, settings=SETTINGS):
    """Pools under the law of 1 Jul 2026 and the settings above."""
    return pool_arrays(regime, companies, cables, classes, LAW, settings)


def reason_of(arrays, pool, company):
    """Why the company does not take part in the pool."""
    return str(arrays["pool_reason"].sel(pool=pool, company=company).item())


def test_alone_has_no_pool():
    """No exchange: the pool dimension is there, and empty."""
    arrays = arrays_of("alone", neighbours(0, 100))
    assert dict(arrays.sizes) == {"pool": 0, "company": 2, "pv_class": 3}


def test_current_law_for_large_neighbours_leaves_the_purchase_agreement():
    """Two large companies: no common building, no line, no §42c; each says its paragraph."""
    arrays = arrays_of("law-2026", neighbours(0, 4500))
    assert arrays["pool"].values.tolist() == ["building", "direct-line", "sharing", "ppa"]
    assert arrays["pool_takes"].sum("company").values.tolist() == [0, 0, 0, 2]
    assert reason_of(arrays, "building", "a") == "is not in the same building as b (EnWG §42b)"
    assert reason_of(arrays, "direct-line", "a") == (
        "has no candidate line to another company (EnWG §3 Nr.27)"
    )
    assert reason_of(arrays, "sharing", "a") == (
        "is no micro, small or medium enterprise (EnWG §42c(2))"
    )
    assert reason_of(arrays, "ppa", "a") == ""
    assert arrays["pool_paragraph"].sel(pool="sharing") == "EnWG §42c"


def test_who_takes_part_has_no_reason_and_who_does_not_has_one():
    """In every regime each company is in a pool or reads why not, never both or neither."""
    companies = neighbours(0, 1, 9000, sme=[True, True, False], **old_system(2))
    companies["closed_network"] = ["works", "works", ""]
    for regime in regimes():
        arrays = arrays_of(regime, companies, lines(("a", "c", 0, 1)), LARGER)
        takes_part = (arrays["pool_gives"] + arrays["pool_takes"]) > 0
        assert ((arrays["pool_reason"] == "") == takes_part).all(), regime


def test_lifting_the_sme_limit_changes_who_shares_and_nothing_else():
    """Two of three are small: §42c has 2 members, lifted 3; all other numbers stay.

    Were a charge or a plant limit moved too, the gap would not be the worth of the limit.
    """
    companies = neighbours(0, 1, 2, sme=[True, False, True])
    cables = lines(("a", "b", 0, 500))
    limited, lifted = (arrays_of(r, companies, cables) for r in ("law-2026", "sme-limit-lifted"))
    assert limited["pool_takes"].sel(pool="sharing").values.tolist() == [1, 0, 1]
    assert lifted["pool_takes"].sel(pool="sharing").values.tolist() == [1, 1, 1]
    moved = {n for n in limited.data_vars if not limited[n].equals(lifted[n])}
    assert moved == {"pool_gives", "pool_takes", "pool_fixed_cost", "pool_reason"}
    for name in moved:
        assert limited[name].drop_sel(pool="sharing").equals(lifted[name].drop_sel(pool="sharing"))


def test_sharing_is_closed_before_1_june_2026():
    """On 31 May 2026 two small companies may not share under §42c yet; the agreement is open."""
    early = law(date(2026, 5, 31))
    companies = neighbours(0, 1, sme=[True, True])
    arrays = pool_arrays("law-2026", companies, NO_LINES, CLASSES, early, SETTINGS)
    assert reason_of(arrays, "sharing", "a") == "may not share before 2026-06-01 (EnWG §42c)"
    assert arrays["pool_takes"].sum("company").values.tolist() == [0, 0, 0, 2]


@pytest.mark.parametrize(
    ("regime", "pool", "on_grid", "free", "member_cost"),
    [
        ("law-2026", "building", 0, 0.0, 90),
        ("law-2026", "direct-line-a-b", 0, 0.0, 300),
        ("law-2026", "sharing", 1, 0.4, 300),
        ("law-2026", "ppa", 1, 0.4, 300),
        ("legacy-system", "customer-system", 0, 0.0, 300),
        ("closed-network", "closed-network", 1, 0.4, 300),
        ("local-fee-discount", "local-sharing", 1, 0.4, 300),
    ],
)
def test_what_a_kwh_bears_by_regime(regime, pool, on_grid, free, member_cost):
    """Passes the meter or not; tax-free up to 2 MW nearby; above, 2.05 ct, with §9b 0.05 ct.

    b has the relief, so it pays own supply + 0.05; the whole gain of the tax-free way is 2.05 ct
    for a and 0.05 ct for b.
    """
    companies = neighbours(
        0,
        1,
        2,
        sme=[True] * 3,
        manufacturing=[False, True, False],
        building=["hall", "hall", "shed"],
        closed_network=["works" if regime == "closed-network" else ""] * 2 + [""],
        **old_system(2),
    )
    arrays = arrays_of(regime, companies, lines(("a", "b", 0, 0)), LARGER)
    taxed = pool.replace("direct-line", "direct-line-taxed", 1)
    taxed = taxed if taxed != pool else f"{pool}-taxed"
    assert (
        arrays["pool_on_grid"].sel(pool=pool) == arrays["pool_on_grid"].sel(pool=taxed) == on_grid
    )
    charge = 100 * arrays["pool_charge"].sel(company=["a", "b"])
    assert charge.sel(pool=pool).values == pytest.approx([free, free])
    assert charge.sel(pool=taxed).values == pytest.approx([free + 2.05, free + 0.05])
    assert arrays["pool_admits"].sel(pool=pool).values.tolist() == [1, 1, 1, 0]
    assert arrays["pool_admits"].sel(pool=taxed).values.tolist() == [1, 1, 1, 1]
    cost = arrays["pool_fixed_cost"].sel(pool=pool, company=["a", "b"]).values
    assert cost.tolist() == [member_cost] * 2


def test_no_pool_with_tax_where_it_lets_nothing_more_happen():
    """Near and with plants up to 2 MW the taxed twin would only be a dearer way to do the same."""
    near = arrays_of("law-2026", neighbours(0, 4500))["pool_rule"].values
    far = arrays_of("law-2026", neighbours(0, 4501))["pool_rule"].values
    large = arrays_of("law-2026", neighbours(0, 1), classes=LARGER)["pool_rule"].values
    assert "ppa-taxed" not in near
    assert far.tolist() == large.tolist() == [*near, "ppa-taxed"]


def test_companies_too_far_apart_share_with_tax_and_read_why():
    """4,501 m apart nobody is in the tax-free pool; both are in the taxed one."""
    arrays = arrays_of("law-2026", neighbours(0, 4501))
    assert (arrays["pool_takes"].sel(pool="ppa") == 0).all()
    assert (arrays["pool_takes"].sel(pool="ppa-taxed") == 1).all()
    assert reason_of(arrays, "ppa", "a") == ("is more than 4.5 km away from b (StromStV §12b(3))")


def test_a_chain_of_companies_makes_overlapping_pools():
    """a–b and b–c are near, a–c (6 km) is not: two tax-free pools with b in both.

    One pool of all three would let a deliver to c tax-free; one pool of two would keep the third
    from its neighbour.
    """
    arrays = arrays_of("law-2026", neighbours(0, 3000, 6000))
    ppa = arrays.sel(pool=["ppa-1", "ppa-2", "ppa-taxed"])
    assert ppa["pool_rule"].values.tolist() == ["ppa", "ppa", "ppa-taxed"]
    assert ppa["pool_gives"].values.tolist() == [[1, 1, 0], [0, 1, 1], [1, 1, 1]]
    assert "away from a (" in reason_of(arrays, "ppa-1", "c")


def test_each_building_is_a_pool():
    """Two halls with two companies each share apart; the one in a shed of its own does not."""
    companies = neighbours(0, 0, 1, 1, 2, building=["hall", "hall", "dock", "dock", "shed"])
    arrays = arrays_of("law-2026", companies)
    takes = arrays["pool_takes"].sel(pool=["building-1", "building-2"])
    assert takes.values.tolist() == [[1, 1, 0, 0, 0], [0, 0, 1, 1, 0]]
    assert reason_of(arrays, "building-1", "e") == (
        "is not in the same building as a, b (EnWG §42b)"
    )


def test_a_direct_line_goes_one_way_and_its_giver_pays():
    """a gives, b takes, c neither; 300 EUR of membership each, 2,000 EUR/a of line for a alone."""
    cables = lines(("a", "b", 0, 2000), ("b", "c", 35000, 800))
    arrays = arrays_of("law-2026", neighbours(0, 1, 2), cables)
    line = arrays.sel(pool="direct-line-a-b")
    assert line["pool_gives"].values.tolist() == [1, 0, 0]
    assert line["pool_takes"].values.tolist() == [0, 1, 0]
    assert line["pool_fixed_cost"].values.tolist() == [2300, 300, 0]
    assert reason_of(arrays, "direct-line-a-b", "c") == (
        "is at neither end of the line (EnWG §3 Nr.27)"
    )
    assert arrays["pool_exclusive"].values.tolist() == [0, 1, 1, 0, 0]


def test_a_line_across_a_public_road_bears_the_concession_levy():
    """0.11 ct (KAV §2(3)) on the line that crosses, nothing on the one that does not."""
    cables = lines(("a", "b", 0, 2000), ("b", "c", 35000, 800))
    charge = 100 * arrays_of("law-2026", neighbours(0, 1, 2), cables)["pool_charge"]
    assert charge.sel(pool="direct-line-a-b", company="b").item() == 0
    assert charge.sel(pool="direct-line-b-c", company="c").item() == pytest.approx(0.11)


def test_a_line_longer_than_the_tax_radius_is_taxed():
    """5 km: the tax-free pool of the line has nobody, the taxed one has both ends."""
    arrays = arrays_of("law-2026", neighbours(0, 5000), lines(("a", "b", 0, 9000)))
    assert arrays["pool_takes"].sel(pool="direct-line-a-b").sum() == 0
    assert "more than 4.5 km" in reason_of(arrays, "direct-line-a-b", "a")
    taxed = arrays.sel(pool="direct-line-taxed-a-b")
    assert taxed["pool_takes"].values.tolist() == [0, 1]
    assert taxed["pool_charge"].sel(company="b").item() == pytest.approx(0.0205)


def test_members_of_an_old_system_share_behind_it_only():
    """a and b share by the private wire of `yard`; c is left alone with the public grid."""
    companies = neighbours(0, 1, 2, sme=[True] * 3, **old_system(2))
    arrays = arrays_of("legacy-system", companies, lines(("a", "c", 0, 100)))
    assert arrays["pool_takes"].sel(pool="customer-system").values.tolist() == [1, 1, 0]
    assert arrays["pool_takes"].drop_sel(pool="customer-system").sum() == 0
    for pool in ("ppa", "direct-line-a-c"):
        text = "shares behind the common connection `yard` instead"
        assert reason_of(arrays, pool, "a") == text
    assert reason_of(arrays, "direct-line-a-c", "c") == "cannot reach a, behind a common connection"
    assert "belongs to no customer system" in reason_of(arrays, "customer-system", "c")


def test_the_labels_of_systems_matter_only_to_their_regimes():
    """Under `law-2026` the same companies are neighbours like any others."""
    inside, outside = neighbours(0, 1, 2, **old_system(2)), neighbours(0, 1, 2)
    assert arrays_of("law-2026", inside).equals(arrays_of("law-2026", outside))


def test_local_discount_spares_part_of_the_energy_charge():
    """40 % on the local pool alone; companies of any size take part, the far one does not."""
    arrays = arrays_of("local-fee-discount", neighbours(0, 1, 9000))
    assert arrays["rebate_share"].sel(pool="local-sharing").item() == 0.4
    assert arrays["rebate_share"].sum().item() == 0.4
    assert arrays["pool_takes"].sel(pool="local-sharing").values.tolist() == [1, 1, 0]


@pytest.mark.parametrize("regime", regimes())
def test_arrays_fit_the_contract_of_a_scenario(regime):
    """Names, dimensions and units as in `quantities.py`; the assumptions say that they are."""
    keyed = replace(SETTINGS, allocation_key="equal")
    arrays = arrays_of(regime, neighbours(0, 9000), lines(("a", "b", 0, 1)), settings=keyed)
    for name, quantity in SCENARIO.items():
        if name.startswith("pool_") and (name in arrays or not quantity.optional):
            assert arrays[name].dims == quantity.dims
            assert arrays[name].attrs["units"] == quantity.units
            assert arrays[name].attrs["source"]
            assert np.isfinite(arrays[name]).all()
    assert "assumption" in arrays["pool_charge"].attrs["source"]
    assert arrays.attrs["regime"] == regime
    assert arrays.attrs["regime_hypothetical"] == regimes()[regime].hypothetical


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("a", "z", 0, 1)], "the line from `a` to `z`: no company `z`"),
        ([("a", "a", 0, 1)], "the line from `a` ends there too"),
        ([("a", "b", 0, 1), ("a", "b", 0, 2)], "the line from `a` to `b` appears twice"),
        ([("a", "b", 0, np.nan)], "the line from `a` to `b` has nan in `yearly_cost`"),
        ([("a", "b", -1, 1)], "the line from `a` to `b` has -1 in `crossing_eur`"),
    ],
)
def test_bad_lines_are_refused(rows, sentence):
    """A line to nobody would be silently without use, one without cost a present."""
    with pytest.raises(InputError, match=sentence):
        arrays_of("law-2026", neighbours(0, 1), lines(*rows))


def test_a_missing_column_of_the_lines_is_named():
    """One sentence with the column."""
    bare = pd.DataFrame(columns=list(LINE_COLUMNS)).drop(columns="yearly_cost")
    with pytest.raises(InputError, match="the candidate lines lack the column `yearly_cost`"):
        arrays_of("law-2026", neighbours(0, 1), bare)
