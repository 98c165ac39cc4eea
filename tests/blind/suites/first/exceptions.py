import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


def raising(error, cause=None):
    async def work():
        await asyncio.sleep(0)
        raise error from cause

    return work


@pytest.mark.parametrize(
    "error",
    [
        OSError("disk full"),
        ConnectionError("refused"),
        TimeoutError("too slow"),
        ConnectionResetError("reset"),
        FileNotFoundError(2, "No such file", "x.txt"),
        PermissionError("forbidden"),
    ],
)
async def test_os_errors(error):
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("read the letter", raising(error))
    assert "read the letter" in str(caught.value)
    assert str(error) in str(caught.value)
    assert caught.value.__cause__ is error


async def test_cause_is_the_error_itself():
    error = ConnectionError("outer")
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("op", raising(error, OSError("inner")))
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        TypeError("t"),
        ValueError("v"),
        KeyError("k"),
        RuntimeError("r"),
        AssertionError("a"),
        AsyncServiceError("s"),
        asyncio.CancelledError(),
    ],
)
async def test_others_come_out(error):
    with pytest.raises(type(error)) as caught:
        await AsyncService().run("op", raising(error))
    assert caught.value is error


async def test_cancelled_from_outside():
    started = asyncio.Event()

    async def work():
        started.set()
        await asyncio.sleep(1000)

    task = asyncio.create_task(AsyncService().run("op", work))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("answer", ["done", None, 0, "", [], object(), OSError("as a value")])
async def test_answer(answer):
    async def work():
        return answer

    assert await AsyncService().run("op", work) is answer
