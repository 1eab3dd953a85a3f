"""The command line: what may be typed, and what is said when it is refused.

Nothing heavy is imported before a command needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

import parkwerk
from parkwerk.errors import ParkwerkError

#: Exit codes: an input that parkwerk refuses, and Ctrl-C.
REFUSED, INTERRUPTED = 2, 130

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
ScenarioName = Annotated[
    str | None,
    typer.Option("--scenario", "-s", metavar="NAME", help="Default: as study.yaml says."),
]
ResultFolder = Annotated[
    Path,
    typer.Option("--out", "-o", metavar="DIR", help="Where the results go."),
]
Gap = Annotated[
    float,
    typer.Option(
        "--gap",
        metavar="SHARE",
        help="Stop when the cost is proven to be this near the least, as a share of it.",
    ),
]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        "--time-limit", metavar="SECONDS", help="Stop searching then, and write the best design."
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", metavar="N", help="Processes on this machine; default: by size and cores."
    ),
]
ClusterAddress = Annotated[
    str | None,
    typer.Option("--cluster", metavar="ADDRESS", help="A Dask scheduler, or `local`."),
]
#: How near the best a design is to be, as a share of its cost.
GAP = 0.002


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
      parkwerk run inputs/park --gap 0.005 --jobs 8  a whole park, in eight processes
      parkwerk compare inputs/pilot                  solve it under each regime, side by side
      parkwerk gain inputs/pilot                     what each company gains, and by which contract
      parkwerk sheet metal inputs/pilot              one company's own sheet
      parkwerk report results/pilot                  a page and a workbook for boards and owners

    \b
    A run writes <out>/<study>/<scenario>/
      summary.csv      one row per company, one for shared links, one for the park
      bills.csv        what each party owes a year by the letter of the law, line by line
      overview.svg     the picture (also overview.png)
      bounds.svg       how the proof closed in on the best design (also bounds.png)
      explanation.txt  the result in words
      run.json         costs, bounds, versions, hashes of the inputs, time and memory
      scenario.nc, solution.nc, verdict.nc           all data with units (NetCDF, xarray)
      checkpoint.nc    of a search that is not at its gap yet, for --resume

    \b
    A comparison writes <out>/<study>/compare/
      regimes.csv, companies.csv, charges.csv        by regime: the park, its companies, a kWh
      comparison.svg   the picture (also comparison.png)
      comparison.txt   the tables in words, and who may not take part in what, and why
      run.json         what it was given, found and took

    \b
    `gain` adds to the files of a run
      gain.csv         one row per company: costs, payments, its gain by each rule and at risk
      coalitions.csv   what each coalition costs, as found and at least
      gain.txt         the tables, and why each size is what it is
      gain.nc, why.nc  all data with units; sheet-<company>.txt are written by `sheet`

    \b
    `report` adds to them, from them alone
      report-de.html   one page that needs no network (report-en.html with --lang en)
      report-de.xlsx   all its tables, and more, as a workbook

    Ctrl-C ends a search and writes the best design so far with its true gap; pressed twice it
    leaves at once. Exit code 0 is success, 2 an input that was refused (one sentence says which
    and why), 130 the second Ctrl-C. Money is in euros net of VAT, power in kW, energy in kWh.
    """
    if version:
        typer.echo(f"parkwerk {parkwerk.__version__}")
        raise typer.Exit


@app.command()
def run(
    study: StudyFolder,
    scenario: ScenarioName = None,
    out: ResultFolder = Path("results"),
    gap: Gap = GAP,
    time_limit: TimeLimit = None,
    jobs: Jobs = None,
    cluster: ClusterAddress = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a search that ended before its gap.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Solve all scenarios and variants, skip what is done.")
    ] = False,
) -> None:
    """Find the best design, alone and together, and write what it costs and brings.

    Shows its stages and how near the best it is while it works, then tables and the result in
    words. Files go to <out>/<study>/<scenario>/, and replace those of an earlier run only when all
    is computed.

    With --all every scenario and variant of the study is solved, --jobs of them at once; gap and
    time limit are those of each. What is solved already is skipped, an unfinished search goes on,
    one without an answer does not stop the others; <out>/<study>/set.csv has a row for each.

    \b
    Examples
      parkwerk run inputs/pilot
      parkwerk run inputs/pilot --scenario heat-grant
      parkwerk run inputs/pilot --out my-results
      parkwerk run inputs/park --gap 0.005 --time-limit 1800
      parkwerk run inputs/park --gap 0.005 --resume
      parkwerk run inputs/pilot --all --jobs 8
    """
    with _one_sentence():
        from parkwerk.search import Search

        search = Search(gap, time_limit, jobs, cluster)
        if every:
            from parkwerk.set_commands import run_all

            run_all(study, scenario, out, search)
            return
        from parkwerk import commands

        commands.run(study, scenario, out, search, resume)


@app.command()
def compare(
    study: StudyFolder,
    regimes: Annotated[
        str,
        typer.Option("--regimes", "-r", metavar="all|A,B,...", help="Regimes, with commas."),
    ] = "all",
    scenario: ScenarioName = None,
    out: ResultFolder = Path("results"),
    gap: Gap = GAP,
    time_limit: TimeLimit = None,
    jobs: Jobs = None,
    cluster: ClusterAddress = None,
) -> None:
    """Find the best design under each regime, and compare what each regime is worth.

    Solves one scenario of the study under every regime named, whatever regime the scenario itself
    has. Files go to <out>/<study>/compare/; those of each regime, as `run` writes them, to
    <out>/<study>/<scenario>@<regime>/. Gap and time limit are those of each regime. Ctrl-C ends the
    search at work and compares the regimes found by then.

    \b
    Examples
      parkwerk compare inputs/pilot
      parkwerk compare inputs/pilot --regimes alone,law-2026,sme-limit-lifted
    """
    with _one_sentence():
        from parkwerk import commands
        from parkwerk.search import Search

        search = Search(gap, time_limit, jobs, cluster)
        commands.compare(study, regimes, scenario, out, search)


