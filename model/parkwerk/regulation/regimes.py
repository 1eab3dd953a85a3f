"""Regimes: under which rules electricity may pass between companies, as data (``regimes.yaml``)."""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from parkwerk.errors import InputError
from parkwerk.regulation.data_files import DATA, Confidence, Record, read_record
from parkwerk.regulation.eligibility import CONDITIONS
from parkwerk.regulation.law import UNITS, Law

AllocationKey = Literal["dynamic", "equal", "by_use"]
CommonKind = Literal["customer-system", "closed-network"]


@dataclass(frozen=True)
class PoolSettings:
    """What no statute fixes. Costs: ``own_supply_cost`` and ``closed_network_charge`` [EUR/kWh],
    the others [EUR/a]; ``fee_discount`` [1].

    ``allocation_key`` splits what the plants feed in where a key may be agreed: step by step
    ("dynamic"), or by shares fixed ahead, "equal" or in proportion to the yearly use ("by_use").
    """

    own_supply_cost: float
    member_cost: float
    building_member_cost: float
    customer_system_cost: float
    closed_network_cost: float
    closed_network_charge: float
    fee_discount: float
    allocation_key: AllocationKey = "dynamic"


class Setting(Record):
    """The default of one field of :class:`PoolSettings`."""

    title: str
    unit: str
    value: float = Field(ge=0)
    source: str
    confidence: Confidence


class PoolRule(Record):
    """One way for electricity to pass, as written in ``regimes.yaml``.

    ``valid_from`` and ``valid_until`` name dates of :class:`Law`, ``member_cost`` and ``rebate``
    fields of :class:`PoolSettings`, ``conditions`` entries of :data:`eligibility.CONDITIONS`.
    """

    title: str
    paragraph: str
    source: str
    confidence: Confidence
    on_grid: bool
    conditions: tuple[str, ...]
    charges: tuple[Literal["own_supply", "road_concession"], ...] = ()
    member_cost: str | None = None
    rebate: str | None = None
    lines: bool = False
    keyed: bool = False
    valid_from: str | None = None
    valid_until: str | None = None

    @model_validator(mode="after")
    def _words_are_known(self) -> Self:
        settings = {field.name for field in fields(PoolSettings)}
        for kind, words, known in (
            ("condition", self.conditions, CONDITIONS.keys()),
            ("setting", (self.member_cost, self.rebate), settings),
            ("date of the law", (self.valid_from, self.valid_until), Law.model_fields.keys()),
        ):
            if unknown := {word for word in words if word is not None} - known:
                raise ValueError(f"unknown {kind} {sorted(unknown)[0]!r}")
        return self

    def closed_on(self, law: Law) -> str:
        """Why nobody may use this way on the date of ``law``; empty where it is open."""
        start = getattr(law, self.valid_from) if self.valid_from else law.date
        end = getattr(law, self.valid_until) if self.valid_until else law.date
        if law.date < start:
            return f"may not share before {start} ({self.paragraph})"
        if law.date > end:
            return f"may not share after {end} ({self.paragraph})"
        return ""


class Regime(Record):
    """A set of rules, and whether it is current law.

    ``lifted`` names conditions that the regime, as a hypothesis, does not apply.
    """

    title: str
    paragraph: str
    hypothetical: bool
    source: str
    confidence: Confidence
    note: str = ""
    heat_links: bool = True
    tenants: bool = False
    tariff_system: Literal["current", "ordered"] = "current"
    common: CommonKind | None = None
    lifted: tuple[str, ...] = ()
    pools: tuple[str, ...]


class _Regimes(Record):
    settings: dict[str, Setting]
    rules: dict[str, PoolRule]
    regimes: dict[str, Regime]

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for name, regime in self.regimes.items():
            if unknown := set(regime.pools) - self.rules.keys():
                raise ValueError(f"regime {name!r} has the unknown rule {sorted(unknown)[0]!r}")
            used = {word for rule in regime.pools for word in self.rules[rule].conditions}
            if unknown := set(regime.lifted) - used:
                raise ValueError(f"regime {name!r} lifts {sorted(unknown)[0]!r}, which no rule has")
        return self


def regimes() -> dict[str, Regime]:
    """The regimes by name."""
    return _data().regimes


def regime_of(name: str) -> Regime:
    """The regime called ``name``; an unknown one is refused with the choice."""
    if name not in regimes():
        raise InputError(f"regime `{name}` is unknown, expected one of {', '.join(regimes())}")
    return regimes()[name]


def pool_rules() -> dict[str, PoolRule]:
    """The rules by name."""
    return _data().rules


def setting_records() -> dict[str, Setting]:
    """Title, unit, default and source of the fields of :class:`PoolSettings`."""
    return _data().settings


def default_settings() -> PoolSettings:
    """The assumptions of ``regimes.yaml``."""
    values: dict[str, Any] = {n: s.value / UNITS[s.unit][0] for n, s in setting_records().items()}
    return PoolSettings(**values)


@functools.cache
def _data() -> _Regimes:
    return read_record(DATA / "regimes.yaml", _Regimes)
