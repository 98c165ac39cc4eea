"""Correct implementations for `wait-for-completion`, built differently."""

from typing import Any

from .exercise import (
    HELPER,
    wait_for_completion,
)


@wait_for_completion.alternative(replaces=HELPER)
async def looks_in_a_task(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Runs each look that is asynchronous in a task of its own."""
    import asyncio

    async def value_of(awaitable: "Any") -> "Any":
        return await awaitable

    loop = asyncio.get_running_loop()
    end = loop.time() + timeout
    while True:
        value = look()
        if hasattr(value, "__await__"):
            task = asyncio.create_task(value_of(value))
            try:
                await asyncio.wait({task})
            finally:
                if not task.done():
                    task.cancel()
                    await asyncio.wait({task})
            value = task.result()
        if done(value):
            return value
        if loop.time() >= end:
            break
        await asyncio.sleep(min(loop.time() + interval, end) - loop.time())
    raise TimeoutError(repr(value))


@wait_for_completion.alternative(replaces=HELPER)
async def sets_timers(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Sets a timer for each pause, waits for it, and words its error in its own way."""
    import asyncio
    import inspect

    loop = asyncio.get_running_loop()
    end = loop.time() + timeout

    async def ask() -> "Any":
        value = look()
        return await value if inspect.isawaitable(value) else value

    value = await ask()
    while not done(value):
        await asyncio.sleep(0)
        now = loop.time()
        if now >= end:
            raise TimeoutError(f"gave up: {[value]} is all there was")
        over = loop.create_future()
        timer = loop.call_at(min(now + interval, end), over.set_result, None)
        try:
            await over
        finally:
            timer.cancel()
        value = await ask()
    return value
