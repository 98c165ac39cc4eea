"""Correct implementations for `exceptions`, built differently."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from vespera_scriptorium.application.async_service import AsyncService
from vespera_scriptorium.domain.errors import AsyncServiceError
from vespera_scriptorium.domain.results import ServiceStatus

from .exercise import exceptions

T = TypeVar("T")


@exceptions.alternative()
class TranslatesAtTheEnd(AsyncService):
    """Keeps the error until the attempts are over, and translates it then."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        self._refuse_if_failed(operation)
        last: OSError
        try:
            return await self._attempt(work, attempts, delay)
        except OSError as error:
            last = error
        self._status = ServiceStatus(False, operation, str(last))
        translated = AsyncServiceError(" - ".join([operation, str(last)]))
        translated.__cause__ = last
        raise translated
