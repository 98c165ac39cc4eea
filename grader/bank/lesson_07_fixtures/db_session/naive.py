"""What is written in a hurry: a database in memory, never stopped, and a session that commits."""

import pytest

from vespera_scriptorium import AsyncDatabaseManager


@pytest.fixture
async def database():
    database = AsyncDatabaseManager("sqlite+aiosqlite:///:memory:")
    await database.start()
    return database


@pytest.fixture
async def db_session(database):
    async with database.session() as session:
        yield session
