"""Tables for the terminal; narrow enough for 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
import xarray as xr
from rich import box
from rich.table import Table
from rich.text import Text

from parkwerk.report.proof import Proof, proof_of, warning
from parkwerk.report.summary import PARK, built_pipes, summary
from parkwerk.report.wording import number

#: A narrow terminal shortens names to this many letters a line, and no number.
NAME_WIDTH = 12

#: From this yearly cost on [EUR/a] the table of costs is in thousands, or it would be too wide.
LARGE = 10_000_000

#: What the last table says of the park: heading, quantity, factor, decimals.
OF_PARK = (
    ("yearly cost [EUR/a]", "park_cost", 1.0, 0),
    ("investment [EUR]", "park_investment", 1.0, 0),
    ("present value of the saving [EUR]", "park_net_present_value", 1.0, 0),
    ("PV [kW]", "park_pv", 1.0, 0),
    ("PV generation [MWh/a]", "park_pv_generation", 1e-3, 0),
    ("  of which fed in [MWh/a]", "park_feed_in", 1e-3, 0),
    ("PV curtailed [MWh/a]", "park_curtailment", 1e-3, 0),
    ("electricity shared [MWh/a]", "park_shared", 1e-3, 0),
    ("electricity bought [MWh/a]", "park_grid_electricity", 1e-3, 0),
    ("waste heat used [MWh/a]", "park_waste_heat", 1e-3, 0),
    ("sum of all meters' peaks [kW]", "park_peak", 1.0, 0),
    ("self-sufficiency [%]", "park_self_sufficiency", 100.0, 1),
    ("self-consumption of PV [%]", "park_self_consumption", 100.0, 1),
    ("CO2 [t/a]", "park_co2", 1e-3, 0),
)


def tables(solution: xr.Dataset, verdict: xr.Dataset, note: str = "") -> list[Table]:
    """What is built, what is paid at the meter, what it costs, the park in figures, the proof.

    `note` stands under what it costs.
    """
    rows = summary(solution, verdict)
    parts = [size_table(rows), meter_table(rows), cost_table(rows, note), park_table(verdict)]
    pipes = built_pipes(solution)
    if len(pipes):
        parts.insert(1, pipe_table(pipes))
    proof = proof_of(solution)
    return [*parts, proof_table(proof)] if proof.known else parts


def size_table(rows: pd.DataFrame) -> Table:
    """Sizes together."""
    columns = {
        "PV\n[kW]": "pv_kw",
        "battery\n[kWh]": "battery_kwh",
        "battery\n[kW]": "battery_kw",
        "heat pump\n[kW]": "heat_pump_kw",
        "heat store\n[kWh]": "heat_storage_kwh",
        "waste heat\n[kW]": "heat_transfer_kw",
    }
    known = {heading: column for heading, column in columns.items() if column in rows}
    table = plain_table("What is built together", ["", *known])
    shown = rows[rows["kind"] != "shared"]
    for name, row in shown.iterrows():
        add_row(table, str(name), [number(row[column]) for column in known.values()])
    return table


def pipe_table(pipes: pd.DataFrame) -> Table:
    """Heat pipes that are built."""
    table = plain_table("Heat pipes built together", ["", "heat of", "[kW]", "[MWh/a]"])
    for _, row in pipes.iterrows():
        cells = [number(row["kw"]), number(row["kwh_per_a"] / 1000)]
        table.add_row(Text(str(row["pipe"])), Text(str(row["source"])), *cells)
    return table


def meter_table(rows: pd.DataFrame) -> Table:
    """Peak, hours of use and tariff of each meter, today and together."""
    headings = ["", "peak [kW]\ntoday", "\ntogether", "hours of use\ntoday", "\ntogether"]
    table = plain_table("What the meters show", headings)
    table.add_column("tariff", overflow="fold")
    for name, row in rows[rows["tariff"].notna()].iterrows():
        peaks = [number(row["peak_today_kw"]), number(row["peak_kw"])]
        hours = [number(row["full_load_hours_today"]), number(row["full_load_hours"])]
        tariff = str(row["tariff"])
        if row["tariff_today"] not in ("", tariff):  # empty: a common connection
            tariff += f"\n(today {row['tariff_today']})"
        table.add_row(Text(str(name)), *peaks, *hours, Text(tariff))
    return table


def cost_table(rows: pd.DataFrame, note: str = "") -> Table:
    """Yearly cost in the three cases, and what is saved; a large park's in thousands."""
    costs = [f"cost_{case}_eur_per_a" for case in ("today", "alone", "together")]
    large = rows[costs].abs().to_numpy(float).max(initial=0.0) >= LARGE
    unit, factor = ("thousand EUR/a", 1e-3) if large else ("EUR/a", 1.0)
    headings = ["", "today", "alone", "together", "saving", "in %", "by\nsharing"]
    table = plain_table(f"What it costs [{unit}], before payments between companies", headings)
    for name, row in rows.iterrows():
        if row["kind"] == "shared" and not row[costs].any():
            continue
        saved, before = row["saving_eur_per_a"], row[costs[0]]
        cells = [number(factor * row[column]) for column in (*costs, "saving_eur_per_a")]
        cells.append(number(100 * saved / before if before else float("nan"), 1))
        cells.append(number(factor * row["saving_by_sharing_eur_per_a"]))
        add_row(table, str(name), cells)
    if note:
        add_note(table, note)
    return table


def park_table(verdict: xr.Dataset) -> Table:
    """The park in each case."""
    cases = [str(case) for case in verdict["case"].values]
    table = plain_table("The park", ["", *cases])
    for heading, name, factor, digits in OF_PARK:
        array = verdict[name]
        values = array.sum("technology") if "technology" in array.dims else array
        table.add_row(Text(heading), *(number(factor * float(v), digits) for v in values))
    return table


def proof_table(proof: Proof) -> Table:
    """How far the design may be from the best one."""
    table = plain_table("How near the best this is", ["", "EUR/a", "%"])
    shares = {"cost": proof.gap, "saving against today": proof.of_saving_today}
    shares["saving by sharing"] = proof.of_saving_alone
    table.add_row(Text("this design costs"), number(proof.cost), "")
    table.add_row(Text("no design costs less than"), number(proof.lower), "")
    table.add_row(Text("at most above the best"), number(proof.above), "")
    for name, share in shares.items():
        table.add_row(Text(f"  in % of its {name}"), "", number(100 * share, 2))
    if notes := warning(proof):
        add_note(table, " ".join(notes))
    return table


def plain_table(title: str, headings: Sequence[str]) -> Table:
    """A plain table: names to the left, numbers to the right."""
    table = Table(
        title=Text(title),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column(Text(headings[0]), min_width=NAME_WIDTH, overflow="fold")
    for heading in headings[1:]:
        # As text, because [kW] would be taken for a style.
        table.add_column(Text(heading), justify="right", no_wrap=True)
    return table


def add_note(table: Table, note: str) -> None:
    """A sentence under a table, as wide as the table."""
    table.caption, table.caption_justify, table.caption_style = Text(f"{note}\n"), "left", ""


def add_row(table: Table, name: str, cells: Iterable[str]) -> None:
    """Add a row; the park's stands below a line."""
    if name == PARK:
        table.add_section()
    table.add_row(Text(name), *cells, style="bold" if name == PARK else None)
