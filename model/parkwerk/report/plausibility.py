"""What a person checks before an optimisation: each company's figures, as read."""

from __future__ import annotations

import pandas as pd
import xarray as xr
from rich import box
from rich.table import Table
from rich.text import Text

from parkwerk.assess.quantity import owned, ratio
from parkwerk.report.wording import number

#: Columns of the table: heading, quantity, decimals.
COLUMNS = (
    ("power\n[MWh/a]", "electricity_mwh", 0),
    ("peak\n[kW]", "peak_kw", 0),
    ("hours\n[h/a]", "full_load_hours", 0),
    ("heat\n[MWh/a]", "heat_mwh", 0),
    ("peak\n[kW]", "heat_peak_kw", 0),
    ("hours\n[h/a]", "heat_full_load_hours", 0),
    ("roofs\n[kW]", "roof_kw", 0),
    ("sun\n[h/a]", "pv_full_load_hours", 0),
)


def plausibility(scenario: xr.Dataset) -> pd.DataFrame:
    """Figures by company: yearly sums, peaks, and full-load hours = yearly energy / peak.

    `pv_full_load_hours` is the yield of full roofs [kWh/kW], `electricity_price_eur_per_kwh` what a
    kWh of the supplier costs on the mean of the company's demand, without fees and taxes.
    """
    hours = float(scenario.attrs["step_hours"])
    power, heat = scenario["electricity_demand"], scenario["heat_demand"]
    energy = power.sum("time") * hours
    owner = owned(scenario)
    roof = xr.dot(scenario["roof_limit"], owner, dim="roof")
    sun = xr.dot(
        scenario["pv_yield"].sum("time") * hours * scenario["roof_limit"], owner, dim="roof"
    )
    bought = (scenario["electricity_price"] * power).sum("time") * hours
    figures = {
        "electricity_mwh": energy / 1000,
        "peak_kw": power.max("time"),
        "full_load_hours": ratio(energy, power.max("time")),
        "heat_mwh": heat.sum("time") * hours / 1000,
        "heat_peak_kw": heat.max("time"),
        "heat_full_load_hours": ratio(heat.sum("time") * hours, heat.max("time")),
        "roof_kw": roof,
        "roof_duty_kw": xr.dot(scenario["roof_duty"], owner, dim="roof"),
        "pv_full_load_hours": ratio(sun, roof),
        "electricity_price_eur_per_kwh": ratio(bought, energy),
    }
    values = {name: array.transpose("company").values for name, array in figures.items()}
    table = pd.DataFrame(values, index=scenario["company"].values.astype(str))
    waste = scenario["waste_heat"].sum("time") * hours / 1000
    by_source = pd.Series(waste.values, index=scenario["heat_source"].values.astype(str))
    table["waste_heat_mwh"] = by_source.reindex(table.index).fillna(0.0)
    return table


def plausibility_table(figures: pd.DataFrame) -> Table:
    """The figures for the terminal."""
    table = Table(box=box.SIMPLE_HEAD)
    for i, heading in enumerate(["", *(heading for heading, _, _ in COLUMNS)]):
        table.add_column(Text(heading), justify="right" if i else "left")
    for name, row in figures.iterrows():
        table.add_row(Text(str(name)), *(number(row[key], digits) for _, key, digits in COLUMNS))
    return table


def remarks(figures: pd.DataFrame) -> list[str]:
    """What the table has no room for: duties, waste heat, prices."""
    lines = []
    for name, row in figures.iterrows():
        parts = [
            f"{name}: {number(100 * row['electricity_price_eur_per_kwh'], 1)} ct/kWh on average"
        ]
        if row["roof_duty_kw"] > 0:
            parts.append(f"at least {number(row['roof_duty_kw'])} kW of PV by law")
        if row["waste_heat_mwh"] > 0:
            parts.append(f"{number(row['waste_heat_mwh'])} MWh/a of waste heat")
        lines.append(", ".join(parts) + ".")
    return lines


def what_was_read(scenario: xr.Dataset) -> str:
    """Size and date of a scenario in one line."""
    sizes, of = scenario.sizes, scenario.attrs
    counts = [
        _count(sizes["time"], "step"),
        _count(sizes["company"], "company", "companies"),
        _count(sizes["roof"], "roof"),
        _count(sizes["heat_source"], "heat source"),
        _count(sizes["pipe"], "candidate pipe"),
    ]
    law = f"law of {of['law_date']}" if "law_date" in of else "no date of law"
    return f"{', '.join(counts)}; {law}"


def _count(many: int, one: str, several: str = "") -> str:
    return f"{number(many)} {one if many == 1 else several or one + 's'}"
