import pytest

from vespera_scriptorium import AsyncResourceManager, InMemoryResourceProvider


class Provider(InMemoryResourceProvider):
    def __init__(self, error=None):
        super().__init__()
        self.executed, self.error = [], error

    async def execute(self, resource_id, operation, parameters):
        self.executed.append((resource_id, operation, dict(parameters)))
        if self.error is not None:
            raise self.error
        return await super().execute(resource_id, operation, parameters)


async def closed(manager, *resources):
    return [(await manager.verify_cleanup(r.id)).cleaned_up for r in resources]


async def test_open_until_the_end():
    manager = AsyncResourceManager(Provider())
    async with manager.create_session() as session:
        resources = [await session.create_resource("file") for _ in range(3)]
        await session.execute_operation(resources[0].id, "read", {})
        assert await closed(manager, *resources) == [False] * 3
    assert await closed(manager, *resources) == [True] * 3


async def test_open_after_a_failed_operation():
    manager = AsyncResourceManager(Provider(ValueError("broken")))
    async with manager.create_session() as session:
        resource = await session.create_resource("file")
        result = await session.execute_operation(resource.id, "read", {})
        assert result.success is False
        assert "broken" in result.error
        assert await closed(manager, resource) == [False]
    assert await closed(manager, resource) == [True]


@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError, OSError])
async def test_exception(kind):
    manager, error = AsyncResourceManager(Provider()), kind("mine")
    with pytest.raises(kind) as caught:
        async with manager.create_session() as session:
            resources = [await session.create_resource("file") for _ in range(2)]
            raise error
    assert caught.value is error
    assert await closed(manager, *resources) == [True] * 2


async def test_other_sessions_go_on():
    manager = AsyncResourceManager(Provider())
    async with manager.create_session() as outer:
        mine = await outer.create_resource("file")
        async with manager.create_session() as inner:
            theirs = await inner.create_resource("file")
        assert await closed(manager, mine, theirs) == [False, True]
        later = await outer.create_resource("file")
        assert await closed(manager, later) == [False]
    assert await closed(manager, mine, later) == [True, True]


async def test_operation_reaches_the_provider():
    provider = Provider()
    async with AsyncResourceManager(provider).create_session() as session:
        resource = await session.create_resource("file")
        result = await session.execute_operation(resource.id, "read", {"lines": 3})
    assert result.success is True
    assert result.output == f"read on {resource.id}: done"
    assert provider.executed == [(resource.id, "read", {"lines": 3})]


async def test_operation_on_what_is_not_ours():
    provider = Provider()
    manager = AsyncResourceManager(provider)
    async with manager.create_session() as one, manager.create_session() as two:
        resource = await one.create_resource("file")
        assert (await two.execute_operation(resource.id, "read", {})).success is False
    assert provider.executed == []


async def test_nothing_after_the_end():
    provider = Provider()
    async with AsyncResourceManager(provider).create_session() as session:
        resource = await session.create_resource("file")
    assert (await session.execute_operation(resource.id, "read", {})).success is False
    assert provider.executed == []
    with pytest.raises(RuntimeError):
        await session.create_resource("file")
