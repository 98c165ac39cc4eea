from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


async def test_the_second_attempt_succeeds():
    work = AsyncMock(side_effect=[ConnectionError("gone"), "stored"])
    assert await AsyncService().run_with_retry("upload", work, attempts=3) == "stored"
    assert work.await_count == 2


async def test_it_gives_up():
    work = AsyncMock(side_effect=ConnectionError("gone"))
    with pytest.raises(AsyncServiceError, match="gone"):
        await AsyncService().run_with_retry("upload", work, attempts=3)


async def test_a_full_disk_is_an_error():
    work = AsyncMock(side_effect=OSError("disk full"))
    with pytest.raises(AsyncServiceError, match="disk full"):
        await AsyncService().run_with_retry("upload", work, attempts=3)


async def test_no_attempts():
    with pytest.raises(ValueError, match="attempts"):
        await AsyncService().run_with_retry("upload", AsyncMock(), attempts=0)
