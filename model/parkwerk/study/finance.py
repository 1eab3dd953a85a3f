"""How prices may change, and who owns what: it moves cash flows, never what is built.

All changes are real, above general inflation, as the interest rate is.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from parkwerk.quantities import OPERATOR
from parkwerk.study.technologies import ASSETS
from parkwerk.study.values import Expect, Strict, Value, default

PriceChange = Annotated[Value, Expect("1/a", -0.2, 0.2)]
InvestmentFactor = Annotated[Value, Expect("1", 0.2, 5.0)]
Margin = Annotated[Value, Expect("1", -0.5, 1.0)]

#: The owner of an asset if it is the company that uses it.
HOST = "host"
#: Technologies as `ownership` spells them, and as results do: `heat_pump` is "heat pump".
SPELLING = {name.lower().replace(" ", "_"): name for name in ASSETS}


class PriceScenario(Strict):
    """A development of prices in real terms, by what is paid for."""

    electricity: PriceChange = default(
        0.0, "1/a", "assumption: constant in real terms", "electricity, grid fees and levies"
    )
    gas: PriceChange = default(
        0.0, "1/a", "assumption: constant in real terms", "gas with its CO2 price"
    )
    feed_in: PriceChange = default(
        0.0, "1/a", "assumption: the EEG's values follow no price", "revenue of feed-in"
    )
    equipment: PriceChange = default(
        0.0, "1/a", "assumption: constant in real terms", "maintenance and what is replaced"
    )
    investment_factor: InvestmentFactor = default(
        1.0, "1", "assumption: as the technologies cost", "investment by that of the technologies"
    )


def _scenario(electricity: float, gas: float, factor: float, why: str) -> PriceScenario:
    """A scenario that changes energy prices and investment."""
    source = f"assumption: {why}"
    return PriceScenario(
        electricity=Value(value=electricity, unit="1/a", source=source),
        gas=Value(value=gas, unit="1/a", source=source),
        investment_factor=Value(value=factor, unit="1", source=source),
    )


class PriceScenarios(Strict):
    """The scenarios of DIN EN 17463 (VALERI): what is expected, and either side of it."""

    base: PriceScenario = Field(default=PriceScenario(), title="expected prices")
    low: PriceScenario = Field(
        default=_scenario(-0.01, -0.01, 1.15, "cheap energy, dear equipment: little is saved"),
        title="low energy prices",
    )
    high: PriceScenario = Field(
        default=_scenario(0.02, 0.03, 1.0, "dear energy, the CO2 price drives gas: much is saved"),
        title="high energy prices",
    )


class Finance(Strict):
    """What the cash flows of companies hang on beside costs and the interest rate."""

    price_scenarios: PriceScenarios = Field(
        default=PriceScenarios(), title="developments of prices"
    )
    ownership: dict[str, str] = Field(
        default={},
        title="owner by technology (`pv`) or by company and technology (`goods.pv`): "
        "host, operator or a company",
    )
    lease_margin: Margin = default(
        0.0,
        "1",
        "assumption: a lease is the asset's annuity",
        "what a lease is above the annuity, as a share of it",
    )

    @field_validator("ownership")
    @classmethod
    def _technologies_are_known(cls, ownership: dict[str, str]) -> dict[str, str]:
        for key in ownership:
            if key.rpartition(".")[2] not in SPELLING:
                raise PydanticCustomError(
                    "ownership",
                    "expected one of {known}, if need be after a company (`goods.pv`) or after "
                    "`{operator}`, found {found}",
                    {"known": ", ".join(SPELLING), "operator": OPERATOR, "found": repr(key)},
                )
        return ownership
