"""What stands in many code bases: a database in memory, and a session that commits at its end."""

import pytest

from vespera_scriptorium import AsyncDatabaseManager


@pytest.fixture
async def database():
    database = AsyncDatabaseManager("sqlite+aiosqlite:///:memory:")
    await database.start()
    yield database
    await database.stop()


@pytest.fixture
async def db_session(database):
    async with database.session() as session:
        yield session
