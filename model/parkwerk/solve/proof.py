"""The two bounds of the least total cost, their log, and whether the search is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf, isfinite, nan

from parkwerk.solve.clock import Clock

#: A cost [EUR/a] below which a gap is not a share of it.
SMALLEST_COST = 1.0

PROVEN = (
    "No design of the whole mixed-integer program over all periods can cost less than the lower "
    "bound."
)
UNPROVEN = "Nothing is proven yet: the search ended before there was a lower bound."


@dataclass
class Proof:
    """Upper and lower bound [EUR/a], and when they were found.

    ``log`` holds (seconds, upper, lower) for every change.
    """

    gap: float
    clock: Clock
    tell: Callable[[float, float], None]
    upper: float = inf
    lower: float = -inf
    exhausted: bool = False
    log: list[tuple[float, float, float]] = field(default_factory=list)
    earlier: float = 0.0

    def found(self, upper: float = inf, lower: float = -inf) -> None:
        """A design of a cost, or a bound: the better one of each counts."""
        self.or_else(min(self.upper, upper), max(self.lower, lower))

    def or_else(self, upper: float, lower: float) -> None:
        """Set both bounds: those of an alternative, or better ones."""
        if (upper, lower) != (self.upper, self.lower):
            self.upper, self.lower = upper, lower
            self.log.append((self.earlier + self.clock.seconds, upper, lower))
            self.tell(upper, lower)

    def resume(self, log: list[tuple[float, float, float]], lower: float) -> None:
        """Go on from an earlier search."""
        self.log = list(log)
        self.earlier = log[-1][0] if log else 0.0
        self.lower = max(self.lower, lower)

    @property
    def open(self) -> float:
        """The gap: ``(upper − lower)/|upper|``."""
        return (self.upper - self.lower) / max(abs(self.upper), SMALLEST_COST)

    @property
    def met(self) -> bool:
        """Whether the gap is small enough."""
        return self.open <= self.gap

    @property
    def ended(self) -> str:
        """Why the search is over; empty while it is not."""
        if self.met:
            return "gap"
        if self.clock.interrupt.is_set():
            return "interrupt"
        if self.clock.over():
            return "time"
        return "exhausted" if self.exhausted else ""

    def attributes(self, alone: float, today: float) -> dict[str, float | str]:
        """What a solution says of its proof; the gap also as a share of what is saved."""
        known = isfinite(self.lower)
        left = self.upper - self.lower if known else nan

        def of_saving(reference: float) -> float:
            saving = reference - self.upper
            return left / saving if saving > 0 else nan

        return {
            "lower_bound": self.lower if known else nan,
            "gap": self.open if known else nan,
            "gap_of_saving_today": of_saving(today),
            "gap_of_saving_alone": of_saving(alone),
            "ended": self.ended or "exhausted",
            "proof": PROVEN if known else UNPROVEN,
        }
