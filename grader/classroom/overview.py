"""All parts of the course beside each other: final scores, and who has not begun."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from grader.bank import exercises
from grader.classroom import handed_in
from grader.classroom.answers import graded_of, learners_of
from grader.classroom.final import Told, finals, in_gradebook
from grader.classroom.gradebook import Course
from grader.classroom.intake import Refusal, read_in
from grader.classroom.roster import Roster, read_roster
from grader.course.cells import is_answered, originals
from grader.course.notebooks import release
from grader.errors import CourseError
from grader.pages.render import render

NOTHING, REFUSED, UNREADABLE, UNTOUCHED, WAITING = (
    "handed in nothing",
    "refused",
    "to be graded again",
    "not begun",
    "not graded yet",
)
"""How a learner stands in a part where there is no score."""


@dataclass(frozen=True)
class Standing:
    """How a learner stands in a part: the final score, in points, or the reason for none."""

    score: float | None = None
    reason: str = ""

    @property
    def begun(self) -> bool:
        """Whether anything was handed in that somebody has worked on."""
        return self.reason not in (NOTHING, UNTOUCHED)


@dataclass(frozen=True)
class Part:
    """A part of the course: its points, its due date in UTC, and how each learner stands."""

    name: str
    points: float
    due: datetime | None
    standings: dict[str, Standing]

    @property
    def not_begun(self) -> list[str]:
        """Who has not begun, by name."""
        return sorted(name for name, one in self.standings.items() if not one.begun)


@dataclass(frozen=True)
class Overview:
    """All parts, and everybody who is in the roster or has handed in."""

    parts: tuple[Part, ...]
    learners: tuple[str, ...]
    roster: Roster

    def total(self, learner: str) -> float:
        """The sum of a learner's final scores, in points."""
        found = (part.standings[learner].score for part in self.parts)
        return round(sum(score for score in found if score is not None), 2)

    @property
    def points(self) -> float:
        """The points of all parts."""
        return sum(part.points for part in self.parts)


def overview(root: Path) -> Overview:
    """How everybody stands in all parts. Raises `CourseError` where there is nobody."""
    course, roster = Course(root), read_roster(root)
    names = sorted(path.name for path in course.source.glob("*/") if list(path.glob("*.ipynb")))
    everybody = set(roster.people)
    for name in names:
        for stage in ("submitted", "autograded"):
            everybody.update(learners_of(root, name, stage))
        everybody.update(handed_in.refused(root, name))
    everybody -= course.excluded
    if not everybody:
        raise CourseError("nobody is in the class yet: write a roster.csv, or collect a part.")
    learners = tuple(sorted(everybody))
    parts = tuple(_part(course, name, learners) for name in names)
    return Overview(parts, learners, roster)


def _part(course: Course, name: str, learners: tuple[str, ...]) -> Part:
    told = finals(course, name)
    lessons = course.notebooks(name)
    standings = dict.fromkeys(learners, Standing(reason=NOTHING))
    reasons = handed_in.refused(course.root, name)
    standings.update({one: Standing(reason=REFUSED) for one in reasons if one in standings})
    standings.update(_handed_in(course, name))
    for learner in learners_of(course.root, name, "autograded"):
        if learner in standings:
            standings[learner] = _graded(course.root, learner, name, told.get(learner))
    due = in_gradebook(course, lambda book: _due(book.db, name))
    points = sum(float(one.points) for one in exercises().values() if one.lesson in lessons)
    return Part(name, points, due, {one: standings[one] for one in learners})


def _handed_in(course: Course, part: str) -> Iterator[tuple[str, Standing]]:
    """Who has handed in, and whether anybody has worked on it."""
    if not course.submitted.is_dir():
        return
    released = {lesson: release(nb) for lesson, nb in course.notebooks(part).items()}
    given = originals(lambda lesson: released[lesson].cells if lesson in released else None)
    for one in read_in(course.submitted, part, released, given):
        if isinstance(one, Refusal):
            if not one.ignored:
                yield one.learner, Standing(reason=REFUSED)
            continue
        worked = any(
            is_answered(name, found, given)
            for answers in one.answers.values()
            for name, found in answers.items()
        )
        yield one.learner, Standing(reason=WAITING if worked else UNTOUCHED)


def _graded(root: Path, learner: str, part: str, told: Told | None) -> Standing:
    try:
        answers = [answer for graded in graded_of(root, learner, part) for answer in graded.answers]
    except CourseError:
        return Standing(reason=UNREADABLE)
    if told is None:
        return Standing(round(sum(answer.score for answer in answers), 2))
    if not told.total and all(answer.status == "not-attempted" for answer in answers):
        return Standing(0.0, UNTOUCHED)
    return Standing(round(told.total, 2))


def _due(session: Any, part: str) -> datetime | None:
    from nbgrader.api import Assignment

    due: datetime | None = session.scalar(select(Assignment.duedate).where(Assignment.name == part))
    return due


def to_page(found: Overview) -> str:
    """One page that stands alone, runs nothing and loads nothing."""
    return render("overview.html", report=found)


def to_json(found: Overview) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "points": found.points,
        "parts": [
            {
                "part": part.name,
                "points": part.points,
                "due": None if part.due is None else f"{part.due.isoformat()}+00:00",
                "not_begun": part.not_begun,
            }
            for part in found.parts
        ],
        "learners": [
            {
                "learner": learner,
                "name": found.roster.name_of(learner) or None,
                "section": found.roster.section_of(learner) or None,
                "score": found.total(learner),
                "parts": {part.name: vars(part.standings[learner]) for part in found.parts},
            }
            for learner in found.learners
        ],
    }
