"""How a park is operated: what each site bids, buys, and has left of its sun."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkwerk.formulation.template import find
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Dispatch
from parkwerk.solve.program import Floats

#: Flows by which a site is supplied, and those of the sun that it does not use itself.
TAKEN, LEFT = ("purchase", "share_in"), ("feed_in", "share_out", "curtailment")


@dataclass(frozen=True)
class State:
    """A park as it is operated, by site.

    Attributes
    ----------
    bids
        What one more kWh of each exchange is worth, (exchange, time) [EUR/kWh].
    purchase, surplus
        What it takes from others, and the sun that it has left, (time,) [kW].
    """

    bids: dict[str, Floats]
    purchase: dict[str, Floats]
    surplus: dict[str, Floats]


def state_of(park: Park, operated: Dispatch, offers: dict[str, Floats]) -> State:
    """The state of a park from its dispatch and the bids of its sites."""
    sites = [i for i, actor in enumerate(park.actors) if actor.shape.kind == "site"]
    flows = {park.actors[i].name: _flows(park, i, operated) for i in sites}
    return State(
        bids=offers,
        purchase={name: taken for name, (taken, _) in flows.items()},
        surplus={name: left for name, (_, left) in flows.items()},
    )


def _flows(park: Park, i: int, operated: Dispatch) -> tuple[Floats, Floats]:
    """What a site buys and takes, and what sun it has left, (time,) [kW]."""
    taken, left = [], []
    for periods, flows in zip(park.groups, operated.operation, strict=True):
        blocks = park.template(park.actors[i], periods).operation
        shape = (periods.steps, len(periods))
        total = {
            name: flows[i][block.slice].reshape(-1, *shape).sum(axis=0).T.ravel()
            for name in (*TAKEN, *LEFT)
            if (block := find(blocks, name))
        }
        none = np.zeros(periods.steps * len(periods))
        taken.append(sum((total[name] for name in TAKEN if name in total), none))
        left.append(sum((total[name] for name in LEFT if name in total), none))
    return np.concatenate(taken), np.concatenate(left)
