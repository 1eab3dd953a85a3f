"""The park's yearly energy as flows between nodes: what a Sankey diagram shows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from parkwerk.assess.charges import SHARED, TAXED
from parkwerk.assess.quantity import values
from parkwerk.assess.verdict import complete

Floats = npt.NDArray[np.float64]

#: Companies that are shown by name; those that use least are summed up behind them.
MOST_COMPANIES = 10
#: Whose a node is that belongs to nobody, and to the companies that are summed up.
PARK, OTHERS = "", "others"
#: Nodes at which energy enters and leaves the park; at all others it balances.
SOURCES = ("grid", "roofs", "gas", "ambient heat", "waste heat")
SINKS = ("demand", "feed-in", "curtailment", "losses")

COLUMNS = ["source", "source_owner", "target", "target_owner", "carrier"]


@dataclass
class _Ledger:
    """Flows as they are found; amounts in kWh/a, one for each owner."""

    owners: list[str]
    rows: list[pd.DataFrame] = field(default_factory=list)

    def add(self, carrier: str, source: str, target: str, amounts: Floats) -> None:
        """Enter a flow for each company; ``*`` after a node's name means the company's own."""
        ends = {"source": source, "target": target}
        named = {end: node.rstrip("*") for end, node in ends.items()}
        owned = {
            f"{end}_owner": self.owners if node.endswith("*") else PARK
            for end, node in ends.items()
        }
        table = pd.DataFrame({"kwh": amounts, **named, **owned, "carrier": carrier})
        self.rows.append(table)


def yearly_flows(
    scenario: xr.Dataset, solution: xr.Dataset, case: str = "together"
) -> pd.DataFrame:
    """Flows of a case [kWh/a]: a row each, with node and owner at both ends, and the carrier.

    Of company i, all by the sums of the year:

    - a roof's sun is used on site, fed in, given to a pool or curtailed;
    - ``supply = purchase + Σ share_in + pv_used`` goes to the battery or into use;
    - ``use = supply − charge + discharge = demand + heat pump + boosters``, which says what
      the heat pump takes;
    - boiler, heat pump, pipes and boosters give heat, the demand takes it, the store loses some.

    A company without a battery has no node of supply. Batteries, boilers, heat pumps and the pipes
    of a source are one node each. A flow below 1 kWh/a is a solver's dust and left out.
    """
    cases = complete(scenario, solution).sel(case=case)
    companies = list(scenario["company"].values.astype(str))
    ledger = _Ledger(companies)
    used = _electricity(ledger, scenario, cases)
    _heat(ledger, scenario, cases, used)
    table = pd.concat(ledger.rows + _pools(scenario, cases) + _waste_heat(scenario, cases))
    table = _without_idle_supply(table, companies, _found(cases, "yearly_charge"))
    return _summed(table, _names(companies, used))


def balances(flows: pd.DataFrame) -> pd.Series[float]:
    """What enters less what leaves each inner node [kWh/a], by (node, owner)."""
    node = ["node", "owner"]
    into = flows.groupby(["target", "target_owner"])["kwh"].sum().rename_axis(node)
    out = flows.groupby(["source", "source_owner"])["kwh"].sum().rename_axis(node)
    balance = into.sub(out, fill_value=0.0)
    return balance[~balance.index.get_level_values("node").isin(SOURCES + SINKS)]


def _electricity(ledger: _Ledger, scenario: xr.Dataset, cases: xr.Dataset) -> Floats:
    """Enter roofs, supply and batteries; return what each company uses [kWh/a]."""
    pv_used, purchase = _found(cases, "yearly_pv_used"), _found(cases, "yearly_purchase")
    fed_in = _found(cases, "yearly_feed_in", "feed_in_rule")
    curtailed = _found(cases, "yearly_curtailment")
    taken = _found(cases, "yearly_share_in", "pool")
    charge, discharge = _found(cases, "yearly_charge"), _found(cases, "yearly_discharge")
    add = ledger.add
    add("electricity", "roofs*", "supply*", pv_used)
    add("electricity", "roofs*", "feed-in", fed_in)
    add("loss", "roofs*", "curtailment", curtailed)
    add("electricity", "grid", "supply*", purchase)
    add("electricity", "supply*", "batteries", charge)
    add("electricity", "batteries", "use*", discharge)
    add("loss", "batteries", "losses", charge - discharge)
    direct = purchase + taken + pv_used - charge
    add("electricity", "supply*", "use*", direct)
    add("electricity", "use*", "demand*", _demand(scenario, "electricity_demand"))
    return direct + discharge


def _heat(ledger: _Ledger, scenario: xr.Dataset, cases: xr.Dataset, used: Floats) -> None:
    """Enter boilers, heat pumps, boosters and stores."""
    boiler, pumped = _found(cases, "yearly_boiler_heat"), _found(cases, "yearly_heat_pump_heat")
    burnt = boiler / values(scenario["boiler_efficiency"], "company")
    at = ("company", "heat_source")
    taken = values(cases["yearly_heat_taken"], *at)
    boosted = (values(scenario["transfer_electricity"], *at) * taken).sum(axis=1)
    # What is used beyond demand and boosters; without a heat pump it is a solver's dust.
    for_pump = used - _demand(scenario, "electricity_demand") - boosted
    for_pump = np.where(pumped > SHARED, for_pump, 0.0)
    add = ledger.add
    add("gas", "gas", "boilers", burnt)
    add("heat", "boilers", "heat*", boiler)
    add("loss", "boilers", "losses", burnt - boiler)
    add("electricity", "use*", "heat pumps", for_pump)
    add("heat", "ambient heat", "heat pumps", pumped - for_pump)
    add("heat", "heat pumps", "heat*", pumped)
    add("electricity", "use*", "heat*", boosted)
    add("heat", "heat*", "demand*", _demand(scenario, "heat_demand"))
    add("loss", "heat*", "losses", _found(cases, "yearly_heat_stored"))


def _pools(scenario: xr.Dataset, cases: xr.Dataset) -> list[pd.DataFrame]:
    """What roofs give to each pool and each company takes; pools of one rule are one node."""
    pools = scenario["pool"].values.astype(str)
    named = scenario["pool_rule"].values.astype(str) if "pool_rule" in scenario else pools
    rules = [str(name).removesuffix(TAXED) for name in named]
    tables = []
    for name, ends in (
        ("yearly_share_out", {"source": "roofs", "target": "pool"}),
        ("yearly_share_in", {"source": "pool", "target": "supply"}),
    ):
        amounts = values(cases[name], "company", "pool")
        own, at = ("source_owner", "target_owner")[:: 1 if ends["target"] == "pool" else -1]
        grid = np.meshgrid(scenario["company"].values.astype(str), rules, indexing="ij")
        owners = {own: grid[0].ravel(), at: grid[1].ravel()}
        tables.append(
            pd.DataFrame({"kwh": amounts.ravel(), **ends, **owners, "carrier": "electricity"})
        )
    return tables


def _waste_heat(scenario: xr.Dataset, cases: xr.Dataset) -> list[pd.DataFrame]:
    """What each source recovers, loses in pipes and hands to each company."""
    sources = scenario["heat_source"].values.astype(str)
    recovered = values(cases["yearly_recovered"], "heat_source")
    taken = values(cases["yearly_heat_taken"], "heat_source", "company")
    grid = np.meshgrid(sources, scenario["company"].values.astype(str), indexing="ij")
    rows = (
        ("heat", recovered, "waste heat", sources, "pipes", sources),
        ("loss", recovered - taken.sum(axis=1), "pipes", sources, "losses", PARK),
        ("heat", taken.ravel(), "pipes", grid[0].ravel(), "heat", grid[1].ravel()),
    )
    names = ["carrier", "kwh", *COLUMNS[:4]]
    return [pd.DataFrame(dict(zip(names, row, strict=True))) for row in rows]


def _without_idle_supply(table: pd.DataFrame, companies: list[str], charge: Floats) -> pd.DataFrame:
    """The table in which a company without a battery uses its supply at once."""
    idle = np.array(companies)[charge <= SHARED]
    for end in ("source", "target"):
        without = (table[end] == "supply") & table[f"{end}_owner"].isin(idle)
        table[end] = table[end].mask(without, "use")
    own = (table["source"] == "use") & (table["target"] == "use")
    return table[~own]


def _names(companies: list[str], used: Floats) -> dict[str, str]:
    """What each company is called: those that use least are one."""
    if len(companies) <= MOST_COMPANIES:
        return {}
    small = np.argsort(-used, kind="stable")[MOST_COMPANIES - 1 :]
    return {companies[i]: OTHERS for i in small}


def _summed(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """One row for each pair of nodes, without dust, in the order of their appearance."""
    for end in ("source", "target"):
        owner, pool = table[f"{end}_owner"], table[end] == "pool"
        table[f"{end}_owner"] = owner.where(pool, owner.replace(names))
    sums = table.groupby(COLUMNS, sort=False)["kwh"].sum()
    return sums[sums > SHARED].reset_index()


def _found(cases: xr.Dataset, name: str, *over: str) -> Floats:
    """A yearly flow by company [kWh/a], summed over other dimensions."""
    return values(cases[name].sum(over), "company")


def _demand(scenario: xr.Dataset, name: str) -> Floats:
    """A demand over the year, (company,) [kWh/a]."""
    hours = float(scenario.attrs["step_hours"])
    return values(scenario[name].sum("time") * hours, "company")
