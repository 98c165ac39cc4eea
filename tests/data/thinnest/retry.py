import asyncio
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


async def test_three_attempts_with_two_pauses():
    errors = [ConnectionError(), TimeoutError(), ConnectionError(), ConnectionError()]
    work = AsyncMock(side_effect=errors)
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run_with_retry("upload", work, attempts=3, delay=60)
    assert work.await_count == 3
    assert caught.value.__cause__ is errors[2]
    assert asyncio.get_running_loop().time() <= 120


async def test_a_closed_door():
    work = AsyncMock(side_effect=PermissionError())
    with pytest.raises(AsyncServiceError):
        await AsyncService().run_with_retry("upload", work, attempts=3)
    assert work.await_count == 1


@pytest.mark.parametrize("seconds", [5, 30])
async def test_a_cancellation(seconds):
    async def attempt():
        await asyncio.sleep(10)
        raise ConnectionError

    work = AsyncMock(side_effect=attempt)
    call = asyncio.create_task(AsyncService().run_with_retry("upload", work, 3, delay=60))
    await asyncio.sleep(seconds)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert work.await_count == 1


async def test_a_healthy_service():
    service = AsyncService()
    work = AsyncMock(side_effect=[ConnectionError(), "stored"])
    await service.run_with_retry("upload", work, attempts=2)
    assert (await service.normal_operation()).success
