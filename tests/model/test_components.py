"""Parts of a park that trade with nobody else are dispatched for themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import plain
from parkwerk.solve import dispatch as whole
from parkwerk.solve.assemble import Park
from parkwerk.solve.components import components
from parkwerk.solve.dispatch import Choice, dispatch
from parkwerk.solve.mix import best_of
from parkwerk.solve.periods import cut
from toy import bare_park

#: A plant of 10 kW whose owner gives, and one who takes.
GIVES: dict[str, Any] = {"pv_capacity": 10.0, "pv_built": 1.0, "joined": 1.0, "pool_giver": 1.0}
TAKES: dict[str, Any] = {"joined": 1.0}


@pytest.fixture
def park() -> Park:
    """Four companies, of which c0 has a roof; the others buy 10 kW at 0.3 EUR/kWh."""
    scenario = bare_park(
        companies=4,
        labels={"pool": ["p"]},
        electricity_demand=np.repeat([[0.0], [10], [10], [10]], 24, axis=1),
        electricity_price=0.3,
        pv_yield=1.0,
        roof_limit=[10.0, 0, 0, 0],
    )
    return Park(scenario, cut(scenario))


def design_of(park: Park, **own: dict[str, Any]) -> list[Choice]:
    return [plain.choice_of(park, a, **own.get(a.name, {})) for a in park.actors]


def parts(park: Park, design: list[Choice]) -> list[list[int]]:
    return components(park, [c.tariff for c in design], [c.values for c in design])


def test_only_who_gives_and_who_takes_are_connected(park: Park) -> None:
    """Proves: a pool in which nobody gives connects nobody; with a giver it connects its members,
    and who has not joined stays apart. If broken: one part of four, or a taker cut off.
    """
    assert parts(park, design_of(park)) == [[0], [1], [2], [3]]
    assert parts(park, design_of(park, c1=TAKES, c2=TAKES)) == [[0], [1], [2], [3]]
    assert parts(park, design_of(park, c0=GIVES, c2=TAKES)) == [[0, 2], [1], [3]]


def test_the_parts_cost_what_the_whole_costs(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: dispatched in parts and in one piece the park costs 2·72 EUR: c2 has the sun.
    If broken: 216 EUR (c2 cut off), or 0.
    """
    design = design_of(park, c0=GIVES, c2=TAKES)
    split = dispatch(park, design)
    one = [list(range(len(park.actors)))]
    monkeypatch.setattr(whole, "components", lambda *args: one)
    joint = dispatch(park, design)
    assert split.total_cost == pytest.approx(joint.total_cost)
    assert split.total_cost == pytest.approx(2 * 72)
    for a, b in zip(split.costs, joint.costs, strict=True):
        assert a == pytest.approx(b, abs=1e-6)


def test_the_best_of_two_is_taken_part_by_part(park: Park) -> None:
    """Proves: of two designs each the better half is taken where they touch nobody else.
    If broken: the cheaper whole (144 EUR), or parts of a pool torn apart.
    """
    shared = dispatch(park, design_of(park, c0=GIVES, c2=TAKES))
    nothing = dispatch(park, design_of(park))
    best = best_of(park, [nothing, shared])
    assert best.total_cost == pytest.approx(144)
    assert [sum(c) for c in best.costs] == pytest.approx([0, 72, 0, 72], abs=1e-6)
