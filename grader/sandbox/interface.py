"""What executes runs, whichever way: the one thing that the engine knows of it."""

from collections.abc import Callable, Iterable
from typing import Protocol

from grader.runner.isolation import Wall
from grader.runner.protocol import Answer, Request


class Worker(Protocol):
    """Executes requests for as long as it is open.

    `wall` is the kind of wall around it, and `children` how many runs it executes at once.
    """

    wall: Wall
    children: int

    def __enter__(self) -> "Worker": ...

    def __exit__(self, *_: object) -> None: ...

    def start(self) -> None:
        """Get ready, if it is not; returns at once."""

    def close(self) -> None:
        """End it, and everything it runs."""

    def run(
        self, requests: Iterable[Request], progress: Callable[[int], None] = ...
    ) -> list[Answer]:
        """Execute requests; the answers in their order. `progress` is told how many are done.

        Raises `WorkerLost` where nothing can be executed.
        """
