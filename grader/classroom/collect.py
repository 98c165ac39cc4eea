"""Sorts what a learning platform exports into submitted/LEARNER/PART/LESSON.ipynb.

A zip or a folder, as Moodle and Canvas make them, or one folder for each learner. No entry decides
where anything is written: learner and lesson are read out of its name, and checked.
"""

import contextlib
import os
import re
import stat
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from grader.classroom.intake import (
    MOST_BYTES,
    Refusal,
    content,
    opened,
    read_answers,
)
from grader.classroom.platforms import (
    MOODLE,
    Place,
    is_hidden,
    is_notebook,
    place,
    printable,
    told_apart,
    why_no_notebook,
)
from grader.errors import CourseError, Refused

UTF_8 = 0x800
"""The flag of a zip's entry whose name is in UTF-8."""

MOST_ENTRIES = 20_000
"""Entries of an export. A class of a thousand has a few thousand."""


@dataclass(frozen=True, eq=False)
class _Entry:
    """A file in an export: where, and how to read it."""

    path: PurePosixPath
    read: Callable[[], bytes]


def collect(
    origin: Path, submitted: Path, part: str, lessons: Mapping[str, Collection[str]]
) -> list[Refusal]:
    """Sort an export into `submitted`; return what was refused. `lessons` have exercises' ids.

    What is there already stays, unless it is the same. Raises `CourseError` for what is no export.
    """
    refusals: list[Refusal] = []
    submitted.mkdir(exist_ok=True)
    with _entries(origin, refusals) as entries:
        found: dict[_Entry, Place] = {}
        for entry in _without_wrapping(entries, part):
            try:
                found[entry] = place(entry.path, part)
            except Refused as refusal:
                if is_notebook(entry.path.name):  # any other file names nobody
                    refusals.append(Refusal(printable(str(entry.path)), str(refusal)))
        apart = told_apart(found.values())
        learners: dict[str, list[_Entry]] = {}
        for entry, where in found.items():
            learners.setdefault(apart[where].learner, []).append(entry)
        for learner, mine in sorted(learners.items()):
            files = {entry: found[entry].file for entry in mine}
            refusals += _sorted_in(learner, files, submitted, part, lessons)
    if not learners and not refusals:
        raise CourseError(f"{origin} holds no notebook: name what the learning platform exported.")
    return refusals


def _sorted_in(
    learner: str,
    files: Mapping[_Entry, str],
    submitted: Path,
    part: str,
    lessons: Mapping[str, Collection[str]],
) -> list[Refusal]:
    """Sort in what one learner has handed in; return what was refused of it, or of them."""
    refusals: list[Refusal] = []
    wanted: dict[str, list[bytes]] = {}
    others: list[str] = []
    for entry, file in files.items():
        try:
            raw = entry.read() if is_notebook(file) else b""
            lesson = _lesson(file, raw, lessons) if is_notebook(file) else None
        except Refused as refusal:
            refusals.append(Refusal(printable(str(entry.path)), str(refusal)))
            continue
        if lesson is None:
            others.append(printable(file))
        else:
            wanted.setdefault(lesson, []).append(raw)
    if not wanted:
        sentences = [f"{one.learner}: {one.reason}" for one in refusals]
        sentences += [
            f"{file} is no notebook of this part: its name must be {' or '.join(lessons)}."
            if is_notebook(file)
            else why_no_notebook(file)
            for file in sorted(others)
        ]
        return [Refusal(printable(learner), " ".join(sentences))]
    try:
        for lesson, found in wanted.items():
            if len(set(found)) > 1:
                raise Refused(f"There are {len(found)} notebooks of {lesson}: keep one.")
        _store(submitted, learner, part, {name: each[0] for name, each in wanted.items()})
    except Refused as refusal:
        refusals.append(Refusal(printable(learner), str(refusal)))
    return refusals


# ------------------------------------------------------------------ where an entry belongs


def _lesson(file: str, raw: bytes, lessons: Mapping[str, Collection[str]]) -> str | None:
    """The lesson of this part that a notebook belongs to: its name tells, or its exercises do."""
    named = [lesson for lesson in lessons if lesson in file]
    exercises = set(read_answers(raw))
    holding = [lesson for lesson, ids in lessons.items() if exercises.intersection(ids)]
    for found in (named, holding):
        if len(found) == 1:
            return found[0]
    return None


def _without_wrapping(entries: list[_Entry], part: str) -> Iterator[_Entry]:
    """Drop the outer folders that hold all entries and belong to no learner."""
    paths = [entry.path.parts for entry in entries]
    depth = 0
    while paths and all(
        len(parts) > depth + 2
        and parts[depth] == paths[0][depth]
        and parts[depth + 1] != part
        and not parts[depth].startswith(f"{part}-")
        and not MOODLE.fullmatch(parts[depth])
        for parts in paths
    ):
        depth += 1
    for entry in entries:
        yield _Entry(PurePosixPath(*entry.path.parts[depth:]), entry.read)


