"""A container that somebody will surely clean up, and a mock that nobody asks for."""

from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import Container


@pytest.fixture
def external_service():
    return AsyncMock()


@pytest.fixture
async def container():
    container = Container()
    await container.initialize_async_services()
    return container
