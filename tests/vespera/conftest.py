"""What the tests of the application share."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from vespera_scriptorium import Container

# looptime asks for the current loop in synchronous tests, too. Python 3.11 makes one for it, which
# nobody closes, and a later test is blamed for that; where there is said to be none, it makes none.
asyncio.set_event_loop(None)


@pytest.fixture(params=["memory", "sql"])
async def container(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Container]:
    """A container in memory, then one on a database file: both keep the same contracts."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'contract.db'}" if request.param == "sql" else None
    container = Container(database_url=url)
    await container.initialize_async_services()
    yield container
    await container.cleanup_async_services()
