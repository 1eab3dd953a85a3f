"""Where electricity and heat come from and go, by company and for the park.

All energies are yearly sums [kWh/a]; a park's ratios are those of its sums, not means of ratios.
"""

from __future__ import annotations

import xarray as xr

from parkwerk.assess.quantity import Quantities, owned, quantity, ratio


def assess_electricity(scenario: xr.Dataset, cases: xr.Dataset) -> Quantities:
    """PV, sharing, self-sufficiency and self-consumption of each company.

    - ``electricity_used = grid + shared_in + pv_used + discharge − charge``, demand and heat pumps;
    - ``pv_generation = pv_used + feed_in + shared_out``, what the modules deliver less curtailment;
    - ``self_sufficiency = 1 − grid / electricity_used``, the share that no supplier sold; what a
      battery loses of grid power lowers it;
    - ``self_consumption = 1 − feed_in / pv_generation``, the share not fed in; what a company
      gives to its neighbours counts.
    """
    grid = cases["yearly_purchase"]
    shared_in = cases["yearly_share_in"].sum("pool")
    shared_out = cases["yearly_share_out"].sum("pool")
    fed_in = cases["yearly_feed_in"].sum("feed_in_rule")
    generated = cases["yearly_pv_used"] + fed_in + shared_out
    stored = cases["yearly_charge"] - cases["yearly_discharge"]
    used = grid + shared_in + cases["yearly_pv_used"] - stored
    sufficient, consumed = 1 - ratio(grid, used), 1 - ratio(fed_in, generated)
    pv = (cases["pv_capacity"] * owned(scenario)).sum(("roof", "pv_class"))
    curtailed = cases["yearly_curtailment"]
    return {
        "pv": quantity(pv, "kW", "PV installed"),
        "pv_generation": quantity(generated, "kWh/a", "PV generation less curtailment"),
        "feed_in": quantity(fed_in, "kWh/a", "PV generation sold to the grid"),
        "curtailment": quantity(curtailed, "kWh/a", "PV generation not used at all"),
        "grid_electricity": quantity(grid, "kWh/a", "electricity bought from suppliers"),
        "electricity_used": quantity(used, "kWh/a", "electricity used, with heat pumps"),
        "shared_in": quantity(shared_in, "kWh/a", "electricity taken from neighbours"),
        "shared_out": quantity(shared_out, "kWh/a", "electricity given to neighbours"),
        "peak": quantity(cases["peak"], "kW", "yearly peak of withdrawal"),
        "self_sufficiency": quantity(sufficient, "1", "share of use that no supplier sold"),
        "self_consumption": quantity(consumed, "1", "share of PV generation not fed in"),
    }


def assess_park_electricity(scenario: xr.Dataset, cases: xr.Dataset) -> Quantities:
    """The same for the park: sums, and the ratios of the sums.

    What companies behind a common connection feed in passes it, and is counted once, as theirs.
    """
    companies = assess_electricity(scenario, cases)
    total = {name: array.sum("company") for name, array in companies.items()}
    fed_in = total["feed_in"]
    sufficient = 1 - ratio(total["grid_electricity"], total["electricity_used"])
    consumed = 1 - ratio(fed_in, total["pv_generation"])
    peaks = total["peak"] + cases["common_peak"].sum("connection")
    shared_energy = total["shared_in"]
    sums = ("pv", "pv_generation", "curtailment", "grid_electricity", "electricity_used")
    return {
        **{
            f"park_{name}": quantity(
                total[name], companies[name].units, f"{companies[name].long_name}, whole park"
            )
            for name in sums
        },
        "park_feed_in": quantity(fed_in, "kWh/a", "PV generation sold to the grid, whole park"),
        "park_shared": quantity(shared_energy, "kWh/a", "electricity shared between companies"),
        "park_peak": quantity(peaks, "kW", "sum of the yearly peaks of all meters"),
        "park_self_sufficiency": quantity(sufficient, "1", "share of use that no supplier sold"),
        "park_self_consumption": quantity(consumed, "1", "share of PV generation used in the park"),
    }


def assess_heat(scenario: xr.Dataset, cases: xr.Dataset) -> Quantities:
    """Waste heat taken by each company, what of it comes from neighbours, and what is recovered."""
    taken = cases["yearly_heat_taken"]
    other = scenario["company"].values[:, None] != scenario["heat_source"].values[None, :]
    coords = {name: scenario[name].values for name in ("company", "heat_source")}
    mask = xr.DataArray(other.astype(float), coords=coords, dims=("company", "heat_source"))
    from_others = (taken * mask).sum("heat_source")
    recovered = cases["yearly_recovered"].sum("heat_source")
    return {
        "waste_heat_taken": quantity(taken.sum("heat_source"), "kWh/a", "waste heat taken"),
        "waste_heat_from_neighbours": quantity(
            from_others, "kWh/a", "waste heat taken from other companies"
        ),
        "park_waste_heat": quantity(recovered, "kWh/a", "waste heat recovered"),
    }
