"""Monthly peaks, peaks in the operator's windows, ordered capacity; the reading decides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import parkwerk.solve.dispatch as dispatching
import plain
from parkwerk.errors import SolveError
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Choice, Dispatch, dispatch
from parkwerk.solve.full_year import full_year
from parkwerk.solve.optimise import optimise
from parkwerk.solve.periods import cut
from parkwerk.solve.settle import open_entries, settle
from toy import bare_park

READING = ["one", "peak", "window peak", "energy"]


def meter(**changes: Any) -> xr.Dataset:
    """One company that draws 10, 20 and 40 kW in three hours, and nothing to decide."""
    values: dict[str, Any] = {"steps": 3, "electricity_demand": [[10.0, 20.0, 40.0]]}
    return bare_park(**values | changes)


def today(scenario: xr.Dataset) -> tuple[Park, Dispatch]:
    """The dispatch of the year with nothing built, under the first tariff."""
    park = Park(scenario, cut(scenario))
    empty = [Choice(a.menu[0], np.zeros(park.template(a).n_design)) for a in park.actors]
    return park, dispatch(park, empty)


def test_each_month_has_a_peak_of_its_own() -> None:
    """Proves: with the first two hours in January and the last in February the monthly peaks are 20
    and 40 kW: 60 kW at 2 EUR are 120 EUR. If broken: 80 (the yearly peak once), 160 (twice), or
    140 EUR (every hour).
    """
    scenario = meter(
        labels={"month": ["Jan", "Feb"]},
        monthly_charge=2.0,
        in_month=[[1.0, 1, 0], [0, 0, 1]],
    )
    assert plain.cost(scenario) == pytest.approx(120)
    park, result = today(scenario)
    assert result.total_cost == pytest.approx(120)
    assert plain.size(park, result, "c0", "monthly_peak") == pytest.approx([20, 40])
    told = optimise(scenario.assign_coords(month=[1, 2]))["monthly_peak"].sel(case="together")
    assert told.sel(company="c0", month=1).item() == pytest.approx(20)
    assert told.sel(company="c0", month=2).item() == pytest.approx(40)


def test_only_the_peak_in_the_windows_is_charged() -> None:
    """Proves: with windows in the first two hours 20 kW are charged at 3 EUR: 60 EUR, though the
    year's peak is 40 kW. If broken: 120 EUR.
    """
    scenario = meter(window_charge=3.0, in_window=[[1.0, 1, 0]])
    assert plain.cost(scenario) == pytest.approx(60)
    park, result = today(scenario)
    assert result.total_cost == pytest.approx(60)
    assert plain.size(park, result, "c0", "window_peak") == pytest.approx(20)
    assert plain.size(park, result, "c0", "peak") == pytest.approx(40)


@pytest.mark.parametrize(
    ("charge", "order", "cost"), [(1.9, 20.0, 1.9 * 20 + 20), (0.9, 40.0, 36.0), (3.1, 0.0, 70.0)]
)
def test_the_best_order_is_a_quantile(charge: float, order: float, cost: float) -> None:
    """Proves: a kW ordered costs `charge` and spares 1 EUR in each hour above it: at 1.9 EUR it
    pays where two hours exceed it, up to 20 kW; at 0.9 where one does, up to 40; at 3.1 not at all.
    In the program and in the settled year. If broken: the whole load at the higher charge (70), or
    the year's peak ordered (76 at 1.9 EUR).
    """
    scenario = meter(order_charge=charge, above_order_charge=1.0)
    best = plain.optimum(scenario)
    assert best.cost == pytest.approx(cost)
    park, result = today(scenario)
    assert result.total_cost == pytest.approx(70)  # nothing ordered yet
    settled = settle(park, result)
    assert settled.total_cost == pytest.approx(cost)
    assert plain.size(park, settled, "c0", "ordered_capacity") == pytest.approx(order)


def test_a_battery_flattens_each_month() -> None:
    """Proves: a free store turns 0 and 20 kW into 10 and 10 in January, 40 and 0 into 20 and 20 in
    February (a period for each): 30 kW at 2 EUR. If broken: the store is left alone, 120 EUR.
    """
    scenario = bare_park(
        steps=48,
        period="day",
        labels={"month": ["Jan", "Feb"]},
        monthly_charge=2.0,
        in_month=np.repeat(np.eye(2), 24, axis=1),
        electricity_demand=[
            np.r_[np.zeros(12), np.full(12, 20.0), np.full(12, 40.0), np.zeros(12)]
        ],
        battery_limit=1e4,
    )
    assert plain.cost(scenario) == pytest.approx(60)


def two_lines(**changes: Any) -> xr.Dataset:
    """The pairs under and over 2 hours of use: 1 EUR/kW + 3 EUR/kWh, or 5 EUR/kW + 1 EUR/kWh."""
    conditions = np.zeros((1, 2, 1, 4))
    conditions[0, 0, 0] = [0, 2, 0, -1]
    conditions[0, 1, 0] = [0, -2, 0, 1]
    values: dict[str, Any] = {
        "labels": {"tariff": ["under", "over"], "condition": ["hours"], "reading": READING},
        "demand_charge": [[1.0, 5.0]],
        "energy_charge": [[3.0, 1.0]],
        "tariff_condition": conditions,
    }
    return meter(**values | changes)


@pytest.mark.parametrize(
    ("demand", "entry", "cost"),
    [([10.0, 20.0, 40.0], "under", 40 + 210.0), ([30.0, 30, 40], "over", 200 + 100.0)],
)
def test_the_hours_of_use_decide_the_pair(demand: list[float], entry: str, cost: float) -> None:
    """Proves: 70 kWh by 40 kW are 1.75 hours, the pair under 2; 100 kWh are 2.5, the pair over.
    If broken: 270 and 340 EUR, the other pair.
    """
    scenario = two_lines(electricity_demand=[demand])
    settled = settle(*today(scenario))
    assert settled.design[0].tariff == entry
    assert settled.total_cost == pytest.approx(cost)


def test_only_whose_tariff_changes_is_operated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: of two companies that begin under the pair under 2 hours one has 2.5 hours of use:
    it is operated once more under the other pair, the other is not. If broken: four programs.
    """
    one = two_lines(electricity_demand=[[10.0, 20.0, 40.0]])["tariff_condition"].values
    scenario = two_lines(
        companies=2,
        electricity_demand=[[10.0, 20.0, 40.0], [30.0, 30.0, 40.0]],
        demand_charge=[[1.0, 5.0]] * 2,
        energy_charge=[[3.0, 1.0]] * 2,
        tariff_condition=np.repeat(one, 2, axis=0),
    )
    done: list[str] = []
    true = dispatching._dispatch

    def counted(park: Park, *asked: Any) -> Dispatch:
        done.extend(actor.name for actor in park.actors)
        return true(park, *asked)

    monkeypatch.setattr(dispatching, "_dispatch", counted)
    park = Park(scenario, cut(scenario))
    empty = [Choice("under", np.zeros(park.template(a).n_design)) for a in park.actors]
    found = full_year(park, empty)
    assert [choice.tariff for choice in found.design] == ["under", "over"]
    assert found.total_cost == pytest.approx(250 + 300)
    assert done == ["c0", "c1", "c1"]


