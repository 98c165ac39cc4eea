import asyncio

import pytest

from vespera_scriptorium import Container, TimeoutAwareService


@pytest.fixture
def service():
    return Container().get(TimeoutAwareService)


async def test_quick_operation_succeeds(service):
    result = await service.quick_operation(timeout=5.0)
    assert result.success


async def test_slow_operation_times_out(service):
    with pytest.raises(TimeoutError):
        await service.slow_operation(timeout=1.0)
    result = await service.quick_operation(timeout=5.0)
    assert result.success


async def test_error_is_raised(service):
    async def work():
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await service.run(work, timeout=5.0)


async def test_cancelled_work_that_fails_has_ended(service):
    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            raise ValueError("broken")

    task = asyncio.create_task(service.run(work, timeout=5.0))
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    assert task.done()
