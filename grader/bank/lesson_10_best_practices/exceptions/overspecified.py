import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


async def work():
    raise OSError("disk full")


async def test_the_message():
    with pytest.raises(AsyncServiceError) as caught:
        await AsyncService().run("upload", work)
    assert str(caught.value) == "upload: disk full"


async def test_the_type():
    with pytest.raises(AsyncServiceError):
        await AsyncService().run("upload", work)
