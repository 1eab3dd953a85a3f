"""A park of two companies whose assets have lives, in numbers that fit into the head."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from assess.hand import LABELS, hand_park, hand_solution
from parkwerk.assess.cost import assess_cost
from parkwerk.assess.finance import assess_finance
from parkwerk.assess.investment import assess_investment
from parkwerk.assess.verdict import complete
from parkwerk.quantities import PRICE_GROUPS

TECHNOLOGIES = ["PV", "battery", "heat pump", "heat storage", "heat transfer"]
TECHNOLOGIES += ["heat recovery", "heat pipes"]

#: At 0 %: a battery of 1,000 EUR that lives ten years and takes 2 % of it to maintain.
BATTERY = {
    "battery_energy_investment": 1000.0,
    "asset_life": 10.0,
    "asset_maintenance": 0.02,
    "asset_funding": 0.0,
    "pv_maintenance": 0.0,
    "price_change": 0.0,
    "investment_factor": 1.0,
    "lease_margin": 0.0,
    "horizon": 10.0,
}
#: The technology of each investment and its annuity.
TECHNOLOGY_OF = {
    "pv_class_fixed": "PV",
    "pv_class": "PV",
    "battery_fixed": "battery",
    "battery_energy": "battery",
    "battery_power": "battery",
    "heat_pump": "heat pump",
    "heat_storage": "heat storage",
    "recovery": "heat recovery",
    "transfer": "heat transfer",
    "pipe_fixed": "heat pipes",
    "pipe_capacity": "heat pipes",
}


def finance_park(**changes: Any) -> xr.Dataset:
    """The park, by default with the battery's numbers for every technology."""
    labels = {
        "technology": TECHNOLOGIES,
        "price_scenario": ["base"],
        "price_group": list(PRICE_GROUPS),
    } | changes.pop("labels", {})
    return hand_park(labels=LABELS | labels, **(BATTERY | changes))


def judge(park: xr.Dataset, solution: xr.Dataset) -> xr.Dataset:
    """The part of the verdict that is about money."""
    cases = complete(park, solution)
    themes = (assess_cost, assess_investment, assess_finance)
    return xr.Dataset({k: v for theme in themes for k, v in theme(park, cases).items()})


def battery_verdict(
    annuity: float = 100.0, maintenance: float = 20.0, saved: float = 200.0, **changes: Any
) -> xr.Dataset:
    """c0 has a battery of 1 kWh, alone and together: 400 EUR/a of electricity today, less then."""
    park = finance_park(**changes)
    asset = annuity + maintenance
    costs = {
        "energy": [[400.0, 300.0, 0.0], *[[400.0 - saved, 300.0, 0.0]] * 2],
        "battery": [[0.0, 0.0, 0.0], *[[asset, 0.0, 0.0]] * 2],
    }
    sizes = [[0.0, 0.0], [1.0, 0.0], [1.0, 0.0]]
    return judge(park, hand_solution(park, costs, battery_energy=sizes))


def owned_by(
    *lines: tuple[str, str, str], hosts: tuple[str, ...] = ("c0", "c1", "operator")
) -> Any:
    """Shares of (technology, host, owner): everybody its own, but for these lines."""
    shares = np.broadcast_to(np.eye(len(hosts)), (len(TECHNOLOGIES), len(hosts), len(hosts))).copy()
    for technology, host, owner in lines:
        row = np.eye(len(hosts))[hosts.index(owner)]
        shares[TECHNOLOGIES.index(technology), hosts.index(host)] = row
    return {
        "asset_owned": shares,
        "labels": {"host": list(hosts), "owner": list(hosts)},
    }
