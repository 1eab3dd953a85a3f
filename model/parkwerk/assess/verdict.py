"""The verdict on a solution: a pure function of scenario and solution."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import xarray as xr

from parkwerk.assess import bills, cost, emissions, energy, finance, investment, tariff
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
    finance.assess_finance,
)


def assess(scenario: xr.Dataset, solution: xr.Dataset) -> xr.Dataset:
    """Cost, saving, investment, energy and CO2 of each company and of the park, in every case.

    Parameters
    ----------
    scenario, solution
        What ``parkwerk.optimise`` took and gave. Neither is changed.

    Returns
    -------
    xr.Dataset
        With the dimension ``case`` (today, alone, together) and ``company`` or ``party``: the
        companies, ``shared links`` and, where there is one, the common connection. The parts of the
        parties sum to the park; totals are called ``park_*``. What cannot be said (hours of use of
        a meter that draws nothing, say) is not a number.

        ``bill(party, line)`` [EUR/a] is what each party owes together, written again by the letter
        of the law (:mod:`parkwerk.assess.bills`).

        Costs are before any payment between companies: who gives away electricity or heat is not
        paid for it here, and who takes it pays only what third parties are owed.

    Raises
    ------
    BillError
        If a bill differs from the objective's part.
    FinanceError
        If an annuity differs from the objective's.
    """
    cases = complete(scenario, solution)
    verdict = xr.Dataset()
    for theme in THEMES:
        for name, array in theme(scenario, cases).items():
            verdict[name] = array
    verdict = verdict.assign(_bills(scenario, solution, verdict["cost"]))
    if "pool_reason" in scenario:
        verdict["pool_reason"] = scenario["pool_reason"]
    kept = ("study", "scenario", "step_hours", "total_cost", "lower_bound", "gap", "proof")
    verdict.attrs = {name: solution.attrs[name] for name in kept if name in solution.attrs}
    return verdict


def _bills(
    scenario: xr.Dataset, solution: xr.Dataset, cost: xr.DataArray
) -> Mapping[Hashable, xr.DataArray]:
    """The bills of all parties together, checked against the objective.

    A scenario made by hand, without what a bill is written from, has none. Where the park does
    without its common connection, that one pays no tariff and has no bill.
    """
    if not all(name in scenario for name in bills.NEEDED):
        return {}
    written = bills.write_bills(scenario, solution)
    bills.check_bills(cost.sel(case="together"), written)
    bill = written["bill"].reindex(party=cost["party"].values, fill_value=0.0)
    return {"bill": bill.assign_coords(bill_kind=written["bill_kind"])}


def complete(scenario: xr.Dataset, solution: xr.Dataset) -> xr.Dataset:
    """Sizes, yearly energies and costs by case; zeros for what no actor of the park has."""
    cases = solution.drop_dims("time")
    for name, quantity in SOLUTION.items():
        series = "time" in quantity.dims
        dims = [dim for dim in quantity.dims if dim != "time"]
        name = f"yearly_{name}" if series else name
        known = all(dim in scenario.dims for dim in dims)
        if name in cases or not known or quantity.units not in ("kW", "kWh", "1"):
            continue
        coords = {"case": solution["case"], **{dim: scenario[dim] for dim in dims}}
        shape = [len(values) for values in coords.values()]
        cases[name] = xr.DataArray(np.zeros(shape), coords=coords, dims=list(coords))
    return cases
