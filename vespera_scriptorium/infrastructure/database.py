"""The database: opened once, and a session of its own for everyone who asks.

SQLAlchemy is imported when a database is opened: most tests need none, and start faster without.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from vespera_scriptorium.domain.errors import noted_on

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

FEW = 4
"""Transactions at once: each has a thread, and SQLite lets one write while the others wait."""

PATIENCE = 30.0
"""Seconds that a session waits until another one has written."""


class AsyncDatabaseManager:
    """Opens a database and gives out sessions.

    The contract:

    1. `session` gives a new session to everyone. It commits when its block ends normally, rolls
       back when an exception or a cancellation ends it, which comes out, also when the rollback
       fails, and closes either way.
    2. The database is open, with all its tables, before the first session; `start` opens it at once
       when there is a URL. To start twice is harmless.
    3. `stop` closes the database. To stop twice, or without a start, is harmless; after it a
       session is a `RuntimeError`, until the next start.
    4. Without a URL the database is a SQLite file in a temporary directory of its own, which is
       gone after `stop`.
    5. Any number of sessions can be open together. `transaction` gives a session for a few
       statements that wait for nobody else: few of these are open together, the others wait.
    """

    def __init__(self, url: str | None = None) -> None:
        self._url = url
        self._engine: AsyncEngine | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._opening = asyncio.Lock()
        self._turns = asyncio.Semaphore(FEW)
        self._stopped = False

    async def start(self) -> None:
        """Open the database."""
        self._stopped = False
        if self._url is not None:
            await self._open()

    async def stop(self) -> None:
        """Close the database, and remove it when it is a temporary one."""
        self._stopped = True
        async with self._opening:
            engine, self._engine = self._engine, None
            folder, self._folder = self._folder, None
            try:
                if engine is not None:
                    await engine.dispose()
            finally:
                if folder is not None:
                    folder.cleanup()

    @asynccontextmanager
    async def session(self) -> AsyncIterator["AsyncSession"]:
        """A session for one unit of work: `async with database.session() as session`."""
        from sqlalchemy.ext.asyncio import AsyncSession

        engine = await self._open()
        async with AsyncSession(engine, expire_on_commit=False) as session:
            try:
                yield session
            except BaseException as error:
                with noted_on(error, "rolling back failed"):
                    await session.rollback()
                raise
            await session.commit()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["AsyncSession"]:
        """A session for a few statements, as soon as it is its turn."""
        async with self._turns, self.session() as session:
            yield session

    async def _open(self) -> "AsyncEngine":
        """The engine, made on first use."""
        async with self._opening:
            if self._stopped:
                raise RuntimeError("the database is closed: start it first")
            if self._engine is None:
                self._engine = await self._connect()
            return self._engine

    async def _connect(self) -> "AsyncEngine":
        """An engine for a database that has all its tables."""
        from sqlalchemy import StaticPool, make_url
        from sqlalchemy.engine.default import DefaultDialect
        from sqlalchemy.ext.asyncio import create_async_engine

        from vespera_scriptorium.infrastructure.tables import Base

        url = make_url(self._place())
        dialect = cast(type[DefaultDialect], url.get_dialect())
        shared = dialect.get_pool_class(url) is StaticPool  # in memory: one connection for all
        options = {} if shared else {"max_overflow": -1}  # as many as there are sessions
        engine = create_async_engine(url, connect_args={"timeout": PATIENCE}, **options)
        try:
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
        except BaseException as error:
            with noted_on(error, "closing failed"):
                await engine.dispose()
            raise
        return engine

    def _place(self) -> str:
        """The URL; without one, that of a file in a new temporary directory."""
        if self._url is not None:
            return self._url
        self._folder = tempfile.TemporaryDirectory(prefix="vespera-")
        return f"sqlite+aiosqlite:///{Path(self._folder.name) / 'vespera.db'}"
