import asyncio

import pytest

from vespera_scriptorium import AsyncResourceManager, InMemoryResourceProvider


class Provider(InMemoryResourceProvider):
    def __init__(self):
        super().__init__()
        self.log = []
        self.times = {}
        self.errors = {}

    async def close(self, resource_id):
        kind = resource_id.split("-")[0]
        self.log.append(f"closing {kind}")
        await asyncio.sleep(self.times.get(kind, 1))
        if kind in self.errors:
            raise self.errors[kind]
        await super().close(resource_id)
        self.log.append(f"closed {kind}")


ALL = ["closing c", "closed c", "closing b", "closed b", "closing a", "closed a"]
WITHOUT_B = [line for line in ALL if line != "closed b"]


@pytest.fixture
async def provider():
    return Provider()


@pytest.fixture
async def manager(provider):
    return AsyncResourceManager(provider)


async def fill(session):
    return [(await session.create_resource(kind)).id for kind in "abc"]


async def test_a_normal_end(manager, provider):
    provider.times = {"b": 600}
    async with manager.create_session() as session:
        ids = await fill(session)
        assert not (await manager.verify_cleanup(ids[0])).cleaned_up
    assert provider.log == ALL
    for resource_id in ids:
        assert (await manager.verify_cleanup(resource_id)).cleaned_up is True
    assert (await manager.verify_cleanup("nobody's")).cleaned_up is False


async def test_a_session_closes_only_its_own(manager, provider):
    async with manager.create_session() as outer:
        mine = await outer.create_resource("mine")
        async with manager.create_session() as session:
            await fill(session)
        assert provider.log == ALL
        assert (await manager.verify_cleanup(mine.id)).cleaned_up is False
    assert (await manager.verify_cleanup(mine.id)).cleaned_up is True


@pytest.mark.parametrize("close_error", [None, OSError("close"), ValueError("close")])
@pytest.mark.parametrize("kind", [ValueError, KeyError, OSError, KeyboardInterrupt])
async def test_an_exception_in_the_block(manager, provider, kind, close_error):
    error = kind("block")
    if close_error is not None:
        provider.errors = {"b": close_error}
    with pytest.raises(kind) as caught:
        async with manager.create_session() as session:
            await fill(session)
            raise error
    assert caught.value is error
    assert provider.log == (ALL if close_error is None else WITHOUT_B)


@pytest.mark.parametrize("close_error", [None, OSError("close"), ValueError("close")])
async def test_cancelled_inside(manager, provider, close_error):
    if close_error is not None:
        provider.errors = {"b": close_error}

    async def use():
        async with manager.create_session() as session:
            await fill(session)
            await asyncio.sleep(10_000)

    using = asyncio.create_task(use())
    await asyncio.sleep(1)
    using.cancel()
    with pytest.raises(asyncio.CancelledError):
        await using
    assert provider.log == (ALL if close_error is None else WITHOUT_B)


@pytest.mark.parametrize("kind", [OSError, ValueError, TimeoutError, KeyError])
async def test_a_close_that_fails(manager, provider, kind):
    error = kind("close")
    provider.errors = {"b": error}
    with pytest.raises(kind) as caught:
        async with manager.create_session() as session:
            await fill(session)
    assert caught.value is error
    assert provider.log == WITHOUT_B


async def test_several_closes_that_fail(manager, provider):
    provider.errors = {"c": OSError("c"), "b": OSError("b")}
    with pytest.raises(OSError):
        async with manager.create_session() as session:
            await fill(session)
    assert provider.log[-1] == "closed a"


@pytest.mark.parametrize("close_error", [None, OSError("close")])
@pytest.mark.parametrize("block_error", [None, ValueError("block")])
async def test_cancelled_during_a_close(manager, provider, block_error, close_error):
    provider.times = {"b": 1000}
    if close_error is not None:
        provider.errors = {"c": close_error}

    async def use():
        async with manager.create_session() as session:
            ids.extend(await fill(session))
            if block_error is not None:
                raise block_error

    ids = []
    using = asyncio.create_task(use())
    await asyncio.sleep(10)
    using.cancel()
    with pytest.raises(asyncio.CancelledError):
        await using
    assert provider.log[-2:] == ["closing a", "closed a"]
    assert (await manager.verify_cleanup(ids[0])).cleaned_up
