"""Correct implementations for `recovery`, built differently."""

import asyncio

from vespera_scriptorium.application.async_service import AsyncService
from vespera_scriptorium.domain.errors import AsyncServiceError
from vespera_scriptorium.domain.results import ServiceResult

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
