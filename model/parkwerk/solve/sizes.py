"""Sizes of assets among the design columns, and the limits that hold them, by name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkwerk.formulation.park import Actor
from parkwerk.formulation.template import Block, find
from parkwerk.quantities import SOLUTION
from parkwerk.solve.assemble import Park
from parkwerk.solve.master import Rules
from parkwerk.solve.program import INFINITY, Floats, Ints

#: Technologies with their sizes, and the binary without which there is none.
TECHNOLOGIES = {
    "PV": (("pv_capacity",), "pv_built"),
    "battery": (("battery_energy", "battery_power"), "battery_built"),
    "heat pump": (("heat_pump_capacity",), None),
    "heat storage": (("heat_storage_energy",), None),
    "heat transfer": (("transfer_capacity",), None),
    "heat recovery": (("recovery_capacity",), None),
    "heat pipes": (("pipe_capacity",), "pipe_built"),
}
#: Parts of a heat link: at prices of an exchange that is closed nothing can be said of them.
LINKS = ("heat transfer", "heat recovery", "heat pipes")
#: Rules of sizes that are told as limits, with the dimension of their index. Of two that say the
#: same the first is told.
LIMITS = {
    "room_on_roof": "roof",
    "battery_has_room": None,
    "heat_pump_has_room": None,
    "heat_storage_has_room": None,
    "capacity_if_built": "pipe",
    "class_at_most": "pv_class",
    "battery_power_fits": None,
    "class_at_least": "pv_class",
    "duty_on_roof": "roof",
    "peak_within_connection": None,
}
#: The smallest size that counts as built [kW, kWh].
BUILT = 1e-3
#: Limits nearer to each other than this share are the same.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Size:
    """A size of an asset, and its columns among those of some actors.

    ``owner`` is the company at whose site or source it is; ``place`` the roof, source or pipe;
    ``kind`` the class of a plant; ``binary`` the column that says whether there is one, if there
    is such a column.
    """

    owner: str
    technology: str
    quantity: str
    place: str
    kind: str
    column: int
    binary: int | None

    @property
    def units(self) -> str:
        """kW or kWh."""
        return SOLUTION[self.quantity].units

    @property
    def asset(self) -> tuple[str, str, str]:
        """What is built or not as a whole: sizes with the same are decided together."""
        pipe = self.place if self.technology in LINKS else ""
        return self.owner, self.technology, pipe + self.kind


def sizes_of(park: Park, actor: Actor, first: int) -> list[Size]:
    """All sizes of an actor whose design columns begin at ``first``."""
    blocks = park.template(actor).design
    found = []
    for technology, (quantities, built) in TECHNOLOGIES.items():
        binary = find(blocks, built) if built else None
        for quantity in quantities:
            block = find(blocks, quantity)
            for index in np.ndindex(*block.shape) if block else ():
                assert block is not None
                at = dict(zip(block.dims, index, strict=True))
                label = {dim: actor.labels[dim][i] for dim, i in at.items()}
                found.append(
                    Size(
                        owner=actor.owner,
                        technology=technology,
                        quantity=quantity,
                        place=next((own for dim, own in label.items() if dim != "pv_class"), ""),
                        kind=label.get("pv_class", ""),
                        column=first + _position(block, index),
                        binary=None
                        if binary is None
                        else first + _position(binary, tuple(at[dim] for dim in binary.dims)),
                    )
                )
    return found


def _position(block: Block, index: tuple[int, ...]) -> int:
    inside = int(np.ravel_multi_index(index, block.shape)) if index else 0
    return block.start + inside


@dataclass(frozen=True)
class Limit:
    """A limit of sizes: whose it is, its rule, the place or class it is of, and its row."""

    owner: str
    rule: str
    place: str
    row: int


def limits_of(park: Park, actor: Actor, first: int) -> list[Limit]:
    """All limits of an actor whose static rows begin at ``first``."""
    found = []
    for row, label in enumerate(park.template(actor).static.labels):
        rule, _, index = label.partition("[")
        if rule in LIMITS:
            dim = LIMITS[rule]
            place = actor.labels[dim][int(index.rstrip("]"))] if dim else ""
            found.append(Limit(actor.owner, rule, place, first + row))
    return found


def held(rules: Rules, fixed: Floats) -> Rules:
    """The same rules with some columns fixed, nan in ``fixed`` elsewhere: they leave the rows."""
    known = ~np.isnan(fixed)
    matrix = rules.matrix.copy()
    rhs = rules.rhs - matrix @ np.where(known, fixed, 0.0)
    matrix.data = np.where(known[matrix.indices], 0.0, matrix.data)
    matrix.eliminate_zeros()
    return Rules(rules.fixed_cost, rules.cost, rules.binary, matrix, rhs, rules.equal)


def implied(rules: Rules, order: Ints) -> np.ndarray:
    """Mask of rows ``Σ a·y ≤ s`` that follow from others, so that none is told twice.

    A column is limited by the tightest row that holds it alone, of equal ones the first by
    ``order``. A row of several columns is implied if these limits keep it.
    """
    matrix = rules.matrix.toarray()
    alone = (matrix != 0).sum(axis=1) == 1
    upper = np.full(matrix.shape[1], INFINITY)
    result = np.zeros(len(matrix), dtype=bool)
    for row in order:
        if alone[row] and not rules.equal[row] and matrix[row].max() > 0:
            (column,) = np.flatnonzero(matrix[row])
            most = rules.rhs[row] / matrix[row, column]
            result[row] = most >= upper[column] * (1.0 - ROUNDING)
            upper[column] = min(upper[column], most)
    used = np.maximum(matrix, 0.0)
    most = np.where(used > 0, used * np.where(used > 0, upper, 0.0), 0.0).sum(axis=1)
    several = ~alone & ~rules.equal & (used > 0).any(axis=1)
    result[several] = most[several] <= rules.rhs[several] * (1.0 + ROUNDING)
    return result
