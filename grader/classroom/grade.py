"""Grades what a class handed in for a part, and leaves it as nbgrader would.

Everything is done in an order that survives a kill at any moment: a suite's result goes to the
cache, then a learner's notebooks are written, then the gradebook in one transaction, then the
feedback. Whoever starts again finds what was done, and does the rest.
"""

import contextlib
import time
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.classroom.autograded import answered, mark, rebuild, refused
from grader.classroom.cache import FOLDER, Cache
from grader.classroom.collect import collect
from grader.classroom.feedback import write_feedback
from grader.classroom.intake import TIMESTAMP, Refusal, Submission, read_in, timestamp
from grader.classroom.pool import Answered, Pool, Progress, Result, WorkerPool, quietly
from grader.classroom.summary import Row, Summary
from grader.course.cells import originals
from grader.course.notebooks import exercise_cells, release
from grader.errors import CourseError
from grader.files import only_one, write
from grader.sandbox.launch import Choice

READ_ONLY = 0o444
"""nbgrader's mode for what it has graded."""

BLOCK = 1000
"""Submissions that are in memory at once. The workers are idle for a moment after each block."""


def grade(
    root: Path,
    part: str,
    *,
    jobs: int | None = None,
    origin: Path | None = None,
    sandbox: Choice = "on",
    cluster: str | None = None,
    progress: Progress = quietly,
) -> Summary:
    """Grade a part in the course at `root`; `origin` is an export that is sorted in before.

    `cluster` is the address of a scheduler of dask. Raises `CourseError` where nothing can be
    graded: no wall, no such part, a solution that does not score full marks, a second `grade` at
    the same time, a locked gradebook, no worker in the cluster.
    """
    begun = time.monotonic()
    with alone(root), _pool(sandbox, jobs, cluster) as pool:
        from grader.classroom.gradebook import Book, Course  # meanwhile the first worker warms up

        course = Course(root)
        sources = course.notebooks(part)
        asked = {lesson: answered(nb) for lesson, nb in sources.items()}
        released = {lesson: release(nb) for lesson, nb in sources.items()}
        given = originals(lambda lesson: released[lesson].cells if lesson in released else None)
        refusals = [] if origin is None else collect(origin, course.submitted, part, asked)
        reasons = {refusal.learner: refusal for refusal in refusals}
        coming = _coming(read_in(course.submitted, part, sources, given), course.excluded, reasons)
        block = list(islice(coming, BLOCK))
        if not block and all(one.ignored for one in reasons.values()):
            raise CourseError(f"{course.submitted} holds nothing for {part}: collect it first.")
        cache = Cache(root / FOLDER, pool.wall)
        rows: list[Row] = []
        with Book(course, part, released) as book:
            room = _Room(course, part, sources, released, cache, book, pool)
            while block:
                rows += room.grade(block, progress)
                block = list(islice(coming, BLOCK))
        rows += [
            Row(one.learner, "ignored" if one.ignored else "refused", reason=one.reason)
            for one in reasons.values()
        ]
        ordered = tuple(sorted(rows, key=lambda row: row.learner))
        seconds = round(time.monotonic() - begun, 2)
        return Summary(part, ordered, seconds, pool.wall, pool.remarks())


def _coming(
    handed_in: Iterable[Submission | Refusal],
    excluded: Container[str],
    reasons: dict[str, Refusal],
) -> Iterator[Submission]:
    """The submissions to grade; the reasons why others are not go to `reasons`."""
    for one in handed_in:
        if one.learner in excluded:
            reason = "nbgrader's configuration excludes this learner."
            reasons[one.learner] = Refusal(one.learner, reason, ignored=True)
        elif one.learner in reasons:
            continue  # what came last was refused, and says why
        elif isinstance(one, Refusal):
            reasons[one.learner] = one
        else:
            yield one


