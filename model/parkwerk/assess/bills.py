"""Every party's bill, line by line, written from its series by the letter of the law.

It shares nothing with the program that was optimised but the solution's series and sizes: hours of
use, thresholds, tiers, peaks by month and the settlement of feed-in are worked out again from the
law of the date and the charges as the price sheet prints them. A bill that differs from the
objective means that one of the two is wrong, so :func:`check_bills` stops the run.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import xarray as xr

from parkwerk.assess.bill_feed_in import Market, revenue
from parkwerk.assess.bill_grid import Contract, Pair, Reading, grid_fee, levies, read_meter
from parkwerk.errors import BillError, InputError
from parkwerk.regulation.law import Law
from parkwerk.regulation.law import law as law_on

Floats = npt.NDArray[np.float64]
Bill = dict[str, float]

#: Lines of a bill, and the kinds of cost in the objective that lines of the same kinds add up to.
LINES = {
    "grid fee by power": ("demand charge", "energy charge"),
    "grid fee by energy": ("demand charge", "energy charge"),
    "grid fee spared by sharing": ("demand charge", "energy charge"),
    "KWKG levy": ("tariff fixed", "levies"),
    "offshore levy": ("tariff fixed", "levies"),
    "special-use levy": ("tariff fixed", "levies"),
    "concession levy": ("tariff fixed", "levies"),
    "electricity": ("energy",),
    "electricity tax": ("electricity tax",),
    "charges on shared electricity": ("pool charge",),
    "memberships": ("pool membership",),
    "feed-in": ("feed-in revenue",),
    "gas": ("gas",),
    "CO2 price": ("CO2 price",),
    "operation of the connection": ("operation",),
}
AND = " + "

#: What a scenario must say beside the law, or no bill can be written.
NEEDED = (
    "sheet_demand_charge",
    "sheet_energy_charge",
    "sheet_monthly_charge",
    "sheet_monthly_energy_charge",
    "levied",
    "tiered",
    "costly_electricity",
    "internal_charge",
    "manufacturing",
    "solar_market_value",
    "marketing_cost",
    "voltage_level",
    "tariff_option",
)

#: Share of an amount by which bill and objective may differ; amounts below 1 EUR/a, and below a
#: millionth of the park's turnover, count as that.
TOLERANCE = 1e-6


def write_bills(scenario: xr.Dataset, solution: xr.Dataset) -> xr.Dataset:
    """What each company and each common connection pays a year when all act together.

    Assets, heat recovery and payments between companies are not on it: nobody bills them by law.

    Returns
    -------
    Dataset with ``bill(party, line)`` [EUR/a], revenue negative, and the label ``bill_kind(line)``:
    the kinds of cost in the objective that all lines of this kind add up to.

    Raises
    ------
    InputError
        If the scenario does not say what the bill is written from.
    """
    for name in NEEDED:
        if name not in scenario:
            raise InputError(f"the scenario lacks `{name}`, expected what a bill is written from")
    if "law_date" not in scenario.attrs:
        raise InputError("the scenario has no attribute `law_date`, expected the day of the law")
    law = law_on(date.fromisoformat(scenario.attrs["law_date"]))
    together = solution.sel(case="together") if "case" in solution.dims else solution
    bills: dict[str, Bill] = {}
    for connection in map(str, scenario["connection"].values):
        bills[connection] = connection_bill(scenario, together, connection, law)
    for company in map(str, scenario["company"].values):
        bills[company] |= company_bill(scenario, together, company, law)
    amounts = [[bill.get(line, 0.0) for line in LINES] for bill in bills.values()]
    kinds = [AND.join(kinds) for kinds in LINES.values()]
    bill = xr.DataArray(amounts, coords={"party": list(bills), "line": list(LINES)})
    bill.attrs.update(units="EUR/a", long_name="bill by the letter of the law")
    return xr.Dataset({"bill": bill}, coords={"bill_kind": ("line", kinds)})


def check_bills(cost: xr.DataArray, bills: xr.Dataset) -> None:
    """Refuse bills that differ from the objective's parts.

    For each party and each kind ``|bill − cost| ≤ 1e-6·max(1 EUR/a, |cost|, 1e-6·park)``, where
    `park` is the sum of all costs without sign.

    Parameters
    ----------
    cost
        Yearly cost in the objective [EUR/a], (party, cost_kind), of the case `together`.

    Raises
    ------
    BillError
        Naming the party, the kind of cost, both amounts and the bill's lines.
    """
    objective = cost.to_series()
    billed = bills["bill"].to_series()
    park = float(objective.abs().sum())
    parties = dict.fromkeys([*cost["party"].values, *bills["party"].values])
    kinds = dict.fromkeys(bills["bill_kind"].values)
    for party in map(str, parties):
        for kind in map(str, kinds):
            lines = bills["line"].values[bills["bill_kind"].values == kind]
            parts = {line: float(billed.get((party, line), 0.0)) for line in map(str, lines)}
            owed = sum(parts.values())
            paid = sum(float(objective.get((party, part), 0.0)) for part in kind.split(AND))
            # Written so that what is not a number is a difference, too.
            if not abs(owed - paid) <= TOLERANCE * max(1.0, abs(paid), 1e-6 * park):
                listed = ", ".join(f"{line} {amount:,.4f}" for line, amount in parts.items())
                raise BillError(
                    f"the bill of `{party}` differs from the objective in `{kind}`: "
                    f"{owed:,.4f} EUR/a on the bill ({listed}), {paid:,.4f} EUR/a in the objective"
                )


def connection_bill(scenario: xr.Dataset, solution: xr.Dataset, connection: str, law: Law) -> Bill:
    """Grid fee, levies and operation of a connection; nothing where none is paid for."""
    chosen = str(solution["chosen_tariff"].sel(connection=connection).item())
    if not chosen:
        return {}
    contract = contract_of(scenario, connection, chosen)
    reading = reading_of(scenario, solution, connection)
    fee = grid_fee(contract, reading, law)
    return {
        "grid fee by power": fee.power,
        "grid fee by energy": fee.energy,
        "operation of the connection": float(
            of(scenario, "connection_cost", connection=connection)
        ),
        **levies(contract, reading, law),
    }


def contract_of(scenario: xr.Dataset, connection: str, chosen: str) -> Contract:
    """The price sheet at a connection, under the option of the chosen entry."""
    demand = of(scenario, "sheet_demand_charge", connection=connection)
    energy = of(scenario, "sheet_energy_charge", connection=connection)
    monthly = (f"sheet_monthly_{charge}" for charge in ("charge", "energy_charge"))
    under, over = (Pair(float(d), float(e)) for d, e in zip(demand, energy, strict=True))
    return Contract(
        option=str(scenario["tariff_option"].sel(tariff=chosen).item()),
        level=str(scenario["voltage_level"].sel(connection=connection).item()),
        under=under,
        over=over,
        monthly=Pair(*(float(of(scenario, name, connection=connection)) for name in monthly)),
        internal=float(of(scenario, "internal_charge", connection=connection)),
        levied=bool(of(scenario, "levied", connection=connection)),
        tiered=bool(of(scenario, "tiered", connection=connection)),
        costly_electricity=bool(of(scenario, "costly_electricity", connection=connection)),
    )


def reading_of(scenario: xr.Dataset, solution: xr.Dataset, connection: str) -> Reading:
    """The meter's reading of the year: a company's own meter, or that of a common connection."""
    own = connection in scenario["company"].values
    prefix, label = ("", "company") if own else ("common_", "connection")
    return read_meter(
        of(solution, f"{prefix}withdrawal", **{label: connection}),
        scenario["time"].dt.month.values,
        of(scenario, "in_window", connection=connection),
        float(of(solution, f"{prefix}ordered_capacity", **{label: connection})),
        float(scenario.attrs["step_hours"]),
    )


def company_bill(scenario: xr.Dataset, solution: xr.Dataset, company: str, law: Law) -> Bill:
    """What a company pays to suppliers, state, pools and marketer beside its grid connection."""
    hours = float(scenario.attrs["step_hours"])
    bought = of(solution, "purchase", company=company) * hours
    burnt = of(solution, "boiler_heat", company=company).sum() * hours
    owned = scenario["roof_company"].values == company
    size = float((of(solution, "pv_capacity").T * owned).sum())
    rules = map(str, scenario["feed_in_rule"].values)
    fed_in = {rule: of(solution, "feed_in", company=company, feed_in_rule=rule) for rule in rules}
    market = Market(
        spot=of(scenario, "spot_price"),
        solar_value=float(of(scenario, "solar_market_value")),
        marketing_cost=float(of(scenario, "marketing_cost")),
        tender_value=float(of(scenario, "tender_value")),
        step_hours=hours,
    )
    manufacturing = bool(of(scenario, "manufacturing", company=company))
    return {
        "electricity": float((of(scenario, "electricity_price", company=company) * bought).sum()),
        "electricity tax": electricity_tax(float(bought.sum()), manufacturing, law),
        "feed-in": -revenue(size, fed_in, market, law),
        "gas": float(of(scenario, "boiler_fuel_cost", company=company) * burnt),
        "CO2 price": float(of(scenario, "boiler_carbon_cost", company=company) * burnt),
        **sharing_bill(scenario, solution, company),
    }


def electricity_tax(bought: float, manufacturing: bool, law: Law) -> float:
    """``tax·E``, for manufacturing less what ``relief·E`` exceeds 250 EUR/a by (StromStG §9b)."""
    relief = max(0.0, law.electricity_tax_relief * bought - law.electricity_tax_relief_deductible)
    return law.electricity_tax * bought - (relief if manufacturing else 0.0)


def sharing_bill(scenario: xr.Dataset, solution: xr.Dataset, company: str) -> Bill:
    """Charges on what is taken from pools, membership, and the grid fee that it spares."""
    hours = float(scenario.attrs["step_hours"])
    taken = of(solution, "share_in", company=company).sum(axis=-1) * hours
    joined = of(solution, "joined", company=company)
    chosen = str(solution["chosen_tariff"].sel(connection=company).item())
    rebate = of(scenario, "pool_rebate", connection=company, tariff=chosen)
    charge = of(scenario, "pool_charge", company=company)
    membership = of(scenario, "pool_fixed_cost", company=company)
    return {
        "charges on shared electricity": float((charge * taken).sum()),
        "memberships": float((membership * joined).sum()),
        "grid fee spared by sharing": -float((rebate * taken).sum()),
    }


def of(data: xr.Dataset, name: str, **labels: str) -> Floats:
    """The values at these labels; zero for what no actor of the park has."""
    if name not in data:
        return np.zeros(())
    return np.asarray(data[name].sel(labels), dtype=float)
