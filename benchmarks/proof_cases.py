"""What ``proof.py`` runs: studies, and the gap that each is asked for."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, dist
from pathlib import Path

INPUTS = Path(__file__).parent.parent / "inputs"
#: A study folder, written to a place that does not exist yet.
Study = Callable[[Path], Path]


@dataclass(frozen=True)
class Case:
    """A study, the gap asked for, and what was hoped for: a gap, seconds and memory [MB]."""

    title: str
    study: Study
    gap: float
    hoped: tuple[float, float, float] | None = None


def changed(**settings: object) -> Study:
    """The pilot with other settings in its ``study.yaml``, also where its scenario names them."""

    def write(place: Path) -> Path:
        shutil.copytree(INPUTS / "pilot", place)
        file = place / "study.yaml"
        text = file.read_text(encoding="utf-8")
        for key, value in settings.items():
            line = rf"^( *){key}: [^\s\[]+"  # a list is an axis of variants
            text, found = re.subn(line, rf"\g<1>{key}: {value}", text, flags=re.MULTILINE)
            if not found:
                raise ValueError(f"study.yaml has no line with {key}")
        file.write_text(text, encoding="utf-8")
        return place

    return write


def scaled(companies: int) -> Study:
    """A park drawn from the branch mix."""

    def write(place: Path) -> Path:
        from parkwerk.study.scale.folder import scale_study

        scale_study(INPUTS / "pilot", companies, 1, place)
        return place

    return write


def star(pipes: int) -> Study:
    """A drawn park in which one source could feed as many companies as there are pipes."""

    def write(place: Path) -> Path:
        scaled(pipes + 10)(place)
        with (place / "companies.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
        source = next(row for row in rows if float(row["refrigeration_kwh"] or 0) > 0)
        at = {row["id"]: (float(row["x_m"]), float(row["y_m"])) for row in rows}
        away = {name: ceil(dist(place, at[source["id"]])) for name, place in at.items()}
        others = [r["id"] for r in rows if float(r["heat_kwh"] or 0) > 0 and r is not source]
        lines = ["from,to,carrier,length_m,road_crossing_eur,source"]
        lines += [
            f"{source['id']},{other},heat,{away[other]},0,assumption: a star for the benchmark"
            for other in others[:pipes]
        ]
        (place / "links.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return place

    return write


CASES = {
    "pilot": Case("pilot, 8,760 hours", changed(), 0.002, (0.002, 45, 2000)),
    "quarter-hours": Case(
        "pilot, 35,040 quarter-hours", changed(step_hours=0.25), 0.005, (0.005, 240, 3000)
    ),
    "20": Case("20 companies, 8,760 hours", scaled(20), 0.003, (0.003, 300, 4000)),
    "120": Case("120 companies, 8,760 hours", scaled(120), 0.005, (0.005, 1800, 12000)),
    "8": Case("8 companies, 8,760 hours", scaled(8), 0.005),
    "alone": Case("pilot without any exchange", changed(regime="alone"), 0.002),
    "legacy": Case("pilot as an old customer system", changed(regime="legacy-system"), 0.005),
    "network": Case("pilot as a closed network", changed(regime="closed-network"), 0.005),
    "star": Case("30 candidate pipes around one source", star(30), 0.005),
    "week": Case("pilot, stores over a week", changed(period="week"), 0.002),
    "year": Case("pilot, stores over a year", changed(period="year"), 0.002),
}
#: Cases by companies, for the plot.
BY_COMPANIES = {"pilot": 4, "8": 8, "20": 20, "120": 120}
