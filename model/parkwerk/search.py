"""How the best design is sought: what the command line asks for, and what Ctrl-C does to it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, TypeVar

import parkwerk
from parkwerk.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

    from parkwerk.report.stages import Stages
    from parkwerk.solve.optimise import Memory

#: File of an unfinished search in the folder of its results.
CHECKPOINT = "checkpoint.nc"

INTERRUPTED = "interrupted: finishing with the best design so far (Ctrl-C again to stop at once)"

Result = TypeVar("Result")


@dataclass(frozen=True)
class Search:
    """What is asked of a search; see :func:`parkwerk.optimise`.

    Raises
    ------
    InputError
        If the gap is no share or the time limit not positive.
    """

    gap: float
    time_limit: float | None = None
    jobs: int | None = None
    cluster: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.gap < 1:
            raise InputError(
                f"--gap: {self.gap:g}, expected a share of the cost above 0 and below 1, like 0.002"
            )
        if self.time_limit is not None and not self.time_limit > 0:
            raise InputError(f"--time-limit: {self.time_limit:g}, expected seconds above 0")

    def asked(self) -> dict[str, Any]:
        """As plain data, for the record."""
        return asdict(self)

    def prepare(self) -> None:
        """Begin what takes its time beside the reading of a study."""
        if self.jobs != 1 and self.cluster is None:
            from parkwerk.solve.workers.processes import ahead

            ahead()

    def processes(self, scenario: xr.Dataset) -> int | None:
        """How many processes work on a scenario: as many as asked for, or as are usual."""
        from parkwerk.solve.workers import usual_jobs

        if self.jobs is not None or self.cluster is not None:
            return self.jobs
        return usual_jobs(scenario.sizes["company"], scenario.sizes["time"])

    def run(
        self,
        scenario: xr.Dataset,
        stages: Stages,
        interrupt: Event,
        prefix: str = "",
        checkpoint: Path | None = None,
        memory: Memory | None = None,
    ) -> xr.Dataset:
        """Optimise, showing stages and bounds; Ctrl-C ends the search with its best design.

        ``interrupt`` is set by the first Ctrl-C.
        """
        return interruptible(
            lambda: self.seek(scenario, stages, interrupt, prefix, checkpoint, memory),
            interrupt,
            stages.say,
        )

    def seek(
        self,
        scenario: xr.Dataset,
        stages: Stages,
        interrupt: Event,
        prefix: str = "",
        checkpoint: Path | None = None,
        memory: Memory | None = None,
    ) -> xr.Dataset:
        """The same in a thread that is interruptible as a whole."""
        from parkwerk.solve.clock import Clock

        limit = inf if self.time_limit is None else self.time_limit
        return parkwerk.optimise(
            scenario,
            gap=self.gap,
            time_limit=limit,
            jobs=self.processes(scenario),
            cluster=self.cluster,
            checkpoint=checkpoint,
            clock=Clock(limit, interrupt=interrupt),
            progress=lambda stage: stages(prefix + stage),
            bounds=stages.bounds,
            memory=memory,
        )


def interruptible(work: Callable[[], Result], event: Event, say: Callable[[str], None]) -> Result:
    """Work in a thread, so that Ctrl-C is heard while the solver counts outside of Python.

    The first Ctrl-C sets the event and is told; the work is to end soon. The second is raised.
    """
    results: list[Result] = []
    errors: list[BaseException] = []
    done, told = Event(), event.is_set()

    def target() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)
        finally:
            done.set()

    def press(signum: int, frame: object) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()

    before = signal.signal(signal.SIGINT, press)
    try:
        Thread(target=target, daemon=True).start()
        while not done.is_set():
            done.wait(0.2)
            if event.is_set() and not told:
                told = True
                say(INTERRUPTED)
    finally:
        signal.signal(signal.SIGINT, before)
    if errors:
        raise errors[0]
    return results[0]


def make_way(checkpoint: Path, resume: bool, say: Callable[[str], None]) -> None:
    """Keep the checkpoint of an unfinished search to go on from, or begin anew without it."""
    if resume and checkpoint.is_file():
        say(f"going on from {checkpoint}")
    elif resume:
        say(f"{checkpoint}: there is no unfinished search to resume, so it begins anew")
    elif checkpoint.is_file():
        say(f"{checkpoint}: begun anew without --resume, the unfinished search is dropped")
        checkpoint.unlink()
