import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


def raising(error):
    async def work():
        raise error

    return work


@pytest.mark.parametrize("kind", [OSError, ConnectionError, TimeoutError, FileNotFoundError])
async def test_os_errors(kind):
    error = kind("boom")
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("reading", raising(error))
    assert "reading" in str(caught.value) and "boom" in str(caught.value)
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("kind", [TypeError, ValueError, KeyError, RuntimeError])
async def test_others(kind):
    error = kind("bug")
    with pytest.raises(kind) as caught:
        await AsyncService().run("reading", raising(error))
    assert caught.value is error


async def test_cancellation():
    async def work():
        await asyncio.sleep(100)

    call = asyncio.create_task(AsyncService().run("reading", work))
    await asyncio.sleep(1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


@pytest.mark.parametrize("answer", ["text", "", 0, None, [], [1], False])
async def test_answer(answer):
    async def work():
        return answer

    assert await AsyncService().run("reading", work) is answer
