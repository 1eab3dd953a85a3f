"""A number of an input file: its value, its unit and where it comes from.

In YAML a value is a mapping, or the same in one line:

    interest_rate: {value: 0.035, unit: 1/a, source: "S61: real, rooftop PV"}
    interest_rate: 0.035 1/a | S61, real, rooftop PV
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema


class Strict(BaseModel):
    """Base of all inputs: no unknown fields, no NaN or infinity, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Value(Strict):
    """A number with unit and source."""

    value: float = Field(title="number")
    unit: str = Field(title="unit")
    source: str = Field(title="source key with explanation, or `assumption: ...`", min_length=3)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        """Accept ``"<number> <unit> | <source>"`` and refuse ``true`` where a number is due."""
        if isinstance(data, str):
            number, _, rest = data.strip().partition(" ")
            unit, bar, source = rest.partition("|")
            if not bar:
                raise PydanticCustomError("shorthand", "expected `<number> <unit> | <source>`")
            return {"value": number, "unit": unit.strip(), "source": source.strip()}
        if isinstance(data, dict) and isinstance(data.get("value"), bool):
            raise PydanticCustomError("number", "expected a number")
        return data


class Choice(Strict):
    """A name (of a price sheet, a file, ...) with its source."""

    value: str = Field(title="name", min_length=1)
    source: str = Field(title="source key with explanation, or `assumption: ...`", min_length=3)


@dataclass(frozen=True)
class Expect:
    """The unit a :class:`Value` must have and the range in which it is plausible.

    The ranges are wide: they exist to catch a slip of 1000 in the unit, not to judge an assumption.
    """

    unit: str
    low: float
    high: float

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Check after the value itself has been read."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def check(self, value: Value) -> Value:
        """Return the value, or refuse its unit or its size."""
        if value.unit != self.unit:
            raise PydanticCustomError(
                "unit",
                "expected the unit {expected}, found {found}",
                {"expected": self.unit, "found": repr(value.unit)},
            )
        if not self.low <= value.value <= self.high:
            unit = "" if self.unit == "1" else f" {self.unit}"
            raise PydanticCustomError(
                "range",
                "expected a value between {low} and {high}{unit}, found {found}",
                {"low": f"{self.low:g}", "high": f"{self.high:g}", "unit": unit}
                | {"found": f"{value.value:g}"},
            )
        return value


def _read_day(text: Any) -> Any:
    """Read ``2015-06-01``; a bare number would otherwise be taken for seconds since 1970."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise PydanticCustomError(
            "day", "expected a date such as 2015-06-01, found {found}", {"found": repr(text)}
        ) from error


Day = Annotated[date, BeforeValidator(_read_day)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
Source = Annotated[str, Field(min_length=3)]
VoltageLevel = Literal["LV", "MV/LV", "MV"]

EnergyPrice = Annotated[Value, Expect("EUR/kWh", -0.1, 1.0)]
Share = Annotated[Value, Expect("1", 0.0, 1.0)]
Years = Annotated[Value, Expect("a", 1, 100)]
YearlyShare = Annotated[Value, Expect("1/a", 0.0, 0.2)]
Money = Annotated[Value, Expect("EUR", 0, 1e6)]
YearlyMoney = Annotated[Value, Expect("EUR/a", 0, 1e6)]
PerMetre = Annotated[Value, Expect("EUR/m", 0, 10_000)]


def default(value: float, unit: str, source: str, title: str) -> Value:
    """A field whose default is a value with its source."""
    field: Value = Field(default=Value(value=value, unit=unit, source=source), title=title)
    return field
