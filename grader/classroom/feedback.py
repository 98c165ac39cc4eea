"""Writes the learners' feedback: a page for each graded notebook, where nbgrader has its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from grader.classroom.answers import (
    Answer,
    Graded,
    notebooks_of,
    one_name,
    read_graded,
    read_notebook,
)
from grader.errors import CourseError
from grader.files import write
from grader.pages.render import render, visible
from grader.pages.view import View, view
from grader.report import TestReport, Verdict

CURES: Mapping[Verdict, str] = {
    "wrong": "It fails on the correct implementation. Read the message, then compare what the "
    "test expects with the contract.",
    "over-specified": "A correct implementation that is built differently fails here. Assert what "
    "the contract says, and nothing about how it is done.",
    "flaky": "It passes under one schedule and fails under another. Wait for the thing itself, "
    "not for a number of turns of the event loop, and take no order for granted.",
    "hangs": "It never ends. Give every wait a deadline, with `asyncio.timeout`.",
    "leaks": "It leaves something behind. Await or cancel every task, await every coroutine, and "
    "close what the test opens.",
    "refused": "It does what serves only to look into the process. Test what the object does.",
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
    def aside(self) -> list[TestReport]:
        """The tests that do not count."""
        report = self.answer.report
        return [] if report is None else [one for one in report.tests if one.verdict != "valid"]


def feedback_page(
    graded: Graded,
    learner: str,
    comments: Mapping[str, str] | None = None,
    scores: Mapping[str, float] | None = None,
) -> str:
    """The page on one graded notebook, as HTML that stands alone and runs nothing.

    `comments` are an instructor's, in Markdown, and `scores` the gradebook's, in points; both by
    exercise, and where an exercise is missing there is none, or the grader's counts.
    """
    comments, scores = comments or {}, scores or {}
    sections = [
        Section(one, _markdown(comments.get(one.exercise_id, "")), scores.get(one.exercise_id))
        for one in graded.answers
    ]
    return render(
        "feedback.html",
        graded=graded,
        learner=learner,
        lesson=lesson_title(graded.lesson),
        sections=sections,
        total=round(sum(section.score for section in sections), 2),
        points=sum(section.answer.points for section in sections),
        cures=CURES,
    )


def write_feedback(
    root: Path,
    learner: str,
    part: str,
    comments: Mapping[str, str] | None = None,
    scores: Mapping[str, float] | None = None,
) -> list[Path]:
    """Write a page for each of a learner's graded notebooks of a part, and return their paths.

    Raises `CourseError` where there is none, or where one cannot be read.
    """
    folder = root / "feedback" / one_name(learner, "learner") / one_name(part, "part")
    found = notebooks_of(root, learner, part)
    if not found:
        raise CourseError(f"autograded/ holds nothing of {learner!r} for {part!r}: grade it first.")
    written = []
    for path in found:
        graded = read_graded(read_notebook(path), path.stem)
        written.append(folder / f"{path.stem}.html")
        write(written[-1], feedback_page(graded, learner, comments, scores).encode())
    return written


def page_of_nbgrader(nb: Mapping[str, Any], lesson: str, learner: str) -> str:
    """The page for a notebook into which nbgrader has put the gradebook's scores and comments."""
    comments: dict[str, str] = {}
    scores: dict[str, float] = {}
    for cell in nb["cells"]:
        match cell["metadata"].get("nbgrader"):
            case {"grade": True, "grade_id": str(name), "score": int() | float() as score}:
                scores[name.removesuffix("-score")] = float(score)
            case {"solution": True, "grade_id": str(name), "comment": str(comment)}:
                comments[name] = comment
    return feedback_page(read_graded(nb, lesson), learner, comments, scores)


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
