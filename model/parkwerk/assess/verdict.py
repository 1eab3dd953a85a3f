"""The verdict on a solution: a pure function of scenario and solution."""

from __future__ import annotations

import numpy as np
import xarray as xr

from parkwerk.assess import cost, emissions, energy, investment, tariff
from parkwerk.assess.quantity import Theme
from parkwerk.quantities import SOLUTION

#: The themes of a verdict; none uses what another made.
THEMES: tuple[Theme, ...] = (
    cost.assess_cost,
    investment.assess_investment,
    energy.assess_electricity,
    energy.assess_park_electricity,
    energy.assess_heat,
    tariff.assess_tariff,
    emissions.assess_emissions,
)


def assess(scenario: xr.Dataset, solution: xr.Dataset) -> xr.Dataset:
    """Cost, saving, investment, energy and CO2 of each company and of the park, in every case.

    Parameters
    ----------
    scenario, solution
        What ``parkwerk.optimise`` took and gave. Neither is changed.

    Returns
    -------
    Dataset with the dimension ``case`` (today, alone, together) and ``company`` or ``party``: the
    companies, ``shared links`` and, where there is one, the common connection. The parts of the
    parties sum to the park; totals are called ``park_*``. What cannot be said (hours of use of a
    meter that draws nothing, say) is not a number.

    Costs are before any payment between companies: who gives away electricity or heat is not paid
    for it here, and who takes it pays only what third parties are owed.
    """
    cases = complete(scenario, solution)
    verdict = xr.Dataset()
    for theme in THEMES:
        for name, array in theme(scenario, cases).items():
            verdict[name] = array
    kept = ("study", "scenario", "step_hours", "total_cost", "lower_bound", "gap", "proof")
    verdict.attrs = {name: solution.attrs[name] for name in kept if name in solution.attrs}
    return verdict


def complete(scenario: xr.Dataset, solution: xr.Dataset) -> xr.Dataset:
    """Sizes, yearly energies and costs by case; zeros for what no actor of the park has."""
    cases = solution.drop_dims("time")
    for name, quantity in SOLUTION.items():
        series = "time" in quantity.dims
        dims = [dim for dim in quantity.dims if dim != "time"]
        name = f"yearly_{name}" if series else name
        if name in cases or quantity.units not in ("kW", "kWh", "1"):
            continue
        coords = {"case": solution["case"], **{dim: scenario[dim] for dim in dims}}
        shape = [len(values) for values in coords.values()]
        cases[name] = xr.DataArray(np.zeros(shape), coords=coords, dims=list(coords))
    return cases
