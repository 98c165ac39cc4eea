import asyncio
from contextlib import suppress

import pytest

from vespera_scriptorium import DeadlineExceededError, TimeoutAwareService


async def stubborn():
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(3600)
    return "late"


async def test_the_deadline(looptime):
    service, ended = TimeoutAwareService(), []

    async def work():
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append(1)

    with pytest.raises(TimeoutError):
        await service.run(work, timeout=5)
    assert ended == [1]
    assert looptime == 5
    assert service.busy == 0


async def test_a_late_answer():
    with pytest.raises(TimeoutError):
        await TimeoutAwareService().run(stubborn, timeout=5)


async def test_a_timeout_of_the_work():
    async def work():
        raise TimeoutError

    with pytest.raises(TimeoutError) as caught:
        await TimeoutAwareService().run(work, timeout=5)
    assert not isinstance(caught.value, DeadlineExceededError)


async def test_a_cancellation():
    call = asyncio.create_task(TimeoutAwareService().run(lambda: asyncio.sleep(9), timeout=5))
    await asyncio.sleep(1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
