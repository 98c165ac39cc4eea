"""Own variants of exceptions, written from the contract and the application alone."""

from grader.bank import exceptions
from vespera_scriptorium.application.async_service import *  # noqa: F403


@exceptions.mutant(clause=1)
class TimeoutsComeOut(AsyncService):
    """A `TimeoutError` comes out as it is."""

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
        except TimeoutError:
            raise
        except OSError as error:
            raise self._failed(operation, error) from error


@exceptions.mutant(clause=2)
class WhichOperation(AsyncService):
    """The message does not say which operation it was."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"the operation failed: {reason(error)}")


@exceptions.mutant(clause=3)
class NoCause(AsyncService):
    """The cause is forgotten."""

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
            raise self._failed(operation, error)


@exceptions.mutant(clause=4)
class BugsAreTranslated(AsyncService):
    """A programming error is translated, too."""

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
        except Exception as error:
            raise self._failed(operation, error) from error


@exceptions.mutant(clause=4)
class CancellationIsTranslated(AsyncService):
    """A cancellation comes out as an `AsyncServiceError`."""

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
        except (OSError, asyncio.CancelledError) as error:
            raise self._failed(operation, error) from error


@exceptions.mutant(clause=5)
class FalsyIsNothing(AsyncService):
    """An answer that is empty or zero becomes None."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        return await self.run_with_retry(operation, work, attempts=1) or None


@exceptions.alternative()
class OtherOrder(AsyncService):
    """Says the message first."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{reason(error)} [in {operation}]")


@exceptions.alternative()
class RaisesLater(AsyncService):
    """Raises its error after the block."""

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
        cause = None
        try:
            return await self._attempt(work, attempts, delay)
        except OSError as error:
            cause = error
        raise self._failed(operation, cause) from cause


@exceptions.alternative()
class TwoParts(AsyncService):
    """Has a message of two parts."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(operation, str(error))
