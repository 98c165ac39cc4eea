"""Lesson 11, the second exercise: a helper that looks into a database until something is there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

import vespera_scriptorium as application
from grader.exercise import Exercise
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

HELPER = "suite:eventually"

eventually_in_the_database = Exercise(
    id="eventually-in-the-database",
    lesson="11-reusable-components",
    title="Eventually in the database",
    points=8,
    subject=AsyncDatabaseManager,
    contract=(
        "`await eventually(sessions, find, timeout, pause, longest)` makes looks. A look awaits "
        "`find(session)` in the block of `async with sessions() as session`, and ends when the "
        "block has ended. The first value that is not `None` is returned; `0` and an empty list "
        "are such values.",
        "Every look has a session of its own, from a call of `sessions()` of its own.",
        "Before a pause, and before it returns or raises, the block of the session has ended. What "
        "`find` raises goes through the block, so that the session can roll back. (Nothing "
        "is promised for a block that swallows it.)",
        "The first look comes at once. The first pause lasts `pause` seconds, each further one "
        "twice as long as the one before. But no pause lasts longer than `longest` seconds. "
        "A pause begins when a look has ended.",
        "The deadline is `timeout` seconds after the call. A pause ends there at the latest, and "
        "a look follows. A look under way is not interrupted, and its value counts. A look that "
        "ends at the deadline, or after it, is the last one. When it finds nothing, `TimeoutError` "
        "comes.",
        "What `find`, `sessions()` or the block of a session raises, at its beginning or at its "
        "end, comes out at once, unchanged.",
        "Cancelled in a pause or in a look, it raises `CancelledError`, and looks no more. A "
        "cancellation in `find` goes through the block of the session like an error. (Nothing is "
        "promised for a `find` that swallows it.)",
    ),
    promises={
        1: {"falsy": "The first value that is not `None` is returned, also when it is false."},
        2: {"own-session": "Every look has a session of its own."},
        3: {
            "closed-to-wait": "The block of the session has ended before a pause.",
            "closed-on-error": "The block of the session ends when `find` raises.",
            "told": "The block of the session learns what `find` has raised.",
        },
        4: {
            "at-once": "The first look comes at once.",
            "doubled": "Each pause is twice as long as the one before.",
            "capped": "No pause is longer than `longest`.",
        },
        5: {
            "last-look": "There is a look at the deadline.",
            "cut": "A pause ends at the deadline.",
            "under-way": "A look that is under way at the deadline is not interrupted.",
            "no-more": "A look that ends at the deadline, or after it, is the last one.",
            "raises": "When the last look finds nothing, `TimeoutError` comes.",
        },
        6: {
            "find-error": "What `find` raises comes out at once.",
            "session-error": "What `sessions()` raises, or its block at the start, comes out.",
        },
        7: {
            "cancelled": "Cancelled in a pause, it raises `CancelledError`.",
            "closed-on-cancel": "Cancelled in a look, the block of its session ends.",
        },
    },
    hint="[async with](https://docs.python.org/3/reference/compound_stmts.html#async-with) says "
    "what a block hears of an error. For the tests, write `sessions` with "
    "[asynccontextmanager](https://docs.python.org/3/library/contextlib.html"
    "#contextlib.asynccontextmanager), and let it note when a block begins and how it ends.",
    worked="asks_inside_the_block",
)


@eventually_in_the_database.reference_for_suite(replaces=HELPER)
async def reference(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Looks, and sleeps longer each time."""
    import asyncio  # the learner's module may lack it

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        if (left := deadline - clock()) <= 0:
            raise TimeoutError(f"nothing was found in {timeout:g} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


@eventually_in_the_database.alternative(replaces=HELPER)
async def plans_its_pauses(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Plans its pauses in a generator, and enters the sessions through a stack."""
    import asyncio
    from contextlib import AsyncExitStack

    def pauses() -> "Any":
        length = min(pause, longest)
        while True:
            yield length
            length = min(2 * length, longest)

    loop = asyncio.get_running_loop()
    end = loop.time() + timeout
    for length in pauses():
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(sessions())
            found = await find(session)
        await asyncio.sleep(0)
        if found is not None:
            return found
        now = loop.time()
        if now >= end:
            break
        await asyncio.sleep(min(now + length, end) - now)
    raise TimeoutError


@eventually_in_the_database.alternative(replaces=HELPER)
async def looks_in_tasks(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Runs each look in a task of its own, and words its error in its own way."""
    import asyncio

    async def look() -> "Any":
        async with sessions() as session:
            return await find(session)

    loop = asyncio.get_running_loop()
    end = loop.time() + timeout
    number = 0
    while True:
        task = asyncio.create_task(look())
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            raise
        found = task.result()
        if found is not None:
            return found
        if loop.time() >= end:
            raise TimeoutError(f"{number + 1} looks, and it is not there")
        over = asyncio.Event()
        length = min(pause * 2**number, longest)
        timer = loop.call_at(min(loop.time() + length, end), over.set)
        try:
            await over.wait()
        finally:
            timer.cancel()
        number += 1


@eventually_in_the_database.broken()
class GivesOneSession(AsyncDatabaseManager):
    """Gives everybody the same session."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["AsyncSession"]:
        """A session for a few statements, as soon as it is its turn."""
        if not hasattr(self, "one"):
            async with self.session() as session:
                self.one = session
        yield self.one


@eventually_in_the_database.broken()
class SwallowsErrors(AsyncDatabaseManager):
    """Keeps what goes wrong in a session to itself."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["AsyncSession"]:
        """A session for a few statements, as soon as it is its turn."""
        try:
            async with self._turns, self.session() as session:
                yield session
        except Exception:
            return


@eventually_in_the_database.broken()
class CommitsFailures(AsyncDatabaseManager):
    """Commits what was done before an error, too."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["AsyncSession"]:
        """A session for a few statements, as soon as it is its turn."""
        async with self._turns, self.session() as session:
            try:
                yield session
            finally:
                await session.commit()


@eventually_in_the_database.probe_helper()
@asynccontextmanager
async def opened(path: "Any") -> "Any":
    """A database in a file, closed to the end."""
    database = application.AsyncDatabaseManager(f"sqlite+aiosqlite:///{path / 'test.db'}")
    try:
        yield database
    finally:
        from sqlalchemy.ext.asyncio import close_all_sessions

        await close_all_sessions()
        await database.stop()


@eventually_in_the_database.probe(promise="own-session", broken="GivesOneSession")
async def test_probe_every_look_has_a_session_of_its_own(tmp_path: "Any") -> None:
    from vespera_scriptorium.infrastructure.sql import TaskNumberRow

    seen: list[Any] = []

    async def find(session: Any) -> Any:
        seen.append(session)
        if len(seen) == 3:
            async with database.session() as other:
                other.add(TaskNumberRow(number=7))
        return await session.get(TaskNumberRow, 7)

    async with opened(tmp_path) as database:
        row = await eventually(database.transaction, find, timeout=60, pause=1, longest=8)  # type: ignore[name-defined]  # noqa: F821  # the learner's
    assert row is not None, "it returns None, and no row"
    assert len(seen) == 3, f"it looks {len(seen)} times for what is there at the third look"
    assert len(set(map(id, seen))) == 3, "two of its looks share a session"


@eventually_in_the_database.probe(promise="find-error", broken="SwallowsErrors")
async def test_probe_an_error_of_the_database_comes_out(tmp_path: "Any") -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import OperationalError

    async def find(session: Any) -> Any:
        return await session.scalar(text("select 1 from no_such_table"))

    async with opened(tmp_path) as database:
        try:
            found = await eventually(database.transaction, find, timeout=60, pause=1, longest=8)  # type: ignore[name-defined]  # noqa: F821  # the learner's
        except OperationalError:
            return
        except Exception as error:
            pytest.fail(f"an OperationalError comes out as {type(error).__name__}")
    pytest.fail(f"it returns {found!r}, though the look has failed")


@eventually_in_the_database.probe(promise="told", broken="CommitsFailures")
async def test_probe_a_failed_look_is_rolled_back(tmp_path: "Any") -> None:
    from vespera_scriptorium.infrastructure.sql import TaskNumberRow

    async def find(session: Any) -> Any:
        session.add(TaskNumberRow(number=7))
        await session.flush()
        raise ValueError("after the flush")

    async with opened(tmp_path) as database:
        with pytest.raises(ValueError, match="after the flush"):
            await eventually(database.transaction, find, timeout=60, pause=1, longest=8)  # type: ignore[name-defined]  # noqa: F821  # the learner's
        async with database.session() as session:
            row = await session.get(TaskNumberRow, 7)
    assert row is None, "what a failed look has written is stored"
