"""A set of scenarios as one table: a row for each, read from the files of its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.table import Table
from rich.text import Text

from parkwerk.report.files import writing
from parkwerk.report.proof import ENDED
from parkwerk.report.summary import PARK
from parkwerk.report.table import add_note, plain_table
from parkwerk.report.wording import number

#: What the table takes from the record of a run.
OF_RECORD = {
    "regime": "regime",
    "cost_today_eur_per_a": "cost_today",
    "cost_alone_eur_per_a": "cost_alone",
    "total_cost_eur_per_a": "total_cost",
    "lower_bound_eur_per_a": "lower_bound",
    "gap": "gap",
    "ended": "ended",
}
#: What it takes from the row of the park in its summary.
OF_PARK = (
    *("pv_kw", "battery_kwh", "battery_kw", "heat_pump_kw", "heat_storage_kwh"),
    *("heat_transfer_kw", "investment_eur", "net_present_value_eur"),
    *("shared_in_kwh_per_a", "waste_heat_from_neighbours_kwh_per_a"),
    *("co2_today_t_per_a", "co2_alone_t_per_a", "co2_together_t_per_a"),
)
#: What the terminal shows: heading, column, factor, decimals.
SHOWN = (
    ("cost\n[EUR/a]", "total_cost_eur_per_a", 1, 0),
    ("gap\n[%]", "gap", 100, 2),
    ("saving\n[EUR/a]", "saving_eur_per_a", 1, 0),
    ("by\nsharing", "saving_by_sharing_eur_per_a", 1, 0),
    ("PV\n[kW]", "pv_kw", 1, 0),
    ("battery\n[kWh]", "battery_kwh", 1, 0),
)


def set_table(
    found: Mapping[str, tuple[dict[str, Any] | None, Path]],
    labels: Mapping[str, Mapping[str, str]],
    problems: Mapping[str, str],
) -> pd.DataFrame:
    """One row per scenario; columns carry their unit in the name.

    Parameters
    ----------
    found
        Record and folder of each scenario; no record where it is not solved.
    labels
        Labels of the variants by axis; the axes become columns.
    problems
        Why a scenario has no answer.
    """
    axes = list(dict.fromkeys(axis for own in labels.values() for axis in own))
    rows = []
    for name, (record, folder) in found.items():
        row: dict[str, Any] = {f"axis: {axis}": labels.get(name, {}).get(axis, "") for axis in axes}
        row["problem"] = problems.get(name, "" if record else "not solved yet")
        if record:
            row |= {column: record.get(key) for column, key in OF_RECORD.items()}
            park = pd.read_csv(folder / "summary.csv", index_col="name").loc[PARK]
            row |= {column: park[column] for column in OF_PARK if column in park}
        rows.append(row)
    columns = [*(f"axis: {axis}" for axis in axes), *OF_RECORD, *OF_PARK, "problem"]
    table = pd.DataFrame(rows, index=pd.Index(list(found), name="scenario"), columns=columns)
    numbers = [c for c in columns if c.endswith(("_a", "_eur", "_kw", "_kwh", "gap"))]
    table[numbers] = table[numbers].astype(float)
    cost, after = table["total_cost_eur_per_a"], list(table.columns).index("gap") + 1
    table.insert(after, "saving_eur_per_a", table["cost_today_eur_per_a"] - cost)
    table.insert(after + 1, "saving_by_sharing_eur_per_a", table["cost_alone_eur_per_a"] - cost)
    return table


def save_set(table: pd.DataFrame, path: Path) -> Path:
    """Write the table as CSV."""
    with writing(path) as draft:
        table.to_csv(draft)
    return path


def shown_set(table: pd.DataFrame) -> Table:
    """The table for the terminal; early ends and problems stand in its note."""
    shown = plain_table("All scenarios", ["scenario", *(heading for heading, *_ in SHOWN)])
    for name, row in table.iterrows():
        cells = [number(factor * row[column], digits) for _, column, factor, digits in SHOWN]
        # So that a long name breaks between the labels of two axes.
        shown.add_row(Text(str(name).replace("_", "_\u200b")), *cells)
    if notes := _notes(table):
        add_note(shown, " ".join(notes))
    return shown


def _notes(table: pd.DataFrame) -> Sequence[str]:
    """Why some of the numbers are not better."""
    ended = table["ended"].fillna("")
    return [
        f"{sentence} ({', '.join(map(str, table.index[ended == end]))})"
        for end, sentence in ENDED.items()
        if end != "exhausted" and (ended == end).any()
    ]
