"""One case in a process of its own: read the scenario, state and solve it, write what came out.

    python <case>.py '{"scenario": FILE, "result": FILE, "gap": 0.002, "limit": 900, "memory": 16}'

Needs numpy, xarray and HiGHS only, for it runs in the environments of all tools.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import xarray as xr

#: States and solves a scenario to a gap within seconds: (scenario, gap, limit) -> outcome.
Solve = Callable[[xr.Dataset, float, float], dict[str, Any]]

GIGABYTE = 1 << 30

#: HiGHS for a linear program of a year: the interior point needs no basis of its end point.
LINEAR = {"solver": "ipm", "run_crossover": "off"}


def measure(solve: Solve, packages: tuple[str, ...]) -> None:
    """Run a case as the command line says, and write outcome, seconds and versions as JSON.

    ``solver_s`` is what HiGHS itself took, ``build_s`` all else between scenario and outcome: to
    state the model, translate it and hand it over. A case that wants more address space than it is
    allowed says so.
    """
    import resource  # not on Windows, where the tests use what is stated in these files

    order = json.loads(sys.argv[1])
    allowed = int(order["memory"] * GIGABYTE)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
    scenario = xr.load_dataset(order["scenario"])
    begin = time.perf_counter()
    try:
        outcome = solve(scenario, order["gap"], order["limit"])
        outcome["build_s"] = time.perf_counter() - begin - outcome["solver_s"]
    except MemoryError:
        outcome = {"memory_short": order["memory"]}
    outcome["versions"] = {name: version(name) for name in packages}
    Path(order["result"]).write_text(json.dumps(outcome), encoding="utf-8")


def outcome_of(highs: Any, constant: float = 0.0) -> dict[str, Any]:
    """What HiGHS found and proved [EUR/a], and its seconds; null where there is nothing.

    ``constant`` is a cost that the tool keeps out of the objective.
    """
    info, lp = highs.getInfo(), highs.getLp()
    found = info.primal_solution_status == 2  # feasible
    solved = highs.modelStatusToString(highs.getModelStatus()) == "Optimal"
    whole = any(str(kind) != "HighsVarType.kContinuous" for kind in lp.integrality_)
    objective = info.objective_function_value if found else math.inf
    bound = info.mip_dual_bound if whole else objective if solved else -math.inf
    return {
        "objective": _number(objective + constant),
        "bound": _number(bound + constant),
        "solved": solved,
        "solver_s": highs.getRunTime(),
        "rows": lp.num_row_,
        "columns": lp.num_col_,
        "binaries": sum(str(kind) == "HighsVarType.kInteger" for kind in lp.integrality_),
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
