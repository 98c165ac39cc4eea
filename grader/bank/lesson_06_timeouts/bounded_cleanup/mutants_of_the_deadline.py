"""More mutants of `bounded-cleanup`: which deadline was missed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService
from vespera_scriptorium.domain.errors import DeadlineExceededError

from .exercise import bounded_cleanup

T = TypeVar("T")


@bounded_cleanup.mutant(promise="own-timeout")
class TheWorksOwnError(TimeoutAwareService):
    """A `DeadlineExceededError` of the work itself is followed by the cleanup, too."""

    async def run_with_cleanup(
        self,
        work: Callable[[], Awaitable[T]],
        cleanup: Callable[[], Awaitable[None]],
        timeout: float,
        cleanup_timeout: float = 2.0,
    ) -> T:
        deadline = asyncio.timeout(timeout)
        try:
            return await self._run(work, deadline)
        except DeadlineExceededError as missed:
            await self._clean_up(cleanup, cleanup_timeout, missed)
            raise
