"""Regimes as data, their dates, and the common connections that they make."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from neighbours import neighbours, old_system
from parkwerk.errors import InputError
from parkwerk.regulation import (
    CommonConnection,
    PoolSettings,
    Regime,
    common_connections,
    default_settings,
    law,
    regimes,
    sources,
)
from parkwerk.regulation.regimes import PoolRule, pool_rules, setting_records

LAW = law(date(2026, 7, 1))
LATER = LAW.model_copy(update={"date": date(2029, 1, 1)})
RULE = {
    "title": "a way",
    "paragraph": "EnWG §0",
    "source": "S1",
    "confidence": "H",
    "on_grid": True,
    "conditions": [],
}


def test_the_named_sets_and_which_of_them_are_not_law():
    """The three hypotheticals are marked; an unmarked one would be shown as current law."""
    hypothetical = {name for name, regime in regimes().items() if regime.hypothetical}
    assert hypothetical == {"sme-limit-lifted", "local-fee-discount", "agnes-2029"}
    assert set(regimes()) - hypothetical == {
        "alone",
        "law-2026",
        "law-2026-with-sme-tenants",
        "legacy-system",
        "closed-network",
    }


def test_regimes_differ_from_current_law_in_one_thing_each():
    """Against `law-2026` each set changes just what its name says, so the gap is its worth."""
    usual = regimes()["law-2026"].model_dump()
    described = {"title", "paragraph", "hypothetical", "source", "confidence", "note"}
    expected = {
        "law-2026-with-sme-tenants": {"tenants": True},
        "sme-limit-lifted": {"lifted": ("small_or_medium",)},
        "agnes-2029": {"tariff_system": "ordered"},
        "local-fee-discount": {"pools": (*usual["pools"], "local-sharing")},
        "legacy-system": {
            "common": "customer-system",
            "pools": (*usual["pools"], "customer-system"),
        },
        "closed-network": {
            "common": "closed-network",
            "pools": (*usual["pools"], "closed-network"),
        },
    }
    for name, changes in expected.items():
        regime = regimes()[name].model_dump()
        different = {k: v for k, v in regime.items() if v != usual[k] and k not in described}
        assert different == changes
    assert not regimes()["alone"].heat_links


def test_every_source_is_explained():
    """Each key, such as S42, stands in sources.yaml."""
    texts = [part.source for part in (*regimes().values(), *pool_rules().values())]
    keys = {word.strip("(),;") for text in texts for word in text.split() if word[0] == "S"}
    assert {key for key in keys if key[1:].isdigit()} <= sources().keys()


def test_settings_are_labelled_assumptions():
    """0.3 ct are 0.003 EUR; no default is given as a fact."""
    assert default_settings() == PoolSettings(
        own_supply_cost=0.003,
        member_cost=240.0,
        building_member_cost=120.0,
        customer_system_cost=6000.0,
        closed_network_cost=30000.0,
        closed_network_charge=0.005,
        fee_discount=0.5,
        allocation_key="dynamic",
    )
    assert all(s.source.startswith("assumption: ") for s in setting_records().values())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"conditions": ["rich"]}, "unknown condition 'rich'"),
        ({"member_cost": "fee"}, "unknown setting 'fee'"),
        ({"rebate": "gift"}, "unknown setting 'gift'"),
        ({"valid_until": "doomsday"}, "unknown date of the law 'doomsday'"),
        ({"charges": ["toll"]}, "charges"),
    ],
)
def test_words_that_nobody_knows_are_refused(change, sentence):
    """A typing error in a condition would otherwise open the pool to everyone."""
    PoolRule.model_validate(RULE)
    with pytest.raises(ValidationError, match=sentence):
        PoolRule.model_validate(RULE | change)


def test_sharing_opens_on_1_june_2026():
    """The day before is too early (EnWG §42c(4)), the day itself is not."""
    rule = pool_rules()["sharing"]
    assert rule.closed_on(law(date(2026, 5, 31))) == "may not share before 2026-06-01 (EnWG §42c)"
    assert rule.closed_on(law(date(2026, 6, 1))) == ""


def test_customer_systems_end_with_2028():
    """31 Dec 2028 is the last day (EnWG §118(7))."""
    rule = pool_rules()["customer-system"]
    last = LAW.model_copy(update={"date": date(2028, 12, 31)})
    assert rule.closed_on(last) == ""
    assert rule.closed_on(LATER) == "may not share after 2028-12-31 (EnWG §118(7))"


def test_common_connection_of_an_old_customer_system():
    """a and b are behind `yard`, c is not; in 2029 and under other regimes there is none."""
    companies = neighbours(0, 1, 2, **old_system(2))
    expected = [CommonConnection("yard", "customer-system", ("a", "b"))]
    assert common_connections("legacy-system", companies, LAW) == expected
    assert common_connections("legacy-system", companies, LATER) == []
    for other in set(regimes()) - {"legacy-system"}:
        assert common_connections(other, companies, LAW) == []


def test_common_connection_leaves_out_who_came_late():
    """Of three companies b came in 2026; of two left by the date a connection remains."""
    columns = old_system(3)
    columns["legacy_since"][1] = date(2026, 1, 1)
    (found,) = common_connections("legacy-system", neighbours(0, 1, 2, **columns), LAW)
    assert found.members == ("a", "c")


def test_a_system_of_one_is_no_common_connection():
    """It would only rename the company's own connection."""
    companies = neighbours(0, 1, 2, **old_system(1))
    assert common_connections("legacy-system", companies, LAW) == []


def test_two_closed_networks_are_two_common_connections():
    """Named as the companies name them, in the order of the companies."""
    companies = neighbours(0, 1, 2, 3, closed_network=["west", "east", "east", "west"])
    assert common_connections("closed-network", companies, LAW) == [
        CommonConnection("west", "closed-network", ("a", "d")),
        CommonConnection("east", "closed-network", ("b", "c")),
    ]


def test_a_system_may_not_be_named_as_a_company():
    """Both would be the same label of the dimension `connection`."""
    companies = neighbours(0, 1, closed_network=["a", "a"])
    with pytest.raises(InputError, match="`closed_network` is `a`, which is a company's id"):
        common_connections("closed-network", companies, LAW)


def test_unknown_regime_is_refused_with_the_choice():
    """One sentence that lists the names."""
    with pytest.raises(InputError, match="`free-for-all` is unknown, expected one of alone, law-2"):
        common_connections("free-for-all", neighbours(0), LAW)


def test_a_regime_cannot_lift_what_nobody_demands():
    """The schema of the file: a wrong name in `lifted` would change nothing, silently."""
    from parkwerk.regulation.regimes import _Regimes

    regime = Regime(
        title="t",
        paragraph="p",
        hypothetical=True,
        source="s",
        confidence="L",
        lifted=("same_building",),
        pools=("way",),
    )
    rule = PoolRule.model_validate(RULE)
    with pytest.raises(ValidationError, match="lifts 'same_building', which no rule has"):
        _Regimes(settings={}, rules={"way": rule}, regimes={"r": regime})
    with pytest.raises(ValidationError, match="unknown rule 'way'"):
        _Regimes(settings={}, rules={}, regimes={"r": regime})
