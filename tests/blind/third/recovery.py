"""Own variants of recovery, written from the contract and the application alone."""

from grader.bank import recovery
from vespera_scriptorium.application.async_service import *  # noqa: F403


@recovery.mutant(clause=1)
class OnlyTheSameName(AsyncService):
    """Only the operation that failed is refused."""

    def _refuse_if_failed(self, operation: str) -> None:
        """Raise `AsyncServiceError` while the service has failed."""
        if self._status.failed_operation == operation:
            raise AsyncServiceError(
                f"{operation}: not run, because {self._status.failed_operation} has failed"
            )


@recovery.mutant(clause=2)
class RunsAndRefuses(AsyncService):
    """An operation that is refused is run before."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        """Run an operation, and again after a transient error, up to `attempts` times in all."""
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        begun = self._status
        try:
            answer = await self._attempt(work, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from error
        if not begun.healthy:
            self._refuse_if_failed(operation)
        return answer


@recovery.mutant(clause=3)
class TheFirstFailureStays(AsyncService):
    """The status tells of the first failure, not of the last."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        if self._status.healthy:
            self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation}: {reason(error)}")


@recovery.mutant(clause=4)
class ASuccessHeals(AsyncService):
    """An operation at work that ends well ends the failure."""

    async def run_with_retry(
        self,
        operation: str,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        delay: float = 0.0,
    ) -> T:
        """Run an operation, and again after a transient error, up to `attempts` times in all."""
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")
        self._refuse_if_failed(operation)
        try:
            answer = await self._attempt(work, attempts, delay)
            self._status = ServiceStatus(healthy=True)
            return answer
        except OSError as error:
            raise self._failed(operation, error) from error


@recovery.mutant(clause=6)
class RemembersTheError(AsyncService):
    """Recovered, the status still tells of the error."""

    async def recover_from_error(self) -> ServiceResult:
        """Make the service work again."""
        await asyncio.sleep(0)
        self._status = ServiceStatus(True, None, self._status.last_error)
        return ServiceResult(success=True)


@recovery.mutant(clause=7)
class NothingToRecover(AsyncService):
    """To recover without need is no success."""

    async def recover_from_error(self) -> ServiceResult:
        """Make the service work again."""
        await asyncio.sleep(0)
        if self._status.healthy:
            return ServiceResult(success=False, error="nothing to recover from")
        self._status = ServiceStatus(healthy=True)
        return ServiceResult(success=True)


@recovery.alternative()
class TakesItsTime(AsyncService):
    """Takes a while to recover, and says so."""

    async def recover_from_error(self) -> ServiceResult:
        """Make the service work again."""
        await asyncio.sleep(0.25)
        self._status = ServiceStatus(healthy=True)
        return ServiceResult(success=True, output="recovered")


@recovery.alternative()
class OtherWords(AsyncService):
    """Refuses in other words."""

    def _refuse_if_failed(self, operation: str) -> None:
        """Raise `AsyncServiceError` while the service has failed."""
        if not self._status.healthy:
            raise AsyncServiceError(
                "recover first"
            )


@recovery.alternative()
class RefusesByStatus(AsyncService):
    """Refuses by comparing the status with that of a new service."""

    def _refuse_if_failed(self, operation: str) -> None:
        """Raise `AsyncServiceError` while the service has failed."""
        if self._status != ServiceStatus(healthy=True):
            raise AsyncServiceError(
                f"{operation}: not run, because {self._status.failed_operation} has failed"
            )
