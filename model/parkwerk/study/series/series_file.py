"""CSV files with one time series: the columns `time` and a value."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from parkwerk.errors import InputError
from parkwerk.study.series.calendar import Floats


@dataclass(frozen=True)
class Series:
    """What a file holds, unconverted: times as text, values, and the row of each in the file."""

    label: str
    times: list[str]
    values: Floats
    rows: list[int]

    def refuse(self, place: int, problem: str) -> InputError:
        """The error that names the row of the value at `place`."""
        return InputError(f"{self.label}, row {self.rows[place]}: {problem}")


def read_series(path: Path | str, column: str, company: str = "") -> Series:
    """Read a CSV file with the header `time,<column>`; lines that begin with # are comments.

    Raises
    ------
    InputError
        Naming the file, the company and the row, when the file is missing, uses another
        separator, another header or a decimal comma, or has a field that is no finite number.
    """
    path = Path(path)
    label = f"{path} (company {company})" if company else str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{label}: the file cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{label}: the file is not text in UTF-8") from error
    lines = [
        (row, line)
        for row, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    header = ["time", column]
    if not lines or [field.strip() for field in lines[0][1].split(",")] != header:
        found = lines[0][1] if lines else "nothing"
        raise InputError(
            f"{label}: the header must read `time,{column}` with a comma between the columns, "
            f"found `{found}`"
        )
    rows = [row for row, _ in lines[1:]]
    fields = list(csv.reader(line for _, line in lines[1:]))
    for row, record in zip(rows, fields, strict=True):
        if len(record) != 2:
            raise InputError(
                f"{label}, row {row}: {len(record)} fields, expected 2 (`time,{column}`, with a "
                "point as decimal sign)"
            )
    values = np.array([_number(record[1]) for record in fields])
    if not np.isfinite(values).all():
        place = int(np.argmin(np.isfinite(values)))
        raise InputError(
            f"{label}, row {rows[place]}: {column} is `{fields[place][1]}`, expected a number "
            "with a point as decimal sign"
        )
    return Series(label, [record[0] for record in fields], values, rows)


def parse_times(series: Series) -> pd.DatetimeIndex:
    """Times of a series without time zone.

    Raises
    ------
    InputError
        Naming the first row whose time is not written as 2025-01-31 13:00 or carries an offset.
    """
    offset = [place for place, time in enumerate(series.times) if has_offset(time)]
    if offset:
        raise series.refuse(
            offset[0], f"the time `{series.times[offset[0]]}` carries an offset, expected none"
        )
    times = pd.to_datetime(pd.Series(series.times), format="ISO8601", errors="coerce")
    if times.isna().any():
        raise unreadable_time(series, int(times.isna().argmax()))
    return pd.DatetimeIndex(times).as_unit("ns")


def unreadable_time(series: Series, place: int) -> InputError:
    """The error for a time that cannot be read."""
    return series.refuse(
        place, f"the time is `{series.times[place]}`, expected for example 2025-01-31 13:00"
    )


def has_offset(time: str) -> bool:
    """True for 2025-01-31T13:00Z and 2025-01-31 13:00+01:00."""
    clock = time.strip()[10:]
    return clock.endswith("Z") or "+" in clock or "-" in clock


def leap_day(times: pd.DatetimeIndex) -> np.ndarray:
    """True on 29 February, the day that a ``Calendar`` leaves out."""
    return np.asarray((times.month == 2) & (times.day == 29))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
