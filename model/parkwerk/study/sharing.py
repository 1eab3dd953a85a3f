"""What passing electricity to a neighbour costs beside charges by law.

A field of :class:`Sharing` that is left empty has the assumption of :mod:`parkwerk.regulation`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from parkwerk.study.values import (
    EnergyPrice,
    Expect,
    Money,
    PerMetre,
    Share,
    Strict,
    Value,
    VoltageLevel,
    YearlyMoney,
    YearlyShare,
    Years,
    default,
)


class DirectLine(Strict):
    """Buried cable from one plant to one customer (§3 Nr.27 EnWG)."""

    investment: PerMetre = default(
        150,
        "EUR/m",
        "assumption: medium-voltage cable in a trench along private ground and verges",
        "trench and cable per metre",
    )
    fixed_investment: Money = default(
        15_000, "EUR", "assumption: switchgear and metering at both ends", "investment in any line"
    )
    maintenance: YearlyShare = default(
        0.01, "1/a", "assumption: 1 % of the investment", "maintenance"
    )
    life: Years = default(40, "a", "assumption: as heat pipes (S57, S58: 30 to 50 years)", "life")


class CommonGridConnection(Strict):
    """The connection behind which the members of a customer system or closed network lie."""

    voltage_level: VoltageLevel = Field(default="MV", title="voltage level")
    connection_kw: Annotated[Value, Expect("kW", 10, 200_000)] | None = Field(
        default=None, title="capacity, kW; empty: the sum of the members' connections"
    )


class Sharing(Strict):
    """Cost of sharing, by what it is paid for."""

    own_supply_cost: EnergyPrice | None = Field(
        default=None, title="balancing and billing of a shared kWh"
    )
    member_cost: YearlyMoney | None = Field(
        default=None, title="yearly cost of each member of a pool over the public grid"
    )
    building_member_cost: YearlyMoney | None = Field(
        default=None, title="yearly cost of each member of a supply within a building"
    )
    customer_system_cost: YearlyMoney | None = Field(
        default=None, title="yearly cost of operating a customer system"
    )
    closed_network_cost: YearlyMoney | None = Field(
        default=None, title="yearly cost of operating a closed network"
    )
    closed_network_charge: EnergyPrice | None = Field(
        default=None, title="what the operator of a closed network takes for a kWh"
    )
    fee_discount: Share | None = Field(
        default=None, title="share of the grid energy charge spared to locally shared electricity"
    )
    allocation_key: Literal["dynamic", "equal", "by_use"] | None = Field(
        default=None, title="how members divide what their plants feed in"
    )
    direct_line: DirectLine = Field(default=DirectLine(), title="direct line")
    common_connection: CommonGridConnection = Field(
        default=CommonGridConnection(), title="common connection"
    )
