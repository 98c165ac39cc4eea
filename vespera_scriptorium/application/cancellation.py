"""Whether somebody wants us to end, whatever the work that we await makes of it."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


def cancellations() -> int:
    """How often somebody has asked the current task to end."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


async def heed(work: Awaitable[T]) -> T:
    """Await work; a cancellation comes out, also where the work makes something else of it."""
    before = cancellations()
    cause: Exception | None = None
    try:
        answer = await work
    except Exception as error:
        cause = error
    if cancellations() > before:
        raise asyncio.CancelledError from cause
    if cause is not None:
        raise cause
    return answer
