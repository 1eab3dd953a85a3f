"""Grid fees: price sheets, and the menu of affine tariffs that they give a connection.

A metered customer pays ``demand_charge·peak + energy_charge·energy`` by the rate pair for fewer or
for at least 2,500 full-load hours (§17 StromNEV). Both pairs of a real sheet cost the same at
2,500 h, so the fee is the cheaper of the two; likewise the special-use levy is the cheaper of two
lines that meet at 1 GWh/a. A connection therefore picks one entry of a menu, without thresholds.
Small low-voltage customers without load metering (up to 100,000 kWh/a) are not described here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from parkwerk.errors import InputError
from parkwerk.regulation.data_files import DATA, Confidence, Record, read_record
from parkwerk.regulation.law import Law

VoltageLevel = Literal["HV", "HV/MV", "MV", "MV/LV", "LV"]

#: Full-load hours at which the rate pairs change, and how far from it their lines may meet.
THRESHOLD_HOURS = 2500.0
CROSSING_TOLERANCE = 0.01

HOURS_OF_YEAR = 8760.0


class RatePair(Record):
    """Charges as printed on a sheet; empty where the sheet at hand does not show them."""

    demand_charge: float | None = Field(ge=0, description="EUR/(kW*a)")
    energy_charge: float | None = Field(ge=0, description="ct/kWh")


class LevelRates(Record):
    """Both rate pairs of one voltage level."""

    under: RatePair
    over: RatePair
    source: str
    confidence: Confidence

    def missing(self) -> list[str]:
        """Charges that the sheet does not show."""
        pairs = {"under": self.under, "over": self.over}
        return [f"{p}.{c}" for p, r in pairs.items() for c, v in r if v is None]

    def crossing(self) -> float | None:
        """Full-load hours at which both pairs cost the same [h/a], if all charges are known.

        ``(demand_over − demand_under) / (energy_under − energy_over)``
        """
        d1, a1 = self.under.demand_charge, self.under.energy_charge
        d2, a2 = self.over.demand_charge, self.over.energy_charge
        if d1 is None or a1 is None or d2 is None or a2 is None:
            return None
        return (d2 - d1) / ((a1 - a2) / 100) if a1 != a2 else float("inf")


class PriceSheet(Record):
    """A grid operator's price sheet; ``status`` says whether it is one at all."""

    name: str
    operator: str
    year: int = Field(ge=2000, le=2100)
    status: Literal["final", "preliminary", "placeholder"]
    note: str = ""
    levels: dict[VoltageLevel, LevelRates] = Field(min_length=1)

    @model_validator(mode="after")
    def _lines_meet(self) -> Self:
        for level, rates in self.levels.items():
            hours = rates.crossing()
            if hours is None:
                continue
            if abs(hours / THRESHOLD_HOURS - 1) > CROSSING_TOLERANCE:
                raise ValueError(
                    f"price sheet `{self.name}`, level {level}: the lines under and over 2,500 h "
                    f"meet at {hours:,.0f} h/a, expected 2,500 h/a within 1 % (demand charges in "
                    "EUR/(kW*a), energy charges in ct/kWh)"
                )
            if _known(rates.under.demand_charge) > _known(rates.over.demand_charge):
                raise ValueError(
                    f"price sheet `{self.name}`, level {level}: the pair under 2,500 h has the "
                    "higher demand charge, expected the lower one (are the pairs swapped?)"
                )
        return self


@dataclass(frozen=True)
class TariffEntry:
    """``fixed + demand_charge·peak + (energy_charge + levy)·energy`` [EUR/a].

    ``fixed`` [EUR/a], ``demand_charge`` [EUR/(kW·a)], ``energy_charge`` and ``levy`` [EUR/kWh].
    """

    label: str
    fixed: float
    demand_charge: float
    energy_charge: float
    levy: float

    def cost(self, peak: float, energy: float) -> float:
        """Yearly cost [EUR/a] at ``peak`` [kW] and ``energy`` [kWh/a]."""
        return self.fixed + self.demand_charge * peak + (self.energy_charge + self.levy) * energy


def price_sheet_names() -> list[str]:
    """Names of the sheets that come with parkwerk."""
    return sorted(path.stem for path in (DATA / "price_sheets").glob("*.yaml"))


def read_price_sheet(name_or_path: str | Path) -> PriceSheet:
    """A sheet of :func:`price_sheet_names`, or a file of one's own (a path ending in ``.yaml``).

    Raises
    ------
    InputError
        For an unknown name, a malformed file, or lines that do not meet at 2,500 h within 1 %.
    """
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml"):
        if (name := str(name_or_path)) not in price_sheet_names():
            raise InputError(
                f"price sheet `{name}` is unknown: expected a .yaml file or one of "
                + ", ".join(price_sheet_names())
            )
        path = DATA / "price_sheets" / f"{name}.yaml"
    return read_record(path, PriceSheet, name=path.stem)


