"""When a search must end: after some time, or because somebody interrupts it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from threading import Event

#: In a process that works for another: the file that is there once that one was interrupted.
_told: Path | None = None


def listen(file: Path) -> None:
    """From now on this process takes the existence of a file as an interrupt."""
    global _told
    _told = file


@dataclass
class Clock:
    """Asked between the turns of a search whether it is over.

    A copy in another process of this machine hears of the interrupt by a file, see :func:`listen`;
    one on a cluster hears of the time only.
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
        told = _told is not None and _told.exists()
        return told or self.interrupt.is_set() or self.seconds >= self.limit

    def __reduce__(self) -> tuple[type[Clock], tuple[float, float]]:
        return Clock, (self.limit, self.began)
