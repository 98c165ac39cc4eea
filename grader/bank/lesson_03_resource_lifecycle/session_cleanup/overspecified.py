from unittest.mock import AsyncMock, call

import pytest

from vespera_scriptorium import AsyncResourceManager, InMemoryResourceProvider, Resource


class Failing(InMemoryResourceProvider):
    async def close(self, resource_id):
        raise OSError(resource_id)


async def use_two_resources(provider):
    async with AsyncResourceManager(provider).create_session() as session:
        await session.create_resource("a")
        await session.create_resource("b")


async def test_a_session_opens_and_closes_and_asks_nothing_else():
    provider = AsyncMock()
    provider.open.return_value = Resource("a-1", "a")
    async with AsyncResourceManager(provider).create_session() as session:
        await session.create_resource("a")
    assert provider.mock_calls == [call.open("a", {}), call.close("a-1")]


async def test_of_several_errors_the_first_one_comes_out():
    with pytest.raises(OSError, match="b-2"):
        await use_two_resources(Failing())


async def test_resources_are_closed():
    provider = InMemoryResourceProvider()
    await use_two_resources(provider)
    assert await provider.is_open("a-1") is False
    assert await provider.is_open("b-2") is False
