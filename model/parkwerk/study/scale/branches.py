"""The branches of a park and the ranges from which their sites are drawn: data/branches.yaml."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from parkwerk.study.values import Strict

#: Lowest and highest value.
Range = tuple[float, float]


class Cold(Strict):
    """Refrigeration of a branch; its temperatures are those of ``companies.csv``."""

    chance: float
    share: Range
    room_c: float
    evaporation_c: float
    waste_heat_c: Range


class Branch(Strict):
    """Ranges of a branch; `data/branches.yaml` says what each means."""

    description: str
    weight: float
    roof_m2: Range
    electricity_kwh_per_m2: Range
    load_profiles: dict[str, Range]
    heated: float
    heat_kwh_per_m2: Range
    heat_profiles: tuple[str, ...]
    heat_supply_c: Range
    cold: Cold | None = None
    pitched: float
    staff_per_1000_m2: Range
    turnover_eur_per_head: Range
    group: float
    manufacturing: float

    @property
    def ranges(self) -> str:
        """The ranges of energy in one line, for the head of a table."""
        cold = self.cold
        parts = [
            f"{_range(self.roof_m2)} m2 of roof",
            f"{_range(self.electricity_kwh_per_m2)} kWh/m2 of electricity",
            *(f"{name} at {_range(hours)} h/a" for name, hours in self.load_profiles.items()),
            f"{_range(self.heat_kwh_per_m2)} kWh/m2 of heat at {_range(self.heat_supply_c)} degC",
            *([f"{cold.chance:.0%} with refrigeration"] if cold else []),
        ]
        return ", ".join(parts)


@cache
def branches() -> dict[str, Branch]:
    """All branches by name."""
    text = (files("parkwerk.study") / "data" / "branches.yaml").read_text("utf-8")
    content = yaml.safe_load(text)["branches"]
    return {name: Branch.model_validate(branch) for name, branch in content.items()}


def _range(ends: Range) -> str:
    return f"{ends[0]:.0f} to {ends[1]:.0f}"
