"""What is true of the reference, and promised nowhere."""

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


async def test_the_error_says_so():
    @asynccontextmanager
    async def sessions():
        yield "session"

    async def find(session):
        return None

    with pytest.raises(TimeoutError, match="nothing was found in 10 s"):
        await eventually(sessions, find, timeout=10, pause=1, longest=4)
