"""Regimes side by side as tables for the terminal, and who may not take part in words."""

from __future__ import annotations

from textwrap import fill

import numpy as np
import pandas as pd
from rich.table import Table

from parkwerk.assess.charges import ENERGY, KINDS, TOTAL
from parkwerk.regulation.regimes import regimes as known_regimes
from parkwerk.report.comparison import Comparison, by_reason
from parkwerk.report.summary import PARK
from parkwerk.report.table import add_note, add_row, plain_table
from parkwerk.report.wording import listed, number
from parkwerk.solve.proof import SMALLEST_COST

#: What is said of a regime that is a hypothesis.
HYPOTHETICAL = "not current law"

#: By company and regime: title, column of the summary, factor.
BY_COMPANY = {
    "Saving [EUR/a]": ("saving_by_sharing_eur_per_a", 1.0),
    "Yearly cost [EUR/a]": ("cost_together_eur_per_a", 1.0),
    "Investment [EUR]": ("investment_eur", 1.0),
    "PV [kW]": ("pv_kw", 1.0),
    "Electricity taken [MWh/a]": ("shared_in_kwh_per_a", 1e-3),
    "Electricity given [MWh/a]": ("shared_out_kwh_per_a", 1e-3),
    "CO2 [t/a]": ("co2_together_t_per_a", 1.0),
}

#: What the charges of a way say that nobody uses.
UNUSED = (
    "0 MWh: the plain mean over those who may take, without what does not grow with energy "
    "(memberships, and of a direct line the line itself)."
)

#: Letters of a regime's name in a line.
NAME_WIDTH = 18

#: From this amount on [EUR] a table is in thousands, or eight regimes would be too wide; from
#: this amount on in thousands without decimals.
LARGE, WHOLE = 100_000, 1_000


def comparison_tables(comparison: Comparison) -> list[Table]:
    """The park by regime, the companies by regime, the charges on a kWh."""
    return [
        regime_table(comparison.regimes),
        *(
            company_table(comparison, title, column, factor)
            for title, (column, factor) in BY_COMPANY.items()
        ),
        charge_table(comparison),
    ]


def regime_table(regimes: pd.DataFrame) -> Table:
    """One row per regime; its number heads the columns of the tables by company."""
    heads = [
        "cost",
        "gap\n[%]",
        "saved",
        "in %",
        "in-\nvested",
        "PV\n[kW]",
        "shared\nMWh",
    ]
    table = plain_table(
        "The park under each regime, by year, money in thousand EUR", ["", *heads, "CO2\n[t]"]
    )
    for place, (name, row) in enumerate(regimes.iterrows(), start=1):
        label = fill(f"{place} {name}", NAME_WIDTH) + (
            "" if row["current_law"] else f"\n({HYPOTHETICAL})"
        )
        alone, saving = row["cost_alone_eur_per_a"], row["saving_by_sharing_eur_per_a"]
        cells = [
            number(row["cost_together_eur_per_a"] / 1000),
            number(100 * row["gap"], 2),
            number(saving / 1000, 1),
            number(100 * saving / alone if alone else float("nan"), 1),
            number(row["investment_eur"] / 1000),
            number(row["pv_kw"]),
            number(row["shared_in_kwh_per_a"] / 1000),
            number(row["co2_together_t_per_a"]),
        ]
        add_row(table, label, cells)
    return table


def company_table(comparison: Comparison, title: str, column: str, factor: float) -> Table:
    """One quantity by company (rows) and regime (columns, by number); a dash: not in the park."""
    values, digits = factor * by_company(comparison, column), 0
    largest = np.nanmax(values.abs().to_numpy(float), initial=0.0)
    if largest >= LARGE:
        values, title = values / 1000, title.replace("[EUR", "[thousand EUR")
        digits = int(largest / 1000 < WHOLE)
    table = plain_table(title, ["", *map(str, range(1, values.shape[1] + 1))])
    for name, row in values.droplevel("kind").iterrows():
        add_row(table, str(name), [number(value, digits) for value in row])
    return table


