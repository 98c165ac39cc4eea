import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


def raising(error):
    async def work():
        await asyncio.sleep(1)
        raise error

    return work


async def fine():
    return "fine"


@pytest.mark.parametrize("kind", [OSError, ConnectionError, TimeoutError, FileNotFoundError,
                                  PermissionError, ConnectionResetError])
async def test_os_error(kind):
    error = kind("the disk is full")
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("save report", raising(error))
    assert "save report" in str(caught.value)
    assert "the disk is full" in str(caught.value)
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("kind", [OSError, ConnectionResetError, TimeoutError])
async def test_no_message(kind):
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("save", raising(kind()))
    assert "save" in str(caught.value)
    assert kind.__name__ in str(caught.value)


@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError])
async def test_bug(kind):
    service = AsyncService()
    error = kind("bug")
    with pytest.raises(kind) as caught:
        await service.run("save", raising(error))
    assert caught.value is error
    assert await service.run("next", fine) == "fine"


async def test_bug_with_a_cause():
    service = AsyncService()
    error = ValueError("bug")
    error.__cause__ = OSError("disk")
    with pytest.raises(ValueError) as caught:
        await service.run("save", raising(error))
    assert caught.value is error
    assert await service.run("next", fine) == "fine"


@pytest.mark.parametrize("end", [None, "an answer", OSError("closed"), ConnectionError("closed")])
async def test_cancellation(end):
    async def work():
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if isinstance(end, Exception):
                raise end
            if end is None:
                raise
            return end

    service = AsyncService()
    running = asyncio.create_task(service.run("save", work))
    await asyncio.sleep(1)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    assert await service.run("next", fine) == "fine"


async def test_cancelled_error_of_the_work():
    service = AsyncService()
    running = asyncio.create_task(service.run("save", raising(asyncio.CancelledError())))
    await asyncio.wait([running])
    assert running.cancelled()
    assert await service.run("next", fine) == "fine"