def tariff_menu(
    sheet: PriceSheet,
    level: str,
    law: Law,
    manufacturing: bool = False,
    *,
    electricity_cost_share: float = 0.0,
    concession_levy: bool = True,
) -> list[TariffEntry]:
    """The menu of a connection: rate pair × levy group, each an affine entry.

    Up to ``E1`` = 1 GWh/a every kWh bears group A'; above it only B' (or C'):
    ``min(A'·E, (A' − B')·E1 + B'·E)``, so the second line has ``fixed = (A' − B')·E1``.
    ``levy`` = KWKG + offshore + special use (A' or B'/C') + concession levy. Electricity tax is
    not part of it.

    Parameters
    ----------
    level
        Voltage level of the connection, as in the sheet.
    manufacturing, electricity_cost_share
        Group C' replaces B' for a manufacturing company whose electricity costs more than 4 % of
        its turnover.
    concession_levy
        False if the company passes the price test of KAV §2(4) and pays none.

    Raises
    ------
    InputError
        For a level that the sheet lacks or whose charges it does not show.
    """
    rates = _complete_level(sheet, level)
    costly = electricity_cost_share > law.special_use_group_c_share
    upper = law.special_use_levy_c if manufacturing and costly else law.special_use_levy_b
    fixed = (law.special_use_levy_a - upper) * law.special_use_threshold
    concession = law.concession_levy_electricity if concession_levy else 0.0
    untiered = law.kwkg_levy + law.offshore_levy + concession
    groups = [
        ("", 0.0, untiered + law.special_use_levy_a),
        (", above 1 GWh", fixed, untiered + upper),
    ]
    pairs = [("under 2500 h", rates.under), ("over 2500 h", rates.over)]
    return [
        TariffEntry(
            label=pair_label + group_label,
            fixed=group_fixed,
            demand_charge=_known(pair.demand_charge),
            energy_charge=_known(pair.energy_charge) / 100,
            levy=levy,
        )
        for group_label, group_fixed, levy in groups
        for pair_label, pair in pairs
    ]


def reachable_entries(
    menu: Sequence[TariffEntry],
    peak_max: float,
    energy_max: float,
    peak_min: float = 0.0,
    energy_min: float = 0.0,
) -> list[TariffEntry]:
    """The menu without entries that can never be the cheapest within the bounds.

    Entry ``k`` stays if some peak ``P`` [kW] and energy ``E`` [kWh/a] with ``P_min ≤ P ≤ P_max``,
    ``E_min ≤ E ≤ E_max`` and ``E ≤ 8760·P`` make it cheaper than all others that stay. That is a
    linear program in (P, E, saving), solved exactly; the minimum over the menu is unchanged.

    Raises
    ------
    InputError
        If no peak and energy meet the bounds.
    """
    if not (0 <= peak_min <= peak_max and 0 <= energy_min <= energy_max) or (
        energy_min > HOURS_OF_YEAR * peak_max
    ):
        raise InputError(
            f"no withdrawal has a peak of {peak_min:g} to {peak_max:g} kW and "
            f"{energy_min:g} to {energy_max:g} kWh/a; expected 0 ≤ lowest ≤ highest and a peak of "
            "at least the mean power"
        )
    kept = list(menu)
    for entry in menu:
        others = [other for other in kept if other is not entry]
        bounds = ((peak_min, peak_max), (energy_min, energy_max))
        # A saving below a ten-thousandth of a cent a year is none: ties keep one entry only.
        if others and _largest_saving(entry, others, bounds) <= 1e-6:
            kept = others
    return kept


def _largest_saving(
    entry: TariffEntry,
    others: Sequence[TariffEntry],
    bounds: tuple[tuple[float, float], tuple[float, float]],
) -> float:
    """``max_{P,E} min_j (cost_j − cost_entry)`` [EUR/a]."""
    from scipy.optimize import linprog  # heavy, and needed by few callers

    def line(e: TariffEntry) -> np.ndarray:
        return np.array([e.demand_charge, e.energy_charge + e.levy, e.fixed])

    difference = np.array([line(other) for other in others]) - line(entry)
    saving_at_most = np.column_stack([-difference[:, :2], np.ones(len(others))])
    peak_carries_energy = [-HOURS_OF_YEAR, 1.0, 0.0]
    result = linprog(
        c=[0.0, 0.0, -1.0],
        A_ub=np.vstack([saving_at_most, peak_carries_energy]),
        b_ub=np.append(difference[:, 2], 0.0),
        bounds=[*bounds, (None, None)],
    )
    return float(-result.fun)


def _complete_level(sheet: PriceSheet, level: str) -> LevelRates:
    for name, rates in sheet.levels.items():
        if name != level:
            continue
        if missing := rates.missing():
            raise InputError(
                f"price sheet `{sheet.name}`, level {level}: "
                f"{', '.join(missing)} is not known, expected both charges of both rate pairs"
            )
        return rates
    raise InputError(
        f"price sheet `{sheet.name}` has no level {level!r}, expected one of "
        + ", ".join(sheet.levels)
    )


def _known(charge: float | None) -> float:
    assert charge is not None, "levels with missing charges were refused"
    return charge
