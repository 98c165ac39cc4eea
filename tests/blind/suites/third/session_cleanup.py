import asyncio

import pytest

from vespera_scriptorium import AsyncResourceManager, InMemoryResourceProvider


class Provider(InMemoryResourceProvider):
    def __init__(self, errors=()):
        super().__init__()
        self.errors, self.log = dict(errors), []

    async def close(self, resource_id):
        self.log.append(f"close {resource_id}")
        try:
            await asyncio.sleep(5)
        finally:
            self.log.append(f"end {resource_id}")
        if resource_id in self.errors:
            raise self.errors[resource_id]
        await super().close(resource_id)


IDS = ["a-1", "b-2", "c-3"]
LOG = ["close c-3", "end c-3", "close b-2", "end b-2", "close a-1", "end a-1"]


async def fill(session):
    assert [(await session.create_resource(kind)).id for kind in "abc"] == IDS


@pytest.mark.parametrize("error", [None, ValueError("x"), KeyError("x"), OSError("x")])
async def test_closed_in_reverse(error):
    provider = Provider()
    manager = AsyncResourceManager(provider)
    try:
        async with manager.create_session() as session:
            await fill(session)
            if error is not None:
                raise error
    except Exception as caught:
        assert caught is error
    else:
        assert error is None
    assert provider.log == LOG
    assert [(await manager.verify_cleanup(i)).cleaned_up for i in IDS] == [True] * 3


@pytest.mark.parametrize("kind", [OSError, ValueError, KeyError])
async def test_failing_close(kind):
    error = kind("stuck")
    provider = Provider({"b-2": error})
    with pytest.raises(kind) as caught:
        async with AsyncResourceManager(provider).create_session() as session:
            await fill(session)
    assert caught.value is error
    assert provider.log == LOG


async def test_several_failing_closes():
    errors = {"a-1": ValueError("a"), "c-3": OSError("c")}
    provider = Provider(errors)
    with pytest.raises((ValueError, OSError)) as caught:
        async with AsyncResourceManager(provider).create_session() as session:
            await fill(session)
    assert caught.value in errors.values()
    assert provider.log == LOG


async def test_failing_close_after_an_exception():
    error = ValueError("block")
    provider = Provider({"c-3": OSError("stuck")})
    with pytest.raises(ValueError) as caught:
        async with AsyncResourceManager(provider).create_session() as session:
            await fill(session)
            raise error
    assert caught.value is error
    assert provider.log == LOG


@pytest.mark.parametrize("errors", [{}, {"c-3": OSError("stuck")}, {"a-1": ValueError("stuck")}])
async def test_cancelled_block(errors):
    provider = Provider(errors)

    async def use():
        async with AsyncResourceManager(provider).create_session() as session:
            await fill(session)
            await asyncio.sleep(100)

    call = asyncio.create_task(use())
    await asyncio.sleep(10)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert provider.log == LOG


@pytest.mark.parametrize("error", [None, ValueError("block")])
@pytest.mark.parametrize("errors", [{}, {"c-3": OSError("stuck")}, {"a-1": ValueError("stuck")}])
@pytest.mark.parametrize("moment", [2, 7, 12])
async def test_cancelled_close(error, errors, moment):
    provider = Provider(errors)

    async def use():
        async with AsyncResourceManager(provider).create_session() as session:
            await fill(session)
            if error is not None:
                raise error

    call = asyncio.create_task(use())
    await asyncio.sleep(moment)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert provider.log == LOG


async def test_verify_cleanup():
    manager = AsyncResourceManager(InMemoryResourceProvider())
    async with manager.create_session() as session:
        resource = await session.create_resource("file")
        assert (await manager.verify_cleanup(resource.id)).cleaned_up is False
    assert (await manager.verify_cleanup(resource.id)).cleaned_up is True
    assert (await manager.verify_cleanup("nobody")).cleaned_up is False
