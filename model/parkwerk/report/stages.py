"""A progress display: the stage at work with a running clock, the finished ones with their time."""

from __future__ import annotations

from math import inf
from time import perf_counter
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.text import Text


class _Seconds(ProgressColumn):
    """Seconds that a stage has taken."""

    def render(self, task: Task) -> Text:
        seconds = task.finished_time if task.finished else task.elapsed
        return Text(f"{seconds or 0.0:6.1f} s", style="dim")


class Stages:
    """Call it with a sentence when a stage begins; `seconds` says how long each took.

    Where the console is no terminal, the list is written once, at the end.
    """

    def __init__(self, console: Console) -> None:
        columns = (
            SpinnerColumn("line", finished_text="ok"),
            _Seconds(),
            TextColumn("{task.description}", markup=False),
        )
        self._progress = Progress(*columns, console=console)
        self._spans: list[tuple[str, float, float]] = []

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
        self._finish()
        self._spans.append((sentence, perf_counter(), inf))
        self._progress.add_task(sentence, total=1)

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
        self._progress.update(self._progress.tasks[-1].id, completed=1)