def _pool(sandbox: Choice, jobs: int | None, cluster: str | None) -> Pool:
    """Who grades: threads here, or the workers of a cluster."""
    if cluster is None:
        return WorkerPool(sandbox, jobs=jobs)
    try:
        from grader.classroom.cluster import Cluster  # dask is there only for those who want it
    except ModuleNotFoundError as error:
        raise CourseError(
            f"--cluster needs {error.name}, which is not installed: "
            "`pip install 'async-testing-patterns[cluster]'`."
        ) from None
    return Cluster(cluster, sandbox, jobs)


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """One `grader grade` at a time in a course; the lock ends with the process."""
    folder = root / FOLDER.parts[0]
    folder.mkdir(exist_ok=True)
    with only_one("grader grade", folder):
        yield


class _Room:
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
    ) -> None:
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

    def _suites(self, submission: Submission) -> list[Answered]:
        """The answers to be graded; doubtful ones are left out."""
        return [
            (exercise_id, answers[exercise_id].suite)
            for lesson, answers in submission.answers.items()
            for exercise_id in self._asked[lesson]
            if exercise_id in answers and answers[exercise_id].problem is None
        ]

    def _calibrate(self, chosen: set[str]) -> set[Answered]:
        """Grade the published solutions. Raises `CourseError` unless all have full marks.

        Always anew, once: what the cache holds says nothing of today's machine. Returned are those
        that are in the cache now, for whoever has handed one in.
        """
        solutions = [
            (exercise_id, text)
            for nb in self._sources.values()
            for exercise_id, text in exercise_cells(nb).items()
            if exercise_id in chosen - self._calibrated
        ]
        calibrated: set[Answered] = set()
        with contextlib.closing(self._pool.grade_all(solutions)) as coming:
            for (exercise_id, text), result in coming:
                report = result.report
                if not report.full:
                    nothing = "nothing more" if self._calibrated else "nothing"
                    raise CourseError(
                        f"{nothing} is graded, because the solution of {exercise_id} scores "
                        f"{report.score:g} of {report.points:g} points here: "
                        f"see what `grader verify {exercise_id}` says."
                    )
                if result.trouble is None:
                    self._cache.put(exercise_id, text, report)
                    calibrated.add((exercise_id, text))
        self._calibrated |= chosen
        return calibrated

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
        learner, submitted = submission.learner, submission.submitted
        mine = {suite[0]: self._result(suite, results) for suite in self._suites(submission)}
        notebooks = {
            lesson: rebuild(self._released[lesson], answers)
            for lesson, answers in submission.answers.items()
        }
        scores = {
            lesson: mark(nb, mine, learner=learner, submitted=submitted)
            for lesson, nb in notebooks.items()
        }
        changed = self._write_notebooks(learner, submitted, notebooks)
        changed |= self._book.record(learner, submitted, notebooks, scores)
        with self._pool.turn:
            told = self._book.told(learner)
        changed |= self._write_feedback(learner, notebooks, told)
        problems = [
            sentence if name in sentence else f"{name}: {sentence}"
            for name, nb in ((f"{lesson}.ipynb", nb) for lesson, nb in notebooks.items())
            for sentence in refused(nb)
        ]
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
            round(told.by_hand, 2),
            round(told.penalty, 2),
        )

    def _write_notebooks(
        self, learner: str, submitted: str | None, notebooks: Mapping[str, NotebookNode]
    ) -> bool:
        folder = self._course.autograded / learner / self._part
        files = {f"{lesson}.ipynb": _bytes(nb) for lesson, nb in notebooks.items()}
        if submitted is not None:
            files[TIMESTAMP] = timestamp(submitted).encode()
        gone = {TIMESTAMP, *(f"{lesson}.ipynb" for lesson in self._sources)} - set(files)
        changes = {name for name, content in files.items() if _content(folder / name) != content}
        changes |= {name for name in gone if (folder / name).exists()}
        if not changes:
            return False
        for lesson in self._sources:  # first, so that no page of an earlier answer is left behind
            self._page(learner, lesson).unlink(missing_ok=True)
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
        if all(page.exists() for page in pages):
            return False
        for left in pages[0].parent.glob(".*"):  # by one who was killed
            left.unlink()
        with self._pool.turn:
            write_feedback(self._course.root, learner, self._part, told.comments, told.scores)
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
