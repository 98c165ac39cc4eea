"""What is true of the reference, and promised nowhere."""

import asyncio
import inspect
from unittest.mock import AsyncMock

import pytest


async def wait_until(look, done, timeout, interval):
    """The first value of a look that is done, at the deadline at the latest."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"still {value!r} after {timeout} s")
        await asyncio.sleep(min(interval, left))


async def test_the_error_says_so():
    with pytest.raises(TimeoutError, match="not done after 10 s: the last value was 'new'"):
        await wait_until(lambda: "new", lambda value: False, timeout=10, interval=4)


async def test_it_sleeps_between_two_looks(monkeypatch):
    sleep, values = AsyncMock(), ["new", "done"]
    monkeypatch.setattr(asyncio, "sleep", sleep)
    await wait_until(lambda: values.pop(0), lambda value: value == "done", 10, 4)
    sleep.assert_awaited_once_with(4)
