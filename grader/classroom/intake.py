"""What learners handed in, read without trusting any of it, and reduced to their answers.

No link is followed, nothing is opened that is not a plain file of its own, and of a notebook only
the sources of answer cells go any further.
"""

import contextlib
import errno
import json
import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.classroom.platforms import is_notebook, name_problem, printable
from grader.classroom.strays import Answers, adopted, ignored, names_wanted, with_strays
from grader.course.cells import Originals, find_answers, unknown
from grader.errors import CourseError, Refused

MOST_BYTES = 1 << 20
"""Bytes of a notebook that is read. A lesson's, with all its outputs, has some 60,000."""

MOST_DEPTH = 100
"""How deeply the JSON of a notebook may be nested. Front ends write ten levels."""

TIMESTAMP = "timestamp.txt"
"""The file in which nbgrader notes the time of a submission."""

SECRET = "submission_secret.txt"
"""The file by which nbgrader's exchange finds the way back to who submitted."""

NOTES = (TIMESTAMP, SECRET)
"""What nbgrader wants to find again beside a graded notebook."""

MOST_STRAYS = 20
"""Notebooks under other names that are looked at, of each learner."""


@dataclass(frozen=True)
class Submission:
    """What one learner handed in for a part: the answers by lesson.

    `submitted` is when, in UTC and ISO 8601, if that is known. `remarks` are sentences about what
    lies beside them and does not count. `secret` is the exchange's, if it was collected there.
    """

    learner: str
    answers: dict[str, Answers]
    submitted: str | None = None
    remarks: tuple[str, ...] = ()
    secret: str | None = None

    def notes(self) -> dict[str, bytes]:
        """nbgrader's notes on it, by the names of their files."""
        found = {}
        if self.submitted is not None:
            found[TIMESTAMP] = timestamp(self.submitted).encode()
        if self.secret is not None:
            found[SECRET] = self.secret.encode()
        return found


@dataclass(frozen=True)
class Refusal:
    """A submission that is not graded, and why; `learner` is fit to be printed.

    `ignored` is one that does not exist: the learner has handed in nothing for this part.
    """

    learner: str
    reason: str
    ignored: bool = False


def take_in(
    submitted: Path, part: str, lessons: Collection[str], original: Originals = unknown
) -> tuple[list[Submission], list[Refusal]]:
    """Everything that was handed in for a part, as `read_in` yields it; nobody who is ignored."""
    taken: list[Submission] = []
    refused: list[Refusal] = []
    for one in read_in(submitted, part, lessons, original):
        if not isinstance(one, Refusal):
            taken.append(one)
        elif not one.ignored:
            refused.append(one)
    return taken, refused


