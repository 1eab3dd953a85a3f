"""The pools of the regime, as the regulation gives them for these companies."""

from __future__ import annotations

import xarray as xr

from parkwerk.regulation.pools import pool_arrays
from parkwerk.study.parts.ground import Ground
from parkwerk.study.parts.roofs import classes
from parkwerk.study.parts.tables import company_table, line_source, line_table, pool_settings


def pools(ground: Ground, scenario: xr.Dataset) -> xr.Dataset:
    """Pools with their members, charges and costs, and why a company may not take part.

    ``pool_rebate[p,c,k] = rebate_share[p]·energy_charge[c,k]``
    """
    arrays = pool_arrays(
        ground.inputs.settings.regime,
        company_table(ground, scenario),
        line_table(ground),
        classes(ground),
        ground.law,
        pool_settings(ground),
    )
    _add_sources(ground, arrays)
    if "rebate_share" not in arrays:
        return arrays
    rebate = arrays["rebate_share"] * scenario["energy_charge"]
    source = ground.sharing_source("fee_discount")
    return arrays.assign(pool_rebate=rebate.assign_attrs(source=source)).drop_vars("rebate_share")


def _add_sources(ground: Ground, arrays: xr.Dataset) -> None:
    """Add the sources of what the study sets itself."""
    chosen = ground.inputs.settings.sharing
    for name, fields in (
        ("pool_charge", ("own_supply_cost",)),
        ("pool_fixed_cost", ("member_cost", "building_member_cost")),
    ):
        own = [value.source for field in fields if (value := getattr(chosen, field))]
        if name == "pool_fixed_cost" and ground.inputs.lines:
            own.append(line_source(ground))
        if own:
            arrays[name].attrs["source"] += f"; set by the study: {' | '.join(own)}"
