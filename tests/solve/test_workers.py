"""Parallel work gives the same results wherever it runs, also if a worker dies of it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Timer
from typing import Any

import numpy as np
import pytest

from parkwerk.errors import BillError, FormulationError, InputError, SolveError
from parkwerk.solve.alone import begin
from parkwerk.solve.assemble import Park
from parkwerk.solve.clock import Clock
from parkwerk.solve.periods import cut
from parkwerk.solve.workers import Shared, Workers, cluster, usual_jobs, workers
from parkwerk.solve.workers.processes import Processes
from toy import toy_park
from work import (
    PATIENCE,
    Costly,
    Fatal,
    Weighing,
    await_that,
    die,
    die_once,
    ended,
    one_killed,
    process_of,
    refuse_odd,
    slowly,
    two_workers,
    until_over,
    values_read,
    weigh,
)

SLEEPERS = """
import sys
from pathlib import Path
from parkwerk.solve.workers import workers
from work import sleep_long

if __name__ == "__main__":
    with workers({options}) as two:
        two.map(sleep_long, [Path(sys.argv[1])] * 2)
"""
PRICES = np.array([1.0, 2.0, 4.0])


@pytest.fixture(scope="module")
def dask() -> Iterator[Any]:
    """A Dask scheduler with two workers; each test leaves it two, be they new ones."""
    with two_workers() as running:
        yield running


@pytest.fixture(scope="module", params=["threads", "processes", "dask"])
def back_end(request: pytest.FixtureRequest) -> Iterator[Workers]:
    """Each of the three back ends in turn, two tasks at a time."""
    options: dict[str, Any] = {"jobs": 2} if request.param == "processes" else {}
    if request.param == "dask":
        options["cluster"] = request.getfixturevalue("dask").scheduler_address
    with workers(**options) as these:
        yield these


def test_same_results_in_the_order_of_the_tasks(back_end: Workers) -> None:
    """Prices 1 + 2 + 4 times the task's weight: 7, 14, ...; out of order, 14 came before 7."""
    prices = back_end.share(PRICES)
    tasks = [Weighing(prices, weight) for weight in range(1, 21)]
    assert back_end.map(weigh, tasks) == [7.0 * weight for weight in range(1, 21)]
    assert back_end.map(weigh, []) == []


def test_what_is_prepared_works_as_usual(back_end: Workers) -> None:
    """Processes that were told of coming work do it like others, also if they are told twice.
    If broken: the first tasks are lost behind the preparation, or run in other processes.
    """
    for _ in range(2):
        back_end.prepare(begin)
    prices = back_end.share(PRICES)
    assert back_end.map(weigh, [Weighing(prices, 2), Weighing(prices, 1)]) == [14.0, 7.0]


def test_processes_hear_of_an_interrupt() -> None:
    """Proves: tasks that look at their clocks end soon after somebody has interrupted, though the
    event itself does not travel. If broken: Ctrl-C waits for the longest search to end by itself.
    """
    interrupt = Event()
    Timer(3.0, interrupt.set).start()
    with workers(jobs=2, interrupt=interrupt) as two:
        ended_by = two.map(until_over, [Clock(), Clock(), Clock()])
    assert ended_by == ["clock"] * 3


