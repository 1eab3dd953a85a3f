"""A shorter year: some of its days, for a first look, a lesson or a test."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from parkwerk.errors import InputError

DAYS = 365
HOURS_PER_DAY = 24
#: What only a whole year can be held against: the price sheet as printed, from which bills are
#: written, and what annuities are worked out from once more.
OF_WHOLE_YEARS = (
    *("sheet_demand_charge", "sheet_energy_charge"),
    *("sheet_monthly_charge", "sheet_monthly_energy_charge"),
    *("asset_life", "asset_maintenance", "asset_funding", "pv_maintenance"),
)


def shorten(scenario: xr.Dataset, days: int) -> xr.Dataset:
    """Some days spread evenly over the year, and that share of every yearly price.

    A price for a month is that of a twelfth of the shorter year, and conditions on the energy of a
    year see the energy of the days times ``365/days``. So the days have the cost of the year they
    stand for, times ``days/365``, and what is worth building stays so. How well a few days stand
    for a year is another matter: all results are of these days, and so are their EUR/a and kWh/a.

    Neither bills nor cash flows follow from a shorter year, so ``assess`` leaves them out. The time
    axis goes on without a break from the first day. All days are the scenario itself.

    Raises
    ------
    InputError
        If the days are none or more than 365, or the scenario has not the steps of 365 days.
    """
    if not 1 <= days <= DAYS:
        raise InputError(f"days: {days}, expected 1 to {DAYS}")
    steps = round(HOURS_PER_DAY / scenario.attrs["step_hours"])
    if scenario.sizes["time"] != DAYS * steps:
        raise InputError(
            f"the scenario has {scenario.sizes['time']} steps, expected {DAYS} days of {steps}"
        )
    if days == DAYS:
        return scenario
    first = np.floor(np.arange(days) * DAYS / days).astype(int) * steps
    short = scenario.isel(time=(first[:, None] + np.arange(steps)).ravel())
    short = short.drop_vars(OF_WHOLE_YEARS, errors="ignore")
    short = short.assign(_scaled(short, days / DAYS))
    # Other tools read the length of a step off the time axis.
    step = pd.Timedelta(hours=scenario.attrs["step_hours"])
    start = pd.Timestamp(scenario["time"].values[0])
    return short.assign_coords(time=start + step * np.arange(short.sizes["time"]))


def _scaled(short: xr.Dataset, share: float) -> dict[str, xr.DataArray]:
    """Prices of a year, and conditions on the energy of a year, as a share of a year has them."""
    found = {}
    for name, array in short.data_vars.items():
        units = str(array.attrs.get("units", ""))
        if units.endswith(("/a", "*a)")) and units != "1/a":
            found[str(name)] = (array * share).assign_attrs(array.attrs)
    if "monthly_charge" in short:
        charge = short["monthly_charge"]
        months = (short["in_month"] > 0).any("time").sum()
        found["monthly_charge"] = (charge * share * 12 / months).assign_attrs(charge.attrs)
    if "tariff_condition" in short:
        condition = short["tariff_condition"]
        energy = condition["reading"] == "energy"
        scaled = condition.where(~energy, condition / share)
        found["tariff_condition"] = scaled.assign_attrs(condition.attrs)
    return found
