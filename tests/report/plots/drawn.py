"""Small results with round numbers for tests of the figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import xarray as xr

from assess.hand import hand_park, hand_solution


def traces(figure: go.Figure) -> dict[str, Any]:
    """Traces by name; those without one are left out."""
    return {trace.name: trace for trace in figure.data if trace.name}


def heat_and_sun() -> tuple[xr.Dataset, xr.Dataset]:
    """c0 gives sun and waste heat to c1 and has a battery; numbers of `together` in kWh.

    c0: roof 100 = 40 used + 30 shared + 20 fed in + 10 curtailed; it buys 60, of which 10 are lost
    in the battery (50 in, 40 out), and uses 90. c1 takes the 30, buys 70, and uses 100: 80 of its
    own, 8 for boosters (0.2 · 40 kWh taken), so that 12 are left for its heat pump.
    """
    park = hand_park(
        electricity_demand=[[90.0 / 24] * 24, [80.0 / 24] * 24],
        heat_demand=[[0.0] * 24, [200.0 / 24] * 24],
        transfer_electricity=[[0.0], [0.2]],
        boiler_efficiency=[1.0, 0.8],
    )
    case = np.array([0.0, 0.0, 1.0])[:, None]
    solution = hand_solution(
        park,
        yearly_pv_used=case * [40.0, 0.0],
        yearly_feed_in=(case * [20.0, 0.0])[:, :, None],
        yearly_share_out=(case * [30.0, 0.0])[:, :, None],
        yearly_share_in=(case * [0.0, 30.0])[:, :, None],
        yearly_curtailment=case * [10.0, 0.0],
        yearly_purchase=np.array([[90.0, 80.0], [90.0, 80.0], [60.0, 70.0]]),
        yearly_charge=case * [50.0, 0.0],
        yearly_discharge=case * [40.0, 0.0],
        yearly_recovered=case * [44.0],
        yearly_heat_taken=(case * [0.0, 40.0])[:, :, None],
        yearly_heat_pump_heat=case * [0.0, 36.0],
        yearly_boiler_heat=np.array([[0.0, 200.0], [0.0, 200.0], [0.0, 120.0]]),
        yearly_heat_stored=case * [0.0, 4.0],
    )
    # The numbers are of MWh, so that none of them is taken for dust.
    for name in solution.data_vars:
        if str(name).startswith("yearly_"):
            solution[name] = solution[name] * 1000.0
    for name in ("electricity_demand", "heat_demand"):
        park[name] = park[name] * 1000.0
    return park, solution
