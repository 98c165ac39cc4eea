import asyncio

import pytest

from vespera_scriptorium import (
    AsyncResourceManager,
    Container,
    InMemoryResourceProvider,
    ResourceProvider,
    ResourceSession,
)


class Failing(InMemoryResourceProvider):
    async def execute(self, resource_id, operation, parameters):
        raise OSError("disk full")

    async def close(self, resource_id):
        await super().close(resource_id)
        raise OSError("disk full")


class Slow(InMemoryResourceProvider):
    async def open(self, resource_type, configuration):
        await asyncio.sleep(1)
        return await super().open(resource_type, configuration)


def manager(provider=None):
    container = Container()
    container.override(ResourceProvider, provider or InMemoryResourceProvider())
    return container.get(AsyncResourceManager)


async def test_session():
    sessions = manager()
    async with sessions.create_session() as session:
        resource = await session.create_resource("file")
        assert (await session.execute_operation(resource.id, "read")).success
    assert (await sessions.verify_cleanup(resource.id)).cleaned_up


async def test_session_with_an_error():
    async def fail():
        async with manager().create_session() as session:
            await session.create_resource("file")
            raise ValueError("no such chapter")

    with pytest.raises(ValueError, match="chapter"):
        await fail()


async def test_failing_provider():
    async def fail():
        async with manager(Failing()).create_session() as session:
            resource = await session.create_resource("file")
            assert await session.execute_operation(resource.id, "read") is not None

    with pytest.raises(OSError, match="disk full"):
        await fail()


async def test_unknown_resource():
    async with manager().create_session() as session:
        assert await session.execute_operation("nothing", "read") is not None


async def test_closed_while_it_opens():
    session = ResourceSession(Slow())
    creation = asyncio.create_task(session.create_resource("file"))
    await asyncio.sleep(0.5)
    await session.close()
    await session.close()
    with pytest.raises(RuntimeError):
        await creation
