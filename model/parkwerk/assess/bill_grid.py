"""The grid operator's bill: network charges and levies from a meter's reading (StromNEV, EnFG)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parkwerk.regulation.law import Law

Floats = npt.NDArray[np.float64]

#: Hours of use at which the pairs of a price sheet change [h/a].
HOURS_OF_USE = 2500.0
#: A mark of the law is reached if it is missed by this share at most: best designs lie on marks.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Reading:
    """What a meter says of a year.

    ``energy`` and ``above_order`` [kWh/a]; ``peak``, ``monthly_peaks`` (their sum over the
    months), ``window_peak`` and ``ordered`` [kW].
    """

    energy: float
    peak: float
    monthly_peaks: float
    window_peak: float
    ordered: float
    above_order: float


@dataclass(frozen=True)
class Pair:
    """Charges for power [EUR/(kW·a)] and energy [EUR/kWh]."""

    demand: float
    energy: float


@dataclass(frozen=True)
class Contract:
    """The price sheet at a meter's level, and what sets this meter apart.

    ``under`` and ``over`` 2,500 hours of use, ``monthly`` (power per month), ``internal`` the
    energy charge of a closed network [EUR/kWh]; ``option`` is what the customer chose to pay by.
    """

    option: str
    level: str
    under: Pair
    over: Pair
    monthly: Pair
    internal: float
    levied: bool
    tiered: bool
    costly_electricity: bool


@dataclass(frozen=True)
class Fee:
    """Network charge by power and by energy [EUR/a]."""

    power: float
    energy: float

    @property
    def total(self) -> float:
        return self.power + self.energy

    def times(self, share: float) -> Fee:
        return Fee(share * self.power, share * self.energy)


def read_meter(
    withdrawal: Floats, month: npt.NDArray[np.int_], in_window: Floats, ordered: float, hours: float
) -> Reading:
    """The reading of a year of ``withdrawal`` [kW] in steps of ``hours``; arrays are (time,)."""
    steps_of = (withdrawal[month == number] for number in np.unique(month))
    above = np.maximum(0.0, withdrawal - ordered)
    return Reading(
        energy=float(withdrawal.sum()) * hours,
        peak=float(withdrawal.max()),
        monthly_peaks=float(sum(steps.max() for steps in steps_of)),
        window_peak=float((withdrawal * (in_window > 0)).max()),
        ordered=ordered,
        above_order=float(above.sum()) * hours,
    )


def grid_fee(contract: Contract, reading: Reading, law: Law) -> Fee:
    """The network charge under the option that the customer chose [EUR/a].

    An individual fee that the reading gives no right to is not paid: the published one is.
    """
    if contract.option == "internal":
        return Fee(0.0, contract.internal * reading.energy)
    if contract.option == "ordered":
        return ordered_fee(contract, reading)
    if contract.option == "monthly":
        pair = contract.monthly
        return Fee(pair.demand * reading.monthly_peaks, pair.energy * reading.energy)
    if contract.option == "atypical":
        return atypical_fee(contract, reading, law)
    if contract.option == "band":
        return band_fee(contract, reading, law)
    return published_fee(contract, reading)


def published_fee(contract: Contract, reading: Reading) -> Fee:
    """``demand·peak + energy·E`` of the pair for the hours of use ``E/peak`` (StromNEV §17)."""
    pair = pair_of(contract, reading)
    return Fee(pair.demand * reading.peak, pair.energy * reading.energy)


def pair_of(contract: Contract, reading: Reading) -> Pair:
    """The sheet's pair from 2,500 hours of use on, or the one below; at the mark the cheaper."""
    hours = HOURS_OF_USE * reading.peak
    if reaches(reading.energy, hours) and reaches(hours, reading.energy):
        pairs = (contract.over, contract.under)
        return min(pairs, key=lambda p: p.demand * reading.peak + p.energy * reading.energy)
    return contract.over if reading.energy >= hours else contract.under


def reaches(amount: float, mark: float) -> bool:
    """Whether an amount is not below a mark of the law, but for the rounding of a machine."""
    return amount >= mark - ROUNDING * (abs(amount) + abs(mark))


def atypical_fee(contract: Contract, reading: Reading, law: Law) -> Fee:
    """Power is charged by the peak in the operator's windows (StromNEV §19(2) S.1).

    Due where that peak lies below the yearly one by the significance of the level and the least
    shift, and the fee, of at least 20 % of the published one, saves the least saving.
    """
    published = published_fee(contract, reading)
    pair = pair_of(contract, reading)
    individual = Fee(pair.demand * reading.window_peak, published.energy)
    floor = published.times(law.atypical_floor)
    fee = individual if individual.total >= floor.total else floor
    shift = reading.peak - reading.window_peak
    granted = (
        reaches(shift, law.atypical_threshold[contract.level] * reading.peak)
        and reaches(shift, law.atypical_least_shift)
        and reaches(published.total - fee.total, law.atypical_least_saving)
    )
    return fee if granted else published


def band_fee(contract: Contract, reading: Reading, law: Law) -> Fee:
    """The lowest share of the published fee that steady use allows (StromNEV §19(2) S.2-3)."""
    published = published_fee(contract, reading)
    if not reaches(reading.energy, law.band_least_energy):
        return published
    shares = [
        share
        for hours, share in law.band_floor.items()
        if reaches(reading.energy, hours * reading.peak)
    ]
    return published.times(min(shares, default=1.0))


def ordered_fee(contract: Contract, reading: Reading) -> Fee:
    """Ordered capacity at the sheet's higher demand charge, energy above it at the higher one.

    ``demand_over·ordered + energy_over·E + (energy_under − energy_over)·E_above``; a reading of
    ours of what is planned from 2029 on (AgNes), for which there are no rates yet.
    """
    surcharge = contract.under.energy - contract.over.energy
    energy = contract.over.energy * reading.energy + surcharge * reading.above_order
    return Fee(contract.over.demand * reading.ordered, energy)


def levies(contract: Contract, reading: Reading, law: Law) -> dict[str, float]:
    """Levies on what is withdrawn from a grid, and the concession levy [EUR/a].

    The special-use levy is A' up to 1 GWh/a and B' above, C' with costly electricity.
    """
    energy = reading.energy if contract.levied else 0.0
    beyond = max(0.0, energy - law.special_use_threshold) if contract.tiered else 0.0
    upper = law.special_use_levy_c if contract.costly_electricity else law.special_use_levy_b
    return {
        "KWKG levy": law.kwkg_levy * energy,
        "offshore levy": law.offshore_levy * energy,
        "special-use levy": law.special_use_levy_a * (energy - beyond) + upper * beyond,
        "concession levy": law.concession_levy_electricity * energy,
    }
