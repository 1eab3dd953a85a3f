"""What the law says on a date: levies, taxes, feed-in values, carbon price, emission factors.

The values live in ``data/*.yaml`` with unit, validity, paragraph, source and confidence. Nothing is
extrapolated: a date without a published value is refused.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from parkwerk.errors import InputError
from parkwerk.regulation.data_files import DATA, Confidence, Record, read_mapping, read_record

FILES = (
    "levies.yaml",
    "electricity_tax.yaml",
    "feed_in.yaml",
    "grid_use.yaml",
    "sharing.yaml",
    "carbon.yaml",
)

#: How many quantities a message names before it counts the rest.
NAMED = 3

#: Unit in a file -> (what to divide by, unit in :class:`Law`).
UNITS = {
    "ct/kWh": (100.0, "EUR/kWh"),
    "EUR/MWh": (1000.0, "EUR/kWh"),
    "g/kWh": (1000.0, "kg/kWh"),
    "MW": (0.001, "kW"),
    "kW": (1.0, "kW"),
    "km": (0.001, "m"),
    "kWh/a": (1.0, "kWh/a"),
    "GWh/a": (1e-6, "kWh/a"),
    "EUR/a": (1.0, "EUR/a"),
    "MEUR/a": (1e-6, "EUR/a"),
    "MEUR": (1e-6, "EUR"),
    "persons": (1.0, "persons"),
    "date": (1.0, "date"),
    "EUR/t": (1.0, "EUR/t"),
    "kg/kWh": (1.0, "kg/kWh"),
    "1": (1.0, "1"),
}


class Slice(Record):
    """A slice of a plant, up to ``up_to_kw`` [kW] of its size, and what its energy earns."""

    up_to_kw: float = Field(gt=0)
    value: float


#: A number, a day, numbers by voltage level or by hours of use, or slices of a plant.
Value = float | date | dict[str, float] | dict[float, float] | tuple[Slice, ...]


class _Value(Record):
    """A value and the days on which it holds; ``until`` empty: no end is known."""

    value: Value
    valid_from: date
    until: date | None = None
    source: str
    confidence: Confidence
    note: str = ""

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.until is None or day <= self.until)


class _Quantity(Record):
    """All known values of one quantity."""

    title: str
    unit: str
    paragraph: str
    values: tuple[_Value, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> _Quantity:
        if self.unit not in UNITS:
            raise ValueError(f"unknown unit {self.unit!r}, expected one of {', '.join(UNITS)}")
        for earlier, later in itertools.pairwise(self.values):
            if earlier.until is None or earlier.until >= later.valid_from:
                raise ValueError(f"the value from {later.valid_from} overlaps the one before it")
        return self


@dataclass(frozen=True)
class Provenance:
    """Where a value comes from; the keys in ``source`` are explained by :func:`sources`."""

    title: str
    units: str
    paragraph: str
    valid_from: date
    until: date | None
    source: str
    confidence: Confidence
    note: str


#: The field `date` hides the type in the class below.
Day = date


class Law(BaseModel):
    """What holds on ``date``. Money per energy in EUR/kWh; the fields follow the data files."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    date: date
    # Levies on a kWh that is withdrawn from a grid (EnFG).
    kwkg_levy: float
    offshore_levy: float
    #: Special-use levy (formerly §19 StromNEV): A' up to the threshold, B' above it, C' above it
    #: for manufacturing with electricity cost above ``special_use_group_c_share`` of turnover.
    special_use_levy_a: float
    special_use_levy_b: float
    special_use_levy_c: float
    special_use_threshold: float
    special_use_group_c_share: float
    # Concession levy of special-contract customers (KAV).
    concession_levy_electricity: float
    concession_levy_gas: float
    concession_gas_limit: float
    # Electricity tax (StromStG).
    electricity_tax: float
    electricity_tax_relief: float
    electricity_tax_relief_deductible: float
    tax_plant_limit: float
    tax_radius: float
    # Feed-in of rooftop PV commissioned on this date (EEG), and the cost of direct marketing.
    eeg_tariff: tuple[Slice, ...]
    eeg_reference_value: tuple[Slice, ...]
    eeg_tariff_limit: float
    eeg_premium_limit: float
    eeg_feed_in_cap: float
    direct_marketing_cost: float
    # Individual grid fees (StromNEV §19(2)): thresholds by voltage level; shares of the published
    # fee that stay due, of band load by the hours of use from which they hold.
    atypical_threshold: Mapping[str, float]
    atypical_least_shift: float
    atypical_least_saving: float
    atypical_floor: float
    band_floor: Mapping[float, float]
    band_least_energy: float
    # Energy sharing (EnWG §42c), customer systems of old (EnWG §118(7)), and the SME test.
    sharing_start: Day
    sharing_adjacent_start: Day
    legacy_connected_by: Day
    legacy_until: Day
    sme_staff: float
    sme_turnover: float
    sme_balance_sheet: float
    # Carbon.
    carbon_price: float
    gas_emission_factor: float
    grid_emission_factor: float

    provenance: Mapping[str, Provenance]

    def electricity_tax_of(self, manufacturing: bool) -> float:
        """Tax on a grid kWh for own use [EUR/kWh]: ``tax − relief`` (§9b StromStG) or ``tax``.

        The first ``electricity_tax_relief_deductible`` EUR/a of the relief are not granted; that
        is a constant of the company and not part of this rate.
        """
        relief = self.electricity_tax_relief if manufacturing else 0.0
        return self.electricity_tax - relief

    def grid_levies(self) -> float:
        """KWKG, offshore and special-use levy (group A') on a grid kWh [EUR/kWh]."""
        return self.kwkg_levy + self.offshore_levy + self.special_use_levy_a

    def source_of(self, name: str) -> str:
        """One line on where ``name`` comes from: paragraph, source keys, confidence."""
        p = self.provenance[name]
        return f"{p.paragraph}; {p.source}; confidence {p.confidence}"


