"""The mutants of `recovery`: each has one bug, and breaks one clause."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vespera_scriptorium.application.async_service import AsyncService
from vespera_scriptorium.domain.errors import AsyncServiceError
from vespera_scriptorium.domain.results import ServiceResult, ServiceStatus

from .exercise import recovery

T = TypeVar("T")


@recovery.mutant(clause=1)
class RefusesOneOperation(AsyncService):
    """Refuses the operation that failed, and runs all others on a broken service."""

    def _refuse_if_failed(self, operation: str) -> None:
        if self._status.failed_operation == operation:
            raise AsyncServiceError(
                f"{operation}: not run, because {self._status.failed_operation} has failed"
            )


@recovery.mutant(clause=2)
class RefusesTooLate(AsyncService):
    """Refuses when the work has been done already, and throws its answer away."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        healthy = self._status.healthy
        try:
            answer = await self._attempt(work, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from error
        if not healthy:
            self._refuse_if_failed(operation)
        return answer


@recovery.mutant(clause=3)
class RefusalIsAFailure(AsyncService):
    """Notes each refusal as the latest failure, so that nobody finds the first one any more."""

    def _refuse_if_failed(self, operation: str) -> None:
        if not self._status.healthy:
            refusal = f"not run, because {self._status.failed_operation} has failed"
            raise self._failed(operation, OSError(refusal))


@recovery.mutant(clause=4)
class SuccessHeals(AsyncService):
    """Takes an operation that ends well for a sign that the service is well."""

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
        try:
            answer = await self._attempt(work, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from error
        self._status = ServiceStatus(healthy=True)
        return answer


@recovery.mutant(clause=5)
class NeverRecovers(AsyncService):
    """Forgets the `self` and makes a healthy status that nobody ever sees."""

    async def recover_from_error(self) -> ServiceResult:
        await asyncio.sleep(0)
        status = ServiceStatus(healthy=True)
        return ServiceResult(success=status.healthy)


@recovery.mutant(clause=6)
class KeepsTheFailure(AsyncService):
    """Is healthy again, and still tells everybody what failed before."""

    async def recover_from_error(self) -> ServiceResult:
        await asyncio.sleep(0)
        failed_operation, last_error = self._status.failed_operation, self._status.last_error
        self._status = ServiceStatus(True, failed_operation, last_error)
        return ServiceResult(success=True)


@recovery.mutant(clause=7)
class NothingToRecoverFrom(AsyncService):
    """Raises when there is nothing to recover from, so that two callers cannot both recover."""

    async def recover_from_error(self) -> ServiceResult:
        await asyncio.sleep(0)
        if self._status.healthy:
            raise AsyncServiceError("there is nothing to recover from")
        self._status = ServiceStatus(healthy=True)
        return ServiceResult(success=True)
