import asyncio

import pytest

from vespera_scriptorium import AsyncResourceManager, InMemoryResourceProvider


class Slow(InMemoryResourceProvider):
    def __init__(self, stuck=()):
        super().__init__()
        self.diary, self.stuck = [], stuck

    async def close(self, resource_id):
        self.diary.append(resource_id)
        await asyncio.sleep(1)
        self.diary.append(resource_id)
        if resource_id in self.stuck:
            raise OSError("stuck")
        await super().close(resource_id)


async def use(provider, error=None, wait=0):
    async with AsyncResourceManager(provider).create_session() as session:
        await session.create_resource("a")
        await session.create_resource("b")
        await asyncio.sleep(wait)
        if error is not None:
            raise error


async def test_an_error():
    with pytest.raises(ValueError):
        await use(provider := Slow(stuck=["b-2"]), ValueError("mine"))
    assert provider.diary[:2] == ["b-2", "b-2"]
    assert await provider.is_open("a-1") is False


@pytest.mark.parametrize(("after", "stuck", "error"), [(1, ["b-2"], None), (10.5, [], OSError("x"))])
async def test_a_cancellation(after, stuck, error):
    provider = Slow(stuck)
    task = asyncio.create_task(use(provider, error, wait=10))
    await asyncio.sleep(after)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await provider.is_open("a-1") is False


async def test_verified():
    manager = AsyncResourceManager(Slow())
    assert not (await manager.verify_cleanup("nobody")).cleaned_up
