"""Design columns by the name of their quantity."""

from __future__ import annotations

import numpy as np

from parkwerk.formulation.park import Actor
from parkwerk.formulation.template import find
from parkwerk.solve.assemble import Park
from parkwerk.solve.program import Floats


def columns(park: Park, actor: Actor, quantity: str, values: Floats) -> Floats:
    """A view of what an actor's design columns hold of a quantity; empty if it has none."""
    block = find(park.template(actor).design, quantity)
    view: Floats = values[block.slice] if block else np.empty(0)
    return view
