"""The probes of `eventually-in-the-database`, and the broken variants that each must fail with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

import vespera_scriptorium as vespera
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager

from .exercise import (
    eventually_in_the_database,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


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
async def probe_opens(path: "Any") -> "Any":
    """A database in a file, closed to the end."""
    database = vespera.AsyncDatabaseManager(f"sqlite+aiosqlite:///{path / 'test.db'}")
    try:
        yield database
    finally:
        from sqlalchemy.ext.asyncio import close_all_sessions

        await close_all_sessions()
        await database.stop()


@eventually_in_the_database.probe(promise="own-session", broken="GivesOneSession")
async def test_probe_every_look_has_a_session_of_its_own(tmp_path: "Any") -> None:
    from vespera_scriptorium.infrastructure.tables import TaskNumberRow

    seen: list[Any] = []

    async def find(session: Any) -> Any:
        seen.append(session)
        if len(seen) == 3:
            async with database.session() as other:
                other.add(TaskNumberRow(number=7))
        return await session.get(TaskNumberRow, 7)

    async with probe_opens(tmp_path) as database:
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

    async with probe_opens(tmp_path) as database:
        try:
            found = await eventually(database.transaction, find, timeout=60, pause=1, longest=8)  # type: ignore[name-defined]  # noqa: F821  # the learner's
        except OperationalError:
            return
        except Exception as error:
            pytest.fail(f"an OperationalError comes out as {type(error).__name__}")
    pytest.fail(f"it returns {found!r}, though the look has failed")


@eventually_in_the_database.probe(promise="told", broken="CommitsFailures")
async def test_probe_a_failed_look_is_rolled_back(tmp_path: "Any") -> None:
    from vespera_scriptorium.infrastructure.tables import TaskNumberRow

    async def find(session: Any) -> Any:
        session.add(TaskNumberRow(number=7))
        await session.flush()
        raise ValueError("after the flush")

    async with probe_opens(tmp_path) as database:
        with pytest.raises(ValueError, match="after the flush"):
            await eventually(database.transaction, find, timeout=60, pause=1, longest=8)  # type: ignore[name-defined]  # noqa: F821  # the learner's
        async with database.session() as session:
            row = await session.get(TaskNumberRow, 7)
    assert row is None, "what a failed look has written is stored"
