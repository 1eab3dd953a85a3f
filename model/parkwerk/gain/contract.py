"""From a division to a contract: a price for each kWh that is handed over, and yearly payments.

A company's payments bring its cost together to what the division leaves it with:

    energy_payment[i] + fixed_payment[i] = (cost alone[i] − share[i]) − cost together[i]

Energy is paid at one price an exchange, the mean of the mid-market rate over the energy that
passes. The fixed payment is the rest. All payments sum to the cost of the shared links (and of a
common connection), which whoever operates them receives.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr

from parkwerk.gain.market_rules import mean_price, mid_market_rate
from parkwerk.gain.shares import own_costs
from parkwerk.gain.trades import Traded, trades

Floats = npt.NDArray[np.float64]


def contract(scenario: xr.Dataset, solution: xr.Dataset, share: xr.DataArray) -> xr.Dataset:
    """The contract by which each company has its share.

    Parameters
    ----------
    share
        What each company gains against alone, (company,) [EUR/a]; sums to the gain of all.

    Returns
    -------
    Dataset with ``internal_price(trade)`` [EUR/kWh], ``traded(trade, company)`` [kWh/a] that
    is positive for what is taken and negative for what is given, ``energy_payment(company)`` and
    ``fixed_payment(company)`` [EUR/a], negative for who is paid.
    """
    found = trades(scenario, solution)
    alone, together = own_costs(scenario, solution)
    share = share.sel(company=scenario["company"].values)
    price = np.array([mean_price(trade, mid_market_rate) for trade in found])
    traded = energy_of(scenario, found)
    energy = price @ traded if len(found) else np.zeros(len(alone))
    fixed = alone - share.values - together - energy
    result = xr.Dataset(
        coords={
            "trade": [trade.exchange for trade in found],
            "company": scenario["company"].values,
        }
    )
    rows = {
        "internal_price": (("trade",), price, "EUR/kWh", "price of a kWh handed over"),
        "traded": (("trade", "company"), traded, "kWh/a", "taken, or given if negative"),
        "energy_payment": (("company",), energy, "EUR/a", "paid for energy, less what is received"),
        "fixed_payment": (("company",), fixed, "EUR/a", "paid beside it, whatever passes"),
        "share": (("company",), share.values, "EUR/a", "gain of the company against alone"),
        "cost_alone": (("company",), alone, "EUR/a", "cost of the company alone"),
        "cost_together": (("company",), together, "EUR/a", "cost together before all payments"),
    }
    for name, (dims, values, units, long_name) in rows.items():
        result[name] = (dims, values, {"units": units, "long_name": long_name})
    return result


def energy_of(scenario: xr.Dataset, found: list[Traded]) -> Floats:
    """Energy by exchange and company, taken less given, (exchange, company) [kWh/a]."""
    hours = float(scenario.attrs["step_hours"])
    rows = [(trade.taken - trade.given).sum(axis=1) * hours for trade in found]
    return np.array(rows).reshape(len(rows), scenario.sizes["company"])
