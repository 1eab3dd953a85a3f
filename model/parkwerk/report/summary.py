"""The result as one table: a row for each company, one for what they share, one for the park."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

#: Smallest size that counts as built [kW or kWh]; a solver leaves some dust.
BUILT = 1e-3

PARK = "park"

#: Columns of the case together by company, and the quantity that each shows.
SIZES = {
    "pv_kw": "pv",
    "battery_kwh": "battery_energy",
    "battery_kw": "battery_power",
    "heat_pump_kw": "heat_pump_capacity",
    "heat_storage_kwh": "heat_storage_energy",
}
ENERGIES = {
    "waste_heat_kwh_per_a": "waste_heat_taken",
    "waste_heat_from_neighbours_kwh_per_a": "waste_heat_from_neighbours",
    "shared_in_kwh_per_a": "shared_in",
    "shared_out_kwh_per_a": "shared_out",
    "pv_generation_kwh_per_a": "pv_generation",
    "curtailment_kwh_per_a": "curtailment",
    "grid_electricity_kwh_per_a": "grid_electricity",
}
RATIOS = ("self_sufficiency", "self_consumption")


def summary(solution: xr.Dataset, verdict: xr.Dataset) -> pd.DataFrame:
    """One row per party and one for the park; columns carry their unit in the name.

    Columns without a case are of the case together. Empty where a quantity does not apply: a
    shared link has no tariff, a ratio of nothing is no number. The companies' rows, `shared links`
    and a common connection sum to the row `park` in every column of money.
    """
    parties = [str(party) for party in verdict["party"].values]
    companies = {str(company) for company in verdict["company"].values}
    kinds = ["company" if party in companies else "shared" for party in parties]
    table = pd.DataFrame({"kind": kinds}, index=pd.Index(parties, name="name"))
    for columns in (_sizes(solution, verdict), _meter(verdict), _energy(verdict), _money(verdict)):
        for name, values in columns.items():
            table[name] = values.reindex(table.index)
    table["links"] = [links_of(solution, party if party in companies else "") for party in parties]
    return _without_dust(pd.concat([table, _park(table, solution, verdict)]).rename_axis("name"))


def built_pipes(solution: xr.Dataset) -> pd.DataFrame:
    """Pipes that are built: source, pipe, ends, capacity [kW] and heat that enters [kWh/a]."""
    if "pipe_capacity" not in solution or not solution["pipe_capacity"].size:
        return pd.DataFrame(columns=["source", "pipe", "start", "end", "kw", "kwh_per_a"])
    together = solution.sel(case="together")
    capacity = together["pipe_capacity"].values
    source, pipe = np.nonzero(capacity > BUILT)
    return pd.DataFrame(
        {
            "source": solution["heat_source"].values[source],
            "pipe": solution["pipe"].values[pipe],
            "start": solution["pipe_from"].values[pipe],
            "end": solution["pipe_to"].values[pipe],
            "kw": capacity[source, pipe],
            "kwh_per_a": together["yearly_pipe_flow"].values[source, pipe],
        }
    )


def links_of(solution: xr.Dataset, company: str = "") -> str:
    """Built pipes that begin or end at a company; without a company all that leave their source."""
    pipes = built_pipes(solution)
    if company:
        touches = (pipes["start"] == company) | (pipes["end"] == company)
    else:
        touches = pipes["start"] != pipes["end"]
    return "; ".join(pipes.loc[touches, "pipe"].drop_duplicates())


def _without_dust(table: pd.DataFrame) -> pd.DataFrame:
    """Numbers to 6 decimals, and no minus sign on a zero."""
    numbers = table.select_dtypes("number")
    return table.assign(**{str(name): numbers[name].round(6) + 0.0 for name in numbers})


def _series(array: xr.DataArray) -> pd.Series:
    """An array of one dimension by its labels."""
    return pd.Series(array.values, index=pd.Index(array[array.dims[0]].values.astype(str)))


def _sizes(solution: xr.Dataset, verdict: xr.Dataset) -> Mapping[str, pd.Series]:
    columns = {}
    for column, name in SIZES.items():
        of = verdict if name in verdict else solution
        if name in of:
            columns[column] = _series(of[name].sel(case="together"))
    if "transfer_capacity" in solution:
        transfer = solution["transfer_capacity"].sel(case="together").sum("heat_source")
        columns["heat_transfer_kw"] = _series(transfer)
    return columns


def _meter(verdict: xr.Dataset) -> Mapping[str, pd.Series]:
    today, together = verdict.sel(case="today"), verdict.sel(case="together")
    return {
        "peak_today_kw": _series(today["peak"]),
        "peak_kw": _series(together["peak"]),
        "full_load_hours_today": _series(today["full_load_hours"]),
        "full_load_hours": _series(together["full_load_hours"]),
        "tariff_today": _series(today["chosen_tariff"]),
        "tariff": _series(together["chosen_tariff"]),
    }


def _energy(verdict: xr.Dataset) -> Mapping[str, pd.Series]:
    together = verdict.sel(case="together")
    columns = {column: _series(together[name]) for column, name in ENERGIES.items()}
    columns |= {name: _series(together[name]) for name in RATIOS}
    for case in map(str, verdict["case"].values):
        columns[f"co2_{case}_t_per_a"] = _series(verdict["co2"].sel(case=case)) / 1000
    return columns


def _money(verdict: xr.Dataset) -> Mapping[str, pd.Series]:
    together = verdict.sel(case="together")
    costs = {
        f"cost_{case}_eur_per_a": _series(verdict["yearly_cost"].sel(case=case))
        for case in map(str, verdict["case"].values)
    }
    return costs | {
        "saving_eur_per_a": _series(together["saving"]),
        "saving_by_sharing_eur_per_a": _series(verdict["saving_by_sharing"]),
        "net_present_value_eur": _series(together["net_present_value"]),
        "investment_eur": _series(together["investment"].sum("technology")),
    }


def _park(table: pd.DataFrame, solution: xr.Dataset, verdict: xr.Dataset) -> pd.DataFrame:
    """The row of the park: sums, its own ratios, no tariff."""
    sums = table.select_dtypes("number").sum()
    row: dict[str, object] = {"kind": PARK, **sums, "links": links_of(solution)}
    for name in RATIOS:
        row[name] = float(verdict[f"park_{name}"].sel(case="together"))
    for case, column in (("today", "peak_today_kw"), ("together", "peak_kw")):
        row[column] = float(verdict["park_peak"].sel(case=case))
    row |= dict.fromkeys(("full_load_hours", "full_load_hours_today"), np.nan)
    return pd.DataFrame([row], index=[PARK], columns=table.columns)
