"""Who may share with whom: conditions on pairs of companies, and the groups that meet them.

A condition answers with a matrix of sentences: why company ``i`` (row) may not share with company
``j`` (column), empty where it may; on the diagonal, why the company may not take part at all.
``{others}`` in a sentence stands for the companies of the columns that have the same sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from parkwerk.errors import InputError
from parkwerk.regulation.law import Law

COMPANY_COLUMNS = (
    "id",
    "x",
    "y",
    "sme",
    "manufacturing",
    "building",
    "balancing_area",
    "legacy_system",
    "legacy_since",
    "closed_network",
    "yearly_kwh",
)

#: Sentences, shape (company, company).
Reasons = np.ndarray
Condition = Callable[[pd.DataFrame, Law], Reasons]


def small_or_medium(companies: pd.DataFrame, _: Law) -> Reasons:
    """Micro, small and medium enterprises, on both sides (EnWG §42c(1), (2))."""
    return _of_each(
        np.where(companies["sme"], "", "is no micro, small or medium enterprise (EnWG §42c(2))"),
        "may not share with {others}, not micro, small or medium (EnWG §42c(2))",
    )


def same_building(companies: pd.DataFrame, _: Law) -> Reasons:
    """Plant and users in one building (EnWG §42b(1)); a company without a building is alone."""
    return _of_pairs(_same(companies["building"]), "is not in the same building as {others}", "42b")


def same_balancing_area(companies: pd.DataFrame, _: Law) -> Reasons:
    """Plant and users in the balancing area of one distribution system operator (EnWG §42c(4))."""
    area = companies["balancing_area"].to_numpy(str)
    text = "is not in the same balancing area as {others}"
    return _of_pairs(area[:, None] == area, text, "42c(4)")


def within_tax_radius(companies: pd.DataFrame, law: Law) -> Reasons:
    """No further apart than 4.5 km (StromStV §12b(3)), measured between the companies."""
    x, y = companies["x"].to_numpy(float), companies["y"].to_numpy(float)
    near = np.hypot(x[:, None] - x, y[:, None] - y) <= law.tax_radius
    away = f"is more than {law.tax_radius / 1000:g} km away from {{others}} (StromStV §12b(3))"
    return np.where(near, "", away).astype(object)


def same_customer_system(companies: pd.DataFrame, law: Law) -> Reasons:
    """One customer system (EnWG §3 Nr.65, 66), connected in time (EnWG §118(7)).

    Raises
    ------
    InputError
        For a company in a customer system without the date of its connection.
    """
    since = pd.to_datetime(companies["legacy_since"], errors="coerce")
    own = []
    for company, system, day in zip(
        companies["id"], companies["legacy_system"], since, strict=True
    ):
        if system == "":
            own.append("belongs to no customer system (EnWG §3 Nr.65)")
        elif pd.isna(day):
            raise InputError(
                f"company `{company}` is in the customer system `{system}` but `legacy_since` has "
                "no date, expected the day of its connection"
            )
        elif day.date() > law.legacy_connected_by:
            own.append(
                f"joined its customer system on {day.date()}, later than "
                f"{law.legacy_connected_by} (EnWG §118(7))"
            )
        else:
            own.append("")
    each = _of_each(np.array(own), "may not share with {others}, in no such system (EnWG §118(7))")
    text = "is not in the same customer system as {others}"
    return _first(each, _of_pairs(_same(companies["legacy_system"]), text, "3 Nr.65"))


def same_closed_network(companies: pd.DataFrame, _: Law) -> Reasons:
    """One closed distribution network (EnWG §110)."""
    outside = "belongs to no closed distribution network (EnWG §110)"
    network = companies["closed_network"]
    each = _of_each(
        np.where(network == "", outside, ""),
        "may not share with {others}, in no closed distribution network (EnWG §110)",
    )
    text = "is not in the same closed distribution network as {others}"
    return _first(each, _of_pairs(_same(network), text, "110"))


def not_behind_common(companies: pd.DataFrame, _: Law) -> Reasons:
    """A connection of one's own to the public grid.

    No statute: a company behind a common connection shares through it and through nothing else.
    """
    behind = companies["behind"].to_numpy(str)
    return _of_each(
        np.array([b and f"shares behind the common connection `{b}` instead" for b in behind]),
        "cannot reach {others}, behind a common connection",
    )


#: The conditions that a rule of ``regimes.yaml`` may name.
CONDITIONS: dict[str, Condition] = {
    "small_or_medium": small_or_medium,
    "same_building": same_building,
    "same_balancing_area": same_balancing_area,
    "within_tax_radius": within_tax_radius,
    "same_customer_system": same_customer_system,
    "same_closed_network": same_closed_network,
    "not_behind_common": not_behind_common,
}


def reasons(conditions: Iterable[str], companies: pd.DataFrame, law: Law) -> Reasons:
    """The first of ``conditions`` that each pair fails, in words; empty where it meets all."""
    none = np.full((len(companies), len(companies)), "", dtype=object)
    return _first(none, *(CONDITIONS[name](companies, law) for name in conditions))


def reason(i: int, group: Iterable[int], why: Reasons, ids: Sequence[str], paragraph: str) -> str:
    """Why company ``i`` is not with the companies of ``group`` (if empty: with any), in words."""
    if why[i, i]:
        return str(why[i, i])
    others: dict[str, list[str]] = {}
    for j in sorted(group) or range(len(ids)):
        if why[i, j]:
            others.setdefault(why[i, j], []).append(ids[j])
    if not others:
        return f"there is no other company to share with ({paragraph})"
    return " and ".join(text.replace("{others}", ", ".join(o)) for text, o in others.items())


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


def check_companies(companies: pd.DataFrame) -> None:
    """Refuse a table that lacks a column, repeats a company, or has an answer that is none."""
    if lacking := [column for column in COMPANY_COLUMNS if column not in companies]:
        raise InputError(f"the companies lack the column `{lacking[0]}`")
    ids = companies["id"].astype(str)
    if (repeated := ids.duplicated()).any():
        raise InputError(f"company `{ids[repeated].iloc[0]}` appears twice, expected unique ids")
    numbers = companies[["x", "y", "yearly_kwh"]].apply(pd.to_numeric, errors="coerce")
    for column, expected, good in (
        ("x", "metres", np.isfinite(numbers["x"])),
        ("y", "metres", np.isfinite(numbers["y"])),
        ("yearly_kwh", "kWh from 0 on", np.isfinite(numbers["yearly_kwh"])),
        ("yearly_kwh", "kWh from 0 on", numbers["yearly_kwh"] >= 0),
        ("sme", "true or false", companies["sme"].isin([True, False])),
        ("manufacturing", "true or false", companies["manufacturing"].isin([True, False])),
    ):
        if not good.all():
            company, found = companies.loc[~good, ["id", column]].astype(object).iloc[0].tolist()
            raise InputError(
                f"company `{company}` has {found!r} in `{column}`, expected {expected}"
            )


def _same(labels: pd.Series) -> np.ndarray:
    """Pairs with one label; an empty label is shared with nobody but oneself."""
    names = labels.to_numpy(str)
    same: np.ndarray = (names[:, None] == names) & (names != "") | np.eye(len(names), dtype=bool)
    return same


def _of_each(own: np.ndarray, partner: str) -> Reasons:
    """A condition on single companies: ``own`` [company] to themselves, ``partner`` to others."""
    own = own.astype(object)
    found: Reasons = np.where(own[None, :] != "", partner, "").astype(object)
    return np.where(own[:, None] != "", own[:, None], found)


def _of_pairs(met: np.ndarray, text: str, paragraph: str) -> Reasons:
    return np.where(met, "", f"{text} (EnWG §{paragraph})").astype(object)


def _first(*findings: Reasons) -> Reasons:
    """Pair by pair the first sentence that is not empty."""
    first = findings[0]
    for finding in findings[1:]:
        first = np.where(first == "", finding, first)
    return first
