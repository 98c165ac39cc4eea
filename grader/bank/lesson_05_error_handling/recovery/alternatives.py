"""Correct implementations for `recovery`, built differently."""

import asyncio

from vespera_scriptorium.application.async_service import AsyncService
from vespera_scriptorium.domain.errors import AsyncServiceError, reason
from vespera_scriptorium.domain.results import ServiceResult, ServiceStatus

from .exercise import recovery


@recovery.alternative()
class StartsOver(AsyncService):
    """Takes a second to recover, and starts over as a new service.

    `str`: refuses in its own words.
    `match`: refuses in its own words.
    """

    def _refuse_if_failed(self, operation: str) -> None:
        if self._status.failed_operation is not None:
            raise AsyncServiceError(f"recover the service before you run {operation}")

    async def recover_from_error(self) -> ServiceResult:
        await asyncio.sleep(1)
        self._status = AsyncService().status
        return ServiceResult(success=True, output="started over")


@recovery.alternative()
class KeepsAList(AsyncService):
    """Keeps a list of its failures, and makes the status of the last one when somebody asks."""

    def __init__(self) -> None:
        self._failures: list[tuple[str, str]] = []

    @property
    def status(self) -> ServiceStatus:
        if not self._failures:
            return ServiceStatus(healthy=True)
        operation, message = self._failures[-1]
        return ServiceStatus(False, operation, message)

    def _refuse_if_failed(self, operation: str) -> None:
        if self._failures:
            raise AsyncServiceError(f"{operation} is refused: {len(self._failures)} failures")

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._failures.append((operation, reason(error)))
        return AsyncServiceError(f"{operation} has failed: {reason(error)}")

    async def recover_from_error(self) -> ServiceResult:
        self._failures.clear()
        return ServiceResult(success=True)
