"""Grades many suites at once, behind the one interface of `concurrent.futures`."""

import contextlib
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from typing import Any

from grader.bank import exercises
from grader.classroom.autograded import Result
from grader.engine.evaluate import evaluate
from grader.errors import CourseError, Stopped, WorkerLost
from grader.report import Report
from grader.sandbox.launch import Choice
from grader.sandbox.worker import Worker

Suite = tuple[str, str]
"""An exercise's id, and the text of its cell."""

Progress = Callable[[int, int], None]
"""Is told how many suites are graded, and how many there are to grade."""


def quietly(done: int, total: int) -> None:
    """A `Progress` that tells nobody."""


turn = threading.RLock()
"""Held by whoever reads code: CPython 3.11 counts the depth of a syntax tree for all threads
together, and fails when two are built at once. Nothing is lost with it, as only one thread has the
interpreter anyway; who waits for a worker lets the others have their turn."""


class ClassWorker(Worker):
    """A worker that can be told to stop between two batches, and that remembers a loss."""

    lost = False

    def run(
        self,
        requests: Iterable[Mapping[str, Any]],
        progress: Callable[[int], None] = lambda done: None,
    ) -> list[dict[str, Any]]:
        """As `Worker.run`, while others have their turn. Raises `Stopped` when they must stop."""
        if _stopping.is_set():
            raise Stopped
        made = list(requests)
        turn.release()
        try:
            return super().run(made, progress)
        except WorkerLost:
            self.lost = True
            raise
        finally:
            turn.acquire()


_of_this_thread = threading.local()
_stopping = threading.Event()
_lock = threading.Lock()
_all: list[ClassWorker] = []
_idle: list[ClassWorker] = []


@contextlib.contextmanager
def crew(sandbox: Choice) -> Iterator[ClassWorker]:
    """The workers of all threads, closed together in the end; the first, which warms up already."""
    _stopping.clear()
    try:
        worker = _start(sandbox)
        with _lock:
            _idle.append(worker)
        yield worker
    finally:
        _stopping.set()
        with _lock:
            for worker in _all:
                worker.close()
            _all.clear()
            _idle.clear()


def _start(sandbox: Choice) -> ClassWorker:
    worker = ClassWorker(1, sandbox)
    with _lock:
        _all.append(worker)
    worker.start()
    return worker


def _mine(sandbox: Choice) -> ClassWorker:
    """This thread's worker."""
    worker: ClassWorker | None = getattr(_of_this_thread, "worker", None)
    if worker is None:
        with _lock:
            worker = _idle.pop() if _idle else None
        worker = _of_this_thread.worker = worker or _start(sandbox)
    return worker


def grade_suite(sandbox: Choice, exercise_id: str, suite: str) -> Result:
    """One job: values in, a value out, in whatever thread or process an executor has."""
    return grade_with(_mine(sandbox), exercise_id, suite)


def grade_with(worker: ClassWorker, exercise_id: str, suite: str) -> Result:
    """`grade_suite` with a worker of one's own."""
    exercise, trouble = exercises()[exercise_id], None
    worker.lost = False
    with turn:
        try:
            report = evaluate(suite, exercise, worker)
        except (CourseError, OSError, Stopped):
            raise
        except Exception as error:  # one answer that we cannot grade stops no class
            trouble = f"{type(error).__name__}: {error}"
            report = Report(exercise.id, "error", f"Grading failed ({trouble}).", exercise.points)
    if worker.lost:
        trouble = "the process that runs tests was lost"
    return Result(report, trouble)


@dataclass(frozen=True)
class Runner:
    """Grades suites in a pool."""

    pool: Executor
    sandbox: Choice

    def run(
        self, suites: Iterable[Suite], progress: Progress = quietly
    ) -> Generator[tuple[Suite, Result], None, None]:
        """The results in the order in which they come; close it to stop before the end."""
        futures: dict[Future[Result], Suite] = {
            self.pool.submit(grade_suite, self.sandbox, *suite): suite for suite in suites
        }
        try:
            for done, future in enumerate(as_completed(list(futures)), start=1):
                yield futures.pop(future), future.result()
                progress(done, done + len(futures))
        except BaseException:
            _stopping.set()
            self.pool.shutdown(wait=False, cancel_futures=True)
            raise
