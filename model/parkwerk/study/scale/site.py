"""One synthetic company with its roofs, drawn from the ranges of a branch.

Each company has a random generator of its own, made of the park's seed and the company's number: a
larger park begins with the companies of a smaller one. All numbers come from uniform draws and are
rounded, so that a seed gives the same files on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from parkwerk.study.scale.branches import Branch, Cold, Range, branches
from parkwerk.study.schema import Company, Roof

#: Below, a customer need not be metered by load profile, and the fees of the price sheet are not
#: its own (the pilot's smallest tenants lie above for the same reason).
METERED_KWH = 105_000
#: Connections [kW]: preferred numbers, the sizes of which transformers are built.
R10 = (100, 125, 160, 200, 250, 315, 400, 500, 630, 800)
CONNECTIONS = (*R10, *(10 * size for size in R10))
#: Assumption: up to this connection [kW] in low voltage, and at a transformer's low-voltage bar.
LEVELS = {"LV": 250, "MV/LV": 630}
#: Assumption: connection by yearly peak.
HEADROOM: Range = (1.3, 2.0)
#: Assumption: figures of a large group, and of the balance sheet by turnover.
GROUP_STAFF: Range = (400, 20_000)
GROUP_TURNOVER: Range = (100e6, 5e9)
BALANCE_SHARE: Range = (0.35, 0.60)
#: Assumption: share of sites that buy at the spot price, by whether they use more than 1 GWh/a;
#: margin and fixed price [EUR/kWh] around those of the pilot.
SPOT_BUYERS = {True: 0.7, False: 0.3}
MARGIN: Range = (0.004, 0.009)
FIXED_PRICE: Range = (0.095, 0.110)
#: Assumption: share of roofs that are new and renewed, and so bear the PV duty of HmbKliSchG.
NEW, RENEWED = 0.06, 0.12
#: Assumption: module area per roof area on a flat hall, on offices, on a pitched roof.
HALL_SHARE: Range = (0.35, 0.50)
OFFICE_SHARE = 0.35
PITCHED_SHARE: Range = (0.55, 0.65)
#: Assumption: halls from this area [m2] on have an office roof beside, of this share.
OFFICE_FROM_M2, OFFICE_PART = 4_000, 0.1


@dataclass(frozen=True)
class Site:
    """A company and its roofs."""

    company: Company
    roofs: tuple[Roof, ...]

    @property
    def roof_m2(self) -> float:
        """Area of all roofs."""
        return sum(roof.area_m2 for roof in self.roofs)

    def at(self, **cells: Any) -> Site:
        """The site with some cells of the company set, such as its position."""
        return Site(self.company.model_copy(update=cells), self.roofs)


class Draw:
    """Random numbers of one company, one uniform number after the other."""

    def __init__(self, seed: int, number: int) -> None:
        self._generator = np.random.default_rng([seed, number])

    def even(self, ends: Range, step: float) -> float:
        """Evenly between the ends, rounded to steps."""
        low, high = ends
        return rounded(low + (high - low) * self._generator.random(), step)

    def size(self, ends: Range, step: float) -> float:
        """Evenly over the logarithm: small ones are more frequent than large ones."""
        low, high = ends
        return rounded(low * (high / low) ** self._generator.random(), step)

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return bool(self._generator.random() < share)

    def one_of(self, names: Sequence[str]) -> str:
        """One of the names, each as likely as the others."""
        return names[int(self._generator.random() * len(names))]

    def weighted(self, weights: Mapping[str, float]) -> str:
        """One of the names by its weight."""
        ends = np.cumsum(list(weights.values()))
        place = int(np.searchsorted(ends, self._generator.random() * ends[-1], side="right"))
        return list(weights)[place]


def rounded(value: float, step: float) -> float:
    """The next multiple of a step, free of binary dust."""
    return round(round(value / step) * step, 9)


def draw_site(seed: int, number: int) -> Site:
    """The company of that number (from 1 on), still without a place.

    ``electricity = density·roof area ≥ 105 MWh/a,  peak = electricity / full-load hours``
    """
    draw = Draw(seed, number)
    name = draw.weighted({name: branch.weight for name, branch in branches().items()})
    branch, company = branches()[name], f"{name}-{number:03d}"
    density = draw.even(branch.electricity_kwh_per_m2, 1)
    low, high = branch.roof_m2
    area = draw.size((max(low, METERED_KWH / density), high), 10)
    source = f"assumption: drawn by parkwerk scale from the ranges of {name}; no real company"
    electricity = rounded(density * area, 1000)
    cells = {
        "id": company,
        "description": branch.description,
        "x_m": 0,
        "y_m": 0,
        "balancing_area": "hamburg",
        "source": source,
        **_connection(draw, branch, electricity),
        **_heat(draw, branch, area),
        **_supply(draw, electricity),
        **_size(draw, branch, area),
        "manufacturing": draw.chance(branch.manufacturing),
        **(_cold(draw, branch.cold, electricity) if branch.cold else {}),
    }
    roofs = [roof | {"company": company, "source": source} for roof in _roofs(draw, branch, area)]
    for roof in roofs:
        roof["id"] = f"{company}-{roof['id']}"
    return Site(Company.model_validate(cells), tuple(Roof.model_validate(roof) for roof in roofs))


def _connection(draw: Draw, branch: Branch, electricity: float) -> dict[str, Any]:
    """Load and connection: ``peak = energy/hours``, the connection the next size above it."""
    profile = draw.one_of(list(branch.load_profiles))
    peak = rounded(electricity / draw.even(branch.load_profiles[profile], 10), 1)
    wanted = peak * draw.even(HEADROOM, 0.1)
    capacity = next(size for size in CONNECTIONS if size >= wanted)
    level = next((level for level, most in LEVELS.items() if capacity <= most), "MV")
    return {
        "electricity_kwh": electricity,
        "load_profile": profile,
        "peak_kw": peak,
        "connection_kw": capacity,
        "voltage_level": level,
    }


def _heat(draw: Draw, branch: Branch, area: float) -> dict[str, Any]:
    heat = {
        "heat_kwh": rounded(draw.even(branch.heat_kwh_per_m2, 1) * area, 1000),
        "heat_profile": draw.one_of(branch.heat_profiles),
        "heat_supply_c": draw.even(branch.heat_supply_c, 5),
    }
    return heat if draw.chance(branch.heated) else {}


def _cold(draw: Draw, cold: Cold, electricity: float) -> dict[str, Any]:
    refrigeration = {
        "refrigeration_kwh": rounded(draw.even(cold.share, 0.01) * electricity, 1000),
        "room_c": cold.room_c,
        "evaporation_c": cold.evaporation_c,
        "waste_heat_c": draw.even(cold.waste_heat_c, 1),
    }
    return refrigeration if draw.chance(cold.chance) else {}


def _supply(draw: Draw, electricity: float) -> dict[str, Any]:
    if draw.chance(SPOT_BUYERS[electricity > 1e6]):
        return {"supply": "spot", "margin_eur_per_kwh": draw.even(MARGIN, 0.0005)}
    return {"supply": "fixed", "fixed_price_eur_per_kwh": draw.even(FIXED_PRICE, 0.001)}


def _size(draw: Draw, branch: Branch, area: float) -> dict[str, Any]:
    """Figures from which the size by law follows (2003/361/EC), of the group where there is one."""
    if draw.chance(branch.group):
        staff, turnover = draw.size(GROUP_STAFF, 10), draw.size(GROUP_TURNOVER, 1e6)
    else:
        staff = max(1, rounded(draw.even(branch.staff_per_1000_m2, 0.1) * area / 1000, 1))
        turnover = rounded(staff * draw.even(branch.turnover_eur_per_head, 1000), 1e5)
    balance = rounded(turnover * draw.even(BALANCE_SHARE, 0.01), 1e5)
    return {"staff": int(staff), "turnover_eur": turnover, "balance_sheet_eur": balance}


def _roofs(draw: Draw, branch: Branch, area: float) -> list[dict[str, Any]]:
    """A pitched hall with an east and a west side, or a flat one, if large with offices beside."""
    age = {"new": draw.chance(NEW), "renewed": draw.chance(RENEWED)}
    share_of_pitched = draw.even(PITCHED_SHARE, 0.01)
    share_of_hall = draw.even(HALL_SHARE, 0.01)
    if draw.chance(branch.pitched):
        side = {"area_m2": area / 2, "tilt_deg": 12, "mounting": "one_way", "flat": False, **age}
        side["usable_share"] = share_of_pitched
        return [
            {**side, "id": "east", "azimuth_deg": 90, "description": "east side of a pitched hall"},
            {**side, "id": "west", "azimuth_deg": 270, "description": "west side"},
        ]
    offices = rounded(OFFICE_PART * area, 10) if area >= OFFICE_FROM_M2 else 0
    rows = {"tilt_deg": 15, "azimuth_deg": 180, "mounting": "one_way", "flat": True}
    back_to_back = {"tilt_deg": 10, "azimuth_deg": 90, "mounting": "two_way", "flat": True}
    hall = {"id": "hall", "description": "flat roof", "area_m2": area - offices, **age}
    annex = {"id": "office", "description": "offices of the hall", "area_m2": offices}
    annex |= {"new": age["new"], "renewed": False, "usable_share": OFFICE_SHARE}
    return [
        hall | back_to_back | {"usable_share": share_of_hall},
        *([annex | rows] if offices else []),
    ]
