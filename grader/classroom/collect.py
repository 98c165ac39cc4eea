"""Sorts what a learning platform exports into submitted/LEARNER/PART/LESSON.ipynb.

A zip or a folder, as Moodle and Canvas make them, or one folder for each learner. No entry decides
where anything is written: learner and lesson are read out of its name, and checked.
"""

import contextlib
import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from grader.classroom.intake import (
    MOST_BYTES,
    Refusal,
    content,
    name_problem,
    opened,
    printable,
    read_answers,
)
from grader.errors import CourseError, Refused

MOST_ENTRIES = 20_000
"""Entries of an export. A class of a thousand has a few thousand."""

MOODLE = re.compile(r"(?P<name>.+?)_\d+_assignsubmission_\w+")
"""A learner's folder: the number is another one for every assignment."""

CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<user>\d+)_\d+_(?P<file>.+)")
"""A learner's file, all in one folder: the first number is the learner's own."""


@dataclass(frozen=True)
class _Entry:
    """A notebook in an export: where, and how to read it."""

    path: PurePosixPath
    read: Callable[[], bytes]


@dataclass(frozen=True)
class _Place:
    """Where an entry belongs, as far as its name tells."""

    learner: str
    owner: str
    """The platform's mark that tells two learners of the same name apart."""
    file: str


def collect(
    origin: Path, submitted: Path, part: str, lessons: Mapping[str, Collection[str]]
) -> list[Refusal]:
    """Sort an export into `submitted`; return what was refused. `lessons` have exercises' ids.

    What is there already stays, unless it is the same. Raises `CourseError` for what is no export.
    """
    refusals: list[Refusal] = []
    owners: dict[str, set[str]] = {}
    wanted: dict[str, dict[str, list[bytes]]] = {}
    with _entries(origin, refusals) as entries:
        for entry in _without_wrapping(entries, part):
            try:
                place = _place(entry.path)
                raw = entry.read()
                lesson = _lesson(place.file, raw, lessons)
            except Refused as refusal:
                refusals.append(Refusal(printable(str(entry.path)), str(refusal)))
                continue
            owners.setdefault(place.learner, set()).add(place.owner)
            wanted.setdefault(place.learner, {}).setdefault(lesson, []).append(raw)
    if not wanted and not refusals:
        raise CourseError(f"{origin} holds no notebook: name what the learning platform exported.")
    for learner, notebooks in sorted(wanted.items()):
        try:
            if len(owners[learner]) > 1:
                raise Refused(
                    f"{len(owners[learner])} learners have this name: sort their notebooks into "
                    f"{submitted.name}/ by hand."
                )
            for lesson, found in notebooks.items():
                if len(set(found)) > 1:
                    raise Refused(f"There are {len(found)} notebooks of {lesson}: keep one.")
            _store(submitted, learner, part, {name: each[0] for name, each in notebooks.items()})
        except Refused as refusal:
            refusals.append(Refusal(printable(learner), str(refusal)))
    return refusals


# ------------------------------------------------------------------ where an entry belongs


def _place(path: PurePosixPath) -> _Place:
    for folder in path.parts[:-1]:
        if found := MOODLE.fullmatch(folder):
            return _checked(found["name"], folder, path.name)
    if found := CANVAS.fullmatch(path.name):
        return _checked(f"{found['name']}_{found['user']}", "", found["file"])
    if len(path.parts) < 2:
        raise Refused("Its name says nothing of a learner: put it into a folder of their name.")
    return _checked(path.parts[0], "", path.name)


def _checked(name: str, owner: str, file: str) -> _Place:
    learner = unicodedata.normalize("NFC", name)
    if problem := name_problem(learner):
        raise Refused(f"No learner can be made of it: {problem}.")
    return _Place(learner, owner, file)


def _lesson(file: str, raw: bytes, lessons: Mapping[str, Collection[str]]) -> str:
    """The lesson that a notebook belongs to: its name tells, or its exercises do."""
    named = [lesson for lesson in lessons if lesson in file]
    exercises = set(read_answers(raw))
    holding = [lesson for lesson, ids in lessons.items() if exercises.intersection(ids)]
    for found in (named, holding):
        if len(found) == 1:
            return found[0]
    raise Refused(f"It is no notebook of this part: its name must be {' or '.join(lessons)}.")


def _without_wrapping(entries: list[_Entry], part: str) -> Iterator[_Entry]:
    """Drop the outer folders that hold all entries and belong to no learner."""
    paths = [entry.path.parts for entry in entries]
    depth = 0
    while paths and all(
        len(parts) > depth + 2
        and parts[depth] == paths[0][depth]
        and parts[depth + 1] != part
        and not MOODLE.fullmatch(parts[depth])
        for parts in paths
    ):
        depth += 1
    for entry in entries:
        yield _Entry(PurePosixPath(*entry.path.parts[depth:]), entry.read)


def _store(submitted: Path, learner: str, part: str, notebooks: Mapping[str, bytes]) -> None:
    """Write a learner's notebooks, and follow no link on the way there."""
    submitted.mkdir(exist_ok=True)
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
    """The notebooks of an export, still to be read."""
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


def _is_notebook(path: PurePosixPath) -> bool:
    hidden = any(part.startswith(".") and part != ".." for part in path.parts)
    return path.suffix == ".ipynb" and not hidden and path.parts[0] != "__MACOSX"


def _of_folder(origin: Path, refusals: list[Refusal]) -> Iterator[_Entry]:
    for folder, below, names in os.walk(origin):
        for name in sorted(below):
            if os.path.islink(os.path.join(folder, name)):
                link = os.path.relpath(os.path.join(folder, name), origin)
                refusals.append(Refusal(printable(link), "The folder is a symbolic link."))
        for name in sorted(names):
            path = PurePosixPath(os.path.relpath(os.path.join(folder, name), origin))
            if _is_notebook(path):
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
        path = PurePosixPath(entry.filename)
        if not path.parts or not _is_notebook(path):
            continue
        if problem := _problem(entry, path):
            refusals.append(Refusal(printable(entry.filename), problem))
        else:
            yield _Entry(path, partial(_read_zip, archive, entry))


def _problem(entry: zipfile.ZipInfo, path: PurePosixPath) -> str | None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or re.search(r"[\\:\0]", entry.filename):
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
