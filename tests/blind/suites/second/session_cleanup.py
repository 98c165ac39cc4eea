import asyncio

import pytest

from vespera_scriptorium import AsyncResourceManager, InMemoryResourceProvider


class Provider(InMemoryResourceProvider):
    """Notes the closes; takes as long, and fails, as the type of the resource says."""

    def __init__(self, times=None, errors=None):
        super().__init__()
        self.times, self.errors = times or {}, errors or {}
        self.log = []

    async def close(self, resource_id):
        kind = resource_id.split("-")[0]
        self.log.append(f"close {kind}")
        await asyncio.sleep(self.times.get(kind, 1))
        await super().close(resource_id)
        self.log.append(f"closed {kind}")
        if kind in self.errors:
            raise self.errors[kind]


ALL = ["close c", "closed c", "close b", "closed b", "close a", "closed a"]


async def use(provider, end=None):
    async with AsyncResourceManager(provider).create_session() as session:
        for kind in "abc":
            await session.create_resource(kind)
        if end == "sleep":
            await asyncio.sleep(3600)
        if end is not None:
            raise end


async def test_normal_end():
    provider = Provider({"b": 500})
    other = await provider.open("other", {})
    await use(provider)
    assert provider.log == ALL
    assert await provider.is_open(other.id)


@pytest.mark.parametrize("kind", [ValueError, OSError, KeyError])
@pytest.mark.parametrize("errors", [{}, {"b": RuntimeError("close failed")}])
async def test_exception_in_the_block(kind, errors):
    provider, error = Provider(errors=errors), kind("block")
    with pytest.raises(kind) as caught:
        await use(provider, error)
    assert caught.value is error
    assert provider.log == ALL


@pytest.mark.parametrize("errors", [{}, {"b": OSError("close failed")}])
async def test_cancelled_in_the_block(errors):
    provider = Provider(errors=errors)
    using = asyncio.create_task(use(provider, "sleep"))
    await asyncio.sleep(60)
    using.cancel()
    await asyncio.wait([using])
    assert using.cancelled()
    assert provider.log == ALL


@pytest.mark.parametrize("kind", [ValueError, OSError, KeyError, TimeoutError])
async def test_failed_close(kind):
    error = kind("close failed")
    provider = Provider(errors={"c": error})
    with pytest.raises(kind) as caught:
        await use(provider)
    assert caught.value is error
    assert provider.log == ALL


async def test_several_failed_closes():
    errors = {"c": ValueError("c"), "b": OSError("b"), "a": KeyError("a")}
    provider = Provider(errors=errors)
    with pytest.raises((ValueError, OSError, KeyError)) as caught:
        await use(provider)
    assert caught.value in errors.values()
    assert provider.log == ALL


@pytest.mark.parametrize("end", [None, ValueError("block")])
@pytest.mark.parametrize("errors", [{}, {"a": OSError("a")}])
async def test_cancelled_during_a_close(end, errors):
    provider = Provider({"c": 100}, errors)
    using = asyncio.create_task(use(provider, end))
    await asyncio.sleep(50)
    assert provider.log == ["close c"]
    using.cancel()
    await asyncio.wait([using])
    assert using.cancelled()
    assert provider.log[-4:] == ALL[2:]


async def test_verify_cleanup():
    provider = Provider()
    manager = AsyncResourceManager(provider)
    async with manager.create_session() as session:
        resource = await session.create_resource("a")
        assert (await manager.verify_cleanup(resource.id)).cleaned_up is False
    assert (await manager.verify_cleanup(resource.id)).cleaned_up is True
    assert (await manager.verify_cleanup("nobody")).cleaned_up is False
