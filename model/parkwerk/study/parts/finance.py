"""What cash flows are reckoned with: lives, maintenance, grants, developments of prices, owners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.quantities import OPERATOR, PRICE_GROUPS
from parkwerk.study.finance import HOST, SPELLING, PriceScenario
from parkwerk.study.parts.ground import Ground, Sourced, cost_source
from parkwerk.study.series.calendar import Floats
from parkwerk.study.technologies import ASSETS
from parkwerk.study.values import Value

FIELD = "study.yaml, field finance.ownership"


def finance_labels(ground: Ground) -> dict[str, Any]:
    """Technologies, price scenarios and groups; who may own what if the study says it."""
    names = {"technology": list(ASSETS), "price_scenario": list(_scenarios(ground))}
    names["price_group"] = list(PRICE_GROUPS)
    if ground.inputs.settings.finance.ownership:
        names["host"] = names["owner"] = _parties(ground)
    return {dim: (dim, np.array(labels, dtype=str)) for dim, labels in names.items()}


def assets(ground: Ground, _: xr.Dataset) -> dict[str, Sourced]:
    """Life, maintenance and grant of each technology, as its annuity holds them.

    PV is maintained by its size, all else by its investment before grants.
    """
    technologies = ground.technologies
    costs: list[Any] = [getattr(technologies, section) for section in ASSETS.values()]
    pv = technologies.pv
    grants = [cost.funding_share or technologies.pipe_grant for cost in costs]
    shares = [None if cost is pv else cost.maintenance for cost in costs]
    return {
        "asset_life": _values([cost.life for cost in costs]),
        "asset_maintenance": _values(shares),
        "pv_maintenance": (pv.maintenance.value, pv.maintenance.source),
        "asset_funding": _values(grants),
    }


def price_scenarios(ground: Ground, _: xr.Dataset) -> dict[str, Sourced]:
    """Real changes of prices by scenario and group, and the dearness of the first investment."""
    scenarios = _scenarios(ground).values()
    changes = [_changes(scenario) for scenario in scenarios]
    factors = [scenario.investment_factor for scenario in scenarios]
    return {
        "price_change": (
            np.array([[change.value for change in row] for row in changes]),
            cost_source(*(change for row in changes for change in row)),
        ),
        "investment_factor": _values(factors),
    }


def ownership(ground: Ground, _: xr.Dataset) -> dict[str, Sourced]:
    """Who owns what, shape (technology, host, owner); left out where every host owns its assets.

    What is said of a company goes before what is said of a technology. A tenant whom the regime
    leaves out neither hosts nor owns: then the asset is its host's.
    """
    finance = ground.inputs.settings.finance
    margin: dict[str, Sourced] = {
        "lease_margin": (finance.lease_margin.value, finance.lease_margin.source)
    }
    if not finance.ownership:
        return margin
    parties = _parties(ground)
    owned = np.broadcast_to(np.eye(len(parties)), (len(ASSETS), len(parties), len(parties))).copy()
    for key in sorted(finance.ownership, key=lambda key: "." in key):
        _give(ground, owned, parties, key, finance.ownership[key])
    return margin | {"asset_owned": (owned, f"{FIELD}: {finance.ownership}")}


def _give(ground: Ground, owned: Floats, parties: list[str], key: str, owner: str) -> None:
    """Write one line of `ownership` into the shares of (technology, host, owner)."""
    host, _, spelt = key.rpartition(".")
    known = [*(company.id for company in ground.inputs.everyone), OPERATOR]
    for name, others in ((host, ["", *known]), (owner, [HOST, *known])):
        if name not in others:
            expected = ", ".join(filter(None, others))
            raise InputError(f"{FIELD}.{key}: expected one of {expected}, found {name!r}")
    technology = list(ASSETS).index(SPELLING[spelt])
    hosts = [host] if host else parties
    for each in hosts:
        holder = each if owner == HOST else owner
        if each in parties and holder in parties:
            row = parties.index(each)
            owned[technology, row] = np.eye(len(parties))[parties.index(holder)]


def _parties(ground: Ground) -> list[str]:
    """Companies that take part, and the joint operator."""
    return [*(company.id for company in ground.inputs.companies), OPERATOR]


def _scenarios(ground: Ground) -> dict[str, PriceScenario]:
    """Price scenarios by name, the expected one first."""
    return dict(iter(ground.inputs.settings.finance.price_scenarios))


def _changes(scenario: PriceScenario) -> list[Value]:
    """Changes in the order of the price groups."""
    return [getattr(scenario, group.replace("-", "_")) for group in PRICE_GROUPS]


def _values(values: Sequence[Value | None]) -> Sourced:
    """Numbers of some values, zero where there is none, and their sources."""
    numbers = np.array([value.value if value else 0.0 for value in values])
    return numbers, cost_source(*filter(None, values))
