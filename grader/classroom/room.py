"""A part of a course while it is graded: which suites are left, what is written of whom.

Everything is done in an order that survives a kill at any moment: a suite's result goes to the
cache, then a learner's notebooks are written, then the gradebook in one transaction, then the
feedback.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.classroom.autograded import answered, mark, rebuild, refused
from grader.classroom.cache import FOLDER, Cache
from grader.classroom.feedback import INDEX, is_of, write_feedback
from grader.classroom.intake import NOTES, Submission
from grader.classroom.pool import Answered, Pool, Progress, Result
from grader.classroom.privately import Private
from grader.classroom.summary import Row
from grader.course.notebooks import exercise_cells
from grader.errors import CourseError
from grader.files import write

STALE = "{}: the points by hand stand, and the answer has changed since: look at it again."

READ_ONLY = 0o444
"""nbgrader's mode for what it has graded."""


class Room:
    """A part of a course, while it is graded."""

    def __init__(
        self,
        course: Any,
        part: str,
        sources: Mapping[str, NotebookNode],
        released: Mapping[str, NotebookNode],
        cache: Cache,
        book: Any,
        pool: Pool,
        private: Private | None = None,
    ) -> None:
        self._private = private
        self._course = course
        self._part = part
        self._sources = sources
        self._released = released
        self._asked = {lesson: answered(nb) for lesson, nb in released.items()}
        self._cache = cache
        self._book = book
        self._pool = pool
        self._graded = 0
        self._calibrated: set[str] = set()

    def grade(self, submissions: list[Submission], progress: Progress) -> Iterator[Row]:
        """Yield a row for each submission, as soon as its suites are graded."""
        before = self._graded

        def told(done: int, total: int) -> None:
            self._graded = before + done
            progress(before + done, before + total)

        uses = Counter(suite for one in submissions for suite in self._suites(one))
        todo = [suite for suite in uses if self._cache.get(*suite) is None]
        calibrated = self._calibrate({exercise_id for exercise_id, _ in todo})
        todo = [suite for suite in todo if suite not in calibrated]
        missing: dict[Answered, list[Submission]] = {suite: [] for suite in todo}
        unfinished: dict[str, set[Answered]] = {}
        results: dict[Answered, Result] = {}
        for one in submissions:
            mine = unfinished[one.learner] = {s for s in self._suites(one) if s in missing}
            for suite in mine:
                missing[suite].append(one)
            if not mine:
                yield self._write(one, results)
        with contextlib.closing(self._pool.grade_all(todo, told)) as coming:
            for suite, result in coming:
                if result.trouble is None:
                    self._cache.put(*suite, result.report)
                results[suite] = result
                for one in missing[suite]:
                    unfinished[one.learner].discard(suite)
                    if not unfinished[one.learner]:
                        yield self._write(one, results)
                        uses.subtract(self._suites(one))
                for done in [suite for suite in results if not uses[suite]]:
                    del results[done]  # or a class of thousands would fill the memory
        self._pool.heed()

    def _suites(self, submission: Submission) -> list[Answered]:
        """The answers to be graded; doubtful ones are left out."""
        return [
            (key, answers[exercise_id].suite)
            for lesson, answers in submission.answers.items()
            for exercise_id in self._asked[lesson]
            if exercise_id in answers and answers[exercise_id].problem is None
            for key in self._keys(exercise_id)
        ]

    def _keys(self, exercise_id: str) -> list[str]:
        """The names under which an answer is graded: the exercise's, and the private bank's."""
        private = None if self._private is None else self._private.key(exercise_id)
        return [exercise_id] if private is None else [exercise_id, private]

    def _calibrate(self, chosen: set[str]) -> set[Answered]:
        """Grade the published solutions. Raises `CourseError` unless all have full marks.

        Always anew, once: what the cache holds says nothing of today's machine. Returned are those
        that are in the cache now, for whoever has handed one in.
        """
        solutions = [
            (key, self._solution(exercise_id, text) if key != exercise_id else text)
            for nb in self._sources.values()
            for exercise_id, text in exercise_cells(nb).items()
            for key in self._keys(exercise_id)
            if key in chosen - self._calibrated
        ]
        calibrated: set[Answered] = set()
        with contextlib.closing(self._pool.grade_all(solutions)) as coming:
            for (exercise_id, text), result in coming:
                report = result.report
                if result.trouble is not None:
                    raise CourseError(
                        f"the solution of {report.exercise} was not graded ({result.trouble}): run "
                        "the command again; what is graded so far is kept."
                    )
                if not report.full:
                    nothing = "nothing more" if self._calibrated else "nothing"
                    bank = "" if exercise_id == report.exercise else f" --bank {self._folder}"
                    raise CourseError(
                        f"{nothing} is graded, because the solution of {report.exercise} scores "
                        f"{report.score:g} of {report.points:g} points here: "
                        f"see what `grader verify {report.exercise}{bank}` says."
                    )
                self._cache.put(exercise_id, text, report)
                calibrated.add((exercise_id, text))
        self._calibrated |= chosen
        return calibrated

    @property
    def _folder(self) -> Path:
        assert self._private is not None
        return self._private.bank.folder

    def _solution(self, exercise_id: str, published: str) -> str:
        """The suite that must kill all private mutants."""
        assert self._private is not None
        return self._private.bank.solution(exercise_id, published)

    def _result(self, suite: Answered, results: Mapping[Answered, Result]) -> Result:
        if suite in results:
            return results[suite]
        report = self._cache.get(*suite)
        if report is None:
            raise CourseError(
                f"{FOLDER} was emptied meanwhile: run the command again, nothing is lost."
            )
        return Result(report)

    def _write(self, submission: Submission, results: Mapping[Answered, Result]) -> Row:
        """One learner's notebooks, gradebook and feedback, as far as they are not there yet."""
        self._pool.heed()
        learner, submitted = submission.learner, submission.submitted
        mine = {suite[0]: self._result(suite, results) for suite in self._suites(submission)}
        notebooks = {
            lesson: rebuild(self._released[lesson], answers)
            for lesson, answers in submission.answers.items()
        }
        private, weight, told_of_it = {}, 0.0, False
        if self._private is not None:
            keys = self._private.bank.keys
            private = {name: mine[key] for name, key in keys.items() if key in mine}
            weight, told_of_it = self._private.weight, self._private.told
        scores = {
            lesson: mark(
                nb,
                mine,
                learner=learner,
                submitted=submitted,
                private=private,
                weight=weight,
                told=told_of_it,
            )
            for lesson, nb in notebooks.items()
        }
        changed = self._write_notebooks(submission, notebooks)
        changed |= self._book.record(learner, submitted, notebooks, scores)
        with self._pool.turn:
            told = self._book.told(learner)
        changed |= self._write_feedback(learner, notebooks, told)
        problems = [
            sentence if name in sentence else f"{name}: {sentence}"
            for name, nb in ((f"{lesson}.ipynb", nb) for lesson, nb in notebooks.items())
            for sentence in refused(nb)
        ]
        problems += [
            f"{lesson}.ipynb is missing, so {', '.join(self._asked[lesson])} "
            f"earn{'s' if len(self._asked[lesson]) == 1 else ''} nothing: ask for it."
            for lesson in self._released
            if lesson not in notebooks and self._asked[lesson]
        ]
        problems += submission.remarks
        problems += [STALE.format(name) for name in told.stale]
        return self._row(learner, told, mine, problems, changed=changed)

    def _row(
        self,
        learner: str,
        told: Any,
        results: Mapping[str, Result],
        problems: list[str],
        *,
        changed: bool,
    ) -> Row:
        points = {
            cell.metadata.nbgrader.grade_id.removesuffix("-score"): float(
                cell.metadata.nbgrader.points
            )
            for nb in self._released.values()
            for cell in nb.cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        }
        trouble = ", ".join(f"{name} ({r.trouble})" for name, r in results.items() if r.trouble)
        if trouble:
            again = f"Not everything could be graded, run the command again: {trouble}."
            problems = [*problems, again]
        return Row(
            learner,
            "graded" if changed else "unchanged",
            round(told.total, 2),
            sum(points.values()),
            {name: told.scores.get(name, 0.0) for name in points},
            " ".join(dict.fromkeys(problems)) or None,
            round(told.tests, 2),
            round(told.by_hand, 2),
            round(told.extra_credit, 2),
            round(told.penalty, 2),
        )

    def _write_notebooks(
        self, submission: Submission, notebooks: Mapping[str, NotebookNode]
    ) -> bool:
        learner = submission.learner
        folder = self._course.autograded / learner / self._part
        files = {f"{lesson}.ipynb": _bytes(nb) for lesson, nb in notebooks.items()}
        files |= submission.notes()
        gone = {*NOTES, *(f"{lesson}.ipynb" for lesson in self._sources)} - set(files)
        changes = {name for name, content in files.items() if _content(folder / name) != content}
        changes |= {name for name in gone if (folder / name).exists()}
        if not changes:
            return False
        for name in (*self._sources, Path(INDEX).stem):  # first, so that no earlier page is left
            self._page(learner, name).unlink(missing_ok=True)
        for name in sorted(changes):
            if name in files:
                write(folder / name, files[name], READ_ONLY, suffix="unfinished")
            else:
                (folder / name).unlink()
        return True

    def _write_feedback(
        self, learner: str, notebooks: Mapping[str, NotebookNode], told: Any
    ) -> bool:
        pages = [self._page(learner, lesson) for lesson in notebooks]
        pages.append(pages[0].with_name(INDEX))
        if all(page.exists() for page in pages) and is_of(pages[-1], told):
            return False
        for left in pages[0].parent.glob(".*"):  # by one who was killed
            if not left.is_dir():  # nor what JupyterLab has made
                left.unlink()
        with self._pool.turn:
            write_feedback(self._course.root, learner, self._part, told)
        return True

    def _page(self, learner: str, lesson: str) -> Path:
        page: Path = self._course.feedback / learner / self._part / f"{lesson}.html"
        return page


def _bytes(nb: NotebookNode) -> bytes:
    text: str = nbformat.writes(nb, version=4)
    return f"{text}\n".encode()


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
