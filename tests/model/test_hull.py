"""The tariff menu: convex hull, textbook form and enumeration have one optimum."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import plain
from parkwerk.solve.dispatch import dispatch
from parkwerk.solve.settle import settle
from toy import bare_park, toy_park
from whole_pyomo import textbook_park as textbook

SMALL, LARGE = "below 2500 h", "above 2500 h"


def alone(seed: int) -> xr.Dataset:
    """A company on two days with PV, battery and heat pump, whose best tariff is not obvious."""
    entry = {"tariff_fixed": np.array([[0.0, 2.0]]), "pool_gives": 0.0, "waste_heat": 0.0}
    return toy_park(companies=1, days=2, seed=seed, connection_limit=250.0, **entry)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_hull_textbook_and_enumeration_agree(seed: int) -> None:
    """Proves: the hull, the textbook form and the better of the two tariffs alone have one optimum,
    and the hull's relaxation lies between the textbook's and that optimum.

    If broken: a part that is not scaled by the choice serves demand for nothing in the copy that is
    not chosen (hull below), or forbids it (hull above).
    """
    scenario = alone(seed)
    best = plain.cost(scenario)
    each = [plain.cost(only(scenario, entry)) for entry in (SMALL, LARGE)]
    assert each[0] != pytest.approx(each[1], rel=1e-4)
    assert best == pytest.approx(min(each), rel=1e-6)
    assert plain.solve_plain(textbook(scenario)) == pytest.approx(best, rel=1e-6)

    tight = plain.optimum(scenario, relaxed=True).cost
    loose = plain.relaxed_plain(textbook(scenario))
    assert loose <= tight + 1e-6
    assert tight <= best + 1e-6


def test_hull_and_textbook_agree_for_companies_that_share() -> None:
    """Proves: with a pool and heat links between two companies both forms have one optimum.
    If broken: copies of one site exchange with each other unseen, or feed a copy not chosen.
    """
    scenario = toy_park(companies=2, days=1, seed=7, connection_limit=300.0)
    best = plain.cost(scenario)
    assert plain.solve_plain(textbook(scenario)) == pytest.approx(best, rel=1e-6)
    tight = plain.optimum(scenario, relaxed=True).cost
    loose = plain.relaxed_plain(textbook(scenario))
    assert loose <= tight + 1e-6
    assert tight <= best + 1e-6


def test_hull_and_textbook_agree_on_monthly_peaks_and_tax() -> None:
    """Proves: with a battery to shave peaks, an entry with a yearly peak and one with monthly peaks
    and a tax of its own have one optimum in both forms, each alone and both together.
    If broken: months share a peak, or the tax of an entry that is not chosen is paid.
    """
    demand = np.where(np.arange(48) < 24, 30.0, 60.0)
    demand[[12, 36]] += 40.0
    both = bare_park(
        steps=48,
        period="day",
        labels={"tariff": [SMALL, LARGE], "month": ["Jan", "Feb"]},
        electricity_demand=demand,
        connection_limit=100.0,
        battery_limit=1000.0,
        battery_fixed_cost=1.0,
        battery_energy_cost=0.2,
        demand_charge=[[2.0, 0.0]],
        energy_charge=[[0.02, 0.01]],
        monthly_charge=[[0.0, 1.0]],
        in_month=[[1.0] * 24 + [0.0] * 24, [0.0] * 24 + [1.0] * 24],
        electricity_tax=[[0.0, 0.02]],
        electricity_tax_fixed=[[0.0, 0.5]],
    )
    each = [only(both, entry) for entry in (SMALL, LARGE)]
    costs = [plain.cost(scenario) for scenario in (*each, both)]
    assert costs[0] != pytest.approx(costs[1], rel=1e-3)
    assert costs[2] == pytest.approx(min(costs), rel=1e-6)
    for scenario, cost in zip((*each, both), costs, strict=True):
        assert plain.solve_plain(textbook(scenario)) == pytest.approx(cost, rel=1e-6)


def test_the_hull_does_not_mix_tariffs() -> None:
    """Proves: the hull's relaxation is exact where there is nothing to build. 10 kW for a day with
    an hour of 100 kW, at 0.05 EUR/kW + 5.2 ct or 0.3 EUR/kW + 1.2 ct, cost by the first line
    5 + 330·0.052 = 22.16 EUR and by the second 30 + 330·0.012 = 33.96 EUR. The textbook's
    relaxation pays the base by the one and the peak by the other:
    90·0.05 + 90·0.052 + 10·0.3 + 240·0.012 = 15.06 EUR. If broken: less than 22.16 EUR.
    """
    demand = np.full(24, 10.0)
    demand[12] = 100.0
    scenario = bare_park(
        labels={"tariff": [SMALL, LARGE]},
        electricity_demand=demand,
        connection_limit=100.0,
        demand_charge=[[0.05, 0.3]],
        energy_charge=[[0.052, 0.012]],
    )
    assert plain.optimum(scenario, relaxed=True).cost == pytest.approx(22.16)
    assert plain.relaxed_plain(textbook(scenario)) == pytest.approx(15.06)


def only(scenario: xr.Dataset, tariff: str) -> xr.Dataset:
    """The scenario with one entry of the menu."""
    changed = scenario.copy()
    changed["tariff_open"] = scenario["tariff_open"] * (scenario["tariff"] == tariff)
    changed["tariff_open"].attrs = scenario["tariff_open"].attrs
    return changed


# --- the two thresholds of the law ---------------------------------------------------------------
def flat(hours_of_use: float, **changes: Any) -> tuple[xr.Dataset, list[float]]:
    """A flat 100 kW for a day, and the weight that makes a year of so many hours of use."""
    values = {
        "labels": {"tariff": [SMALL, LARGE]},
        "electricity_demand": 100.0,
        "demand_charge": [[20.0, 120.0]],
        "energy_charge": [[0.052, 0.012]],
    }
    return bare_park(**values | changes), [hours_of_use / 24]


@pytest.mark.parametrize(
    ("hours", "cost", "tariff"),
    [
        (2400, 20 * 100 + 0.052 * 240_000, SMALL),
        (2500, 15_000, None),
        (2600, 120 * 100 + 0.012 * 260_000, LARGE),
    ],
)
def test_break_even_at_2500_hours_of_use(hours: float, cost: float, tariff: str | None) -> None:
    """Proves: 20 EUR/kW and 5.2 ct/kWh meet 120 EUR/kW and 1.2 ct/kWh where 100 EUR/kW = 4 ct · h,
    at 2,500 h: for 100 kW both cost 2,000 + 13,000 = 12,000 + 3,000 = 15,000 EUR; 100 h less cost
    14,480 by the first, 100 h more 15,120 by the second.
    If broken: the dearer line (14,880 and 15,520), or a mixture of both below the cheaper.
    """
    scenario, weights = flat(hours)
    best = plain.optimum(scenario, weights)
    assert best.cost == pytest.approx(cost)
    if tariff:
        assert best.tariff("c0") == tariff


@pytest.mark.parametrize(
    ("gigawatt_hours", "levy"), [(0.9, 15_000.0), (1.0, 16_666.67), (1.1, 17_166.67)]
)
def test_the_levy_falls_above_one_gigawatt_hour(gigawatt_hours: float, levy: float) -> None:
    """Proves: the first GWh bears 1.666667 ct, each further kWh 0.5 ct: 0.9 GWh bear 15,000 EUR,
    1.1 GWh 16,666.67 + 500. The second line is a fixed (1.666667 − 0.5) ct · 1 GWh = 11,666.67
    EUR.
    If broken: the lower rate on all of it (5,500), or the higher (18,333).
    """
    first, further = 0.01666667, 0.005
    scenario, weights = flat(
        gigawatt_hours * 1e6 / 100,
        demand_charge=0.0,
        energy_charge=0.0,
        tariff_fixed=[[0.0, (first - further) * 1e6]],
        levy=[[first, further]],
    )
    assert plain.cost(scenario, weights) == pytest.approx(levy, rel=1e-5)


@pytest.mark.parametrize("menu", [1, 2])
def test_the_fixed_part_is_paid_once(menu: int) -> None:
    """Proves: 7 EUR of tariff and 250 EUR of tax are paid once for three days with weight 2, in the
    hull as in a menu of one, in the program as in the dispatch.
    If broken: once for each day (771), each copy (514) or by weight (1,542).
    """
    scenario = bare_park(
        steps=72,
        period="day",
        labels={"tariff": [SMALL, LARGE][:menu]},
        electricity_demand=5.0,
        tariff_fixed=7.0,
        electricity_tax_fixed=250.0,
    )
    best = plain.optimum(scenario, [2.0, 2.0, 2.0])
    assert best.cost == pytest.approx(257)
    assert dispatch(best.park, best.design).total_cost == pytest.approx(257)


def test_the_dispatched_year_pays_the_cheapest_entry() -> None:
    """Proves: after dispatch a meter series is priced by the whole menu: 100 kW for 24 h at 20
    EUR/kW + 5.2 ct cost 2,124.8 EUR, though the design was made for 120 EUR/kW + 1.2 ct
    (12,028.8).
    If broken: 12,028.8 EUR.
    """
    scenario, _ = flat(24)
    large = plain.optimum(only(scenario, LARGE))
    both = plain.Park(scenario, large.park.groups)
    result = dispatch(both, large.design)
    assert result.total_cost == pytest.approx(12_028.8)
    cheapest = settle(both, result)
    assert cheapest.total_cost == pytest.approx(2_124.8)
    assert cheapest.design[0].tariff == SMALL


def test_an_entry_that_is_not_open_is_not_paid() -> None:
    """Proves: 24 h of use would pay 2,124.8 EUR by the first line; where only the second is open it
    is 12,028.8. If broken: 2,124.8 EUR.
    """
    scenario, _ = flat(24, tariff_open=[[0.0, 1.0]])
    assert plain.cost(scenario) == pytest.approx(12_028.8)
