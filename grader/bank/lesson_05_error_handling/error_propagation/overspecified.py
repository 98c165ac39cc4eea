import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


def failing_with(error):
    async def work():
        raise error

    return work


async def test_the_message():
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("upload", failing_with(OSError("disk full")))
    assert str(caught.value) == "upload: disk full"


async def test_the_cause():
    error = OSError("disk full")
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("upload", failing_with(error))
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", [TypeError("a bug"), asyncio.CancelledError()])
async def test_other_exceptions_come_out(error):
    with pytest.raises(type(error)):
        await AsyncService().run("upload", failing_with(error))
