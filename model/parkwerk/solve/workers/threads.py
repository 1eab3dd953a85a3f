"""Parallel work in this process: HiGHS runs outside Python's lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from parkwerk.solve.workers.interface import Workers
from parkwerk.solve.workers.shared import Result, Shared, T, Task


class Threads(Workers):
    """Runs tasks in threads; nothing travels."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads)

    def prepare(self, function: Callable[[], None]) -> None:
        """Nothing: threads have what this process has imported."""

    def share(self, value: T) -> Shared[T]:
        return Shared(value)

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        return list(self._pool.map(function, tasks))

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
