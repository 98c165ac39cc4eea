"""Own variants of exceptions, written from the contract and the application alone."""

from grader.bank import EXCEPTIONS
from vespera_scriptorium.application.async_service import *  # noqa: F403


@EXCEPTIONS.mutant(clause=1)
class OnlyTransientErrors(AsyncService):
    """Wraps only `ConnectionError` and `TimeoutError`; other kinds of `OSError` come out."""

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


@EXCEPTIONS.mutant(clause=2)
class ForgetsTheOperation(AsyncService):
    """The message holds only that of the error, not the name of the operation."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"the operation failed: {reason(error)}")


@EXCEPTIONS.mutant(clause=3)
class TheRootOfAll(AsyncService):
    """The cause is that of the work's error, where it has one itself."""

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
            raise self._failed(operation, error) from (error.__cause__ or error)


@EXCEPTIONS.mutant(clause=4)
class WrapsEverything(AsyncService):
    """Wraps a programming error, too."""

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


@EXCEPTIONS.mutant(clause=4)
class ACancellationIsAnError(AsyncService):
    """Wraps a cancellation, too."""

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


@EXCEPTIONS.mutant(clause=5)
class EmptyIsNoAnswer(AsyncService):
    """Answers with None when the answer of the work is empty or 0."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        return await self.run_with_retry(operation, work, attempts=1) or None


@EXCEPTIONS.alternative()
class OtherWords(AsyncService):
    """Names the message first, then the operation, and the type of the error."""

    def _failed(self, operation: str, error: OSError) -> AsyncServiceError:
        """The error for the caller. From now on the service has failed."""
        self._status = ServiceStatus(False, operation, reason(error))
        return AsyncServiceError(f"{error} ({type(error).__name__}, while at '{operation}')")


@EXCEPTIONS.alternative()
class StandsForItself(AsyncService):
    """`run` does without the retries."""

    async def run(self, operation: str, work: Callable[[], Awaitable[T]]) -> T:
        """Run an operation under a name; answers with what `work` answers."""
        self._refuse_if_failed(operation)
        try:
            answer = await heed(work())
        except OSError as error:
            failure = self._failed(operation, error)
            failure.__cause__ = error
            raise failure
        return answer


@EXCEPTIONS.alternative()
class OutOfTheBlock(AsyncService):
    """Raises outside of the `except` block."""

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
        problem: OSError | None = None
        answers: list[T] = []
        try:
            answers.append(await self._attempt(work, attempts, delay))
        except OSError as error:
            problem = error
        if problem is not None:
            raise self._failed(operation, problem) from problem
        return answers.pop()
