"""Correct implementations for `retry`, built differently."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vespera_scriptorium.application.async_service import TRANSIENT, AsyncService

from .exercise import retry

T = TypeVar("T")


@retry.alternative()
class CallsItself(AsyncService):
    """Calls itself for the attempts that are left, and waits for an event that never comes."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        try:
            return await work()
        except TRANSIENT:
            if attempts == 1:
                raise
        try:
            async with asyncio.timeout(delay):
                await asyncio.Event().wait()
        except TimeoutError:
            pass
        return await self._attempt(work, attempts - 1, delay)
