"""The command line: ``parkwerk run``, ``parkwerk check``, ``parkwerk scenarios``.

Nothing heavy is imported before a command needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

import parkwerk
from parkwerk.errors import ParkwerkError

if TYPE_CHECKING:
    import xarray as xr

    from parkwerk.report.stages import Stages
    from parkwerk.study import Study

#: Exit codes: an input that parkwerk refuses, and Ctrl-C.
REFUSED, INTERRUPTED = 2, 130

Result = TypeVar("Result")

app = typer.Typer(
    name="parkwerk",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

StudyFolder = Annotated[
    Path,
    typer.Argument(help="Folder with study.yaml, companies.csv, roofs.csv, ..."),
]


def main() -> None:
    """Entry point of the console script."""
    app(prog_name="parkwerk")


@app.callback(invoke_without_command=True)
def parkwerk_command(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)
    ] = False,
) -> None:
    """What should the companies of a business park build together, and what does each gain?

    Parkwerk sizes PV, batteries, heat pumps and waste-heat links for several companies at least
    total cost, under German grid fees and energy-sharing law, hour by hour over a year.

    \b
    Examples
      parkwerk check inputs/pilot                    read all inputs, show them, solve nothing
      parkwerk scenarios inputs/pilot                list the scenarios of a study
      parkwerk run inputs/pilot                      solve the default scenario
      parkwerk run inputs/pilot --scenario alone --out my-results

    \b
    A run writes <out>/<study>/<scenario>/
      summary.csv      one row per company, one for shared links, one for the park
      overview.svg     the picture (also overview.png)
      explanation.txt  the result in words
      run.json         costs, versions, hashes of the inputs, time and memory
      scenario.nc, solution.nc, verdict.nc           all data with units (NetCDF, xarray)

    Exit code 0 is success, 2 an input that was refused (one sentence says which and why), 130
    Ctrl-C. Money is in euros net of VAT, power in kW, energy in kWh.
    """
    if version:
        typer.echo(f"parkwerk {parkwerk.__version__}")
        raise typer.Exit


@app.command()
def run(
    study: StudyFolder,
    scenario: Annotated[
        str | None,
        typer.Option("--scenario", "-s", metavar="NAME", help="Default: as study.yaml says."),
    ] = None,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="DIR", help="Where the results go."),
    ] = Path("results"),
) -> None:
    """Find the best design, alone and together, and write what it costs and brings.

    Shows its stages while it works, then tables and the result in words. Files go to
    <out>/<study>/<scenario>/, and replace those of an earlier run only when all is computed.

    \b
    Examples
      parkwerk run inputs/pilot
      parkwerk run inputs/pilot --scenario heat-grant
      parkwerk run inputs/pilot --out my-results
    """
    with _one_sentence():
        _run(study, scenario, out)


@app.command()
def check(study: StudyFolder) -> None:
    """Read and check all scenarios of a study without solving them.

    Shows what was read, and for each company the figures by which a person sees a slip of the
    pen: yearly energy, peak, full-load hours, roofs, yield of the sun, prices.

    \b
    Example
      parkwerk check inputs/pilot
    """
    with _one_sentence():
        _check(study)


@app.command()
def scenarios(study: StudyFolder) -> None:
    """List the scenarios of a study and what each changes.

    \b
    Example
      parkwerk scenarios inputs/pilot
    """
    with _one_sentence():
        from parkwerk.study import read_study

        found = read_study(study)
        for name, changes in found.settings.scenarios.items():
            default = " (default)" if name == found.settings.default_scenario else ""
            typer.echo(f"{name}{default}: {', '.join(changes) or 'nothing changed'}")


def _run(folder: Path, name: str | None, out: Path) -> None:
    """Read, solve, assess, write, tell."""
    began = perf_counter()
    from rich.console import Console

    from parkwerk.report.files import prepare_folder
    from parkwerk.report.stages import Stages

    with Stages(Console(stderr=True)) as stages:
        stages("reading the study")
        study = parkwerk.read_study(folder)
        name = name or study.settings.default_scenario
        scenario = study.scenario(name)
        target = prepare_folder(out / study.name / name)
        solution = _interruptible(lambda: parkwerk.optimise(scenario, progress=stages))
        stages("assessing and writing the results")
        verdict = parkwerk.assess(scenario, solution)
        text = _write(study, (scenario, solution, verdict), target, stages, began)
    _tell(solution, verdict, text)
    typer.echo(f"Results: {target}")


def _write(
    study: Study,
    found: tuple[xr.Dataset, xr.Dataset, xr.Dataset],
    target: Path,
    stages: Stages,
    began: float,
) -> list[str]:
    """Write all files, the record last, so that a record stands for a whole set of files."""
    from parkwerk.report.explanation import explain
    from parkwerk.report.files import writing
    from parkwerk.report.picture import save_picture
    from parkwerk.report.run_record import hashes, run_record, save_record
    from parkwerk.report.summary import summary

    scenario, solution, verdict = found
    inputs = hashes(study.folder, study.input_files)
    text = explain(scenario, solution, verdict)
    for label, dataset in zip(("scenario", "solution", "verdict"), found, strict=True):
        parkwerk.save(dataset, target / f"{label}.nc")
    with writing(target / "summary.csv") as draft:
        summary(solution, verdict).to_csv(draft)
    with writing(target / "explanation.txt") as draft:
        draft.write_text("\n\n".join(text) + "\n", encoding="utf-8")
    save_picture(verdict, target)
    record = run_record(
        scenario,
        solution,
        inputs=inputs,
        wall_s=perf_counter() - began,
        stages_s=stages.seconds,
    )
    save_record(record, target / "run.json")
    return text


def _tell(solution: xr.Dataset, verdict: xr.Dataset, text: list[str]) -> None:
    """Tables, then the result in words, to standard output."""
    from rich.console import Console

    from parkwerk.report.table import tables

    console = Console()
    for table in tables(solution, verdict):
        console.print(table)
    for paragraph in text:
        console.print(paragraph, markup=False, highlight=False)
        console.print()


def _check(folder: Path) -> None:
    """Build every scenario; show the companies wherever they differ from those before."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from parkwerk.report.plausibility import (
        plausibility,
        plausibility_table,
        remarks,
        what_was_read,
    )

    console = Console()
    study = parkwerk.read_study(folder)

    def say(text: str, indent: int = 2) -> None:
        console.print(Padding(Text(text), (0, 0, 0, indent)))

    say(f"{study.settings.title}: {folder}", indent=0)
    say(f"read {', '.join(file.name for file in study.input_files)}")
    shown: dict[str, str] = {}
    for name in study.scenarios:
        scenario = study.scenario(name)
        console.print(
            f"\nscenario {name}: {what_was_read(scenario)}", markup=False, highlight=False
        )
        figures = plausibility(scenario)
        key = figures.to_json()
        if key in shown:
            say(f"company figures as in {shown[key]}")
            continue
        shown[key] = name
        console.print(plausibility_table(figures))
        for line in remarks(figures):
            say(line)
    say(f"\nAll {len(study.scenarios)} scenarios are complete and consistent.", indent=0)


@contextmanager
def _one_sentence() -> Iterator[None]:
    """Turn what a user can meet into one sentence on standard error and an exit code."""
    try:
        yield
    except ParkwerkError as error:
        typer.echo(f"parkwerk: {' '.join(str(error).split())}", err=True)
        raise typer.Exit(REFUSED) from error
    except KeyboardInterrupt:
        typer.echo("parkwerk: interrupted; results of an earlier run are as they were.", err=True)
        sys.stdout.flush()
        sys.stderr.flush()
        # The solver may be at work in its thread; nothing is half-written, so leave at once.
        os._exit(INTERRUPTED)


def _interruptible(work: Callable[[], Result]) -> Result:
    """Work in a thread, so that Ctrl-C is heard while the solver counts outside of Python."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def target() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    worker = Thread(target=target, daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(0.2)
    if errors:
        raise errors[0]
    return results[0]
