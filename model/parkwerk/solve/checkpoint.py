"""What a search keeps on disk after each round, so that another run can go on from there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import xarray as xr

from parkwerk.errors import CheckpointError
from parkwerk.netcdf import load, save
from parkwerk.solve.assemble import Park
from parkwerk.solve.dispatch import Choice, Design
from parkwerk.solve.proof import Proof

#: What the settlement of the year reads beside the programs.
SETTLED = {"tariff_condition", "slice_end", "slice_value", "support_gap", "feed_in_supported"}


@dataclass(frozen=True)
class State:
    """The best design of an earlier search, its lower bound [EUR/a], and the log of bounds."""

    design: Design
    lower: float
    log: list[tuple[float, float, float]]


class Checkpoint:
    """A file with the state of a search; ``key`` is the fingerprint of what is searched."""

    def __init__(self, path: Path, key: str) -> None:
        self.path, self.key = path, key

    def read(self) -> State | None:
        """The state of the file, if there is one.

        Raises
        ------
        CheckpointError
            If it is the state of another search.
        """
        if not self.path.exists():
            return None
        kept = load(self.path)
        if kept.attrs.get("fingerprint") != self.key:
            raise CheckpointError(
                f"{self.path}: the checkpoint of other inputs, expected one of this "
                "scenario; run without --resume to begin anew"
            )
        ends = np.cumsum(kept["size"].values)[:-1].astype(int)
        parts = np.split(kept["design"].values, ends)
        tariffs = [str(t) or None for t in kept["tariff"].values]
        design = [Choice(t, values) for t, values in zip(tariffs, parts, strict=True)]
        log = [(float(s), float(upper), float(lower)) for s, upper, lower in kept["log"].values]
        return State(design, float(kept.attrs["lower_bound"]), log)

    def write(self, park: Park, design: Design, proof: Proof) -> None:
        """Keep the best design and both bounds."""
        kept = xr.Dataset(
            {
                "design": ("column", np.concatenate([choice.values for choice in design])),
                "size": ("actor", [len(choice.values) for choice in design]),
                "tariff": ("actor", [choice.tariff or "" for choice in design]),
                "log": (("turn", "bound"), np.array(proof.log)),
            },
            {"actor": [actor.name for actor in park.actors]},
            {"fingerprint": self.key, "lower_bound": proof.lower},
        )
        save(kept, self.path)

    def remove(self) -> None:
        """Forget the state: the search has come to its end."""
        self.path.unlink(missing_ok=True)


def fingerprint(park: Park, *settings: float) -> str:
    """A hash of the settings, the actors and all numbers that their programs are made of."""
    scenario = park.scenario
    attrs = {name: scenario.attrs.get(name) for name in ("step_hours", "period")}
    actors = [
        (replace(a.shape, features=frozenset()), sorted(a.shape.features), a) for a in park.actors
    ]
    shapes = [(s, f, a.name, a.labels, a.exchanges, a.menu) for s, f, a in actors]
    digest = hashlib.sha256(repr((settings, attrs, shapes)).encode())
    used = {block.name for actor in park.actors for block in park.template(actor).parameters}
    for name in sorted(used | SETTLED):
        if name in scenario:
            digest.update(f"{name} {scenario[name].shape}".encode())
            digest.update(np.asarray(scenario[name].values, dtype=float).tobytes())
    return digest.hexdigest()
