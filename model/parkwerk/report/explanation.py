"""The result in words: what is built, which tariff and why, what sharing is worth."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from parkwerk.assess.links import SHARED
from parkwerk.report.common_connection import common_text
from parkwerk.report.comparison import by_reason, kept_out
from parkwerk.report.proof import proof_text
from parkwerk.report.summary import BUILT, PARK, built_pipes, summary
from parkwerk.report.wording import LONGEST_LIST, listed, number, percent

#: Smallest share of cost that is called a gain; below it the designs are the same.
GAIN = 1e-6

BUILDS = {
    "PV": ("pv_kw", "kW"),
    "Batteries": ("battery_kwh", "kWh"),
    "Heat pumps": ("heat_pump_kw", "kW"),
    "Heat stores": ("heat_storage_kwh", "kWh"),
}


def explain(scenario: xr.Dataset, solution: xr.Dataset, verdict: xr.Dataset) -> list[str]:
    """Paragraphs of plain text, from the answer to what it rests on."""
    rows = summary(solution, verdict)
    return [
        _saving(verdict),
        _built(rows),
        _links(solution, verdict),
        _electricity(scenario, verdict),
        _tariffs(verdict),
        _division(verdict, common_text(scenario, solution)),
        _climate(verdict),
        proof_text(solution),
        _inputs(scenario),
    ]


def _saving(verdict: xr.Dataset) -> str:
    """What the park pays and saves."""
    cost = verdict["park_cost"]
    today, together = float(cost.sel(case="today")), float(cost.sel(case="together"))
    saved, sharing = today - together, float(verdict["park_saving_by_sharing"])
    share = percent(saved / today, 1) if today else "-"
    text = (
        f"Together the {verdict.sizes['company']} companies pay {number(together)} EUR a year, "
        f"{number(saved)} EUR ({share}) less than today, all annuities included. "
    )
    if sharing > GAIN * abs(together):
        alone = saved - sharing
        each = f"save {number(alone)} EUR" if alone >= 0 else f"pay {number(-alone)} EUR more"
        return text + (
            f"Each for itself would {each}; sharing is worth another {number(sharing)} EUR a year."
        )
    return text + (
        "No design with sharing was found that costs less than the companies' designs each for "
        "itself, so sharing is worth nothing here."
    )


def _built(rows: pd.DataFrame) -> str:
    """Plants by technology and company."""
    companies = rows[rows["kind"] == "company"]
    found = []
    for technology, (column, unit) in BUILDS.items():
        sizes = companies[column] if column in companies else pd.Series(dtype=float)
        sizes = sizes[sizes > BUILT].sort_values(ascending=False)
        if len(sizes):
            each = listed([f"{name} {number(size)}" for name, size in sizes.items()])
            found.append(f"{technology}: {number(sizes.sum())} {unit} ({each}).")
    return " ".join(found) or "Nothing is built."


def _links(solution: xr.Dataset, verdict: xr.Dataset) -> str:
    """Which pipes are built and what they carry."""
    pipes = built_pipes(solution)
    if not len(pipes):
        return "No heat pipe is built."
    own = pipes[pipes["start"] == pipes["end"]]
    shared = pipes.drop(own.index)
    text = [
        f"{row['source']} uses {number(row['kwh_per_a'] / 1000)} MWh a year of its own waste heat."
        for _, row in own.iterrows()
    ]
    if not len(shared):
        return " ".join([*text, "No heat pipe between companies is built."])
    built = [f"{row['pipe']} with {number(row['kw'])} kW" for _, row in shared.iterrows()]
    heat = verdict["waste_heat_from_neighbours"].sel(case="together").to_series()
    taken = [f"{name} {number(kwh / 1000)} MWh" for name, kwh in heat.items() if kwh > 1]
    text.append(f"Pipes between companies: {listed(built)}; a year they bring {listed(taken)}.")
    return " ".join(text)


def _electricity(scenario: xr.Dataset, verdict: xr.Dataset) -> str:
    """What is shared, and who may not take part."""
    shared = float(verdict["park_shared"].sel(case="together"))
    if not scenario.sizes["pool"]:
        return "This regime lets no electricity pass between companies."
    text = f"Electricity shared between companies: {number(shared / 1000)} MWh a year."
    if "pool_reason" not in scenario:
        return text
    outside = kept_out(str(scenario.attrs.get("regime", "")), scenario)
    told = [
        f"Not admitted to {each.rules}: {each.companies} ({each.reason})."
        for each in by_reason(outside)
    ]
    return " ".join([text, *told])


def _tariffs(verdict: xr.Dataset) -> str:
    """Which tariff each meter pays that draws anything, and why."""
    today, together = verdict.sel(case="today"), verdict.sel(case="together")
    draws = (together["full_load_hours"] > 0).values
    meters = [str(name) for name in verdict["connection"].values[draws]]
    changed = [m for m in meters if _tariff(today, m) != _tariff(together, m)]
    told = meters if len(meters) <= LONGEST_LIST else changed[:LONGEST_LIST]
    sentences = [_why(today.sel(connection=m), together.sel(connection=m)) for m in told]
    if told is not meters:
        sentences.append(f"{len(changed)} of {len(meters)} meters change their tariff.")
    reason = (
        "Grid tariffs follow the hours of use (yearly withdrawal by yearly peak): the more hours, "
        "the better a high demand charge with a cheap kWh."
    )
    return " ".join([reason, *sentences])


def _tariff(case: xr.Dataset, meter: str) -> str:
    return str(case["chosen_tariff"].sel(connection=meter).item())


def _why(today: xr.Dataset, together: xr.Dataset) -> str:
    """One meter: its hours of use, its tariff, and what the next best would cost more."""
    name, hours = str(together["connection"].item()), float(together["full_load_hours"])
    chosen, before = str(together["chosen_tariff"].item()), str(today["chosen_tariff"].item())
    text = f"{name} has {number(hours)} h and pays '{chosen}'"
    if before not in ("", chosen):  # empty: a common connection, which nobody has today
        text += f" (today {number(float(today['full_load_hours']))} h and '{before}')"
    other = str(together["next_best_tariff"].item())
    if not other:
        return f"{text}, the only one open to it."
    advantage = float(together["tariff_advantage"])
    return f"{text}; '{other}' would cost {number(advantage)} EUR a year more."


def _division(verdict: xr.Dataset, common: str) -> str:
    """What the companies' costs leave open; `common` tells of rows that hold a part of them."""
    open_cost = -float(verdict["saving"].sel(case="together", party=SHARED))
    text = (
        "The cost of each company is before any payment between companies: who gives electricity "
        "or heat is not paid for it yet"
    )
    if open_cost > 1:
        text += f", and {number(open_cost)} EUR a year of shared links are not yet assigned"
    return f"{text}. {common}".rstrip()


def _climate(verdict: xr.Dataset) -> str:
    """CO2 and self-sufficiency."""
    co2 = verdict["park_co2"].to_series() / 1000
    together = verdict.sel(case="together")
    sufficiency = percent(float(together["park_self_sufficiency"]))
    consumption = percent(float(together["park_self_consumption"]))
    return (
        f"The electricity and gas bought cause {number(co2['together'])} t of CO2 a year, after "
        f"{number(co2['today'])} t today and {number(co2['alone'])} t with each company alone (no "
        f"credit for PV that is fed in). {sufficiency} of the electricity used is generated in the "
        f"{PARK}, which uses {consumption} of its PV generation itself."
    )


def _inputs(scenario: xr.Dataset) -> str:
    """What the numbers rest on."""
    note = str(scenario.attrs.get("note", "")).strip()
    fees = str(scenario["demand_charge"].attrs.get("source", "")).strip()
    parts = [note and f"Note of the study: {note}", fees and f"Grid fees: {fees}."]
    return " ".join(part for part in parts if part) or "The study names no sources."
