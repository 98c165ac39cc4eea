"""Correct implementations for `retry`, built differently."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vespera_scriptorium.application.async_service import TRANSIENT, AsyncService
from vespera_scriptorium.application.cancellation import heed
from vespera_scriptorium.domain.errors import AsyncServiceError, reason
from vespera_scriptorium.domain.results import ServiceStatus

from .exercise import retry

T = TypeVar("T")


@retry.alternative()
class CallsItself(AsyncService):
    """Calls itself for the attempts that are left, and waits for an event that never comes."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        try:
            return await heed(work())
        except TRANSIENT:
            if attempts == 1:
                raise
        try:
            async with asyncio.timeout(delay):
                await asyncio.Event().wait()
        except TimeoutError:
            pass
        return await self._attempt(work, attempts - 1, delay)


@retry.alternative()
class AttemptsAreTasks(AsyncService):
    """Makes a task of each attempt, and says how it gave up.

    `str`: words its messages in its own way.
    `match`: words its messages in its own way.
    """

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        async def attempt() -> T:
            return await work()

        errors: list[OSError] = []
        while len(errors) < attempts:
            if errors and delay > 0:
                await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=delay)
            try:
                return await heed(asyncio.create_task(attempt()))
            except TRANSIENT as error:
                errors.append(error)
        raise errors[-1]

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"gave up on {operation}, because: {reason(error)}")
