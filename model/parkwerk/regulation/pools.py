"""Pools: the rules of a regime applied to the companies of a park.

A pool is a way for electricity to pass: a largest group of companies in which every pair meets the
conditions of a rule, or one candidate direct line. Deliveries nearby from plants up to 2 MW are
free of electricity tax (StromStG §9(1) Nr.3, StromStV §12b), whichever way they take. So each rule
gives pools for these and, where larger plants or longer ways are possible, pools with the tax.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.quantities import annotate
from parkwerk.regulation.common_connections import behind, common_connections
from parkwerk.regulation.eligibility import (
    Reasons,
    check_companies,
    largest_groups,
    reason,
    reasons,
)
from parkwerk.regulation.feed_in import PvClass
from parkwerk.regulation.law import Law
from parkwerk.regulation.regimes import (
    PoolRule,
    PoolSettings,
    default_settings,
    pool_rules,
    regime_of,
    setting_records,
)

#: `yearly_cost` [EUR/a]: annuity and upkeep; `crossing_eur` above 0: a public road is crossed.
LINE_COLUMNS = ("from", "to", "crossing_eur", "yearly_cost")


@dataclass(frozen=True)
class _Park:
    """Companies (with ``behind``), candidate lines, plants and law that the rules apply to."""

    companies: pd.DataFrame
    lines: pd.DataFrame
    classes: Sequence[PvClass]
    law: Law
    lifted: tuple[str, ...]

    @property
    def ids(self) -> list[str]:
        return self.companies["id"].astype(str).tolist()

    def small(self) -> np.ndarray:
        """Classes of plants whose deliveries nearby are free of electricity tax."""
        return np.array([pv.max_kw <= self.law.tax_plant_limit for pv in self.classes], dtype=bool)


@dataclass(frozen=True)
class _Pool:
    """``gives``, ``takes`` [company], and why a company does neither (empty if it does).

    ``way`` is the name of the rule, with "-taxed" where the taker's tax is due.
    """

    label: str
    way: str
    rule: PoolRule
    taxed: bool
    gives: np.ndarray
    takes: np.ndarray
    reasons: list[str]
    line: pd.Series | None = None


def pool_arrays(
    regime: str,
    companies: pd.DataFrame,
    lines: pd.DataFrame,
    classes: Sequence[PvClass],
    law: Law,
    settings: PoolSettings | None = None,
) -> xr.Dataset:
    """The ``pool_*`` quantities of a scenario, and what explains them.

    Parameters
    ----------
    companies
        One row per company with :data:`COMPANY_COLUMNS`: position [m], answers as bool, names of
        building, balancing area and systems as text (empty: none), yearly use [kWh/a].
    lines
        One row per candidate direct line with :data:`LINE_COLUMNS`, from the plant to the user.
    settings
        :func:`default_settings` if omitted.

    Returns
    -------
    xr.Dataset
        ``pool_gives``, ``pool_takes``, ``pool_on_grid``, ``pool_admits``, ``pool_charge``,
        ``pool_fixed_cost``, ``pool_reason`` (pool, company); the labels ``pool_rule`` and
        ``pool_paragraph``; where used ``pool_exclusive``, ``pool_keyed`` with ``pool_key``, and
        ``rebate_share`` (pool): the share of the grid energy charge that a kWh is spared [1]. A
        rule that nobody may use leaves a pool without members, for its reasons.

    Raises
    ------
    InputError
        For an unknown regime, or a faulty table of companies or lines.
    """
    chosen = regime_of(regime)
    check_companies(companies)
    _check_lines(lines, companies)
    settings = settings or default_settings()
    located = companies.assign(behind=behind(companies, common_connections(regime, companies, law)))
    park = _Park(located, lines, classes, law, chosen.lifted)
    pools = [p for name in chosen.pools for p in _pools_of(name, pool_rules()[name], park)]
    arrays = xr.Dataset(
        _quantities(pools, park, settings) | _options(pools, park, settings),
        coords={
            "pool": _text([pool.label for pool in pools]),
            "company": _text(park.ids),
            "pv_class": _text([pv.label for pv in classes]),
            "pool_rule": ("pool", _text([pool.way for pool in pools])),
            "pool_paragraph": ("pool", _text([pool.rule.paragraph for pool in pools])),
        },
        attrs={
            "regime": regime,
            "regime_title": chosen.title,
            "regime_hypothetical": int(chosen.hypothetical),
        },
    )
    return _with_sources(arrays, f"{chosen.paragraph}; {chosen.source}")


def _pools_of(name: str, rule: PoolRule, park: _Park) -> list[_Pool]:
    """The pools of one rule, first free of tax, then with it where that lets more happen."""
    if closed := rule.closed_on(park.law):
        none = np.zeros(len(park.ids))
        return [_Pool(name, name, rule, False, none, none, [closed] * len(none))]
    applied = [condition for condition in rule.conditions if condition not in park.lifted]
    why = reasons(applied, park.companies, park.law)
    nearby = reasons([*applied, "within_tax_radius"], park.companies, park.law)
    pools = list(_split(name, rule, False, nearby, park))
    if not park.small().all() or ((why == "") & (nearby != "")).any():
        taxed = _split(f"{name}-taxed", rule, True, why, park)
        pools += [pool for pool in taxed if pool.takes.any()]
    return pools


def _split(way: str, rule: PoolRule, taxed: bool, why: Reasons, park: _Park) -> Iterator[_Pool]:
    """One pool per candidate line, or per largest group of those whom nothing keeps apart."""
    if rule.lines:
        yield from _line_pools(way, rule, taxed, why, park)
        return
    groups = [group for group in largest_groups(why == "") if len(group) > 1] or [frozenset()]
    for number, group in enumerate(groups, start=1):
        members = np.array([float(i in group) for i in range(len(park.ids))])
        texts = [
            "" if i in group else reason(i, group, why, park.ids, rule.paragraph)
            for i in range(len(park.ids))
        ]
        label = way if len(groups) == 1 else f"{way}-{number}"
        yield _Pool(label, way, rule, taxed, members, members, texts)


def _line_pools(
    way: str, rule: PoolRule, taxed: bool, why: Reasons, park: _Park
) -> Iterator[_Pool]:
    """A pool per candidate line: its start gives, its end takes, nobody else takes part."""
    none = np.zeros(len(park.ids))
    if park.lines.empty:
        texts = [f"has no candidate line to another company ({rule.paragraph})"] * len(none)
        yield _Pool(way, way, rule, taxed, none, none, texts)
    for _, line in park.lines.iterrows():
        ends = [park.ids.index(str(line["from"])), park.ids.index(str(line["to"]))]
        apart = f"is at neither end of the line ({rule.paragraph})"
        texts = [str(why[i, i]) or apart for i in range(len(none))]
        for i in ends:
            texts[i] = "" if why[*ends] == "" else reason(i, ends, why, park.ids, rule.paragraph)
        gives, takes = np.eye(len(none))[ends] * (why[*ends] == "")
        label = f"{way}-{line['from']}-{line['to']}"
        yield _Pool(label, way, rule, taxed, gives, takes, texts, line)


def _quantities(
    pools: list[_Pool], park: _Park, settings: PoolSettings
) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
    """What every regime has."""
    by_company = ("pool", "company")
    n, any_class = len(park.ids), np.ones(len(park.classes))
    admits = [any_class if pool.taxed else park.small().astype(float) for pool in pools]
    texts = _text([text for pool in pools for text in pool.reasons]).reshape(len(pools), n)
    return {
        "pool_gives": (by_company, _stack([pool.gives for pool in pools], n)),
        "pool_takes": (by_company, _stack([pool.takes for pool in pools], n)),
        "pool_on_grid": (("pool",), np.array([float(pool.rule.on_grid) for pool in pools])),
        "pool_admits": (("pool", "pv_class"), _stack(admits, len(any_class))),
        "pool_charge": (by_company, _stack([_charge(p, park, settings) for p in pools], n)),
        "pool_fixed_cost": (by_company, _stack([_fixed_cost(p, settings) for p in pools], n)),
        "pool_reason": (by_company, texts),
    }


def _options(
    pools: list[_Pool], park: _Park, settings: PoolSettings
) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
    """What only some regimes have: direct lines, keys fixed ahead, a rebate on the grid fee."""
    found: dict[str, tuple[tuple[str, ...], np.ndarray]] = {}
    if any(pool.rule.lines for pool in pools):
        found["pool_exclusive"] = (("pool",), np.array([float(p.rule.lines) for p in pools]))
    if settings.allocation_key != "dynamic" and any(pool.rule.keyed for pool in pools):
        keys = [_key(pool, park, settings) for pool in pools]
        found["pool_keyed"] = (("pool",), np.array([float(pool.rule.keyed) for pool in pools]))
        found["pool_key"] = (("pool", "company"), _stack(keys, len(park.ids)))
    if any(pool.rule.rebate for pool in pools):
        shares = [getattr(settings, p.rule.rebate) if p.rule.rebate else 0.0 for p in pools]
        found["rebate_share"] = (("pool",), np.array(shares))
    return found


def _charge(pool: _Pool, park: _Park, settings: PoolSettings) -> np.ndarray:
    """Own supply, concession levy of a line across a public road, and the taker's tax."""
    charges, law = pool.rule.charges, park.law
    same_for_all = settings.own_supply_cost * ("own_supply" in charges)
    if "road_concession" in charges and pool.line is not None and pool.line["crossing_eur"] > 0:
        same_for_all += law.concession_levy_electricity
    relieved = park.companies["manufacturing"].tolist()
    tax = [law.electricity_tax_of(bool(each)) * pool.taxed for each in relieved]
    return same_for_all + np.array(tax, dtype=float)


