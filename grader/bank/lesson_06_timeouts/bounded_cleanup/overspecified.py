import asyncio

import pytest

from vespera_scriptorium import Container, DeadlineExceededError, TimeoutAwareService


@pytest.fixture
def service():
    return Container().get(TimeoutAwareService)


async def slow():
    await asyncio.sleep(60)


async def test_a_slow_cleanup_is_abandoned(service):
    with pytest.raises(DeadlineExceededError) as caught:
        await service.run_with_cleanup(slow, slow, timeout=5)
    assert caught.value.cleanup_abandoned


async def test_the_note_of_a_failing_cleanup(service):
    async def broken():
        raise OSError("disk full")

    with pytest.raises(DeadlineExceededError) as caught:
        await service.run_with_cleanup(slow, broken, timeout=5)
    assert caught.value.__notes__ == ["the cleanup failed: disk full"]
