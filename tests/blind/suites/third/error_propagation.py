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


@pytest.mark.parametrize(
    "error",
    [OSError("boom"), ConnectionResetError("boom"), TimeoutError("boom"), PermissionError("boom")],
)
async def test_os_errors(error):
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("reading the news", raising(error))
    assert "reading the news" in str(caught.value)
    assert "boom" in str(caught.value)
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("kind", [OSError, ConnectionResetError, TimeoutError, FileNotFoundError])
async def test_no_message(kind):
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("reading", raising(kind()))
    assert "reading" in str(caught.value)
    assert kind.__name__ in str(caught.value)


async def test_the_very_error_is_the_cause():
    error = OSError("outer")
    error.__cause__ = ConnectionError("inner")
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("reading", raising(error))
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("kind", [ValueError, TypeError, KeyError, RuntimeError, AsyncServiceError])
@pytest.mark.parametrize("cause", [None, OSError("inside"), ValueError("inside")])
async def test_bugs(kind, cause):
    service, error = AsyncService(), kind("bug")
    error.__cause__ = cause
    with pytest.raises(kind) as caught:
        await service.run("reading", raising(error))
    assert caught.value is error
    assert await service.run("reading", fine) == "fine"


@pytest.mark.parametrize("what", ["raise", "answer", OSError("late"), TimeoutError("late")])
async def test_cancellation(what):
    async def work():
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            if what == "raise":
                raise
            if what == "answer":
                return "late"
            raise what from None

    service = AsyncService()
    call = asyncio.create_task(service.run("reading", work))
    await asyncio.sleep(1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await service.run("reading", fine) == "fine"
