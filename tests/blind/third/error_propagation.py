"""Own variants of error-propagation, written from the contract and the application alone."""

from grader.bank import error_propagation
from vespera_scriptorium.application.async_service import *  # noqa: F403


@error_propagation.mutant(clause=1)
class OnlyTransient(AsyncService):
    """Only a `ConnectionError` or a `TimeoutError` is translated."""

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
        except TRANSIENT as error:
            raise self._failed(operation, error) from error


@error_propagation.mutant(clause=2)
class NothingToSay(AsyncService):
    """An error without a message adds nothing to the message."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation}: {error}")


@error_propagation.mutant(clause=3)
class TheRootOfItAll(AsyncService):
    """The cause is the cause of the error, where it has one."""

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
            raise self._failed(operation, error) from error.__cause__ or error


@error_propagation.mutant(clause=4)
class LooksAtTheCause(AsyncService):
    """A bug whose cause is an `OSError` is translated, too."""

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
        except Exception as error:
            if isinstance(error.__cause__, OSError):
                raise self._failed(operation, error.__cause__) from error.__cause__
            raise


@error_propagation.mutant(clause=4)
class ABugFailsTheService(AsyncService):
    """A bug comes out as it is, and leaves the service failed."""

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
        except Exception as error:
            self._status = ServiceStatus(False, operation, reason(error))
            raise


@error_propagation.mutant(clause=5)
class AnErrorInPlaceOfIt(AsyncService):
    """A cancelled work that raises an `OSError` fails, and is not cancelled."""

    async def _attempt(self, work: Callable[[], Awaitable[T]], attempts: int, delay: float) -> T:
        """Await the work, and again after a transient error; the last error comes out."""
        for _ in range(attempts - 1):
            try:
                return await heed(work())
            except TRANSIENT:
                await asyncio.sleep(delay)
        return await work()


@error_propagation.alternative()
class OtherOrder(AsyncService):
    """Says the message first."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"({reason(error)}) happened in <{operation}>")


@error_propagation.alternative()
class TypeAlways(AsyncService):
    """Says the type, too."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{operation} failed with {type(error).__name__}: {error}")


@error_propagation.alternative()
class RunsByItself(AsyncService):
    """Runs a single attempt without the loop."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        self._refuse_if_failed(operation)
        try:
            return await heed(work())
        except OSError as error:
            problem = self._failed(operation, error)
            problem.__cause__ = error
            raise problem
