"""What all parts of a scenario stand on: calendar, weather, law and the arithmetic of annuities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import xarray as xr

from parkwerk.regulation.economics import annuity_factor
from parkwerk.regulation.law import Law
from parkwerk.regulation.regimes import setting_records
from parkwerk.study.inputs import Inputs
from parkwerk.study.series.calendar import Calendar
from parkwerk.study.technologies import Technologies
from parkwerk.study.values import Value

if TYPE_CHECKING:
    from parkwerk.study.parts.meters import Meter

#: Values of a quantity in the order of its dimensions, and where they come from.
Sourced = tuple[Any, str]
#: A part of a scenario: from the ground and the parts before it to quantities by name.
Part = Callable[["Ground", xr.Dataset], Mapping[str, Sourced]]


@dataclass(frozen=True)
class Ground:
    """The inputs of a scenario with the year, the weather and the law that belong to them.

    `reference` is the weather of the companies' figures, often `weather` itself. `meters` are there
    once the demands that they measure are.
    """

    inputs: Inputs
    calendar: Calendar
    weather: xr.Dataset
    reference: xr.Dataset
    meters: tuple[Meter, ...] = ()

    @property
    def law(self) -> Law:
        """The law on the study's law date."""
        return self.inputs.law

    @property
    def technologies(self) -> Technologies:
        """Technologies and their cost."""
        return self.inputs.settings.technologies

    def annuity(self, life: Value) -> float:
        """Capital recovery factor at the study's real interest rate [1/a] (VDI 2067)."""
        return annuity_factor(self.inputs.settings.interest_rate.value, life.value)

    def yearly(self, life: Value, maintenance: Value, grant: Value | None = None) -> float:
        """Yearly cost per investment before grants [1/a].

        ``annuity_factor(rate, life)·(1 − grant) + maintenance``: a grant pays for the investment,
        never for maintenance.
        """
        return self.annuity(life) * unpaid(grant) + maintenance.value

    def company_sources(self, column: str) -> str:
        """Source of a column of companies.csv."""
        texts = dict.fromkeys(company.source for company in self.inputs.companies)
        return f"companies.csv, {column}: " + " | ".join(texts)

    def sharing_source(self, *names: str) -> str:
        """Sources of costs of sharing, the study's own or the assumptions of the regulation."""
        chosen = self.inputs.settings.sharing
        given = ((getattr(chosen, name), setting_records()[name]) for name in names)
        return " | ".join(dict.fromkeys((own or usual).source for own, usual in given))


def unpaid(grant: Value | None) -> float:
    """Share of an investment that no grant pays."""
    return 1.0 - grant.value if grant else 1.0


def cost_source(*values: Value) -> str:
    """Sources of the values that make up a cost."""
    return " | ".join(dict.fromkeys(value.source for value in values))
