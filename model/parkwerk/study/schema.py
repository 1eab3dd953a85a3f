"""What a study folder holds: `study.yaml` and the rows of its tables.

Titles and units are those an analyst reads in error messages; defaults are written down here and
in :mod:`parkwerk.study.technologies`, each with its source.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from parkwerk.study.finance import Finance
from parkwerk.study.series.calendar import STEPS
from parkwerk.study.sharing import Sharing
from parkwerk.study.technologies import Technologies, WholeYears
from parkwerk.study.values import (
    Choice,
    Day,
    EnergyPrice,
    Expect,
    Identifier,
    Source,
    Strict,
    Value,
    VoltageLevel,
    YearlyShare,
)

#: A junction of heat pipes: `J` and a number, so that it cannot be taken for a company.
JUNCTION = re.compile(r"^J[0-9]+$")

CarbonPrice = Annotated[Value, Expect("EUR/t", 0, 1_000)]


#: What a customer may ask of the grid operator instead of the yearly pair of rates (§19 StromNEV).
TariffOption = Literal["monthly", "atypical", "band"]


class SpotPrice(Strict):
    """Day-ahead prices: a reference year from statistics, or a file of the analyst's own."""

    statistics_year: int = Field(default=2025, title="year whose price statistics are used")
    file: str | None = Field(default=None, title="price file, relative to the study folder")
    file_unit: Literal["EUR/MWh", "ct/kWh", "EUR/kWh"] = Field(
        default="EUR/MWh", title="unit in the price file"
    )
    file_timezone: Literal["CET", "UTC", "Europe/Berlin", "offset"] = Field(
        default="CET", title="time zone of the price file"
    )
    level: Annotated[Value, Expect("1", 0.05, 20)] = Field(
        default=Value(value=1, unit="1", source="assumption: as in the statistics or the file"),
        title="factor on all day-ahead prices",
    )
    source: Source = Field(title="source")


class Prices(Strict):
    """What energy costs, before grid fees, levies and electricity tax."""

    price_sheet: Choice = Field(title="grid-fee price sheet: a name, or a file of the study")
    spot: SpotPrice = Field(title="day-ahead prices")
    solar_market_value: EnergyPrice = Field(title="yearly market value of solar power")
    marketing_cost: EnergyPrice | None = Field(
        default=None, title="cost of direct marketing; empty: that of parkwerk.regulation"
    )
    gas: EnergyPrice = Field(title="gas price with CO2 price, upper heating value")
    gas_carbon_price: CarbonPrice = Field(title="CO2 price contained in the gas price")


class Variants(Strict):
    """Many scenarios written as a few lists; :mod:`parkwerk.study.variants` makes them of it."""

    base: str | None = Field(default=None, title="scenario they start from; empty: the default one")
    axes: dict[str, Any] = Field(default={}, title="what varies: each combination is a variant")
    sets: dict[Identifier, dict[str, Any]] = Field(
        default={}, title="further variants by name, each with its overrides"
    )


class Settings(Strict):
    """The whole of `study.yaml`."""

    name: Identifier = Field(title="short name of the study")
    title: str = Field(title="title of the study")
    note: str = Field(default="", title="what a reader must know")
    law_date: Day = Field(title="day whose law applies")
    year: int = Field(strict=True, ge=2000, le=2100, title="calendar year of all time series")
    step_hours: float = Field(default=1.0, strict=True, title="length of a time step, hours")
    period: Literal["day", "week", "year"] = Field(
        default="day", title="period after which stores return to their level"
    )
    seed: int = Field(
        default=1, strict=True, ge=0, lt=2**31, title="seed of all that is drawn at random"
    )
    regime: Identifier = Field(title="sharing regime")
    interest_rate: YearlyShare = Field(
        default=Value(value=0.035, unit="1/a", source="S61: real WACC of large rooftop PV"),
        title="real interest rate",
    )
    horizon: WholeYears = Field(
        default=Value(value=20, unit="a", source="assumption: the life of most of the equipment"),
        title="years over which a net present value is taken",
    )
    prices: Prices = Field(title="prices")
    tariff_options: tuple[TariffOption, ...] = Field(
        default=get_args(TariffOption), title="options of the grid fee beside the yearly pairs"
    )
    sharing: Sharing = Field(default=Sharing(), title="cost of sharing")
    technologies: Technologies = Field(default=Technologies(), title="technologies and their cost")
    finance: Finance = Field(default=Finance(), title="prices to come, and who owns what")
    default_scenario: str = Field(title="scenario that runs when none is named")
    scenarios: dict[Identifier, dict[str, Any]] = Field(
        min_length=1, title="named scenarios: overrides of any input by its path"
    )
    variants: Variants = Field(default=Variants(), title="sets of scenarios")
    sources: dict[str, str] = Field(default={}, title="source keys and what they stand for")

    @field_validator("step_hours")
    @classmethod
    def _step_is_known(cls, hours: float) -> float:
        if hours not in STEPS:
            raise PydanticCustomError(
                "step", "expected 1.0 or 0.25, found {found}", {"found": hours}
            )
        return hours

    @field_validator("scenarios", mode="before")
    @classmethod
    def _empty_is_unchanged(cls, scenarios: Any) -> Any:
        """A scenario without overrides (`base:`) is the study as it stands."""
        if isinstance(scenarios, dict):
            return {name: {} if what is None else what for name, what in scenarios.items()}
        return scenarios

    @model_validator(mode="after")
    def _default_exists(self) -> Self:
        if self.default_scenario not in self.scenarios:
            raise PydanticCustomError(
                "default_scenario",
                "expected default_scenario to be one of {names}, found {found}",
                {"names": ", ".join(self.scenarios), "found": repr(self.default_scenario)},
            )
        return self


