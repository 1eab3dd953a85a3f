"""An actor under one entry of its menu inside a program."""

from __future__ import annotations

from dataclasses import dataclass

from parkwerk.formulation.park import Actor
from parkwerk.solve.stamp import Stamp


@dataclass(frozen=True)
class Copy:
    """An actor under one tariff inside a program: where its columns are."""

    actor: Actor
    tariff: str | None
    stamps: list[Stamp]
    design: slice
    choice: int | None
    operation: list[int]
