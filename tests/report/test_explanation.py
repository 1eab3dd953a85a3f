"""The result in words says what the numbers say."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from assess.hand import hand_park, hand_solution
from parkwerk.assess import assess
from parkwerk.report.explanation import explain


def text_of(
    costs: dict[str, list[list[float]]], park: xr.Dataset | None = None, **values: Any
) -> str:
    """The explanation of a solution by hand, as one text."""
    park = hand_park() if park is None else park
    solution = hand_solution(park, costs, **values)
    return "\n".join(explain(park, solution, assess(park, solution)))


def test_the_worth_of_sharing_is_told() -> None:
    """1,000 today, 900 alone, 850 together: 150 (15 %) saved, 100 alone, another 50 by sharing."""
    text = text_of({"energy": [[600.0, 400.0, 0.0], [500.0, 400.0, 0.0], [500.0, 350.0, 0.0]]})
    assert "pay 850 EUR a year, 150 EUR (15.0 %) less" in text
    assert "would save 100 EUR; sharing is worth another 50 EUR" in text


def test_a_loss_alone_is_no_negative_saving() -> None:
    """1,000 today, 1,100 alone (a duty to build), 950 together: no saving of -100 EUR is told."""
    text = text_of({"energy": [[600.0, 400.0, 0.0], [700.0, 400.0, 0.0], [550.0, 400.0, 0.0]]})
    assert "Each for itself would pay 100 EUR more; sharing is worth another 150 EUR" in text


def test_sharing_that_brings_nothing_is_told_as_such() -> None:
    """Where together costs as much as alone, nobody reads of a gain of 0 EUR."""
    text = text_of({"energy": [[600.0, 400.0, 0.0], [500.0, 400.0, 0.0], [500.0, 400.0, 0.0]]})
    assert "sharing is worth nothing here" in text
    assert "another 0 EUR" not in text


def test_the_reason_for_a_tariff_is_its_hours_of_use() -> None:
    """4,000 h at 100 kW: the other pair would cost 6,000 EUR/a more (arithmetic in test_tariff).

    c1, which draws nothing, has no reason for a tariff and is left out.
    """
    park = hand_park(demand_charge=[[20.0, 120.0]] * 2, energy_charge=[[0.05, 0.01]] * 2, levy=0.03)
    reading = {"peak": [100.0, 0.0], "yearly_withdrawal": [400_000.0, 0.0]}
    text = text_of({"energy": [[1.0, 1.0, 0.0]] * 3}, park, **reading)
    assert "c0 has 4,000 h and pays 'over 2500 h'; 'under 2500 h' would cost 6,000 EUR" in text
    assert "c1 " not in text[text.index("Grid tariffs") : text.index("The cost of each")]


def test_links_and_open_costs_are_named() -> None:
    """A pipe to the neighbour with 40 kW brings 9 MWh and leaves 30 EUR a year to be assigned."""
    park = hand_park(pipe_fixed_cost=1.0)
    text = text_of(
        {"energy": [[50.0, 50.0, 0.0]] * 3, "heat pipes": [[0.0] * 3, [0.0] * 3, [0.0, 0.0, 30.0]]},
        park,
        pipe_built=[[[0.0, 0.0]], [[0.0, 0.0]], [[0.0, 1.0]]],
        pipe_capacity=[[[0.0, 0.0]], [[0.0, 0.0]], [[0.0, 40.0]]],
        yearly_pipe_flow=[[[0.0, 0.0]], [[0.0, 0.0]], [[0.0, 9400.0]]],
        yearly_recovered=[[0.0], [0.0], [9400.0]],
        yearly_heat_taken=np.array([[[0.0], [0.0]], [[0.0], [0.0]], [[0.0], [9000.0]]]),
    )
    assert "c0->c1 with 40 kW; a year they bring c1 9 MWh" in text
    assert "30 EUR a year of shared links are not yet assigned" in text


def test_proof_and_origin_are_told() -> None:
    """The unproven gap, the note of the study and the price sheet reach the reader."""
    park = hand_park()
    park.attrs["note"] = "All companies are stand-ins."
    park["demand_charge"].attrs["source"] = "price sheet of a placeholder"
    text = text_of({"energy": [[1.0, 1.0, 0.0]] * 3}, park)
    assert "Nothing is proven." in text
    assert "All companies are stand-ins." in text
    assert "price sheet of a placeholder" in text


def test_who_is_kept_out_of_a_pool_is_told() -> None:
    """Companies that are in no pool of a rule are told with the rule and the reason; c0, in one of
    its two pools, is not.
    """
    park = hand_park(labels={"pool": ["line-1", "line-2"]}, pool_gives=0.0, pool_takes=0.0)
    park["pool_gives"][0, 0] = 1.0
    park["pool_reason"] = (("pool", "company"), [["", "too large"], ["at no end", "too large"]])
    park = park.assign_coords(
        pool_rule=("pool", ["line", "line"]), pool_paragraph=("pool", ["§", "§"])
    )
    text = text_of({"energy": [[1.0, 1.0, 0.0]] * 3}, park)
    assert "Not admitted to line: c1 (too large)." in text
    assert "c0 (" not in text


def test_one_reason_against_several_rules_is_one_sentence() -> None:
    """c1 is kept out of two rules for one reason: both rules in one sentence, as in a comparison.
    If broken: the sentence stands twice.
    """
    park = hand_park(labels={"pool": ["line", "ppa"]}, pool_gives=0.0, pool_takes=0.0)
    park["pool_gives"][:, 0] = 1.0
    park["pool_reason"] = (("pool", "company"), [["", "is behind"], ["", "is behind"]])
    park = park.assign_coords(
        pool_rule=("pool", ["line", "ppa"]), pool_paragraph=("pool", ["§", "§"])
    )
    text = text_of({"energy": [[1.0, 1.0, 0.0]] * 3}, park)
    assert "Not admitted to line and ppa: c1 (is behind)." in text
    assert text.count("is behind") == 1
