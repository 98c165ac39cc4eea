"""Writing files so that nobody ever sees half of one, and folders that one process has alone."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from grader.errors import CourseError


def write(path: Path, content: bytes, mode: int | None = None, *, suffix: str = "") -> None:
    """Write a file, all of it or nothing, and its folder where there is none.

    Without `mode` it may be read and written by whom the process lets. A process that is killed
    leaves a hidden file with this suffix, by default its own number; who writes with the same
    suffix later overwrites it. Raises `OSError` where it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{suffix or os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    descriptor = os.open(unfinished, flags, 0o666 if mode is None else 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            if mode is not None:
                os.fchmod(descriptor, mode)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """A lock on a folder, which ends with the process at the latest.

    Raises `BlockingIOError` where another has it, and `OSError` where there is no such folder.
    """
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def only_one(command: str, folder: Path) -> Iterator[None]:
    """A folder's lock for a command. Raises `CourseError` where it is at work already."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locked(folder))
        except BlockingIOError:
            raise CourseError(
                f"another `{command}` is at work in this course: wait until it has ended."
            ) from None
        yield
