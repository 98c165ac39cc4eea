"""Correct implementations for `bounded-cleanup`, built differently."""

import asyncio
from collections.abc import Awaitable, Callable

from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService
from vespera_scriptorium.domain.errors import DeadlineExceededError, reason

from .exercise import bounded_cleanup


@bounded_cleanup.alternative()
class CleanupTask(TimeoutAwareService):
    """Gives the cleanup a task of its own, and waits for that task."""

    async def _clean_up(
        self,
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        missed: DeadlineExceededError,
    ) -> None:
        async def clean() -> None:
            await cleanup()

        self.busy += 1
        task = asyncio.create_task(clean())
        try:
            await asyncio.wait({task}, timeout=timeout)
            missed.cleanup_abandoned = not task.done()
        finally:
            task.cancel()
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError:
                task.cancel()
                await asyncio.wait({task})
                raise
            error = None if task.cancelled() else task.exception()
            self.busy -= 1
        if isinstance(error, Exception):
            missed.add_note(f"{type(error).__name__} in the cleanup: {reason(error)}")
