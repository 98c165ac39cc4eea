"""Sorts what a learning platform exports into submitted/LEARNER/PART/LESSON.ipynb.

A zip or a folder, as Moodle and Canvas make them, or one folder for each learner. No entry decides
where anything is written: learner and lesson are read out of its name, and checked.
"""

import contextlib
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from grader.classroom.export import Entry, entries
from grader.classroom.handed_in import Mark, known, remember
from grader.classroom.intake import (
    TIMESTAMP,
    Refusal,
    content,
    opened,
    read_answers,
    read_time,
    timestamp,
)
from grader.classroom.platforms import (
    Place,
    has_form,
    is_notebook,
    place,
    printable,
    why_no_notebook,
)
from grader.classroom.roster import Roster, told_apart
from grader.errors import CourseError, Refused
from grader.files import next_number, write

Lessons = Mapping[str, Collection[str]]
"""The lessons of a part, each with the ids of its exercises."""

Replace = Literal["newer", "all", "none"]
"""What to do with a notebook that differs from the one that is there."""

EARLIER = Path(".grader", "earlier")
"""The folder for what somebody has handed in before, in a course."""


@dataclass
class Collected:
    """What became of an export. `remarks` are sentences about what was not taken, or is late."""

    refusals: list[Refusal] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def collect(
    origin: Path,
    submitted: Path,
    part: str,
    lessons: Lessons,
    *,
    replacing: Replace = "newer",
    roster: Roster | None = None,
) -> Collected:
    """Sort an export into `submitted`, and tell what was refused.

    What is there already is kept beside what replaces it. Raises `CourseError` for what is no
    export.
    """
    done = Collected()
    submitted.mkdir(exist_ok=True)
    before = known(submitted.parent, part)
    shelf = _Shelf(submitted, part, replacing, done)
    with entries(origin, part, done.refusals) as found_entries:
        found: dict[Entry, Place] = {}
        every = [entry.path.name for entry in found_entries]
        names = list(filter(is_notebook, every)) or every
        telling = 2 * sum(map(has_form, names)) > len(names)
        for entry in found_entries:
            try:
                found[entry] = place(entry.path, part, names_tell=telling)
            except Refused as refusal:
                if is_notebook(entry.path.name):  # any other file names nobody
                    done.refusals.append(Refusal(printable(str(entry.path)), str(refusal)))
        apart = told_apart(found.values(), roster or Roster(), before)
        learners: dict[str, dict[Entry, Place]] = {}
        for entry, where in found.items():
            learners.setdefault(apart[where].learner, {})[entry] = where
        marks: dict[str, Mark] = {}
        for learner, mine in sorted(learners.items()):
            _sorted_in(learner, mine, lessons, shelf)
            of = [(where.file, where.mark) for where in mine.values() if where.mark is not None]
            for _, mark in sorted(of, key=lambda one: is_notebook(one[0])):
                marks[learner] = mark
    taken = {name: mark for name, mark in marks.items() if mark.number}
    for learner, mark in sorted(taken.items()):
        others = [name for name, one in before.items() if one.number == mark.number]
        done.remarks += [
            f"{learner} was {other} in an earlier export: "
            f"`grader forget {other!r}` if both are one person."
            for other in others
            if other != learner
        ]
    people = {printable(one): one for one in learners}
    reasons = {people[one.learner]: one.reason for one in done.refusals if one.learner in people}
    remember(submitted.parent, part, marks, reasons)
    done.remarks += [
        f"{learner} had the number {was.number} in an earlier export and has {mark.number} now: "
        "are they two people of one name, or is it another assignment of the platform's?"
        for learner, mark in sorted(marks.items())
        if (was := before.get(learner)) is not None
        and mark.number
        and (was.platform, was.number) not in ((mark.platform, mark.number), (was.platform, ""))
    ]
    late = [learner for learner, mark in marks.items() if mark.late]
    if late:
        done.remarks.append(
            f"Canvas marks as late, and does not say how late: {', '.join(sorted(late))}."
        )
    if not learners and not done.refusals:
        raise CourseError(f"{origin} holds no notebook: name what the learning platform exported.")
    return done


def _sorted_in(
    learner: str, files: Mapping[Entry, Place], lessons: Lessons, shelf: "_Shelf"
) -> None:
    """Sort in what one learner has handed in, and note what was refused of it, or of them."""
    refusals: list[Refusal] = []
    wanted: dict[str, list[bytes]] = {}
    times: list[datetime] = []
    others: list[str] = []
    for entry, where in files.items():
        file = where.file
        try:
            if file == TIMESTAMP:
                times.append(read_time(entry.read()))
                continue
            raw = entry.read() if is_notebook(file) else b""
            lesson = _lesson(file, raw, lessons) if is_notebook(file) else None
        except Refused as refusal:
            refusals.append(Refusal(printable(str(entry.path)), str(refusal)))
            continue
        if lesson is None:
            others.append(printable(file))
        else:
            wanted.setdefault(lesson, []).append(raw)
            if entry.at is not None and where.mark is not None and where.mark.platform == "moodle":
                times.append(entry.at)  # of any other file it tells when somebody copied it
    if not wanted:
        sentences = [f"{one.learner}: {one.reason}" for one in refusals]
        sentences += [
            f"{file} is no notebook of this part: its name must be {' or '.join(lessons)}."
            if is_notebook(file)
            else why_no_notebook(file)
            for file in sorted(others)
        ]
        refusals = [Refusal(printable(learner), " ".join(sentences))]
    else:
        try:
            for lesson, found in wanted.items():
                if len(set(found)) > 1:
                    raise Refused(f"There are {len(found)} notebooks of {lesson}: keep one.")
            notebooks = {f"{lesson}.ipynb": found[0] for lesson, found in wanted.items()}
            shelf.store(learner, notebooks, max(times, default=None))
        except Refused as refusal:
            refusals.append(Refusal(printable(learner), str(refusal)))
    shelf.done.refusals += refusals


