"""Grades many suites at once, behind the one interface of `concurrent.futures`."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from typing import Any, Literal

from grader.bank import exercises
from grader.graded import Result, graded
from grader.worker import Worker, WorkerLost

Sandbox = Literal["auto", "on", "off"]
Suite = tuple[str, str]
"""An exercise's id, and the text of its cell."""

Progress = Callable[[int, int], None]
"""Is told how many suites are graded, and how many there are to grade."""


def quietly(done: int, total: int) -> None:
    """A `Progress` that tells nobody."""


class Stopped(Exception):
    """The class is no longer graded, because something else went wrong."""


class ClassWorker(Worker):
    """A worker that can be told to stop between two batches, and that remembers a loss."""

    lost = False

    def run(
        self,
        requests: Iterable[Mapping[str, Any]],
        progress: Callable[[int], None] = lambda done: None,
    ) -> list[dict[str, Any]]:
        """As `Worker.run`. Raises `Stopped` when the crew has been stopped."""
        if _stopping.is_set():
            raise Stopped
        try:
            return super().run(requests, progress)
        except WorkerLost:
            self.lost = True
            raise


def new_worker(sandbox: Sandbox) -> ClassWorker:
    """A worker for one thread. Raises `CourseError` where no wall works and one is asked for."""
    return ClassWorker(children=1)


def wall(worker: Worker) -> str:
    """What stands around a worker."""
    return str(getattr(worker, "wall", "none"))


_of_this_thread = threading.local()
_stopping = threading.Event()
_lock = threading.Lock()
_all: list[ClassWorker] = []
_idle: list[ClassWorker] = []


@contextlib.contextmanager
def crew(sandbox: Sandbox) -> Iterator[ClassWorker]:
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


def _start(sandbox: Sandbox) -> ClassWorker:
    worker = new_worker(sandbox)
    with _lock:
        _all.append(worker)
    worker.start()
    return worker


def _mine(sandbox: Sandbox) -> ClassWorker:
    """This thread's worker."""
    worker: ClassWorker | None = getattr(_of_this_thread, "worker", None)
    if worker is None:
        with _lock:
            worker = _idle.pop() if _idle else None
        worker = _of_this_thread.worker = worker or _start(sandbox)
    return worker


def grade_suite(sandbox: Sandbox, exercise_id: str, suite: str) -> Result:
    """One job: plain data in, plain data out, in whatever thread or process an executor has.

    `lost` in the result says that the worker was lost, which need not be the suite's fault.
    """
    worker = _mine(sandbox)
    worker.lost = False
    return {**graded(suite, exercises()[exercise_id], worker), "lost": worker.lost}


@dataclass(frozen=True)
class Runner:
    """Grades suites in a pool."""

    pool: Executor
    sandbox: Sandbox

    def run(
        self, suites: Iterable[Suite], progress: Progress = quietly
    ) -> Iterator[tuple[Suite, Result]]:
        """The results in the order in which they come."""
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
