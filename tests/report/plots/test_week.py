"""A week by the hour, and the sorted withdrawal of a year."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from parkwerk.errors import InputError
from parkwerk.report import plots
from parkwerk.report.plots.duration import curves
from parkwerk.report.plots.hours import hourly, telling_week
from report.plots.drawn import traces
from toy import bare_park

#: The toy's year begins on Wednesday, 1 January 2025; its first Monday is the sixth day.
DAYS, FIRST_MONDAY = 22, 5


@pytest.fixture
def scenario() -> xr.Dataset:
    """Two companies, c0 without a roof, c1 with one; demand grows by the hour."""
    hours = np.arange(24.0 * DAYS)
    return bare_park(
        companies=2,
        steps=24 * DAYS,
        labels={"roof": ["r"], "roof_company": ["c1"], "pool": ["p"]},
        electricity_demand=[hours, 10.0 + 0 * hours],
    )


@pytest.fixture
def solution(scenario: xr.Dataset) -> xr.Dataset:
    """c1 shares 4 of its 20 kW in the second week from Monday on; c0 charges 1 kW in all hours."""
    steps = scenario.sizes["time"]
    share = np.zeros(steps)
    share[24 * (FIRST_MONDAY + 7) : 24 * (FIRST_MONDAY + 14)] = 4.0
    demand = scenario["electricity_demand"].values
    none, coords = np.zeros(steps), {"company": ["c0", "c1"], "time": scenario["time"].values}
    flows = {
        "purchase": [demand[0] + 1 - share, none],
        "withdrawal": [demand[0] + 1, none],
        "pv_used": [none, none + 10],
        "curtailment": [none, none + 6],
        "charge": [none + 1, none],
        "discharge": [none, none],
    }
    result = xr.Dataset(
        {name: (("company", "time"), np.stack(each)) for name, each in flows.items()},
        coords=coords | {"case": ["today", "alone", "together"], "pool": ["p"], "month": [1]},
    )
    for name, pair in (("share_in", [share, none]), ("share_out", [none, share])):
        result[name] = (("company", "pool", "time"), np.stack(pair)[:, None, :])
    fed_in = np.stack([none, 4 - share])[:, None, :]
    result["feed_in"] = (("company", "feed_in_rule", "time"), fed_in)
    result["peak"] = (("case", "company"), [[527.0, 10.0], [527.0, 0.0], [528.0, 0.0]])
    result["chosen_tariff"] = (("case", "connection"), np.full((3, 2), "flat"))
    result.coords["connection"] = ["c0", "c1"]
    return result


def test_the_week_with_most_exchange_is_chosen(solution: xr.Dataset) -> None:
    """Proves: of three Mondays the one whose week has the exchange; without, that of the peak."""
    park = hourly(solution)
    begin, reason = telling_week(park)
    assert (str(begin.date()), reason) == ("2025-01-13", "exchange")
    park["share_in"] = 0.0
    begin, reason = telling_week(park)
    assert (str(begin.date()), reason) == ("2025-01-13", "peak")
    assert telling_week(park.iloc[:24])[1] == "first"


def test_a_week_shows_the_flows_of_the_park(scenario: xr.Dataset, solution: xr.Dataset) -> None:
    """Proves: what covers the load is above zero, the rest below, and the load leaves charging out.

    At the first hour of 13 January c0 demands 288 kW: it buys 285 with 1 to charge and takes 4; c1
    uses 10 of its own sun. Counted once, what is exchanged is 4; counted twice the load were 302.
    """
    found = traces(plots.week(scenario, solution))
    first = {name: float(trace.y[0]) for name, trace in found.items()}
    assert first == pytest.approx(
        {
            "own PV used": 10,
            "from neighbours": 4,
            "from the supplier": 285,
            "into the battery": -1,
            "curtailed": -6,
            "load": 298,
            "PV generation offered": 20,
        }
    )
    assert all(len(trace.x) == 168 for trace in found.values())


def test_a_company_without_a_roof(scenario: xr.Dataset, solution: xr.Dataset) -> None:
    """Proves: a week of one company from a given day on, without traces of a sun it has not."""
    figure = plots.week(scenario, solution, "c0", "2025-01-02", "de")
    found = traces(figure)
    assert set(found) == {"vom Lieferanten", "in die Batterie", "Last"}
    assert float(found["Last"].y[0]) == 24.0
    assert "02.01.2025" in figure.layout.title.text


def test_a_giver_shows_what_it_gives(scenario: xr.Dataset, solution: xr.Dataset) -> None:
    """Proves: of one company what goes to neighbours stands below zero."""
    found = traces(plots.week(scenario, solution, "c1", "2025-01-13"))
    assert set(found["to neighbours"].y) == {-4.0}


@pytest.mark.parametrize(
    ("company", "start", "sentence"),
    [
        ("c9", None, "company: expected one of c0, c1, found 'c9'"),
        (None, "2026-01-01", "start: expected a day from 2025-01-01 to 2025-01-22"),
        (None, "soon", "start: expected a day from 2025-01-01 to 2025-01-22, found 'soon'"),
        (None, "2025-01-02T00:00+01:00", "start: expected a day"),
    ],
)
def test_bad_wishes_end_in_a_sentence(
    scenario: xr.Dataset, solution: xr.Dataset, company: str, start: str, sentence: str
) -> None:
    """Proves: an unknown company or a day outside of the year is refused by name."""
    with pytest.raises(InputError, match=sentence):
        plots.week(scenario, solution, company, start)


def test_curves_are_sorted_and_marked(scenario: xr.Dataset, solution: xr.Dataset) -> None:
    """Proves: today's curve is the demand, the other the withdrawal, and the mark the peak."""
    today, after = curves(scenario, solution)["c0"]
    assert today.power[0] == 527.0
    assert after.power[0] == 528.0
    assert (np.diff(after.power) <= 0).all()
    assert (today.charged, after.charged) == (527.0, 528.0)
    figure = plots.duration_curves(scenario, solution, "de")
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert [trace.name for trace in lines] == ["heute", "gemeinsam"] * 2
    assert (lines[0].x[0], lines[0].y[0]) == (0.0, 527.0)
    assert (lines[0].x[-1], lines[0].y[-1]) == (527.0, 0.0)
    notes = [note.text for note in figure.layout.annotations]
    assert "berechnet: 528 kW (Jahreshöchstlast)" in notes


def test_a_monthly_charge_is_on_the_mean(scenario: xr.Dataset, solution: xr.Dataset) -> None:
    """Proves: under a monthly tariff the mark is the mean of the monthly peaks."""
    solution = solution.drop_vars("month").assign_coords(month=[1, 2])
    peaks = np.broadcast_to([30.0, 50.0], (3, 2, 2))
    solution["monthly_peak"] = (("case", "company", "month"), peaks)
    scenario = scenario.assign_coords(tariff_option=("tariff", ["monthly"]))
    assert curves(scenario, solution)["c0"][1].charged == 40.0


def test_behind_a_common_connection(scenario: xr.Dataset, solution: xr.Dataset) -> None:
    """Proves: a company behind one shows what it purchases and has no mark of its own together."""
    both = ["c0", "c1", "ring"]
    scenario = scenario.reindex(connection=both, fill_value=0.0)
    scenario = scenario.assign_coords(behind=("company", ["ring", ""]))
    solution = solution.reindex(connection=both, fill_value="flat")
    today, after = curves(scenario, solution)["c0"]
    assert today.charged == 527.0
    assert np.isnan(after.charged)
    assert after.power[0] == 528.0
