"""Files of a comparison: three tables, a text, a picture, and a record written last."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from parkwerk.report.comparison import Comparison
from parkwerk.report.comparison_picture import save_comparison_picture
from parkwerk.report.comparison_table import comparison_tables, comparison_text
from parkwerk.report.files import writing
from parkwerk.report.run_record import peak_mb, save_record, versions

#: Columns of the text file.
WIDTH = 100


def save_comparison(comparison: Comparison, folder: Path) -> None:
    """Write all but the record.

    Raises
    ------
    InputError
        When the folder cannot be written to.
    """
    tables = {
        "regimes": comparison.regimes,
        "companies": comparison.companies,
        "charges": comparison.charges.round(6),
    }
    for name, table in tables.items():
        with writing(folder / f"{name}.csv") as draft:
            table.to_csv(draft)
    with (
        writing(folder / "comparison.txt") as draft,
        draft.open("w", encoding="utf-8") as file,
    ):
        tell_comparison(comparison, Console(file=file, width=WIDTH, color_system=None))
    save_comparison_picture(comparison, folder)


def tell_comparison(comparison: Comparison, console: Console) -> None:
    """Tables, then what they leave unsaid."""
    for table in comparison_tables(comparison):
        console.print(table)
    for paragraph in comparison_text(comparison):
        console.print(paragraph, markup=False, highlight=False)
        console.print()


def save_comparison_record(
    comparison: Comparison,
    path: Path,
    *,
    study: str,
    scenario: str,
    inputs: Mapping[str, str],
    wall_s: float,
    stages_s: Mapping[str, float],
    search: Mapping[str, Any],
    left_out: Sequence[str] = (),
) -> Path:
    """`run.json` of a comparison: what it was given, each regime's costs, what it took.

    ``left_out`` are the regimes that an interrupt left unsolved.
    """
    regimes = comparison.regimes.reset_index().to_dict("records")
    record = {
        "study": study,
        "scenario": scenario,
        "regimes": [{str(name): _plain(value) for name, value in row.items()} for row in regimes],
        "left_out": list(left_out),
        "search": dict(search),
        "wall_s": round(wall_s, 2),
        "stages_s": {stage: round(seconds, 2) for stage, seconds in stages_s.items()},
        "peak_mb": peak_mb(),
        "versions": versions(),
        "inputs": dict(inputs),
    }
    return save_record(record, path)


def _plain(value: Any) -> Any:
    """A value that JSON knows: null for what is no number."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.item() if hasattr(value, "item") else value
