"""Solves the scenarios of a set: one after another here, or several at once elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING

import xarray as xr

import parkwerk
from parkwerk.commands import WRITING, write_found
from parkwerk.errors import ParkwerkError
from parkwerk.report.comparison import Found
from parkwerk.report.files import prepare_folder
from parkwerk.report.proof import bounds_text
from parkwerk.report.wording import duration, listed
from parkwerk.search import CHECKPOINT, Search
from parkwerk.sets.plan import Planned, Queue
from parkwerk.sets.work import Sought, StopFile, Task, going_on, solve

if TYPE_CHECKING:
    from parkwerk.report.stages import Stages
    from parkwerk.solve.optimise import Memory
    from parkwerk.solve.workers import Workers
    from parkwerk.study import Study

#: Searches one scenario: its name, itself, its checkpoint, what is known of companies alone.
Seek = Callable[[str, xr.Dataset, Path, "Memory"], Sought]


@dataclass
class SetRun:
    """A set at work. ``failed`` says of each scenario without an answer why."""

    study: Study
    root: Path
    search: Search
    stages: Stages
    queue: Queue
    stop: StopFile
    failed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._total, self._ended = len(self.queue.waiting), 0
        self._began, self._at_work = perf_counter(), list[str]()
        self._lock = Lock()

    @property
    def _alone(self) -> bool:
        return self.search.cluster is None and (self.search.jobs or 1) == 1

    def work(self) -> None:
        """Solve until nothing waits or somebody interrupts."""
        if self._alone:
            self._lane(self._here)
            return
        with self._crews() as crews, ThreadPoolExecutor(len(crews)) as lanes:
            list(lanes.map(lambda crew: self._lane(self._by(crew)), crews))

    @contextmanager
    def _crews(self) -> Iterator[list[Workers]]:
        """Who works side by side: processes of one each, or the workers of a cluster.

        Each scenario is solved by one of them alone: within a search two processes are only 1.5
        times as fast as one. A process that dies takes nothing with it but its own scenario.
        """
        from parkwerk.solve.workers import workers
        from parkwerk.solve.workers.cluster import Cluster
        from parkwerk.solve.workers.processes import Processes

        with ExitStack() as stack:
            if self.search.cluster is not None:
                crew = stack.enter_context(workers(self.search.jobs, self.search.cluster))
                yield [crew] * min(crew.size if isinstance(crew, Cluster) else 1, self._total)
            else:
                count = min(self.search.jobs or 1, self._total)
                yield [stack.enter_context(Processes(1)) for _ in range(count)]

    def _lane(self, seek: Seek) -> None:
        """One scenario after another; what one of them cannot do does not stop the others."""
        while not self.stop.is_set() and (taken := self.queue.take()) is not None:
            planned, memory = taken
            learnt: Memory = {}
            try:
                learnt = self._solve(planned, memory, seek)
            except ParkwerkError as error:
                self._fail(planned, " ".join(str(error).split()))
            except Exception as error:  # a defect; the others' hours of work are worth keeping
                self._fail(
                    planned,
                    f"unexpected {type(error).__name__}: {error} (`parkwerk run "
                    f"{self.study.folder} --scenario {planned.name}` shows where)",
                )
            self.queue.done(planned, learnt)

    def _solve(self, planned: Planned, memory: Memory, seek: Seek) -> Memory:
        """Search, write, tell."""
        name = planned.name
        with self._lock:
            self._at_work.append(name)
            if not self._alone:
                self.stages(f"at work: {listed(self._at_work)}")
            scenario = self.study.scenario(name)
            target = prepare_folder(self.root / name)
        began = perf_counter()
        sought = seek(name, scenario, target / CHECKPOINT, memory)
        with self._lock:
            self._write(name, scenario, sought, perf_counter() - began)
            attrs = sought.solution.attrs
            told = bounds_text(attrs["total_cost"], attrs["lower_bound"])
            self._end(name, told)
            if not self.stop.is_set():  # what is cut short answers nobody else
                for other in self.queue.namesakes(planned):
                    scenario = self.study.scenario(other.name)
                    solution = sought.solution.assign_attrs(scenario=other.name)
                    self._write(other.name, scenario, replace(sought, solution=solution), 0.0)
                    self._end(other.name, f"the same as {name}, {told}")
        return sought.memory

    def _write(self, name: str, scenario: xr.Dataset, sought: Sought, seconds: float) -> None:
        """All files of a scenario; an answer that another has found took no search."""
        found = Found(scenario, sought.solution, sought.verdict)
        stages = {"search": min(sought.seconds, seconds)}
        target = prepare_folder(self.root / name)
        write_found(self.study, found, target, seconds, stages, self.search)

    def _here(self, name: str, scenario: xr.Dataset, checkpoint: Path, memory: Memory) -> Sought:
        """In this process, with all its threads and all stages shown."""
        began, prefix = perf_counter(), f"{self._ended + 1}/{self._total} {name}: "
        solution = going_on(
            checkpoint,
            lambda: self.search.seek(scenario, self.stages, self.stop, prefix, checkpoint, memory),
        )
        self.stages(prefix + WRITING)
        verdict = parkwerk.assess(scenario, solution)
        return Sought(solution, verdict, memory, perf_counter() - began)

    def _by(self, crew: Workers) -> Seek:
        """By somebody else, who solves one at a time."""

        def seek(name: str, scenario: xr.Dataset, checkpoint: Path, memory: Memory) -> Sought:
            search = self.search
            task = Task(scenario, search.gap, search.time_limit, checkpoint, memory, self.stop.path)
            return crew.map(solve, [task])[0]

        return seek

    def _fail(self, planned: Planned, sentence: str) -> None:
        with self._lock:
            for each in (planned, *self.queue.namesakes(planned)):
                self.failed[each.name] = sentence
                self._end(each.name, f"failed: {sentence}")

    def _end(self, name: str, told: str) -> None:
        """Say how one of them ended, how many are done and how long the rest may take."""
        self._ended += 1
        self._at_work = [other for other in self._at_work if other != name]
        left = self._total - self._ended
        text = f"{name}: {told}; {self._ended} of {self._total} done"
        if left and not self.stop.is_set():
            each = (perf_counter() - self._began) / self._ended
            text += f", about {duration(each * left)} left"
        self.stages.say(text)
