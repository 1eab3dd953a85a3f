"""Parkwerk sizes what the companies of a business park share: PV, batteries and waste heat.

import parkwerk as pw
study    = pw.read_study("inputs/pilot")
scenario = study.scenario("law-2026")     # xarray.Dataset
solution = pw.optimise(scenario)               # xarray.Dataset
verdict  = pw.assess(scenario, solution)       # xarray.Dataset
gains, solution = pw.gains(scenario, solution) # xarray.Dataset, and the solution they are of
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parkwerk.assess import assess
    from parkwerk.gain.gains import gains
    from parkwerk.netcdf import load, save
    from parkwerk.sets.results import cube, open_results, open_series
    from parkwerk.short_year import shorten
    from parkwerk.solve.optimise import optimise
    from parkwerk.solve.redispatch import redispatch
    from parkwerk.study import Study, read_study

__version__ = "0.1.0"
__all__ = [
    "Study",
    "__version__",
    "assess",
    "cube",
    "gains",
    "load",
    "open_results",
    "open_series",
    "optimise",
    "read_study",
    "redispatch",
    "save",
    "shorten",
]

_HOME = {
    "Study": "parkwerk.study",
    "assess": "parkwerk.assess",
    "cube": "parkwerk.sets.results",
    "gains": "parkwerk.gain.gains",
    "load": "parkwerk.netcdf",
    "open_results": "parkwerk.sets.results",
    "open_series": "parkwerk.sets.results",
    "optimise": "parkwerk.solve.optimise",
    "read_study": "parkwerk.study",
    "redispatch": "parkwerk.solve.redispatch",
    "save": "parkwerk.netcdf",
    "shorten": "parkwerk.short_year",
}


def __getattr__(name: str) -> Any:
    """Import a public function when it is first used, so that ``parkwerk --help`` is quick."""
    if name not in _HOME:
        raise AttributeError(f"module 'parkwerk' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