# ------------------------------------------------------------------ where an entry belongs


def _lesson(file: str, raw: bytes, lessons: Lessons) -> str | None:
    """The lesson of this part that a notebook belongs to: its name tells, or its exercises do."""
    named = [lesson for lesson in lessons if lesson in file]
    exercises = set(read_answers(raw))
    holding = [lesson for lesson, ids in lessons.items() if exercises.intersection(ids)]
    for found in (named, holding):
        if len(found) == 1:
            return found[0]
    return None


# ------------------------------------------------------------------ what is there already


class _Shelf:
    """The submissions of a part, while an export is sorted in."""

    def __init__(self, submitted: Path, part: str, replacing: Replace, done: Collected) -> None:
        self._submitted = submitted
        self._part = part
        self._replacing = replacing
        self.done = done

    def store(self, learner: str, notebooks: Mapping[str, bytes], at: datetime | None) -> None:
        """Write a learner's notebooks, and follow no link on the way there. `at` is in UTC."""
        home = os.open(self._submitted, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with contextlib.suppress(FileExistsError):
                os.mkdir(learner, dir_fd=home)
            with opened(learner, home, "The learner's folder", directory=True) as folder:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(self._part, dir_fd=folder)
                with opened(self._part, folder, f"The folder {self._part}", directory=True) as here:
                    self._store(learner, here, notebooks, at)
        finally:
            os.close(home)

    def _store(
        self, learner: str, here: int, notebooks: Mapping[str, bytes], at: datetime | None
    ) -> None:
        there = {name: content(name, here) for name in notebooks if name in os.listdir(here)}
        old = {name: raw for name, raw in there.items() if raw != notebooks[name]}
        before = None
        if TIMESTAMP in os.listdir(here):
            before = read_time(content(TIMESTAMP, here, 1023))
        kept = bool(old) and not self._replaces(learner, before, at, sorted(old))
        if kept:
            notebooks = {name: raw for name, raw in notebooks.items() if name not in old}
        elif old:
            if before is not None:
                old[TIMESTAMP] = content(TIMESTAMP, here)
            self._keep(learner, old)
        changes = {name: raw for name, raw in notebooks.items() if there.get(name) != raw}
        if at is None and before is not None and old and not kept:
            os.unlink(TIMESTAMP, dir_fd=here)  # it was that of what is replaced
        if at is None or (kept and not changes):
            self._write_all(here, changes)
            return
        if before is not None and (kept or not old):
            at = max(at, before)  # what was there already, or came later, stays as late as it was
        is_unfinished = _unfinished(TIMESTAMP) in os.listdir(here)
        if changes or before is None or is_unfinished:
            _begin(TIMESTAMP, here, timestamp(at.isoformat()).encode())  # who is killed finds it
            self._write_all(here, changes)
            _end(TIMESTAMP, here)

    def _write_all(self, here: int, notebooks: Mapping[str, bytes]) -> None:
        for name, raw in notebooks.items():
            _begin(name, here, raw)
            _end(name, here)

    def _replaces(
        self, learner: str, before: datetime | None, at: datetime | None, names: Collection[str]
    ) -> bool:
        """Whether the new notebooks take the place of those that are there."""
        if self._replacing != "newer":
            if self._replacing == "none":
                self._left(learner, names, "which is kept, as --replace none says")
            return self._replacing == "all"
        if at is None or before is None or at == before:
            raise Refused(
                f"{self._submitted.name}/{learner}/{self._part}/{min(names)} holds another "
                "submission, and no time tells which is newer: say --replace all, or --replace "
                "none, or move one of the two away."
            )
        if at < before:
            self._left(learner, names, "which is newer, and is kept")
        return at > before

    def _left(self, learner: str, names: Collection[str], why: str) -> None:
        self.done.remarks.append(
            f"{printable(learner)}: {', '.join(sorted(names))} differs from what is there, {why}."
        )

    def _keep(self, learner: str, old: Mapping[str, bytes]) -> None:
        """Put what is replaced where it does no harm, under the next number."""
        home = self._submitted.parent / EARLIER / learner / self._part
        number = next_number(home)
        for name, raw in old.items():
            write(home / str(number) / name, raw)


def _unfinished(name: str) -> str:
    return f".{name}.unfinished"


def _begin(name: str, folder: int, raw: bytes) -> None:
    """Write a file into an open folder under another name, until `_end` gives it its own."""
    unfinished = _unfinished(name)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(unfinished, dir_fd=folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(unfinished, flags, 0o644, dir_fd=folder), "wb") as file:
        file.write(raw)


def _end(name: str, folder: int) -> None:
    os.rename(_unfinished(name), name, src_dir_fd=folder, dst_dir_fd=folder)
