"""Two companies of the pilot with few choices: small enough for a notebook in a test."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml

PILOT = Path(__file__).parents[1] / "inputs" / "pilot"
COMPANIES = ["groupage", "metal"]
ROOFS = ["groupage-cold", "metal-hall"]
LINKS = [("groupage", "J1"), ("J1", "metal")]


def write_small_pilot(folder: Path) -> Path:
    """The cold store, the metal shop and the pipe between them, with yearly tariffs only."""
    folder.mkdir(parents=True)
    document = yaml.safe_load((PILOT / "study.yaml").read_text(encoding="utf-8"))
    document |= {"name": "small", "title": "Two companies of the pilot", "tariff_options": []}
    document["scenarios"] = {"law-2026": {"regime": "law-2026"}, "alone": {"regime": "alone"}}
    (folder / "study.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    tables = {name: _read(name) for name in ("companies", "roofs", "links")}
    companies, roofs, links = tables.values()
    pairs = pd.Series(list(zip(links["from"], links["to"], strict=True)), index=links.index)
    kept = {
        "companies": companies[companies["id"].isin(COMPANIES)],
        "roofs": roofs[roofs["id"].isin(ROOFS)],
        "links": links[pairs.isin(LINKS) & (links["carrier"] == "heat")],
    }
    for name, table in kept.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(PILOT / f"{name}.csv", comment="#", dtype=str, keep_default_na=False)
