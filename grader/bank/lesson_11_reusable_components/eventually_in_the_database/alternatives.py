"""Correct implementations for `eventually-in-the-database`, built differently."""

from typing import TYPE_CHECKING, Any

from .exercise import (
    HELPER,
    eventually_in_the_database,
)

if TYPE_CHECKING:
    pass


@eventually_in_the_database.alternative(replaces=HELPER)
async def plans_its_pauses(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Plans its pauses in a generator, and enters the sessions through a stack."""
    import asyncio
    from contextlib import AsyncExitStack

    def pauses() -> "Any":
        length = min(pause, longest)
        while True:
            yield length
            length = min(2 * length, longest)

    loop = asyncio.get_running_loop()
    end = loop.time() + timeout
    for length in pauses():
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(sessions())
            found = await find(session)
        await asyncio.sleep(0)
        if found is not None:
            return found
        now = loop.time()
        if now >= end:
            break
        await asyncio.sleep(min(now + length, end) - now)
    raise TimeoutError


@eventually_in_the_database.alternative(replaces=HELPER)
async def looks_in_tasks(
    sessions: "Any", find: "Any", timeout: float, pause: float, longest: float
) -> "Any":
    """Runs each look in a task of its own, and words its error in its own way."""
    import asyncio

    async def look() -> "Any":
        async with sessions() as session:
            return await find(session)

    loop = asyncio.get_running_loop()
    end = loop.time() + timeout
    number = 0
    while True:
        task = asyncio.create_task(look())
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            raise
        found = task.result()
        if found is not None:
            return found
        if loop.time() >= end:
            raise TimeoutError(f"{number + 1} looks, and it is not there")
        over = asyncio.Event()
        length = min(pause * 2**number, longest)
        timer = loop.call_at(min(loop.time() + length, end), over.set)
        try:
            await over.wait()
        finally:
            timer.cancel()
        number += 1