def _fixed_cost(pool: _Pool, settings: PoolSettings) -> np.ndarray:
    """Membership of givers and takers; a line is paid by its giver."""
    member = getattr(settings, pool.rule.member_cost) if pool.rule.member_cost else 0.0
    line = 0.0 if pool.line is None else float(pool.line["yearly_cost"])
    cost: np.ndarray = member * np.maximum(pool.gives, pool.takes) + line * pool.gives
    return cost


def _key(pool: _Pool, park: _Park, settings: PoolSettings) -> np.ndarray:
    """Shares of the takers that sum to 1: equal (the default of §42b), or by yearly use."""
    if not (pool.rule.keyed and pool.takes.any()):
        return np.zeros(len(park.ids))
    use = park.companies["yearly_kwh"].to_numpy(float)
    weight = pool.takes * (use if settings.allocation_key == "by_use" else 1.0)
    if weight.sum() == 0:
        raise InputError(f"the key `by_use` of the pool `{pool.label}` has no member with any use")
    key: np.ndarray = weight / weight.sum()
    return key


def _with_sources(arrays: xr.Dataset, source: str) -> xr.Dataset:
    arrays["pool_reason"].attrs["long_name"] = "why the company may not take part, else empty"
    assumed = {
        "pool_charge": ("own_supply_cost",),
        "pool_fixed_cost": ("member_cost", "building_member_cost"),
        "rebate_share": ("fee_discount",),
    }
    for name in arrays.data_vars:
        settings = [setting_records()[key].source for key in assumed.get(str(name), ())]
        arrays[name].attrs["source"] = "; ".join([source, *settings])
    return annotate(arrays)


