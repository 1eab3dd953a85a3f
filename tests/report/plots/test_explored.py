"""Fronts, spaces and sensitivities as figures."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from parkwerk.report import plots
from report.plots.drawn import traces

UNITS = ("technology", ["kW", "kWh"])


def a_front() -> xr.Dataset:
    """Three designs, not in the order of their emissions; no battery in any."""
    front = xr.Dataset(coords={"technology": ["PV", "battery"], "unit": UNITS})
    cost = {"units": "EUR/a", "long_name": "cost of the park"}
    front["total_cost"] = ("point", [100.0, 120.0, 105.0], cost)
    front["lower_bound"] = ("point", [99.0, 118.0, 104.0])
    front["emissions"] = ("point", [9.0, 3.0, 6.0], {"units": "t/a", "long_name": "CO2"})
    sizes = [[50.0, 0.0], [200.0, 0.0], [100.0, 0.0]]
    front["size"] = (("point", "technology"), sizes)
    return front.assign_attrs(against="emissions")


def test_a_front_is_drawn_in_order() -> None:
    """Proves: points by their emissions, sizes as shares of the largest, axes with units."""
    figure = plots.front(a_front(), "de")
    found = traces(figure)
    assert set(found) == {
        "bester gefundener Entwurf",
        "kein Entwurf kostet weniger",
        "PV (1 = 200 kW)",
    }
    assert list(found["bester gefundener Entwurf"].x) == [3, 6, 9]
    assert list(found["bester gefundener Entwurf"].y) == [120, 105, 100]
    assert list(found["kein Entwurf kostet weniger"].y) == [118, 104, 99]
    assert list(found["PV (1 = 200 kW)"].y) == [1.0, 0.5, 0.25]
    assert figure.layout.xaxis.title.text == "CO2-Ausstoß [t/a]"
    assert figure.layout.yaxis.title.text == "Kosten des Parks [EUR/a]"


def a_space() -> xr.Dataset:
    """Ranges of two technologies at two slacks."""
    space = xr.Dataset(
        coords={"technology": ["PV", "battery"], "slack": [0.01, 0.025], "unit": UNITS}
    )
    dims = ("technology", "slack")
    space["smallest"] = (dims, [[80.0, 50.0], [0.0, 0.0]])
    space["largest"] = (dims, [[120.0, 200.0], [10.0, 30.0]])
    space["optimal"] = ("technology", [100.0, 0.0])
    return space


def test_ranges_begin_at_the_smallest() -> None:
    """Proves: bars from smallest to largest with both in words, and the best design's size."""
    figure = plots.near_optimal(a_space(), "de")
    pv, best, battery, _ = figure.data
    assert (list(pv.base), list(pv.x)) == ([80, 50], [40, 150])
    assert list(pv.y) == ["bis 1 % teurer", "bis 2,5 % teurer"]
    assert list(battery.text) == ["0 – 10 kWh", "0 – 30 kWh"]
    assert list(best.x) == [100, 100]
    assert figure.layout.xaxis2.title.text == "Größe [kWh]"


def test_bounds_of_sizes_are_drawn_where_known() -> None:
    """Proves: a line reaches from bound to bound; one that is not known is left out."""
    space = a_space()
    space["smallest_bound"] = space["smallest"] - 5
    space["largest_bound"] = space["largest"] + 5
    space["largest_bound"].values[0, 1] = np.inf
    bounds = plots.near_optimal(space).data[1]
    assert bounds.name == "no design of that cost lies beyond"
    assert list(bounds.x[[0, 1, 3]]) == [75, 125, 45]
    assert np.isnan(bounds.x[[2, 4, 5]]).all()


def test_a_tornado_is_widest_on_top() -> None:
    """Proves: bars are changes from the base, ordered upwards, and say the input's value."""
    sensitivity = xr.Dataset(coords={"input": ["gas", "sun"], "side": ["high", "low"]})
    dims = ("input", "side")
    sensitivity["total_cost"] = (dims, [[130.0, 90.0], [101.0, 99.0]], {"units": "EUR/a"})
    sensitivity["value"] = (dims, [[1.2, 0.85], [1.1, 0.9]])
    figure = plots.tornado(sensitivity.assign_attrs(total_cost=100.0), "de")
    low, high = figure.data
    assert list(low.y) == ["sun", "Gas"]
    assert list(low.x) == [-1, -10]
    assert list(high.x) == [1, 30]
    assert list(low.text) == ["0,9", "0,85"]
    assert "[EUR/a]" in figure.layout.xaxis.title.text


def test_effects_have_confidence_and_spread() -> None:
    """Proves: bars are mu_star with its confidence, dots stand at (mu_star, sigma)."""
    sensitivity = xr.Dataset(coords={"input": ["rain", "sun"]})
    for name, values in (("mu_star", [50.0, 5.0]), ("sigma", [1.0, 2.0]), ("mu_star_conf", [4, 3])):
        sensitivity[name] = ("input", np.array(values, dtype=float), {"units": "EUR/a"})
    bars, dots = plots.effects(sensitivity).data
    assert list(bars.y) == ["sun", "rain"]
    assert list(bars.x) == [5, 50]
    assert list(bars.error_x.array) == [3, 4]
    assert (list(dots.x), list(dots.y)) == ([5, 50], [2, 1])


def test_one_range_alone_is_drawn() -> None:
    """Proves: one technology at one slack is a panel. If broken: plotly refuses the space between
    panels, which is larger than the figure."""
    figure = plots.near_optimal(a_space().isel(technology=[0], slack=[0]))
    assert list(figure.data[0].x) == [40]


@pytest.mark.parametrize("name", ["front", "near_optimal", "tornado", "effects"])
def test_all_axes_are_named(name: str) -> None:
    """Proves: every axis of these figures says what it shows, in both languages."""
    sensitivity = xr.Dataset(coords={"input": ["a"], "side": ["low", "high"]})
    for key in ("mu_star", "sigma", "mu_star_conf"):
        sensitivity[key] = ("input", [1.0])
    for key in ("total_cost", "value"):
        sensitivity[key] = (("input", "side"), [[1.0, 2.0]])
    sensitivity.attrs["total_cost"] = 1.5
    data = {"front": a_front(), "near_optimal": a_space()}.get(name, sensitivity)
    for lang in ("en", "de"):
        figure = getattr(plots, name)(data, lang)
        axes = [figure.layout[key] for key in figure.layout if key[1:5] == "axis"]
        assert len(axes) >= 2
        assert all(axis.title.text for axis in axes)