def read_in(
    submitted: Path, part: str, lessons: Collection[str], original: Originals = unknown
) -> Iterator[Submission | Refusal]:
    """What was handed in for a part, one learner at a time, in the order of their names.

    `submitted` holds LEARNER/PART/LESSON.ipynb, as nbgrader collects it. A bad submission is
    refused alone. `original` tells which cells are a lesson's own, and what its stubs hold. Raises
    `CourseError` where the folder itself cannot be read.
    """
    try:
        folder = os.open(submitted, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise CourseError(
            f"{submitted} cannot be read ({error.strerror}): collect what learners handed in, "
            "or name it with --from."
        ) from None
    try:
        names = sorted(name for name in os.listdir(folder) if not _is_file(name, folder))
        alike = Counter(_folded(name) for name in names)
        for name in names:
            try:
                submission = _submission(name, folder, part, lessons, original, alone=alike)
            except Refused as refusal:
                yield Refusal(printable(name), str(refusal))
            else:
                yield submission
    finally:
        os.close(folder)


def timestamp(submitted: str) -> str:
    """The content of nbgrader's note."""
    return f"{submitted.removesuffix('+00:00').replace('T', ' ')} UTC\n"


# ------------------------------------------------------------------ folders and files


def _submission(
    name: str,
    folder: int,
    part: str,
    lessons: Collection[str],
    original: Originals,
    *,
    alone: Mapping[str, int],
) -> Submission | Refusal:
    """One learner's submission; ignored is a folder that holds nothing for this part."""
    with opened(name, folder, "The learner's folder", directory=True) as learner:
        if part not in os.listdir(learner):
            return Refusal(printable(name), f"Nothing was handed in for {part}.", ignored=True)
        if problem := name_problem(name):
            raise Refused(f"{_capital(problem)}: give the folder another name.")
        if alone[_folded(name)] > 1:
            raise Refused(
                "Another learner's name differs only in upper and lower case or in the form of "
                "its letters: give one of the folders another name."
            )
        with opened(part, learner, f"The folder {part}", directory=True) as here:
            names = os.listdir(here)
            answers = {
                lesson: read_answers(content(f"{lesson}.ipynb", here), original)
                for lesson in sorted(lessons)
                if f"{lesson}.ipynb" in names
            }
            others = sorted(set(names) - {f"{lesson}.ipynb" for lesson in lessons})
            strays, bad = _strays(others, here, original)
            answers |= adopted(answers, strays, lessons)
            if not answers:
                raise Refused(" ".join((names_wanted(strays, lessons), *bad)))
            beside = [*ignored(answers, strays, lessons, original), *bad]
            answers = with_strays(answers, strays, lessons, original)
            at = read_time(content(TIMESTAMP, here, 1023)) if TIMESTAMP in names else None
            submitted = None if at is None else at.replace(tzinfo=None).isoformat()
            secret = content(SECRET, here, 1023) if SECRET in names else b""
            known = secret.decode() if re.fullmatch(rb"[0-9a-f]+", secret) else None
            return Submission(name, answers, submitted, tuple(beside), known)


def _strays(
    names: list[str], folder: int, original: Originals
) -> tuple[dict[str, Answers], list[str]]:
    """The answers in notebooks of other names, and a sentence for each that is not looked at."""
    strays: dict[str, Answers] = {}
    bad: list[str] = []
    notebooks = [name for name in names if is_notebook(name) and not name.startswith(".")]
    for name in notebooks[:MOST_STRAYS]:
        try:
            strays[printable(name)] = read_answers(content(name, folder), original)
        except Refused as refusal:
            bad.append(f"{printable(name)} is ignored. {refusal}")
    if more := len(notebooks[MOST_STRAYS:]):
        bad.append(f"{more} notebooks more are ignored: delete those that are no lesson's.")
    return strays, bad


@contextlib.contextmanager
def opened(name: str, folder: int, what: str, *, directory: bool = False) -> Iterator[int]:
    """Open a plain file or folder below an open folder. Raises `Refused` for anything else."""
    try:
        _check_kind(os.stat(name, dir_fd=folder, follow_symlinks=False), what, directory)
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        descriptor = os.open(name, flags | (os.O_DIRECTORY if directory else 0), dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):  # nothing to do with them
            raise
        raise Refused(f"{what} cannot be read ({error.strerror}).") from None
    try:
        _check_kind(os.fstat(descriptor), what, directory)  # it may have been exchanged meanwhile
        yield descriptor
    finally:
        os.close(descriptor)


def _check_kind(found: os.stat_result, what: str, directory: bool) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise Refused(f"{what} is a symbolic link: ask for the thing itself.")
    if directory and not stat.S_ISDIR(found.st_mode):
        raise Refused(f"{what} is not a folder.")
    if not directory and stat.S_ISDIR(found.st_mode):
        raise Refused(f"{what} is a folder: ask for the notebook in it.")
    if not directory and not stat.S_ISREG(found.st_mode):
        raise Refused(f"{what} is not a plain file (a pipe, a socket or a device).")
    if not directory and found.st_nlink != 1:
        raise Refused(f"{what} is a hard link to another file: ask for a copy.")


def content(name: str, folder: int, most: int = MOST_BYTES) -> bytes:
    """The bytes of a plain file in an open folder. Raises `Refused` for anything else."""
    with opened(name, folder, name) as file:
        chunks, size = [], 0
        while size <= most and (chunk := os.read(file, most + 1 - size)):
            chunks.append(chunk)
            size += len(chunk)
    if size > most:
        raise Refused(f"{name} is larger than {most >> 10} KiB: ask for it without its outputs.")
    return b"".join(chunks)


def read_time(raw: bytes) -> datetime:
    """The time in nbgrader's note, as nbgrader reads it: in UTC. Raises `Refused` for none."""
    from nbgrader.utils import parse_utc  # it takes a second to import

    try:
        at: datetime = parse_utc(raw.decode(errors="replace").strip())
    except (ValueError, OverflowError):
        raise Refused(
            f"{TIMESTAMP} holds no time: write one like 2026-01-31 23:59:00 UTC."
        ) from None
    return at.replace(tzinfo=UTC)


def _is_file(name: str, folder: int) -> bool:
    """True for a file beside the learners' folders."""
    with contextlib.suppress(OSError):
        return stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    return False


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


# ------------------------------------------------------------------ a notebook


def read_answers(raw: bytes, original: Originals = unknown) -> Answers:
    """What a notebook's bytes hold for each exercise, whatever front end or version wrote them.

    Raises `Refused` for what is no notebook.
    """
    nb = _parsed(raw)
    match nb:
        case {"nbformat": 4, "cells": list()}:
            pass
        case {"nbformat": 3, "worksheets": list(sheets)}:
            cells = [cell for sheet in sheets for cell in _cells_of(sheet)]
            nb = {"cells": [{"source": cell.get("input", ""), **cell} for cell in cells]}
        case {"nbformat": int(version)} if version not in (3, 4):
            raise Refused(f"The notebook's format has version {version}: save it as version 4.")
        case _:
            raise Refused("The file is JSON, and no notebook.")
    answers = find_answers(nb, original)
    try:
        json.dumps(
            {name: found.suite for name, found in answers.items()}, ensure_ascii=False
        ).encode()
    except UnicodeEncodeError:
        raise Refused("The notebook holds half a character, which has no meaning alone.") from None
    return answers


def _cells_of(sheet: object) -> list[dict[str, Any]]:
    match sheet:
        case {"cells": list(cells)}:
            return [cell for cell in cells if isinstance(cell, dict)]
    return []


def _parsed(raw: bytes) -> Any:
    """JSON as its standard has it. A mistake in it must not be for the reader to interpret."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("The notebook is not text in UTF-8.") from None
    if _depth(text) > MOST_DEPTH:
        raise Refused(f"The notebook is nested more than {MOST_DEPTH} levels deep.")
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused("The notebook is not JSON: ask for it again, it may be cut short.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refused("The notebook holds a JSON object with the same key twice.")
    return found


def _no_constant(name: str) -> None:
    raise Refused(f"The notebook holds {name}, which is not JSON.")


def _depth(text: str) -> int:
    """How deeply brackets are nested, outside of strings; also of what is no JSON."""
    depth = deepest = 0
    inside = False
    for token in re.finditer(r'\\.|["\[\]{}]', text):
        match token[0]:
            case '"':
                inside = not inside
            case "[" | "{" if not inside:
                depth += 1
                deepest = max(deepest, depth)
            case "]" | "}" if not inside:
                depth -= 1
    return deepest
