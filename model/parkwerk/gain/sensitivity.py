"""What each company gains if prices, costs or loads turn out otherwise, the contract being kept.

Nothing else is built: the designs alone and together are operated under the changed scenario
(``solve/redispatch.py``), energy is paid at the contract's prices, fixed payments stay. So this is
the risk that a company bears after it has signed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import xarray as xr

from parkwerk.errors import SolveError
from parkwerk.gain.contract import energy_of
from parkwerk.gain.shares import own_costs
from parkwerk.gain.trades import trades
from parkwerk.solve.redispatch import operated
from parkwerk.variation import ASSETS, ENERGY, LOADS, Variation

VARIATIONS = (
    Variation("energy prices -20 %", ENERGY, 0.8),
    Variation("energy prices +20 %", ENERGY, 1.2),
    Variation("investment -20 %", ASSETS, 0.8),
    Variation("investment +20 %", ASSETS, 1.2),
    Variation("loads -10 %", LOADS, 0.9),
    Variation("loads +10 %", LOADS, 1.1),
)


def sensitivity(
    scenario: xr.Dataset,
    solution: xr.Dataset,
    contract: xr.Dataset,
    variations: tuple[Variation, ...] = VARIATIONS,
    progress: Callable[[str], None] = lambda stage: None,
) -> xr.Dataset:
    """``gain_if(variation, company)`` [EUR/a] against alone, and what the links' operator is left.

    ``gain_if[i] = alone[i] − (together[i] + Σ_e price[e]·traded[e, i] + fixed_payment[i])``
    with costs and energies of the variation. ``operator_if(variation)`` is what all pay in sum less
    what the shared links and common connections cost then. Where the demand cannot be served with
    what is built, there is no number.
    """
    companies, titles = contract["company"].values, [v.title for v in variations]
    gain = np.full((len(titles), len(companies)), np.nan)
    left = np.full(len(titles), np.nan)
    for k, variation in enumerate(variations):
        progress(f"with {variation.title}")
        try:
            gain[k], left[k] = _under(variation.of(scenario), solution, contract)
        except SolveError:
            continue
    coords = {"variation": titles, "company": companies}
    attrs = {"units": "EUR/a", "long_name": "gain of the company against alone"}
    result = xr.Dataset({"gain_if": (("variation", "company"), gain, attrs)}, coords)
    attrs = {"units": "EUR/a", "long_name": "what all pay less what the shared links cost"}
    return result.assign(operator_if=("variation", left, attrs))


def _under(
    scenario: xr.Dataset, solution: xr.Dataset, contract: xr.Dataset
) -> tuple[np.ndarray, float]:
    """Gains of the companies and the rest of the operator under a changed scenario [EUR/a]."""
    new = operated(scenario, solution)
    alone, together = own_costs(scenario, new)
    found = trades(scenario, new)
    known = [trade for trade in found if trade.exchange in contract["trade"].values]
    price = [float(contract["internal_price"].sel(trade=t.exchange)) for t in known]
    energy = np.array(price) @ energy_of(scenario, known) if known else np.zeros(len(alone))
    paid = energy + contract["fixed_payment"].values
    shared = float(new.attrs["total_cost"]) - together.sum()
    return alone - together - paid, float(paid.sum() - shared)
