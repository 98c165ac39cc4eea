import asyncio

import pytest

from vespera_scriptorium import Container, TimeoutAwareService


@pytest.fixture
def service():
    return Container().get(TimeoutAwareService)


@pytest.fixture
def cleaned():
    return []


@pytest.fixture
def cleanup(cleaned):
    async def cleanup():
        cleaned.append("cleaned")

    return cleanup


async def slow():
    await asyncio.sleep(60)


async def test_result_in_time(service, cleanup):
    async def work():
        return "result"

    assert await service.run_with_cleanup(work, cleanup, timeout=5) == "result"


async def test_cleanup_after_timeout(service, cleanup, cleaned):
    with pytest.raises(TimeoutError):
        await service.run_with_cleanup(slow, cleanup, timeout=5)
    assert cleaned == ["cleaned"]


async def test_slow_cleanup(service):
    with pytest.raises(TimeoutError) as caught:
        await service.run_with_cleanup(slow, slow, timeout=5)
    assert caught.value.cleanup_abandoned


async def test_failing_cleanup(service):
    async def broken():
        raise ValueError("broken")

    with pytest.raises(TimeoutError):
        await service.run_with_cleanup(slow, broken, timeout=5)


async def test_failing_work(service, cleanup):
    async def broken():
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await service.run_with_cleanup(broken, cleanup, timeout=5)
