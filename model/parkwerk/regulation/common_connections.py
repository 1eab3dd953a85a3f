"""Common connections: companies that draw from the public grid through one meter together."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from parkwerk.errors import InputError
from parkwerk.regulation.eligibility import check_companies, largest_groups, reasons
from parkwerk.regulation.law import Law
from parkwerk.regulation.regimes import CommonKind, pool_rules, regime_of

#: The column that names the system of a kind.
COLUMN = {"customer-system": "legacy_system", "closed-network": "closed_network"}


@dataclass(frozen=True)
class CommonConnection:
    """``members`` (ids, in the order of the companies) behind the connection ``name``."""

    name: str
    kind: CommonKind
    members: tuple[str, ...]


def common_connections(regime: str, companies: pd.DataFrame, law: Law) -> list[CommonConnection]:
    """The common connections of a regime: systems of at least two companies that may share.

    A connection is named as the companies name their system; there is none where the regime has
    no such kind or the kind's time is over (customer systems: EnWG §118(7)).

    Raises
    ------
    InputError
        For an unknown regime, a faulty table of companies, or a system named as a company is.
    """
    kind = regime_of(regime).common
    check_companies(companies)
    if kind is None or (rule := pool_rules()[kind]).closed_on(law):
        return []
    ids = companies["id"].astype(str).tolist()
    found = []
    for group in largest_groups(reasons(rule.conditions, companies, law) == ""):
        if len(group) == 1:
            continue
        name = str(companies[COLUMN[kind]].iloc[min(group)])
        if name in ids:
            raise InputError(f"`{COLUMN[kind]}` is `{name}`, which is a company's id already")
        found.append(CommonConnection(name, kind, tuple(ids[i] for i in sorted(group))))
    return found


def behind(companies: pd.DataFrame, connections: list[CommonConnection]) -> list[str]:
    """By company the name of the common connection that it is behind, else empty."""
    names = {member: c.name for c in connections for member in c.members}
    return [names.get(company, "") for company in companies["id"].astype(str)]