def by_company(comparison: Comparison, column: str) -> pd.DataFrame:
    """A column of the companies' table by kind and name (rows) and regime (columns), park last.

    A shared link or a common connection is left out where it has no part in the column.
    """
    rows = comparison.companies.reset_index()
    kinds = pd.Categorical(rows["kind"], ["company", "shared", PARK], ordered=True)
    order = rows.assign(kind=kinds).sort_values("kind", kind="stable")[["kind", "name"]]
    table = rows.pivot(index=["kind", "name"], columns="regime", values=column).reindex(
        index=pd.MultiIndex.from_frame(order.drop_duplicates().astype(str)),
        columns=comparison.regimes.index,
    )
    shared = table.index.get_level_values("kind") == "shared"
    return table[~shared | (table.abs() > 0.5).any(axis=1)]


def charge_table(comparison: Comparison) -> Table:
    """Charges on a further kWh by regime and way."""
    heads = [
        "net-\nwork",
        "levies",
        "tax",
        "own\nsupply",
        "mem-\nbers",
        "re-\nbate",
        "sum",
        "\n[MWh]",
    ]
    table = plain_table("Charges on a further kWh [ct], and what passes a year", ["", *heads])
    numbers = {str(name): i for i, name in enumerate(comparison.regimes.index, start=1)}
    columns = [*KINDS.values(), TOTAL]
    for regime, place in numbers.items():
        for way, row in comparison.charges.loc[regime].iterrows():
            cells = [number(row[column], 2) for column in columns]
            add_row(table, f"{place} {way}", [*cells, number(row[ENERGY] / 1000)])
        table.add_section()
    if (comparison.charges[ENERGY] == 0).any():
        add_note(table, UNUSED)
    return table


def comparison_text(comparison: Comparison) -> list[str]:
    """Paragraphs: what the numbers mean, and who may not take part in what, and why."""
    current = comparison.regimes["current_law"].astype(bool)
    hypotheses = [str(name) for name in comparison.regimes.index[~current]]
    text = [
        "All is of the companies together. The saving is against each company for itself under "
        "the same rules and prices; who pays what is before any payment between companies."
    ]
    if hypotheses:
        text.append(f"{HYPOTHETICAL.capitalize()}: {listed(hypotheses)}.")
    common = [str(name) for name in comparison.regimes.index if known_regimes()[str(name)].common]
    if common:
        text.append(
            f"Under {listed(common)} the common connection takes the place of the rules over the "
            "public grid (and of all others) for its members, so that the park need not be better "
            "off than under law-2026."
        )
    text += gap_text(comparison.regimes)
    return text + kept_out_text(comparison.kept_out)


def gap_text(regimes: pd.DataFrame) -> list[str]:
    """What the gaps mean, and where they leave open whether sharing brings anything."""
    if not (regimes["gap"] >= 0).any():
        return []
    text = (
        "The gap is by how much the cost is above the best possible design at most; two regimes "
        "whose costs differ by less than that may be in the other order."
    )
    large = regimes["gap_of_saving_by_sharing"] >= 1
    proven = regimes["least_saving_by_sharing_eur_per_a"] > SMALLEST_COST
    open_ = regimes.index[(regimes["saving_by_sharing_eur_per_a"] > 0) & large & ~proven]
    if len(open_):
        text += (
            f" Warning: under {listed(list(map(str, open_)))} it is as large as what sharing was "
            "found to bring, so it is not proven that sharing brings anything there."
        )
    return [text]


def kept_out_text(kept_out: pd.DataFrame) -> list[str]:
    """One sentence for each reason, with the rules, regimes and companies that it is true of."""
    return [
        f"Not admitted to {each.rules} in {each.regimes}: {each.companies}. Reason: {each.reason}."
        for each in by_reason(kept_out)
    ]
