"""The same study under several regimes, side by side: a pure function of what each run found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd
import xarray as xr

from parkwerk.assess.charges import TAXED, charges
from parkwerk.regulation.regimes import regimes
from parkwerk.report.common_connection import members_of
from parkwerk.report.proof import Proof, proof_of
from parkwerk.report.summary import PARK, summary
from parkwerk.report.wording import listed


class Found(NamedTuple):
    """What a run was given and what it found; a comparison needs none of the series."""

    scenario: xr.Dataset
    solution: xr.Dataset
    verdict: xr.Dataset

    def without_series(self) -> Found:
        """The same without anything over time, so that many runs fit into memory."""
        return Found(*(dataset.drop_dims("time", errors="ignore") for dataset in self))


@dataclass(frozen=True)
class Comparison:
    """Tables whose columns carry their unit in the name.

    Attributes
    ----------
    regimes
        One row per regime: what it is, the park in it, and how far it may be from the best.
    companies
        Rows (regime, name): the summary of each run, with the row `park`; ``kept_out``; and
        ``common_connection``, through which the company buys, or which the row is.
    charges
        Rows (regime, way): the charges on a kWh by kind (:func:`parkwerk.assess.charges.charges`).
    kept_out
        One row per regime, rule and company that may not take part, with the reason.
    """

    regimes: pd.DataFrame
    companies: pd.DataFrame
    charges: pd.DataFrame
    kept_out: pd.DataFrame


#: What is said of the park in each regime: columns of the summary.
OF_PARK = (
    "cost_today_eur_per_a",
    "cost_alone_eur_per_a",
    "cost_together_eur_per_a",
    "saving_by_sharing_eur_per_a",
    "investment_eur",
    "pv_kw",
    "battery_kwh",
    "shared_in_kwh_per_a",
    "waste_heat_from_neighbours_kwh_per_a",
    "co2_alone_t_per_a",
    "co2_together_t_per_a",
)


def compare(found: Mapping[str, Found]) -> Comparison:
    """Cost, saving, plants, shared energy, CO2 and charges of each regime.

    Parameters
    ----------
    found
        By name of the regime, in the order in which they are shown.

    The saving is against the case ``alone`` of the same regime, ``cost[alone] − cost[together]``:
    a regime may change what each company pays for itself, and which companies there are.
    """
    barred = pd.concat([kept_out(regime, each.scenario) for regime, each in found.items()])
    companies = pd.concat(
        {regime: _summary(each) for regime, each in found.items()},
        names=["regime", "name"],
    )
    park = companies[companies["kind"] == PARK].droplevel("name")
    told = (barred["rule"] + ": " + barred["reason"]).groupby([barred["regime"], barred["company"]])
    reasons = told.agg("; ".join).rename_axis(["regime", "name"])
    known = regimes()
    heads = pd.DataFrame(
        {
            "title": [known[regime].title for regime in found],
            "current_law": [not known[regime].hypothetical for regime in found],
            "companies": [each.scenario.sizes["company"] for each in found.values()],
        },
        index=pd.Index(list(found), name="regime"),
    )
    gaps = pd.DataFrame(
        {regime: _proven(proof_of(each.solution)) for regime, each in found.items()}
    ).T.rename_axis("regime")
    return Comparison(
        regimes=heads.join(park.reindex(columns=list(OF_PARK))).join(gaps),
        companies=companies.assign(kept_out=reasons.reindex(companies.index).fillna("")),
        charges=pd.concat(
            {regime: charges(each.scenario, each.solution) for regime, each in found.items()},
            names=["regime", "way"],
        ).astype(float),
        kept_out=barred.reset_index(drop=True),
    )


def _proven(proof: Proof) -> dict[str, float]:
    """What is proven of a regime, as columns."""
    return {
        "lower_bound_eur_per_a": proof.lower,
        "gap": proof.gap,
        "gap_of_saving_today": proof.of_saving_today,
        "gap_of_saving_by_sharing": proof.of_saving_alone,
        "least_saving_by_sharing_eur_per_a": proof.worth[0],
    }


def _summary(found: Found) -> pd.DataFrame:
    """Summary of a run, with the common connection of each row."""
    rows = summary(found.solution, found.verdict)
    members = members_of(found.scenario, found.solution)
    common = {each: name for name, those in members.items() for each in (name, *those)}
    known = rows.index.to_series().map(common).fillna("")
    return rows.assign(common_connection=known.where(rows["kind"] != PARK, ""))


def kept_out(regime: str, scenario: xr.Dataset) -> pd.DataFrame:
    """Who may not take part in which rule, and why: regime, rule, paragraph, company, reason.

    A rule may have several pools, taxed ones too; who is in none of them is kept out of it.
    """
    pools = scenario[["pool_gives", "pool_takes", "pool_reason"]].stack(pair=("pool", "company"))
    table = pd.DataFrame(
        {
            "regime": regime,
            "rule": pd.Series(pools["pool_rule"].values.astype(str)).str.removesuffix(TAXED),
            "paragraph": pools["pool_paragraph"].values.astype(str),
            "company": pools["company"].values.astype(str),
            "reason": pools["pool_reason"].values.astype(str),
            "member": (pools["pool_gives"] + pools["pool_takes"]).values > 0,
        }
    )
    by_rule = table.groupby(["rule", "company"])["member"]
    outside = table[~by_rule.transform("any").astype(bool) & (table["reason"] != "")]
    return outside.drop_duplicates(["rule", "company"]).drop(columns="member")


class Barred(NamedTuple):
    """One reason, and all rules, regimes and companies that it is true of, as lists in words."""

    rules: str
    regimes: str
    companies: str
    reason: str


def by_reason(kept_out: pd.DataFrame) -> list[Barred]:
    """Rows of :func:`kept_out` put together where reason, regimes and companies are the same."""
    rules: dict[tuple[str, str, str], list[str]] = {}
    for (rule, reason), rows in kept_out.groupby(["rule", "reason"], sort=False):
        regimes, companies = (listed(list(rows[of].unique())) for of in ("regime", "company"))
        rules.setdefault((regimes, companies, str(reason)), []).append(str(rule))
    return [Barred(listed(names), *rest) for rest, names in rules.items()]
