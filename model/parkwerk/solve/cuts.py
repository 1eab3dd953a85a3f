"""What years under some designs say of all designs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from parkwerk.solve.program import Floats, Ints
from parkwerk.solve.traded import Traded


@dataclass(frozen=True)
class Cuts:
    """What a year under a design, or a part of it, says of all designs.

    ``V_b(y) ≥ value[i] + slope[i]·(y − at)`` for bundles ``b = bundle[i]`` of periods; slope is
    (bundle, design). ``operation`` is what the flows found cost under ``at`` [EUR]. ``shifted`` are
    slopes that hold as well, (bundle, design) each, see ``twins.py``; ``traded`` tells part by part
    what the cuts are at other prices, see ``traded.py``.
    """

    at: Floats
    bundle: Ints
    value: Floats
    slope: Floats
    operation: float
    shifted: tuple[Floats, ...] = ()
    traded: tuple[Traded, ...] = ()

    def under(self, shift: int) -> Cuts:
        """The same cuts with one of the slopes that hold as well; the height stays."""
        slope = self.shifted[shift]
        return replace(
            self, value=self.height + slope @ self.at, slope=slope, shifted=(), traded=()
        )

    @property
    def height(self) -> Floats:
        """``value − slope·at``: the cuts' values at y = 0, (bundle,)."""
        result: Floats = self.value - self.slope @ self.at
        return result


def joined(parts: Sequence[Cuts]) -> Cuts:
    """The cuts of parts of the year as one, at the design of the last part."""
    at = parts[-1].at
    slope = np.concatenate([part.slope for part in parts])
    return Cuts(
        at=at,
        bundle=np.concatenate([part.bundle for part in parts]),
        value=np.concatenate([part.height for part in parts]) + slope @ at,
        slope=slope,
        operation=sum(part.operation for part in parts),
        shifted=tuple(np.concatenate(own) for own in zip(*(p.shifted for p in parts), strict=True)),
        traded=tuple(traded for part in parts for traded in part.traded),
    )
