"""aiosqlite without its thread: each statement is executed in the loop that asks for it.

A statement takes microseconds, and a thread makes two waits of it that nobody can order. Without
one, virtual time and shuffled orders reach the database, too, and a run can be repeated. Whoever
asks still waits for a turn of the loop, in which others go on.

What a thread would do stays as it is. A connection executes one statement after the other, also
those whose caller was cancelled meanwhile. A statement that meets another connection's lock waits
as long as SQLite would, and with the same pauses, but by the clock of the loop, while others work.
"""

import asyncio
import contextlib
import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any

import aiosqlite.core

PAUSES = (0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.025, 0.025, 0.025, 0.05, 0.05, 0.1)
"""Seconds between two looks at a lock, as SQLite has them; the last is repeated."""

Job = tuple[asyncio.Future[Any] | None, Callable[[], Any]]


class _Jobs:
    """Stands where aiosqlite has the queue to its thread: what is put there is executed.

    Only what meets a lock waits, and all that comes after it.
    """

    def __init__(self) -> None:
        self._waiting: deque[Job] = deque()
        self._connection: sqlite3.Connection | None = None
        self._patience = 0.0
        """Seconds that a statement waits for a lock."""
        self._waited = 0.0
        self._pauses = 0
        self._reads = False
        """Whether an open transaction has read or written something."""

    def put_nowait(self, job: Job) -> None:
        """Take a job from aiosqlite: a function, and the future of its result."""
        self._waiting.append(job)
        if len(self._waiting) == 1:
            self._work()

    def _work(self) -> None:
        """Execute what waits, up to the first statement that meets a lock."""
        while self._waiting:
            future, function = self._waiting[0]
            sql = _sql(function)
            result: object = None
            error: Exception | None = None
            try:
                result = function()
            except sqlite3.OperationalError as problem:
                if self._goes_on_waiting(problem, sql, future):
                    return
                error = problem
            except Exception as problem:
                error = problem
            except BaseException:
                self._waiting.popleft()
                raise
            self._waiting.popleft()
            self._waited = self._pauses = 0
            self._note(sql, result)
            if future is not None:
                _settle(future, result, error)

    def _goes_on_waiting(
        self, problem: sqlite3.OperationalError, sql: str | None, future: asyncio.Future[Any] | None
    ) -> bool:
        """Ask again after a pause, where SQLite would.

        It would not where a transaction that has read would write while another one does: that one
        may be waiting for the end of the reader.
        """
        ends = sql is None or sql.startswith(("COMMIT", "END"))
        if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or (self._reads and not ends):
            return False
        pause = min(PAUSES[min(self._pauses, len(PAUSES) - 1)], self._patience - self._waited)
        if pause <= 0 or future is None:
            return False
        self._waited += pause
        self._pauses += 1
        future.get_loop().call_later(pause, self._work)
        return True

    def _note(self, sql: str | None, result: object) -> None:
        if isinstance(result, sqlite3.Connection):
            self._connection = result
        if isinstance(result, sqlite3.Connection) or (sql and "BUSY_TIMEOUT" in sql):
            self._take_over_waiting()
        if sql is None or self._connection is None:
            return
        with contextlib.suppress(sqlite3.ProgrammingError):  # closed meanwhile
            begins = sql.startswith(("BEGIN", "SAVEPOINT"))
            self._reads = self._connection.in_transaction and (self._reads or not begins)

    def _take_over_waiting(self) -> None:
        """SQLite itself would wait with the whole loop: it shall give up at once."""
        assert self._connection is not None
        ((milliseconds, *_),) = self._connection.execute("PRAGMA busy_timeout")
        self._patience = milliseconds / 1000
        self._connection.execute("PRAGMA busy_timeout = 0")


def _sql(function: Callable[[], Any]) -> str | None:
    """The statement that a job executes, in capitals; None where it does something else."""
    first = next(iter(getattr(function, "args", ())), None)
    return first.lstrip().upper() if isinstance(first, str) else None


def _settle(future: asyncio.Future[Any], result: object, error: Exception | None) -> None:
    """Give the result to whoever waits for it, at the next turn of the loop."""

    def settle() -> None:
        if future.done():  # its caller was cancelled
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
        future.get_loop().call_soon(settle)


class _NoThread:
    """Stands where aiosqlite has its thread."""

    daemon = True

    def __init__(self, **_: object) -> None:
        """Nothing is to be done."""

    def start(self) -> None:
        """Nothing is to be started."""


def without_thread() -> Callable[[], None]:
    """Make every new connection of aiosqlite work in the loop. Returns what takes that back."""
    core: Any = aiosqlite.core
    usual = core.SimpleQueue, core.Thread
    core.SimpleQueue, core.Thread = _Jobs, _NoThread

    def take_back() -> None:
        core.SimpleQueue, core.Thread = usual

    return take_back
