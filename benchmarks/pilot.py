"""How long the pilot takes and where the time goes: writes a table to ``benchmarks/pilot.md``.

    .venv/bin/python benchmarks/pilot.py

Each stage is measured once in a fresh process, so that nothing is warm. Run it on an idle machine.
"""

from __future__ import annotations

import datetime
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common import machine

HERE = Path(__file__).parent
times: dict[str, float] = {}


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Measure the wall time of a stage."""
    begin = time.perf_counter()
    yield
    times[name] = time.perf_counter() - begin
    print(f"{name:45s} {times[name]:7.2f} s", flush=True)


def main() -> None:
    """Measure all stages and write the table."""
    start = time.perf_counter()
    with stage("import"):
        import numpy as np

        import parkwerk as pw
        from parkwerk.coalition import isolate
        from parkwerk.solve.assemble import Park
        from parkwerk.solve.optimise import optimise
        from parkwerk.solve.periods import cut
        from parkwerk.solve.year import Year
    with stage("read the study, build the scenario"):
        scenario = pw.read_study(HERE.parent / "inputs" / "pilot").scenario()

    groups = cut(scenario)
    with stage("write and compile the templates"):
        park = Park(scenario, groups)
        actors = [*park.actors, *Park(isolate(scenario), groups).actors]
        for actor in actors:
            park.template(actor)
    with stage("stamp all actors over the year"):
        stamps = [park.stamps(actor, actor.menu[0])[0] for actor in park.actors]
        year = Year(park, stamps, [np.zeros(park.template(a).n_design) for a in park.actors])
    rows, columns = len(year.equal) * len(groups[0]), len(year.free) * len(groups[0])

    def progress(sentence: str) -> None:
        print(f"    {time.perf_counter() - begin:6.1f} s  {sentence}", flush=True)

    begin = time.perf_counter()
    with stage("optimise: today, alone, together"):
        solution = optimise(scenario, progress=progress)
    times["all of it"] = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    lines = [
        "# The pilot, stage by stage",
        "",
        f"Written by `benchmarks/pilot.py` on {datetime.date.today()}; {machine()}.",
        "",
        "| stage | s |",
        "|---|---:|",
        *(f"| {name} | {seconds:.2f} |" for name, seconds in times.items()),
        "",
        f"{len(park.actors)} actors, {len({actor.shape for actor in actors})} templates, "
        f"{scenario.sizes['time']} steps in {len(groups[0])} periods; "
        f"the stamped year has {rows:,} rows and {columns:,} columns. "
        f"Peak memory {peak:.0f} MB.",
        "",
        "| cost, EUR/a | |",
        "|---|---:|",
        *(
            f"| {name} | {solution.attrs[key]:,.0f} |"
            for name, key in (
                ("today", "cost_today"),
                ("alone", "cost_alone"),
                ("together", "total_cost"),
            )
        ),
        "",
    ]
    (HERE / "pilot.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