@functools.cache
def law(day: date) -> Law:
    """The law on ``day``; PV is taken as commissioned on that day.

    Raises
    ------
    InputError
        Naming every quantity without a value on that day and the time that the data cover.
    """
    table = _quantities()
    held = {n: next((v for v in q.values if v.holds(day)), None) for n, q in table.items()}
    if missing := [name for name, value in held.items() if value is None]:
        raise InputError(_not_covered(day, missing, table))
    fields: dict[str, Any] = {}
    provenance = {}
    for name, value in held.items():
        assert value is not None
        quantity = table[name]
        divisor, units = UNITS[quantity.unit]
        fields[name] = _scaled(value.value, divisor)
        provenance[name] = Provenance(
            title=quantity.title,
            units=units,
            paragraph=quantity.paragraph,
            **value.model_dump(exclude={"value"}),
        )
    return Law(date=day, provenance=provenance, **fields)


def _scaled(value: Value, divisor: float) -> Any:
    if isinstance(value, date):
        return value
    if isinstance(value, dict):
        return {key: number / divisor for key, number in value.items()}
    if isinstance(value, tuple):
        return tuple(Slice(up_to_kw=s.up_to_kw, value=s.value / divisor) for s in value)
    return value / divisor


def covered_time() -> tuple[date, date | None]:
    """First and last day on which every quantity has a value."""
    quantities = _quantities().values()
    ends = [q.values[-1].until for q in quantities]
    known = [end for end in ends if end is not None]
    return max(q.values[0].valid_from for q in quantities), min(known, default=None)


def sources() -> dict[str, str]:
    """Source key, such as ``S37``, to the source it stands for."""
    return {str(key): str(text) for key, text in read_mapping(DATA / "sources.yaml").items()}


@functools.cache
def _quantities() -> dict[str, _Quantity]:
    table: dict[str, _Quantity] = {}
    for file in FILES:
        table |= read_record(DATA / file, _File).quantities
    return table


class _File(Record):
    quantities: dict[str, _Quantity]


def _not_covered(day: date, missing: list[str], table: Mapping[str, _Quantity]) -> str:
    first, last = covered_time()
    covered = f"{first} to {last}" if last else f"the time from {first} on"
    lacking = ", ".join(f"`{name}` ({table[name].title})" for name in missing[:NAMED])
    if len(missing) > NAMED:
        lacking += f" and {len(missing) - NAMED} others"
    return f"the law of {day} is not in the data, which cover {covered}; lacking: {lacking}"
