"""What the commands do: read, solve, assess, write, tell. Heavy libraries come when needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

import typer

import parkwerk
from parkwerk.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

    from parkwerk.report.comparison import Found
    from parkwerk.report.stages import Stages
    from parkwerk.solve.optimise import Memory
    from parkwerk.study import Study

#: Stands for all regimes, and the folder of their comparison.
ALL, COMPARE = "all", "compare"

Result = TypeVar("Result")


def run(folder: Path, name: str | None, out: Path) -> None:
    """Solve one scenario, write its files, tell the result."""
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
        found, text = _solve(study, scenario, target, stages, began)
    _tell(found, text)
    typer.echo(f"Results: {target}")


def compare(folder: Path, names: str, name: str | None, out: Path) -> None:
    """Solve a scenario under several regimes, write all their files, tell them side by side."""
    began = perf_counter()
    from rich.console import Console

    from parkwerk.report.files import prepare_folder
    from parkwerk.report.stages import Stages

    with Stages(Console(stderr=True)) as stages:
        stages("reading the study")
        study = parkwerk.read_study(folder)
        name = name or study.settings.default_scenario
        regimes = chosen_regimes(names)
        # All are built, and so checked, before the first of them takes its time.
        scenarios = {regime: study.scenario(name, regime) for regime in regimes}
        target = prepare_folder(out / study.name / COMPARE)
        found: dict[str, Found] = {}
        memory: Memory = {}
        for regime in regimes:
            start = perf_counter()
            own = prepare_folder(out / study.name / f"{name}@{regime}")
            each, _ = _solve(
                study, scenarios.pop(regime), own, stages, start, f"{regime}: ", memory
            )
            found[regime] = each.without_series()
        stages("comparing the regimes")

        from parkwerk.report.comparison import compare as compare_found
        from parkwerk.report.comparison_files import (
            save_comparison,
            save_comparison_record,
            tell_comparison,
        )
        from parkwerk.report.run_record import hashes

        comparison = compare_found(found)
        save_comparison(comparison, target)
        save_comparison_record(
            comparison,
            target / "run.json",
            study=study.name,
            scenario=name,
            inputs=hashes(study.folder, study.input_files),
            wall_s=perf_counter() - began,
            stages_s=stages.seconds,
        )
    tell_comparison(comparison, Console())
    typer.echo(f"Results: {target}")


def chosen_regimes(names: str) -> list[str]:
    """Regimes of a list with commas, in its order; `all` for all of them.

    Raises
    ------
    InputError
        For a name that is no regime.
    """
    from parkwerk.regulation.regimes import regimes

    wanted = [name.strip() for name in names.split(",")]
    if ALL in wanted:
        return list(regimes())
    for name in wanted:
        if name not in regimes():
            known = ", ".join([ALL, *regimes()])
            raise InputError(f"--regimes: expected some of {known}, found {name!r}")
    return list(dict.fromkeys(wanted))


def check(folder: Path) -> None:
    """Build every scenario; show the companies wherever they differ from those before."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from parkwerk.report.admission import admitted, standings
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
        title, *rules = admitted(scenario)
        say(title)
        for line in rules:
            say(line, indent=4)
        figures, companies = plausibility(scenario), standings(study.inputs(name))
        key = "\n".join([figures.to_json(), *companies])
        if key in shown:
            say(f"companies as in {shown[key]}")
            continue
        shown[key] = name
        console.print(plausibility_table(figures))
        for line in [*remarks(figures), *companies]:
            say(line)
    say(f"\nAll {len(study.scenarios)} scenarios are complete and consistent.", indent=0)


def scale(folder: Path, companies: int, seed: int, out: Path) -> None:
    """Draw a synthetic park on the settings of a study; say what was drawn."""
    from parkwerk.study.scale import scale_study

    scaled = scale_study(folder, companies, seed, out)
    rows = {name: len(rows) for name, rows in scaled.study.rows.items()}
    typer.echo(f"{out}: {', '.join(f'{count} {name}' for name, count in rows.items())}")
    if scaled.left_out:
        typer.echo(
            f"Left out, because they name companies, roofs or links of {folder}: scenarios "
            f"{', '.join(scaled.left_out)}"
        )


def _solve(
    study: Study,
    scenario: xr.Dataset,
    target: Path,
    stages: Stages,
    began: float,
    prefix: str = "",
    memory: Memory | None = None,
) -> tuple[Found, list[str]]:
    """Optimise, assess, write; what was found, and the result in words."""
    from parkwerk.report.comparison import Found

    def progress(stage: str) -> None:
        stages(prefix + stage)

    solution = _interruptible(lambda: parkwerk.optimise(scenario, progress=progress, memory=memory))
    progress("assessing and writing the results")
    found = Found(scenario, solution, parkwerk.assess(scenario, solution))
    own = {s.removeprefix(prefix): t for s, t in stages.seconds.items() if s.startswith(prefix)}
    return found, _write(study, found, target, perf_counter() - began, own)


def _write(
    study: Study,
    found: Found,
    target: Path,
    wall_s: float,
    stages_s: Mapping[str, float],
) -> list[str]:
    """Write all files, the record last, so that a record stands for a whole set of files."""
    from parkwerk.report.bills import bill_table
    from parkwerk.report.common_connection import members_of
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
    if "bill" in verdict:
        with writing(target / "bills.csv") as draft:
            bill_table(verdict).to_csv(draft)
    with writing(target / "explanation.txt") as draft:
        draft.write_text("\n\n".join(text) + "\n", encoding="utf-8")
    save_picture(verdict, target, members_of(scenario, solution))
    record = run_record(
        scenario,
        solution,
        inputs=inputs,
        wall_s=wall_s,
        stages_s=stages_s,
    )
    save_record(record, target / "run.json")
    return text


def _tell(found: Found, text: list[str]) -> None:
    """Tables, then the result in words, to standard output."""
    from rich.console import Console

    from parkwerk.report.common_connection import common_text
    from parkwerk.report.table import tables

    console = Console()
    note = common_text(found.scenario, found.solution)
    for table in tables(found.solution, found.verdict, note):
        console.print(table)
    for paragraph in text:
        console.print(paragraph, markup=False, highlight=False)
        console.print()


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
