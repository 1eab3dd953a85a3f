"""What the commands about gains do: divide the gain, write a company's own sheet."""

from __future__ import annotations

import json
from math import inf
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING

import typer

import parkwerk
from parkwerk.commands import WRITING, assess_found, write_found
from parkwerk.errors import InputError
from parkwerk.search import CHECKPOINT, Search, interruptible, make_way

if TYPE_CHECKING:
    import xarray as xr

    from parkwerk.report.stages import Stages
    from parkwerk.study import Study


#: The file of what each size brings and costs.
WHY = "why.nc"


def gain(
    folder: Path, name: str | None, out: Path, search: Search, rule: str | None, samples: int
) -> None:
    """Solve a scenario, or take up its results; value coalitions; divide; write and tell."""
    began = perf_counter()
    from rich.console import Console

    from parkwerk.gain.shares import check_rule
    from parkwerk.report.files import prepare_folder
    from parkwerk.report.gain_files import save_gains, tell_gains
    from parkwerk.report.stages import Stages
    from parkwerk.report.why import why_text
    from parkwerk.solve.marginal import marginals

    with Stages(Console(stderr=True)) as stages:
        stages("reading the study")
        study = parkwerk.read_study(folder)
        name = name or study.settings.default_scenario
        scenario = study.scenario(name)
        check_rule(rule, scenario.sizes["company"])
        target = prepare_folder(out / study.name / name)
        interrupt = Event()
        kept = _kept(study, target, search)
        if kept is None:
            make_way(target / CHECKPOINT, False, stages.say)
            solution = search.run(scenario, stages, interrupt, checkpoint=target / CHECKPOINT)
        else:
            stages.say(f"{target}: of the same inputs, so its design is taken up")
            solution = kept
        gains, better = _gains(scenario, solution, search, stages, interrupt, rule, samples)
        stages("why each size is what it is")
        why = marginals(scenario, better)
        stages(WRITING)
        found = assess_found(scenario, better)
        if better is not kept:
            wall_s = perf_counter() - began
            write_found(study, found, target, wall_s, stages.seconds, search)
        words = why_text(why)
        parkwerk.save(why, target / WHY)
        save_gains(gains, found.verdict, words, target)
    if better is not solution:
        saved = solution.attrs["total_cost"] - better.attrs["total_cost"]
        typer.echo(
            f"The coalitions have found a design for all that costs {saved:,.0f} EUR/a less; the "
            "results of the search are replaced by it."
        )
    tell_gains(gains, found.verdict, words, Console())
    typer.echo(f"Results: {target}")


def sheet(company: str, folder: Path, name: str | None, out: Path) -> None:
    """Tell what one company has to know, from results that were written, and write it down."""
    from rich.console import Console

    from parkwerk.report.files import writing
    from parkwerk.report.gain_files import GAIN, WIDTH, load_gains
    from parkwerk.report.sheet import tell_sheet

    study = parkwerk.read_study(folder)
    name = name or study.settings.default_scenario
    target = out / study.name / name
    if not (target / GAIN).is_file():
        raise InputError(
            f"{target / GAIN}: not there, expected the gains of {name}; "
            f"`parkwerk gain {folder} --scenario {name}` writes them"
        )
    gains = load_gains(target)
    known = [str(each) for each in gains["company"].values]
    if company not in known:
        raise InputError(f"company {company!r}, expected one of {', '.join(known)}")
    verdict, why = parkwerk.load(target / "verdict.nc"), parkwerk.load(target / WHY)
    with (
        writing(target / f"sheet-{company}.txt") as draft,
        draft.open("w", encoding="utf-8") as file,
    ):
        console = Console(file=file, width=WIDTH, color_system=None)
        tell_sheet(company, gains, verdict, why, console)
    tell_sheet(company, gains, verdict, why, Console())
    typer.echo(f"Results: {target / f'sheet-{company}.txt'}")


def _kept(study: Study, target: Path, search: Search) -> xr.Dataset | None:
    """The solution in a folder of results, if it is of the same inputs and near enough."""
    from parkwerk.gain.gains import NEEDED
    from parkwerk.report.run_record import hashes, versions

    record, file = target / "run.json", target / "solution.nc"
    if not record.is_file() or not file.is_file():
        return None
    try:
        known = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    same = known.get("inputs") == hashes(study.folder, study.input_files)
    if not same or known.get("versions", {}).get("parkwerk") != versions()["parkwerk"]:
        return None
    solution = parkwerk.load(file)
    if any(name not in solution for name in NEEDED):
        return None
    near = float(solution.attrs["gap"]) <= search.gap or solution.attrs["ended"] == "exhausted"
    return solution if near else None


def _gains(
    scenario: xr.Dataset,
    solution: xr.Dataset,
    search: Search,
    stages: Stages,
    interrupt: Event,
    rule: str | None,
    samples: int,
) -> tuple[xr.Dataset, xr.Dataset]:
    """The gains; Ctrl-C ends the search of each coalition with its best design."""
    from parkwerk.gain.gains import gains
    from parkwerk.solve.clock import Clock

    limit = inf if search.time_limit is None else search.time_limit
    return interruptible(
        lambda: gains(
            scenario,
            solution,
            gap=search.gap,
            rule=rule,
            samples=samples,
            jobs=search.processes(scenario),
            cluster=search.cluster,
            clock=Clock(limit, interrupt=interrupt),
            progress=stages,
        ),
        interrupt,
        stages.say,
    )
