"""The progress display: what a log holds, what a terminal shows, how long stages took."""

from __future__ import annotations

import io
import time
from math import inf

from rich.console import Console

from parkwerk.report.stages import Stages


def shown(terminal: bool) -> str:
    """Two stages, the second with bounds that close."""
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=terminal, color_system=None)
    with Stages(console) as stages:
        stages("reading")
        stages("together")
        stages.bounds(1_000.0, -inf)
        stages.bounds(1_000.0, 990.0)
        stages.bounds(999.99, 989.99)
        stages.bounds(999.0, 998.0)
        stages.say("a word")
    return out.getvalue()


def test_stages_add_up() -> None:
    """A stage that comes twice counts both times; the one at work counts until now."""
    with Stages(Console(quiet=True)) as stages:
        stages("a")
        time.sleep(0.02)
        stages("b")
        stages("a")
        time.sleep(0.02)
    assert list(stages.seconds) == ["a", "b"]
    assert stages.seconds["a"] >= 0.04 > stages.seconds["b"]


def test_a_log_has_a_line_for_each_change_of_the_rounded_gap() -> None:
    """1,000 to 990 is 1.00 %, 999.99 to 989.99 still is, 999 to 998 is 0.10 %.

    If broken: a line for every call would be three lines of gaps, and a run of hours thousands.
    """
    lines = [
        line.split(" s ", 1)[1] for line in shown(terminal=False).splitlines() if " s " in line
    ]
    assert [line.strip() for line in lines] == [
        "reading",
        "together",
        "at most 1,000 EUR/a; nothing proven yet",
        "at most 1,000, at least 990 EUR/a: gap 1.00 %",
        "at most 999, at least 998 EUR/a: gap 0.10 %",
    ]


def test_a_terminal_ends_with_the_last_bounds() -> None:
    """One line below the stage holds the last pair of bounds, within the width of the terminal."""
    last = shown(terminal=True).split("a word")[-1].splitlines()
    bounds = [line for line in last if "at least" in line]
    assert bounds
    assert all("at most 999, at least 998 EUR/a: gap 0.10 %" in line for line in bounds)
    assert max(map(len, bounds)) <= 100  # of which some are marks of the terminal
