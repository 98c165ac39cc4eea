import asyncio

import pytest

from vespera_scriptorium.application.async_resource_manager import AsyncResourceManager
from vespera_scriptorium.infrastructure.memory import InMemoryResourceProvider


class Provider(InMemoryResourceProvider):
    def __init__(self):
        super().__init__()
        self.executed = []
        self.error = None

    async def execute(self, resource_id, operation, parameters):
        self.executed.append((resource_id, operation, parameters))
        if self.error is not None:
            raise self.error
        return await super().execute(resource_id, operation, parameters)


@pytest.fixture
def provider():
    return Provider()


@pytest.fixture
def manager(provider):
    return AsyncResourceManager(provider)


async def cleaned(manager, resources):
    return [(await manager.verify_cleanup(r.id)).cleaned_up for r in resources]


async def test_open_until_the_block_ends(manager, provider):
    async with manager.create_session() as session:
        resources = [await session.create_resource("db", {"n": n}) for n in range(5)]
        resources.append(await session.create_resource("file"))
        assert not any(await cleaned(manager, resources))
        await session.execute_operation(resources[0].id, "read", {})
        provider.error = OSError("broken")
        await session.execute_operation(resources[0].id, "read", {})
        assert not any(await cleaned(manager, resources))
    assert all(await cleaned(manager, resources))


@pytest.mark.parametrize(
    "error", [ValueError("x"), RuntimeError(), KeyboardInterrupt(), asyncio.CancelledError()]
)
async def test_closed_after_an_exception_too(manager, error):
    resources = []
    with pytest.raises(type(error)) as caught:
        async with manager.create_session() as session:
            resources += [await session.create_resource("db") for _ in range(3)]
            raise error
    assert caught.value is error
    assert all(await cleaned(manager, resources))


async def test_another_session_stays_open(manager):
    async with manager.create_session() as outer:
        first = await outer.create_resource("db")
        async with manager.create_session() as inner:
            second = await inner.create_resource("db")
        assert await cleaned(manager, [first, second]) == [False, True]
        with pytest.raises(ValueError):
            async with manager.create_session() as inner:
                third = await inner.create_resource("db")
                raise ValueError
        assert await cleaned(manager, [first, third]) == [False, True]
        assert (await outer.execute_operation(first.id, "read", {})).success


async def test_execute(manager, provider):
    async with manager.create_session() as session:
        resource = await session.create_resource("db")
        parameters = {"limit": 3, "name": "x", "deep": [1, {"a": None}]}
        result = await session.execute_operation(resource.id, "read", parameters)
        assert provider.executed == [(resource.id, "read", parameters)]
        assert result.success
        assert result.output == f"read on {resource.id}: done"


@pytest.mark.parametrize("error", [ValueError("it is broken"), OSError("it is broken")])
async def test_execute_fails(manager, provider, error):
    provider.error = error
    async with manager.create_session() as session:
        resource = await session.create_resource("db")
        result = await session.execute_operation(resource.id, "read", {})
        assert not result.success
        assert "it is broken" in result.error
    assert await cleaned(manager, [resource]) == [True]


async def test_no_operation_on_what_is_not_ours(manager, provider):
    async with manager.create_session() as session, manager.create_session() as other:
        foreign = await other.create_resource("db")
        own = await session.create_resource("db")
        assert not (await session.execute_operation(foreign.id, "read", {})).success
        assert provider.executed == []
    assert not (await session.execute_operation(own.id, "read", {})).success
    assert provider.executed == []


async def test_nothing_new_after_the_end(manager):
    async with manager.create_session() as session:
        pass
    with pytest.raises(RuntimeError):
        await session.create_resource("db")
