"""Files of the gains: all data, tables for a spreadsheet, and the tables as text."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import xarray as xr
from rich.console import Console

from parkwerk.netcdf import load, save
from parkwerk.report.files import writing
from parkwerk.report.finance_table import finance_table
from parkwerk.report.gain_table import gain_tables

#: The file of all data of the gains, and columns of the text file.
GAIN, WIDTH = "gain.nc", 100


def save_gains(gains: xr.Dataset, verdict: xr.Dataset, words: list[str], folder: Path) -> None:
    """Write ``gain.csv``, ``coalitions.csv``, ``gain.txt`` and, last, ``gain.nc``.

    Raises
    ------
    InputError
        When the folder cannot be written to.
    """
    with writing(folder / "gain.csv") as draft:
        company_rows(gains).to_csv(draft)
    with writing(folder / "coalitions.csv") as draft:
        coalition_rows(gains).to_csv(draft)
    with (
        writing(folder / "gain.txt") as draft,
        draft.open("w", encoding="utf-8") as file,
    ):
        tell_gains(gains, verdict, words, Console(file=file, width=WIDTH, color_system=None))
    save(gains, folder / GAIN)


def tell_gains(gains: xr.Dataset, verdict: xr.Dataset, words: list[str], console: Console) -> None:
    """Tables, then why each size is what it is."""
    tables = gain_tables(gains)
    if "npv" in verdict:
        tables.insert(1, finance_table(verdict))
    for table in tables:
        console.print(table)
    for paragraph in words:
        console.print(paragraph, markup=False, highlight=False)
        console.print()


def load_gains(folder: Path) -> xr.Dataset:
    """The gains that :func:`save_gains` wrote.

    Raises
    ------
    InputError
        For a missing file.
    """
    return load(folder / GAIN)


def company_rows(gains: xr.Dataset) -> pd.DataFrame:
    """A row a company: costs, payments, its gain by each rule, under each variation [EUR/a]."""
    own = ("cost_alone", "cost_together", "energy_payment", "fixed_payment", "brings", "claim")
    columns = {f"{name}_eur_per_a": gains[name].values for name in own if name in gains}
    for rule in map(str, gains["rule"].values):
        columns[f"gain_by_{_slug(rule)}_eur_per_a"] = gains["share"].sel(rule=rule).values
    for title in map(str, gains["variation"].values):
        column = f"gain_with_{_slug(title)}_eur_per_a"
        columns[column] = gains["gain_if"].sel(variation=title).values
    companies = pd.Index(gains["company"].values.astype(str), name="company")
    return pd.DataFrame(columns, index=companies).round(6) + 0.0


def coalition_rows(gains: xr.Dataset) -> pd.DataFrame:
    """A row a coalition: what it costs at least and as found, what it saves [EUR/a]."""
    names = ("coalition_alone", "coalition_cost", "coalition_bound", "worth", "worth_most")
    columns = {f"{name}_eur_per_a": gains[name].values for name in names}
    coalitions = pd.Index(gains["coalition"].values.astype(str), name="coalition")
    return pd.DataFrame(columns, index=coalitions).round(6) + 0.0


def _slug(text: str) -> str:
    """A column's name: signs of numbers and per cent in words, hyphens as spaces."""
    for sign, word in ((" +", " plus "), (" -", " minus "), ("%", "percent"), ("-", " ")):
        text = text.replace(sign, word)
    return "_".join(text.split()).lower()
