"""Correct implementations for `error-propagation`, built differently."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from vespera_scriptorium.application.async_service import AsyncService
from vespera_scriptorium.domain.errors import AsyncServiceError, reason
from vespera_scriptorium.domain.results import ServiceStatus

from .exercise import error_propagation

T = TypeVar("T")


@error_propagation.alternative()
class LooksItUp(AsyncService):
    """Looks up in a table what becomes of an error.

    `str`: words its messages in its own way.
    `match`: words its messages in its own way.
    `error`: words its messages in its own way.
    """

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
        translations = {OSError: self._failed}
        try:
            return await self._attempt(work, attempts, delay)
        except BaseException as error:
            for kind in type(error).__mro__:
                if kind in translations:
                    translated = translations[kind](operation, error)  # type: ignore[arg-type]  # kind says so
                    translated.__cause__ = error
                    raise translated
            raise

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"[{reason(error)}] ended the operation {operation}")
