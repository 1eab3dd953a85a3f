"""The names of parkwerk: one quantity, one name, one unit, everywhere.

A *scenario* is an ``xarray.Dataset`` whose variables are listed in :data:`SCENARIO`. The same names
appear as Pyomo parameters in ``parkwerk.formulation``, as labels in plots and as columns in tables.
:func:`check` compares a Dataset with this list.

Conventions: power in kW, energy in kWh, money in EUR (net of VAT), time in hours; yearly costs in
EUR/a; every time series is a mean over the step that *begins* at its time stamp, in Central
European Time (UTC+1) all year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from parkwerk.errors import InputError

# What each dimension counts.
DIMENSIONS = {
    "time": "step of the year, labelled by its start in CET (UTC+1)",
    "company": "one company at one site",
    "connection": "a metered grid connection: one per company, and one per common connection",
    "roof": "a roof surface; `roof_company` says whose",
    "pv_class": "a size class of a PV plant, with its own cost line",
    "feed_in_rule": "a way in which feed-in is paid: tariff, market premium or market",
    "slice": "a slice of a plant's size that has an EEG value of its own",
    "tariff": "an entry of the menu of grid fees, levies and electricity tax",
    "condition": "a linear condition on a meter's reading under which an entry may be paid",
    "reading": "what a condition reads: one, peak, window peak, energy",
    "month": "a month of the year",
    "rate_pair": "the charges of a price sheet under and from 2,500 hours of use",
    "pool": "a way for electricity to pass between companies",
    "giver": "a company where it may give to a pool, or nobody",
    "taker": "a company where it may take from a pool, or nobody",
    "heat_source": "a company that offers waste heat",
    "pipe": "a candidate heat pipe, directed from `pipe_from` to `pipe_to`",
    "route": "the heat of a source in a pipe that it can reach",
    "technology": "a kind of asset that can be built, as results call it",
    "price_scenario": "a development of prices under which cash flows are reckoned",
    "price_group": "costs whose prices change alike: electricity, gas, feed-in, equipment",
    "host": "who uses an asset: a company, or the joint operator",
    "owner": "who paid for an asset: a company, or the joint operator",
}


@dataclass(frozen=True)
class Quantity:
    """Dimensions, unit and meaning of one variable of a scenario."""

    dims: tuple[str, ...]
    units: str
    long_name: str
    optional: bool = False


def _table(*rows: tuple[str, str, str, str]) -> dict[str, Quantity]:
    table = {}
    for name, dims, units, long_name in rows:
        optional = name.endswith("?")
        table[name.rstrip("?")] = Quantity(tuple(dims.split()), units, long_name, optional)
    return table


SCENARIO = _table(
    # --- where the companies are ---------------------------------------------------------------
    ("company_x?", "company", "m", "position of the company to the east"),
    ("company_y?", "company", "m", "position of the company to the north"),
    # --- electricity demand and supply -------------------------------------------------------
    ("electricity_demand", "company time", "kW", "electricity demand without heat pumps"),
    ("electricity_price", "company time", "EUR/kWh", "energy price of the company's supplier"),
    ("electricity_tax", "company tariff", "EUR/kWh", "electricity tax left after relief"),
    ("spot_price", "time", "EUR/kWh", "day-ahead price"),
    ("electricity_tax_fixed", "company tariff", "EUR/a", "electricity tax that is a yearly sum"),
    # --- grid connection and its menu of tariffs ---------------------------------------------
    ("connection_limit", "connection", "kW", "largest withdrawal and largest injection"),
    ("connection_limit_alone?", "connection", "kW", "the same, where no connection is common"),
    ("tariff_fixed", "connection tariff", "EUR/a", "fixed part of a tariff"),
    ("demand_charge", "connection tariff", "EUR/(kW*a)", "charge on the yearly peak of withdrawal"),
    ("energy_charge", "connection tariff", "EUR/kWh", "grid energy charge on withdrawal"),
    ("levy", "connection tariff", "EUR/kWh", "levies on withdrawal"),
    ("tariff_open", "connection tariff", "1", "1 where the connection may choose the tariff"),
    ("tariff_open_alone?", "connection tariff", "1", "the same, where no connection is common"),
    ("tariff_condition?", "connection tariff condition reading", "", "what must not be negative"),
    ("monthly_charge?", "connection tariff", "EUR/(kW*month)", "charge on each month's peak"),
    ("in_month?", "month time", "1", "1 where the step is in the month"),
    ("window_charge?", "connection tariff", "EUR/(kW*a)", "charge on the peak in the windows"),
    ("in_window?", "connection time", "1", "1 where the step is in the operator's peak windows"),
    ("order_charge?", "connection tariff", "EUR/(kW*a)", "charge on the ordered capacity"),
    ("above_order_charge?", "connection tariff", "EUR/kWh", "further charge above the order"),
    ("connection_cost?", "connection", "EUR/a", "yearly cost of operating a common connection"),
    ("own_meter?", "company", "1", "1 where a company behind a common connection is metered"),
    # --- PV ----------------------------------------------------------------------------------
    ("pv_yield", "roof time", "kW/kW", "AC power per installed kW"),
    ("roof_limit", "roof", "kW", "PV power that fits on the roof"),
    ("roof_duty", "roof", "kW", "PV power that the law demands on the roof"),
    ("pv_class_min", "pv_class", "kW", "smallest plant of the class"),
    ("pv_class_max", "pv_class", "kW", "largest plant of the class"),
    (
        "pv_class_fixed_cost",
        "pv_class",
        "EUR/a",
        "cost of a plant that does not grow with its size",
    ),
    ("pv_class_cost", "pv_class", "EUR/(kW*a)", "annuity and maintenance per kW"),
    ("pv_class_fixed_investment", "pv_class", "EUR", "investment that does not grow with size"),
    ("pv_class_investment", "pv_class", "EUR/kW", "investment per kW"),
    ("feed_in_price", "feed_in_rule time", "EUR/kWh", "revenue of a kWh fed in by a large plant"),
    ("feed_in_supported?", "time", "1", "1 where the EEG supports a kWh fed in"),
    ("slice_end?", "slice", "kW", "size up to which the slice reaches"),
    ("slice_value?", "feed_in_rule slice", "EUR/kWh", "what a kWh of the slice earns more"),
    ("support_gap?", "feed_in_rule", "EUR/kWh", "reference value below the market value, or 0"),
    ("feed_in_cap?", "feed_in_rule", "kW/kW", "largest feed-in per kW of the plant"),
    # --- battery -----------------------------------------------------------------------------
    ("battery_fixed_cost", "", "EUR/a", "cost of a battery that does not grow with its size"),
    ("battery_energy_cost", "", "EUR/(kWh*a)", "annuity and maintenance per kWh"),
    ("battery_power_cost", "", "EUR/(kW*a)", "annuity and maintenance per kW"),
    ("battery_fixed_investment", "", "EUR", "investment that does not grow with size"),
    ("battery_energy_investment", "", "EUR/kWh", "investment per kWh"),
    ("battery_power_investment", "", "EUR/kW", "investment per kW"),
    ("battery_charge_efficiency", "", "1", "energy stored per kWh charged"),
    ("battery_discharge_efficiency", "", "1", "energy delivered per kWh taken from the store"),
    ("battery_self_discharge", "", "1/h", "share of the content lost in an hour"),
    ("battery_c_rate", "", "1/h", "largest power per kWh of size"),
    ("battery_limit", "company", "kWh", "largest battery that the company has room for"),
    # --- heat at a site ----------------------------------------------------------------------
    ("heat_demand", "company time", "kW", "heat demand"),
    ("boiler_fuel_cost", "company", "EUR/kWh", "gas cost per kWh of heat, without CO2 price"),
    ("boiler_carbon_cost", "company", "EUR/kWh", "CO2 price per kWh of heat"),
    ("boiler_efficiency", "company", "1", "heat per kWh of gas (upper heating value)"),
    ("heat_pump_electricity", "company time", "kWh/kWh", "electricity per kWh of heat, 1/COP"),
    ("heat_pump_cost", "", "EUR/(kW*a)", "annuity and maintenance per kW of heat"),
    ("heat_pump_investment", "", "EUR/kW", "investment per kW of heat"),
    ("heat_pump_limit", "company", "kW", "largest heat pump that the company has room for"),
    ("heat_storage_cost", "", "EUR/(kWh*a)", "annuity and maintenance per kWh"),
    ("heat_storage_investment", "", "EUR/kWh", "investment per kWh"),
    ("heat_storage_loss", "", "1/h", "share of the content lost in an hour"),
    ("heat_storage_limit", "company", "kWh", "largest heat store that the company has room for"),
    # --- waste heat and its pipes ------------------------------------------------------------
    ("waste_heat", "heat_source time", "kW", "recoverable waste heat"),
    ("refrigeration_electricity?", "heat_source time", "kW", "refrigeration within the demand"),
    ("waste_heat_cost", "heat_source", "EUR/kWh", "running cost of recovering a kWh"),
    ("recovery_cost", "heat_source", "EUR/(kW*a)", "annuity of the heat recovery per kW"),
    ("recovery_investment", "heat_source", "EUR/kW", "investment in the heat recovery"),
    ("transfer_electricity", "company heat_source", "kWh/kWh", "booster electricity per kWh taken"),
    ("transfer_cost", "company heat_source", "EUR/(kW*a)", "annuity of substation or booster"),
    ("transfer_investment", "company heat_source", "EUR/kW", "investment in substation or booster"),
    ("pipe_length", "pipe", "m", "trench length"),
    ("pipe_loss", "pipe", "1", "share of the heat lost on the way"),
    ("pipe_fixed_cost", "pipe", "EUR/a", "annuity of the trench"),
    ("pipe_capacity_cost", "pipe", "EUR/(kW*a)", "annuity per kW of capacity"),
    ("pipe_fixed_investment", "pipe", "EUR", "investment in the trench"),
    ("pipe_capacity_investment", "pipe", "EUR/kW", "investment per kW of capacity"),
    # --- pools -------------------------------------------------------------------------------
    ("pool_gives", "pool company", "1", "1 where the company may deliver to the pool"),
    ("pool_takes", "pool company", "1", "1 where the company may take from the pool"),
    ("pool_on_grid", "pool", "1", "1 where shared energy passes the members' grid meters"),
    ("pool_admits", "pool pv_class", "1", "1 where plants of the class may deliver to the pool"),
    ("pool_charge", "pool company", "EUR/kWh", "charge on a kWh taken, beside those on withdrawal"),
    ("pool_fixed_cost", "pool company", "EUR/a", "yearly cost of membership"),
    ("pool_rebate?", "pool connection tariff", "EUR/kWh", "grid fee spared to a kWh taken"),
    ("pool_exclusive?", "pool", "1", "1 for direct lines: a company has one of them at most"),
    ("pool_keyed?", "pool", "1", "1 where a key fixed ahead splits what the plants feed in"),
    ("pool_key?", "pool company", "1", "share of that which the member may take"),
    # --- economics ---------------------------------------------------------------------------
    ("interest_rate", "", "1/a", "real interest rate of all annuities"),
    ("horizon", "", "a", "years over which a net present value is taken"),
    ("asset_life?", "technology", "a", "life, after which an asset is replaced"),
    ("asset_maintenance?", "technology", "1/a", "yearly maintenance per investment before grants"),
    ("pv_maintenance?", "", "EUR/(kW*a)", "yearly maintenance of PV"),
    ("asset_funding?", "technology", "1", "share of an investment that a grant has paid"),
    ("price_change?", "price_scenario price_group", "1/a", "real change of prices a year"),
    ("investment_factor?", "price_scenario", "1", "investment by that of the optimisation"),
    ("asset_owned?", "technology host owner", "1", "share of the host's asset that is the owner's"),
    ("lease_margin?", "", "1", "what a lease is above the annuity, as a share of it"),
    # --- what the bill is written from, beside the law of the date ----------------------------
    ("sheet_demand_charge?", "connection rate_pair", "EUR/(kW*a)", "as the price sheet says"),
    ("sheet_energy_charge?", "connection rate_pair", "EUR/kWh", "as the price sheet says"),
    ("sheet_monthly_charge?", "connection", "EUR/(kW*month)", "as the price sheet says, or 0"),
    ("sheet_monthly_energy_charge?", "connection", "EUR/kWh", "as the price sheet says, or 0"),
    ("levied?", "connection", "1", "1 where levies are due on what the meter counts"),
    ("tiered?", "connection", "1", "1 where the special-use levy falls above 1 GWh/a"),
    ("costly_electricity?", "connection", "1", "1 for group C' of the special-use levy"),
    ("internal_charge?", "connection", "EUR/kWh", "energy charge of a closed network"),
    ("manufacturing?", "company", "1", "1 with the relief of StromStG §9b"),
    ("solar_market_value?", "", "EUR/kWh", "yearly market value of solar power"),
    ("marketing_cost?", "", "EUR/kWh", "cost of direct marketing"),
    ("tender_value?", "", "EUR/kWh", "reference value won in a tender"),
    # --- emissions ---------------------------------------------------------------------------
    ("grid_emission_factor", "", "kg/kWh", "CO2 of a kWh of grid electricity"),
    ("gas_emission_factor", "", "kg/kWh", "CO2 of a kWh of gas (upper heating value)"),
    # --- weather, for the reader -------------------------------------------------------------
    ("outdoor_temperature?", "time", "degC", "outdoor air temperature"),
    ("global_horizontal?", "time", "W/m2", "irradiance on the horizontal"),
)

#: Costs whose prices change alike; `equipment` is maintenance, membership and what is replaced.
PRICE_GROUPS = ("electricity", "gas", "feed-in", "equipment")
#: What host and owner of assets are called if they are no company but the joint operator.
OPERATOR = "operator"

#: Labels that say how the parts of a scenario belong together (string coordinates).
LABELS = {
    "roof_company": ("roof", "company that owns the roof"),
    "pv_class_rule": ("pv_class", "feed-in rule of the class"),
    "pipe_from": ("pipe", "company or junction where the heat enters"),
    "pipe_to": ("pipe", "company or junction where the heat leaves"),
    "behind": ("company", "common connection behind which the company is, else empty"),
}


def annotate(scenario: xr.Dataset) -> xr.Dataset:
    """Write ``units`` and ``long_name`` of every known variable into its attributes."""
    for name, quantity in SCENARIO.items():
        if name in scenario:
            scenario[name].attrs.update(units=quantity.units, long_name=quantity.long_name)
    for name, (_, long_name) in LABELS.items():
        if name in scenario:
            scenario[name].attrs.update(long_name=long_name)
    return scenario


def check(scenario: xr.Dataset) -> None:
    """Refuse a scenario that lacks a quantity, a dimension or a number.

    Raises
    ------
    InputError
        Naming the variable, its labels and what was expected.
    """
    for name, quantity in SCENARIO.items():
        if name not in scenario:
            if quantity.optional:
                continue
            raise InputError(
                f"the scenario lacks `{name}` ({quantity.long_name}, {quantity.units})"
            )
        array = scenario[name]
        if set(array.dims) != set(quantity.dims):
            raise InputError(
                f"`{name}` has the dimensions {array.dims}, expected {quantity.dims} "
                f"({quantity.long_name})"
            )
        units = array.attrs.get("units")
        if units != quantity.units:
            raise InputError(f"`{name}` is in {units!r}, expected {quantity.units!r}")
        values = np.asarray(array.values, dtype=float)
        finite = np.isfinite(values)
        if not finite.all():
            place = np.argwhere(~finite)[0]
            where = {d: str(array[d].values[i]) for d, i in zip(array.dims, place, strict=True)}
            raise InputError(f"`{name}` has no number at {where}")
    for name, (dim, long_name) in LABELS.items():
        if name not in scenario or scenario[name].dims != (dim,):
            raise InputError(f"the scenario lacks the label `{name}` by {dim} ({long_name})")


SOLUTION = _table(
    # --- sizes -------------------------------------------------------------------------------
    ("peak", "company", "kW", "yearly peak of withdrawal"),
    ("monthly_peak", "company month", "kW", "peak of withdrawal in the month"),
    ("window_peak", "company", "kW", "peak of withdrawal in the operator's windows"),
    ("ordered_capacity", "company", "kW", "capacity ordered from the grid operator"),
    ("pv_capacity", "roof pv_class", "kW", "PV installed on the roof, by class of the plant"),
    ("pv_built", "company pv_class", "1", "1 where the company has a plant of the class"),
    ("battery_built", "company", "1", "1 where the company has a battery"),
    ("battery_energy", "company", "kWh", "size of the battery"),
    ("battery_power", "company", "kW", "power of the battery"),
    ("battery_level", "company", "kWh", "content of the battery at the period boundaries"),
    ("joined", "company pool", "1", "1 where the company is a member of the pool"),
    ("pool_giver", "company pool", "1", "1 where the company may deliver to the pool"),
    ("heat_pump_capacity", "company", "kW", "heat pump"),
    ("heat_storage_energy", "company", "kWh", "size of the heat store"),
    ("heat_storage_level", "company", "kWh", "content of the heat store at the boundaries"),
    ("transfer_capacity", "company heat_source", "kW", "substation or booster for heat taken"),
    ("recovery_capacity", "heat_source", "kW", "heat recovery"),
    ("pipe_built", "heat_source pipe", "1", "1 where the source's pipe is built"),
    ("pipe_capacity", "heat_source pipe", "kW", "capacity of the pipe"),
    ("elapsed", "turn", "s", "time at which a bound of the search changed"),
    ("upper_bound", "turn", "EUR/a", "cost of the best design then"),
    ("bound_below", "turn", "EUR/a", "lower bound of the cost of every design then"),
    ("least_alone", "company", "EUR/a", "lower bound of the company's cost alone"),
    ("least_at_prices", "company", "EUR/a", "lower bound of it at prices of all exchanges"),
    ("chosen_tariff", "connection", "", "entry of the tariff menu that is paid"),
    # --- flows -------------------------------------------------------------------------------
    ("withdrawal", "company time", "kW", "metered withdrawal from the grid"),
    ("injection", "company time", "kW", "metered injection into the grid"),
    ("purchase", "company time", "kW", "power bought from the supplier"),
    ("above_order", "company time", "kW", "withdrawal above the ordered capacity"),
    ("feed_in", "company feed_in_rule time", "kW", "PV power sold to the grid"),
    ("pv_used", "company time", "kW", "PV power used on site"),
    ("curtailment", "company time", "kW", "PV power not used at all"),
    ("share_in", "company pool time", "kW", "power taken from the pool"),
    ("share_out", "company pool time", "kW", "power given to the pool"),
    ("charge", "company time", "kW", "charging of the battery"),
    ("discharge", "company time", "kW", "discharging of the battery"),
    ("state_of_charge", "company time", "kWh", "content of the battery at the end of the step"),
    ("boiler_heat", "company time", "kW", "heat of the gas boiler"),
    ("heat_pump_heat", "company time", "kW", "heat of the heat pump"),
    ("heat_stored", "company time", "kW", "net charging of the heat store"),
    ("heat_content", "company time", "kWh", "content of the heat store at the end of the step"),
    ("heat_taken", "company heat_source time", "kW", "heat taken from a source"),
    ("recovered", "heat_source time", "kW", "waste heat recovered"),
    ("pipe_flow", "heat_source pipe time", "kW", "heat that enters the pipe"),
    ("common_peak", "connection", "kW", "yearly peak of the common connection"),
    ("common_monthly_peak", "connection month", "kW", "its peak in the month"),
    ("common_window_peak", "connection", "kW", "its peak in the operator's windows"),
    ("common_ordered_capacity", "connection", "kW", "capacity ordered for it"),
    ("common_above_order", "connection time", "kW", "its withdrawal above the ordered capacity"),
    ("common_withdrawal", "connection time", "kW", "withdrawal of the common connection"),
    ("common_injection", "connection time", "kW", "injection of the common connection"),
    # --- value -------------------------------------------------------------------------------
    ("price", "exchange time", "EUR/kWh", "what one more kWh in the exchange is worth"),
    ("cost", "actor cost_kind", "EUR/a", "yearly cost"),
)
