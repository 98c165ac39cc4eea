"""Executes runs in this interpreter itself: in a browser, on Windows, where nothing can be forked.

There are no walls. What a suite breaks, it breaks for the kernel that it was written in.
"""

import threading
from collections.abc import Callable, Iterable

from grader.runner.inside import Inside
from grader.runner.isolation import Wall
from grader.runner.protocol import Answer, Request
from grader.sandbox.launch import Place
from grader.sandbox.worker import MODULES, PACKAGES


class Interpreter:
    """Stands where a `Worker` does, with the same answers.

    Safe to use from several threads, one evaluation at a time.
    """

    wall: Wall = "none"
    children = 1

    def __init__(self) -> None:
        self._inside: Inside | None = None
        self._place = Place()
        self._lock = threading.RLock()

    def __enter__(self) -> "Interpreter":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Nothing is done in the background: the first run gets ready."""

    def close(self) -> None:
        """Give back what runs have shared."""
        with self._lock:
            inside, self._inside = self._inside, None
            if inside is not None:
                inside.close()
                self._place.close()

    def run(
        self,
        requests: Iterable[Request],
        progress: Callable[[int], None] = lambda done: None,
    ) -> list[Answer]:
        """Execute requests, one after the other; `progress` is told how many are done.

        Raises `KeyboardInterrupt` where a person interrupts it.
        """
        with self._lock:
            if self._inside is None:
                self._place = Place(in_memory=True)
                self._inside = Inside(self._place.path, PACKAGES, MODULES)
            answers = []
            with self._inside.ready() as execute:
                for request in requests:
                    answers.append(execute(request))
                    progress(len(answers))
            return answers
