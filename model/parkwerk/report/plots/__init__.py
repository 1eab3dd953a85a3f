"""Figures of a result for screen and print: each takes Datasets and gives a plotly figure.

They are called by name, ``plots.energy_flows(scenario, solution, lang="de")``, and can be shown in
a notebook or put into a page. A figure that has nothing to show says so in a sentence.
"""

from __future__ import annotations

from parkwerk.errors import InputError

try:
    import plotly  # noqa: F401
except ImportError:
    raise InputError("figures need plotly: pip install 'parkwerk[report]'") from None

from parkwerk.report.plots.bounds import convergence
from parkwerk.report.plots.charge_bars import charges
from parkwerk.report.plots.cost_bars import costs
from parkwerk.report.plots.duration import duration_curves
from parkwerk.report.plots.hours import week
from parkwerk.report.plots.map import park_map
from parkwerk.report.plots.sankey import energy_flows
from parkwerk.report.plots.sensitivities import effects, tornado
from parkwerk.report.plots.trade_offs import front, near_optimal

__all__ = [
    "charges",
    "convergence",
    "costs",
    "duration_curves",
    "effects",
    "energy_flows",
    "front",
    "near_optimal",
    "park_map",
    "tornado",
    "week",
]
