"""Parallel work in processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

from parkwerk.errors import SolveError
from parkwerk.solve.clock import listen
from parkwerk.solve.workers.interface import Workers
from parkwerk.solve.workers.shared import Result, Shared, T, Task, pack, run

#: How often tasks are begun before their processes are held to die of them.
ATTEMPTS = 3
#: The file that tells processes of an interrupt, and how often it is looked for one [s].
INTERRUPTED, PULSE = "interrupted", 0.2
#: How processes start as copies of one that has imported this module, and with it what is needed.
COPIED, SEARCH = "forkserver", "parkwerk.solve.alone"


def ahead() -> str:
    """Begin the process that others are copies of, if there is none; returns at once.

    Returns how processes are to start. Not every system can copy, and none where the name of the
    folder for temporary files is too long for a socket; there each process imports for itself.
    """
    if COPIED in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver

        with suppress(OSError):
            multiprocessing.get_context(COPIED).set_forkserver_preload([__name__, SEARCH])
            forkserver.ensure_running()
            return COPIED
    return "spawn"


class Processes(Workers):
    """Runs tasks in processes that start when they are first needed.

    A shared value is a file in a temporary folder; each process reads it once. When somebody
    interrupts, another file there says so, and clocks in the processes hear of it.
    """

    def __init__(self, jobs: int, interrupt: Event | None = None) -> None:
        self._jobs, self._interrupt = jobs, interrupt or Event()
        self._folder = TemporaryDirectory(prefix="parkwerk-")
        self._pool: _Pool | None = None

    def prepare(self, function: Callable[[], None]) -> None:
        if self._pool is None:
            self._pool = _Pool(self._jobs)
            # A process is begun only when all that it is to have is imported.
            Thread(target=self._pool.begin, args=(self._jobs, function), daemon=True).start()

    def share(self, value: T) -> Shared[T]:
        shared = Shared(value, self._forget)
        with Path(self._folder.name, shared.name).open("wb") as file:
            pickle.dump(value, file, protocol=pickle.HIGHEST_PROTOCOL)
        return shared

    def _forget(self, name: str) -> None:
        """Processes drop what they read from a file when they see that it is gone."""
        Path(self._folder.name, name).unlink(missing_ok=True)

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        waiting = {i: pack(function, task).content for i, task in enumerate(tasks)}
        results: dict[int, Result] = {}
        for _ in range(ATTEMPTS):
            try:
                results |= self._attempt(waiting)
            except BaseException:
                self._stop()  # the others' work is of no use, nor may an interrupt wait for it
                raise
            waiting = {i: content for i, content in waiting.items() if i not in results}
            if not waiting:
                return [results[i] for i in range(len(tasks))]
            self._stop()
        raise SolveError(
            f"processes died {ATTEMPTS} times in a row, with {len(waiting)} of {len(tasks)} tasks "
            "left: give them more memory or use fewer (--jobs), and keep a script's own lines "
            'behind `if __name__ == "__main__":`'
        )

    def _attempt(self, waiting: dict[int, bytes]) -> dict[int, Any]:
        """Results as far as the processes live."""
        if self._pool is None:
            self._pool = _Pool(self._jobs)
        futures, results = {}, {}
        with suppress(BrokenProcessPool):
            for i, content in waiting.items():
                futures[i] = self._pool.executor.submit(_work, self._folder.name, content)
        self._attend(futures.values())
        for i, future in futures.items():
            with suppress(BrokenProcessPool):
                results[i] = future.result()
        return results

    def _attend(self, futures: Collection[Future[Any]]) -> None:
        """Wait until all are done or one has failed, and tell the processes of an interrupt."""
        open_ = set(futures)
        while open_ and not self._interrupt.is_set():
            done, open_ = wait(open_, PULSE, FIRST_EXCEPTION)
            if any(future.exception() for future in done):
                return
        if open_:
            Path(self._folder.name, INTERRUPTED).touch()

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.stop()
            self._pool = None

    def close(self) -> None:
        if self._pool is not None:
            self._pool.executor.shutdown()  # idle by now, so they can leave in good order
        self._stop()
        self._folder.cleanup()


class _Pool:
    """Processes that live as long as the writing end of a pipe is open here.

    So they end at once when told to, and also when this process is killed. Where the system can,
    they are copies of one process that has imported the modules they need and done nothing else.
    """

    def __init__(self, jobs: int) -> None:
        # A fork of this process would copy locks that its threads hold.
        context = multiprocessing.get_context(ahead())
        lifeline, self._held = context.Pipe(duplex=False)
        self.executor = ProcessPoolExecutor(jobs, context, _begin, (lifeline,))

    def begin(self, jobs: int, function: Callable[[], None]) -> None:
        """Begin the processes with a first task; nobody needs them who has stopped them."""
        with suppress(RuntimeError):
            for _ in range(jobs):
                self.executor.submit(function)

    def stop(self) -> None:
        self._held.close()
        self.executor.shutdown(cancel_futures=True)


def _begin(lifeline: Connection) -> None:
    """In a new process."""
    # Ctrl-C reaches all processes of a terminal; the first one decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_follow, args=(lifeline,), daemon=True).start()


def _follow(lifeline: Connection) -> None:
    with suppress(EOFError, OSError):
        lifeline.recv_bytes()
    os._exit(1)


#: Shared values that this process has read, by file.
_READ: dict[Path, Any] = {}


def _work(folder: str, content: bytes) -> Any:
    listen(Path(folder, INTERRUPTED))
    for path in [path for path in _READ if not path.exists()]:
        del _READ[path]
    return run(content, lambda name: _read(Path(folder, name)))


def _read(path: Path) -> Any:
    if path not in _READ:
        with path.open("rb") as file:
            _READ[path] = pickle.load(file)
    return _READ[path]
