import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


async def fine():
    return "fine"


def raising(error):
    async def work():
        raise error

    return work


OS_ERRORS = [
    OSError("disk full"),
    FileNotFoundError("no such file"),
    PermissionError("not yours"),
    ConnectionError("refused"),
    ConnectionResetError("reset"),
    TimeoutError("too late"),
    InterruptedError("signal"),
    OSError(28, "no space left"),
]
EMPTY = [OSError(), ConnectionError(), TimeoutError(), FileNotFoundError(), BlockingIOError()]


@pytest.mark.parametrize("error", OS_ERRORS + EMPTY)
async def test_oserror_becomes_the_error_of_the_service(error):
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("write the report", raising(error))
    assert type(caught.value) is AsyncServiceError or isinstance(caught.value, AsyncServiceError)
    assert "write the report" in str(caught.value)
    assert (str(error) or type(error).__name__) in str(caught.value)
    assert caught.value.__cause__ is error


async def test_cause_is_the_one_that_was_raised():
    inner = OSError("inner")
    outer = OSError("outer")
    outer.__cause__ = inner
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("op", raising(outer))
    assert caught.value.__cause__ is outer
    assert outer.__cause__ is inner


@pytest.mark.parametrize("cause", [None, OSError("inner"), ValueError("inner")])
@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError, AsyncServiceError, Exception])
async def test_bug_comes_out(kind, cause):
    error = kind("bug")
    error.__cause__ = cause
    service = AsyncService()
    with pytest.raises(kind) as caught:
        await service.run("op", raising(error))
    assert caught.value is error
    assert caught.value.__cause__ is cause
    assert await service.run("next", fine) == "fine"


@pytest.mark.parametrize("end", ["cancelled", "oserror", "transient", "bug", "answer"])
async def test_cancelled(end):
    async def work():
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            if end == "oserror":
                raise OSError("closing failed") from None
            if end == "transient":
                raise ConnectionError("closing failed") from None
            if end == "bug":
                raise ValueError("closing failed") from None
            if end == "answer":
                return "answer"
            raise

    service = AsyncService()
    task = asyncio.create_task(service.run("op", work))
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await service.run("next", fine) == "fine"


async def test_cancelled_error_of_the_work_comes_out():
    service = AsyncService()
    with pytest.raises(asyncio.CancelledError):
        await service.run("op", raising(asyncio.CancelledError()))
    assert await service.run("next", fine) == "fine"
