"""Grid fees, levies and electricity tax: the menu of which a connection pays one entry.

An entry may be paid if its conditions hold, each linear in the reading of the meter; of the
entries that may be paid, the customer pays the cheapest. The two rate pairs of a price sheet cover
every reading. Special-use levy and tax relief need no condition: what the law demands there is the
cheaper of two lines. Small low-voltage customers without load metering (up to 100,000 kWh/a) are
not described here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from parkwerk.errors import InputError
from parkwerk.regulation.law import Law
from parkwerk.regulation.price_sheet import (
    THRESHOLD_HOURS,
    LevelRates,
    PriceSheet,
    RatePair,
    known,
)
from parkwerk.regulation.tariff_entry import Condition, TariffEntry

#: What a study may add to the yearly pairs.
OPTIONS = ("monthly", "atypical", "band")


@dataclass(frozen=True)
class Customer:
    """What the menu depends on beside sheet and law.

    ``manufacturing``: relief of StromStG §9b. ``costly_electricity``: a manufacturer whose
    electricity costs more than 4 % of turnover (group C'). ``levied``: levies and concession levy
    are due at this meter. ``concession_levy``: False if the price test of KAV §2(4) frees from it.
    ``tiered``: the special-use levy falls above 1 GWh/a of own use. ``largest_energy`` [kWh/a]:
    the most that the connection can withdraw; entries that need more are left out.
    """

    manufacturing: bool = False
    costly_electricity: bool = False
    levied: bool = True
    concession_levy: bool = True
    tiered: bool = True
    largest_energy: float = math.inf


def tariff_menu(
    sheet: PriceSheet,
    level: str,
    law: Law,
    customer: Customer,
    options: Iterable[str] = OPTIONS,
) -> list[TariffEntry]:
    """Yearly pairs and ``options`` × levy tiers × tax: everything a connection may choose from.

    ``monthly`` (StromNEV §19(1)) is there where the sheet shows it, ``atypical`` use (§19(2) S.1)
    where it shows peak windows, ``band`` load (§19(2) S.2-3) where more than 10 GWh/a can pass.

    Raises
    ------
    InputError
        For an unknown option, and for a level that the sheet lacks or does not show in full.
    """
    chosen = set(options)
    if unknown := sorted(chosen - set(OPTIONS)):
        raise InputError(
            f"tariff option `{unknown[0]}` is unknown, expected some of {', '.join(OPTIONS)}"
        )
    rates = sheet.rates(level)
    fees = list(_yearly(rates))
    if "monthly" in chosen and rates.monthly:
        fees.append(_monthly(rates.monthly.demand_charge, rates.monthly.energy_charge))
    if "atypical" in chosen and rates.windows:
        fees += [e for pair in _yearly(rates) for e in _atypical(pair, level, law)]
    if "band" in chosen:
        fees += _band(rates.over, law)
    return _complete(fees, law, customer)


def ordered_menu(sheet: PriceSheet, level: str, law: Law, customer: Customer) -> list[TariffEntry]:
    """Ordered capacity as planned from 2029 (AgNes, BNetzA GBK-25-01-1#3): not current law.

    Orientation (S27): a price on the capacity that the customer orders, an energy charge AP1
    within the order and a higher AP2 above it. No rates are published. Derived here, and only
    here, from today's sheet: capacity at the demand charge from 2,500 h, AP1 = its energy charge,
    AP2 = the energy charge under 2,500 h. Then a customer above the order pays as a customer of
    few hours of use does today.
    """
    rates = sheet.rates(level)
    within, above = known(rates.over.energy_charge) / 100, known(rates.under.energy_charge) / 100
    entry = TariffEntry(
        label="ordered",
        option="ordered",
        fixed=0.0,
        demand_charge=0.0,
        energy_charge=within,
        levy=0.0,
        order_charge=known(rates.over.demand_charge),
        above_order_charge=above - within,
    )
    return _complete([entry], law, customer)


def internal_menu(energy_charge: float, law: Law, customer: Customer) -> list[TariffEntry]:
    """A member's meter in a closed network (EnWG §110): its own energy charge [EUR/kWh], levies.

    Raises
    ------
    InputError
        For a charge that is negative or no number.
    """
    if not (math.isfinite(energy_charge) and energy_charge >= 0):
        raise InputError(f"closed network: energy charge {energy_charge}, expected EUR/kWh from 0")
    entry = TariffEntry("internal", "internal", 0.0, 0.0, energy_charge, 0.0)
    return _complete([entry], law, customer)


def _yearly(rates: LevelRates) -> Iterator[TariffEntry]:
    """Both rate pairs, by hours of use ``E/P`` (StromNEV §17(2)); at 2,500 h the pairs meet."""
    for name, pair, sign in (("under", rates.under, 1), ("over", rates.over, -1)):
        hours = Condition(f"{name} 2,500 hours of use", peak=sign * THRESHOLD_HOURS, energy=-sign)
        yield TariffEntry(
            label=f"{name} 2500 h",
            option="yearly",
            fixed=0.0,
            demand_charge=known(pair.demand_charge),
            energy_charge=known(pair.energy_charge) / 100,
            levy=0.0,
            conditions=(hours,),
        )


def _monthly(demand_charge: float, energy_charge: float) -> TariffEntry:
    """``demand_charge·Σ_m P_m + energy_charge·E`` (StromNEV §19(1)); open to every reading."""
    charge = energy_charge / 100
    return TariffEntry("monthly", "monthly", 0.0, 0.0, charge, 0.0, monthly_charge=demand_charge)


def _atypical(pair: TariffEntry, level: str, law: Law) -> Iterator[TariffEntry]:
    """Atypical use (StromNEV §19(2) S.1, BK4-13-739): the demand charge counts ``Pw`` only.

    ``max(demand_charge·Pw + energy_charge·E, floor·(demand_charge·P + energy_charge·E))``

    if ``Pw ≤ (1 − threshold)·P``, ``P − Pw ≥ 100 kW`` and 500 EUR/a or more are saved against the
    published fee. The larger of two lines is no minimum, so each line has the condition that it is
    the larger. The pair goes by the hours of use of the yearly peak: a reading of ours.
    """
    threshold, floor, least = (
        law.atypical_threshold[level],
        law.atypical_floor,
        law.atypical_least_saving,
    )
    demand, energy = pair.demand_charge, pair.energy_charge
    shift = f"at least {law.atypical_least_shift:g} kW less in the windows"
    conditions = (
        *pair.conditions,
        Condition(f"peak in the windows lower by {threshold:.0%}", 0, 1 - threshold, -1),
        Condition(shift, -law.atypical_least_shift, 1, -1),
    )
    saved, spared = f"at least {least:g} EUR/a saved", 1 - floor
    yield replace(
        pair,
        label=f"atypical {pair.label}",
        option="atypical",
        demand_charge=0.0,
        window_charge=demand,
        conditions=(
            *conditions,
            Condition(saved, -least, demand, -demand),
            Condition("above the floor", 0, -floor * demand, demand, spared * energy),
        ),
    )
    yield replace(
        pair,
        label=f"atypical floor {pair.label}",
        option="atypical",
        demand_charge=floor * demand,
        energy_charge=floor * energy,
        conditions=(
            *conditions,
            Condition(saved, -least, spared * demand, 0, spared * energy),
            Condition("at the floor", 0, floor * demand, -demand, -spared * energy),
        ),
    )


def _band(over: RatePair, law: Law) -> Iterator[TariffEntry]:
    """Band load (StromNEV §19(2) S.2-3): a share of the published fee from 7,000 h and 10 GWh.

    The share is the least that the law allows; the real fee follows the cost of a line of one's
    own to a power plant (physical path) and is higher in many places.
    """
    least = law.band_least_energy
    for hours, share in law.band_floor.items():
        yield TariffEntry(
            label=f"band {hours:.0f} h",
            option="band",
            fixed=0.0,
            demand_charge=share * known(over.demand_charge),
            energy_charge=share * known(over.energy_charge) / 100,
            levy=0.0,
            conditions=(
                Condition(f"at least {hours:,.0f} hours of use", peak=-hours, energy=1),
                Condition(f"more than {least / 1e6:g} GWh/a", one=-least, energy=1),
            ),
            least_energy=least,
        )


def _complete(fees: Sequence[TariffEntry], law: Law, customer: Customer) -> list[TariffEntry]:
    """Every fee × levy tier × tax, without those that need more energy than can pass."""
    levied = list(_with_levies(fees, law, customer))
    menu = _with_tax(levied, law, customer)
    # Strictly: a threshold that can only just be reached is never passed.
    return [e for e in menu if e.least_energy == 0 or e.least_energy < customer.largest_energy]


def _with_levies(
    fees: Sequence[TariffEntry], law: Law, customer: Customer
) -> Iterator[TariffEntry]:
    """Levies: ``min(A'·E, (A' − B')·E1 + B'·E)`` with ``E1`` = 1 GWh/a, and what has no tier.

    Up to ``E1`` every kWh bears group A' of the special-use levy, above it only B' (or C').
    """
    if not customer.levied:
        yield from fees
        return
    concession = law.concession_levy_electricity if customer.concession_levy else 0.0
    untiered = law.kwkg_levy + law.offshore_levy + concession
    for fee in fees:
        if not customer.tiered or fee.least_energy < law.special_use_threshold:
            yield replace(fee, levy=untiered + law.special_use_levy_a)
    if not customer.tiered:
        return
    group_c = customer.manufacturing and customer.costly_electricity
    upper = law.special_use_levy_c if group_c else law.special_use_levy_b
    for fee in fees:
        yield replace(
            fee,
            label=f"{fee.label}, above 1 GWh",
            fixed=(law.special_use_levy_a - upper) * law.special_use_threshold,
            levy=untiered + upper,
            least_energy=max(fee.least_energy, law.special_use_threshold),
        )


def _with_tax(
    entries: Sequence[TariffEntry], law: Law, customer: Customer
) -> Iterator[TariffEntry]:
    """Electricity tax: ``min(tax·E, deductible + (tax − relief)·E)`` with relief (StromStG §9b).

    The lines meet at 12.5 MWh/a, so entries of large users need no line without relief.
    """
    reduced = law.electricity_tax_of(customer.manufacturing)
    deductible = law.electricity_tax_relief_deductible if customer.manufacturing else 0.0
    for entry in entries:
        yield replace(entry, electricity_tax=reduced, electricity_tax_fixed=deductible)
    breaks_even = deductible / law.electricity_tax_relief
    for entry in entries:
        if entry.least_energy < breaks_even:
            label = f"{entry.label}, without tax relief"
            yield replace(entry, label=label, electricity_tax=law.electricity_tax)
