"""Who may share with whom, and the sentence for those who may not."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from neighbours import neighbours, old_system
from parkwerk.errors import InputError
from parkwerk.regulation import law
from parkwerk.regulation.eligibility import check_companies, largest_groups, reason, reasons

LAW = law(date(2026, 7, 1))


def met(condition, companies):
    """Which pairs meet the condition, as 0 and 1."""
    return (reasons([condition], companies, LAW) == "").astype(int).tolist()


def why(condition, companies, i, group=()):
    """The sentence for company `i` and a group."""
    found = reasons([condition], companies, LAW)
    return reason(i, group, found, companies["id"].tolist(), "EnWG §0")


def test_sharing_asks_both_sides_to_be_small_or_medium():
    """Only a–c are both small; were only the taker asked, a–b would be open."""
    companies = neighbours(0, 1, 2, sme=[True, False, True])
    assert met("small_or_medium", companies) == [[1, 0, 1], [0, 0, 0], [1, 0, 1]]
    assert why("small_or_medium", companies, 1) == (
        "is no micro, small or medium enterprise (EnWG §42c(2))"
    )
    assert why("small_or_medium", companies, 0) == (
        "may not share with b, not micro, small or medium (EnWG §42c(2))"
    )


def test_the_same_building_is_the_same_label():
    """Two companies without a label are not in one building; each is in its own."""
    companies = neighbours(0, 1, 2, 3, building=["hall", "hall", "", ""])
    expected = [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    assert met("same_building", companies) == expected
    assert why("same_building", companies, 2) == (
        "is not in the same building as a, b, d (EnWG §42b)"
    )


def test_balancing_area_without_a_label_is_the_same_area_for_all():
    """A park that names no area lies in one; a named one differs from it."""
    companies = neighbours(0, 1, 2, balancing_area=["", "", "south"])
    assert met("same_balancing_area", companies) == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert "same balancing area as a, b (EnWG §42c(4))" in why("same_balancing_area", companies, 2)


def test_tax_radius_includes_its_edge():
    """4,500 m are near, 4,501 m are not."""
    companies = neighbours(0, 4500, 4501)
    assert met("within_tax_radius", companies) == [[1, 1, 0], [1, 1, 1], [0, 1, 1]]
    assert why("within_tax_radius", companies, 0) == (
        "is more than 4.5 km away from c (StromStV §12b(3))"
    )


def test_customer_system_counts_if_connected_by_23_december_2025():
    """The day itself is in time; the day after is not, and the sentence has both days."""
    inside = old_system(3)
    inside["legacy_since"] = [date(2025, 12, 23), date(2025, 12, 24), date(2010, 1, 1)]
    companies = neighbours(0, 1, 2, **inside)
    assert met("same_customer_system", companies) == [[1, 0, 1], [0, 0, 0], [1, 0, 1]]
    assert why("same_customer_system", companies, 1) == (
        "joined its customer system on 2025-12-24, later than 2025-12-23 (EnWG §118(7))"
    )


def test_customer_system_needs_a_label_and_the_same_one():
    """A company of another system may be in time and still share nothing with this one."""
    companies = neighbours(
        0,
        1,
        2,
        legacy_system=["yard", "dock", ""],
        legacy_since=[date(2019, 1, 1), "2019-01-01", None],
    )
    assert met("same_customer_system", companies) == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert "belongs to no customer system" in why("same_customer_system", companies, 2)
    assert why("same_customer_system", companies, 0) == (
        "is not in the same customer system as b (EnWG §3 Nr.65) "
        "and may not share with c, in no such system (EnWG §118(7))"
    )


@pytest.mark.parametrize("day", [None, "", "soon"])
def test_customer_system_without_a_date_is_refused(day):
    """Without its day nobody can say whether the system is old; silence would make it so."""
    companies = neighbours(0, 1, legacy_system=["yard", ""], legacy_since=[day, None])
    with pytest.raises(InputError, match="company `a` is in the customer system `yard` but `lega"):
        reasons(["same_customer_system"], companies, LAW)


def test_closed_network_is_the_same_label():
    """The one without a network is out by itself, not only against others."""
    companies = neighbours(0, 1, 2, closed_network=["works", "works", ""])
    assert met("same_closed_network", companies) == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]
    assert why("same_closed_network", companies, 2) == (
        "belongs to no closed distribution network (EnWG §110)"
    )


def test_behind_a_common_connection_nothing_else_is_shared():
    """The sentence names the connection; it is a simplification, so no paragraph is cited."""
    companies = neighbours(0, 1).assign(behind=["yard", ""])
    assert met("not_behind_common", companies) == [[0, 0], [0, 1]]
    assert why("not_behind_common", companies, 0) == (
        "shares behind the common connection `yard` instead"
    )


def test_the_first_condition_that_fails_is_the_reason():
    """A large company far away reads of its size if size comes first, of distance otherwise."""
    companies = neighbours(0, 9000, sme=[True, False])
    ids = ["a", "b"]
    for conditions, text in (
        (["small_or_medium", "within_tax_radius"], "is no micro"),
        (["within_tax_radius", "small_or_medium"], "is no micro"),
    ):
        assert reason(1, [], reasons(conditions, companies, LAW), ids, "").startswith(text)
    first = reasons(["within_tax_radius", "small_or_medium"], companies, LAW)
    assert reason(0, [], first, ids, "") == "is more than 4.5 km away from b (StromStV §12b(3))"
    first = reasons(["small_or_medium", "within_tax_radius"], companies, LAW)
    assert reason(0, [], first, ids, "").startswith("may not share with b")


def test_a_single_company_reads_that_there_is_no_other():
    """Nothing speaks against it but that it is alone."""
    assert why("same_building", neighbours(0), 0) == (
        "there is no other company to share with (EnWG §0)"
    )


def test_largest_groups_against_trying_every_subset():
    """Random graphs of 7 companies: the same groups as by listing all 127 subsets."""
    rng = np.random.default_rng(3)
    for _ in range(30):
        graph = rng.random((7, 7)) < 0.6
        graph = graph | graph.T
        subsets = [frozenset(np.flatnonzero([m >> i & 1 for i in range(7)])) for m in range(1, 128)]
        agreed = [s for s in subsets if all(graph[i, j] for i in s for j in s)]
        expected = {s for s in agreed if not any(s < other for other in agreed)}
        assert set(largest_groups(graph)) == expected


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"x": [0.0, np.nan]}, "company `b` has nan in `x`, expected metres"),
        ({"y": [0.0, "3,5"]}, "company `b` has '3,5' in `y`, expected metres"),
        ({"id": ["a", "a"]}, "company `a` appears twice, expected unique ids"),
        ({"sme": [True, None]}, "company `b` has None in `sme`, expected true or false"),
        ({"manufacturing": ["no", True]}, "company `a` has 'no' in `manufacturing`"),
        ({"yearly_kwh": [1.0, -1.0]}, "company `b` has -1.0 in `yearly_kwh`, expected kWh from 0"),
    ],
)
def test_bad_companies_are_refused(change, sentence):
    """A missing position would count as far away, a "no" in text as yes."""
    with pytest.raises(InputError, match=sentence):
        check_companies(neighbours(0, 100).assign(**change))


def test_a_missing_column_is_named():
    """One sentence with the column."""
    with pytest.raises(InputError, match="the companies lack the column `closed_network`"):
        check_companies(neighbours(0).drop(columns="closed_network"))
