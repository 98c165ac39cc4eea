"""Deadlines and interrupts for tests that run in this process, in a thread of their own."""

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from grader.runner.guard import unguarded
from grader.runner.overdue import (
    HAS_THREADS,
    at_each_turn,
    clock_of,
    in_naps,
    loops_in,
    own_clock,
    raise_in,
)
from grader.runner.patience import Patience, monotonic
from grader.runner.stuck import BUSY, why_stuck


class Guard:
    """Ends a test, or a whole run of tests, that would go on for ever.

    It raises an exception in the thread that runs the tests, and wakes the event loops that may
    be asleep there. It does so inside a `Block` alone: what pytest does between two of them, such
    as giving standard output back, is never cut short.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.block: Block | None = None
        self.interrupted = False
        self.struck: tuple[FrameType | None, Any, bool] | None = None
        """What was going on when a block had taken too long: frame, loop, whether it was busy."""

    def within(self, seconds: float | None, error: type[BaseException]) -> "Block":
        """A block that may take so many seconds, or any time until an interrupt raises `error`."""
        return Block(self, seconds, error, error if seconds is None else KeyboardInterrupt)

    def finishing(self, seconds: float, error: type[BaseException]) -> "Block":
        """A block that takes place even after an interrupt, but no longer than it must."""
        return Block(self, seconds, error, error)

    def why(self, is_suite: Callable[[str], bool]) -> str | None:
        """What a block that took too long was doing; told once."""
        struck, self.struck = self.struck, None
        if struck is None:
            return None
        frame, loop, busy = struck
        return why_stuck(frame, loop, is_suite, busy=busy)

    def interrupt(self) -> None:
        """End the block, and enter no other."""
        with self.lock:
            self.interrupted = True
            if self.block is not None:
                self.block.strike(self.block.interruption)


class Block:
    """Strikes when the block takes too long, and once more each second until it ends.

    A strike may come late, when the block is about to end and even inside `__exit__`. So whoever
    enters the next block, or `leave`s, ends this one too.
    """

    def __init__(
        self,
        guard: Guard,
        seconds: float | None,
        error: type[BaseException],
        interruption: type[BaseException],
    ) -> None:
        self.interruption = interruption
        self._guard = guard
        self._seconds = seconds
        self._error = error
        self._thread = threading.get_ident()
        self._ended = threading.Event()
        self._turns = contextlib.ExitStack()

    def __enter__(self) -> None:
        with self._guard.lock:
            if self._guard.interrupted and issubclass(self.interruption, KeyboardInterrupt):
                raise KeyboardInterrupt
            self._guard.block = self
        if self._seconds is not None and HAS_THREADS:
            threading.Thread(target=self._watch, args=(self._seconds,), daemon=True).start()
        elif self._seconds is not None:
            self._patience = Patience(own_clock(), self._seconds)
            self._turns.enter_context(at_each_turn(_is_no_library, self._look))
            self._turns.enter_context(in_naps(self._thread, self._look))

    def __exit__(self, *_: object) -> None:
        try:
            self.leave()
        finally:
            self.leave()

    def leave(self) -> None:
        """No strike comes after this, except one that is already on its way."""
        with self._guard.lock:
            self._guard.block = None
        self._ended.set()
        self._turns.close()

    def strike(self, error: type[BaseException]) -> None:
        """Raise an error in the block as soon as its thread runs Python code."""
        raise_in(self._thread, error)
        for loop in loops_in(self._thread):
            with contextlib.suppress(AttributeError, RuntimeError):  # closed by now
                loop.call_soon_threadsafe(lambda: None)

    def _look(self) -> None:
        """Where there are no threads, the one that runs the tests looks at the clock itself."""
        if self._patience.is_over():
            busy = self._patience.used > (self._seconds or 0.0) * BUSY
            self._guard.struck = sys._getframe(2), asyncio._get_running_loop(), busy
            self._patience.end_in(1.0)
            raise self._error

    def _watch(self, seconds: float) -> None:
        patience = Patience(clock_of(self._thread), seconds)
        while not self._ended.wait(max(0.0, patience.next_look - monotonic())):
            if not patience.is_over():
                continue
            with self._guard.lock:
                if self._guard.block is not self:
                    return
                loop = next(loops_in(self._thread), None)
                with unguarded():
                    frame = sys._current_frames().get(self._thread)
                self._guard.struck = frame, loop, patience.used > seconds * BUSY
                self.strike(self._error)
            patience.end_in(1.0)


def _is_no_library(file: str) -> bool:
    """Whether code of this file is a learner's, or the application's."""
    return "vespera_scriptorium" in file or not ("site-packages" in file or ".zip/" in file)
