import asyncio

import pytest

from vespera_scriptorium.application.async_service import AsyncService
from vespera_scriptorium.domain.errors import AsyncServiceError


def raising(error, cause=None):
    async def work():
        await asyncio.sleep(0)
        raise error from cause

    return work


@pytest.mark.parametrize(
    "kind",
    [OSError, ConnectionError, TimeoutError, FileNotFoundError, PermissionError,
     ConnectionResetError, BlockingIOError],
)
@pytest.mark.parametrize("cause", [None, ValueError("the root")])
async def test_an_os_error(kind, cause):
    error = kind("the wire is cut")
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("read the wire", raising(error, cause))
    assert caught.value.__cause__ is error
    assert "read the wire" in str(caught.value)
    assert "the wire is cut" in str(caught.value)


@pytest.mark.parametrize(
    "error",
    [TypeError("x"), ValueError("x"), RuntimeError("x"), KeyError("x"), LookupError(),
     asyncio.CancelledError()],
)
async def test_every_other_exception(error):
    with pytest.raises(type(error)) as caught:
        await AsyncService().run("read", raising(error))
    assert caught.value is error


async def test_cancelled_from_outside():
    async def work():
        await asyncio.sleep(100)

    call = asyncio.create_task(AsyncService().run("wait", work))
    await asyncio.sleep(1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


@pytest.mark.parametrize("answer", ["x", "", 0, [], None, False])
async def test_the_answer(answer):
    async def work():
        return answer

    assert await AsyncService().run("ask", work) is answer
