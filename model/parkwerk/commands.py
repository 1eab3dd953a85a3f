"""What the commands do: read, solve, assess, write, tell. Heavy libraries come when needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING

import typer

import parkwerk
from parkwerk.errors import InputError
from parkwerk.search import CHECKPOINT, Search, make_way

if TYPE_CHECKING:
    import xarray as xr

    from parkwerk.report.comparison import Found
    from parkwerk.solve.optimise import Memory
    from parkwerk.study import Study

#: Stands for all regimes, and the folder of their comparison.
ALL, COMPARE = "all", "compare"
#: The last stage of a run.
WRITING = "assessing and writing the results"


def run(folder: Path, name: str | None, out: Path, search: Search, resume: bool) -> None:
    """Solve one scenario, write its files, tell the result."""
    began = perf_counter()
    from rich.console import Console

    from parkwerk.report.files import prepare_folder
    from parkwerk.report.stages import Stages

    with Stages(Console(stderr=True)) as stages:
        stages("reading the study")
        search.prepare()
        study = parkwerk.read_study(folder)
        name = name or study.settings.default_scenario
        scenario = study.scenario(name)
        target = prepare_folder(out / study.name / name)
        checkpoint = target / CHECKPOINT
        make_way(checkpoint, resume, stages.say)
        solution = search.run(scenario, stages, Event(), checkpoint=checkpoint)
        stages(WRITING)
        found = assess_found(scenario, solution)
        text = write_found(study, found, target, perf_counter() - began, stages.seconds, search)
    _tell(found, text)
    if found.solution.attrs["ended"] in ("time", "interrupt") and checkpoint.is_file():
        typer.echo("The gap asked for is not met yet; the same command with --resume goes on.")
    typer.echo(f"Results: {target}")


def compare(folder: Path, names: str, name: str | None, out: Path, search: Search) -> None:
    """Solve a scenario under several regimes, write all their files, tell them side by side.

    Who interrupts it gets the comparison of the regimes that were begun by then.
    """
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
        interrupt = Event()
        for regime in regimes:
            start, prefix = perf_counter(), f"{regime}: "
            own = prepare_folder(out / study.name / f"{name}@{regime}")
            scenario = scenarios.pop(regime)
            solution = search.run(scenario, stages, interrupt, prefix, memory=memory)
            stages(prefix + WRITING)
            each = assess_found(scenario, solution)
            took = _of(stages.seconds, prefix)
            write_found(study, each, own, perf_counter() - start, took, search)
            found[regime] = each.without_series()
            if interrupt.is_set():
                break
        if scenarios:
            stages.say(f"left out after the interrupt: {', '.join(scenarios)}")
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
            search=search.asked(),
            left_out=list(scenarios),
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
    """Build every scenario and variant; show what differs from those before, and the weather."""
    import xarray as xr
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from parkwerk.report.admission import admitted, standings
    from parkwerk.report.climate import (
        against_figures,
        climate_lines,
        climate_summary,
        climate_table,
    )
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
    ruled: dict[tuple[str, ...], str] = {}
    climates: dict[str, xr.Dataset] = {}
    for name in study.names:
        scenario = study.scenario(name)
        console.print(
            f"\nscenario {name}: {what_was_read(scenario)}", markup=False, highlight=False
        )
        title, *rules = admitted(scenario)
        say(title)
        first = ruled.setdefault((title, *rules), name)
        for line in rules if first == name else [f"rules as in {first}"]:
            say(line, indent=4)
        inputs = study.inputs(name)
        climates[name] = climate_summary({name: scenario})
        if changed := against_figures(scenario, inputs):
            say(changed)
        figures, companies = plausibility(scenario), standings(inputs)
        key = "\n".join([figures.to_json(), *companies])
        if key in shown:
            say(f"companies as in {shown[key]}")
            continue
        shown[key] = name
        console.print(plausibility_table(figures))
        for line in [*remarks(figures), *companies]:
            say(line)
    climate = xr.concat(climates.values(), "scenario")
    say("\nweather, and what follows it", indent=0)
    console.print(climate_table(climate))
    for line in climate_lines(climate):
        say(line)
    many = f" and {len(study.variants)} variants" if study.variants else ""
    say(f"\nAll {len(study.scenarios)} scenarios{many} are complete and consistent.", indent=0)


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


def assess_found(scenario: xr.Dataset, solution: xr.Dataset) -> Found:
    """A scenario with its solution and the verdict on it."""
    from parkwerk.report.comparison import Found

    return Found(scenario, solution, parkwerk.assess(scenario, solution))


def _of(seconds: Mapping[str, float], prefix: str) -> dict[str, float]:
    """Stages whose names begin with a prefix, without it."""
    return {s.removeprefix(prefix): t for s, t in seconds.items() if s.startswith(prefix)}


def write_found(
    study: Study,
    found: Found,
    target: Path,
    wall_s: float,
    stages_s: Mapping[str, float],
    search: Search,
) -> list[str]:
    """Write all files, the record last, so that a record stands for a whole set of files."""
    from parkwerk.report.bills import bill_table
    from parkwerk.report.bounds_picture import save_bounds
    from parkwerk.report.common_connection import members_of
    from parkwerk.report.explanation import explain
    from parkwerk.report.files import writing
    from parkwerk.report.picture import save_picture
    from parkwerk.report.run_record import hashes, run_record, save_record
    from parkwerk.report.summary import summary

    scenario, solution, verdict = found
    inputs = hashes(study.folder, study.input_files)
    text = explain(scenario, solution, verdict)
    record_file = target / "run.json"
    record_file.unlink(missing_ok=True)
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
    save_bounds(solution, target, search.gap)
    record = run_record(
        scenario,
        solution,
        inputs=inputs,
        wall_s=wall_s,
        stages_s=stages_s,
        search=search.asked(),
    )
    save_record(record, record_file)
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
