"""Which scenarios of a set are to be solved, and in which order they are handed out."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from parkwerk import __version__
from parkwerk.content import alone_content, content, question

if TYPE_CHECKING:
    from parkwerk.solve.optimise import Memory
    from parkwerk.study import Study

RECORD = "run.json"
#: Files that every run writes, the record last.
FILES = ("scenario.nc", "solution.nc", "verdict.nc", "summary.csv", "explanation.txt", RECORD)


@dataclass(frozen=True)
class Planned:
    """A scenario of a set with hashes: of its content, of what companies can do alone in it, and
    of what is asked, which several scenarios may ask under different names.
    """

    name: str
    content: str
    group: str
    question: str


def plan(study: Study) -> list[Planned]:
    """All scenarios and variants; each is built, and so checked, but not kept in memory.

    Raises
    ------
    InputError
        For the first of them that cannot be built.
    """
    planned = []
    for name in study.names:
        scenario = study.scenario(name)
        hashes = content(scenario), alone_content(scenario), question(scenario)
        planned.append(Planned(name, *hashes))
    return planned


def record_of(folder: Path) -> dict[str, Any] | None:
    """The record of a run whose files are all there."""
    if not all((folder / file).is_file() for file in FILES):
        return None
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def is_of(record: dict[str, Any] | None, planned: Planned) -> bool:
    """Whether a record is of the same inputs and the same version."""
    if record is None or record.get("content") != planned.content:
        return False
    return bool(record.get("versions", {}).get("parkwerk") == __version__)


def is_done(record: dict[str, Any] | None, planned: Planned, gap: float) -> bool:
    """Whether nothing is left to be sought: the gap is met, or no round brought it nearer.

    A search that gave up at a wider gap than is asked for now is worth another.
    """
    if record is None or not is_of(record, planned):
        return False
    found, asked = record.get("gap"), record.get("search", {}).get("gap", 1.0)
    met = found is not None and found <= gap
    return met or (record.get("ended") == "exhausted" and asked <= gap)


@dataclass
class Queue:
    """Hands scenarios out so that what companies do alone is seldom worked out twice.

    First those of a group whose first member is done and has left its memory, which also frees
    that memory soon; then a group that nobody works at; else the group with most left. Of those
    that ask the same only the first is handed out: its answer is that of its ``namesakes``.
    """

    waiting: list[Planned]
    _known: dict[str, Memory] = field(default_factory=dict)
    _at_work: Counter[str] = field(default_factory=Counter)
    _asked: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def take(self) -> tuple[Planned, Memory] | None:
        """The next scenario with what is known of its companies alone; nothing at the end."""
        with self._lock:
            free = [each for each in self.waiting if each.question not in self._asked]
            if not free:
                return None
            chosen = self._best(free)
            self.waiting.remove(chosen)
            self._asked.add(chosen.question)
            self._at_work[chosen.group] += 1
            return chosen, self._known.get(chosen.group, {})

    def namesakes(self, planned: Planned) -> list[Planned]:
        """Those that ask what this one has asked; none of them waits any longer."""
        with self._lock:
            same = [each for each in self.waiting if each.question == planned.question]
            self.waiting = [each for each in self.waiting if each not in same]
            return same

    def done(self, planned: Planned, memory: Memory) -> None:
        """Keep what a search has learnt of the companies alone as long as others need it."""
        with self._lock:
            self._at_work[planned.group] -= 1
            if any(other.group == planned.group for other in self.waiting):
                if memory:
                    self._known[planned.group] = memory
            else:
                self._known.pop(planned.group, None)

    def _best(self, waiting: list[Planned]) -> Planned:
        known = [planned for planned in waiting if planned.group in self._known]
        free = [planned for planned in waiting if not self._at_work[planned.group]]
        left = Counter(planned.group for planned in waiting)
        return (known or free or sorted(waiting, key=lambda each: -left[each.group]))[0]
