"""Carrying a design from one park to another: by the names of quantities and their labels."""

from __future__ import annotations

import numpy as np

from parkwerk.formulation.park import Actor
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Choice, Design
from parkwerk.solve.stamp import Floats

#: Choices of actors by name, each with the actor in whose park it was found.
Found = dict[str, tuple[Actor, Choice]]


def found(park: Park, design: Design) -> Found:
    """A design by the names of its actors."""
    return {a.name: (a, c) for a, c in zip(park.actors, design, strict=True)}


def embed(park: Park, choices: Found) -> Design:
    """Choices as a design of a park; what they do not name is not built.

    Companies alone, embedded in their park, are the design in which nobody joins a pool and no
    pipe runs between companies.
    """
    design = []
    for actor in park.actors:
        values = np.zeros(park.template(actor).n_design)
        tariff = actor.menu[0]
        if actor.name in choices:
            source, choice = choices[actor.name]
            values = _carry(park, source, choice.values, actor)
            tariff = choice.tariff if choice.tariff in actor.menu else tariff
        design.append(Choice(tariff, values))
    return design


def _carry(park: Park, source: Actor, values: Floats, target: Actor) -> Floats:
    """Design values of one actor at the labels that another has too; zero elsewhere."""
    result = np.zeros(park.template(target).n_design)
    given = {block.name: block for block in park.template(source).design}
    for block in park.template(target).design:
        own = given.get(block.name)
        if own is None:
            continue
        places = [_common(source, target, dim) for dim in block.dims]
        array = np.zeros(block.shape)
        taken = values[own.slice].reshape(own.shape)
        array[np.ix_(*(to for _, to in places))] = taken[np.ix_(*(at for at, _ in places))]
        result[block.slice] = array.ravel()
    return result


def _common(source: Actor, target: Actor, dim: str) -> tuple[list[int], list[int]]:
    """Positions of the labels that two actors have in common, in the one and in the other."""
    ours, theirs = list(source.labels[dim]), list(target.labels[dim])
    common = [label for label in ours if label in theirs]
    return [ours.index(label) for label in common], [theirs.index(label) for label in common]
