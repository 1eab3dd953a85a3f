"""The schema of a study: units, ranges, defaults."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from parkwerk.study import read_study
from parkwerk.study.inputs import sources_in
from parkwerk.study.schema import Settings
from parkwerk.study.sharing import Sharing
from parkwerk.study.technologies import Technologies
from parkwerk.study.values import Value
from study.folders import PILOT, settings


def validated(**technologies: Any) -> Technologies:
    """Technologies of the small study with some fields replaced."""
    return Settings.model_validate(settings(technologies=technologies)).technologies


def fault(**technologies: Any) -> str:
    """What the schema says against technologies."""
    with pytest.raises(ValidationError) as caught:
        validated(**technologies)
    return str(caught.value)


def numbers(model: BaseModel, path: str = "") -> dict[str, tuple[float, str]]:
    """Value and unit of every number below a model by its path."""
    found: dict[str, tuple[float, str]] = {}
    for name, value in model:
        if isinstance(value, Value):
            found[path + name] = (value.value, value.unit)
        elif isinstance(value, BaseModel):
            found |= numbers(value, f"{path}{name}.")
    return found


def test_a_value_is_a_mapping_or_one_line() -> None:
    """Proves: both spellings of a value mean the same; a lost source would show as ''."""
    mapping = {"value": 12, "unit": "a", "source": "S61: ISE, 2024"}
    line = "12 a | S61: ISE, 2024"
    assert validated(battery={"life": line}) == validated(battery={"life": mapping})
    assert validated(battery={"life": line}).battery.life.source == "S61: ISE, 2024"


def test_a_wrong_unit_is_refused() -> None:
    """Proves: 250 EUR/MWh is not taken for 250 EUR/kWh."""
    message = fault(battery={"energy_investment": "250 EUR/MWh | assumption"})
    assert "expected the unit EUR/kWh, found 'EUR/MWh'" in message


@pytest.mark.parametrize(
    ("part", "field", "text"),
    [
        ("battery", "energy_investment", "305000 EUR/kWh | per MWh"),
        ("heat_pump", "investment", "2000000 EUR/kW | per MW"),
        ("pipes", "trench_investment", "782000 EUR/m | per km"),
        ("pv", "power_density", "200 kW/m2 | in W/m2"),
        ("boiler", "efficiency", "88 1 | in percent"),
        ("pv", "duty_share", "30 1 | in percent"),
    ],
)
def test_a_slip_of_the_unit_is_refused(part: str, field: str, text: str) -> None:
    """Proves: a number off by 1000 (or by 100) under the right unit name falls out of its range."""
    assert "expected a value between" in fault(**{part: {field: text}})


@pytest.mark.parametrize("value", [True, "12,5", float("nan"), float("inf"), "many", None])
def test_a_value_is_a_finite_number(value: object) -> None:
    """Proves: yes, a decimal comma, NaN, infinity, words and nothing are no numbers."""
    fault(battery={"life": {"value": value, "unit": "a", "source": "assumption"}})


def test_a_value_needs_a_source() -> None:
    """Proves: no number enters without saying where it comes from."""
    assert "source" in fault(battery={"life": {"value": 12, "unit": "a"}})
    assert "<number> <unit> | <source>" in fault(battery={"life": "12 a"})


def test_an_unknown_name_is_refused() -> None:
    """Proves: a misspelt field does not silently leave its default in place."""
    assert "lief" in fault(battery={"lief": "12 a | assumption"})


def test_sizes_of_the_investment_curve_grow() -> None:
    """Proves: points in the wrong order are refused, not sorted."""
    message = fault(pv={"investment_curve": {"points": [[300, 1000], [100, 1150]]}})
    assert "growing size" in message


@pytest.mark.parametrize("hours", [0.5, 24, True, "1.0"])
def test_a_step_is_an_hour_or_a_quarter(hours: object) -> None:
    """Proves: only the steps that the calendar knows pass; `yes` is not one hour."""
    with pytest.raises(ValidationError):
        Settings.model_validate(settings(step_hours=hours))


def test_defaults_obey_their_own_units_and_ranges() -> None:
    """Proves: defaults, which pydantic does not check, would pass as inputs."""
    assert Technologies.model_validate(Technologies().model_dump()) == Technologies()


def test_defaults_of_sharing() -> None:
    """Proves: the defaults of direct lines obey their ranges and say that they are assumptions;
    the pilot writes them down unchanged, and all else is left to the regulation.
    """
    assert Sharing.model_validate(Sharing().model_dump()) == Sharing()
    lines = numbers(Sharing())
    assert set(lines) == {
        f"direct_line.{name}" for name in ("investment", "fixed_investment", "maintenance", "life")
    }
    assert all(source.startswith("assumption: ") for _, source in sources_in(Sharing()))
    pilot = numbers(read_study(PILOT).settings.sharing)
    assert {path: pilot[path] for path in lines} == lines


def test_every_default_has_a_source() -> None:
    """Proves: each number of the defaults says where it comes from."""
    sources = sources_in(Technologies())
    assert len(sources) == len(numbers(Technologies())) + 1
    assert all(len(text) >= 10 for _, text in sources)


def test_the_pilot_writes_the_defaults_down() -> None:
    """Proves: the pilot's technologies and the defaults do not drift apart.

    The pipes differ on purpose: their water gives up 10 K at 33 degC, not 30 K at 65 degC.
    """
    pilot = numbers(read_study(PILOT).settings.technologies)
    changed = {path for path, number in numbers(Technologies()).items() if pilot[path] != number}
    assert changed == {"pipes.temperature_spread", "pipes.heat_loss", "pipes.mean_flow"}
