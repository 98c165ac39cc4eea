"""Starts the process that runs tests, and talks to it: lines of JSON out, lines of JSON back."""

import contextlib
import os
import selectors
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import IO

from grader.errors import WorkerLost
from grader.runner.isolation import NO_WALLS, Wall
from grader.runner.patience import LONGEST, processors
from grader.runner.protocol import Answer, Due, Next, Request, from_line, to_line
from grader.sandbox.launch import Choice, Place, choose, launch

MODULES = (
    *("vespera_scriptorium", "unittest.mock", "hypothesis"),
    # what a suite with a database needs: half a second, if every run had to import it
    *("sqlalchemy.ext.asyncio", "aiosqlite", "vespera_scriptorium.infrastructure.sql"),
)
"""What the warm process imports, because suites do."""

PACKAGES = ("vespera_scriptorium",)
"""What suites are about."""

WARM_UP = """

async def test_with_a_database(tmp_path):
    from vespera_scriptorium import AsyncDatabaseManager, SqlTaskRepository, Task

    database = AsyncDatabaseManager(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    repository = SqlTaskRepository(database)
    task = Task(id=await repository.next_id(), title="a")
    await repository.add(task)
    await repository.save(task)
    assert await repository.get(task.id) == task
    assert await repository.count() == 1
    await database.stop()
"""
"""What the warm process does once, because SQLAlchemy would do it once in every run."""

PATIENCE = 30.0
"""Seconds without any answer after which the process counts as lost, above a run's own limit."""


class Worker:
    """A warm process that forks a child for every run, kept for as long as it is useful.

    Safe to use from several threads, one evaluation at a time. `start` returns at once; the
    process warms up in the background. `wall` is the kind of wall around it. Raises `NoWalls`
    where `sandbox` is "on", or names a wall, and none works.
    """

    def __init__(self, children: int | None = None, sandbox: Choice | Wall = "off") -> None:
        self.wall = choose(sandbox)
        self.children = children or processors()
        """How many runs it executes at once."""

        self._process: subprocess.Popen[bytes] | None = None
        self._place: Place | None = None
        self._needed = False
        """Whether the process has been asked for anything."""

        self._lock = threading.RLock()

    def __enter__(self) -> "Worker":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process if it does not run."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            self.close()
            # behind Landlock alone, what a suite writes is limited by the disk, and by nothing else
            self._place = Place(in_memory=self.wall == "none")
            # behind a wall a run can read none of the application's files: all is imported before
            packages = () if self.wall == "none" else PACKAGES
            order = {
                "children": self.children,
                "modules": MODULES,
                "packages": packages,
                "warm_up": WARM_UP,
            }
            self._needed = False
            self._process = launch(self.wall, self._place, "grader.runner", order)

    def close(self) -> None:
        """End the process and everything it runs."""
        with self._lock:
            process, self._process = self._process, None
            if process is not None:
                source, target = _pipes(process)
                with contextlib.suppress(OSError):
                    target.close()
                if not self._needed:  # it may still warm up, and would only see the end then
                    process.kill()
                try:
                    process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                source.close()
            if self._place is not None:
                self._place.close()

    def run(
        self,
        requests: Iterable[Request],
        progress: Callable[[int], None] = lambda done: None,
    ) -> list[Answer]:
        """Execute requests, as many at a time as there are cores; answers in their order.

        `progress` is told how many are done. Raises `WorkerLost` when the process dies twice.
        """
        numbered = [replace(request, id=number) for number, request in enumerate(requests)]
        with self._lock:
            try:
                return self._exchange(numbered, progress)
            except WorkerLost:
                self.close()
                return self._exchange(numbered, progress)
            except BaseException:  # interrupted half-way: what comes back is not for the next run
                self.close()
                raise

    def _exchange(
        self, requests: Sequence[Request], progress: Callable[[int], None]
    ) -> list[Answer]:
        self.start()
        if not requests:
            return []
        assert self._process is not None
        self._needed = True
        patience = PATIENCE + LONGEST * max(request.limit for request in requests)
        waiting = deque(requests)
        later = {request.id: deque(request.later) for request in requests}
        unsent = b""
        answers: dict[int, Answer] = {}
        unread, heard = b"", time.monotonic()
        source, target = (pipe.fileno() for pipe in _pipes(self._process))
        os.set_blocking(target, False)
        with selectors.DefaultSelector() as selector:
            selector.register(source, selectors.EVENT_READ)
            while len(answers) < len(requests):
                # no more than can run: what waits there could be read by what runs there
                while waiting and len(requests) - len(waiting) - len(answers) < self.children:
                    request = waiting.popleft()
                    unsent += to_line(replace(request, later=((),) * len(request.later)))
                if unsent and target not in selector.get_map():
                    selector.register(target, selectors.EVENT_WRITE)
                for key, _ in selector.select(timeout=0.1):
                    try:
                        if key.fd == target:
                            unsent = unsent[os.write(target, unsent) :]
                            if not unsent:
                                selector.unregister(target)
                            continue
                        chunk = os.read(source, 1 << 20)
                    except BrokenPipeError:
                        chunk = b""
                    if not chunk:
                        raise WorkerLost("the process that runs tests ended; run the cell again")
                    heard = time.monotonic()
                    *lines, unread = (unread + chunk).split(b"\n")
                    for line in lines:
                        answer = from_line(line)
                        if isinstance(answer, Due):
                            patches = later[answer.due].popleft()
                            unsent += to_line(Next(answer.due, patches))
                            continue
                        assert isinstance(answer, Answer)
                        if answer.status == NO_WALLS and not answer.records:
                            raise WorkerLost("the walls of a run could not be built; try again")
                        answers[answer.id] = answer
                        progress(len(answers))
                if time.monotonic() - heard > patience:
                    raise WorkerLost("the process that runs tests fell silent; run the cell again")
        return [answers[number] for number in range(len(requests))]


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """The two pipes of a worker: for its answers, and for its requests."""
    assert process.stdout is not None
    assert process.stdin is not None
    return process.stdout, process.stdin
