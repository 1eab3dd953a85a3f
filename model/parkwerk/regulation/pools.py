"""Sharing regimes as pools: who may give and take, which plants, at what charge.

A regime is data (``data/regimes.yaml``); this module turns it into the ``pool_*`` arrays of a
scenario. A condition is a statement on pairs of companies (a company with itself included), and a
pool is a largest group in which every pair meets it; so one rule may give several pools.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
import xarray as xr
from pydantic import Field, model_validator

from parkwerk.errors import InputError
from parkwerk.quantities import annotate
from parkwerk.regulation.data_files import DATA, Confidence, Record, read_record
from parkwerk.regulation.feed_in import PvClass
from parkwerk.regulation.law import UNITS, Law

COLUMNS = ("id", "x", "y", "manufacturing_relief")


@dataclass(frozen=True)
class PoolSettings:
    """Costs that no statute fixes: per kWh taken [EUR/kWh] and per member [EUR/a]."""

    own_supply_cost: float
    member_cost: float


class _Setting(Record):
    title: str
    unit: str
    value: float = Field(ge=0)
    source: str
    confidence: Confidence


class PoolRule(Record):
    """One way for electricity to pass, as written in ``regimes.yaml``."""

    name: str
    title: str
    paragraph: str
    on_grid: bool
    condition: str | None = None
    largest_plant: str | None = None
    charges: tuple[str, ...]

    @model_validator(mode="after")
    def _words_are_known(self) -> Self:
        if self.condition is not None and self.condition not in CONDITIONS:
            raise ValueError(f"unknown condition {self.condition!r}")
        if self.largest_plant is not None and self.largest_plant not in Law.model_fields:
            raise ValueError(f"unknown limit {self.largest_plant!r}, expected a field of Law")
        if unknown := set(self.charges) - CHARGES.keys():
            raise ValueError(f"unknown charge {sorted(unknown)[0]!r}")
        return self


class Regime(Record):
    """A set of pools, and whether it is current law."""

    title: str
    paragraph: str
    hypothetical: bool
    source: str
    confidence: Confidence
    note: str = ""
    heat_links: bool = True
    pools: tuple[PoolRule, ...]


class _Regimes(Record):
    settings: dict[str, _Setting]
    regimes: dict[str, Regime]


@dataclass(frozen=True)
class _Pool:
    """A pool of certain members; ``reasons`` has one text per company, empty for members."""

    label: str
    rule: PoolRule
    members: np.ndarray
    reasons: list[str]


def regimes() -> dict[str, Regime]:
    """The regimes by name."""
    return _data().regimes


def default_settings() -> PoolSettings:
    """The assumptions of ``regimes.yaml``."""
    return PoolSettings(
        **{name: s.value / UNITS[s.unit][0] for name, s in _data().settings.items()}
    )


def pool_arrays(
    regime: str,
    companies: pd.DataFrame,
    classes: Sequence[PvClass],
    law: Law,
    settings: PoolSettings | None = None,
) -> xr.Dataset:
    """The ``pool_*`` quantities of a scenario, and ``pool_reason`` (pool, company).

    Parameters
    ----------
    companies
        One row per company: ``id``, ``x`` and ``y`` [m], ``manufacturing_relief`` (§9b StromStG).
    settings
        :func:`default_settings` if omitted.

    Raises
    ------
    InputError
        For an unknown regime, or companies with missing columns, positions or repeated ids.
    """
    if regime not in regimes():
        raise InputError(f"regime `{regime}` is unknown, expected one of {', '.join(regimes())}")
    chosen = regimes()[regime]
    _check_companies(companies)
    settings = settings or default_settings()
    pools = [pool for rule in chosen.pools for pool in _pools_of(rule, companies, law)]

    members = _stack([pool.members for pool in pools], len(companies))
    charge = _stack([_charge(p.rule, companies, law, settings) for p in pools], len(companies))
    reasons = np.array([pool.reasons for pool in pools], dtype=str).reshape(members.shape)
    fixed = [settings.member_cost if p.rule.on_grid else 0.0 for p in pools]
    arrays = xr.Dataset(
        {
            "pool_gives": (("pool", "company"), members),
            "pool_takes": (("pool", "company"), members.copy()),
            "pool_on_grid": ("pool", np.array([float(p.rule.on_grid) for p in pools])),
            "pool_admits": (
                ("pool", "pv_class"),
                _stack([_admits(p.rule, classes, law) for p in pools], len(classes)),
            ),
            "pool_charge": (("pool", "company"), charge),
            "pool_fixed_cost": ("pool", np.array(fixed, dtype=float)),
            "pool_reason": (("pool", "company"), reasons),
        },
        coords={
            "pool": np.array([pool.label for pool in pools], dtype=str),
            "company": companies["id"].to_numpy(dtype=str),
            "pv_class": np.array([pv.label for pv in classes], dtype=str),
        },
        attrs={
            "regime": regime,
            "regime_title": chosen.title,
            "regime_hypothetical": int(chosen.hypothetical),
        },
    )
    arrays["pool_reason"].attrs["long_name"] = "why the company may not take part, else empty"
    for name in arrays.data_vars:
        arrays[name].attrs["source"] = f"{chosen.paragraph}; {chosen.source}"
    for name, key in (("pool_charge", "own_supply_cost"), ("pool_fixed_cost", "member_cost")):
        arrays[name].attrs["source"] += f"; {_data().settings[key].source}"
    return annotate(arrays)


def within_tax_radius(companies: pd.DataFrame, law: Law) -> tuple[np.ndarray, str]:
    """Pairs no further apart than 4.5 km (StromStV §12b(3)), and what to say of the others."""
    x, y = companies["x"].to_numpy(float), companies["y"].to_numpy(float)
    distance = np.hypot(x[:, None] - x, y[:, None] - y)
    radius = law.tax_radius
    return distance <= radius, f"is more than {radius / 1000:g} km away from"


#: Conditions on pairs of companies: which pairs meet it, and the text on those that do not.
CONDITIONS: dict[str, Callable[[pd.DataFrame, Law], tuple[np.ndarray, str]]] = {
    "within_tax_radius": within_tax_radius,
}

#: Charges on a kWh taken [EUR/kWh] by company.
CHARGES: dict[str, Callable[[pd.DataFrame, Law, PoolSettings], np.ndarray]] = {
    "own_supply": lambda companies, _, settings: np.full(len(companies), settings.own_supply_cost),
    "electricity_tax": lambda companies, law, _: np.array(
        [law.electricity_tax_of(bool(relief)) for relief in companies["manufacturing_relief"]]
    ),
}


def _pools_of(rule: PoolRule, companies: pd.DataFrame, law: Law) -> list[_Pool]:
    """The pools of one rule; where no two companies may share, one without members that says so."""
    ids = companies["id"].astype(str).tolist()
    met, text = np.ones((len(ids), len(ids)), dtype=bool), ""
    if rule.condition is not None:
        met, text = CONDITIONS[rule.condition](companies, law)
    groups = [group for group in largest_groups(met) if len(group) > 1] or [frozenset()]
    pools = []
    for number, group in enumerate(groups, start=1):
        members = np.array([i in group for i in range(len(ids))], dtype=float)
        label = rule.name if len(groups) == 1 else f"{rule.name}-{number}"
        reasons = [_reason(i, group, met, ids, text, rule) for i in range(len(ids))]
        pools.append(_Pool(label, rule, members, reasons))
    return pools


def _reason(
    i: int, group: frozenset[int], met: np.ndarray, ids: list[str], text: str, rule: PoolRule
) -> str:
    """Why company ``i`` is not in ``group``; empty if it is."""
    if i in group:
        return ""
    others = [ids[j] for j in (sorted(group) or range(len(ids))) if not met[i, j]]
    if not others:
        return "there is no other company to share with"
    return f"{text} {', '.join(others)} ({rule.paragraph})"


def largest_groups(met: np.ndarray) -> list[frozenset[int]]:
    """All groups whose pairs meet the condition and that no further company could join.

    The maximal cliques of the graph ``met`` (Bron and Kerbosch 1973, with pivot), in a fixed
    order. A company that does not meet the condition with itself is in none.
    """
    eligible = {int(i) for i in np.flatnonzero(np.diag(met))}
    neighbours = {i: {j for j in eligible if j != i and met[i, j] and met[j, i]} for i in eligible}
    found: list[frozenset[int]] = []

    def extend(group: set[int], candidates: set[int], done: set[int]) -> None:
        if not candidates and not done:
            found.append(frozenset(group))
            return
        pivot = max(candidates | done, key=lambda i: len(candidates & neighbours[i]))
        for i in sorted(candidates - neighbours[pivot]):
            extend(group | {i}, candidates & neighbours[i], done & neighbours[i])
            candidates = candidates - {i}
            done = done | {i}

    extend(set(), eligible, set())
    return sorted((group for group in found if group), key=sorted)


def _charge(
    rule: PoolRule, companies: pd.DataFrame, law: Law, settings: PoolSettings
) -> np.ndarray:
    charges = [CHARGES[name](companies, law, settings) for name in rule.charges]
    return np.sum(charges, axis=0) if charges else np.zeros(len(companies))


def _admits(rule: PoolRule, classes: Sequence[PvClass], law: Law) -> np.ndarray:
    limit = np.inf if rule.largest_plant is None else getattr(law, rule.largest_plant)
    return np.array([float(pv.max_kw <= limit) for pv in classes])


def _stack(rows: list[np.ndarray], width: int) -> np.ndarray:
    return np.array(rows, dtype=float).reshape(len(rows), width)


def _check_companies(companies: pd.DataFrame) -> None:
    if lacking := [column for column in COLUMNS if column not in companies]:
        raise InputError(f"the companies lack the column `{lacking[0]}`")
    ids = companies["id"].astype(str)
    if (repeated := ids.duplicated()).any():
        raise InputError(f"company `{ids[repeated].iloc[0]}` appears twice, expected unique ids")
    for column in ("x", "y"):
        finite = np.isfinite(pd.to_numeric(companies[column], errors="coerce"))
        if not finite.all():
            raise InputError(
                f"company `{ids[~finite].iloc[0]}` has no number in `{column}`, expected metres"
            )


@functools.cache
def _data() -> _Regimes:
    return read_record(DATA / "regimes.yaml", _Regimes)
