import asyncio

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


def failing_with(error):
    async def work():
        raise error

    return work


async def test_a_full_disk():
    error = OSError("disk full")
    with pytest.raises(AsyncServiceError, match="upload.*disk full|disk full.*upload") as caught:
        await AsyncService().run("upload", failing_with(error))
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", [KeyError("user"), asyncio.CancelledError()])
async def test_the_rest(error):
    with pytest.raises(type(error)):
        await AsyncService().run("upload", failing_with(error))