def test_processes_are_usual_where_they_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four companies over a year each core gets one, but no more than there are companies; a
    park of ten days, one company and one core are worked on in this process.
    """
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(6)), raising=False)
    assert usual_jobs(companies=4, steps=8760) == 4
    assert usual_jobs(companies=20, steps=8760) == 6
    assert usual_jobs(companies=4, steps=240) is None
    assert usual_jobs(companies=1, steps=35040) is None
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0}, raising=False)
    assert usual_jobs(companies=4, steps=8760) is None


def test_each_round_may_share_new_data(back_end: Workers) -> None:
    """Old and new prices in one call: 7 and 70; a stale copy would give 7 twice."""
    old, new = back_end.share(PRICES), back_end.share(10 * PRICES)
    assert back_end.map(weigh, [Weighing(old, 1), Weighing(new, 1)]) == [7.0, 70.0]
    old.release()
    assert back_end.map(weigh, [Weighing(new, 2)]) == [140.0]
    with pytest.raises(RuntimeError, match="after its release"):
        back_end.map(weigh, [Weighing(old, 1)])


def test_an_exception_keeps_its_type_and_words(back_end: Workers) -> None:
    """Companies 1 and 3 are refused; the sentence named is that of 1, whichever was first."""
    with pytest.raises(InputError, match=r"^companies\.csv: company 1 is odd$"):
        back_end.map(refuse_odd, [0, 1, 2, 3])
    assert back_end.map(refuse_odd, [4]) == [4], "the workers are of use after a failure"


@pytest.mark.parametrize("kind", [InputError, FormulationError, BillError, SolveError])
def test_errors_travel(kind: type[Exception]) -> None:
    """What a task raises in another process arrives with its sentence."""
    copy = pickle.loads(pickle.dumps(kind("one sentence")))
    assert type(copy) is kind
    assert str(copy) == "one sentence"


def test_parks_travel() -> None:
    """A park stamped after a journey has the same numbers to the last bit, and its template too."""
    scenario = toy_park(companies=2, days=2)
    park = Park(scenario, cut(scenario))
    copy = pickle.loads(pickle.dumps(park))
    assert copy.scenario.identical(park.scenario)
    for actor, twin in zip(park.actors, copy.actors, strict=True):
        assert actor == twin
        (here,), (there,) = (p.stamps(a, a.menu[0]) for p, a in ((park, actor), (copy, twin)))
        moved = pickle.loads(pickle.dumps(here))
        for stamp in (there, moved):
            np.testing.assert_array_equal(stamp.theta, here.theta)
            np.testing.assert_array_equal(stamp.operation_cost, here.operation_cost)


class TestProcesses:
    def test_shared_data_travels_once_to_each_process(self, tmp_path: Path) -> None:
        """Twenty tasks in two processes unpack twice at most; without a memory twenty times."""
        diary = tmp_path / "diary"
        with workers(jobs=2) as two:
            costly = two.share(Costly(diary))
            used = set(two.map(process_of, [costly] * 20))
        assert sorted(map(int, diary.read_text().split())) == sorted(used)
        assert os.getpid() not in used

    def test_released_values_leave_disk_and_memory(self) -> None:
        """Two values, in one file and once in memory each: none after release of one and end of
        the other. Else a run would hold the prices of all its rounds."""
        with Processes(1) as one:
            folder = Path(one._folder.name)
            kept, passing = one.share(PRICES), one.share(PRICES)
            one.map(weigh, [Weighing(kept, 1), Weighing(passing, 1)])
            assert len(list(folder.iterdir())) == 2
            assert one.map(values_read, [0]) == [2]
            kept.release()
            del passing
            assert list(folder.iterdir()) == []
            assert one.map(values_read, [0]) == [0]
        assert not folder.exists()

    def test_a_killed_process_does_not_change_the_result(self, tmp_path: Path) -> None:
        """Squares 0, 1, 4, ... although the process of the first of these tasks was killed."""
        marker = tmp_path / "marker"
        marker.touch()
        with workers(jobs=2) as two:
            squares = two.map(die_once, [Fatal(marker, n) for n in range(6)])
        assert not marker.exists(), "nobody was killed"
        assert squares == [0, 1, 4, 9, 16, 25]

    def test_a_deadly_task_ends_in_one_sentence(self) -> None:
        """A task that kills every process is not tried for ever."""
        with workers(jobs=2) as two, pytest.raises(SolveError, match="died 3 times in a row"):
            two.map(die, [1])


@pytest.mark.parametrize("how", ["interrupt", "kill"])
@pytest.mark.parametrize("options", ["jobs=2", "jobs=2, cluster='local'"])
def test_no_process_is_left_behind(options: str, how: str, tmp_path: Path) -> None:
    """Two tasks of ten minutes end with the process that asked for them, however it ends.

    An interrupt (Ctrl-C in a terminal) goes to all of them, a kill to the first alone.
    """
    script = tmp_path / "script.py"
    script.write_text(SLEEPERS.format(options=options))
    diary, scratch = tmp_path / "diary", tmp_path / "scratch"
    diary.mkdir()
    scratch.mkdir()
    parent = subprocess.Popen(
        [sys.executable, script, diary],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert await_that(lambda: len(list(diary.iterdir())) == 2)
    if how == "interrupt":
        os.killpg(parent.pid, signal.SIGINT)
    else:
        parent.kill()
    _, words = parent.communicate(timeout=PATIENCE)
    for child in diary.iterdir():
        assert await_that(partial(ended, int(child.name)))
    assert words.count("Traceback") == (how == "interrupt"), "one interrupt, one trace"
    assert words.rstrip().endswith("KeyboardInterrupt") == (how == "interrupt")
    assert how == "kill" or not list(scratch.glob("parkwerk-*")), "no file is left either"


@pytest.mark.parametrize(("name", "expected"), [("t", "forkserver"), ("t" * 120, "spawn")])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot copy processes")
def test_without_room_for_a_socket_each_process_imports(name: str, expected: str) -> None:
    """Proves: where the folder for temporary files has too long a name for a socket, processes are
    no copies of one other, and still begin. If broken: `AF_UNIX path too long`, or a wait for ever.
    """
    asked = "from parkwerk.solve.workers.processes import ahead; print(ahead())"
    with TemporaryDirectory(dir="/tmp") as short:
        folder = Path(short, name)
        folder.mkdir()
        told = subprocess.run(
            [sys.executable, "-c", asked],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(folder)},
            capture_output=True,
            text=True,
            check=True,
        )
    assert told.stdout.strip() == expected


class TestDask:
    @pytest.fixture
    def two(self, dask: Any) -> Iterator[Workers]:
        with workers(cluster=dask.scheduler_address) as two:
            yield two

    def test_a_killed_worker_does_not_change_the_result(self, dask: Any, two: Workers) -> None:
        """Sixty tasks on two workers, one of which dies with the data and its results."""
        weights = range(1, 61)
        prices = two.share(PRICES)
        tasks = [Weighing(prices, weight) for weight in weights]
        with one_killed(dask, finished=5) as killed:
            results = two.map(slowly, tasks)
        assert len(killed) == 1, "nobody was killed"
        assert [result for result, _ in results] == [7.0 * weight for weight in weights]
        assert {process for _, process in results} - set(killed), "nobody took over"

    def test_data_that_no_worker_holds_are_made_again(self, dask: Any, two: Workers) -> None:
        """Both workers die between two rounds; what Dask had scattered would be lost."""
        prices = two.share(PRICES)
        before = two.map(slowly, [Weighing(prices, 1)] * 4)
        old = [nanny.pid for nanny in dask.workers.values()]
        for process in old:
            os.kill(process, signal.SIGKILL)
        after = two.map(slowly, [Weighing(prices, 1)] * 4)
        assert [value for value, _ in before + after] == [7.0] * 8
        assert not {process for _, process in after} & set(old)

    def test_released_values_leave_the_cluster(self, dask: Any, two: Workers) -> None:
        """The scheduler knows the value by its name, and after its release no more."""
        prices = two.share(PRICES)
        two.map(weigh, [Weighing(prices, 1)])

        def known() -> bool:
            return any(prices.name in key for key in list(dask.scheduler.tasks))

        assert known()
        prices.release()
        assert await_that(lambda: not known())

    def test_a_deadly_task_ends_in_one_sentence(
        self, dask: Any, two: Workers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Dask gives up a task that kills too many workers, here more than none."""
        monkeypatch.setattr(dask.scheduler, "allowed_failures", 0)
        with pytest.raises(SolveError, match=r"^a task ended 1 workers of the cluster at tcp"):
            two.map(die, [1])

    def test_another_version_is_refused(self) -> None:
        """Code that differs may compute another result: 7 from version 0.0."""
        with pytest.raises(SolveError, match=r"expected 0\.0 as here"):
            cluster._work("0.0", b"", ())

    def test_nobody_at_the_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The sentence names the option and what an address looks like."""
        monkeypatch.setattr(cluster, "PATIENCE", 0.5)
        for address in ("tcp://127.0.0.1:9", "nonsense"):
            with pytest.raises(InputError, match=r"^--cluster: no Dask scheduler answers at"):
                workers(cluster=address)


def test_options_that_do_not_fit() -> None:
    """Neither no task at once, nor a number of workers for a cluster that has its own."""
    with pytest.raises(InputError, match=r"^--jobs: 0 tasks at once, expected 1 or more$"):
        workers(jobs=0)
    with pytest.raises(InputError, match=r"^--jobs: 2 beside the cluster 'tcp://host:8786'"):
        workers(jobs=2, cluster="tcp://host:8786")


def test_a_handle_travels_in_tasks_only() -> None:
    """A handle inside a result would arrive without its value."""
    with pytest.raises(TypeError, match="travels in tasks"):
        pickle.dumps(Shared(PRICES))
