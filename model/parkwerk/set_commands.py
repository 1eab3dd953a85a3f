"""What `parkwerk run --all` does: solve every scenario of a study, go on where it stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

import parkwerk
from parkwerk.errors import InputError, ParkwerkError
from parkwerk.search import Search, interruptible

if TYPE_CHECKING:
    import pandas as pd

    from parkwerk.sets.plan import Planned
    from parkwerk.study import Study

#: File of the table, and the one by which Ctrl-C reaches other processes.
TABLE, STOP = "set.csv", "set.stop"


def run_all(folder: Path, name: str | None, out: Path, search: Search) -> None:
    """Solve what is not solved yet of all scenarios and variants; write and tell one table.

    Raises
    ------
    ParkwerkError
        At the end, if some of them have no answer, naming them.
    """
    if name is not None:
        raise InputError(f"--scenario: {name!r} beside --all, expected one of the two")
    from rich.console import Console

    from parkwerk.solve.workers import check_jobs

    check_jobs(search.jobs)
    from parkwerk.report.files import prepare_folder
    from parkwerk.report.set_table import save_set, shown_set
    from parkwerk.report.stages import Stages
    from parkwerk.sets.plan import Queue, is_done, plan, record_of
    from parkwerk.sets.runner import SetRun
    from parkwerk.sets.work import StopFile

    with Stages(Console(stderr=True)) as stages:
        stages("reading the study")
        study = parkwerk.read_study(folder)
        stages(f"checking {len(study.names)} scenarios")
        planned = plan(study)
        root = prepare_folder(out / study.name)
        records = {each.name: record_of(root / each.name) for each in planned}
        waiting = [p for p in planned if not is_done(records[p.name], p, search.gap)]
        kept = len(planned) - len(waiting)
        if kept:
            stages.say(f"{kept} of {len(planned)} scenarios are solved already")
        (root / STOP).unlink(missing_ok=True)  # of a run that was killed
        stop = StopFile(root / STOP)
        run = SetRun(study, root, search, stages, Queue(waiting), stop)
        try:
            if waiting:
                interruptible(run.work, stop, stages.say)
        finally:
            stop.path.unlink(missing_ok=True)
        stages("reading all results")
        left_out = [each.name for each in run.queue.waiting]
        table = _table(study, planned, root, run.failed)
        save_set(table, root / TABLE)
    Console().print(shown_set(table))
    if left_out:
        typer.echo(
            f"Left out after the interrupt: {', '.join(left_out)}; the same command goes on."
        )
    for name, sentence in run.failed.items():
        typer.echo(f"{name}: {sentence}")
    typer.echo(f"Results: {root / TABLE}")
    if run.failed:
        raise ParkwerkError(f"no answer for {len(run.failed)} scenarios: {', '.join(run.failed)}")


def _table(
    study: Study, planned: list[Planned], root: Path, failed: dict[str, str]
) -> pd.DataFrame:
    """One row of each scenario, from what is on disk and of today's inputs."""
    from parkwerk.report.set_table import set_table
    from parkwerk.sets.plan import is_of, record_of

    found = {}
    for each in planned:
        record = record_of(root / each.name)
        found[each.name] = (record if is_of(record, each) else None, root / each.name)
    labels = {variant.name: variant.labels for variant in study.variants}
    return set_table(found, labels, failed)
