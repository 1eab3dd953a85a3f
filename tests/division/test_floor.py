"""A floor under every share in the constraint generation."""

from __future__ import annotations

import numpy as np
import pytest

from division.games import MAJORITY
from parkwerk.division.core import least_core
from parkwerk.division.generation import generate
from parkwerk.errors import InputError


def divided(floor: list[float] | None, target: list[float]) -> np.ndarray:
    """The division of the majority game with all of its coalitions known."""
    known = {mask: float(MAJORITY.worth[mask]) for mask in range(1, 7)}
    return generate(
        MAJORITY.players,
        1.0,
        known,
        np.ones(3),
        np.array(target),
        lambda division: [],
        1.0,
        3,
        floor=None if floor is None else np.array(floor),
    ).division


def test_nobody_gets_less_than_the_floor() -> None:
    """Proves: where a tolerance of 1 lets the target (1.2, -0.2, 0) be, a floor of 0 lifts b to 0,
    and the others share what that takes. If broken: a company is worse off than alone.
    """
    assert least_core(MAJORITY).epsilon == pytest.approx(1 / 3)
    assert divided(None, [1.2, -0.2, 0.0]) == pytest.approx([1.2, -0.2, 0.0], abs=1e-6)
    floored = divided([0.0, 0.0, 0.0], [1.2, -0.2, 0.0])
    assert floored == pytest.approx([1.0, 0.0, 0.0], abs=1e-6)


def test_a_floor_that_nobody_can_pay_is_refused() -> None:
    """Proves: three shares of 0.5 are more than the 1 there is."""
    with pytest.raises(InputError, match=r"all get at least 1.5, expected at most the total 1"):
        divided([0.5, 0.5, 0.5], [0.0, 0.0, 1.0])
