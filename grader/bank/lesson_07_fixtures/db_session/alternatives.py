"""Correct implementations for `db-session`, built differently."""

from typing import TYPE_CHECKING

from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager

from .exercise import db_session

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


@db_session.alternative()
class ConnectsAnewEachTime(AsyncDatabaseManager):
    """Keeps no connection open between two sessions."""

    async def _connect(self) -> "AsyncEngine":
        from sqlalchemy import NullPool, StaticPool
        from sqlalchemy.ext.asyncio import create_async_engine

        from vespera_scriptorium.infrastructure.tables import Base

        engine = create_async_engine(self._place())
        if not isinstance(engine.pool, StaticPool):  # in memory, a new connection knows no table
            engine = create_async_engine(engine.url, poolclass=NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        return engine
