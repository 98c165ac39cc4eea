"""Correct implementations for `deadline`, built differently."""

import asyncio
from collections.abc import Awaitable, Callable

from vespera_scriptorium.application.timeout_aware_service import T, TimeoutAwareService
from vespera_scriptorium.domain.errors import DeadlineExceededError

from .exercise import deadline


@deadline.alternative()
class TaskOfItsOwn(TimeoutAwareService):
    """Gives the work a task of its own, and waits for that task."""

    async def run(self, work: Callable[[], Awaitable[T]], timeout: float) -> T:
        async def answer() -> T:
            return await work()

        self.busy += 1
        task = asyncio.create_task(answer())
        try:
            await asyncio.wait({task}, timeout=timeout)
            in_time = task.done()
            if not in_time:
                task.cancel()
                await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()
            raise
        finally:
            self.busy -= 1
        if in_time:
            return task.result()
        if not task.cancelled():
            task.exception()
        raise DeadlineExceededError(f"cancelled after {timeout} seconds")
