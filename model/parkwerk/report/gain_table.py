"""Tables of what each company gains; narrow enough for 80 columns."""

from __future__ import annotations

import numpy as np
import xarray as xr
from rich.table import Table
from rich.text import Text

from parkwerk.report.summary import PARK
from parkwerk.report.table import add_note, add_row, plain_table
from parkwerk.report.wording import listed, number

#: Objections below this are rounding [EUR/a].
SMALL = 0.01
#: Short headings of rules.
SHORT = {
    "nucleolus": "nucle-\nolus",
    "Shapley value": "Shapley\nvalue",
    "fair least core": "fair\nleast core",
    "equal split": "equal\nsplit",
    "mid-market rate": "mid-\nmarket",
    "supply-demand ratio": "supply-\ndemand",
}


def gain_tables(gains: xr.Dataset) -> list[Table]:
    """What each pays by the contract, what other rules give, who leaves, what could happen."""
    parts = [contract_table(gains), rule_table(gains)]
    if gains.sizes["trade"]:
        parts.insert(1, trade_table(gains))
    if "share_without" in gains and gains.sizes["company"] > 1:
        parts.append(leaver_table(gains))
    return [*parts, risk_table(gains)]


def contract_table(gains: xr.Dataset) -> Table:
    """From the cost together to what a company pays, and what it gains against alone."""
    headings = [
        "",
        "alone",
        "together",
        "for\nenergy",
        "fixed\npayment",
        "pays\nin the end",
        "gains",
    ]
    table = plain_table(f"What each pays and gains [EUR/a], by the {gains.attrs['rule']}", headings)
    rows = contract_rows(gains)
    for company, row in zip(gains["company"].values, rows.T, strict=True):
        add_row(table, str(company), map(number, row))
    add_row(table, PARK, map(number, rows.sum(axis=1)))
    add_note(table, _paid_to(rows))
    return table


def contract_rows(gains: xr.Dataset) -> np.ndarray:
    """Cost alone, cost together, payment for energy, fixed payment, what is paid in the end, gain.

    (6, company) [EUR/a].
    """
    share = gains["share"].sel(rule=gains.attrs["rule"]).values
    names = ("cost_alone", "cost_together", "energy_payment", "fixed_payment")
    costs = [gains[name].values for name in names]
    return np.array([*costs, costs[0] - share, share])


def trade_table(gains: xr.Dataset) -> Table:
    """What is handed over, and at which price."""
    table = plain_table("What is handed over", ["", "ct/kWh", "MWh/a", "given by", "taken by"])
    for trade in map(str, gains["trade"].values):
        own = gains.sel(trade=trade)
        traded = own["traded"]
        ways = [
            listed(list(map(str, traded["company"].values[traded.values * s > 1.0])))
            for s in (-1, 1)
        ]
        taken = float(traded.where(traded > 0, 0.0).sum()) / 1000
        cells = [number(100 * float(own["internal_price"]), 2), number(taken, 1), *ways]
        table.add_row(Text(trade), *map(Text, cells))
    return table


def rule_table(gains: xr.Dataset) -> Table:
    """The gain by every rule, and whether somebody would leave."""
    rules = [str(rule) for rule in gains["rule"].values]
    table = plain_table("The gain by each rule [EUR/a]", ["", *(SHORT.get(r, r) for r in rules)])
    share = gains["share"].transpose("company", "rule")
    for company in map(str, share["company"].values):
        add_row(table, company, map(number, share.sel(company=company).values))
    add_row(table, PARK, map(number, share.sum("company").values))
    add_note(table, " ".join(stability(gains, rule) for rule in rules))
    return table


def leaver_table(gains: xr.Dataset) -> Table:
    """What the others gain if one leaves, by the same rule."""
    leavers = [str(company) for company in gains["leaver"].values]
    headings = ["", *(f"without\n{name}" for name in leavers)]
    table = plain_table("What the others gain if one leaves [EUR/a]", headings)
    shares = gains["share_without"].transpose("company", "leaver")
    for company in map(str, shares["company"].values):
        add_row(table, company, map(number, shares.sel(company=company).values))
    add_row(table, PARK, map(number, shares.sum("company").values))
    return table


def risk_table(gains: xr.Dataset) -> Table:
    """What each gains if things turn out otherwise and the contract is kept."""
    companies = [str(company) for company in gains["company"].values]
    headings = ["", *companies, "links"]
    table = plain_table("The gain if things turn out otherwise [EUR/a]", headings)
    for title in map(str, gains["variation"].values):
        own = gains.sel(variation=title)
        cells = [*own["gain_if"].values, float(own["operator_if"])]
        table.add_row(Text(title), *map(number, cells))
    add_note(table, "links: what all pay less what the shared links then cost.")
    return table


def stability(gains: xr.Dataset, rule: str) -> str:
    """Who would leave under a rule, and whether that is sure."""
    own = gains.sel(rule=rule)
    found, possible = float(own["objection"]), float(own["objection_most"])
    title = rule[0].upper() + rule[1:]
    if found > SMALL:
        who = listed(names_of(gains, str(own["objector"].values)))
        return f"{title}: {who} would gain {number(found)} more by leaving."
    if possible > SMALL:
        who = listed(names_of(gains, str(own["objector_most"].values)))
        return (
            f"{title}: nobody is known to gain by leaving; the gap of the search leaves open "
            f"up to {number(possible)} for {who}."
        )
    return f"{title}: nobody gains by leaving, which is proven."


def names_of(gains: xr.Dataset, coalition: str) -> list[str]:
    """The members of a coalition."""
    member = gains["member"].sel(coalition=coalition)
    return [str(company) for company in member["company"].values[member.values > 0]]


def _paid_to(rows: np.ndarray) -> str:
    """Where the payments go."""
    paid = float(rows[2].sum() + rows[3].sum())
    if abs(paid) < SMALL:
        return "Payments are between the companies. Who is paid has a minus."
    return (
        f"Who is paid has a minus. The sum of all payments, {number(paid)}, is what the shared "
        "links cost; it goes to whoever operates them."
    )
