"""nbgrader with our grading: its gradebook, formgrader and feedback, and no kernel.

`nbgrader_config.py` puts these preprocessors where they belong. `Rebuild` comes first when a
submission is read, `GradeSuites` takes the place of nbgrader's `Execute`, `Stamp` ends a release.
"""

import contextlib
import os
import tempfile
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

import nbformat
import nbformat.v4
from nbconvert.exporters import Exporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from traitlets import Bool, Enum, Float, Unicode

from grader.bank import exercises
from grader.classroom.autograded import mark, rebuild, refused, suites
from grader.classroom.cache import FOLDER, Cache
from grader.classroom.feedback import page_of_nbgrader
from grader.classroom.gradebook import try_to_open
from grader.classroom.intake import Submission, take_in
from grader.classroom.pool import Result, WorkerPool
from grader.classroom.privately import private_of
from grader.classroom.strays import Answers
from grader.course.cells import Found, originals
from grader.course.notebooks import read_notebook, release, stamp
from grader.errors import CourseError
from grader.sandbox.launch import Choice, choose

Converted = tuple[NotebookNode, dict[str, Any]]


class _Step(Preprocessor):
    enabled = Bool(True).tag(config=True)


class Stamp(_Step):
    """Notes in a released notebook what it is, as `grader build` does."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Converted:
        return stamp(nb, resources["nbgrader"]["notebook"]), resources


class Rebuild(_Step):
    """Puts the answers of a submission into the notebook that was released."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Converted:
        return rebuild(release(self._source(resources)), _taken(nb)), resources

    def _source(self, resources: dict[str, Any]) -> NotebookNode:
        """The instructor's notebook, out of nbgrader's source directory."""
        exporter: Any = self.parent
        course = exporter.parent.coursedir
        folder = course.format_path(
            course.source_directory, ".", resources["nbgrader"]["assignment"]
        )
        return read_notebook(Path(folder, f"{resources['nbgrader']['notebook']}.ipynb"))


