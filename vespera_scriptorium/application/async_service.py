"""A service that fails now and then, says so in its own words, and recovers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vespera_scriptorium.application.cancellation import heed
from vespera_scriptorium.domain.errors import AsyncServiceError, reason
from vespera_scriptorium.domain.results import ServiceResult, ServiceStatus

T = TypeVar("T")
TRANSIENT = (ConnectionError, TimeoutError)


class AsyncService:
    """Runs operations that touch the world outside, where anything may fail.

    The contract:

    1. An `OSError` of an operation comes out as `AsyncServiceError`: its message holds the name of
       the operation and the message of the error, its `__cause__` is the error.
    2. Every other exception is a programming error, and comes out as it is; the service is not
       failed by it.
    3. After an `AsyncServiceError` the service has failed: `status` tells which operation it was
       and what the message, or the error's type where it had none, and every operation raises
       `AsyncServiceError` without being run. An operation that was at work already may still end
       well; the service stays failed.
    4. `recover_from_error` succeeds, and makes the service as good as new: nothing of the failure
       is left in `status`. To recover twice, or without need, is harmless.
    5. `run_with_retry` runs an operation up to `attempts` times. It tries again after a transient
       error (`ConnectionError`, `TimeoutError`), never after another one or after a cancellation.
       Between two attempts it waits `delay` seconds. Only when it gives up has the service failed.
    6. When all attempts fail, the last error is the cause.
    7. A cancellation from outside comes out as `CancelledError`, at any moment, and whatever the
       work makes of it.
    """

    def __init__(self) -> None:
        self._status = ServiceStatus(healthy=True)

    @property
    def status(self) -> ServiceStatus:
        """How the service is."""
        return self._status

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        return await self.run_with_retry(operation, work, attempts=1)

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
            return await self._attempt(work, attempts, delay)
        except OSError as error:
            raise self._failed(operation, error) from error

    def _refuse_if_failed(self, operation: str) -> None:
        """Raise `AsyncServiceError` while the service has failed."""
        if not self._status.healthy:
            raise AsyncServiceError(
                f"{operation}: not run, because {self._status.failed_operation} has failed"
            )

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except TRANSIENT:
                await asyncio.sleep(delay)
        return await heed(work())

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation}: {reason(error)}")

    async def recover_from_error(self) -> ServiceResult:
        """Make the service work again."""
        await asyncio.sleep(0)
        self._status = ServiceStatus(healthy=True)
        return ServiceResult(success=True)

    async def normal_operation(self) -> ServiceResult:
        """An operation that works, on a service that works."""

        async def work() -> ServiceResult:
            await asyncio.sleep(0)
            return ServiceResult(success=True, output="done")

        return await self.run("normal operation", work)

    async def operation_that_fails(self) -> ServiceResult:
        """An operation that always fails."""

        async def work() -> ServiceResult:
            await asyncio.sleep(0)
            raise ConnectionError("Expected error message")

        return await self.run("operation that fails", work)
