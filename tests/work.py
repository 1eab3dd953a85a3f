"""Tasks for tests of parallel work, and a cluster to run them on.

They stand in a file of their own because other processes must be able to import them.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil

from parkwerk.errors import InputError, SolveError
from parkwerk.netcdf import load
from parkwerk.sets.work import Sought, Task
from parkwerk.solve.clock import Clock
from parkwerk.solve.workers import Shared, processes

#: How the tests wait for another process, and how long at most [s].
GLANCE, PATIENCE = 0.01, 20.0


@dataclass(frozen=True)
class Weighing:
    """A task that reads shared data: ``Σ prices·weight``."""

    prices: Shared[npt.NDArray[np.float64]]
    weight: int


def weigh(task: Weighing) -> float:
    return float((task.prices.get() * task.weight).sum())


def slowly(task: Weighing) -> tuple[float, int]:
    """The same after a while, and in which process."""
    time.sleep(0.05)
    return weigh(task), os.getpid()


def refuse_odd(number: int) -> int:
    if number % 2:
        raise InputError(f"companies.csv: company {number} is odd")
    return number


class Costly:
    """Shared data that tells where it was unpacked: one line a time in a file."""

    def __init__(self, diary: Path) -> None:
        self.diary = diary

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        with self.diary.open("a") as file:
            file.write(f"{os.getpid()}\n")


def process_of(costly: Shared[Costly]) -> int:
    """Which process holds the data; not so quick that one process does all tasks."""
    costly.get()
    time.sleep(0.02)
    return os.getpid()


def values_read(_: int) -> int:
    """How many shared values this process keeps."""
    return len(processes._READ)


@dataclass(frozen=True)
class Fatal:
    """A task that kills its process if the marker is still there, and takes it away first."""

    marker: Path
    number: int


def die_once(task: Fatal) -> int:
    try:
        task.marker.unlink()
    except FileNotFoundError:
        return task.number**2
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("alive")


def die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sleep_long(diary: Path) -> None:
    """Say which process works here, then do nothing for a long time."""
    Path(diary, str(os.getpid())).touch()
    time.sleep(600)


@contextmanager
def two_workers() -> Iterator[Any]:
    """A Dask scheduler with two worker processes of one thread each on this machine.

    A worker that dies is started again, empty, as a cluster's batch system would do it.
    """
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster


@contextmanager
def one_killed(cluster: Any, finished: int) -> Iterator[list[int]]:
    """Meanwhile kill (SIGKILL) one worker of a cluster in the midst of a task.

    ``finished`` is how many results it must hold, shared data among them. The list holds the
    process killed.
    """
    killed: list[int] = []
    over = Event()

    def watch() -> None:
        while not over.wait(GLANCE):
            for state in list(cluster.scheduler.workers.values()):
                if state.processing and len(state.has_what) >= finished:
                    killed.append(cluster.workers[state.name].pid)
                    os.kill(killed[0], signal.SIGKILL)
                    return

    thread = Thread(target=watch)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def await_that(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true, after some patience."""
    for _ in range(int(PATIENCE / GLANCE)):
        if condition():
            return True
        time.sleep(GLANCE)
    return False


def ended(process: int) -> bool:
    """Whether a process has ended, be it that nobody has taken note."""
    try:
        return psutil.Process(process).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def answer(task: Task) -> Sought:
    """Stands in for the search of a scenario: the answer lies beside the results.

    Its seconds are the number of this process.
    """
    place, name = task.stop.parent, task.scenario.attrs["scenario"]
    if name == "gas-high":
        raise SolveError("no answer")
    solution = load(place / "solution.nc").assign_attrs(scenario=name)
    time.sleep(0.5)  # not so quick that one process does all
    return Sought(solution, load(place / "verdict.nc"), {}, float(os.getpid()))


def until_over(clock: Clock) -> str:
    """Works until the clock says that it is over, but not for ever."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        if clock.over():
            return "clock"
        time.sleep(0.05)
    return "patience"
