"""What the cost hangs on: hand arithmetic where the design is kept, a search where it is not."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from explore.conftest import GAP, Solved
from parkwerk.errors import InputError
from parkwerk.explore import INPUTS, effects, tornado
from parkwerk.quantities import SCENARIO

PV = {"PV cost": INPUTS["PV cost"]}


def paid_for_pv(toy: Solved) -> float:
    """What all plants cost a year, by the solution [EUR/a]."""
    together = toy.solution["cost"].sel(case="together").sum("actor")
    return float(together.sel(cost_kind="PV"))


def test_inputs_are_variables_of_scenarios() -> None:
    """Every variable of every input is one of scenarios: a slip of the pen varies nothing."""
    assert {name for names in INPUTS.values() for name in names} <= set(SCENARIO)


def test_as_it_is_built_a_tenth_more_of_a_cost_is_a_tenth_more_to_pay(toy: Solved) -> None:
    """Proves: with the design kept, PV at 0.5 and 1.1 of its cost changes the total by −0.5 and 0.1
    of what PV costs."""
    found = tornado(*toy, PV, 0.5, 1.1, resize=False)["total_cost"].sel(input="PV cost")
    base, part = toy.solution.attrs["total_cost"], paid_for_pv(toy)
    assert part > 10.0
    assert found.sel(side="low").item() == pytest.approx(base - 0.5 * part, rel=1e-9)
    assert found.sel(side="high").item() == pytest.approx(base + 0.1 * part, rel=1e-9)


def test_who_sizes_anew_pays_no_more_than_who_keeps_the_design(toy: Solved) -> None:
    """With PV at three times its cost another design is better than the one that was built, and no
    design is proven to cost less than the bound."""
    kept = tornado(*toy, PV, 0.5, 3.0, resize=False).sel(input="PV cost", side="high")
    anew = tornado(*toy, PV, 0.5, 3.0, gap=GAP).sel(input="PV cost", side="high")
    assert anew["total_cost"].item() < kept["total_cost"].item() - 1.0
    assert anew["lower_bound"].item() <= anew["total_cost"].item()
    pv = {"technology": "PV"}
    assert anew["size"].sel(pv).item() < kept["size"].sel(pv).item()


def test_what_cannot_be_served_has_no_number(toy: Solved) -> None:
    """A demand a hundred times as large passes no connection."""
    demand = {"demand": ("electricity_demand",)}
    found = tornado(*toy, demand, 1.0, 100.0, resize=False)["total_cost"].sel(input="demand")
    assert found.sel(side="low").item() == pytest.approx(toy.solution.attrs["total_cost"])
    assert found.sel(side="high").isnull().item()


def test_a_linear_input_has_the_same_effect_everywhere(toy: Solved) -> None:
    """Proves: with the design kept, the effect of PV's cost over its range from 0.8 to 1.2 is 0.4
    of what PV costs, whatever the other inputs are: sigma is 0."""
    both = {name: INPUTS[name] for name in ("PV cost", "gas price")}
    found = effects(*toy, both, trajectories=2)
    pv = found.sel(input="PV cost")
    assert pv["mu_star"].item() == pytest.approx(0.4 * paid_for_pv(toy), rel=1e-6)
    assert pv["sigma"].item() == pytest.approx(0.0, abs=1e-6)
    assert found.attrs["trials"] == 2 * 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"inputs": {}}, "inputs: expected at least one"),
        ({"low": 1.2, "high": 0.8}, "low, high: 1.2, 0.8, expected factors"),
        ({"trajectories": 1}, "trajectories: 1, expected at least 2"),
    ],
)
def test_what_cannot_be_varied_is_refused(
    changes: dict[str, Any], message: str, toy: Solved
) -> None:
    """One sentence names what was expected."""
    with pytest.raises(InputError, match=message):
        effects(*toy, **changes)


def test_without_salib_one_sentence_says_what_to_install(
    toy: Solved, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra is named."""
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    with pytest.raises(InputError, match=r"parkwerk\[explore\]"):
        effects(*toy, PV)
