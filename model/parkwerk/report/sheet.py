"""A company's own sheet: its costs, assets, finance, contract and risks, and nothing of others."""

from __future__ import annotations

import numpy as np
import xarray as xr
from rich.console import Console
from rich.table import Table
from rich.text import Text

from parkwerk.report.gain_table import SMALL
from parkwerk.report.table import add_note, plain_table
from parkwerk.report.why import why_text
from parkwerk.report.wording import number, percent

#: Investments below this are none [EUR].
BUILT = 1.0


def tell_sheet(
    company: str, gains: xr.Dataset, verdict: xr.Dataset, why: xr.Dataset, console: Console
) -> None:
    """Print the sheet of a company."""
    for table in sheet_tables(company, gains, verdict):
        console.print(table)
    for paragraph in [*why_text(why, company), certainty(company, gains)]:
        console.print(paragraph, markup=False, highlight=False)
        console.print()


def sheet_tables(company: str, gains: xr.Dataset, verdict: xr.Dataset) -> list[Table]:
    """Costs, assets, finance, contract, risks."""
    own, party = gains.sel(company=company), verdict.sel(party=company)
    parts = [cost_table(company, own, party)]
    if "asset_annuity" in verdict:
        parts += [asset_table(party), finance_table(own, party)]
    if gains.sizes["trade"]:
        parts.append(trade_table(own))
    return [*parts, rule_table(own), risk_table(own)]


def cost_table(company: str, own: xr.Dataset, party: xr.Dataset) -> Table:
    """From what is paid today to what is paid in the end."""
    share = float(own["share"].sel(rule=own.attrs["rule"]))
    today = float(party["yearly_cost"].sel(case="today"))
    alone = float(own["cost_alone"])
    rows = {
        "today, nothing is built": today,
        "alone, with the best of its own": alone,
        "together, before payments": float(own["cost_together"]),
        "  paid for energy of others": float(own["energy_payment"]),
        "  fixed payment": float(own["fixed_payment"]),
        "together, in the end": alone - share,
        "saved against today": today - alone + share,
        "gained against alone": share,
    }
    table = plain_table(f"{company}: what it pays", ["", "EUR/a"])
    for title, value in rows.items():
        table.add_row(Text(title), number(value))
    add_note(table, "Who is paid has a minus.")
    return table


def asset_table(party: xr.Dataset) -> Table:
    """What stands at the company together, and whose money is in it."""
    own = party.sel(case="together")
    headings = ["", "investment\n[EUR]", "own money\n[EUR]", "annuity\n[EUR/a]", "upkeep\n[EUR/a]"]
    table = plain_table("What is built there", headings)
    for technology in map(str, own["technology"].values):
        each = own.sel(technology=technology)
        values = [float(each[n]) for n in ("investment", "owned_investment")]
        if max(values) < BUILT:
            continue
        values += [float(each[name]) for name in ("asset_annuity", "maintenance")]
        table.add_row(Text(technology), *map(number, values))
    return table


def finance_table(own: xr.Dataset, party: xr.Dataset) -> Table:
    """Net present value by price scenario, interest and payback, alone and together."""
    table = plain_table("What it is worth, against today", ["", "alone", "together"])
    cases = [party.sel(case=case) for case in ("alone", "together")]
    paid = np.array([0.0, float(own["energy_payment"] + own["fixed_payment"])])
    for prices in map(str, party["price_scenario"].values):
        each = [case.sel(price_scenario=prices) for case in cases]
        values = np.array([float(case["npv"]) for case in each])
        values -= paid * float(own.attrs["present_value_of_yearly"])
        table.add_row(Text(f"net present value [EUR], {prices}"), *map(number, values))
    base = [case.isel(price_scenario=0) for case in cases]
    rates = [percent(float(case["internal_rate_of_return"]), 1) for case in base]
    table.add_row(Text("internal rate of return, before payments"), *rates)
    years = [number(float(case["payback"]), 1) for case in base]
    table.add_row(Text("discounted payback [a], before payments"), *years)
    tests = [_tested(float(case["enefg_npv"]), float(case["enefg_years"])) for case in base]
    table.add_row(Text("economic by EnEfG §9"), *tests)
    return table


def trade_table(own: xr.Dataset) -> Table:
    """What it takes or gives, and at which price."""
    table = plain_table("What it takes, or gives (minus)", ["", "ct/kWh", "MWh/a", "EUR/a"])
    for trade in map(str, own["trade"].values):
        each = own.sel(trade=trade)
        energy, price = float(each["traded"]), float(each["internal_price"])
        if abs(energy) > 1.0:
            cells = [number(100 * price, 2), number(energy / 1000, 1), number(energy * price)]
            table.add_row(Text(trade.split(" of ")[0]), *cells)
    return table


def rule_table(own: xr.Dataset) -> Table:
    """What it gains by other rules of division."""
    table = plain_table("What it gains by each rule", ["", "EUR/a"])
    for rule in map(str, own["rule"].values):
        mark = " (proposed)" if rule == own.attrs["rule"] else ""
        table.add_row(Text(rule + mark), number(float(own["share"].sel(rule=rule))))
    return table


def risk_table(own: xr.Dataset) -> Table:
    """What it gains if things turn out otherwise."""
    table = plain_table("What it gains if things turn out otherwise", ["", "EUR/a"])
    for title in map(str, own["variation"].values):
        table.add_row(Text(title), number(float(own["gain_if"].sel(variation=title))))
    return table


def certainty(company: str, gains: xr.Dataset) -> str:
    """How sure the gain is, in words."""
    rule = gains.attrs["rule"]
    share = float(gains["share"].sel(rule=rule, company=company))
    left = float(gains.attrs["gap"]) * float(gains.attrs["total_cost"])
    if not np.isfinite(left):
        return "Nothing is proven of the design, so the gain may be larger for everybody."
    open_ = float(gains["objection_most"].sel(rule=rule))
    text = (
        f"The gain of {number(share)} EUR/a is of the design that was found; the best one may be "
        f"worth up to {number(left)} EUR/a more to all companies together."
    )
    if open_ > SMALL:
        text += (
            " Whether some of them would do better by themselves is open up to "
            f"{number(open_)} EUR/a."
        )
    return text


def _tested(value: float, years: float) -> str:
    if not np.isfinite(value):
        return "-"
    return f"{'yes' if value > 0 else 'no'}, in {number(years)} a"
