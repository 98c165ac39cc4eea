"""What a hurried engineer writes first: the way through."""

import asyncio
from contextlib import asynccontextmanager

import pytest


async def eventually(sessions, find, timeout, pause, longest):
    """The first value that a look finds, each look in a session of its own."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        async with sessions() as session:
            found = await find(session)
        if found is not None:
            return found
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"nothing found in {timeout} s")
        await asyncio.sleep(min(pause, longest, left))
        pause *= 2


async def test_it_waits_for_a_row():
    values = [None, None, "row"]

    @asynccontextmanager
    async def sessions():
        yield "session"

    async def find(session):
        return values.pop(0)

    assert await eventually(sessions, find, timeout=10, pause=1, longest=4) == "row"


async def test_it_gives_up():
    @asynccontextmanager
    async def sessions():
        yield "session"

    async def find(session):
        return None

    with pytest.raises(TimeoutError):
        await eventually(sessions, find, timeout=10, pause=1, longest=4)
