"""What `parkwerk check` says of the law: who the companies are, and which rule admits whom."""

from __future__ import annotations

import xarray as xr

from parkwerk.assess.charges import TAXED
from parkwerk.regulation.sme import is_sme
from parkwerk.report.wording import listed
from parkwerk.study.inputs import Inputs
from parkwerk.study.schema import Company


def standings(inputs: Inputs) -> list[str]:
    """Size, tenancy and systems of every company, also of those whom the regime leaves out."""
    present = {company.id for company in inputs.companies}
    return [_standing(inputs, each, each.id in present) for each in inputs.everyone]


def _standing(inputs: Inputs, company: Company, takes_part: bool) -> str:
    """``works: no SME (by its figures), customer system ring, closed network ring.``"""
    stated = company.sme is not None
    figures = (company.staff, company.turnover_eur, company.balance_sheet_eur)
    small = company.sme if stated else is_sme(*figures, inputs.law)
    parts = [f"{'SME' if small else 'no SME'} ({'stated' if stated else 'by its figures'})"]
    if company.tenant:
        parts.append("tenant" if takes_part else "tenant, left out by this regime")
    if company.legacy_system:
        parts.append(f"customer system {company.legacy_system} since {company.legacy_since}")
    if company.closed_network:
        parts.append(f"closed network {company.closed_network}")
    return f"{company.id}: {', '.join(parts)}."


def admitted(scenario: xr.Dataset) -> list[str]:
    """Title of the regime, and the groups whom each rule lets share: of a line, both its ends."""
    of = scenario.attrs
    mark = " (not current law)" if of.get("regime_hypothetical") else ""
    rules = [
        f"{rule}: {'; '.join(map(listed, groups)) or 'nobody'}"
        for rule, groups in groups_of(scenario).items()
    ]
    return [
        f"regime {of['regime']}: {of['regime_title']}{mark}",
        *(rules or ["no electricity passes between companies"]),
    ]


def groups_of(scenario: xr.Dataset) -> dict[str, list[list[str]]]:
    """The groups of companies that each rule lets share, by rule."""
    found: dict[str, dict[tuple[str, ...], None]] = {}
    for pool, rule in enumerate(scenario["pool_rule"].values.astype(str)):
        groups = found.setdefault(str(rule).removesuffix(TAXED), {})
        part = scenario[["pool_gives", "pool_takes"]].isel(pool=pool)
        members = ((part["pool_gives"] + part["pool_takes"]) > 0).values
        if members.any():
            groups[tuple(map(str, scenario["company"].values[members]))] = None
    return {rule: [list(group) for group in groups] for rule, groups in found.items()}
