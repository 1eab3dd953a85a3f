"""Sets of scenarios: lists in `study.yaml` that stand for many scenarios.

    variants:
      base: law-2026
      axes:
        regime: [alone, law-2026]              # a path with its values
        gas price:                             # a name with labels; several paths change together
          low: {prices.gas: 0.05}
          high: {prices.gas: {factor: 1.2}}
      sets:
        no-pipe: {links.groupage->J1: remove}  # one more, by name

makes `alone_gas-price-low`, three more, and `no-pipe`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

from parkwerk.errors import InputError
from parkwerk.study.overrides import FACTOR, Layer, is_factor
from parkwerk.study.schema import Settings

#: More are likely a slip; each of them is a search of its own.
MOST = 1_000
#: Folders among the results that are no scenario.
RESERVED = ("compare",)


@dataclass(frozen=True)
class Variant:
    """A scenario of a set: its name, its label on each axis, and what it changes in which order.

    A row of `sets` has no labels.
    """

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()


@dataclass(frozen=True)
class _Axis:
    """Its name, the overrides of each label, and labels that need no axis to be understood."""

    name: str
    layers: Mapping[str, Layer]
    words: frozenset[str]

    def part(self, label: str) -> str:
        """What the name of a variant says of this axis; of a path its last part is enough."""
        axis = "" if label in self.words else f"{_slug(self.name.split('.')[-1])}-"
        return axis + _slug(label)


def variants_of(settings: Settings) -> tuple[Variant, ...]:
    """All variants: the product of the axes, the last of which varies first, then the sets.

    Raises
    ------
    InputError
        For an unknown base, an empty or repeated label, a name that stands for two scenarios, and
        too many variants. What they change is checked when their inputs are read.
    """
    wanted = settings.variants
    base = wanted.base or settings.default_scenario
    if base not in settings.scenarios:
        known = ", ".join(settings.scenarios)
        raise InputError(f"{_place('base')}: expected one of {known}, found {base!r}")
    begin = Layer(f"scenarios.{base}", settings.scenarios[base])
    axes = [_axis(name, values) for name, values in wanted.axes.items()]
    _check_number(prod(len(axis.layers) for axis in axes) * bool(axes) + len(wanted.sets))
    _check_apart(axes)
    variants = [_combined(axes, labels, begin) for labels in _labels(axes)] if axes else []
    variants += [
        Variant(name, {}, (begin, Layer(f"variants.sets.{name}", changes)))
        for name, changes in wanted.sets.items()
    ]
    _check_names(variants, settings)
    return tuple(variants)


def _labels(axes: list[_Axis]) -> list[tuple[str, ...]]:
    return list(product(*(axis.layers for axis in axes)))


def _combined(axes: list[_Axis], labels: tuple[str, ...], begin: Layer) -> Variant:
    """The variant at one label of each axis."""
    chosen = list(zip(axes, labels, strict=True))
    return Variant(
        name="_".join(axis.part(label) for axis, label in chosen),
        labels={axis.name: label for axis, label in chosen},
        layers=(begin, *(axis.layers[label] for axis, label in chosen)),
    )


def _axis(name: str, values: Any) -> _Axis:
    """A path with a list of its values, or a name with labels and their overrides."""
    place = _place("axes", name)
    if not values or not isinstance(values, list | dict):
        raise InputError(
            f"{place}: expected a list of values or a mapping of labels to overrides, found "
            f"{'none' if not values else repr(values)}"
        )
    if isinstance(values, list):
        pairs = [(_label(place, value), {name: value}) for value in values]
    else:
        pairs = [(_label(place, label), changes) for label, changes in values.items()]
    layers: dict[str, Layer] = {}
    for label, changes in pairs:
        if label in layers:
            raise InputError(f"{place}: expected each label once, found {label!r} twice")
        if not isinstance(changes, dict | None):
            raise InputError(
                f"{place}.{label}: expected overrides by path, like {{prices.gas: 0.05}}, found "
                f"{changes!r}"
            )
        where = f"variants.axes.{name}"
        where += "" if isinstance(values, list) else f".{label}"
        layers[label] = Layer(where, changes or {})
    plain = values if isinstance(values, list) else []
    words = {_label(place, value) for value in plain if isinstance(value, str)}
    return _Axis(name, layers, frozenset(word for word in words if word[:1].isalpha()))


def _label(place: str, value: Any) -> str:
    """How a value is called: a number, a word, `x1.2` for a factor."""
    if is_factor(value):
        return f"x{value[FACTOR]}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list | None) or not _slug(str(value)):
        raise InputError(
            f"{place}: expected numbers or words, found {value!r}; an axis with labels, "
            "`label: {path: value}`, takes any value"
        )
    return f"{value:g}" if isinstance(value, float) else str(value).partition("|")[0].strip()


def _slug(text: str) -> str:
    """A label as part of a folder's name."""
    return re.sub(r"[^\w.+-]+", "-", text).rstrip("-.")


def _check_number(count: int) -> None:
    if count > MOST:
        raise InputError(
            f"{_place('axes')}: expected at most {MOST:,} variants, found {count:,}; each is a "
            "search of its own"
        )


def _check_apart(axes: list[_Axis]) -> None:
    """Refuse two axes that set the same input: the second would undo the first."""
    owner: dict[str, str] = {}
    for axis in axes:
        for path in {path for layer in axis.layers.values() for path in layer.changes}:
            if owner.setdefault(path, axis.name) != axis.name:
                raise InputError(
                    f"{_place('axes', axis.name)}: expected paths that no other axis changes, "
                    f"found {path}, which {owner[path]!r} changes too"
                )


def _check_names(variants: list[Variant], settings: Settings) -> None:
    """Refuse a name that two would have; capitals do not tell folders apart everywhere."""
    taken = {name.lower(): f"scenario {name!r}" for name in settings.scenarios}
    taken |= dict.fromkeys(RESERVED, "the folder of a comparison")
    for variant in variants:
        told = taken.get(variant.name.lower())
        if told:
            where = ("axes",) if variant.labels else ("sets", variant.name)
            raise InputError(
                f"{_place(*where)}: expected names that nothing else has, found {variant.name!r} "
                f"beside {told}"
            )
        taken[variant.name.lower()] = f"variant {variant.name!r}"


def _place(*names: str) -> str:
    return f"study.yaml, field {'.'.join(('variants', *names))}"
