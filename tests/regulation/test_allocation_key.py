"""Keys fixed ahead: which share of what the plants feed in a member may take."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from neighbours import lines, neighbours
from parkwerk.errors import InputError
from parkwerk.regulation import default_settings, law, pool_arrays, pv_classes

LAW = law(date(2026, 7, 1))
CLASSES = pv_classes(LAW, [(100, 1000)], largest_kw=100)


def arrays_of(companies, key):
    """Pools of `law-2026` with the key."""
    settings = replace(default_settings(), allocation_key=key)
    return pool_arrays("law-2026", companies, lines(), CLASSES, LAW, settings)


@pytest.mark.parametrize(
    ("key", "expected"), [("equal", [0.5, 0, 0.5]), ("by_use", [0.25, 0, 0.75])]
)
def test_a_key_fixed_ahead_is_shared_among_the_members(key, expected):
    """a uses 100, c 300, and b, who may not share, 600 MWh: equal 1/2, by use 1/4 and 3/4.

    With b counted the shares would sum to less than 1 and part of the feed-in be lost.
    """
    companies = neighbours(0, 1, 2, sme=[True, False, True], yearly_kwh=[1e5, 6e5, 3e5])
    arrays = arrays_of(companies, key)
    assert arrays["pool_key"].sel(pool="sharing").values.tolist() == expected
    assert arrays["pool_keyed"].values.tolist() == [1, 0, 1, 0]  # building and sharing
    assert arrays["pool_key"].drop_sel(pool="sharing").sum() == 0


def test_without_a_fixed_key_there_is_none():
    """The dynamic key is the default and needs no quantity."""
    arrays = arrays_of(neighbours(0, 1, sme=[True, True]), "dynamic")
    assert not {"pool_keyed", "pool_key", "rebate_share"} & set(arrays)


def test_a_key_by_use_needs_some_use():
    """Shares of nothing are refused instead of being no number."""
    companies = neighbours(0, 1, sme=[True, True], yearly_kwh=[0.0, 0.0])
    with pytest.raises(InputError, match="key `by_use` of the pool `sharing` has no member with"):
        arrays_of(companies, "by_use")
