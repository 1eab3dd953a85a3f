"""The meters of a park: each company's, and those of common connections, with their menus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import xarray as xr

from parkwerk.errors import InputError
from parkwerk.regulation.common_connections import CommonConnection, common_connections
from parkwerk.regulation.grid_tariff import Customer, internal_menu, ordered_menu, tariff_menu
from parkwerk.regulation.tariff_entry import Reading, TariffEntry
from parkwerk.study.parts.ground import Ground
from parkwerk.study.parts.tables import company_table, pool_settings
from parkwerk.study.schema import Company

#: What a company pays at a meter of its own that nothing passes: no fee, and its electricity tax.
UNUSED = ("under 2500 h", "under 2500 h, without tax relief")


@dataclass(frozen=True)
class Meter:
    """A metered connection: what it can carry and of which entries it may choose.

    ``limit`` [kW] and ``menu`` hold under the regime, ``limit_alone`` and ``menu_alone`` where no
    connection is common. ``behind`` names the common connection behind which the meter is;
    ``own`` is False where it then counts nothing. ``operating_cost`` [EUR/a] and
    ``internal_charge`` [EUR/kWh] are those of a common connection and of what lies behind it.
    """

    name: str
    voltage_level: str
    customer: Customer
    limit: float
    menu: Sequence[TariffEntry]
    limit_alone: float = 0.0
    menu_alone: Sequence[TariffEntry] = ()
    behind: str = ""
    own: bool = True
    operating_cost: float = 0.0
    internal_charge: float = 0.0

    @property
    def common(self) -> bool:
        """Whether companies draw through it together."""
        return not self.menu_alone

    @property
    def entries(self) -> list[TariffEntry]:
        """Every entry that may ever be paid, under the regime or alone."""
        return list(dict.fromkeys([*self.menu, *self.menu_alone]))


def meters(ground: Ground, scenario: xr.Dataset) -> tuple[Meter, ...]:
    """Meters of the companies, in their order, then those of the regime's common connections."""
    table = company_table(ground, scenario)
    commons = common_connections(ground.inputs.settings.regime, table, ground.law)
    own = [company_meter(ground, scenario, company) for company in ground.inputs.companies]
    of = {member: common for common in commons for member in common.members}
    placed = [
        _behind(ground, meter, of[meter.name]) if meter.name in of else meter for meter in own
    ]
    return (*placed, *(_common_meter(ground, scenario, common, own) for common in commons))


def company_meter(ground: Ground, scenario: xr.Dataset, company: Company) -> Meter:
    """A company's meter at the public grid."""
    site = scenario.sel(company=company.id)
    customer = Customer(
        manufacturing=company.manufacturing,
        costly_electricity=costly_electricity(ground, site, company),
        largest_energy=largest_withdrawal(ground, site, company.connection_kw),
    )
    menu = public_menu(ground, company.voltage_level, customer)
    limit = company.connection_kw
    return Meter(company.id, company.voltage_level, customer, limit, menu, limit, menu)


def public_menu(ground: Ground, level: str, customer: Customer) -> list[TariffEntry]:
    """What a meter at the public grid may choose under the regime's tariff system."""
    sheet, settings = ground.inputs.price_sheet, ground.inputs.settings
    if ground.inputs.regime.tariff_system == "ordered":
        return ordered_menu(sheet, level, ground.law, customer)
    return tariff_menu(sheet, level, ground.law, customer, settings.tariff_options)


def _behind(ground: Ground, meter: Meter, common: CommonConnection) -> Meter:
    """The meter of a member of a common connection.

    In a closed network it counts what the member draws, at the network's own charge (§110 EnWG).
    In a customer system nothing is due at it.
    """
    placed = replace(meter, behind=common.name)
    if common.kind == "closed-network":
        charge = pool_settings(ground).closed_network_charge
        menu = internal_menu(charge, ground.law, meter.customer)
        return replace(placed, menu=menu, internal_charge=charge)
    unused = [entry for entry in meter.menu if entry.label in UNUSED]
    return replace(placed, limit=0.0, menu=unused, own=False)


