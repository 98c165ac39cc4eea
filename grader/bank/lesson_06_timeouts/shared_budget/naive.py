import asyncio

import pytest

from vespera_scriptorium import Container, TimeoutAwareService


@pytest.fixture
def service():
    return Container().get(TimeoutAwareService)


async def quick():
    return "quick"


async def slow():
    await asyncio.sleep(60)
    return "slow"


async def broken():
    raise ValueError("broken")


async def test_batch_within_the_budget(service):
    batch = await service.run_batch({"a": quick, "b": quick}, budget=5)
    assert batch.succeeded == {"a": "quick", "b": "quick"}
    assert not batch.failed
    assert not batch.cancelled


async def test_batch_with_an_error(service):
    batch = await service.run_batch({"a": quick, "b": broken}, budget=5)
    assert "a" in batch.succeeded
    assert "b" in batch.failed


async def test_batch_over_the_budget(service):
    batch = await service.run_batch({"a": slow, "b": quick}, budget=5)
    assert set(batch.cancelled) == {"a", "b"}
    assert not batch.succeeded
