"""A small study folder that tests write, bend and read."""

from __future__ import annotations

import copy
import csv
from pathlib import Path
from typing import Any

import yaml

from parkwerk.study.reader import TABLES

PILOT = Path(__file__).parents[2] / "inputs" / "pilot"

SETTINGS: dict[str, Any] = {
    "name": "small",
    "title": "A small study",
    "law_date": "2026-07-01",
    "year": 2025,
    "regime": "alone",
    "default_scenario": "base",
    "scenarios": {"base": {}},
    "prices": {
        "price_sheet": {"value": "stadtwerke-malchow-2025", "source": "S23"},
        "spot": {"source": "assumption: a year of statistics"},
        "solar_market_value": "0.045 EUR/kWh | assumption",
        "gas": "0.0675 EUR/kWh | assumption",
        "gas_carbon_price": "55 EUR/t | assumption",
    },
}

COMPANY = {
    "id": "works",
    "x_m": "0",
    "y_m": "0",
    "voltage_level": "MV",
    "connection_kw": "500",
    "electricity_kwh": "1000000",
    "peak_kw": "300",
    "load_profile": "g3",
    "refrigeration_kwh": "",
    "heat_kwh": "",
    "heat_profile": "",
    "supply": "spot",
    "margin_eur_per_kwh": "0.005",
    "fixed_price_eur_per_kwh": "",
    "sme": "no",
    "manufacturing": "no",
    "source": "assumption: a test",
}

COLD = COMPANY | {"id": "cold", "x_m": "200", "refrigeration_kwh": "400000", "load_profile": "g3"}

WARM = COMPANY | {
    "id": "warm",
    "y_m": "100",
    "heat_kwh": "500000",
    "heat_profile": "GHD",
    "supply": "fixed",
    "margin_eur_per_kwh": "",
    "fixed_price_eur_per_kwh": "0.1",
}

ROOF = {
    "id": "hall",
    "company": "works",
    "area_m2": "1000",
    "tilt_deg": "10",
    "azimuth_deg": "90",
    "mounting": "two_way",
    "usable_share": "0.5",
    "flat": "yes",
    "new": "no",
    "renewed": "no",
    "source": "assumption: a test",
}

LINK = {"from": "cold", "to": "warm", "length_m": "200", "source": "assumption: a test"}

Rows = list[dict[str, str]]


def settings(**changes: Any) -> dict[str, Any]:
    """The settings of the small study with some fields replaced."""
    return copy.deepcopy(SETTINGS) | changes


def write_table(path: Path, rows: Rows) -> None:
    """Write rows as CSV with the columns of all rows."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def write_study(
    folder: Path,
    companies: Rows,
    roofs: Rows | None = None,
    links: Rows | None = None,
    document: dict[str, Any] | None = None,
) -> Path:
    """Write a study folder; tables that are not given have only their column names."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.yaml").write_text(yaml.safe_dump(document or settings()), encoding="utf-8")
    for name, rows in (("companies", companies), ("roofs", roofs), ("links", links)):
        path = folder / f"{name}.csv"
        if rows:
            write_table(path, rows)
        else:
            columns = next(table.columns for table in TABLES if table.name == name)
            path.write_text(",".join(columns) + "\n", encoding="utf-8")
    return folder
