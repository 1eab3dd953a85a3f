"""Costs, charges and bounds in figures are those of the Datasets."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from assess.hand import CASES, hand_park, hand_solution
from parkwerk.assess import assess
from parkwerk.report import plots
from parkwerk.report.plots.cost_bars import MOST_PARTIES, cost_table
from report.plots.drawn import traces
from toy import bare_park

COSTS = {
    "energy": [[600.0, 400.0, 0.0], [500.0, 400.0, 0.0], [500.0, 350.0, 0.0]],
    "electricity tax": [[60.0, 40.0, 0.0], [50.0, 40.0, 0.0], [50.0, 35.0, 0.0]],
    "feed-in revenue": [[0.0, 0.0, 0.0], [-20.0, 0.0, 0.0], [-10.0, 0.0, 0.0]],
}


@pytest.fixture
def verdict() -> xr.Dataset:
    """A verdict on the costs above."""
    park = hand_park()
    return assess(park, hand_solution(park, COSTS))


def test_bars_are_the_groups_of_costs(verdict: xr.Dataset) -> None:
    """Proves: energy and tax are one part; revenue is below zero; the sum stands above the bar."""
    figure = plots.costs(verdict, "de")
    found = traces(figure)
    assert list(found["Strom"].y) == [660, 550, 550, 440, 440, 385]
    assert list(found["Einspeiseerlös"].y) == [0, -20, -10, 0, 0, 0]
    assert list(found["Strom"].x[0]) == ["c0"] * 3 + ["c1"] * 3
    assert list(found["Strom"].x[1]) == ["heute", "allein", "gemeinsam"] * 2
    totals = figure.data[-1]
    assert list(totals.text) == ["660", "530", "540", "440", "440", "385"]
    assert list(totals.y) == [660, 550, 550, 440, 440, 385]
    assert figure.layout.yaxis.title.text == "Jahreskosten [EUR/a]"
    assert figure.layout.separators == ",."


def test_many_parties_are_summed_up(verdict: xr.Dataset) -> None:
    """Proves: no cost is lost where a park has more parties than a figure has room for."""
    parties = [f"c{i}" for i in range(MOST_PARTIES + 5)]
    cost = np.zeros((3, len(parties), verdict.sizes["cost_kind"]))
    cost[:, :, 0] = np.arange(len(parties)) + 1.0
    many = verdict[["cost_group"]].assign_coords(party=parties, case=CASES)
    many["cost"] = (("case", "party", "cost_kind"), cost)
    table = cost_table(many)
    assert len(table) == 3 * MOST_PARTIES
    assert table.xs("today", level="case").to_numpy().sum() == pytest.approx(cost[0].sum())


def test_stacks_can_be_told_apart_in_print(verdict: xr.Dataset) -> None:
    """Proves: parts beside each other differ in pattern or, where both have none, in lightness."""
    bars = [trace for trace in plots.costs(verdict).data if trace.type == "bar"]
    shapes = [bar.marker.pattern.shape for bar in bars]
    assert len(bars) == 2
    assert shapes[0] != shapes[1]


def test_charges_need_rules() -> None:
    """Proves: a scenario made by hand without rules of sharing gets a sentence, not a fault."""
    park = hand_park()
    figure = plots.charges(park, hand_solution(park), "de")
    assert figure.layout.annotations[0].text == "Dieses Szenario nennt keine Regeln des Teilens."


def test_charges_are_those_of_the_tariff() -> None:
    """Proves: a kWh from the supplier bears 5 + 3 + 2 ct, one from a private pool 1 ct."""
    park = bare_park(
        companies=2,
        labels={"pool": ["p"]},
        energy_charge=0.05,
        levy=0.03,
        electricity_tax=0.02,
        pool_charge=0.01,
        pool_on_grid=0.0,
    ).assign_coords(pool_rule=("pool", ["building"]))
    solution = xr.Dataset(coords={**park.coords, "case": CASES})
    solution["chosen_tariff"] = (("case", "connection"), np.full((3, 2), "flat"))
    figure = plots.charges(park, solution, "en")
    found = traces(figure)
    assert list(found["network energy charge"].x) == pytest.approx([0, 5])
    assert list(found["levies and concession"].x) == pytest.approx([1, 3])
    assert list(found["electricity tax"].x) == pytest.approx([0, 2])
    assert [text.strip() for text in figure.data[-1].text] == ["1.00", "10.00"]
    assert found["electricity tax"].y[1] == "from the supplier<br>not used"


def bounds(upper: list[float], lower: list[float], proven: float) -> xr.Dataset:
    """A solution with nothing but its log of bounds."""
    solution = xr.Dataset(
        {"elapsed": ("turn", np.arange(len(upper)) * 2.0)},
        attrs={"total_cost": upper[-1], "lower_bound": proven, "cost_alone": 1e3},
    )
    solution["elapsed"].attrs = {"units": "s", "long_name": "time"}
    return solution.assign(upper_bound=("turn", upper), bound_below=("turn", lower))


def test_bounds_close() -> None:
    """Proves: both lines are the log's, a bound far below is left out, the title says the gap."""
    figure = plots.convergence(bounds([100.0, 100.0], [50.0, 98.0], 98.0))
    above, below = figure.data
    assert list(above.y) == [100, 100]
    assert list(above.x) == [0, 2]
    assert np.isnan(below.y[0])
    assert below.y[1] == 98
    assert figure.layout.title.text.endswith("gap 2.00 %")


def test_a_bound_from_elsewhere_counts() -> None:
    """Proves: where the attributes know a better bound than the log, the last point is that."""
    figure = plots.convergence(bounds([100.0], [-np.inf], 99.0), "de")
    assert list(figure.data[1].y) == [99]
    assert figure.layout.title.text.endswith("Lücke 1,00 %")


def test_a_solution_without_a_proof() -> None:
    """Proves: without a lower bound there is the upper one, without a log a sentence."""
    figure = plots.convergence(bounds([100.0], [-np.inf], np.nan))
    assert len(figure.data) == 1
    assert figure.layout.title.text.endswith("nothing proven")
    none = plots.convergence(xr.Dataset())
    assert none.layout.annotations[0].text == "This solution holds no log of bounds."