def _store(submitted: Path, learner: str, part: str, notebooks: Mapping[str, bytes]) -> None:
    """Write a learner's notebooks, and follow no link on the way there."""
    home = os.open(submitted, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(FileExistsError):
            os.mkdir(learner, dir_fd=home)
        with opened(learner, home, "The learner's folder", directory=True) as folder:
            with contextlib.suppress(FileExistsError):
                os.mkdir(part, dir_fd=folder)
            with opened(part, folder, f"The folder {part}", directory=True) as here:
                there = set(os.listdir(here))
                for lesson, raw in notebooks.items():
                    name = f"{lesson}.ipynb"
                    if name in there and content(name, here) != raw:
                        raise Refused(
                            f"{submitted.name}/{learner}/{part}/{name} holds another submission: "
                            "move one of the two away."
                        )
                for lesson, raw in notebooks.items():
                    if f"{lesson}.ipynb" not in there:
                        _write(f"{lesson}.ipynb", here, raw)
    finally:
        os.close(home)


def _write(name: str, folder: int, raw: bytes) -> None:
    """Write a file into an open folder, all of it or nothing."""
    unfinished = f".{name}.unfinished"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(unfinished, dir_fd=folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(unfinished, flags, 0o644, dir_fd=folder), "wb") as file:
        file.write(raw)
    os.rename(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)


# ------------------------------------------------------------------ zips and folders


@contextlib.contextmanager
def _entries(origin: Path, refusals: list[Refusal]) -> Iterator[list[_Entry]]:
    """The files of an export, still to be read."""
    if origin.is_dir():
        yield list(_of_folder(origin, refusals))
        return
    try:
        with zipfile.ZipFile(origin) as archive:
            yield list(_of_zip(archive, refusals))
    except (zipfile.BadZipFile, OSError) as error:
        raise CourseError(
            f"{origin} is neither a zip nor a folder ({error}): name what the platform exported."
        ) from None


def _of_folder(origin: Path, refusals: list[Refusal]) -> Iterator[_Entry]:
    for folder, below, names in os.walk(origin):
        for name in sorted(below):
            if os.path.islink(os.path.join(folder, name)):
                link = os.path.relpath(os.path.join(folder, name), origin)
                refusals.append(Refusal(printable(link), "The folder is a symbolic link."))
        for name in sorted(names):
            path = PurePosixPath(os.path.relpath(os.path.join(folder, name), origin))
            if not is_hidden(path):
                yield _Entry(path, partial(_read_file, origin, path))


def _read_file(origin: Path, path: PurePosixPath) -> bytes:
    with contextlib.ExitStack() as stack:
        folder = os.open(origin, os.O_RDONLY | os.O_DIRECTORY)
        stack.callback(os.close, folder)
        for part in path.parts[:-1]:
            folder = stack.enter_context(opened(part, folder, f"The folder {part}", directory=True))
        return content(path.name, folder)


def _of_zip(archive: zipfile.ZipFile, refusals: list[Refusal]) -> Iterator[_Entry]:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise CourseError(f"{archive.filename} holds more than {MOST_ENTRIES} files: split it.")
    for entry in entries:
        path = PurePosixPath(_name(entry))
        if not path.parts or entry.is_dir() or is_hidden(path):
            continue
        problem = _problem(entry, path)
        if problem and is_notebook(path.name):
            refusals.append(Refusal(printable(entry.filename), problem))
        else:
            yield _Entry(path, partial(_read_zip, archive, entry))


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry, as it was before a Mac or an old .NET packed it."""
    name = entry.filename.replace("\\", "/")
    if not entry.flag_bits & UTF_8:
        with contextlib.suppress(UnicodeError):
            return name.encode("cp437").decode("utf-8")
    return name


def _problem(entry: zipfile.ZipInfo, path: PurePosixPath) -> str | None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or re.search(r"[:\0]", entry.filename):
        return "The entry's path leads out of the export."
    if kind == stat.S_IFLNK:
        return "The entry is a symbolic link: ask for the notebook itself."
    if entry.is_dir() or kind not in (0, stat.S_IFREG):
        return "The entry is not a plain file."
    if entry.flag_bits & 1:
        return "The entry is encrypted: ask for it without a password."
    if entry.file_size > MOST_BYTES:
        return f"The entry is larger than {MOST_BYTES >> 10} KiB: ask for it without its outputs."
    return None


def _read_zip(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(entry) as file:
            raw = file.read(MOST_BYTES + 1)
    except Exception as error:  # each way of packing has errors of its own
        raise Refused(f"The entry cannot be unpacked ({type(error).__name__}).") from None
    if len(raw) > MOST_BYTES:
        raise Refused(f"The entry is larger than {MOST_BYTES >> 10} KiB.")
    return raw