@app.command()
def gain(
    study: StudyFolder,
    scenario: ScenarioName = None,
    out: ResultFolder = Path("results"),
    rule: Annotated[
        str | None,
        typer.Option(
            "--rule", metavar="NAME", help="Rule of the contract; default: the one proposed."
        ),
    ] = None,
    samples: Annotated[
        int,
        typer.Option(
            "--samples", metavar="N", help="Of the Shapley value of a larger park.", min=3
        ),
    ] = 10,
    gap: Gap = GAP,
    time_limit: TimeLimit = None,
    jobs: Jobs = None,
    cluster: ClusterAddress = None,
) -> None:
    """Divide what sharing brings: who gains what, by which contract, and at which risk.

    Takes up the results of `run` if they are of the same inputs, else searches first. Values
    coalitions of companies (all of them up to six companies, else those that matter), divides the
    gain by several rules, says who would leave under each, writes the prices and payments that
    give each company its share, and why each size is what it is. Ctrl-C ends the search of each
    coalition with the best design so far.

    \b
    Examples
      parkwerk gain inputs/pilot
      parkwerk gain inputs/pilot --rule "Shapley value"
    """
    with _one_sentence():
        from parkwerk import gain_commands
        from parkwerk.search import Search

        search = Search(gap, time_limit, jobs, cluster)
        gain_commands.gain(study, scenario, out, search, rule, samples)


@app.command()
def sheet(
    company: Annotated[str, typer.Argument(help="The company whose sheet it is.")],
    study: StudyFolder = Path("inputs/pilot"),
    scenario: ScenarioName = None,
    out: ResultFolder = Path("results"),
) -> None:
    """Write one company's own sheet, with nothing of the others.

    What it pays, owns, earns and risks, from the results of `parkwerk gain`.

    \b
    Example
      parkwerk sheet metal inputs/pilot
    """
    with _one_sentence():
        from parkwerk import gain_commands

        gain_commands.sheet(company, study, scenario, out)


@app.command()
def report(
    results: Annotated[
        Path,
        typer.Argument(help="results/<study>, or the folder of one of its scenarios in there."),
    ],
    lang: Annotated[
        str, typer.Option("--lang", "-l", metavar="de|en", help="Language of page and workbook.")
    ] = "de",
    scenario: Annotated[
        str | None,
        typer.Option(
            "--scenario", "-s", metavar="NAME", help="Default: the only one that was solved."
        ),
    ] = None,
) -> None:
    """Write a page and a workbook for those who decide: owners and boards, not modellers.

    What to build, what it saves whom, under which rules, how certain that is, and which inputs are
    assumptions. Reads what `run` and `gain` wrote and no study folder; report-<lang>.html and
    report-<lang>.xlsx go into the folder of the scenario. The page is one file that loads nothing;
    other scenarios of the study that were solved stand beside this one in a short table.

    \b
    Examples
      parkwerk report results/pilot
      parkwerk report results/pilot --scenario law-2026 --lang en
    """
    with _one_sentence():
        from parkwerk import report_commands

        report_commands.report(results, scenario, lang)


@app.command()
def check(study: StudyFolder) -> None:
    """Read and check all scenarios and variants of a study without solving them.

    Shows what was read, and for each company the figures by which a person sees a slip of the
    pen: yearly energy, peak, full-load hours, roofs, yield of the sun, prices, size by law. For
    each scenario its regime, and whom each of the regime's rules admits.

    \b
    Example
      parkwerk check inputs/pilot
    """
    with _one_sentence():
        from parkwerk import commands

        commands.check(study)


@app.command()
def scenarios(study: StudyFolder) -> None:
    """List the scenarios of a study and what each changes, and its variants.

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
        for variant in found.variants:
            labels = ", ".join(f"{axis} {label}" for axis, label in variant.labels.items())
            own = ", ".join(variant.layers[-1].changes) or "nothing changed"
            typer.echo(f"{variant.name}: {labels or own}")


@app.command()
def scale(
    study: StudyFolder,
    companies: Annotated[
        int, typer.Option("--companies", "-n", metavar="N", help="How many; at most 1,000.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="The study folder to write.")
    ],
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="The same seed, the same park.")
    ] = 1,
) -> None:
    """Draw a synthetic park of any number of companies, as a study folder.

    Prices, technologies and the law are those of the study given. Companies, roofs and candidate
    links are drawn anew, from the branches of a commercial park placed along streets; none of them
    is real. The same seed gives the same files. A folder that was drawn before is drawn again; any
    other that is not empty is left alone.

    \b
    Example
      parkwerk scale inputs/pilot --companies 120 --seed 1 --out inputs/park
    """
    with _one_sentence():
        from parkwerk import commands

        commands.scale(study, companies, seed, out)


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
        # The solver may be at work in its thread; no file is half-written, so leave at once.
        os._exit(INTERRUPTED)
