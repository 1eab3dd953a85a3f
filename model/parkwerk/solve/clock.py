"""When a search must end: after some time, or because somebody interrupts it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from math import inf
from threading import Event


@dataclass
class Clock:
    """Asked between the turns of a search whether it is over.

    A copy in another process hears of the time, not of the interrupt: its turns are short.
    """

    limit: float = inf
    began: float = field(default_factory=time.time)
    interrupt: Event = field(default_factory=Event)

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.time() - self.began

    def over(self) -> bool:
        """Whether the time is up or somebody has interrupted."""
        return self.interrupt.is_set() or self.seconds >= self.limit

    def __reduce__(self) -> tuple[type[Clock], tuple[float, float]]:
        return Clock, (self.limit, self.began)
