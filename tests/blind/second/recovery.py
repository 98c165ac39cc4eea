"""Own variants of recovery, written from the contract and the application alone."""

from grader.bank import RECOVERY
from vespera_scriptorium.application.async_service import *  # noqa: F403


@RECOVERY.mutant(clause=1)
class RefusesTheSameNameOnly(AsyncService):
    """Only the operation that failed is refused; the others run."""

    def _refuse_if_failed(self, operation: str) -> None:
        """Raise `AsyncServiceError` while the service has failed."""
        if not self._status.healthy and operation == self._status.failed_operation:
            raise AsyncServiceError(
                f"{operation}: not run, because {self._status.failed_operation} has failed"
            )


@RECOVERY.mutant(clause=2)
class RefusedAfterTheWork(AsyncService):
    """Looks whether the service has failed only when the work has been done."""

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
        if self._status.healthy:
            try:
                return await self._attempt(work, attempts, delay)
            except OSError as error:
                raise self._failed(operation, error) from error
        try:
            await work()
        except OSError:
            pass
        self._refuse_if_failed(operation)
        raise AsyncServiceError(f"{operation}: not run")


@RECOVERY.mutant(clause=3)
class FirstFailureStays(AsyncService):
    """Of two operations that fail one after the other, `status` keeps the first."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        if self._status.healthy:
            self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation}: {reason(error)}")


@RECOVERY.mutant(clause=4)
class SuccessHeals(AsyncService):
    """An operation that was at work when another failed, and answers, ends the failure."""

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


@RECOVERY.mutant(clause=5)
class RecoversOnce(AsyncService):
    """Answers with a success each time, but only the first recovery helps."""

    async def recover_from_error(self) -> ServiceResult:
        """Make the service work again."""
        await asyncio.sleep(0)
        if not self._status.healthy and not self.__dict__.get("_recovered"):
            self._recovered = True
            self._status = ServiceStatus(healthy=True)
        return ServiceResult(success=True)


@RECOVERY.mutant(clause=6)
class LastErrorIsLeft(AsyncService):
    """After the recovery `status` still tells the last error."""

    async def recover_from_error(self) -> ServiceResult:
        """Make the service work again."""
        await asyncio.sleep(0)
        self._status = ServiceStatus(healthy=True, last_error=self._status.last_error)
        return ServiceResult(success=True)


@RECOVERY.alternative()
class RecoveryTakesAWhile(AsyncService):
    """Takes five seconds to recover, and says so in the result."""

    async def recover_from_error(self) -> ServiceResult:
        """Make the service work again."""
        await asyncio.sleep(5)
        self._status = ServiceStatus(healthy=True)
        return ServiceResult(success=True, output="recovered after five seconds")


@RECOVERY.alternative()
class OtherWordsForARefusal(AsyncService):
    """Refuses in other words, without a name, and lets nobody await anything before."""

    def _refuse_if_failed(self, operation: str) -> None:
        """Raise `AsyncServiceError` while the service has failed."""
        if not self._status.healthy:
            raise AsyncServiceError("call recover_from_error first") from None


@RECOVERY.alternative()
class KeepsAListOfFailures(AsyncService):
    """Keeps all failures in a list, and makes each status anew of the last one."""

    def __init__(self) -> None:
        self._failures: list[tuple[str, str]] = []

    @property
    def status(self) -> ServiceStatus:
        """How the service is."""
        if not self._failures:
            return ServiceStatus(healthy=True)
        return ServiceStatus(False, *self._failures[-1])

    def _refuse_if_failed(self, operation: str) -> None:
        """Raise `AsyncServiceError` while the service has failed."""
        if self._failures:
            raise AsyncServiceError(f"{operation} is refused after {len(self._failures)} failures")

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._failures.append((operation, reason(error)))
        return AsyncServiceError(f"{operation}: {reason(error)}")

    async def recover_from_error(self) -> ServiceResult:
        """Make the service work again."""
        self._failures.clear()
        return ServiceResult(success=True)
