"""What can be built and what it costs: titles, units, plausible ranges and defaults.

Money is in euros of 2025, net of VAT. Source keys are those of the study's ``sources``; where a
default rests on an assumption it says so.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator
from pydantic_core import PydanticCustomError

from parkwerk.study.values import (
    EnergyPrice,
    Expect,
    Money,
    PerMetre,
    Share,
    Strict,
    Value,
    YearlyShare,
    Years,
    default,
)

HourlyShare = Annotated[Value, Expect("1/h", 0.0, 0.1)]
Kelvin = Annotated[Value, Expect("K", 0, 60)]
PerKilowatt = Annotated[Value, Expect("EUR/kW", 0, 20_000)]
PerKilowattHour = Annotated[Value, Expect("EUR/kWh", 0, 3_000)]


def _whole(years: Value) -> Value:
    """Payments fall at the ends of years, so what is paid again is paid after whole years."""
    if years.value % 1:
        raise PydanticCustomError(
            "years", "expected whole years, found {found}", {"found": f"{years.value:g}"}
        )
    return years


WholeYears = Annotated[Years, AfterValidator(_whole)]
#: No programme pays all: EEW module 2 pays 60 % at most (S52).
Grant = Annotated[Value, Expect("1", 0.0, 0.9)]


class InvestmentCurve(Strict):
    """Turnkey price of a PV plant by its size, as points (kW, EUR/kW) of growing size."""

    points: tuple[tuple[float, float], ...] = Field(
        default=((100, 1150), (300, 1000), (750, 900), (2000, 800)),
        title="size, price",
        min_length=1,
    )
    unit: Literal["EUR/kW"] = Field(default="EUR/kW", title="unit")
    source: str = Field(
        default="derived from S61, S62, S63 (regulation notes 5): size steps 1150, 1000, 900, 800",
        title="source",
        min_length=3,
    )

    @field_validator("points")
    @classmethod
    def _grows(cls, points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        if any(price < 50 or price > 10_000 or size <= 0 for size, price in points):
            raise PydanticCustomError("curve", "expected sizes in kW and 50 to 10000 EUR/kW")
        if any(b[0] <= a[0] for a, b in pairwise(points)):
            raise PydanticCustomError("curve", "expected points in the order of growing size")
        return points


class Photovoltaics(Strict):
    """PV on roofs."""

    power_density: Annotated[Value, Expect("kW/m2", 0.05, 0.4)] = default(
        0.20, "kW/m2", "assumption: modules of 20 % efficiency", "PV power per module area"
    )
    duty_share: Share = default(
        0.30, "1", "S66: HmbKliSchG, new and renewed roofs", "module area due per roof area"
    )
    investment_curve: InvestmentCurve = Field(
        default=InvestmentCurve(), title="investment by plant size"
    )
    maintenance: Annotated[Value, Expect("EUR/(kW*a)", 0, 200)] = default(
        21.5, "EUR/(kW*a)", "S61: Fraunhofer ISE 2024", "operation and maintenance"
    )
    life: WholeYears = default(30, "a", "S61: Fraunhofer ISE 2024", "life")
    funding_share: Grant = default(
        0.0,
        "1",
        "assumption: no grant; a voluntary green roof has up to 10 EUR/m2 for the mounting of PV "
        "(IFB, S68, S69), 50 EUR/kW at 0.2 kW/m2, which is about 5 %",
        "share paid by a grant, on all roofs",
    )
    control_tested: bool = Field(
        default=True, title="remote control was tested, so that the 60 % cap ended (EEG §9(2))"
    )
    tender_value: EnergyPrice | None = Field(
        default=None, title="value won in a tender by plants above 1 MW; empty: no support"
    )


class Battery(Strict):
    """Lithium-ion battery; energy and power are sized apart."""

    energy_investment: PerKilowattHour = default(
        305, "EUR/kWh", "S59: 250 EUR of 2020 x 1.22", "investment per kWh"
    )
    power_investment: PerKilowatt = default(
        350, "EUR/kW", "S59: 287 EUR of 2020 x 1.22", "investment per kW"
    )
    fixed_investment: Money = default(
        20_000,
        "EUR",
        "assumption: planning and connection; 500 kWh at 0.5 C then cost 520 EUR/kWh, inside the "
        "450 to 800 EUR/kWh of S61",
        "investment in any battery",
    )
    maintenance: YearlyShare = default(
        0.015, "1/a", "assumption: 1.5 % of the investment", "maintenance"
    )
    life: WholeYears = default(15, "a", "S61: Fraunhofer ISE 2024", "life")
    funding_share: Grant = default(0.0, "1", "assumption: no grant", "share paid by a grant")
    charge_efficiency: Share = default(0.955, "1", "S59: inverter", "charging efficiency")
    discharge_efficiency: Share = default(0.955, "1", "S59: inverter", "discharging efficiency")
    self_discharge: HourlyShare = default(
        0.00004, "1/h", "assumption: 3 % a month", "share of the content lost in an hour"
    )
    c_rate: Annotated[Value, Expect("1/h", 0.05, 10)] = default(
        1.0, "1/h", "assumption: full in an hour at most", "largest power per kWh"
    )


class Boiler(Strict):
    """The gas boiler that each company with heat demand has today."""

    efficiency: Annotated[Value, Expect("1", 0.5, 1.0)] = default(
        0.88,
        "1",
        "S59: small boiler 0.975 of the lower heating value, x 0.182/0.201 for the upper",
        "heat per kWh of gas (upper heating value)",
    )


class HeatPump(Strict):
    """Air-source heat pump at a company."""

    investment: PerKilowatt = default(
        2_000, "EUR/kW", "unverified: 1500 to 2500 EUR/kW of heat below 500 kW", "investment"
    )
    maintenance: YearlyShare = default(
        0.015, "1/a", "assumption: 1.5 % of the investment", "maintenance"
    )
    life: WholeYears = default(20, "a", "S59: industrial heat pumps", "life")
    funding_share: Grant = default(
        0.0,
        "1",
        "assumption: no grant; S52 names up to 40, 50, 60 % for large, medium, small companies "
        "that use half of the heat in processes (EEW module 2)",
        "share paid by a grant",
    )
    grade: Annotated[Value, Expect("1", 0.2, 0.8)] = default(
        0.5, "1", "S60: 0.4 to 0.6 of Carnot", "COP as a share of Carnot's"
    )
    largest_cop: Annotated[Value, Expect("1", 1.1, 20)] = default(
        7.0, "1", "assumption: no machine gains more at small temperature lifts", "highest COP"
    )


class HeatStorage(Strict):
    """Hot-water tank."""

    investment: Annotated[Value, Expect("EUR/kWh", 0, 500)] = default(
        30,
        "EUR/kWh",
        "assumption: tanks below 50 m3; a large tank costs 4.7 EUR/kWh (S59, euros of 2025)",
        "investment",
    )
    maintenance: YearlyShare = default(
        0.01, "1/a", "assumption: 1 % of the investment", "maintenance"
    )
    life: WholeYears = default(20, "a", "assumption", "life")
    funding_share: Grant = default(
        0.0,
        "1",
        "assumption: no grant; S51 names 40 % in heat networks above 16 buildings (BEW)",
        "share paid by a grant",
    )
    loss: HourlyShare = default(
        0.003, "1/h", "assumption: 7 % a day", "share of the content lost in an hour"
    )


class HeatRecovery(Strict):
    """Taking waste heat from a refrigeration plant, and handing it over at the heat user."""

    recoverable_share: Share = default(
        0.9, "1", "assumption: the rest leaves by the roof condenser", "share of rejected heat"
    )
    investment: PerKilowatt = default(
        150, "EUR/kW", "assumption: heat exchanger, pump and control", "investment at the source"
    )
    running_cost: Annotated[Value, Expect("EUR/kWh", 0, 0.1)] = default(
        0.002, "EUR/kWh", "assumption: pumping", "running cost per kWh recovered"
    )
    substation_investment: PerKilowatt = default(
        278, "EUR/kW", "S58: KWW catalogue 2024", "investment at a user without booster"
    )
    booster_investment: PerKilowatt = default(
        1_500,
        "EUR/kW",
        "unverified: lower end of 1500 to 2500 EUR/kW of heat; no outdoor unit",
        "investment at a user with booster heat pump",
    )
    maintenance: YearlyShare = default(
        0.015, "1/a", "assumption: 1.5 % of the investment", "maintenance"
    )
    life: WholeYears = default(20, "a", "S58: substation", "life")
    terminal_difference: Kelvin = default(
        5, "K", "assumption: one heat exchanger", "temperature lost between source and user"
    )
    funding_share: Grant = default(
        0.0, "1", "assumption: none; S53 names 25 to 45 % (EEW module 4)", "share paid by a grant"
    )


class Pipes(Strict):
    """Buried pair of heat pipes in a paved trench."""

    trench_investment: PerMetre = default(
        782, "EUR/m", "S54: linear fit of the paved trench up to 1.7 MW", "investment per metre"
    )
    capacity_investment: Annotated[Value, Expect("EUR/(kW*m)", 0, 20)] = default(
        0.216,
        "EUR/(kW*m)",
        "S54: linear fit of the paved trench up to 1.7 MW",
        "investment per metre and kW at 30 K between flow and return",
    )
    temperature_spread: Annotated[Value, Expect("K", 2, 60)] = default(
        30, "K", "S54: the spread of the cost fit", "flow less return temperature"
    )
    heat_loss: Annotated[Value, Expect("W/m", 0, 200)] = default(
        18, "W/m", "derived: pair of DN50, mean 65/40 degC, soil 10 degC", "heat loss of a trench"
    )
    mean_flow: Annotated[Value, Expect("kW", 1, 50_000)] = default(
        100,
        "kW",
        "assumption: DN50 (290 kW) used at a third in the mean over the year",
        "mean heat flow at which the loss is turned into a share",
    )
    maintenance: YearlyShare = default(0.0075, "1/a", "S57: 0.5 to 1 %", "maintenance")
    life: WholeYears = default(40, "a", "S57, S58: 30 to 50 years", "life")
    funding_share: Grant | None = Field(
        default=None,
        title="share paid by a grant (S51: BEW 40 %); empty: that of heat recovery (EEW module 4)",
    )


class Technologies(Strict):
    """Everything that can be built."""

    pv: Photovoltaics = Photovoltaics()
    battery: Battery = Battery()
    boiler: Boiler = Boiler()
    heat_pump: HeatPump = HeatPump()
    heat_storage: HeatStorage = HeatStorage()
    heat_recovery: HeatRecovery = HeatRecovery()
    pipes: Pipes = Pipes()

    @property
    def pipe_grant(self) -> Value:
        """Grant on heat pipes: their own, else that of the heat recovery that they belong to."""
        return self.pipes.funding_share or self.heat_recovery.funding_share


#: Assets as results call them, and the technology whose life, maintenance and grant each has.
ASSETS = {
    "PV": "pv",
    "battery": "battery",
    "heat pump": "heat_pump",
    "heat storage": "heat_storage",
    "heat transfer": "heat_recovery",
    "heat recovery": "heat_recovery",
    "heat pipes": "pipes",
}
