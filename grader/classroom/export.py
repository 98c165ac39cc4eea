"""The files of an export, a zip or a folder: their paths, their times, and how to read each.

Nothing is trusted: a link, a path that leads outside, a file that unpacks to more than a notebook
has, is refused alone.
"""

import contextlib
import os
import re
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath

from grader.classroom.intake import MOST_BYTES, Refusal, content, opened
from grader.classroom.platforms import (
    MOODLE,
    is_hidden,
    is_notebook,
    is_zip,
    printable,
    tells_whose,
)
from grader.errors import CourseError, Refused

UTF_8 = 0x800
"""The flag of a zip's entry whose name is in UTF-8."""

EXTENDED_TIME = 0x5455
"""The mark of a time in UTC, among what a zip's entry holds besides."""

MOST_ENTRIES = 20_000
"""Entries of an export. A class of a thousand has a few thousand."""

MOST_PACKED = 10 << 20
"""Bytes of a zip that a learner has handed in."""

MOST_INSIDE = 200
"""Entries of such a zip. All lessons, with what may lie beside them, are some dozens."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A file in an export: where, how to read it, and when it was last changed, if that is told."""

    path: PurePosixPath
    read: Callable[[], bytes]
    at: datetime | None = None


@contextlib.contextmanager
def entries(origin: Path, part: str, refusals: list[Refusal]) -> Iterator[list[Entry]]:
    """The files of an export of a part, still to be read, without folders around all of them."""
    with contextlib.ExitStack() as stack:
        if origin.is_dir():
            found = list(_of_folder(origin, refusals))
        else:
            try:
                archive = stack.enter_context(zipfile.ZipFile(origin))
            except Exception as error:  # each way of being broken has errors of its own
                raise CourseError(
                    f"{origin} is neither a zip nor a folder ({error}): name what the platform "
                    "exported."
                ) from None
            found = list(_of_zip(archive, refusals))
        unpacked = (one for entry in _without_wrapping(found, part) for one in _unpacked(entry))
        yield list(_without_wrapping(list(unpacked), part))


def _without_wrapping(found: list[Entry], part: str) -> Iterator[Entry]:
    """Drop the outer folders that hold all others, and belong to no learner."""
    depth = 0
    while found and _wraps(found, depth, part):
        depth += 1
    for entry in found:
        parts = entry.path.parts
        yield replace(entry, path=PurePosixPath(*parts[min(depth, len(parts) - 1) :]))


def _wraps(found: list[Entry], depth: int, part: str) -> bool:
    """Whether a folder lies around all others at this depth, and is not a learner's own.

    A table beside it, or in it, is no concern; notebooks in it are its learner's, and so are zips,
    unless there are some that tell by their folders of several learners.
    """
    inside = [entry for entry in found if len(entry.path.parts) > depth + 1]
    folders = {entry.path.parts[depth] for entry in inside}
    if len(folders) != 1 or any(is_notebook(e.path.name) for e in found if e not in inside):
        return False
    (folder,) = folders
    if folder.startswith(f"{part}-") or MOODLE.fullmatch(folder):
        return False
    files = [entry for entry in inside if len(entry.path.parts) == depth + 2]
    below = [entry for entry in inside if len(entry.path.parts) > depth + 2]
    if any(is_notebook(e.path.name) for e in files) or any(
        entry.path.parts[depth + 1] == part for entry in below
    ):
        return False
    zips = [entry for entry in files if is_zip(entry.path)]
    if zips:
        named = set(map(_first_folder, zips)) - {None, folder}
        return bool(named) and len(named | {entry.path.parts[depth + 1] for entry in below}) > 1
    return any(is_notebook(entry.path.name) or is_zip(entry.path) for entry in below)


def _first_folder(entry: Entry) -> str | None:
    """The folder in a learner's zip that holds all its notebooks; None where there is none."""
    try:
        names = [PurePosixPath(_name(one)) for one in _opened(entry).infolist()]
    except Exception:  # each way of being broken has errors of its own
        return None
    folders = {path.parts[0] for path in names if is_notebook(path.name) and len(path.parts) > 1}
    return folders.pop() if len(folders) == 1 else None


def _opened(entry: Entry) -> zipfile.ZipFile:
    """A learner's zip. Raises whatever it likes where it is none."""
    inner = zipfile.ZipFile(BytesIO(entry.read()))
    if len(inner.infolist()) > MOST_INSIDE:
        raise Refused(f"{entry.path} holds more than {MOST_INSIDE} files.")
    return inner


