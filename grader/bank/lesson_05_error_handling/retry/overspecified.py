import asyncio
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import AsyncService, AsyncServiceError


async def test_it_sleeps_between_two_attempts(monkeypatch):
    sleep = AsyncMock()
    monkeypatch.setattr(asyncio, "sleep", sleep)
    work = AsyncMock(side_effect=[ConnectionError("gone"), "stored"])
    assert await AsyncService().run_with_retry("upload", work, attempts=3, delay=60) == "stored"
    sleep.assert_awaited_once_with(60)


async def test_it_gives_up_after_three_attempts():
    work = AsyncMock(side_effect=ConnectionError("gone"))
    with pytest.raises(AsyncServiceError):
        await AsyncService().run_with_retry("upload", work, attempts=3)
    assert work.await_count == 3
