"""Parallel work through one interface: in this process, in local processes, on a Dask cluster."""

from __future__ import annotations

import os
from threading import Event

from parkwerk.errors import InputError
from parkwerk.solve.program import THREADS
from parkwerk.solve.workers.interface import Workers
from parkwerk.solve.workers.shared import Shared
from parkwerk.solve.workers.threads import Threads

__all__ = ["Shared", "Workers", "check_jobs", "usual_jobs", "workers"]

#: The name of a Dask cluster on this machine, in place of an address.
LOCAL = "local"
#: Companies times steps from which on processes pay: about two companies' years by the hour.
LARGE = 20_000


def check_jobs(jobs: int | None) -> None:
    """Refuse a number of tasks at once that is not positive."""
    if jobs is not None and jobs < 1:
        raise InputError(f"--jobs: {jobs} tasks at once, expected 1 or more")


def usual_jobs(companies: int, steps: int) -> int | None:
    """How many processes a search takes if nobody says: as many as there are cores, if it is large.

    Small searches end before processes have begun; there None means threads of this process.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    many = min(cores or 1, companies)
    return many if many > 1 and companies * steps >= LARGE else None


def workers(
    jobs: int | None = None, cluster: str | None = None, interrupt: Event | None = None
) -> Workers:
    """Whoever does the parallel work; use it in a ``with`` statement.

    Parameters
    ----------
    jobs
        How many tasks run at once on this machine: by default as many threads as programs are
        solved side by side; one thread for 1, so many processes for more.
    cluster
        The address of a Dask scheduler, or ``local`` for one on this machine with ``jobs`` workers
        (by default one for each core).
    interrupt
        What somebody sets who interrupts; processes of this machine are told.

    Raises
    ------
    InputError
        If ``jobs`` is not positive or says how large a cluster elsewhere is, nobody answers at the
        address, or Dask is not installed.
    """
    check_jobs(jobs)
    if cluster is not None:
        if jobs is not None and cluster != LOCAL:
            raise InputError(
                f"--jobs: {jobs} beside the cluster {cluster!r}, whose workers it has started; "
                f"expected --jobs alone or with --cluster {LOCAL}"
            )
        from parkwerk.solve.workers.cluster import Cluster

        return Cluster(None if cluster == LOCAL else cluster, jobs)
    if jobs is not None and jobs > 1:
        from parkwerk.solve.workers.processes import Processes

        return Processes(jobs, interrupt)
    return Threads(jobs or THREADS)