class FeedbackPage(Exporter):
    """Writes our page where nbgrader would show the notebook. `GetGrades` has to come before."""

    file_extension = Unicode(".html").tag(config=True)

    def from_notebook_node(  # type: ignore[override]  # nor do nbconvert's own keep to it
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        filled, resources = super().from_notebook_node(nb, resources, **options)
        names = resources["nbgrader"]
        late = float(names.get("late_penalty") or 0.0)
        return page_of_nbgrader(filled, names["notebook"], names["student"], late), resources


class GradeSuites(_Step):
    """Evaluates every answer cell, and writes the number that nbgrader reads.

    No code of a learner's runs here, and none in a kernel: suites go to the worker.
    """

    sandbox = Enum(
        ("auto", "on", "off"),
        "on",
        help="Walls around learner code: if there are some, always, never.",
    ).tag(config=True)

    bank = Unicode("", help="A folder with private mutants, as `grader grade --bank`.").tag(
        config=True
    )
    private_weight = Float(0.0, help="Their share of the mark, 0 to 1.").tag(config=True)
    private_feedback = Bool(False, help="Whether learners see their figures.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Converted:
        names = resources["nbgrader"]
        exporter: Any = self.parent
        course = exporter.parent.coursedir
        folder = course.format_path(
            course.autograded_directory, names["student"], names["assignment"]
        )
        results: dict[str, Result] = {}
        with contextlib.ExitStack() as stack:
            private = private_of(Path(course.root), self.trait_values())
            more = {} if private is None else private.bank.by_key
            pool = WorkerPool(cast(Choice, self.sandbox), jobs=1, children=None, more=more)
            cache = Cache(Path(course.root, FOLDER), pool.wall)
            asked = suites(nb)
            hidden = {} if private is None else private.bank.keys
            asked |= {hidden[name]: suite for name, suite in asked.items() if name in hidden}
            for name, suite in asked.items():
                self.log.info("Evaluating %s", name)
                report = cache.get(name, suite)
                if report is not None:
                    results[name] = Result(report)
                elif name in exercises() or name in more:
                    stack.enter_context(pool)
                    result = results[name] = pool.grade(name, suite)
                    if result.trouble is None:
                        cache.put(name, suite, result.report)
        at = course.get_existing_timestamp(folder)
        submitted = None if at is None else at.isoformat()
        mark(
            nb,
            results,
            learner=names["student"],
            submitted=submitted,
            private={name: results[key] for name, key in hidden.items() if key in results},
            weight=0.0 if private is None else private.weight,
            told=private is not None and private.told,
        )
        for sentence in refused(nb):
            self.log.warning("%s: %s", names["student"], sentence)
        return nb, resources


# ------------------------------------------------------------------ intake


def take_care() -> None:
    """Make nbgrader's Autograde, of the command and of formgrader, read what intake lets through.

    It opens notebooks, follows links and copies whatever lies beside them before its first
    preprocessor is asked, and has no setting for that. So it is shown a folder in which there are
    only the answers, written by us.
    """
    if Autograde.start is not _start:
        Autograde.start = _start
        Autograde._input_directory = property(_input_directory)


_stock_start = Autograde.start
_stock_input_directory = Autograde._input_directory.fget


def _start(self: Any) -> None:
    course = self.coursedir
    submitted = Path(course.root, course.submitted_directory)
    source = Path(course.format_path(course.source_directory, ".", course.assignment_id))
    lessons = {path.stem: path for path in source.glob("*.ipynb")}
    given = originals(
        lambda name: release(read_notebook(lessons[name])).cells if name in lessons else None
    )
    try:
        step: Any = GradeSuites
        choose(step(parent=self).sandbox)  # a missing wall is said once, not for each
        try_to_open(course.db_url)
        taken, refusals = take_in(submitted, course.assignment_id, lessons, given)
    except CourseError as error:
        self.log.error("%s", error)
        raise NbGraderException(str(error)) from None
    taken = [one for one in taken if fnmatchcase(one.learner, course.student_id)]
    refusals = [one for one in refusals if fnmatchcase(one.learner, course.student_id)]
    for refusal in refusals:
        self.log.error("%s is refused: %s", refusal.learner, refusal.reason)
    home = Path(course.root, FOLDER.parts[0])
    home.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="intake-", dir=home) as folder:
        for one in taken:
            _write_clean(one, Path(folder, one.learner, course.assignment_id))
        self._taken_in = os.path.relpath(folder, course.root)
        if taken or not refusals:  # it fails where there is nothing
            _stock_start(self)
    if refusals:
        raise NbGraderException(
            f"{len(refusals)} refused: {refusals[0].learner}, {refusals[0].reason}"
        )


def _input_directory(self: Any) -> str:
    step: str = self._taken_in if self._sanitizing else _stock_input_directory(self)
    return step


def _write_clean(submission: Submission, folder: Path) -> None:
    """A submission with nothing in it but its answers, and what intake says of them."""
    folder.mkdir(parents=True)
    for lesson, answers in submission.answers.items():
        cells = [
            nbformat.v4.new_code_cell(
                found.suite,
                metadata={
                    "nbgrader": {"solution": True, "grade_id": exercise_id},
                    "grader": {"problem": found.problem},
                },
            )
            for exercise_id, found in answers.items()
        ]
        nb = nbformat.v4.new_notebook(cells=cells)
        (folder / f"{lesson}.ipynb").write_text(nbformat.writes(nb), encoding="utf-8")
    for name, note in submission.notes().items():
        (folder / name).write_bytes(note)


def _taken(nb: NotebookNode) -> Answers:
    """What `_write_clean` has written."""
    return {
        cell.metadata.nbgrader.grade_id: Found(cell.source, cell.metadata.grader.problem)
        for cell in nb.cells
    }
