"""Writing files so that an interrupted run leaves no half of one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from parkwerk.errors import InputError


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """A draft beside the file, which takes the file's place when all of it is written.

    Raises
    ------
    InputError
        When the folder cannot be written to.
    """
    draft = path.with_name(f"{path.name}.part")
    try:
        yield draft
        draft.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        draft.unlink(missing_ok=True)


def prepare_folder(folder: Path) -> Path:
    """Make the folder and try to write in it, before any work is done for it.

    Raises
    ------
    InputError
        When it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise cannot_write(folder, error) from error
    return folder


def cannot_write(path: Path, error: OSError) -> InputError:
    """The sentence for a place that cannot be written to."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    return InputError(f"{path}: expected a place that can be written to, found: {reason}")
