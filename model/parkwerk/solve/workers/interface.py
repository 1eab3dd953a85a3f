"""The interface of parallel work."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from parkwerk.solve.workers.shared import Result, Shared, T, Task


class Workers(ABC):
    """Runs one function over many tasks.

    A task's result may depend on nothing but the task and the shared values in it, so it is the
    same wherever it runs and however often: work that was lost with a worker is done again.
    """

    @abstractmethod
    def prepare(self, function: Callable[[], None]) -> None:
        """Say that work is coming, and what each new process is to do first, such as importing.

        Returns at once.
        """

    @abstractmethod
    def share(self, value: T) -> Shared[T]:
        """A handle to put into tasks in place of data that many of them read."""

    @abstractmethod
    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        """Results in the order of the tasks.

        ``function`` stands at the top level of a module; tasks and results can be pickled. An
        exception of a task is raised here as it is: of several, that of the first task.

        Raises
        ------
        SolveError
            If workers died too often or cannot be reached any more.
        """

    @abstractmethod
    def close(self) -> None:
        """End all processes that were started here and forget all shared values."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