def _check_lines(lines: pd.DataFrame, companies: pd.DataFrame) -> None:
    if lacking := [column for column in LINE_COLUMNS if column not in lines]:
        raise InputError(f"the candidate lines lack the column `{lacking[0]}`")
    ids = set(companies["id"].astype(str))
    ends = list(zip(lines["from"].astype(str), lines["to"].astype(str), strict=True))
    for start, end in ends:
        if unknown := {start, end} - ids:
            raise InputError(f"the line from `{start}` to `{end}`: no company `{unknown.pop()}`")
        if start == end:
            raise InputError(f"the line from `{start}` ends there too, expected another company")
        if ends.count((start, end)) > 1:
            raise InputError(f"the line from `{start}` to `{end}` appears twice")
    for column in ("crossing_eur", "yearly_cost"):
        numbers = pd.to_numeric(lines[column], errors="coerce")
        for (start, end), found, number in zip(ends, lines[column], numbers, strict=True):
            if not (np.isfinite(number) and number >= 0):
                raise InputError(
                    f"the line from `{start}` to `{end}` has {found} in `{column}`, "
                    "expected EUR from 0 on"
                )


def _text(words: list[str]) -> np.ndarray:
    return np.array(words, dtype=str)


def _stack(rows: list[np.ndarray], width: int) -> np.ndarray:
    return np.array(rows, dtype=float).reshape(len(rows), width)