def _common_meter(
    ground: Ground, scenario: xr.Dataset, common: CommonConnection, own: Sequence[Meter]
) -> Meter:
    """The meter through which the members draw from the public grid.

    At that of a customer system levies are due; what it passes on to others does not enter the
    tier above 1 GWh/a (our reading, on the cautious side). At that of a closed network only the
    fee of the grid above is due, because its members pay the levies at meters of their own.
    """
    members = [meter for meter in own if meter.name in common.members]
    system = common.kind == "customer-system"
    chosen, costs = ground.inputs.settings.sharing.common_connection, pool_settings(ground)
    customer = Customer(
        levied=system,
        tiered=False,
        largest_energy=sum(meter.customer.largest_energy for meter in members),
    )
    try:
        menu = public_menu(ground, chosen.voltage_level, customer)
    except InputError as error:
        raise InputError(
            f"study.yaml, field sharing.common_connection.voltage_level: {error}"
        ) from error
    room = sum(meter.limit_alone for meter in members)
    limit = chosen.connection_kw.value if chosen.connection_kw else room
    demand = scenario["electricity_demand"].sel(company=list(common.members)).sum("company")
    if limit < (peak := float(demand.max())):
        raise InputError(
            "study.yaml, field sharing.common_connection.connection_kw: expected at least the peak "
            f"of {', '.join(common.members)} behind {common.name!r} together, {peak:.0f} kW, found "
            f"{limit:g}"
        )
    return Meter(
        common.name,
        chosen.voltage_level,
        customer,
        limit=limit,
        menu=menu,
        operating_cost=costs.customer_system_cost if system else costs.closed_network_cost,
    )


def costly_electricity(ground: Ground, site: xr.Dataset, company: Company) -> bool:
    """Whether electricity costs a manufacturer more than 4 % of its turnover (group C', EnFG).

    ``Σ_t electricity_price·electricity_demand·Δt + cheapest yearly entry > share·turnover``, for
    today's use; False where the turnover is not known.
    """
    if not company.manufacturing or company.turnover_eur is None:
        return False
    hours = ground.calendar.step_hours
    demand = site["electricity_demand"]
    energy = float(demand.sum()) * hours
    reading = Reading(peak=float(demand.max()), energy=energy, purchase=energy)
    customer = Customer(manufacturing=True)
    sheet, level = ground.inputs.price_sheet, company.voltage_level
    menu = tariff_menu(sheet, level, ground.law, customer, ())
    cost = float((site["electricity_price"] * demand).sum()) * hours
    cost += min(entry.cost(reading) for entry in menu if entry.open_at(reading))
    return cost > ground.law.special_use_group_c_share * company.turnover_eur


def largest_withdrawal(ground: Ground, site: xr.Dataset, limit: float) -> float:
    """Most energy that a company can sensibly withdraw in a year [kWh].

    ``min(8760·limit, need/(η_c·η_d·kept) + limit·(hours with a negative price))`` with
    ``need = electricity_demand + heat_demand/kept·max heat_pump_electricity``

    While the price is not negative, each kWh withdrawn serves a need, on its way losing at most a
    round trip through the battery and a period in the stores (beyond a week nobody stores);
    while it is negative, the connection may be drawn upon in full.
    """
    hours = ground.calendar.step_hours
    battery, tank = ground.technologies.battery, ground.technologies.heat_storage
    stored = 24 if ground.inputs.settings.period == "day" else 168
    electric_loss = battery.charge_efficiency.value * battery.discharge_efficiency.value
    electric_loss *= (1 - battery.self_discharge.value) ** stored
    heat = float(site["heat_demand"].sum()) / (1 - tank.loss.value) ** stored
    need = float(site["electricity_demand"].sum()) + heat * float(
        site["heat_pump_electricity"].max()
    )
    cheap = float((site["electricity_price"] < 0).sum())
    return min(8760 * limit, (need / electric_loss + limit * cheap) * hours)
