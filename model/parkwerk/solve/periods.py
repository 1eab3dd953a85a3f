"""Operating periods: how the year is cut, and which steps belong to which period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from parkwerk.errors import InputError

#: Hours of the period lengths that a scenario may name; a year is as long as the scenario.
HOURS = {"day": 24.0, "week": 168.0}


@dataclass(frozen=True)
class Periods:
    """Periods of equal length: ``steps`` each, beginning at the positions ``starts``."""

    steps: int
    starts: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def positions(self) -> npt.NDArray[np.intp]:
        """Positions in the year, (period, step)."""
        return self.starts[:, None] + np.arange(self.steps)

    def choose(self, which: npt.NDArray[np.intp]) -> Periods:
        """Some of the periods."""
        return Periods(self.steps, self.starts[which])


def cut(scenario: xr.Dataset) -> list[Periods]:
    """Cut the year into periods of the length that the scenario names.

    The year need not be a multiple of the period: what is left over at its end is a shorter period
    of its own (a year has 52 weeks and a day).
    """
    total = scenario.sizes["time"]
    name = scenario.attrs.get("period", "day")
    if name != "year" and name not in HOURS:
        expected = ", ".join([*HOURS, "year"])
        raise InputError(f"the period {name!r} is unknown, expected one of {expected}")
    steps = total if name == "year" else round(HOURS[name] / scenario.attrs["step_hours"])
    whole, rest = divmod(total, steps)
    groups = [Periods(steps, np.arange(whole, dtype=np.intp) * steps)] if whole else []
    if rest:
        groups.append(Periods(rest, np.array([whole * steps], dtype=np.intp)))
    return groups
