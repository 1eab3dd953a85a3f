"""Design columns by the name of their quantity, and designs between others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from parkwerk.formulation.park import Actor
from parkwerk.formulation.template import find
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Design
from parkwerk.solve.program import Floats


def columns(park: Park, actor: Actor, quantity: str, values: Floats) -> Floats:
    """A view of what an actor's design columns hold of a quantity; empty if it has none."""
    block = find(park.template(actor).design, quantity)
    view: Floats = values[block.slice] if block else np.empty(0)
    return view


def blend(park: Park, one: Design, other: Design, part: float) -> Design:
    """``(1 − part)·one + part·other`` under the other's tariffs, with all that either has joined.

    What is yes or no is yes where one of them says so: it can be built.
    """
    result = []
    for actor, a, b in zip(park.actors, one, other, strict=True):
        mixed = (1.0 - part) * a.values + part * b.values
        binary = park.template(actor).binary
        result.append(replace(b, values=np.where(binary, np.maximum(a.values, b.values), mixed)))
    return result


def midway(one: Design, other: Design) -> Design:
    """Half of each of two designs, under the tariffs of the other: to be operated, not built."""
    return [replace(b, values=(a.values + b.values) / 2.0) for a, b in zip(one, other, strict=True)]
