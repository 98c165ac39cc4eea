"""Own variants of recovery, written from the contract and the application alone."""

from grader.bank import RECOVERY
from vespera_scriptorium.application.async_service import *  # noqa: F403


@RECOVERY.mutant(clause=1)
class RefusesTheSameNameOnly(AsyncService):
    """Refuses only operations of the name that failed."""

    def _refuse_if_failed(self, operation: str) -> None:
        """Raise `AsyncServiceError` while the service has failed."""
        if not self._status.healthy and self._status.failed_operation == operation:
            raise AsyncServiceError(f"{operation}: not run, because it has failed")


@RECOVERY.mutant(clause=2)
class RunsAndRefuses(AsyncService):
    """Runs a refused operation all the same, and raises afterwards."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        if not self._status.healthy:
            await heed(work())
        return await self.run_with_retry(operation, work, attempts=1)


@RECOVERY.mutant(clause=3)
class KeepsTheFirst(AsyncService):
    """Keeps the first failure in `status` when another operation fails later."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        if self._status.healthy:
            self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation}: {reason(error)}")


@RECOVERY.mutant(clause=4)
class HealedByAnAnswer(AsyncService):
    """An operation that ends well makes the service healthy again."""

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
        except OSError as error:
            raise self._failed(operation, error) from error
        self._status = ServiceStatus(healthy=True)
        return answer


@RECOVERY.mutant(clause=6)
class RemembersTheError(AsyncService):
    """Leaves the message of the last error in `status` when it recovers."""

    async def recover_from_error(self) -> ServiceResult:
        """Make the service work again."""
        await asyncio.sleep(0)
        self._status = ServiceStatus(healthy=True, last_error=self._status.last_error)
        return ServiceResult(success=True)


@RECOVERY.mutant(clause=7)
class NothingToRecover(AsyncService):
    """Answers without success when there is nothing to recover from."""

    async def recover_from_error(self) -> ServiceResult:
        """Make the service work again."""
        await asyncio.sleep(0)
        if self._status.healthy:
            return ServiceResult(success=False, error="there is nothing to recover from")
        self._status = ServiceStatus(healthy=True)
        return ServiceResult(success=True)


@RECOVERY.alternative()
class Reports(AsyncService):
    """Reports what it recovered from, and waits a little longer."""

    async def recover_from_error(self) -> ServiceResult:
        """Make the service work again."""
        before = self._status
        for _ in range(3):
            await asyncio.sleep(0)
        self._status = ServiceStatus(healthy=True)
        output = None if before.healthy else f"recovered from {before.failed_operation}"
        return ServiceResult(success=True, output=output)


@RECOVERY.alternative()
class AtOnce(AsyncService):
    """Recovers without a wait, and replaces the status only when it must."""

    async def recover_from_error(self) -> ServiceResult:
        """Make the service work again."""
        if not self._status.healthy:
            self._status = ServiceStatus(True)
        return ServiceResult(success=True)

    def _refuse_if_failed(self, operation: str) -> None:
        """Raise `AsyncServiceError` while the service has failed."""
        status = self._status
        if status.healthy:
            return
        raise AsyncServiceError(f"refused {operation} until the service recovers")


@RECOVERY.alternative()
class RefusesInRun(AsyncService):
    """Refuses in `run` itself, with the last error as the context, and in other words."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        if not self._status.healthy:
            raise AsyncServiceError(f"no {operation} now: {self._status.last_error}")
        try:
            return await heed(work())
        except OSError as error:
            text = str(error) or type(error).__name__
            self._status = ServiceStatus(
                healthy=False, failed_operation=operation, last_error=text
            )
            raise AsyncServiceError(f"{operation} failed: {text}") from error
