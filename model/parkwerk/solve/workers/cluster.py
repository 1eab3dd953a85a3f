"""Parallel work on a Dask cluster: a scheduler somewhere, workers that come and go."""

from __future__ import annotations

import logging
import pickle
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from typing import Any

from parkwerk import __version__
from parkwerk.errors import InputError, SolveError
from parkwerk.solve.workers.interface import Workers
from parkwerk.solve.workers.shared import Result, Shared, T, Task, pack, run

#: Seconds to look for a scheduler.
PATIENCE = 30


class Cluster(Workers):
    """Runs tasks on the workers of a Dask scheduler.

    A shared value is itself the result of a task, whose bytes the scheduler keeps. A worker that
    needs it gets it from another one, and if the last that had it is gone it is made again. (What
    is scattered is lost with its worker.)
    """

    def __init__(self, address: str | None, jobs: int | None) -> None:
        try:
            import dask
            from distributed import Client, LocalCluster
        except ImportError as error:
            raise InputError(
                "--cluster needs Dask, which is not installed: pip install 'parkwerk[cluster]'"
            ) from error
        self._own: Any = None
        if address is None:
            self._own = LocalCluster(
                n_workers=jobs,
                threads_per_worker=1,
                processes=True,
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
                preload=__name__,
            )
        self._address = address or self._own.scheduler_address
        try:
            self._client: Any = Client(self._address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise InputError(
                f"--cluster: no Dask scheduler answers at {address!r}, expected an address like "
                "tcp://host:8786"
            ) from error
        # A lost connection is said once, by our own error.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        self._settings = dask.config.set
        self._held: dict[str, Any] = {}

    @property
    def size(self) -> int:
        """How many tasks the workers that are there now do at once; 1 if there is none yet."""
        return max(1, int(sum(self._client.nthreads().values())))

    def prepare(self, function: Callable[[], None]) -> None:
        """Nothing: workers of a cluster are there already."""

    def share(self, value: T) -> Shared[T]:
        shared = Shared(value, self._forget)
        content = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
        # Dask warns of large data in its graph, where ours must be to survive.
        with self._settings({"distributed.admin.large-graph-warning-threshold": "1TB"}):
            self._held[shared.name] = self._client.submit(
                pickle.loads, content, key=f"parkwerk-share-{shared.name}"
            )
        return shared

    def _forget(self, name: str) -> None:
        self._held.pop(name, None)

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        from distributed import KilledWorker

        futures = []
        try:
            for task in tasks:
                content, names = pack(function, task)
                values = [self._held[name] for name in names]
                futures.append(
                    self._client.submit(_work, __version__, content, names, *values, pure=False)
                )
            return [future.result() for future in futures]
        except BaseException as error:
            self._client.cancel(futures)
            if isinstance(error, KilledWorker):
                raise SolveError(
                    f"a task ended {error.allowed_failures + 1} workers of the cluster at "
                    f"{self._address}: give them more memory, their logs say more"
                ) from error
            if isinstance(error, CancelledError):
                raise SolveError(
                    f"the connection to the cluster at {self._address} was lost: see whether its "
                    "scheduler still runs"
                ) from error
            raise

    def close(self) -> None:
        self._held.clear()
        self._client.close()
        if self._own is not None:
            self._own.close()


def dask_setup(_: Any) -> None:
    """Dask calls this in each new worker that was started here; the name is Dask's."""
    # Ctrl-C reaches all processes of a terminal; the first one decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _work(version: str, content: bytes, names: tuple[str, ...], *values: Any) -> Any:
    if version != __version__:
        raise SolveError(
            f"a worker of the cluster has parkwerk {__version__}, expected {version} as here"
        )
    return run(content, dict(zip(names, values, strict=True)).__getitem__)
