"""Writes the learners' feedback: a page for each graded notebook, where nbgrader has its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from grader.bank import exercises
from grader.classroom.answers import (
    Answer,
    Graded,
    graded_of,
    one_name,
    read_graded,
)
from grader.classroom.final import Told
from grader.errors import CourseError
from grader.files import write
from grader.pages.render import render, visible
from grader.pages.view import Survived, View, view
from grader.report import TestReport, Verdict

CURES: Mapping[Verdict, str] = {
    "wrong": "It fails on the correct implementation. Read the message, then compare what the "
    "test expects with the contract.",
    "over-specified": "A correct implementation that is built differently fails here. Assert what "
    "the contract says, and nothing about how it is done.",
    "flaky": "It passes and fails on the same code. Wait for the thing itself, "
    "not for a number of turns of the event loop, and take no order for granted.",
    "hangs": "It never ends. Give every wait a deadline, with `asyncio.timeout`.",
    "leaks": "It leaves something behind. Await or cancel every task, await every coroutine, and "
    "close what the test opens.",
    "refused": "It does what serves only to look into the process, or takes more memory or threads "
    "than a test needs. Test what the object does.",
    "skipped": "A test that does not run proves nothing. Take the skip or the xfail away.",
}
"""What to do about a test that was set aside."""


@dataclass(frozen=True)
class Section:
    """An answer as its learner sees it. `given` is the gradebook's score, where there is one."""

    answer: Answer
    comment: str
    given: float | None

    @cached_property
    def view(self) -> View | None:
        """The killed mutants, opened; None where the bank has changed since the grading."""
        exercise, report = self.answer.exercise, self.answer.report
        return None if exercise is None or report is None else view(report, exercise)

    @property
    def score(self) -> float:
        """The points that count."""
        return self.answer.score if self.given is None else self.given

    @property
    def adjusted(self) -> bool:
        """True if an instructor has changed the points."""
        return self.given is not None and abs(self.given - self.answer.score) >= 0.005

    @property
    def full(self) -> bool:
        """Whether nothing is missing: neither in the tests, nor in the points."""
        report = self.answer.report
        return report is not None and report.full and self.score >= self.answer.points - 0.005

    @property
    def undefended(self) -> list[Survived]:
        """The clauses of which a mutant lives, as the page names them."""
        return [] if self.view is None else list(self.view.survived)

    @property
    def aside(self) -> list[TestReport]:
        """The tests that do not count."""
        report = self.answer.report
        return [] if report is None else [one for one in report.tests if one.verdict != "valid"]


@dataclass(frozen=True)
class Lesson:
    """A graded notebook, as a page shows it. `penalty` is what being late cost, in points."""

    graded: Graded
    sections: Sequence[Section]
    penalty: float = 0.0

    @property
    def title(self) -> str:
        """The lesson's title."""
        return lesson_title(self.graded.lesson)

    @property
    def total(self) -> float:
        """The points that count for this notebook."""
        whole = sum(section.score for section in self.sections)
        return round(max(0.0, whole - self.penalty), 2)

    @property
    def points(self) -> float:
        """The points that there are."""
        return sum(section.answer.points for section in self.sections)


def feedback_page(
    notebooks: Sequence[Graded],
    learner: str,
    title: str,
    told: Told,
    *,
    final: bool = False,
    missing: Sequence[str] = (),
) -> str:
    """The page on graded notebooks, as HTML that stands alone and runs nothing.

    `told` is what the gradebook says; where it has no score of an exercise, the grader's counts.
    `final` is a page on all of a part, with the score that is exported; `missing` are the lessons
    of it that were not handed in.
    """
    lessons = [
        Lesson(
            graded,
            [
                Section(
                    one,
                    _markdown(told.comments.get(one.exercise_id, "")),
                    told.scores.get(one.exercise_id),
                )
                for one in graded.answers
            ],
            told.penalties.get(graded.lesson, 0.0),
        )
        for graded in notebooks
    ]
    total = told.total if final and told.scores else sum(lesson.total for lesson in lessons)
    return render(
        "feedback.html",
        lessons=lessons,
        learner=learner,
        title=title,
        submitted=next((one.submitted for one in notebooks if one.submitted), None),
        told=told,
        late=_duration(told.late),
        final=final,
        total=round(total, 2),
        points=sum(lesson.points for lesson in lessons) + sum(map(points_of, missing)),
        missing=[(lesson_title(name), points_of(name)) for name in missing],
        cures=CURES,
    )


