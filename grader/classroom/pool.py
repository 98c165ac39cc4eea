"""A pool of warm workers that grades many suites at once."""

import os
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from grader.bank import exercises
from grader.classroom.autograded import Result
from grader.engine.evaluate import evaluate
from grader.errors import CourseError, Stopped, WorkerLost
from grader.report import Report
from grader.runner.protocol import Answer, Request
from grader.sandbox.launch import Choice
from grader.sandbox.worker import Worker

Answered = tuple[str, str]
"""An exercise's id, and the text of the cell that answers it."""

Progress = Callable[[int, int], None]
"""Is told how many answers are graded, and how many there are to grade."""


def quietly(done: int, total: int) -> None:
    """A `Progress` that tells nobody."""


class WorkerPool:
    """Warm workers, one for each of `jobs` threads; each runs `children` processes at once.

    The first warms up when the pool is entered, all are closed when it is left. Raises `NoWalls`
    where `sandbox` asks for walls and none works.
    """

    def __init__(
        self, sandbox: Choice, *, jobs: int | None = None, children: int | None = 1
    ) -> None:
        self._sandbox = sandbox
        self._children = children
        self._threads = ThreadPoolExecutor(jobs or os.cpu_count() or 1)
        self._of_this_thread = threading.local()
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        """Set when nothing more is to be graded."""
        self.turn = threading.RLock()
        """Held by whoever reads code: CPython 3.11 counts the depth of a syntax tree for all
        threads together, and fails when two are built at once. Nothing is lost with it, as only one
        thread has the interpreter anyway; who waits for a worker lets the others have their turn.
        """
        self._all = [_PoolWorker(self, children, sandbox)]
        self._idle = [*self._all]
        self.wall = self._all[0].wall

    def __enter__(self) -> "WorkerPool":
        self._all[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            for worker in self._all:
                worker.close()
        self._threads.shutdown()

    def grade(self, exercise_id: str, suite: str) -> Result:
        """Grade one answer in this thread. Nothing is raised for what a learner wrote."""
        worker, exercise, trouble = self._mine(), exercises()[exercise_id], None
        worker.lost = False
        with self.turn:
            try:
                report = evaluate(suite, exercise, worker)
            except (CourseError, OSError, Stopped):
                raise
            except Exception as error:  # one answer that we cannot grade stops no class
                trouble = f"{type(error).__name__}: {error}"
                reason = f"Grading failed ({trouble})."
                report = Report(exercise.id, "error", reason, exercise.points)
        if worker.lost:
            trouble = "the process that runs tests was lost"
        return Result(report, trouble)

    def grade_all(
        self, answers: Iterable[Answered], progress: Progress = quietly
    ) -> Generator[tuple[Answered, Result], None, None]:
        """The results in the order in which they come; close it to stop before the end."""
        futures: dict[Future[Result], Answered] = {
            self._threads.submit(self.grade, *answer): answer for answer in answers
        }
        try:
            for done, future in enumerate(as_completed(list(futures)), start=1):
                yield futures.pop(future), future.result()
                progress(done, done + len(futures))
        except BaseException:
            self.stopping.set()
            self._threads.shutdown(wait=False, cancel_futures=True)
            raise

    def _mine(self) -> "_PoolWorker":
        """This thread's worker."""
        worker: _PoolWorker | None = getattr(self._of_this_thread, "worker", None)
        if worker is None:
            with self._lock:
                if self._idle:
                    worker = self._idle.pop()
                else:
                    worker = _PoolWorker(self, self._children, self._sandbox)
                    self._all.append(worker)
            worker.start()
            self._of_this_thread.worker = worker
        return worker


class _PoolWorker(Worker):
    """A worker that can be told to stop between two batches, and that remembers a loss."""

    def __init__(self, pool: WorkerPool, children: int | None, sandbox: Choice) -> None:
        super().__init__(children, sandbox)
        self._pool = pool
        self.lost = False

    def run(
        self,
        requests: Iterable[Request],
        progress: Callable[[int], None] = lambda done: None,
    ) -> list[Answer]:
        """As `Worker.run`, while others have their turn. Raises `Stopped` when they must stop."""
        if self._pool.stopping.is_set():
            raise Stopped
        made = list(requests)
        self._pool.turn.release()
        try:
            return super().run(made, progress)
        except WorkerLost:
            self.lost = True
            raise
        finally:
            self._pool.turn.acquire()
