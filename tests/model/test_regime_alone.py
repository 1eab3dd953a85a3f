"""What companies do alone where a regime lets them have a connection together; remembered once."""

from __future__ import annotations

from typing import Any

import pytest
import xarray as xr

from parkwerk.coalition import restrict
from parkwerk.solve.optimise import Memory, optimise
from toy import bare_park


def yard(**changes: Any) -> xr.Dataset:
    """c0 and c1 use 10 kW in turn behind `both`, c2 has a meter of its own; 1 EUR per kW of peak.

    Behind the common connection a member pays the entry `inside` (free), alone `public`.
    """
    inside, public = [1.0, 0.0], [0.0, 1.0]
    values: dict[str, Any] = {
        "companies": 3,
        "steps": 2,
        "labels": {
            "connection": ["c0", "c1", "c2", "both"],
            "tariff": ["inside", "public"],
            "behind": ["both", "both", ""],
        },
        "own_meter": 0.0,
        "connection_cost": 0.0,
        "electricity_demand": [[10.0, 0.0], [0.0, 10.0], [5.0, 5.0]],
        "connection_limit": [0.0, 0.0, 100.0, 100.0],
        "connection_limit_alone": [100.0, 100.0, 100.0, 0.0],
        "tariff_open": [inside, inside, public, public],
        "tariff_open_alone": [public, public, public, [0.0, 0.0]],
        "demand_charge": [0.0, 1.0],
    }
    return bare_park(**values | changes)


def test_alone_the_entries_of_the_public_grid_are_paid() -> None:
    """Proves: alone c0 and c1 pay `public` for 10 kW each and c2 for 5, 25 EUR; together one peak
    of 10 kW and c2's 5, 15 EUR. If broken: members pay `inside` alone, 5 EUR.
    """
    solution = optimise(yard())
    assert solution.attrs["cost_alone"] == pytest.approx(25)
    assert solution.attrs["total_cost"] == pytest.approx(15)
    chosen = solution["chosen_tariff"].sel(connection=["c0", "c1"])
    assert list(chosen.sel(case="alone").values) == ["public", "public"]
    assert list(chosen.sel(case="together").values) == ["inside", "inside"]


def test_a_common_connection_that_costs_more_than_it_brings_is_not_had() -> None:
    """Proves: at 1,000 EUR/a for the common connection each stays at its own meter: 25 EUR, and the
    common one pays no entry. If broken: 1,015 EUR.
    """
    solution = optimise(yard(connection_cost=[0.0, 0.0, 0.0, 1000.0]))
    assert solution.attrs["total_cost"] == pytest.approx(25)
    chosen = solution["chosen_tariff"].sel(case="together")
    assert list(chosen.values) == ["public", "public", "public", ""]


def test_who_is_not_behind_the_common_connection_has_no_part_in_it() -> None:
    """Proves: c2's own scenario holds c2's connection alone, that of c0 the common one too.
    If broken: c2 pays for a connection of others.
    """
    assert list(restrict(yard(), ["c2"])["connection"].values) == ["c2"]
    assert list(restrict(yard(), ["c0"])["connection"].values) == ["c0", "both"]


@pytest.mark.parametrize(
    ("name", "value", "alone"),
    [
        ("electricity_price", 0.1, 25 + 30 * 0.1),
        ("demand_charge", 2.0, 50.0),
        ("connection_cost", 1.0, 25.0),
    ],
)
def test_what_is_remembered_is_only_used_for_the_same_numbers(
    name: str, value: float, alone: float
) -> None:
    """Proves: with a memory of 25 EUR another supplier's price or demand charge is worked out anew,
    a dearer common connection, which nobody has alone, is not.
    If broken: 25 EUR whatever a kWh costs, or each scenario anew.
    """
    memory: Memory = {}
    assert optimise(yard(), memory=memory).attrs["cost_alone"] == pytest.approx(25)
    changed = optimise(yard(**{name: value}), memory=memory)
    assert changed.attrs["cost_alone"] == pytest.approx(alone)
    assert len(memory) == (1 if name == "connection_cost" else 2)


def test_the_memory_knows_what_only_the_settlement_reads() -> None:
    """Proves: a plant of 20 kW earns 5 and, for its first 10 kW, 3 more: 130 EUR. Where the slice
    ends at 5 kW it is 115; with the whole below the market value it earns nothing more, 100 EUR,
    though no number of a program tells. If broken: 115 EUR remembered for the last.
    """
    memory: Memory = {}
    for end, gap, earned in ((10.0, 0.0, 130.0), (5.0, 0.0, 115.0), (5.0, -3.0, 100.0)):
        plant = bare_park(
            steps=1,
            labels={"slice": ["first"]},
            pv_yield=1.0,
            roof_limit=20.0,
            roof_duty=20.0,
            feed_in_price=5.0,
            feed_in_supported=1.0,
            slice_end=[end],
            slice_value=[[3.0]],
            support_gap=gap,
        )
        solution = optimise(plant, memory=memory)
        assert solution.attrs["cost_alone"] == pytest.approx(-earned)