def write_feedback(root: Path, learner: str, part: str, told: Told | None = None) -> list[Path]:
    """Write a page for each of a learner's graded notebooks of a part, and return their paths.

    One more, `index.html`, is on all of them, with the final score. Raises `CourseError` where
    there is none, or where one cannot be read.
    """
    folder = root / "feedback" / one_name(learner, "learner") / one_name(part, "part")
    notebooks = graded_of(root, learner, part)
    if not notebooks:
        raise CourseError(f"autograded/ holds nothing of {learner!r} for {part!r}: grade it first.")
    told = told or Told()
    written = []
    for graded in notebooks:
        written.append(folder / f"{graded.lesson}.html")
        page = feedback_page([graded], learner, lesson_title(graded.lesson), told)
        write(written[-1], page.encode())
    write(folder / INDEX, part_page(root, notebooks, learner, part, told).encode())
    return written


INDEX = "index.html"
"""The page on all of a part."""


def is_of(page: Path, told: Told) -> bool:
    """Whether the page on a part says what the gradebook says now."""
    return told.digest.encode() in page.read_bytes()[:MOST_HEAD]


MOST_HEAD = 64 << 10
"""Bytes within which the head of a page ends, style and all."""


def part_page(root: Path, notebooks: Sequence[Graded], learner: str, part: str, told: Told) -> str:
    """One page on all that a learner has handed in for a part, with the final score."""
    missing = missing_lessons(root, part, notebooks)
    title = part_title(part)
    return feedback_page(notebooks, learner, title, told, final=True, missing=missing)


def missing_lessons(root: Path, part: str, notebooks: Sequence[Graded]) -> list[str]:
    """The lessons of a part that ask for answers, and of which there is no notebook."""
    there = {graded.lesson for graded in notebooks}
    names = sorted(path.stem for path in (root / "solutions" / part).glob("*.ipynb"))
    return [name for name in names if name not in there and points_of(name)]


def points_of(lesson: str) -> float:
    """The points of a lesson's exercises."""
    return float(sum(one.points for one in exercises().values() if one.lesson == lesson))


def page_of_nbgrader(nb: Mapping[str, Any], lesson: str, learner: str, penalty: float = 0.0) -> str:
    """The page for a notebook into which nbgrader has put the gradebook's scores and comments."""
    comments: dict[str, str] = {}
    scores: dict[str, float] = {}
    for cell in nb["cells"]:
        match cell["metadata"].get("nbgrader"):
            case {"grade": True, "grade_id": str(name), "score": int() | float() as score}:
                scores[name.removesuffix("-score")] = float(score)
            case {"solution": True, "grade_id": str(name), "comment": str(comment)}:
                if comment != NO_RESPONSE:
                    comments[name] = comment
    told = Told(comments, scores, penalties={lesson: penalty})
    return feedback_page([read_graded(nb, lesson)], learner, lesson_title(lesson), told)


NO_RESPONSE = "No response."
"""What nbgrader itself remarks on an answer that is as it was released. It is nobody's comment."""


def part_title(part: str) -> str:
    """`2-advanced` as a reader knows it: `Part 2: Advanced`."""
    number, _, rest = part.partition("-")
    if not number.isdecimal() or not rest:
        return part
    return f"Part {number}: {rest.replace('-', ' ').capitalize()}"


def _duration(seconds: float) -> str:
    """How late that is, as one says it; empty for nothing."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute" if seconds > 0 else ""


def lesson_title(lesson: str) -> str:
    """`04-timeouts` as a reader knows it: `Lesson 04: Timeouts`."""
    number, _, rest = lesson.partition("-")
    if not number.isdecimal() or not rest:
        return lesson
    return f"Lesson {number}: {rest.replace('-', ' ').capitalize()}"


TAGS = {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"}
"""The tags of a comment: no heading, so that the page's outline stays, and no picture."""


LINK = re.compile(r"(https?://|mailto:)")
"""What a link of a comment may begin with: a page that stands alone has nothing beside it."""


def _markdown(text: str) -> str:
    """A comment as HTML that holds text and links, whatever it was written with."""
    html = MarkdownIt("commonmark", {"html": False}).render(visible(text))
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        attribute_filter=lambda _tag, _name, value: value if LINK.match(value) else None,
        link_rel=None,  # the page sends no referrer, and opens no window
    )
    return Markup(clean)
