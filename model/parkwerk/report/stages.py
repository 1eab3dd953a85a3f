"""A progress display: the stage at work with a running clock, the finished ones with their time.

On a terminal all of it moves; a log has a line for each event, with the seconds since the start.
"""

from __future__ import annotations

from math import inf
from threading import Lock
from time import perf_counter
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.text import Text

from parkwerk.report.proof import bounds_text, relative_gap
from parkwerk.report.wording import percent


class _Seconds(ProgressColumn):
    """Seconds that a stage has taken."""

    def render(self, task: Task) -> Text:
        seconds = task.finished_time if task.finished else task.elapsed
        return Text(f"{seconds or 0.0:6.1f} s", style="dim")


class Stages:
    """Call it with a sentence when a stage begins; `seconds` says how long each took."""

    def __init__(self, console: Console) -> None:
        columns = (
            SpinnerColumn("line", finished_text="ok"),
            _Seconds(),
            TextColumn("{task.description}", markup=False),
        )
        self._console, self._live = console, console.is_terminal
        self._progress = Progress(*columns, console=console, disable=not self._live)
        self._spans: list[tuple[str, float, float]] = []
        self._tasks: list[TaskID] = []
        self._bounds: tuple[TaskID, str] | None = None
        self._began, self._lock = perf_counter(), Lock()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._finish()
        self._progress.stop()

    def __call__(self, sentence: str) -> None:
        """Begin a stage; the one before it is done."""
        with self._lock:
            self._finish()
            self._spans.append((sentence, perf_counter(), inf))
            self._tasks.append(self._progress.add_task(sentence, total=1))
            self._log(sentence)

    def bounds(self, upper: float, lower: float) -> None:
        """Show both bounds [EUR/a] below the stage at work, until it is done.

        A log has a line whenever the gap, rounded to 0.01 %, is another.
        """
        gap, text = percent(relative_gap(upper, lower), 2), bounds_text(upper, lower)
        with self._lock:
            if self._bounds is None:
                self._bounds = self._progress.add_task(text, total=1), ""
            task, told = self._bounds
            self._progress.update(task, description=text)
            if gap != told:
                self._log(f"  {text}")
            self._bounds = task, gap

    def say(self, sentence: str) -> None:
        """Write a sentence at once, above all that moves."""
        self._console.print(sentence, markup=False, highlight=False, soft_wrap=True)

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds of each stage until its end, or until now; a stage that comes again adds up."""
        now, total = perf_counter(), dict[str, float]()
        for name, began, ended in self._spans:
            total[name] = total.get(name, 0.0) + min(ended, now) - began
        return total

    def _finish(self) -> None:
        if not self._spans or self._spans[-1][2] < inf:
            return
        name, began, _ = self._spans[-1]
        self._spans[-1] = (name, began, perf_counter())
        if self._bounds is not None:
            self._progress.update(self._bounds[0], completed=1)
            self._bounds = None
        self._progress.update(self._tasks[-1], completed=1)

    def _log(self, text: str) -> None:
        if not self._live:
            self.say(f"{perf_counter() - self._began:8.1f} s {text}")
