"""What a further kWh bears beside its energy price: shared under a rule, or from the supplier."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from parkwerk.assess.quantity import values
from parkwerk.regulation.law import law
from parkwerk.regulation.regimes import pool_rules

#: Kinds of charges, from the network outwards, by their columns in a table [ct/kWh].
KINDS = {
    "network energy charge": "network_energy_charge_ct_per_kwh",
    "levies and concession": "levies_ct_per_kwh",
    "electricity tax": "electricity_tax_ct_per_kwh",
    "own supply": "own_supply_ct_per_kwh",
    "membership": "membership_ct_per_kwh",
    "network rebate": "network_rebate_ct_per_kwh",
}
NETWORK, LEVIES, TAX, SUPPLY, MEMBERSHIP, REBATE = KINDS.values()

#: The way of a kWh that no neighbour gave.
SUPPLIER = "from the supplier"
#: End of the name of a rule's pools whose charge contains the taker's electricity tax.
TAXED = "-taxed"
#: Energy that counts as shared [kWh/a]; a solver leaves some dust.
SHARED = 1.0
CT_PER_EUR = 100.0
ENERGY, TOTAL = "energy_kwh_per_a", "total_ct_per_kwh"
BY_POOL = ("pool", "company")

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


def charges(scenario: xr.Dataset, solution: xr.Dataset) -> pd.DataFrame:
    """Charges on a further kWh in the case together [ct/kWh], rows by way, columns by kind.

    A way is a rule of the regime under which some company may take, or the supplier. Of company i
    with the paid entry e of its tariff menu, and of pool p:

    - shared: ``on_grid[p]·(energy_charge[i, e] + levy[i, e] − pool_rebate[p, i, e]) +
      pool_charge[p, i] + Σ pool_fixed_cost·joined / Σ share_in``;
    - bought: ``energy_charge + levy`` at the own meter and at the common connection behind which
      the company is, ``+ electricity_tax[i, e]``.

    A way's charge is the mean over companies and pools by the energy that passes, or the plain one
    over those that may take where none passes; membership has no price per kWh then. What depends
    on power rather than energy is left out. ``energy_kwh_per_a`` says what passes.
    """
    together = solution.sel(case="together")
    paid = paid_entries(scenario, together)
    rows = {SUPPLIER: _bought(scenario, together, paid)}
    rules = scenario["pool_rule"].values.astype(str)
    for rule in dict.fromkeys(map(str, rules)):
        pools = np.flatnonzero(rules == rule)
        row = _shared(scenario.isel(pool=pools), together.isel(pool=pools), rule, paid)
        if row is not None:
            rows[rule] = row
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[ENERGY, *KINDS.values()])
    return table.assign(**{TOTAL: table[list(KINDS.values())].sum(axis=1)})


def paid_entries(scenario: xr.Dataset, together: xr.Dataset) -> Ints:
    """Place in the tariff menu of the entry that each connection pays, (connection,).

    A company without a meter of its own pays none: it has the one entry that is open to it, which
    says its electricity tax.
    """
    place = pd.Index(scenario["tariff"].values.astype(str)).get_indexer(_paid(scenario, together))
    only = values(scenario["tariff_open"], "connection", "tariff").argmax(axis=1)
    return np.asarray(np.where(place >= 0, place, only), dtype=np.intp)


def spared(scenario: xr.Dataset, together: xr.Dataset) -> Floats:
    """Charges on a kWh from the supplier less those on one from a pool [EUR/kWh], (pool, company).

    What depends on power rather than energy is left out.
    """
    paid = paid_entries(scenario, together)
    bought = sum(_bought_parts(scenario, together, paid).values())
    if not scenario.sizes["pool"]:
        return np.zeros((0, scenario.sizes["company"]))
    passing = sum(_passing(scenario, together, paid).values())
    shared = passing + values(scenario["pool_charge"], *BY_POOL)
    return np.asarray(bought - shared, dtype=np.float64)


def _passing(scenario: xr.Dataset, together: xr.Dataset, paid: Ints) -> dict[str, Floats]:
    """What passing the grid costs a shared kWh [EUR/kWh], (pool, company)."""
    at = _own_connections(scenario)
    counted = values(scenario["pool_on_grid"], "pool")[:, None] * _metered(scenario, together)
    parts = {
        NETWORK: counted * _rates(scenario, "energy_charge", paid)[at],
        LEVIES: counted * _rates(scenario, "levy", paid)[at],
    }
    if "pool_rebate" in scenario:
        rebate = values(scenario["pool_rebate"], "pool", "connection", "tariff")
        parts[REBATE] = -counted * rebate[:, at, paid[at]]
    return parts


def _bought(scenario: xr.Dataset, together: xr.Dataset, paid: Ints) -> dict[str, float]:
    """Charges on a kWh from the supplier."""
    parts = _bought_parts(scenario, together, paid)
    return _mean(parts, _found(scenario, together, "yearly_purchase", "company"))


def _bought_parts(scenario: xr.Dataset, together: xr.Dataset, paid: Ints) -> dict[str, Floats]:
    """Charges on a kWh from the supplier [EUR/kWh], (company,)."""
    behind = buys_through(scenario, together)[:, None] == scenario["connection"].values.astype(str)
    at = _own_connections(scenario)
    tax = values(scenario["electricity_tax"], "company", "tariff")
    parts = {TAX: tax[np.arange(len(at)), paid[at]]}
    for kind, name in ((NETWORK, "energy_charge"), (LEVIES, "levy")):
        rates = _rates(scenario, name, paid)
        parts[kind] = _metered(scenario, together) * rates[at] + behind.astype(float) @ rates
    return parts


def _shared(
    scenario: xr.Dataset, together: xr.Dataset, rule: str, paid: Ints
) -> dict[str, float] | None:
    """Charges on a kWh shared under a rule, from its pools; none where nobody may take."""
    gives, takes = (values(scenario[name], *BY_POOL) for name in ("pool_gives", "pool_takes"))
    may_take = (takes > 0) & (gives.sum(axis=1, keepdims=True) > 0)
    if not may_take.any():
        return None
    charge = values(scenario["pool_charge"], *BY_POOL)
    tax = np.broadcast_to(_tax_in_charge(scenario, rule), charge.shape)
    parts = {**_passing(scenario, together, paid), TAX: tax, SUPPLY: np.zeros_like(charge)}
    # Beside tax a rule charges its own supply or, where a line needs none, a concession levy.
    supplied = "own_supply" in pool_rules()[rule.removesuffix(TAXED)].charges
    own = SUPPLY if supplied else LEVIES
    parts[own] = parts[own] + charge - tax
    taken = _found(scenario, together, "yearly_share_in", *BY_POOL)
    row = _mean({kind: part[may_take] for kind, part in parts.items()}, taken[may_take])
    joined = _found(scenario, together, "joined", *BY_POOL)
    fixed = float((values(scenario["pool_fixed_cost"], *BY_POOL) * joined).sum())
    row[MEMBERSHIP] = CT_PER_EUR * fixed / row[ENERGY] if row[ENERGY] else np.nan
    return row


def _tax_in_charge(scenario: xr.Dataset, rule: str) -> Floats:
    """Electricity tax within the charge of a rule's pools [EUR/kWh], (company,)."""
    if not rule.endswith(TAXED):
        return np.zeros(scenario.sizes["company"])
    valid = law(date.fromisoformat(scenario.attrs["law_date"]))
    relieved = values(scenario["manufacturing"], "company")
    return np.array([valid.electricity_tax_of(bool(each)) for each in relieved])


