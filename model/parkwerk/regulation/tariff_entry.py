"""An entry of a menu of tariffs, what it costs, and on which readings of the meter it may be paid.

With the yearly peak ``P``, the peaks ``P_m`` of the months, the peak ``Pw`` in the operator's
windows [kW], the withdrawn energy ``E``, the energy ``Ep`` bought from the supplier [kWh/a], the
ordered capacity ``O`` [kW] and the energy ``A`` above the order [kWh/a] an entry costs [EUR/a]::

    fixed + demand_charge·P + monthly_charge·Σ P_m + window_charge·Pw + order_charge·O
      + above_order_charge·A + (energy_charge + levy)·E
      + electricity_tax_fixed + electricity_tax·Ep
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """What a year's metering says: peaks and order [kW], energies [kWh/a]."""

    peak: float = 0.0
    monthly_peaks_sum: float = 0.0
    window_peak: float = 0.0
    energy: float = 0.0
    ordered: float = 0.0
    above_order: float = 0.0
    purchase: float = 0.0


@dataclass(frozen=True)
class Condition:
    """``one + peak·P + window_peak·Pw + energy·E ≥ 0``; ``text`` says it in words."""

    text: str
    one: float = 0.0
    peak: float = 0.0
    window_peak: float = 0.0
    energy: float = 0.0

    def holds(self, reading: Reading) -> bool:
        """Whether the condition holds for ``reading``, a hair of rounding aside."""
        terms = (
            self.one,
            self.peak * reading.peak,
            self.window_peak * reading.window_peak,
            self.energy * reading.energy,
        )
        return sum(terms) >= -1e-12 * sum(abs(term) for term in terms)


@dataclass(frozen=True)
class TariffEntry:
    """One entry of a menu; its cost is the formula above.

    ``fixed`` and ``electricity_tax_fixed`` [EUR/a]; ``demand_charge``, ``window_charge`` and
    ``order_charge`` [EUR/(kW·a)]; ``monthly_charge`` [EUR/(kW·month)]; the others [EUR/kWh].
    ``option`` is one of yearly, monthly, atypical, band, ordered, internal. Below ``least_energy``
    [kWh/a] the entry is never paid.
    """

    label: str
    option: str
    fixed: float
    demand_charge: float
    energy_charge: float
    levy: float
    monthly_charge: float = 0.0
    window_charge: float = 0.0
    order_charge: float = 0.0
    above_order_charge: float = 0.0
    electricity_tax: float = 0.0
    electricity_tax_fixed: float = 0.0
    conditions: tuple[Condition, ...] = ()
    least_energy: float = 0.0

    def cost(self, reading: Reading) -> float:
        """Yearly cost [EUR/a], whether or not the entry may be paid."""
        return (
            self.fixed
            + self.demand_charge * reading.peak
            + self.monthly_charge * reading.monthly_peaks_sum
            + self.window_charge * reading.window_peak
            + self.order_charge * reading.ordered
            + self.above_order_charge * reading.above_order
            + (self.energy_charge + self.levy) * reading.energy
            + self.electricity_tax_fixed
            + self.electricity_tax * reading.purchase
        )

    def open_at(self, reading: Reading) -> bool:
        """Whether every condition holds for ``reading``."""
        return all(condition.holds(reading) for condition in self.conditions)
