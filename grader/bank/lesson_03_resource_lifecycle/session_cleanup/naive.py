import pytest

from vespera_scriptorium import AsyncResourceManager, Container, InMemoryResourceProvider


async def test_a_session_cleans_up():
    manager = Container().get(AsyncResourceManager)
    async with manager.create_session() as session:
        resource = await session.create_resource("database", {"timeout": 30})
        result = await session.execute_operation(resource.id, "query")
        assert result.success
    status = await manager.verify_cleanup(resource.id)
    assert status.cleaned_up


async def test_a_failing_session_cleans_up():
    manager = Container().get(AsyncResourceManager)
    try:
        async with manager.create_session() as session:
            resource = await session.create_resource("database")
            raise ValueError("something went wrong")
    except ValueError:
        pass
    assert (await manager.verify_cleanup(resource.id)).cleaned_up


async def test_a_close_that_fails_is_raised():
    class Stuck(InMemoryResourceProvider):
        async def close(self, resource_id):
            raise OSError("stuck")

    with pytest.raises(OSError, match="stuck"):
        async with AsyncResourceManager(Stuck()).create_session() as session:
            await session.create_resource("database")


async def test_closing_a_session_twice_is_fine():
    manager = Container().get(AsyncResourceManager)
    async with manager.create_session() as session:
        resource = await session.create_resource("database")
        await session.close()
    assert (await manager.verify_cleanup(resource.id)).cleaned_up


async def test_a_session_that_has_ended_can_do_nothing():
    manager = Container().get(AsyncResourceManager)
    async with manager.create_session() as session:
        resource = await session.create_resource("database")
    assert not (await session.execute_operation(resource.id, "query")).success
    with pytest.raises(RuntimeError):
        await session.create_resource("database")


async def test_a_failing_operation_is_an_error_result():
    container = Container()

    async def fail(*arguments):
        raise OSError("no reply")

    container.get("resource_provider").execute = fail
    async with container.get(AsyncResourceManager).create_session() as session:
        resource = await session.create_resource("database")
        assert (await session.execute_operation(resource.id, "query")).error == "no reply"