def test_the_letter_goes_before_the_cheaper_line() -> None:
    """Proves: where the lines of a sheet meet at 2.1 instead of 2 hours, 2.05 hours of use pay the
    pair over 2, 40·5.2 + 82 = 290, though the other line costs 40 + 246 = 286 EUR.
    If broken: the cheaper line, 286 EUR.
    """
    scenario = two_lines(electricity_demand=[[12.0, 30.0, 40.0]], demand_charge=[[1.0, 5.2]])
    settled = settle(*today(scenario))
    assert settled.design[0].tariff == "over"
    assert settled.total_cost == pytest.approx(40 * 5.2 + 82)


def test_a_reading_that_opens_no_entry_is_refused() -> None:
    """Proves: a menu that leaves a reading out ends in a sentence with the meter's name.
    If broken: an entry is paid that is not open.
    """
    with pytest.raises(SolveError, match="c0 opens no entry"):
        settle(*today(two_lines(tariff_open=[[0.0, 1.0]])))


def atypical(demand: list[float]) -> xr.Dataset:
    """The yearly line, or the peak in the window of hour 2 if it is 30 % below the year's."""
    conditions = np.zeros((1, 2, 1, 4))
    conditions[0, 1, 0] = [0, 0.7, -1, 0]
    scenario = meter(
        labels={"tariff": ["yearly", "window"], "condition": ["significance"], "reading": READING},
        electricity_demand=[demand],
        demand_charge=[[5.0, 0.0]],
        window_charge=[[0.0, 5.0]],
        in_window=[[0.0, 1, 0]],
        tariff_condition=conditions,
    )
    return scenario.assign_coords(tariff_option=("tariff", ["yearly", "atypical"]))


@pytest.mark.parametrize(
    ("window", "entry", "cost"), [(27.0, "window", 135.0), (29.0, "yearly", 200.0)]
)
def test_atypical_use_must_be_significant(window: float, entry: str, cost: float) -> None:
    """Proves: 27 kW in the window are more than 30 % below 40 kW and pay 5·27, 29 kW are not and
    pay 5·40; the program with all hours knows the condition, and so does the settled year.
    If broken: 145 EUR for 29 kW.
    """
    scenario = atypical([10.0, window, 40.0])
    solution = optimise(scenario)
    assert solution.attrs["total_cost"] == pytest.approx(cost)
    assert solution.attrs["lower_bound"] <= cost + 1e-6
    assert str(solution["chosen_tariff"].sel(case="together").values[0]) == entry
    park, result = today(scenario)
    opened = open_entries(park, park.actors[0], result.design[0], result.operation[0])
    assert ("window" in opened) == (entry == "window")


def test_an_entry_that_nobody_can_reach_is_left_out() -> None:
    """Proves: with 40 kW in every hour the window never lies 30 % below: the yearly line is paid,
    200 EUR. If broken: the run ends because one entry of the menu has no operation.
    """
    assert optimise(atypical([40.0, 40.0, 40.0])).attrs["total_cost"] == pytest.approx(200)


def test_a_band_load_keeps_its_hours() -> None:
    """Proves: a program over all hours knows a condition on energy: a discount of 80 % from 2.5
    hours of use on is kept by building 5 kW of free sun less: 100 kWh by 40 kW are 2.5 hours.
    With the sun 95 kWh would pay the whole 1.2 EUR/kWh. If broken: 114 or 19 EUR.
    """
    conditions = np.zeros((1, 2, 1, 4))
    conditions[0, 1, 0] = [0, -2.5, 0, 1]
    scenario = meter(
        labels={"tariff": ["yearly", "band"], "condition": ["hours"], "reading": READING},
        electricity_demand=[[30.0, 30, 40]],
        energy_charge=[[1.2, 0.2]],
        tariff_condition=conditions,
        pv_yield=[[1.0, 0, 0]],
        roof_limit=5.0,
    ).assign_coords(tariff_option=("tariff", ["yearly", "band"]))
    solution = optimise(scenario)
    assert solution.attrs["total_cost"] == pytest.approx(20)
    assert str(solution["chosen_tariff"].sel(case="together").values[0]) == "band"
