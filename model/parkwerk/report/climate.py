"""What changes with the weather: temperature, sun, heat, refrigeration, by scenario."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr
from rich import box
from rich.table import Table
from rich.text import Text

from parkwerk.assess.quantity import ratio
from parkwerk.report.wording import number, percent
from parkwerk.study.inputs import Inputs
from parkwerk.study.weather import ANY

#: Temperature of a heated room, and daily mean below which it is heated [degC] (VDI 2067, G20/15).
ROOM_C, HEATING_LIMIT_C = 20.0, 15.0
#: Base of the cooling degree hours [degC]: the highest of 13, 16 and 18 of the DWD's tables.
COOLING_BASE_C = 18.0
#: Quantities by name: unit and meaning.
QUANTITIES = {
    "mean_temperature": ("degC", "mean outdoor temperature"),
    "heating_degree_days": ("K*d", "heating degree days G20/15"),
    "cooling_degree_hours": ("K*h", "cooling degree hours above 18 degC"),
    "global_radiation": ("kWh/m2", "yearly irradiation of the horizontal"),
    "pv_yield": ("kWh/kW", "yearly yield of full roofs per installed kW"),
    "electricity_demand": ("kWh", "yearly electricity demand without heat pumps"),
    "heat_demand": ("kWh", "yearly heat demand"),
    "refrigeration_electricity": ("kWh", "yearly electricity of refrigeration"),
    "waste_heat": ("kWh", "recoverable waste heat a year"),
    "heat_pump_cop": ("1", "heat per electricity, were all heat that of heat pumps on outdoor air"),
}
#: Columns of the table: heading, quantity, factor, decimals.
COLUMNS = (
    ("mean\n[degC]", "mean_temperature", 1.0, 1),
    ("G20/15\n[K*d]", "heating_degree_days", 1.0, 0),
    ("above 18\n[K*h]", "cooling_degree_hours", 1.0, 0),
    ("sun\n[kWh/m2]", "global_radiation", 1.0, 0),
    ("PV\n[kWh/kW]", "pv_yield", 1.0, 0),
    ("power\n[MWh]", "electricity_demand", 1e-3, 0),
    ("heat\n[MWh]", "heat_demand", 1e-3, 0),
    ("cold\n[MWh]", "refrigeration_electricity", 1e-3, 0),
    ("COP", "heat_pump_cop", 1.0, 2),
)


def climate_summary(scenarios: Mapping[str, xr.Dataset]) -> xr.Dataset:
    """Weather of each scenario, and what of the scenario follows it.

    ``heating_degree_days  = Σ_days (20 − T_d) where T_d < 15``   T_d: mean of a day in CET [degC]
    ``cooling_degree_hours = Σ_t max(0, T[t] − 18)·Δt``
    ``heat_pump_cop        = Σ heat_demand / Σ heat_demand·heat_pump_electricity``

    The first is the degree-day figure G20/15 (Gradtagzahl, VDI 2067; VDI 4710 sheet 2 gives it for
    the regions of the test reference years, VDI 3807 sheet 1 rests the correction of consumption
    on degree days). The second follows DIN EN ISO 15927-6, as the DWD publishes it for 13, 16 and
    18 degC.

    Parameters
    ----------
    scenarios
        Scenarios of a year by the name that they are to have.

    Returns
    -------
    xr.Dataset
        :data:`QUANTITIES` on `scenario`, each with `units` and `long_name`, and `weather`, where
        the weather comes from. Not a number where a scenario does not say (hand-made ones may lack
        temperature and radiation) or has nothing of the kind.
    """
    rows = [_of(scenario) for scenario in scenarios.values()]
    summary = xr.Dataset(coords={"scenario": np.array(list(scenarios), dtype=str)})
    for name, (units, long_name) in QUANTITIES.items():
        values = np.array([row.get(name, np.nan) for row in rows], dtype=np.float64)
        summary[name] = ("scenario", values, {"units": units, "long_name": long_name})
    weather = [
        str(scenario["outdoor_temperature"].attrs.get("source", ""))
        if "outdoor_temperature" in scenario
        else ""
        for scenario in scenarios.values()
    ]
    summary["weather"] = ("scenario", np.array(weather, dtype=str), {"long_name": "weather"})
    return summary


def _of(scenario: xr.Dataset) -> dict[str, float]:
    """The quantities of one scenario that it knows."""
    hours = float(scenario.attrs["step_hours"])

    def yearly(name: str) -> float:
        return float(scenario[name].sum()) * hours

    heat, electricity = scenario["heat_demand"], scenario["heat_pump_electricity"]
    room = scenario["roof_limit"]
    found = {
        "pv_yield": float(ratio(xr.dot(scenario["pv_yield"], room).sum() * hours, room.sum())),
        "electricity_demand": yearly("electricity_demand"),
        "heat_demand": yearly("heat_demand"),
        "waste_heat": yearly("waste_heat"),
        "heat_pump_cop": float(ratio(heat.sum(), (heat * electricity).sum())),
    }
    if "refrigeration_electricity" in scenario:
        found["refrigeration_electricity"] = yearly("refrigeration_electricity")
    if "global_horizontal" in scenario:
        found["global_radiation"] = yearly("global_horizontal") / 1000
    if "outdoor_temperature" in scenario:
        outdoor = scenario["outdoor_temperature"].to_numpy()
        daily = outdoor.reshape(-1, round(24 / hours)).mean(axis=1)
        found["mean_temperature"] = float(outdoor.mean())
        found["heating_degree_days"] = float((ROOM_C - daily[daily < HEATING_LIMIT_C]).sum())
        above = np.maximum(outdoor - COOLING_BASE_C, 0.0)
        found["cooling_degree_hours"] = float(above.sum()) * hours
    return found


def climate_table(summary: xr.Dataset) -> Table:
    """A row for each scenario that differs from those before it in any quantity."""
    table = Table(box=box.SIMPLE_HEAD)
    for i, heading in enumerate(["a year", *(heading for heading, *_ in COLUMNS)]):
        table.add_column(Text(heading), justify="right" if i else "left")
    for name in _differing(summary):
        row = summary.sel(scenario=name)
        cells = (number(float(row[key]) * factor, digits) for _, key, factor, digits in COLUMNS)
        table.add_row(Text(name), *cells)
    return table


def climate_lines(summary: xr.Dataset) -> list[str]:
    """What the weather of each row of the table is, as its file says."""
    names = _differing(summary)
    weather = summary["weather"].sel(scenario=names).values.astype(str)
    said = [text.partition(" | ")[0] or "weather not told" for text in weather]
    return [f"{name}: {text}" for name, text in zip(names, said, strict=True)]


def _differing(summary: xr.Dataset) -> list[str]:
    """Scenarios of which no earlier one has the same weather and the same figures."""
    table = summary.to_dataframe().reset_index("scenario")
    return [str(name) for name in table.drop_duplicates([*QUANTITIES, "weather"])["scenario"]]


def against_figures(scenario: xr.Dataset, inputs: Inputs) -> str:
    """What heat and refrigeration are in this weather, of the figures in companies.csv.

    Empty where the weather is that of the figures.
    """
    chosen = inputs.settings.weather
    if chosen.reference.value in (chosen.file.value, ANY):
        return ""
    hours = float(scenario.attrs["step_hours"])
    parts = []
    for what, name, field in (
        ("heat", "heat_demand", "heat_kwh"),
        ("refrigeration", "refrigeration_electricity", "refrigeration_kwh"),
    ):
        figure = sum(getattr(company, field) for company in inputs.companies)
        if figure:
            found = float(scenario[name].sum()) * hours
            parts.append(f"{what} {percent(found / figure, 1)}")
    return (
        f"weather {chosen.file.value}: {' and '.join(parts) or 'nothing'} of the figures, which "
        f"are those of {chosen.reference.value}"
    )
