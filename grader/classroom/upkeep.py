"""Keeps a course in order: forgets a learner, and copies all that cannot be made again."""

import contextlib
import os
import shutil
import sqlite3
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from grader.classroom import handed_in, returned
from grader.classroom.answers import one_name
from grader.classroom.collect import EARLIER
from grader.classroom.database import CONFIG
from grader.classroom.final import in_gradebook
from grader.classroom.gradebook import Course
from grader.classroom.roster import FILE
from grader.errors import CourseError

KEPT = ("submitted", "autograded", "feedback", "returned", ".grader/exports", ".grader/returned")
"""The folders that are worth a copy; of the cache nothing is lost but time."""


def traces(root: Path, learner: str) -> list[str]:
    """Where a course holds something of a learner, a phrase for each place."""
    course = Course(root)
    found = [str(path.relative_to(root)) for path in _folders(course, learner) if path.exists()]

    def parts_of(book: Gradebook) -> list[str]:
        return sorted(one.assignment.name for one in book.find_student(learner).submissions)

    with contextlib.suppress(MissingEntry):
        parts = in_gradebook(course, parts_of)
        if parts is not None:
            found.append(f"the gradebook ({', '.join(parts) or 'no part'})")
    exported = handed_in.parts_of(root, learner)
    if exported:
        found.append(f"what exports told ({', '.join(exported)})")
    return found + [str(path.relative_to(root)) for path in _made_of_all(root, learner)]


def forget_learner(root: Path, learner: str) -> None:
    """Take a learner out of the gradebook, of every folder, and of what exports told.

    Reports and returned files of their parts go, too, and can be made again. The roster is the
    instructor's.

    Raises `CourseError` where the course holds nothing of them.
    """
    course = Course(root)
    if not traces(root, learner):
        raise CourseError(f"the course holds nothing of {learner!r}: give the name of a folder.")
    with contextlib.suppress(MissingEntry):
        in_gradebook(course, lambda book: book.remove_student(learner))
    for path in (*_folders(course, learner), *_made_of_all(root, learner)):
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.exists():
            shutil.rmtree(path)
    handed_in.forget(root, learner)
    returned.forget(root, learner)


def backup(root: Path, file: Path | None = None) -> Path:
    """Copy what cannot be made again into a zip, and return its path.

    The gradebook of SQLite is copied as it is at one moment. Raises `CourseError` where the file
    is there already.
    """
    course = Course(root)
    path = file or root / f"backup-{datetime.now():%Y-%m-%d-%H%M%S}.zip"
    if path.exists():
        raise CourseError(f"{path} is there already: name another file.")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with zipfile.ZipFile(
            unfinished, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False
        ) as whole:
            for name in (CONFIG, FILE):
                if (root / name).is_file():
                    whole.write(root / name, name)
            bank = root / (course.config.get("GradeSuites", {}).get("bank") or "private")
            inside = bank.resolve().is_relative_to(root.resolve())
            homes = {name: root / name for name in (*KEPT, str(EARLIER))}
            homes[os.path.relpath(bank, root) if inside else "private"] = bank
            for name, folder in homes.items():
                for one in sorted(folder.rglob("*")):
                    if one.is_file() and not one.is_symlink():
                        whole.write(one, Path(name) / one.relative_to(folder))
            with tempfile.TemporaryDirectory() as home:
                if (copy := _copy(course, Path(home))) is not None:
                    whole.write(copy, copy.name)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def _copy(course: Course, home: Path) -> Path | None:
    """A copy of the gradebook as it is now; None where there is none, or no file of it."""
    path = course.gradebook_file
    if path is None or not path.exists():
        return None
    copy = home / path.name
    address = f"{path.resolve().as_uri()}?mode=ro"
    with (
        contextlib.closing(sqlite3.connect(address, uri=True)) as there,
        contextlib.closing(sqlite3.connect(copy)) as here,
    ):
        there.backup(here)
    return copy


def _made_of_all(root: Path, learner: str) -> list[Path]:
    """The files about a whole class that name a learner, too, and can be made again."""
    parts = {*handed_in.parts_of(root, learner), *returned.parts_of(root, learner)}
    for stage in ("submitted", "autograded", "feedback"):
        parts |= {path.name for path in root.glob(f"{stage}/{one_name(learner, 'learner')}/*/")}
    found = [path for part in sorted(parts) for path in root.glob(f"returned/{part}-*")]
    found += [path for part in sorted(parts) for path in root.glob(f"reports/{part}*.html")]
    return found + ([*root.glob("reports/all.html")] if parts else [])


def _folders(course: Course, learner: str) -> list[Path]:
    name = one_name(learner, "learner")
    homes = (course.submitted, course.autograded, course.feedback, course.root / EARLIER)
    return [home / name for home in homes]
