"""Price sheets of grid operators: rates by voltage level, and the operator's peak windows.

A metered customer pays ``demand_charge·peak + energy_charge·energy`` by the rate pair for fewer or
for at least 2,500 hours of use (StromNEV §17). Both pairs of a real sheet cost the same at
2,500 h; a sheet whose lines do not meet there is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from parkwerk.errors import InputError
from parkwerk.regulation.data_files import DATA, Confidence, Record, read_record

VoltageLevel = Literal["HV", "HV/MV", "MV", "MV/LV", "LV"]

#: Hours of use at which the rate pairs change, and how far from it their lines may meet.
THRESHOLD_HOURS = 2500.0
CROSSING_TOLERANCE = 0.01

#: Shares of the yearly demand charge from 2,500 h between which a monthly one is plausible: less
#: than a twelfth undercuts it for a flat load, and a yearly charge in its place is far above half.
MONTHLY_SHARE = (1 / 12, 1 / 2)
#: Part of such a share that the rounding of printed cents may take or add.
ROUNDING = 0.005


def _hour(value: Any) -> Any:
    """Refuse a clock time: YAML reads 16:30 as 16·60 + 30 = 990, and 06:30 as text."""
    minutes = None
    if isinstance(value, int) and 60 <= value <= 1440:
        minutes = value
    elif isinstance(value, str) and (clock := re.fullmatch(r"(\d{1,2}):([0-5]\d)", value)):
        minutes = 60 * int(clock[1]) + int(clock[2])
    if minutes is None:
        return value
    raise ValueError(
        f"expected hours as a decimal number, found the clock time {minutes // 60}:"
        f"{minutes % 60:02}: write {minutes / 60:g}"
    )


Hour = Annotated[float, BeforeValidator(_hour)]


class RatePair(Record):
    """Charges as printed on a sheet; empty where the sheet at hand does not show them."""

    demand_charge: float | None = Field(ge=0, description="EUR/(kW*a)")
    energy_charge: float | None = Field(ge=0, description="ct/kWh")


class MonthlyPair(Record):
    """The monthly power price (StromNEV §19(1)): a charge on each month's peak and on energy."""

    demand_charge: float = Field(ge=0, description="EUR/(kW*month)")
    energy_charge: float = Field(ge=0, description="ct/kWh")


class Window(Record):
    """Hours of working days in some months, by the clock on the wall (summer time in summer)."""

    months: tuple[int, ...] = Field(min_length=1)
    from_hour: Hour = Field(ge=0, lt=24)
    until_hour: Hour = Field(gt=0, le=24)

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if not set(self.months) <= set(range(1, 13)):
            raise ValueError(f"months {list(self.months)}, expected numbers from 1 to 12")
        if self.from_hour >= self.until_hour:
            raise ValueError(
                f"a window from {self.from_hour:g} to {self.until_hour:g} h, expected an end after "
                "its start (17.5 is half past five)"
            )
        return self


class LevelRates(Record):
    """All rates of one voltage level; ``windows`` are the operator's Hochlastzeitfenster."""

    under: RatePair
    over: RatePair
    monthly: MonthlyPair | None = None
    windows: tuple[Window, ...] = ()
    source: str
    confidence: Confidence

    def missing(self) -> list[str]:
        """Charges that the sheet does not show."""
        pairs = {"under": self.under, "over": self.over}
        return [f"{p}.{c}" for p, r in pairs.items() for c, v in r if v is None]

    def crossing(self) -> float | None:
        """Hours of use at which both pairs cost the same [h/a], if all charges are known.

        ``(demand_over − demand_under) / (energy_under − energy_over)``
        """
        d1, a1 = self.under.demand_charge, self.under.energy_charge
        d2, a2 = self.over.demand_charge, self.over.energy_charge
        if d1 is None or a1 is None or d2 is None or a2 is None:
            return None
        return (d2 - d1) / ((a1 - a2) / 100) if a1 != a2 else float("inf")

    def monthly_share(self) -> float | None:
        """Monthly demand charge by the yearly one from 2,500 h [1/month], if both are known."""
        if self.monthly is None or not self.over.demand_charge:
            return None
        return self.monthly.demand_charge / self.over.demand_charge


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
            if known(rates.under.demand_charge) > known(rates.over.demand_charge):
                raise ValueError(
                    f"price sheet `{self.name}`, level {level}: the pair under 2,500 h has the "
                    "higher demand charge, expected the lower one (are the pairs swapped?)"
                )
        return self

    @model_validator(mode="after")
    def _monthly_is_plausible(self) -> Self:
        low, high = MONTHLY_SHARE
        for level, rates in self.levels.items():
            share = rates.monthly_share()
            if share is None or low * (1 - ROUNDING) <= share <= high * (1 + ROUNDING):
                continue
            raise ValueError(
                f"price sheet `{self.name}`, level {level}: the monthly demand charge is "
                f"{share:.3g} of the yearly one over 2,500 h, expected a twelfth to a half (is it "
                "in EUR/(kW*month)?)"
            )
        return self

    def rates(self, level: str) -> LevelRates:
        """The rates of ``level``, all known.

        Raises
        ------
        InputError
            For a level that the sheet lacks or whose charges it does not show.
        """
        for name, rates in self.levels.items():
            if name != level:
                continue
            if missing := rates.missing():
                raise InputError(
                    f"price sheet `{self.name}`, level {level}: {', '.join(missing)} is not known, "
                    "expected both charges of both rate pairs"
                )
            return rates
        raise InputError(
            f"price sheet `{self.name}` has no level {level!r}, expected one of "
            + ", ".join(self.levels)
        )


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


def in_windows(windows: Sequence[Window], times: Any, workday: np.ndarray) -> np.ndarray:
    """Steps of working days that touch a window, shape (time,), bool.

    ``times`` are the starts of equal steps in CET (UTC+1) all year; the windows run by the clock
    on the wall, so in summer they lie an hour earlier in CET. A step counts as soon as a part of
    it lies in a window, because its mean is all that is known of the peak in that part. Besides
    ``workday`` (False on weekends and public holidays), 24 December to 1 January are outside
    (S89: weekends, holidays, bridge days and the days from Christmas to New Year are off-peak).

    Raises
    ------
    InputError
        If ``times`` and ``workday`` do not fit, or there are fewer than two steps.
    """
    import pandas as pd

    starts = pd.DatetimeIndex(times)
    working = np.asarray(workday, dtype=bool)
    if len(starts) < 2 or working.shape != (len(starts),):
        raise InputError(
            f"peak windows: {len(starts)} steps and {working.size} marks of working days, expected "
            "as many of both and at least 2"
        )
    clock = starts.tz_localize("Etc/GMT-1").tz_convert("Europe/Berlin")
    from_hour = (clock.hour + clock.minute / 60).to_numpy()
    until_hour = from_hour + (starts[1] - starts[0]) / pd.Timedelta(hours=1)
    month, day = clock.month.to_numpy(), clock.day.to_numpy()
    working = working & ~((month == 12) & (day >= 24) | (month == 1) & (day == 1))
    touched = np.zeros(len(starts), dtype=bool)
    for window in windows:
        in_hours = (from_hour < window.until_hour) & (until_hour > window.from_hour)
        touched |= in_hours & np.isin(month, window.months)
    return np.asarray(touched & working)


def known(charge: float | None) -> float:
    """A charge of a level that :meth:`PriceSheet.rates` let pass."""
    assert charge is not None, "levels with missing charges were refused"
    return charge
