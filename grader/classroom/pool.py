"""Grades many suites at once: `Pool`, and `WorkerPool`, which does it with threads here."""

import signal
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import Self, TypeVar

from grader.bank import exercises
from grader.engine.evaluate import evaluate
from grader.errors import CourseError, Stopped, WorkerLost
from grader.exercise import Exercise
from grader.report import Report
from grader.runner.isolation import Wall
from grader.runner.patience import processors
from grader.runner.protocol import Answer, Request
from grader.sandbox.launch import Choice
from grader.sandbox.worker import Worker

Answered = tuple[str, str]
"""An exercise's id, and the text of the cell that answers it."""

_Item = TypeVar("_Item")

Progress = Callable[[int, int], None]
"""Is told how many answers are graded, and how many there are to grade."""


def quietly(done: int, total: int) -> None:
    """A `Progress` that tells nobody."""


@dataclass(frozen=True)
class Result:
    """The report on one answer. `trouble` says what went wrong that need not be the answer's fault.

    What has a trouble is not kept, and graded again next time.
    """

    report: Report
    trouble: str | None = None


def failed(exercise_id: str, trouble: str) -> Result:
    """The result of an answer that could not be graded, for no fault of its own."""
    reason = f"Grading failed ({trouble})."
    report = Report(exercise_id, "error", reason, exercises()[exercise_id].points)
    return Result(report, trouble)


BEAT = 0.5
"""Seconds after which a pool looks at its workers, though no result has come."""


class Pool(ABC):
    """Grades many suites at once, wherever its workers are. `wall` is the kind around each."""

    wall: Wall

    def __init__(self) -> None:
        self.stopping = threading.Event()
        """Set when nothing more is to be graded."""
        self.turn = threading.RLock()
        """Held by whoever reads code: CPython 3.11 counts the depth of a syntax tree for all
        threads together, and fails when two are built at once. Nothing is lost with it, as only one
        thread has the interpreter anyway; who waits for a worker lets the others have their turn.
        """
        self._interrupted = False

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(self, *_: object) -> None: ...

    @abstractmethod
    def submit(self, answer: Answered) -> Future[Result]:
        """Have one answer graded. The future fails only where the whole class cannot go on."""

    @abstractmethod
    def room(self) -> int:
        """How many answers may be under way now, to keep every worker busy."""

    def remarks(self) -> tuple[str, ...]:
        """What an instructor should know of the workers, a sentence each."""
        return ()

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Remember Ctrl-C, for `heed`: in a callback of Python's its exception would be lost.

        A person who does not wait, and presses it once more, has the exception at once. Where it is
        ignored, as by a job in the background, it stays so.
        """
        usual = signal.getsignal(signal.SIGINT)
        elsewhere = threading.current_thread() is not threading.main_thread()
        if elsewhere or usual in (None, signal.SIG_IGN):  # None: not a handler of Python's
            yield
            return

        def interrupt(*_: object) -> None:
            again, self._interrupted = self._interrupted, True
            if again:
                raise KeyboardInterrupt

        signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, usual)

    def heed(self) -> None:
        """Raise `KeyboardInterrupt` if a person has interrupted: between two steps of ours."""
        if self._interrupted:
            raise KeyboardInterrupt

    def grade_all(
        self, answers: Iterable[Answered], progress: Progress = quietly
    ) -> Generator[tuple[Answered, Result], None, None]:
        """The results in the order in which they come; close it to stop before the end.

        Few answers are handed out at a time: a class may be too large to be under way at once.
        """
        left = deque(answers)
        done, total = 0, len(left)
        under_way: dict[Future[Result], Answered] = {}
        finished: SimpleQueue[Future[Result]] = SimpleQueue()
        try:
            while left or under_way:
                self.heed()
                for _ in range(min(len(left), self.room() - len(under_way))):
                    answer = left.popleft()
                    future = self.submit(answer)
                    under_way[future] = answer
                    future.add_done_callback(finished.put)
                try:
                    future = finished.get(timeout=BEAT)
                except Empty:
                    continue
                yield under_way.pop(future), future.result()
                done += 1
                progress(done, total)
        except BaseException:
            self.stopping.set()
            raise


def heeding(items: Iterable[_Item], pool: Pool) -> Iterator[_Item]:
    """The same items; before each, `pool.heed` is asked."""
    for item in items:
        pool.heed()
        yield item


class WorkerPool(Pool):
    """Warm workers, one for each of `jobs` threads; each runs `children` processes at once.

    The first warms up when the pool is entered, all are closed when it is left. Raises `NoWalls`
    where `sandbox` asks for walls and none works. `more` are exercises besides the bank's.
    """

    def __init__(
        self,
        sandbox: Choice | Wall,
        *,
        jobs: int | None = None,
        children: int | None = 1,
        more: Mapping[str, Exercise] | None = None,
    ) -> None:
        super().__init__()
        self._exercises = {**exercises(), **(more or {})}
        self._sandbox = sandbox
        self._children = children
        self._jobs = jobs or processors()
        self._threads = ThreadPoolExecutor(self._jobs)
        self._of_this_thread = threading.local()
        self._lock = threading.Lock()
        self._all = [_PoolWorker(self, children, sandbox)]
        self._idle = [*self._all]
        self.wall = self._all[0].wall

    def __enter__(self) -> Self:
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
        worker = self._mine()
        worker.lost = False
        with self.turn:
            try:
                result = Result(evaluate(suite, self._exercises[exercise_id], worker))
            except (CourseError, OSError, Stopped):
                raise
            except Exception as error:  # one answer that we cannot grade stops no class
                result = failed(self._exercises[exercise_id].id, f"{type(error).__name__}: {error}")
        if worker.lost:
            return replace(result, trouble="the process that runs tests was lost")
        return result

    def submit(self, answer: Answered) -> Future[Result]:
        """Have one answer graded by the next thread that is free."""
        return self._threads.submit(self.grade, *answer)

    def room(self) -> int:
        """One for each thread, and the next one."""
        return 2 * self._jobs

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

    def __init__(self, pool: WorkerPool, children: int | None, sandbox: Choice | Wall) -> None:
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
