import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


async def test_run():
    async def work():
        return True

    assert await AsyncService().run("upload", work)


async def test_error():
    async def work():
        raise OSError("disk full")

    with pytest.raises(AsyncServiceError):
        await AsyncService().run("upload", work)


async def test_attempts():
    with pytest.raises(ValueError, match="attempts"):
        await AsyncService().run_with_retry("upload", None, attempts=0)