class Company(Strict):
    """A row of `companies.csv`: one company at one site behind one meter."""

    id: Identifier = Field(title="short name of the company")
    description: str = Field(default="", title="what the company is")
    x_m: float = Field(ge=-50_000, le=50_000, title="position to the east, m")
    y_m: float = Field(ge=-50_000, le=50_000, title="position to the north, m")
    building: str = Field(default="", title="building, for supply within one building")
    tenant: bool = Field(default=False, title="tenant, who takes part only where the regime says")
    balancing_area: str = Field(default="", title="balancing area of the grid operator")
    legacy_system: str = Field(default="", title="customer system (§118(7) EnWG)")
    legacy_since: Day | None = Field(default=None, title="day when that system was connected")
    closed_network: str = Field(default="", title="closed distribution network (§110 EnWG)")
    voltage_level: VoltageLevel = Field(title="voltage level of the connection")
    connection_kw: float = Field(ge=10, le=200_000, title="capacity of the connection, kW")
    electricity_kwh: float | None = Field(
        default=None, ge=1_000, le=1e9, title="electricity use, kWh/a"
    )
    peak_kw: float | None = Field(default=None, gt=0, le=200_000, title="yearly peak, kW")
    load_profile: str | None = Field(default=None, title="load profile")
    load_file: str | None = Field(default=None, title="meter file, relative to the study folder")
    refrigeration_kwh: float = Field(
        default=0, ge=0, le=1e9, title="electricity of refrigeration in it, kWh/a"
    )
    room_c: float = Field(default=2, ge=-40, le=25, title="temperature of the cold room, degC")
    evaporation_c: float = Field(default=-8, ge=-60, le=20, title="evaporation temperature, degC")
    waste_heat_c: float = Field(
        default=30, ge=15, le=95, title="lowest condensing temperature, that of waste heat, degC"
    )
    heat_kwh: float = Field(default=0, ge=0, le=1e9, title="heat use, kWh/a")
    heat_profile: str | None = Field(default=None, title="heat profile")
    heat_supply_c: float = Field(default=60, ge=20, le=120, title="supply temperature, degC")
    supply: Literal["spot", "fixed"] = Field(title="kind of supply contract")
    margin_eur_per_kwh: float | None = Field(
        default=None, ge=-0.05, le=0.2, title="margin on the spot price, EUR/kWh"
    )
    fixed_price_eur_per_kwh: float | None = Field(
        default=None, ge=0.01, le=1, title="fixed energy price, EUR/kWh"
    )
    sme: bool | None = Field(
        default=None,
        title="micro, small or medium enterprise (2003/361/EC); empty: told from the figures",
    )
    manufacturing: bool = Field(title="manufacturing with relief by §9b StromStG")
    staff: int | None = Field(default=None, ge=0, le=1_000_000, title="staff, group-wide")
    turnover_eur: float | None = Field(default=None, ge=0, title="turnover, group-wide, EUR/a")
    balance_sheet_eur: float | None = Field(
        default=None, ge=0, title="balance-sheet total, group-wide, EUR"
    )
    battery_limit_kwh: float | None = Field(default=None, ge=0, title="largest battery, kWh")
    heat_pump_limit_kw: float | None = Field(default=None, ge=0, title="largest heat pump, kW")
    heat_storage_limit_kwh: float | None = Field(default=None, ge=0, title="largest tank, kWh")
    source: Source = Field(title="source, or `assumption: ...`")


class Roof(Strict):
    """A row of `roofs.csv`: a roof surface on which PV fits."""

    id: Identifier = Field(title="short name of the roof")
    company: Identifier = Field(title="company that owns the roof")
    description: str = Field(default="", title="what the roof is")
    area_m2: float = Field(ge=10, le=300_000, title="area, m2")
    tilt_deg: float = Field(ge=0, le=90, title="tilt of the modules, degrees")
    azimuth_deg: float = Field(ge=0, lt=360, title="azimuth, degrees; 180 is south, 90 is east")
    mounting: Literal["one_way", "two_way"] = Field(
        title="one_way, or two_way for modules back to back (half of them turned by 180 degrees)"
    )
    usable_share: float = Field(ge=0, le=1, title="module area per roof area")
    flat: bool = Field(title="flat roof")
    new: bool = Field(title="new building")
    renewed: bool = Field(title="renewed roof")
    source: Source = Field(title="source, or `assumption: ...`")


class Link(Strict):
    """A row of `links.csv`: a candidate heat pipe, or a candidate direct line for electricity.

    Either leads one way, that of the heat or of the electricity.
    """

    start: Identifier = Field(alias="from", title="company or junction where it begins")
    end: Identifier = Field(alias="to", title="company or junction where it ends")
    carrier: Literal["heat", "power"] = Field(
        default="heat", title="heat for a pipe, power for a direct line (§3 Nr.27 EnWG)"
    )
    length_m: float = Field(ge=1, le=20_000, title="trench length, m")
    road_crossing_eur: float = Field(
        default=0, ge=0, le=5e6, title="lump sum for crossing a public road, EUR"
    )
    source: Source = Field(title="source, or `assumption: ...`")

    @property
    def label(self) -> str:
        """Name of the link, also in scenario paths: ``links.<from>-><to>.length_m``."""
        return link_label(self.start, self.end, self.carrier)


def link_label(start: str, end: str, carrier: str) -> str:
    """``start->end`` for a heat pipe, ``start=>end`` for a direct line."""
    return f"{start}{'=>' if carrier == 'power' else '->'}{end}"
