"""Correct implementations for `cleanup`, built differently."""

from collections.abc import Mapping
from typing import Any

from vespera_scriptorium.application.async_resource_manager import (
    ResourceSession,
)
from vespera_scriptorium.domain.errors import raise_one, reason
from vespera_scriptorium.domain.results import ServiceResult

from .exercise import cleanup


@cleanup.alternative()
class ClosesTheFirstFirst(ResourceSession):
    """Closes its resources in the order in which they were created.

    `error`: words its errors in its own way.
    """

    async def close(self) -> None:
        created, self._created, self._ended = self._created, [], True
        errors: list[BaseException] = []
        for resource_id in created:
            try:
                await self._provider.close(resource_id)
            except BaseException as error:
                errors.append(error)
        raise_one(errors)

    async def execute_operation(
        self, resource_id: str, operation: str, parameters: Mapping[str, Any] | None = None
    ) -> ServiceResult:
        if resource_id not in self._created:
            return ServiceResult(success=False, error=f"not mine: {resource_id}")
        try:
            output = await self._provider.execute(resource_id, operation, dict(parameters or {}))
        except Exception as error:
            return ServiceResult(success=False, error=f"{operation} failed: {reason(error)}")
        return ServiceResult(success=True, output=output)
