"""Writing files so that nobody ever sees half of one, and folders that one process has alone."""

import contextlib
import errno
import os
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from grader.errors import CourseError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


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
                unfinished.chmod(mode)
        _replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _replace(new: Path, old: Path) -> None:
    """Put a file in the place of another; Windows refuses as long as somebody reads that one."""
    for pause in PAUSES if sys.platform == "win32" else ():
        try:
            new.replace(old)
        except PermissionError:
            time.sleep(pause)  # nobody tells when the reader has ended
        else:
            return
    new.replace(old)


PAUSES = (0.01, 0.1, 0.5)
"""Seconds in which a reader on Windows may come to an end."""


WHEN = (1980, 1, 1, 0, 0, 0)
"""The time of every entry of a zip: the same files make the same zip."""


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of files, by their names; the same bytes every time."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, WHEN), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def next_number(folder: Path) -> int:
    """One more than the greatest number that names something in a folder; 1 where none does."""
    return 1 + max((int(one.name) for one in folder.glob("*") if one.name.isdecimal()), default=0)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """A lock on a folder, which ends with the process at the latest.

    Raises `BlockingIOError` where another has it, and `OSError` where there is no such folder.
    """
    with _lock(folder, wait=False):
        yield


@contextlib.contextmanager
def waiting_for(folder: Path) -> Iterator[None]:
    """A lock on a folder, once others have let it go: they have it for a moment only."""
    with _lock(folder, wait=True):
        yield


@contextlib.contextmanager
def _lock(folder: Path, *, wait: bool) -> Iterator[None]:
    """Windows locks no folder, but a file in it; in a browser's tab nobody else is at work."""
    if sys.platform == "emscripten":
        yield
        return
    if sys.platform == "win32":
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT)
    else:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if sys.platform == "win32":
            while not _locks(lock):
                if not wait:
                    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
                time.sleep(PAUSES[0])  # Windows' own wait gives up after ten seconds
        else:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(lock)


def _locks(file: int) -> bool:
    """Whether Windows gives this process the lock on a file, now."""
    if sys.platform == "win32":
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
    return True


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
