"""How numbers and lists are written."""

from __future__ import annotations

import math
from collections.abc import Sequence

#: Names in a sentence before the rest is counted.
LONGEST_LIST = 8


def number(value: float, digits: int = 0) -> str:
    """``1,234``; a dash for what is not a number. Rounding leaves no minus sign on a zero."""
    if not math.isfinite(value):
        return "-"
    return f"{round(float(value), digits) + 0.0:,.{digits}f}"


def percent(share: float, digits: int = 0) -> str:
    """``25 %`` of a share of 0.25."""
    text = number(100 * share, digits)
    return text if text == "-" else f"{text} %"


def listed(items: Sequence[str]) -> str:
    """``a, b and c``; a long list ends with how many are left out."""
    shown = list(items)
    if len(shown) > LONGEST_LIST:
        shown = [*shown[: LONGEST_LIST - 1], f"{len(items) - LONGEST_LIST + 1} others"]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def duration(seconds: float) -> str:
    """``40 s``, ``25 min`` or ``2 h 10 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
