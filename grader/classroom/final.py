"""The final score of a learner in a part, and what it is made of: as `nbgrader export` has it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import select

from grader.classroom.database import sentences

T = TypeVar("T")


@dataclass(frozen=True)
class Told:
    """What the gradebook holds for a learner, with all that an instructor has entered.

    `comments` are an instructor's, and `scores` in points; both by exercise. `tests` is what the
    grader gave, `by_hand` how much more or less the instructor gave in its place; `penalties` are
    for being late, by notebook. Times are in UTC.
    """

    comments: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    tests: float = 0.0
    by_hand: float = 0.0
    extra_credit: float = 0.0
    penalties: Mapping[str, float] = field(default_factory=dict)
    stale: tuple[str, ...] = ()
    """Exercises with points by hand whose answer has changed since."""
    submitted: datetime | None = None
    due: datetime | None = None

    @property
    def penalty(self) -> float:
        """What being late cost in all, in points."""
        return sum(self.penalties.values())

    @property
    def total(self) -> float:
        """The final score, in points."""
        return max(0.0, self.tests + self.by_hand + self.extra_credit - self.penalty)

    @property
    def late(self) -> float:
        """How many seconds after the due date it was handed in; 0 where it was in time."""
        if self.submitted is None or self.due is None:
            return 0.0
        return max(0.0, (self.submitted - self.due).total_seconds())

    @property
    def digest(self) -> str:
        """A hash of all of it, by which a page that is out of date is known."""
        whole = {
            name: sorted(value.items()) if isinstance(value, Mapping) else value
            for name, value in vars(self).items()
        }
        return hashlib.sha256(repr(whole).encode()).hexdigest()[:16]

    @property
    def made_of(self) -> str:
        """`tests 7.5, by hand +1, penalty −2`; empty where all of it comes from tests."""
        others = {"by hand": self.by_hand, "extra credit": self.extra_credit}
        found = [
            f"{what} {round(value, 2):+g}" for what, value in others.items() if round(value, 2)
        ]
        if round(self.penalty, 2):
            found.append(f"late penalty -{round(self.penalty, 2):g}")
        whole = ", ".join([f"tests {round(self.tests, 2):g}", *found]) if found else ""
        return whole.replace(" -", " \N{MINUS SIGN}")


def told(session: Any, part: str, learner: str | None = None) -> dict[str, Told]:
    """What one learner, or each, is told in the end, by learner. `session` is the gradebook's."""
    of_part = select(SubmittedAssignment).join(Assignment).where(Assignment.name == part)
    if learner is not None:
        of_part = of_part.where(SubmittedAssignment.student_id == learner)
    submissions = {one.id: one for one in session.scalars(of_part)}
    found: dict[str, dict[str, Any]] = {}
    due = session.scalar(select(Assignment.duedate).where(Assignment.name == part))
    for one in submissions.values():
        found[one.student_id] = {
            "comments": {},
            "scores": {},
            "tests": 0.0,
            "by_hand": 0.0,
            "extra_credit": 0.0,
            "penalties": {},
            "stale": (),
            "submitted": one.timestamp,
            "due": due + one.extension if due is not None and one.extension else due,
        }
    columns = (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)
    for student, name, auto, manual, extra, look in _rows(session, part, learner, Grade, *columns):
        mine = found[student]
        if look and manual is not None:
            mine["stale"] += (name.removesuffix("-score"),)
        given = (auto or 0.0) if manual is None else manual
        mine["scores"][name.removesuffix("-score")] = given + (extra or 0.0)
        mine["tests"] += auto or 0.0
        mine["by_hand"] += given - (auto or 0.0)
        mine["extra_credit"] += extra or 0.0
    for student, name, comment in _rows(session, part, learner, Comment, Comment.manual_comment):
        if comment:  # nbgrader's own "No response." is nobody's comment
            found[student]["comments"][name] = comment
    penalties = (
        select(
            SubmittedNotebook.assignment_id,
            Notebook.name,
            SubmittedNotebook.late_submission_penalty,
        )
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(Assignment, Assignment.id == Notebook.assignment_id)
        .where(Assignment.name == part, SubmittedNotebook.late_submission_penalty > 0)
    )
    if learner is not None:
        penalties = penalties.where(SubmittedNotebook.assignment_id.in_(submissions))
    for submission, name, penalty in session.execute(penalties):
        found[submissions[submission].student_id]["penalties"][name] = penalty
    return {student: Told(**values) for student, values in found.items()}


def finals(course: Any, part: str) -> dict[str, Told]:
    """What each learner of a part has in the gradebook; nothing where there is no gradebook.

    `course` is a `gradebook.Course`.
    """
    return in_gradebook(course, lambda book: told(book.db, part)) or {}


def in_gradebook(course: Any, ask: Callable[[Any], T]) -> T | None:
    """What a question to nbgrader's gradebook gives; None where there is none, and none is made.

    Raises `CourseError` where the database cannot be used.
    """
    if course.gradebook_file is not None and not course.gradebook_file.exists():
        return None
    with sentences(course.url):
        book = Gradebook(course.url, course.course_id)
        try:
            return ask(book)
        finally:
            book.close()


def _rows(session: Any, part: str, learner: str | None, table: Any, *values: Any) -> Iterator[Any]:
    """The learner, the cell's name and some values, for each row of a table about a cell."""
    asked = (
        select(SubmittedAssignment.student_id, BaseCell.name, *values)
        .select_from(table)
        .join(BaseCell, BaseCell.id == table.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == table.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == part)
    )
    if learner is not None:
        asked = asked.where(SubmittedAssignment.student_id == learner)
    yield from session.execute(asked)
