"""What travels to a worker: a task, and in it the names of values that many tasks read.

A task is packed here, whichever way it goes, so that what one back end refuses all refuse.
"""

from __future__ import annotations

import ctypes
import gc
import io
import pickle
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar
from uuid import uuid4

T = TypeVar("T")
Task = TypeVar("Task")
Result = TypeVar("Result")


class Shared(Generic[T]):
    """A value that many tasks read: it travels once to each worker, in a task only its name does.

    The memory is given back everywhere with :meth:`release`, or when nobody holds the handle.
    """

    def __init__(self, value: T, forget: Callable[[str], object] = str) -> None:
        self.name = uuid4().hex
        self._value = value
        self._end = weakref.finalize(self, forget, self.name)
        self._end.atexit = False  # workers that close forget all they hold

    def get(self) -> T:
        """The value, to read only: other tasks may be reading it."""
        if not self._end.alive:
            raise RuntimeError("a shared value was read after its release")
        return self._value

    def release(self) -> None:
        """Give the memory of the value back, here and on all workers."""
        self._end()
        self.__dict__.pop("_value", None)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a shared value travels in tasks, neither in results nor in other values")


class Parcel(NamedTuple):
    """A function with one task as bytes, and the names of the shared values that it reads."""

    content: bytes
    names: tuple[str, ...]


class _Packer(pickle.Pickler):
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self.names: dict[str, None] = {}

    def persistent_id(self, item: Any) -> str | None:
        if not isinstance(item, Shared):
            return None
        item.get()  # refuses what was released
        self.names[item.name] = None
        return item.name


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, find: Callable[[str], Any]) -> None:
        super().__init__(file)
        self.find = find

    def persistent_load(self, name: str) -> Shared[Any]:
        return Shared(self.find(name))


def pack(function: Callable[[Task], Result], task: Task) -> Parcel:
    """Pack a top-level function and its task."""
    file = io.BytesIO()
    packer = _Packer(file)
    packer.dump((function, task))
    return Parcel(file.getvalue(), tuple(packer.names))


def run(content: bytes, find: Callable[[str], Any]) -> Any:
    """Unpack a parcel in the worker and run it; ``find`` gives a shared value by its name."""
    function, task = _Unpacker(io.BytesIO(content), find).load()
    try:
        return function(task)
    finally:
        del task
        _give_back()


def _give_back() -> None:
    """Give memory that a task has used back to the system, where that can be asked for."""
    gc.collect()
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
