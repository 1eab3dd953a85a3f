"""Runs under several regimes, written by hand: a park of three, in numbers that fit into the head.

c0 has a plant. In `law-2026` c0 gives to c1 by a power purchase agreement and by a direct line, c2
takes nothing; only c2 is small enough for sharing by EnWG §42c, and so alone with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from assess.hand import hand_solution
from parkwerk.assess import assess
from parkwerk.report.comparison import Found
from toy import bare_park

TARIFFS = ["under 2500 h", "over 2500 h"]
LARGE = "is no micro, small or medium enterprise (EnWG §42c(2))"
NO_LINE = "is at neither end of the line (EnWG §3 Nr.27)"
ONLY = "there is no other company to share with (EnWG §42c)"
RULES = {
    "alone": [],
    "law-2026": ["direct-line", "sharing", "ppa", "ppa-taxed"],
    "sme-limit-lifted": ["sharing"],
}
#: Saving by sharing [EUR/a] of c0, c1, c2 and the shared links.
SAVINGS = {
    "alone": [0.0, 0.0, 0.0, 0.0],
    "law-2026": [-2_000.0, 9_000.0, 0.0, -1_000.0],
    "sme-limit-lifted": [-2_000.0, 9_000.0, 4_000.0, -1_000.0],
}
#: Gives to and takes from each pool, and taken [kWh/a], of c0, c1, c2.
POOLS: dict[str, tuple[list[int], list[int], list[float]]] = {
    "direct-line": ([1, 0, 0], [0, 1, 0], [0, 30_000, 0]),
    "sharing": ([0, 0, 0], [0, 0, 0], [0, 0, 0]),
    "ppa": ([1, 1, 1], [1, 1, 1], [0, 20_000, 0]),
    "ppa-taxed": ([1, 1, 1], [1, 1, 1], [0, 0, 0]),
}
OPEN_SHARING = ([1, 1, 1], [1, 1, 1], [0.0, 10_000.0, 30_000.0])


def regime_runs(**changes: Any) -> dict[str, Found]:
    """A run of each regime of :data:`RULES`; ``changes`` to every scenario."""
    return {regime: regime_run(regime, **changes) for regime in RULES}


def regime_run(regime: str, **changes: Any) -> Found:
    """Scenario, solution and verdict.

    Per kWh: network 5 ct under and 1 ct over 2,500 h (c2 is over), levies 3 ct, electricity tax
    2 ct; own supply 0.3 ct. A member of a pool pays 100 EUR a year.
    """
    rules = RULES[regime]
    pools = [OPEN_SHARING if regime == "sme-limit-lifted" else POOLS[rule] for rule in rules]
    gives, takes, taken = (_by_company([pool[i] for pool in pools]) for i in range(3))
    charges = {"direct-line": 0.0, "ppa-taxed": 0.003 + 0.0205}
    scenario = bare_park(
        companies=3,
        labels={"tariff": TARIFFS, "pool": [f"{rule}-1" for rule in rules]},
        **{
            "energy_charge": [0.05, 0.01],
            "levy": 0.03,
            "electricity_tax": 0.02,
            "pool_gives": gives,
            "pool_takes": takes,
            "pool_on_grid": [float(rule != "direct-line") for rule in rules],
            "pool_charge": _by_company([[charges.get(rule, 0.003)] * 3 for rule in rules]),
            "pool_fixed_cost": 100.0,
            "manufacturing": 0.0,
        }
        | changes,
    )
    told = {"sharing": [LARGE, LARGE, ONLY], "direct-line": ["", "", NO_LINE]}
    lifted = regime == "sme-limit-lifted"
    reasons = [[""] * 3 if lifted else told.get(rule, [""] * 3) for rule in rules]
    scenario["pool_reason"] = (("pool", "company"), np.array(reasons, dtype=str).reshape(-1, 3))
    scenario = scenario.assign_coords(
        pool_rule=("pool", np.array(rules, dtype=str)),
        pool_paragraph=("pool", np.array(["§"] * len(rules), dtype=str)),
    )
    scenario.attrs.update(regime=regime, law_date="2026-07-01")
    return found(scenario, regime, taken)


def _by_company(rows: list[Any]) -> np.ndarray:
    return np.array(rows, dtype=float).reshape(-1, 3)


def found(scenario: xr.Dataset, regime: str, taken: np.ndarray) -> Found:
    """A solution with this energy taken, in which c2 pays the tariff over 2,500 h."""
    costs = np.tile([40_000.0, 50_000.0, 10_000.0, 0.0], (3, 1))
    costs[2] -= SAVINGS[regime]
    none = np.zeros_like(taken.T)
    solution = hand_solution(
        scenario,
        yearly_purchase=[100_000.0, 100_000.0, 200_000.0],
        yearly_share_in=np.stack([none, none, taken.T]),
        joined=np.stack([none, none, taken.T > 0]),
        pv_capacity=[[[0.0]] * 3, [[0.0]] * 3, [[300.0], [0.0], [0.0]]],
    ).drop_vars(["cost", "actor", "cost_kind"])
    solution = solution.assign_coords(actor=["c0", "c1", "c2", "gate"], cost_kind=["energy"])
    solution["cost"] = (("case", "actor", "cost_kind"), costs[:, :, None])
    solution["chosen_tariff"] = (("case", "connection"), [[*TARIFFS[:1] * 2, TARIFFS[1]]] * 3)
    return Found(scenario, solution, assess(scenario, solution))