def _of_folder(origin: Path, refusals: list[Refusal]) -> Iterator[Entry]:
    for folder, below, names in os.walk(origin):
        for name in sorted(below):
            if os.path.islink(os.path.join(folder, name)):
                link = os.path.relpath(os.path.join(folder, name), origin)
                refusals.append(Refusal(printable(link), "The folder is a symbolic link."))
        for name in sorted(names):
            path = PurePosixPath(os.path.relpath(os.path.join(folder, name), origin))
            if not is_hidden(path):
                most = MOST_PACKED if is_zip(path) else MOST_BYTES
                read = partial(_read_file, origin, path, most)
                yield Entry(path, read, _changed(origin / path))


def _unpacked(entry: Entry) -> Iterator[Entry]:
    """The notebooks in a zip that a learner has handed in, as if they lay in its place.

    Whose they are, the zip's own name tells, or where it does not, as with one that `grader pack`
    has made, the folders in it. A zip without a notebook, or a broken one, stays what it is.
    """
    if not is_zip(entry.path):
        yield entry
        return
    refusals: list[Refusal] = []
    try:
        found = [one for one in _of_zip(_opened(entry), refusals) if is_notebook(one.path.name)]
    except Exception:  # each way of being broken has errors of its own
        found = []
    if not found:
        yield entry
        return
    for one in found:
        path = one.path
        if tells_whose(entry.path):
            path = entry.path.with_name(f"{entry.path.stem}_{one.path.name}")
        yield Entry(path, one.read, entry.at)


def _read_file(origin: Path, path: PurePosixPath, most: int) -> bytes:
    with contextlib.ExitStack() as stack:
        folder = os.open(origin, os.O_RDONLY | os.O_DIRECTORY)
        stack.callback(os.close, folder)
        for part in path.parts[:-1]:
            folder = stack.enter_context(opened(part, folder, f"The folder {part}", directory=True))
        return content(path.name, folder, most)


def _of_zip(archive: zipfile.ZipFile, refusals: list[Refusal]) -> Iterator[Entry]:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise CourseError(f"{archive.filename} holds more than {MOST_ENTRIES} files: split it.")
    for entry in entries:
        path = PurePosixPath(_name(entry))
        if not path.parts or entry.is_dir() or is_hidden(path):
            continue
        if path.is_absolute() or ".." in path.parts or re.search(r"[:\0]", entry.filename):
            if is_notebook(path.name):
                problem = "The entry's path leads out of the export."
                refusals.append(Refusal(printable(entry.filename), problem))
            continue
        yield Entry(path, partial(_read_zip, archive, entry), _packed(entry))


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry, as it was before a Mac or an old .NET packed it."""
    name = entry.filename.replace("\\", "/")
    if not entry.flag_bits & UTF_8:
        with contextlib.suppress(UnicodeError):
            return name.encode("cp437").decode("utf-8")
    return name


def _read_zip(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise Refused("The entry is a symbolic link: ask for the notebook itself.")
    if kind not in (0, stat.S_IFREG):
        raise Refused("The entry is not a plain file.")
    if entry.flag_bits & 1:
        raise Refused("The entry is encrypted: ask for it without a password.")
    most = MOST_PACKED if is_zip(PurePosixPath(entry.filename)) else MOST_BYTES
    if entry.file_size > most:
        raise Refused(f"The entry is larger than {most >> 10} KiB: ask for it without its outputs.")
    try:
        with archive.open(entry) as file:
            raw = file.read(most + 1)
    except Exception as error:  # each way of packing has errors of its own
        raise Refused(f"The entry cannot be unpacked ({type(error).__name__}).") from None
    if len(raw) > most:
        raise Refused(f"The entry is larger than {most >> 10} KiB.")
    return raw


# ------------------------------------------------------------------ times


def _changed(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(path.lstat().st_mtime), UTC)
    except (OSError, OverflowError, ValueError):
        return None


def _packed(entry: zipfile.ZipInfo) -> datetime | None:
    """The time of a zip's entry: in UTC if it has one, else by this machine's clock."""
    with contextlib.suppress(struct.error, OverflowError, ValueError, OSError):
        extra = entry.extra
        while len(extra) >= 4:
            mark, size = struct.unpack("<HH", extra[:4])
            if mark == EXTENDED_TIME and size >= 5 and extra[4] & 1:
                return datetime.fromtimestamp(struct.unpack("<i", extra[5:9])[0], UTC)
            extra = extra[4 + size :]
        if entry.date_time > (1980, 1, 1, 0, 0, 0):  # which stands for none
            return datetime(*entry.date_time).astimezone(UTC)
    return None
