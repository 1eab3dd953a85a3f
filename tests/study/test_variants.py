"""Sets of scenarios: their names, what they change, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from parkwerk.errors import InputError
from parkwerk.study import Study, read_study
from study.folders import COLD, LINK, PILOT, ROOF, WARM, settings, write_study

AXES = {
    "regime": ["alone", "law-2026"],
    "gas price": {
        "low": {"prices.gas": 0.05},
        "as it is": None,
        "20 % more": {"prices.gas": {"factor": 1.2}},
    },
}


def study_with(folder: Path, scenarios: Any = None, **variants: Any) -> Study:
    """A small study with variants; the axes stay in the order in which they are given."""
    document = settings(scenarios=scenarios or {"base": {}}, variants=variants)
    write_study(folder, [COLD, WARM], [ROOF | {"company": "cold"}], [LINK])
    text = yaml.safe_dump(document, sort_keys=False)
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return read_study(folder)


def test_axes_make_their_product_and_sets_make_rows(tmp_path: Path) -> None:
    """Proves: 2 x 3 variants and one more, by readable names that are good as folders; words of a
    path stand for themselves. If broken: a variant is missed, or two share a folder.
    """
    sets = {"no-pipe": {"links.cold->warm": "remove"}}
    study = study_with(tmp_path, axes=AXES, sets=sets)
    assert [variant.name for variant in study.variants] == [
        "alone_gas-price-low",
        "alone_gas-price-as-it-is",
        "alone_gas-price-20-more",
        "law-2026_gas-price-low",
        "law-2026_gas-price-as-it-is",
        "law-2026_gas-price-20-more",
        "no-pipe",
    ]
    assert study.variants[3].labels == {"regime": "law-2026", "gas price": "low"}
    assert study.variants[6].labels == {}
    assert study.names[:2] == ("base", "alone_gas-price-low")


def test_a_variant_is_a_scenario_with_labels(tmp_path: Path) -> None:
    """Proves: each axis reaches the inputs, a factor multiplies what the base says (0.06, not the
    0.0675 of the study), and the Dataset knows its labels. If broken: a cube of one value.
    """
    scenarios = {"base": {}, "cheap": {"prices.gas": 0.06}}
    study = study_with(tmp_path, scenarios, base="cheap", axes=AXES)
    gas = [study.inputs(v.name).settings.prices.gas.value for v in study.variants]
    assert gas == pytest.approx([0.05, 0.06, 0.072] * 2)
    assert [study.inputs(v.name).settings.regime for v in study.variants[2:4]] == [
        "alone",
        "law-2026",
    ]
    scenario = study.scenario("law-2026_gas-price-20-more")
    assert json.loads(scenario.attrs["axes"]) == {"regime": "law-2026", "gas price": "20 % more"}
    assert scenario.attrs["scenario"] == "law-2026_gas-price-20-more"
    assert "axes" not in study.scenario("cheap").attrs


def test_a_factor_says_what_it_multiplied(tmp_path: Path) -> None:
    """Proves: values, curves and cells can be multiplied, and the source names factor and number.
    If broken: 1.2 would replace a price, or nobody could tell where 0.081 comes from.
    """
    changes = {
        "prices.gas": {"factor": 1.2},
        "technologies.pv.investment_curve": {"factor": 0.5},
        "companies.warm.heat_kwh": {"factor": 1.1},
        "prices.spot.level": 1.5,
    }
    study = study_with(tmp_path, {"base": {}, "more": changes})
    inputs = study.inputs("more")
    gas, curve = inputs.settings.prices.gas, inputs.settings.technologies.pv.investment_curve
    assert gas.value == pytest.approx(0.081)
    assert gas.source == "scenario more: 1.2 x 0.0675 EUR/kWh, from: assumption"
    assert curve.points[0] == (100, 575)
    assert "0.5 x the EUR/kW of the points" in curve.source
    warm = inputs.companies[1]
    assert warm.heat_kwh == pytest.approx(550_000)
    assert warm.source.endswith("; scenario more: heat_kwh is 1.1 x 500000")
    before, after = study.scenario("base")["spot_price"], study.scenario("more")["spot_price"]
    assert after.values == pytest.approx(1.5 * before.values)
    assert after.attrs["source"].startswith("1.5 x ")


BAD = [
    ({"base": "nix", "axes": AXES}, "variants.base: expected one of base, found 'nix'"),
    ({"axes": {"gas": []}}, "variants.axes.gas: expected a list of values"),
    ({"axes": {"gas": {}}}, "variants.axes.gas: expected a list of values"),
    ({"axes": {"gas": 3}}, "variants.axes.gas: expected a list of values"),
    ({"axes": {"prices.gas": [0.05, 0.050]}}, "each label once, found '0.05' twice"),
    ({"axes": {"prices.gas": [[1]]}}, "expected numbers or words, found [1]"),
    ({"axes": {"gas": {"low": 0.05}}}, "variants.axes.gas.low: expected overrides by path"),
    ({"axes": {"regime": ["base"]}}, "found 'base' beside scenario 'base'"),
    ({"sets": {"Base": {}}}, "variants.sets.Base: expected names that nothing else has"),
    ({"sets": {"compare": {}}}, "beside the folder of a comparison"),
    ({"axes": {"a": {"x y": {}, "x-y": {}}}}, "found 'a-x-y' beside variant 'a-x-y'"),
    (
        {"axes": {"prices.gas": [0.05], "gas": {"low": {"prices.gas": 0.04}}}},
        "found prices.gas, which 'prices.gas' changes too",
    ),
    ({"axes": {"seed": list(range(40)), "year": list(range(40))}}, "at most 1,000 variants"),
    ({"axis": {}}, "expected one of base, axes, sets"),
]


@pytest.mark.parametrize(("variants", "expected"), BAD)
def test_what_cannot_be_a_set_is_refused_when_the_study_is_read(
    tmp_path: Path, variants: dict[str, Any], expected: str
) -> None:
    """Proves: one sentence that names file and field, before anything is built."""
    with pytest.raises(InputError) as caught:
        study_with(tmp_path, **variants)
    assert "study.yaml" in str(caught.value)
    assert expected in str(caught.value)


FAULTY = [
    ({"prices.gsa": 1}, "field variants.axes.gas.bad, path prices.gsa: expected one of"),
    ({"prices.gas": {"factor": "x"}}, "path prices.gas: expected {factor: <number>}"),
    ({"prices.gas": {"factor": 2, "unit": "a"}}, "and nothing beside it"),
    ({"regime": {"factor": 2}}, "expected the path of a number with unit and source"),
    ({"prices.marketing_cost": {"factor": 2}}, "for a factor, found nothing there"),
    ({"companies.warm.load_profile": {"factor": 2}}, "a cell with a number for a factor"),
    ({"variants.base": "base"}, "expected an input other than variants"),
    ({"prices.gas": {"factor": 1000}}, "in scenario 'gas-bad': study.yaml, field prices.gas"),
]


@pytest.mark.parametrize(("changes", "expected"), FAULTY)
def test_a_faulty_override_of_a_variant_is_named(
    tmp_path: Path, changes: dict[str, Any], expected: str
) -> None:
    """Proves: the sentence leads to the axis and label in which the fault stands."""
    study = study_with(tmp_path, axes={"gas": {"good": {}, "bad": changes}})
    assert study.inputs("gas-good").scenario == "gas-good"
    with pytest.raises(InputError) as caught:
        study.inputs("gas-bad")
    assert expected in str(caught.value)


def test_an_unknown_name_is_told_how_many_variants_there_are(tmp_path: Path) -> None:
    """Proves: names of a large set are counted, not listed."""
    study = study_with(tmp_path, axes=AXES)
    with pytest.raises(InputError, match=r"expected one of base or a variant \(6 of them\)"):
        study.inputs("nix")


def test_a_scenario_may_be_changed_without_harm_to_the_next(tmp_path: Path) -> None:
    """Proves: what scenarios share while they are built is no part of them. If broken: prices
    doubled in one Dataset would be doubled in all that are built later.
    """
    study = study_with(tmp_path)
    first = study.scenario()
    kept = first.copy(deep=True)
    for name in ("spot_price", "outdoor_temperature"):
        first[name].values[:] *= 2
    assert study.scenario().identical(kept)


def test_the_pilot_has_a_set_of_24() -> None:
    """Proves: three levels of energy prices, four regimes, two of plant cost, all sound."""
    study = read_study(PILOT)
    assert len(study.variants) == 24
    assert "law-2026_energy-low_plants-base" in study.names
    for variant in study.variants:
        assert study.inputs(variant.name).settings.regime == variant.labels["regime"]