def _mean(parts: dict[str, Floats], energy: Floats) -> dict[str, float]:
    """Mean of each part [ct/kWh] by energy; the plain one where none passes."""
    passes = float(energy.sum())
    if passes <= SHARED:
        passes, weights = 0.0, np.ones_like(energy)
    else:
        weights = energy
    means = {kind: CT_PER_EUR * np.average(part, weights=weights) for kind, part in parts.items()}
    return {ENERGY: passes} | {kind: float(mean) for kind, mean in means.items()}


def buys_through(scenario: xr.Dataset, together: xr.Dataset) -> npt.NDArray[np.str_]:
    """Common connection through which the company buys, empty where none, (company,).

    Where the park found it cheaper without its common connection, that one pays no tariff.
    """
    paying = scenario["connection"].values[_paid(scenario, together) != ""]
    behind = scenario["behind"].values.astype(str)
    return np.where(np.isin(behind, paying), behind, "")


def _metered(scenario: xr.Dataset, together: xr.Dataset) -> Floats:
    """1 where what the company draws counts at a meter of its own, (company,)."""
    alone = buys_through(scenario, together) == ""
    own = _found(scenario, scenario, "own_meter", "company")
    return np.where(alone, 1.0, own)


def _paid(scenario: xr.Dataset, together: xr.Dataset) -> npt.NDArray[np.str_]:
    """Name of the entry that each connection pays, empty where none, (connection,)."""
    return together["chosen_tariff"].sel(connection=scenario["connection"]).values.astype(str)


def _own_connections(scenario: xr.Dataset) -> Ints:
    """Place of each company's own connection, (company,)."""
    connections = pd.Index(scenario["connection"].values.astype(str))
    at = connections.get_indexer(scenario["company"].values.astype(str))
    return np.asarray(at, dtype=np.intp)


def _rates(scenario: xr.Dataset, name: str, paid: Ints) -> Floats:
    """A charge in the paid entry, (connection,)."""
    return values(scenario[name], "connection", "tariff")[np.arange(len(paid)), paid]


def _found(scenario: xr.Dataset, together: xr.Dataset, name: str, *dims: str) -> Floats:
    """A result with these dimensions; zeros where no actor of the park has it."""
    if name in together:
        return values(together[name], *dims)
    return np.zeros([scenario.sizes[dim] for dim in dims])
