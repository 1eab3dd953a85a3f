"""The search of one scenario of a set, wherever it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

import xarray as xr

import parkwerk
from parkwerk.errors import CheckpointError
from parkwerk.solve.clock import Clock

if TYPE_CHECKING:
    from parkwerk.solve.optimise import Memory

Result = TypeVar("Result")


class StopFile(Event):
    """An interrupt that other processes hear of: it is set where its file is."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def set(self) -> None:
        super().set()
        self.path.touch()

    def is_set(self) -> bool:
        return super().is_set() or self.path.exists()


@dataclass(frozen=True)
class Task:
    """A scenario to be solved in one process; ``stop`` is the path of a :class:`StopFile`."""

    scenario: xr.Dataset
    gap: float
    time_limit: float | None
    checkpoint: Path
    memory: Memory
    stop: Path


@dataclass(frozen=True)
class Sought:
    """What a search has found, what it knows of the companies alone, and its seconds."""

    solution: xr.Dataset
    verdict: xr.Dataset
    memory: Memory
    seconds: float


def solve(task: Task) -> Sought:
    """Search in this process alone, for others are at work beside it."""
    began = perf_counter()
    memory = dict(task.memory)
    # A worker elsewhere may see neither folder: then it keeps no checkpoint and hears no Ctrl-C.
    checkpoint = task.checkpoint if task.checkpoint.parent.is_dir() else None
    clock = Clock(
        inf if task.time_limit is None else task.time_limit, interrupt=StopFile(task.stop)
    )
    solution = going_on(
        checkpoint,
        lambda: parkwerk.optimise(
            task.scenario, gap=task.gap, jobs=1, checkpoint=checkpoint, clock=clock, memory=memory
        ),
    )
    verdict = parkwerk.assess(task.scenario, solution)
    return Sought(solution, verdict, memory, perf_counter() - began)


def going_on(checkpoint: Path | None, search: Callable[[], Result]) -> Result:
    """Search from the checkpoint, or without it if it is of inputs that have changed since."""
    try:
        return search()
    except CheckpointError:
        if checkpoint is not None:
            checkpoint.unlink()
        return search()
