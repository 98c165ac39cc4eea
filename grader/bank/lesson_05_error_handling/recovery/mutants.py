"""The mutants of `recovery`: each has one bug, and breaks one promise."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vespera_scriptorium.application.async_service import AsyncService
from vespera_scriptorium.domain.errors import AsyncServiceError, reason
from vespera_scriptorium.domain.results import ServiceResult, ServiceStatus

from .exercise import recovery

T = TypeVar("T")


@recovery.mutant(promise="any-name")
class RefusesOneOperation(AsyncService):
    """Refuses the operation that failed, and runs all others on a broken service."""

    def _refuse_if_failed(self, operation: str) -> None:
        if self._status.failed_operation == operation:
            raise AsyncServiceError(
                f"{operation}: not run, because {self._status.failed_operation} has failed"
            )


@recovery.mutant(promise="not-run")
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


@recovery.mutant(promise="refusals")
class RefusalIsAFailure(AsyncService):
    """Notes each refusal as the latest failure, so that nobody finds the first one any more."""

    def _refuse_if_failed(self, operation: str) -> None:
        if not self._status.healthy:
            refusal = f"not run, because {self._status.failed_operation} has failed"
            raise self._failed(operation, OSError(refusal))


@recovery.mutant(promise="only-recovery")
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


@recovery.mutant(promise="recovers")
class NeverRecovers(AsyncService):
    """Forgets the `self` and makes a healthy status that nobody ever sees."""

    async def recover_from_error(self) -> ServiceResult:
        await asyncio.sleep(0)
        status = ServiceStatus(healthy=True)
        return ServiceResult(success=status.healthy)


@recovery.mutant(promise="no-past")
class KeepsTheFailure(AsyncService):
    """Is healthy again, and still tells everybody what failed before."""

    async def recover_from_error(self) -> ServiceResult:
        await asyncio.sleep(0)
        failed_operation, last_error = self._status.failed_operation, self._status.last_error
        self._status = ServiceStatus(True, failed_operation, last_error)
        return ServiceResult(success=True)


@recovery.mutant(promise="harmless")
class NothingToRecoverFrom(AsyncService):
    """Raises when there is nothing to recover from, so that two callers cannot both recover."""

    async def recover_from_error(self) -> ServiceResult:
        await asyncio.sleep(0)
        if self._status.healthy:
            raise AsyncServiceError("there is nothing to recover from")
        self._status = ServiceStatus(healthy=True)
        return ServiceResult(success=True)


@recovery.mutant(promise="any-door")
class RetriesOnAFailedService(AsyncService):
    """Refuses an operation that has one attempt, and lets others try."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        if attempts == 1:
            self._refuse_if_failed(operation)
        try:
            return await self._attempt(work, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from error


@recovery.mutant(promise="raises")
class RefusesSilently(AsyncService):
    """Runs nothing while it has failed, and answers None."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        if not self._status.healthy:
            return None  # type: ignore[return-value]  # that is the bug
        try:
            return await self._attempt(work, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from error


@recovery.mutant(promise="name")
class NamesTheError(AsyncService):
    """Notes the type of the error where the name of the operation belongs."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, type(error).__name__, reason(error))
        return AsyncServiceError(f"{operation}: {reason(error)}")


@recovery.mutant(promise="last")
class KeepsTheFirstFailure(AsyncService):
    """Keeps the first failure, also when another operation fails after it."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        if self._status.healthy:
            self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation}: {reason(error)}")


@recovery.mutant(promise="message")
class NamesTheOperationTwice(AsyncService):
    """Notes its own message, with the name of the operation in it."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        message = f"{operation}: {reason(error)}"
        self._status = ServiceStatus(False, operation, message)
        return AsyncServiceError(message)


@recovery.mutant(promise="no-message")
class SaysNothing(AsyncService):
    """Notes an empty message where the error has none."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        self._status = ServiceStatus(False, operation, str(error))
        return AsyncServiceError(f"{operation}: {reason(error)}")


@recovery.mutant(promise="only-recovery")
class RefusesOnce(AsyncService):
    """Refuses one operation, and takes the failure for known then."""

    def _refuse_if_failed(self, operation: str) -> None:
        if not self._status.healthy:
            failed_operation = self._status.failed_operation
            self._status = ServiceStatus(True, failed_operation, self._status.last_error)
            raise AsyncServiceError(f"{operation}: not run, because {failed_operation} has failed")


@recovery.mutant(promise="goes-on")
class StopsWhatIsAtWork(AsyncService):
    """Throws the answer of an operation away when another one has failed in the meantime."""

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
        self._refuse_if_failed(operation)
        return answer


@recovery.mutant(promise="again")
class RecoversOnce(AsyncService):
    """Recovers the first time, and takes later failures for the one that it has dealt with."""

    async def recover_from_error(self) -> ServiceResult:
        await asyncio.sleep(0)
        if not self._status.healthy and not vars(self).get("_recovered"):
            self._status = ServiceStatus(healthy=True)
            vars(self)["_recovered"] = True
        return ServiceResult(success=True)
