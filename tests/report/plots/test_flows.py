"""The year's energy flows: every inner node balances, and each number is that of the Datasets."""

from __future__ import annotations

import pytest
import xarray as xr

from assess.hand import CASES
from parkwerk import optimise
from parkwerk.assess.quantity import values
from parkwerk.report import plots
from parkwerk.report.plots.flows import MOST_COMPANIES, OTHERS, balances, yearly_flows
from report.plots.drawn import heat_and_sun
from toy import bare_park, toy_park


def flow(flows: object, source: str, target: str) -> float:
    """Sum of the flows between two kinds of nodes [MWh/a]."""
    chosen = flows[(flows["source"] == source) & (flows["target"] == target)]  # type: ignore[index]
    return float(chosen["kwh"].sum()) / 1000


def bought(park: xr.Dataset) -> xr.Dataset:
    """A solution in which each company buys what it demands."""
    solution = xr.Dataset(coords={**park.coords, "case": CASES})
    demand = park["electricity_demand"].sum("time")
    solution["yearly_purchase"] = demand.expand_dims(case=CASES)
    return solution


@pytest.fixture(scope="module")
def solved() -> tuple[xr.Dataset, xr.Dataset]:
    """A park of two with sun, batteries, heat pumps and waste heat, solved."""
    park = toy_park(companies=2, days=1)
    return park, optimise(park, gap=0.05, time_limit=20)


def test_every_number_is_found_by_hand() -> None:
    """Proves: losses, heat pump and boosters follow from the sums as ``heat_and_sun`` says.

    Were the boosters' electricity left with the heat pump, it would take 20 rather than 12.
    """
    flows = yearly_flows(*heat_and_sun())
    expected = {
        ("roofs", "supply"): 40,
        ("roofs", "pool"): 30,
        ("pool", "use"): 30,
        ("roofs", "feed-in"): 20,
        ("roofs", "curtailment"): 10,
        ("grid", "supply"): 60,
        ("grid", "use"): 70,
        ("supply", "batteries"): 50,
        ("batteries", "use"): 40,
        ("batteries", "losses"): 10,
        ("supply", "use"): 50,
        ("use", "heat pumps"): 12,
        ("ambient heat", "heat pumps"): 24,
        ("use", "heat"): 8,
        ("gas", "boilers"): 150,
        ("boilers", "losses"): 30,
        ("waste heat", "pipes"): 44,
        ("pipes", "losses"): 4,
        ("pipes", "heat"): 40,
        ("heat", "losses"): 4,
        ("use", "demand"): 170,
        ("heat", "demand"): 200,
    }
    found = {ends: flow(flows, *ends) for ends in expected}
    assert found == pytest.approx(expected)
    assert flows["kwh"].sum() / 1000 == pytest.approx(sum(expected.values()) + 120 + 36)
    assert balances(flows).abs().max() == pytest.approx(0.0, abs=1e-6)


def test_a_solved_park_balances(solved: tuple[xr.Dataset, xr.Dataset]) -> None:
    """Proves: in each case what enters an inner node leaves it, up to dust that is not drawn."""
    for case in ("today", "alone", "together"):
        flows = yearly_flows(*solved, case)
        assert len(flows) > 5
        assert balances(flows).abs().max() < 5.0, case


def test_the_heat_pump_takes_what_its_cop_says(solved: tuple[xr.Dataset, xr.Dataset]) -> None:
    """Proves: the rest of a site's use is ``heat_pump_electricity·heat_pump_heat`` by the hour."""
    park, solution = solved
    exact = (park["heat_pump_electricity"] * solution["heat_pump_heat"]).sum().item() / 1000
    assert flow(yearly_flows(park, solution), "use", "heat pumps") == pytest.approx(exact, abs=2e-3)


def test_the_figure_shows_the_flows() -> None:
    """Proves: links have the table's amounts in MWh, and nodes say what passes them in German."""
    park, solution = heat_and_sun()
    [trace] = plots.energy_flows(park, solution, "de").data
    assert sum(trace.link.value) == pytest.approx(yearly_flows(park, solution)["kwh"].sum() / 1000)
    labels = list(trace.node.label)
    assert "Gas 150" in labels
    assert "c0: PV 100" in labels
    assert "c1: Bedarf 280" in labels
    source = labels[trace.link.source[list(trace.link.value).index(150.0)]]
    assert source == "Gas 150"


def test_small_companies_are_summed_up() -> None:
    """Proves: a large park has a node for each of its largest companies and one for all others."""
    count = MOST_COMPANIES + 3
    park = bare_park(companies=count, electricity_demand=[[1000.0 + i] * 24 for i in range(count)])
    flows = yearly_flows(park, bought(park))
    demand = flows[flows["target"] == "demand"].set_index("target_owner")["kwh"]
    assert len(demand) == MOST_COMPANIES
    assert demand[OTHERS] == pytest.approx(24 * sum(1000 + i for i in range(4)))
    assert f"c{count - 1}" in demand.index


def test_a_case_without_energy_says_so() -> None:
    """Proves: a park that uses nothing gives a sentence and no empty diagram."""
    park = bare_park(companies=1, labels={"roof": [], "roof_company": []})
    figure = plots.energy_flows(park, bought(park))
    assert len(figure.data) == 0
    assert figure.layout.annotations[0].text == "No energy flows in this case."


def test_the_toy_has_what_is_tested(solved: tuple[xr.Dataset, xr.Dataset]) -> None:
    """Proves: the solved park has sun, so that its balance says something."""
    assert values(solved[1]["yearly_pv_used"].sel(case="together"), "company").sum() > 0
